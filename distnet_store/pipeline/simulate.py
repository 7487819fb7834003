"""How does a simulated movie become a dataset with pixels, labels, links and lineages, in bounded memory?

Each frame is simulated once, in the order of time. Its pixels go into the dataset; its labels wait in
a temporary folder, compressed, until they are imported as every reference is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue, TypeAdapter

from distnet_store.ops.simulation.movie_parameters import SimulationParameters
from distnet_store.ops.simulation.pictures import PicturedFrame, pictured_frames
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.store import paths
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.sources.source import LabelSource, MovieSource
from distnet_store.store.staged_target import staged_target

Progress = Callable[[str, int, int], None]

_FORMAT: Final = "simulated"


def simulate(
    target: str | Path,
    parameters: SimulationParameters | None = None,
    *,
    name: str = paths.REFERENCE,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> Movie:
    """Write a simulated movie into a new dataset and open it.

    The dataset has pixels (t, 1, y, x) uint16, labels `name` with their tables of objects, links, tracks
    and lineages, pixel size and frame interval, and in its provenance the word simulated, the seed and
    all parameters. The same parameters give the same pixels, labels and tables. Memory holds as many
    frames as two shards. `on_progress` is called with the step, the frames done and their total.

    Raises:
        TargetExistsError: something is at the target and `overwrite` is not set.
        StorageError: the disk or bucket refused. On a disk nothing is left at the target then.
        WrongArgumentError: `name` is no name of a result.

    Example:
        >>> options = SimulationParameters(kind="rods", n_frames=20, seed=7)
        >>> movie = simulate("rods.ome.zarr", options)                        # doctest: +SKIP
        >>> movie.require_writable().provenance.format                        # doctest: +SKIP
        'simulated'
    """
    chosen = parameters or SimulationParameters()
    side = chosen.cells.pixel_size_um
    source = PictureSource(
        frames=pictured_frames(chosen),
        shape=(chosen.n_frames, *chosen.shape_px),
        channel=chosen.contrast,
        pixel_size_um=(side, side),
        frame_interval_s=chosen.cells.frame_interval_s,
        record={**asdict(chosen), "population": asdict(chosen.cells)},
    )
    return write_simulated(source, target, name=name, overwrite=overwrite, on_progress=on_progress)


@dataclass(frozen=True)
class PictureSource:
    """A simulated movie that is about to be made.

    Attributes:
        frames: the frames, each made when it is asked for.
        shape: number of frames, height, width.
        channel: what the channel shows.
        pixel_size_um: height and width; None if nobody knows.
        frame_interval_s: seconds between frames; None if nobody knows.
        record: all parameters, also those that were not given.
    """

    frames: Iterator[PicturedFrame]
    shape: tuple[int, int, int]
    channel: str
    pixel_size_um: tuple[float, float] | None
    frame_interval_s: float | None
    record: Mapping[str, object]


def write_simulated(
    source: PictureSource,
    target: str | Path,
    *,
    name: str,
    overwrite: bool,
    on_progress: Progress | None,
) -> Movie:
    """Write simulated frames, their labels and links into a new dataset and open it, as `simulate` says."""
    paths.check_name(name)
    with (
        tempfile.TemporaryDirectory(prefix="distnet-store-") as folder,
        staged_target(str(target), overwrite=overwrite) as place,
    ):
        spool = _Spool(source.frames, Path(folder))
        movie = import_movie(
            _movie_source(source, spool),
            place,
            pixel_size_um="unknown" if source.pixel_size_um is None else source.pixel_size_um,
            frame_interval_s="unknown"
            if source.frame_interval_s is None
            else source.frame_interval_s,
            on_progress=_step(on_progress, "simulate"),
        )
        import_labels(
            movie, _label_source(source, spool), name, on_progress=_step(on_progress, "labels")
        )
    return open_movie(target)


class _Spool:
    """Simulates frame by frame, hands out pixels at once and keeps labels for later."""

    def __init__(self, frames: Iterator[PicturedFrame], folder: Path) -> None:
        self._frames = frames
        self._folder = folder
        self._links: list[NDArray[np.int64]] = []

    def next_image(self, t: int) -> NDArray[np.uint16]:
        """Return the pixels (c, y, x) of the next frame, which is that of time point t."""
        frame = next(self._frames)
        assert frame.t == t, "frames are read once, in the order of time"  # noqa: S101 - our own logic
        np.savez_compressed(self._file(t), labels=frame.labels)
        self._links.append(frame.links)
        return frame.image[np.newaxis]

    def labels(self, t: int) -> NDArray[np.uint32]:
        """Return the labels (y, x) of a frame whose pixels were handed out."""
        with np.load(self._file(t)) as kept:
            return np.asarray(kept["labels"], np.uint32)

    @property
    def links(self) -> NDArray[np.int64]:
        """Links (m, 4) of the frames whose pixels were handed out."""
        return np.concatenate(self._links)

    def _file(self, t: int) -> Path:
        return self._folder / f"{t}.npz"


def _movie_source(source: PictureSource, spool: _Spool) -> MovieSource:
    n_frames, height, width = source.shape
    return MovieSource(
        shape=(n_frames, 1, height, width),
        dtype=np.dtype(np.uint16),
        channel_names=(f"{source.channel} (simulated)",),
        pixel_size_um=source.pixel_size_um,
        frame_interval_s=source.frame_interval_s,
        format=_FORMAT,
        files=(),
        read=spool.next_image,
        simulation=_as_json(source.record),
    )


def _label_source(source: PictureSource, spool: _Spool) -> LabelSource:
    return LabelSource(
        shape=source.shape,
        read=spool.labels,
        links=spool.links,
        format=_FORMAT,
        files=(),
    )


def _as_json(record: Mapping[str, object]) -> dict[str, JsonValue]:
    return TypeAdapter(dict[str, JsonValue]).validate_json(
        TypeAdapter(dict).dump_json(dict(record))
    )


def _step(on_progress: Progress | None, step: str) -> Callable[[int, int], None] | None:
    if on_progress is None:
        return None
    report = on_progress
    return lambda done, total: report(step, done, total)
