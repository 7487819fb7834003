"""How does a new dataset come to be, so that nobody ever sees half of it?"""

from __future__ import annotations

import datetime
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from distnet_store.errors import TargetExistsError, WrongArgumentError
from distnet_store.spec import ngff
from distnet_store.spec.dataset import CONVENTION, DistnetAttributes, Provenance
from distnet_store.store import paths
from distnet_store.store.contrast import ContrastRange
from distnet_store.store.digest import PixelDigest
from distnet_store.store.location import Location, is_remote, locate, storage_errors
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.ngff_write import (
    ImagePlan,
    MultiscaleWriter,
    PixelScale,
    describe_image,
    frames_per_shard,
)

_COLORS = ("FFFFFF", "00FF00", "FF00FF", "00FFFF", "FFFF00", "FF0000", "0000FF")


class MovieWriter:
    """Writes the frames of a new dataset and makes it visible when they are all there.

    On a disk everything is written into a folder beside the target, which is renamed by `finish`. In a
    bucket the root's metadata come last.
    """

    def __init__(
        self,
        target: str,
        plan: ImagePlan,
        channel_names: tuple[str, ...],
        *,
        provenance: Provenance,
        overwrite: bool = False,
    ) -> None:
        """Create the arrays; nothing stands at the target yet."""
        self._target = target
        self._overwrite = overwrite
        self._location = locate(_beside(target), create=not is_remote(target))
        self._plan = plan
        self._channel_names = channel_names
        self._provenance = provenance
        self._image = MultiscaleWriter(self._location, "", plan)
        self._ranges = [ContrastRange() for _ in channel_names]
        self._digest = PixelDigest()
        self._pool = ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None

    @property
    def frames_per_shard(self) -> int:
        """Time points in a shard; `write` takes whole shards."""
        return self._plan.frames_per_shard

    def write(self, t_start: int, frames: NDArray[np.generic]) -> None:
        """Write whole shards of frames (t, c, y, x), in the order of time.

        They may still be on their way when this returns, so that the caller reads the next ones meanwhile; the
        array must not be changed any more. What then fails is raised by the next call, or by `finish`.

        Raises:
            MisalignedWriteError: they do not cover whole shards.
            StorageError: the disk or bucket refused.
        """
        self._image.check_alignment(t_start, frames)
        self._wait()
        self._pending = self._pool.submit(self._image.write, t_start, frames)
        for frame in frames:
            self._digest.add(frame)
        for channel, contrast in enumerate(self._ranges):
            contrast.add(frames[:, channel])

    def finish(self) -> Movie:
        """Make the dataset visible at its target and open it.

        Raises:
            WrongArgumentError: frames are missing.
            TargetExistsError: something has come to the target in the meantime.
            StorageError: the disk or bucket refused.
        """
        self._wait()
        self._pool.shutdown()
        if len(self._digest) != self._plan.shape[0]:
            raise WrongArgumentError(
                "frames are missing",
                expected=str(self._plan.shape[0]),
                found=str(len(self._digest)),
            )
        self._image.finish(
            describe_image(_name_of(self._target), self._plan, omero=self._omero()),
            self._attributes(),
        )
        if self._location.local is not None:
            check_target(self._target, overwrite=self._overwrite)
            with storage_errors(self._target):
                put_in_place(self._location.local, Path(self._target.removeprefix("file://")))
        return open_movie(self._target)

    def abort(self) -> None:
        """Remove all that was written."""
        self._pool.shutdown()
        self._location.delete("")

    def _wait(self) -> None:
        """Return when nothing is on its way; what failed is raised once."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def _omero(self) -> ngff.Omero:
        named = zip(self._channel_names, self._ranges, strict=True)
        return ngff.Omero(
            channels=tuple(
                ngff.Channel(
                    label=name, window=contrast.window(), color=_COLORS[index % len(_COLORS)]
                )
                for index, (name, contrast) in enumerate(named)
            )
        )

    def _attributes(self) -> dict[str, object]:
        attributes = DistnetAttributes(
            created_by=f"distnet-store {version('distnet-store')}",
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            frames_per_shard=self.frames_per_shard,
            image_digest=self._digest.text,
            provenance=self._provenance,
        )
        return {"zarr_conventions": [CONVENTION], "distnet": attributes.model_dump(mode="json")}


def create_movie(
    target: str | Path,
    *,
    shape: tuple[int, int, int, int],
    dtype: DTypeLike,
    channel_names: tuple[str, ...],
    scale: PixelScale,
    provenance: Provenance,
    overwrite: bool = False,
) -> MovieWriter:
    """Begin a new dataset of this shape (t, c, y, x).

    Raises:
        TargetExistsError: something is at the target and `overwrite` is not set.
        WrongArgumentError: the shape is empty, or a dataset in a bucket would be replaced.
        StorageError: the disk or bucket refused.
    """
    text = str(target)
    check_target(text, overwrite=overwrite)
    if min(shape) < 1 or len(channel_names) != shape[1]:
        raise WrongArgumentError(
            "a movie needs at least one frame, channel, row and column, and a name for each channel",
            found=f"shape {shape}, {len(channel_names)} channel names",
        )
    frames = frames_per_shard(shape[2], shape[3], shape[0])
    plan = ImagePlan("tcyx", shape, dtype, scale, frames)
    return MovieWriter(text, plan, channel_names, provenance=provenance, overwrite=overwrite)


def check_target(target: str, *, overwrite: bool) -> None:
    """Return if a new dataset may be written at this place.

    Raises:
        TargetExistsError: something is there and `overwrite` is not set.
        WrongArgumentError: a dataset in a bucket would be replaced, which cannot be done in one step.
    """
    location = locate(target)
    is_there = (
        location.local.exists()
        if location.local
        else bool(location.children("")) or location.exists(paths.ROOT_METADATA)
    )
    if not is_there:
        return
    if not overwrite:
        raise TargetExistsError(
            "the target exists",
            where=target,
            remedy="choose another target, or replace it with --overwrite",
        )
    if location.local is None:
        raise WrongArgumentError(
            "a dataset in a bucket cannot be replaced in one step",
            where=target,
            remedy="delete it first, or choose another target",
        )
    is_empty = location.local.is_dir() and not any(location.local.iterdir())
    if not is_empty and not _is_zarr(location):
        raise WrongArgumentError(
            "the target is no Zarr dataset, and is not replaced",
            where=target,
            remedy="choose another target",
        )


def _is_zarr(location: Location) -> bool:
    return any(location.exists(key) for key in (paths.ROOT_METADATA, ".zgroup", ".zattrs"))


def _beside(target: str) -> str:
    """Return where a dataset is written before it stands at its target."""
    if is_remote(target):
        return target
    path = Path(target.removeprefix("file://")).absolute()
    return str(path.with_name(f".{path.name}.partial"))


def put_in_place(partial: Path, target: Path) -> None:
    """Rename a folder to its target; what was there is whole until then, and removed after."""
    old = target.with_name(f".{target.name}.replaced")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _name_of(target: str) -> str:
    return target.rstrip("/").rsplit("/", 1)[-1].removesuffix(".zarr").removesuffix(".ome")
