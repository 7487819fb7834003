"""How is a stack of labels written as a TIFF, a NumPy file or an OME-Zarr image, whole or not at all?"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import TargetExistsError, WrongArgumentError
from distnet_store.pipeline.curation.export_record import write_beside
from distnet_store.spec.label_export import EXPORT_ATTRIBUTE, LabelExport
from distnet_store.store.location import is_remote, locate, storage_errors
from distnet_store.store.movie_writer import check_target, put_in_place
from distnet_store.store.ngff_write import (
    ImagePlan,
    MultiscaleWriter,
    PixelScale,
    describe_image,
    frames_per_shard,
    halving_of,
)

_BIG = 2**31


@dataclass(frozen=True)
class LabelStack:
    """Labels to be written.

    Attributes:
        frames: the labels (y, x) of each time point, in their order, of the type `dtype`.
        shape: frames, rows, columns.
        dtype: uint16 or uint32.
        scale: pixel size and frame interval, for formats that hold them.
        record: which cells these are, where they are not all of a result.
    """

    frames: Iterable[NDArray[np.generic]]
    shape: tuple[int, int, int]
    dtype: np.dtype[np.generic]
    scale: PixelScale
    record: LabelExport | None = None


StackWriter = Callable[[str, LabelStack], None]


def stack_writer(target: str, *, overwrite: bool) -> StackWriter:
    """Return what writes to a target, by the ending of its name, if it may be written.

    Raises:
        WrongArgumentError: the ending names no format, or the target is a folder that is no Zarr dataset.
        TargetExistsError: the target is there and `overwrite` is not set.
    """
    ending = Path(target).suffix.lower()
    if ending not in _WRITERS:
        raise WrongArgumentError(
            "the ending names no format for labels",
            expected="a name that ends in " + ", ".join(_WRITERS),
            found=Path(target).name,
            remedy="choose another name",
        )
    if ending == _ZARR:
        check_target(target, overwrite=overwrite)
    elif Path(target).exists() and not overwrite:
        raise TargetExistsError(
            "the file exists", where=target, remedy="choose another, or --overwrite"
        )
    return _WRITERS[ending]


def write_tiff(target: str, stack: LabelStack) -> None:
    """Write one TIFF with the axes t, y, x.

    Raises:
        StorageError: the disk refused.
    """
    import tifffile  # only where a TIFF is written

    write_beside(target, stack.record)
    with _whole_file(target) as partial:
        tifffile.imwrite(
            partial,
            iter(stack.frames),
            shape=stack.shape,
            dtype=stack.dtype,
            bigtiff=math.prod(stack.shape) * stack.dtype.itemsize > _BIG,
            compression="zlib",
            metadata={"axes": "TYX"},
            photometric="minisblack",
        )


def write_npy(target: str, stack: LabelStack) -> None:
    """Write one array (t, y, x) as NumPy's own file, frame by frame.

    Raises:
        StorageError: the disk refused.
    """
    header = {"descr": stack.dtype.str, "fortran_order": False, "shape": stack.shape}
    write_beside(target, stack.record)
    with _whole_file(target) as partial, partial.open("wb") as file:
        np.lib.format.write_array_header_2_0(file, header)
        for frame in stack.frames:
            file.write(np.ascontiguousarray(frame).tobytes())


def write_ome_zarr(target: str, stack: LabelStack) -> None:
    """Write an OME-Zarr label image (t, y, x), on a disk or in a bucket; its metadata come last.

    Raises:
        StorageError: the disk or bucket refused.
    """
    place = target if is_remote(target) else str(_beside(target))
    location = locate(place, create=not is_remote(target))
    step = frames_per_shard(*stack.shape[1:], stack.shape[0])
    plan = ImagePlan("tyx", stack.shape, stack.dtype, stack.scale, step, halving_of(labels=True))
    attributes: dict[str, object] = (
        {} if stack.record is None else {EXPORT_ATTRIBUTE: stack.record.model_dump()}
    )
    try:
        writer = MultiscaleWriter(location, "", plan)
        frames = iter(stack.frames)
        for t_start in range(0, stack.shape[0], step):
            writer.write(t_start, np.stack(list(islice(frames, step))))
        name = Path(target).name.removesuffix(_ZARR).removesuffix(".ome")
        writer.finish(describe_image(name, plan, labels=True), attributes)
    except BaseException:
        location.delete("")
        raise
    if location.local is not None:
        with storage_errors(target):
            put_in_place(location.local, Path(target).absolute())


@contextmanager
def _whole_file(target: str) -> Iterator[Path]:
    """Yield a path to write to; it becomes the target when the block ends without error."""
    path = Path(target)
    partial = path.with_name(f".{path.name}.partial")
    with storage_errors(target):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def _beside(target: str) -> Path:
    path = Path(target).absolute()
    partial = path.with_name(f".{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    return partial


_ZARR: Final = ".zarr"
_WRITERS: Final[dict[str, StackWriter]] = {
    ".tif": write_tiff,
    ".tiff": write_tiff,
    ".npy": write_npy,
    _ZARR: write_ome_zarr,
}
