"""How does neuroglancer get the tails of cells, frame by frame, however long the movie is?

They are served as its precomputed annotations: an index that says what there is, and one small file for each frame,
which is made when it is asked for. Nothing is written.
"""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import MissingExtraError
from distnet_store.ops.tails import Steps, steps_of
from distnet_store.pipeline.viewing.neuroglancer_state import TAIL_FRAMES, dimensions
from distnet_store.store.movie import Movie

_CHUNK: Final = re.compile(r"frames/0_0_(\d+)")
_SINGLE: Final = re.compile(r"by_id/(\d+)")
_ID_BITS: Final = 32
_EDGE: Final = -0.5
"""The first pixel's edge: neuroglancer, like OME-NGFF, puts the middle of a pixel at its index."""

_LINE: Final = np.dtype(
    [("ends", "<f4", (2, 3)), ("track", "<u4"), ("color", "u1", (3,)), ("age", "u1")]
)
"""A line as neuroglancer reads it: both ends as x, y, t, then its properties, the longest first."""


class TailContent:
    """The tails of a result's cells, for `LoopbackServer`.

    Its tables are read once, when the first frame is asked for: 44 bytes for each link stay in memory.

    Source:
        neuroglancer, precomputed annotation format, version 1.
    """

    def __init__(self, movie: Movie, result: str) -> None:
        """Serve the tails of a result that has objects and links."""
        self._movie = movie
        self._result = result

    def size(self, key: str) -> int:
        """Return the number of bytes of a key.

        Raises:
            FileNotFoundError: there is no such key.
        """
        return len(self._bytes(key))

    def read(self, key: str, start: int, stop: int) -> bytes:
        """Return the bytes of a key from `start` to before `stop`.

        Raises:
            FileNotFoundError: there is no such key.
        """
        return self._bytes(key)[start:stop]

    def _bytes(self, key: str) -> bytes:
        if key == "info":
            return json.dumps(self._info()).encode()
        if (match := _CHUNK.fullmatch(key)) and (t := int(match[1])) < self._movie.n_frames:
            lines = self._lines(t)
            ids = (np.uint64(t) << np.uint64(_ID_BITS)) + np.arange(len(lines), dtype=np.uint64)
            return np.uint64(len(lines)).tobytes() + lines.tobytes() + ids.tobytes()
        if match := _SINGLE.fullmatch(key):
            t, rank = divmod(int(match[1]), 2**_ID_BITS)
            if t < self._movie.n_frames and rank < len(lines := self._lines(t)):
                return bytes(lines[rank].tobytes())
        raise FileNotFoundError(key)

    @cached_property
    def _steps(self) -> Steps:
        """Return the lines of all links."""
        objects = self._movie.read_table(
            self._result, "objects", ["object_id", "t", "track_id", "centre_y", "centre_x"]
        )
        links = self._movie.read_table(self._result, "links", ["source_id", "target_id"])
        object_id, t, track_id, y, x = (objects[name].to_numpy() for name in objects.column_names)
        pairs = np.column_stack([links[name].to_numpy() for name in links.column_names])
        return steps_of(object_id, t, np.column_stack([y, x]), track_id, pairs)

    def _lines(self, t: int) -> NDArray[np.void]:
        """Return the lines (n,) that are shown in frame t."""
        part = self._steps.up_to(t, TAIL_FRAMES)
        ends = self._steps.ends[part]
        lines = np.zeros(len(ends), _LINE)
        lines["ends"][:, :, 0] = ends[:, 1::2]
        lines["ends"][:, :, 1] = ends[:, 0::2]
        lines["ends"][:, :, 2] = t
        lines["track"] = self._steps.track_id[part]
        lines["color"] = _colors(self._steps.track_id[part])
        lines["age"] = t - self._steps.t[part]
        return lines

    def _info(self) -> dict[str, Any]:
        n_frames, _, height, width = self._movie.shape
        steps = self._steps
        counts = [
            part.stop - part.start
            for part in (steps.up_to(t, TAIL_FRAMES) for t in range(n_frames))
        ]
        known = dimensions(self._movie.layout)
        return {
            "@type": "neuroglancer_annotations_v1",
            "dimensions": {axis: known[axis] for axis in "xyt"},
            "lower_bound": [_EDGE] * 3,
            "upper_bound": [size + _EDGE for size in (width, height, n_frames)],
            "annotation_type": "line",
            "properties": [
                {"id": "track", "type": "uint32", "description": "track of the cell"},
                {"id": "color", "type": "rgb"},
                {"id": "age", "type": "uint8", "description": "frames since"},
            ],
            "relationships": [],
            "by_id": {"key": "by_id"},
            "spatial": [
                {
                    "key": "frames",
                    "grid_shape": [1, 1, n_frames],
                    "chunk_size": [width, height, 1],
                    "limit": max(1, *counts),
                }
            ],
        }


def _colors(track_id: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the colours (n, 3) that neuroglancer gives to the pixels of the tracks."""
    tracks, place = np.unique(track_id, return_inverse=True)
    colors = np.array([_color(int(track)) for track in tracks], np.uint8).reshape(-1, 3)
    return colors[place]


@cache
def _color(track: int) -> tuple[int, int, int]:
    try:
        from neuroglancer.segment_colors import hex_string_from_segment_id
    except ModuleNotFoundError as error:
        raise missing_neuroglancer() from error
    red, green, blue = bytes.fromhex(hex_string_from_segment_id(0, track).removeprefix("#"))
    return red, green, blue


def missing_neuroglancer() -> MissingExtraError:
    """Return the error that says how neuroglancer is installed."""
    return MissingExtraError(
        "datasets are shown in the browser by neuroglancer, which is not installed",
        remedy='pip install "distnet-store[view]"',
    )
