"""How is a movie in one TIFF file read: multi-page, BigTIFF, ImageJ hyperstack or OME-TIFF?

A plane is read at a time. The axes are those that the file names; an ImageJ stack whose planes run
along z is refused, and so are colour images and files with several images.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import tifffile
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.source import MovieSource, numbered_channels
from distnet_store.store.sources.tiff_axes import PlaneOrder, plane_order
from distnet_store.store.sources.tiff_check import check_whole
from distnet_store.store.sources.tiff_scale import scale_of


class PlaneReader:
    """Reads single planes (y, x) of an open TIFF series; closes the file when out of use."""

    def __init__(self, tif: tifffile.TiffFile, series: tifffile.TiffPageSeries, where: str) -> None:
        """Find out whether the planes lie one after another in the file or each in its page."""
        self._where = where
        self._series = series
        self._offset = None if series.is_multifile else series.dataoffset
        self._file = series.keyframe.parent.filehandle
        self._stored = series.dtype.newbyteorder(series.keyframe.parent.byteorder)
        weakref.finalize(self, tif.close)

    def check(self, order: PlaneOrder) -> None:
        """Return if every plane is there.

        Raises:
            InvalidDataError: planes are missing.
        """
        if self._offset is None:
            pages = [page for page in self._series if page is not None]
            found = len(pages) * self._planes_per_page(order)
        else:
            n_bytes = order.height * order.width * self._stored.itemsize
            found = (self._file.size - self._offset) // n_bytes
        if found < order.n_planes:
            raise _missing(order.n_planes, found, self._where)

    def read(self, plane: int, order: PlaneOrder) -> NDArray[np.generic]:
        """Return one plane (y, x) in native byte order.

        Raises:
            InvalidDataError: it cannot be decoded.
        """
        try:
            if self._offset is None:
                return self._from_page(plane, order)
            return self._from_file(plane, order, self._offset)
        except (ValueError, RuntimeError, OSError, tifffile.TiffFileError) as error:
            raise InvalidDataError(
                "a plane of the TIFF file cannot be decoded",
                expected=f"{order.height} rows, {order.width} columns of {self._series.dtype}",
                found=(str(error).splitlines() or [type(error).__name__])[0],
                where=f"{self._where}, plane {plane}",
                remedy="copy the file again from where it is whole",
            ) from error

    def _planes_per_page(self, order: PlaneOrder) -> int:
        """Return how many planes a page holds: more than one where channels are stored in it."""
        return int(prod(self._series.keyframe.shape)) // (order.height * order.width)

    def _from_page(self, plane: int, order: PlaneOrder) -> NDArray[np.generic]:
        per_page = self._planes_per_page(order)
        page = self._series[plane // per_page]
        assert page is not None  # noqa: S101 - our own logic: `check` has counted the pages
        with _opened(page.parent.filehandle):
            pixels = np.asarray(page.asarray()).reshape(per_page, order.height, order.width)
        return _native(pixels[plane % per_page])

    def _from_file(self, plane: int, order: PlaneOrder, first: int) -> NDArray[np.generic]:
        count = order.height * order.width
        offset = first + plane * count * self._stored.itemsize
        pixels = self._file.read_array(self._stored, count, offset)
        return _native(np.asarray(pixels).reshape(order.height, order.width))


def open_tiff(path: Path, *, axes: str | None = None) -> MovieSource:
    """Open a TIFF file as a movie; `axes` overrides what it says of its axes, for example "tyx".

    Raises:
        NotFoundError: there is no such file.
        InvalidDataError: it is no whole TIFF, or holds colour images, a 3-D stack, several images
            or axes that nothing names.
        WrongArgumentError: `axes` do not fit.
    """
    where = str(path)
    check_whole(path)
    tif = tifffile.TiffFile(path)
    try:
        ome = _checked_ome(tif, where)
        series = _only_series(tif, where)
        shape = tuple(series.get_shape(squeeze=False))
        order = plane_order(series.get_axes(squeeze=False), shape, where, given=axes)
        _check_promised(tif, shape, where)
        scale = scale_of(tif, ome)
        reader = PlaneReader(tif, series, where)
        reader.check(order)
    except BaseException:
        tif.close()
        raise
    n_channels = order.shape_tcyx[1]
    names = scale.channel_names if len(scale.channel_names) == n_channels else ()

    def read(t: int) -> NDArray[np.generic]:
        return np.stack([reader.read(order.plane(t, c), order) for c in range(n_channels)])

    return MovieSource(
        shape=order.shape_tcyx,
        dtype=np.dtype(series.dtype),
        channel_names=names or numbered_channels(n_channels),
        pixel_size_um=scale.pixel_size_um,
        frame_interval_s=scale.frame_interval_s,
        format="tiff",
        files=_file_names(series, path),
        read=read,
    )


def _checked_ome(tif: tifffile.TiffFile, where: str) -> Element | None:
    """Return the OME-XML of a file before anything else parses it.

    Raises:
        InvalidDataError: it is damaged, declares entities, or refers to files in other folders.
    """
    if not tif.is_ome:
        return None
    try:
        root: Element = fromstring(tif.pages.first.description.encode(), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise InvalidDataError(
            "the OME-XML of the TIFF file cannot be read",
            expected="XML without a document type or entities",
            found=type(error).__name__ + (f": {error}" if isinstance(error, ParseError) else ""),
            where=where,
            remedy="save the file again with the program that made it",
        ) from error
    for name in (node.get("FileName") for node in root.iter()):
        if name is not None and Path(name).name != name:
            raise InvalidDataError(
                "the OME-XML of the TIFF file refers to a file in another folder",
                expected="names of files beside it",
                found=repr(name),
                where=where,
                remedy="put all files of the movie into one folder, and save them again from there",
            )
    return root


def _only_series(tif: tifffile.TiffFile, where: str) -> tifffile.TiffPageSeries:
    series = tif.series
    if len(series) != 1:
        shapes = ", ".join(str(tuple(one.shape)) for one in series[:5])
        raise InvalidDataError(
            "the TIFF file holds several images, or pages of different sizes",
            expected="one movie",
            found=f"{len(series)} images: {shapes}",
            where=where,
            remedy="save each movie as a file of its own",
        )
    _check_other_files(series[0], where)
    return series[0]


def _check_other_files(series: tifffile.TiffPageSeries, where: str) -> None:
    """Check the other files of an OME-TIFF in several files as its first one was."""
    if series.is_multifile:
        paths = {page.parent.filehandle.path for page in series if page is not None}
        for path in sorted(paths - {str(Path(where).absolute())}):
            check_whole(Path(path))


def _check_promised(tif: tifffile.TiffFile, shape: tuple[int, ...], where: str) -> None:
    """Compare the pages with what the descriptions of ImageJ and tifffile promise."""
    shaped = tif.shaped_metadata
    if shaped and prod(shaped[0]["shape"]) > prod(shape):
        raise _missing(prod(shaped[0]["shape"]), prod(shape), where, "values")
    imagej = tif.imagej_metadata if tif.is_imagej else None
    promised = int(imagej.get("images", 1)) if imagej else 1
    n_planes = prod(shape) // prod(shape[-3:] if shape[-1] == 1 else shape[-2:])
    if promised > n_planes:
        raise _missing(promised, n_planes, where)


def _missing(expected: int, found: int, where: str, what: str = "planes") -> InvalidDataError:
    return InvalidDataError(
        f"the TIFF file is cut short: {what} are missing",
        expected=f"{expected} {what}, as its description says",
        found=str(found),
        where=where,
        remedy="copy the file again from where it is whole",
    )


def _file_names(series: tifffile.TiffPageSeries, path: Path) -> tuple[str, ...]:
    if not series.is_multifile:
        return (path.name,)
    return tuple(sorted({page.parent.filehandle.name for page in series if page is not None}))


@contextmanager
def _opened(file: tifffile.FileHandle) -> Iterator[None]:
    """Open a file for a moment if it is closed, as those are that an OME-TIFF refers to."""
    if not file.closed:
        yield
        return
    file.open()
    try:
        yield
    finally:
        file.close()


def _native(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    return pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
