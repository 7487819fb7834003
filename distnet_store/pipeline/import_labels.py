"""How do label images and links from elsewhere come into a dataset, as reference or as a result?

All frames and links are checked before the first byte is written. Labels are stored as they are;
tracks are derived from the links and never change them.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.pipeline.lineage_tables import write_lineage_tables
from distnet_store.store import paths
from distnet_store.store.digest import PixelDigest, digest_array, digest_texts
from distnet_store.store.linked_tables import have_tables
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.ngff_layout import ArrayLike
from distnet_store.store.results import LabelsWriter, ResultSlot, give_up_edits, labels_slot
from distnet_store.store.sources.arrays import labels_from_array
from distnet_store.store.sources.binary_masks import BinaryCheck
from distnet_store.store.sources.cell_graph import CellGraph
from distnet_store.store.sources.cell_graph_labels import (
    graph_format,
    labels_of_graph,
    open_cell_graph,
    with_graph,
)
from distnet_store.store.sources.detect import open_label_source
from distnet_store.store.sources.label_frames import cells_of, checked_labels
from distnet_store.store.sources.label_stack import read_links
from distnet_store.store.sources.link_table import check_links
from distnet_store.store.sources.outline_file import outline_format
from distnet_store.store.sources.outline_labels import open_outline_labels
from distnet_store.store.sources.source import LabelSource

Progress = Callable[[int, int], None]


class LeftOutWarning(UserWarning):
    """Something of the files that were imported is left out."""


_PASSES = 3
"""Frames are read to check them, to copy them, and to measure their cells."""


def import_labels(
    movie: Movie,
    source: str | Path | LabelSource | ArrayLike,
    name: str = paths.REFERENCE,
    *,
    links: str | Path | NDArray[np.int64] | None = None,
    axes: str | None = None,
    overwrite: bool = False,
    discard_curation: bool = False,
    on_progress: Progress | None = None,
    on_note: Callable[[str], None] | None = None,
) -> Movie:
    """Write label images and their links into a dataset, with the tables that follow from them.

    `source` is a path, an array (t, y, x), or what a reader returned; a file of TrackMate (.xml) or a GEFF (.geff)
    brings the label images that it names, or else its outlines, and their links; a file of GeoJSON or GeoParquet
    brings outlines. `links` is a `man_track.txt`, a CSV table of links, of napari's tracks or with the columns of
    BACMMAN, such an .xml or .geff, or an array of
    (t_source, label_source, t_target, label_target); without links every cell is a track of its own. `axes`
    overrides what a TIFF file says of its axes. The same labels again change nothing, and links that were made
    for them since stay, unless `overwrite` is
    set. `on_progress` is called with the frames done and their total, each counted for checking,
    copying and measuring. `on_note` gets a sentence on each thing that is left out of what came in, such as links
    that TrackMate's filters hide; without it they are warnings, of the class `LeftOutWarning`.

    Raises:
        NotFoundError: there is no such source or table, or a source brings no label images.
        InvalidDataError: labels are no integers, out of range, or of another size than the movie; or the reference
            has one value in all cells.
        InvalidLineageError: links lead to missing cells or backwards, or contradict one another.
        TargetExistsError: other labels of this name are there and `overwrite` is not set, or a person has
            edited them or their links and `discard_curation` is not set.
        SchemaVersionError: a GEFF is of a version that cannot be read.
        MissingMetadataError: the units of a file need a pixel size or frame interval that nobody knows.
        WrongArgumentError: the dataset is another program's, or links are given twice.
        StorageError: the disk or bucket refused.
    """
    movie.require_writable()
    paths.check_name(name)
    labels = _opened(source, axes, movie)
    _check_links_once(labels, links)
    _check_shape(labels, movie)
    labels, links = _with_graph(labels, links, movie)
    _tell(labels.notes, on_note)
    report = _Reporter(on_progress, _PASSES * movie.n_frames)
    cells, digest = _checked(labels, report, must_differ=name == paths.REFERENCE)
    labels = _linked(labels, links, cells)
    digest = digest_texts([digest, _links_digest(labels.links)])
    slot = labels_slot(movie, name, digest, "reference" if name == paths.REFERENCE else "labels")
    slot.check_free(overwrite=overwrite, discard_curation=discard_curation)
    if not slot.is_whole:
        _write(labels, slot, report)
    elif not overwrite and have_tables(movie, name, labels=digest):
        return open_movie(movie.url)
    else:
        give_up_edits(movie, name, discard_curation=discard_curation)
    written = open_movie(movie.url)
    write_lineage_tables(
        written, name, links=labels.links, derived_from=digest, on_progress=report.from_frame(2)
    )
    return written


class _Reporter:
    """Adds up the frames of several passes for one progress bar."""

    def __init__(self, on_progress: Progress | None, total: int) -> None:
        self._on_progress = on_progress
        self._total = total

    def from_frame(self, passes_done: int) -> Progress:
        """Return the callback of a pass, after so many others."""

        def report(done: int, n_frames: int) -> None:
            if self._on_progress is not None:
                self._on_progress(passes_done * n_frames + done, self._total)

        return report


def _opened(
    source: str | Path | LabelSource | ArrayLike, axes: str | None, movie: Movie
) -> LabelSource:
    if isinstance(source, str | Path) and graph_format(source) is not None:
        return labels_of_graph(_graph(source, movie), _shape(movie))
    if isinstance(source, str | Path) and outline_format(source) is not None:
        return open_outline_labels(Path(source), _shape(movie), movie.pixel_size_um)
    if isinstance(source, str | Path):
        return open_label_source(source, axes=axes)
    if not isinstance(source, LabelSource):
        return labels_from_array(source, axes=axes)
    if axes is not None:
        raise WrongArgumentError(
            "a source that was opened has its axes", found=f"axes={axes!r}", remedy="leave them out"
        )
    return source


def _with_graph(
    labels: LabelSource, links: str | Path | NDArray[np.int64] | None, movie: Movie
) -> tuple[LabelSource, str | Path | NDArray[np.int64] | None]:
    """Return the labels with the links of a file of cells, where `links` is one, and links still to be read."""
    if not isinstance(links, str | Path) or graph_format(links) is None:
        return labels, links
    return with_graph(labels, _graph(links, movie)), None


def _graph(path: str | Path, movie: Movie) -> CellGraph:
    return open_cell_graph(path, _shape(movie), movie.scale)


def _shape(movie: Movie) -> tuple[int, int, int]:
    frames, _, height, width = movie.shape
    return frames, height, width


def _tell(notes: tuple[str, ...], on_note: Callable[[str], None] | None) -> None:
    for note in notes:
        if on_note is None:
            warnings.warn(note, LeftOutWarning, stacklevel=3)
        else:
            on_note(note)


def _check_links_once(labels: LabelSource, links: str | Path | NDArray[np.int64] | None) -> None:
    if links is not None and labels.links is not None:
        raise WrongArgumentError(
            "the labels bring their own links",
            found="links besides them",
            remedy="give only one of them",
        )


def _check_shape(labels: LabelSource, movie: Movie) -> None:
    if labels.shape != _shape(movie):
        raise InvalidDataError(
            "the labels do not fit the movie",
            expected="{} frames of {} rows and {} columns".format(*_shape(movie)),
            found="{} frames of {} rows and {} columns".format(*labels.shape),
            where=labels.files[0] if labels.files else labels.format,
            remedy="give the labels of this movie: as many frames, rows and columns, not cropped or scaled",
        )


def _checked(
    labels: LabelSource, report: _Reporter, *, must_differ: bool
) -> tuple[list[NDArray[np.int64]], str]:
    """Check every frame; return the labels that each shows, and the digest of all pixels.

    With `must_differ`, masks are refused that have one value in all cells.
    """
    cells, digest, binary = [], PixelDigest(), BinaryCheck()
    where = labels.files[0] if labels.files else labels.format
    for t in range(labels.shape[0]):
        frame = checked_labels(labels.read(t), labels.shape[1:], t, where)
        cells.append(cells_of(frame))
        binary.add(frame, cells[-1])
        digest.add(frame.astype(np.uint32))
        report.from_frame(0)(t + 1, labels.shape[0])
    if must_differ:
        binary.refuse(where)
    return cells, digest.text


def _linked(
    labels: LabelSource,
    links: str | Path | NDArray[np.int64] | None,
    cells: list[NDArray[np.int64]],
) -> LabelSource:
    """Return the labels with checked links."""
    if links is not None:
        return dataclasses.replace(labels, links=read_links(links, cells))
    if labels.links is not None:
        check_links(labels.links, cells, "links")
    return labels


def _links_digest(links: NDArray[np.int64] | None) -> str:
    return "no links" if links is None else digest_array(np.unique(links, axis=0))


def _write(labels: LabelSource, slot: ResultSlot, report: _Reporter) -> None:
    base = slot.base
    writer = LabelsWriter(slot)
    try:
        _copy(labels, writer, report.from_frame(1))
        writer.finish()
    except BaseException:
        _discard(slot, base)
        raise


def _discard(slot: ResultSlot, base: str) -> None:
    """Remove what was written of a result, and the groups that were made to hold it."""
    location = slot.movie.location
    if base != slot.path:
        location.delete(paths.staging(slot.digest, "").rstrip("/"))
        return
    location.delete(base)
    if not location.children(paths.LABELS):
        location.delete(paths.LABELS)


def _copy(labels: LabelSource, writer: LabelsWriter, report: Progress) -> None:
    n_frames = labels.shape[0]
    for t_start in range(0, n_frames, writer.frames_per_shard):
        t_stop = min(t_start + writer.frames_per_shard, n_frames)
        block = np.stack([labels.read(t) for t in range(t_start, t_stop)])
        writer.write(t_start, block.astype(np.uint32))
        report(t_stop, n_frames)
