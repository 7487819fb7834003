"""How is one multiscale image (pixels, a prediction map or labels) written as OME-NGFF 0.5?

A shard holds whole frames of a few time points and is the unit of writing: a write that does not
cover whole shards is refused, because two writers of one shard silently lose data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import zarr
from numpy.typing import DTypeLike, NDArray
from zarr.abc.store import Store
from zarr.codecs import BloscCodec, Crc32cCodec
from zarr.core.common import JSON
from zarr.errors import ContainsArrayError
from zarr.types import AnyArray

from distnet_store.errors import MisalignedWriteError
from distnet_store.ops.pyramid import halve_mean, halve_nearest, level_shapes
from distnet_store.spec import ngff
from distnet_store.store import paths
from distnet_store.store.location import Location, storage_errors

UNIT_BYTES = 16 * 2**20
"""A shard holds about this many bytes of a float32 channel."""

MAX_FRAMES_PER_SHARD = 64

_CHUNK_SIDE = 512


@dataclass(frozen=True)
class PixelScale:
    """The physical size of a pixel (y, x) in micrometer and the frame interval in seconds, where known."""

    pixel_size_um: tuple[float, float] | None
    frame_interval_s: float | None


Opening = Literal["anew", "shared"]
"""How a writer finds its arrays: it makes them anew, over what was there; or they are made by whichever process
comes first, all of which mean the same arrays."""


@dataclass(frozen=True)
class ImagePlan:
    """What a multiscale image will be: `shape` over `axes` ("tcyx" or "tyx"), dtype, scale, sharding."""

    axes: str
    shape: tuple[int, ...]
    dtype: DTypeLike
    scale: PixelScale
    frames_per_shard: int
    halve: Callable[[NDArray[np.generic]], NDArray[np.generic]] = halve_mean

    @property
    def shuffle(self) -> Literal["shuffle", "bitshuffle"]:
        """How values are laid out for the compressor.

        Runs of one label are runs of equal bytes; with bits shuffled they take twice the time to write and to
        read, and of 300 cells a frame 2.6 times the bytes.
        """
        return "shuffle" if self.halve is halve_nearest else "bitshuffle"


def frames_per_shard(height: int, width: int, n_frames: int) -> int:
    """Return how many time points a shard holds, so that a unit of work stays small.

    Example:
        >>> frames_per_shard(512, 512, 1000), frames_per_shard(2048, 2048, 1000)
        (16, 1)
    """
    by_size = UNIT_BYTES // (4 * height * width)
    return int(max(1, min(by_size, MAX_FRAMES_PER_SHARD, n_frames)))


class MultiscaleWriter:
    """Writes whole shards of one multiscale image, at all levels.

    Its metadata come last, by `finish`: until then no reader takes the image for a whole one. Several
    processes may write different shards, each through a writer of its own (`opening` "shared").
    """

    def __init__(
        self, location: Location, path: str, plan: ImagePlan, *, opening: Opening = "anew"
    ) -> None:
        """Create or open the arrays of all levels.

        Raises:
            StorageError: the disk or bucket refused.
        """
        self.location = location
        self.path = path
        self.plan = plan
        with storage_errors(location.url):
            self._levels = [
                self._array(index, sides, opening) for index, sides in enumerate(_sides(plan))
            ]

    @property
    def frames_per_shard(self) -> int:
        """Time points in a shard; every write begins at a multiple of it."""
        return self.plan.frames_per_shard

    def write(self, t_start: int, block: NDArray[np.generic]) -> None:
        """Write whole shards: `block` has the image's axes and begins at time point `t_start`.

        Raises:
            MisalignedWriteError: the block begins or ends inside a shard, or has another shape.
            StorageError: the disk or bucket refused.
        """
        self.check_alignment(t_start, block)
        with storage_errors(self.location.url):
            for array in self._levels:
                _unchecked(array, block)[t_start : t_start + len(block)] = block
                block = self.plan.halve(block)

    def check_alignment(self, t_start: int, block: NDArray[np.generic]) -> None:
        """Return if `write` would take the block.

        Raises:
            MisalignedWriteError: it begins or ends inside a shard, or has another shape.
        """
        step, n_frames = self.plan.frames_per_shard, self.plan.shape[0]
        stop = t_start + len(block)
        whole = t_start % step == 0 and (stop % step == 0 or stop == n_frames) and len(block) > 0
        if not whole or stop > n_frames or block.shape[1:] != self.plan.shape[1:]:
            raise MisalignedWriteError(
                "a write must cover whole shards",
                expected=f"multiples of {step} or the end {n_frames}, frames of {self.plan.shape[1:]}",
                found=f"time points {t_start} to {stop}, frames of {block.shape[1:]}",
                where=f"{self.location.url}/{self.path}",
                remedy="cut the work at multiples of frames_per_shard",
            )

    def finish(self, image: ngff.OmeImage, attributes: dict[str, object]) -> None:
        """Write the group's metadata, which makes the image visible."""
        document = {"ome": ngff.to_attribute(image), **attributes}
        with storage_errors(self.location.url):
            write_group(self.location, self.path, document)

    def _array(self, index: int, sides: tuple[int, int], opening: Opening) -> AnyArray:
        store, path = self.location.zarr_store(), f"{self.path}/{paths.level(index)}".lstrip("/")
        is_there = self.location.exists(f"{path}/{paths.ROOT_METADATA}")
        if opening == "shared" and is_there:
            return zarr.open_array(store, path=path, mode="r+")
        try:
            return self._create(store, path, sides, overwrite=opening == "anew")
        except ContainsArrayError:  # another process has been quicker
            return zarr.open_array(store, path=path, mode="r+")

    def _create(
        self, store: Store, path: str, sides: tuple[int, int], *, overwrite: bool
    ) -> AnyArray:
        plan = self.plan
        outer = plan.shape[:-2]
        chunks = (1,) * len(outer) + tuple(_chunk_side(side) for side in sides)
        shards = (
            plan.frames_per_shard,
            *outer[1:],
            *(-(-s // c) * c for s, c in zip(sides, chunks[-2:], strict=True)),
        )
        return zarr.create_array(
            store,
            name=path,
            shape=(*outer, *sides),
            dtype=plan.dtype,
            chunks=chunks,
            shards=shards,
            compressors=[BloscCodec(cname="zstd", clevel=1, shuffle=plan.shuffle), Crc32cCodec()],
            fill_value=0,
            dimension_names=tuple(plan.axes),
            overwrite=overwrite,
        )


def _unchecked(array: AnyArray, block: NDArray[np.generic]) -> AnyArray:
    """Return the array such that Zarr looks for empty chunks, which it leaves out, only where there are any.

    It takes as long for that as for compressing. Both ways give the same bytes.
    """
    height, width = array.chunks[-2:]
    frames = block.reshape(-1, *block.shape[-2:])
    corners = [
        (y, x) for y in range(0, frames.shape[1], height) for x in range(0, frames.shape[2], width)
    ]
    has_empty = any(
        _is_empty(frame[y : y + height, x : x + width]) for frame in frames for y, x in corners
    )
    return array if has_empty else array.with_config({"write_empty_chunks": True})


def _is_empty(chunk: NDArray[np.generic]) -> bool:
    return not (chunk[0].any() or chunk.any())  # most are seen by their first row


def describe_image(
    name: str, plan: ImagePlan, *, omero: ngff.Omero | None = None, labels: bool = False
) -> ngff.OmeImage:
    """Return the NGFF metadata of an image that was written by this plan."""
    datasets = tuple(
        ngff.DatasetEntry(
            path=paths.level(index), coordinateTransformations=_transformations(plan, index)
        )
        for index in range(len(_sides(plan)))
    )
    scale = ngff.Multiscale(
        name=name, axes=tuple(_axis(letter, plan.scale) for letter in plan.axes), datasets=datasets
    )
    return ngff.OmeImage(
        multiscales=(scale,), omero=omero, image_label=ngff.ImageLabel() if labels else None
    )


def write_group(location: Location, path: str, attributes: Mapping[str, object]) -> None:
    """Write a group's metadata document with these attributes, over what was there."""
    store = location.zarr_store()
    document: dict[str, JSON] = json.loads(json.dumps(dict(attributes)))
    if location.exists(f"{path}/{paths.ROOT_METADATA}".lstrip("/")):
        zarr.open_group(store, path=path, mode="r+").attrs.put(document)
    else:
        zarr.create_group(store, path=path, attributes=document)


def halving_of(*, labels: bool) -> Callable[[NDArray[np.generic]], NDArray[np.generic]]:
    """Return how levels are made: labels keep their values, all else is averaged."""
    return halve_nearest if labels else halve_mean


def _sides(plan: ImagePlan) -> list[tuple[int, int]]:
    return level_shapes(plan.shape[-2], plan.shape[-1])


def _chunk_side(side: int) -> int:
    """Return the side of a chunk: the frame cut into equal parts of at most 512 pixels."""
    return -(-side // -(-side // _CHUNK_SIDE))


def _axis(letter: str, scale: PixelScale) -> ngff.Axis:
    if letter == "c":
        return ngff.Axis(name="c", type="channel")
    if letter == "t":
        return ngff.Axis(
            name="t", type="time", unit=None if scale.frame_interval_s is None else "second"
        )
    return ngff.Axis.model_validate(
        {
            "name": letter,
            "type": "space",
            "unit": None if scale.pixel_size_um is None else "micrometer",
        }
    )


def _transformations(plan: ImagePlan, index: int) -> tuple[ngff.Transformation, ...]:
    """Return scale and, below the full level, the half-pixel shift of means (none for labels)."""
    size_y, size_x = plan.scale.pixel_size_um or (1.0, 1.0)
    factor = 2.0**index
    sizes = {
        "t": plan.scale.frame_interval_s or 1.0,
        "c": 1.0,
        "y": size_y * factor,
        "x": size_x * factor,
    }
    scale = ngff.ScaleTransformation(scale=tuple(sizes[letter] for letter in plan.axes))
    if index == 0 or plan.halve is halve_nearest:
        return (scale,)
    shift = {"t": 0.0, "c": 0.0, "y": size_y * (factor - 1) / 2, "x": size_x * (factor - 1) / 2}
    return scale, ngff.TranslationTransformation(
        translation=tuple(shift[letter] for letter in plan.axes)
    )
