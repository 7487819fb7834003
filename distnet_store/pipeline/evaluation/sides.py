"""What can be evaluated, or serve as reference: a result in a dataset, or a folder of label images?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import (
    InvalidDataError,
    NotADatasetError,
    NotFoundError,
    WrongArgumentError,
)
from distnet_store.ops.link_rows import MovieLinks
from distnet_store.pipeline.targets import movie_links
from distnet_store.store import paths
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.results import labelled_digest, result_digest
from distnet_store.store.sources.ctc import ctc_table, is_ctc_labels, segmentation_masks
from distnet_store.store.sources.detect import open_label_source
from distnet_store.store.sources.label_frames import cells_by_frame, checked_labels
from distnet_store.store.sources.label_stack import read_links

ReadFrame = Callable[[int], NDArray[np.integer]]


@dataclass(frozen=True)
class Side:
    """One of the two things that are compared.

    Attributes:
        name: what to call it in a table.
        shape: frames, rows, columns.
        read: returns the labels (y, x) of a time point.
        links: (m, 4), time point and label of the earlier cell, then of the later; None: not linked.
        digest: changes when labels or links do; empty where nothing says when they change: for a
            folder, and for labels that another program wrote.
        tracks: (k, 4) label, begin, end, parent, where the labels are the challenge's track ids.
        segmentation: the challenge's own masks for SEG, by time point, where they are separate.
        movie: the dataset that it lies in, None for a folder.
        areas: (n,) pixels of each cell, where a table has them.
    """

    name: str
    shape: tuple[int, int, int]
    read: ReadFrame
    links: MovieLinks | None
    digest: str = ""
    tracks: NDArray[np.int64] | None = None
    segmentation: dict[int, Callable[[], NDArray[np.generic]]] | None = None
    movie: Movie | None = None
    areas: NDArray[np.integer] | None = None


def open_side(target: str | Path | Movie, name: str, *, links: str | Path | None = None) -> Side:
    """Open the labels `name` of a dataset, or else a folder or file of label images, which has one result.

    `links` is a table of links for label images that bring none, as `import` takes it.

    Raises:
        WrongArgumentError: links are given for labels that have their own.
        NotFoundError: there is nothing there, or the dataset has no such labels.
        InvalidDataError: label images are missing or damaged, or masks are of no frame of the movie.
        InvalidLineageError: the folder's table of tracks contradicts itself or the labels.
    """
    if isinstance(target, Movie):
        return _without_table(target, name, links)
    try:
        movie = open_movie(target)
    except NotADatasetError as error:
        if not Path(target).exists():
            raise NotFoundError(
                "there is neither a dataset nor a folder of labels",
                where=str(target),
                remedy="check the path",
            ) from error
        return _folder_side(Path(target), links)
    return _without_table(movie, name, links)


def _without_table(movie: Movie, name: str, links: str | Path | None) -> Side:
    if links is not None:
        raise _two_tables(movie.url)
    return dataset_side(movie, name)


def dataset_side(movie: Movie, name: str) -> Side:
    """Return the labels and links of a result, or of the reference, of a dataset.

    The links are None where the labels were never linked, or were imported without a lineage.

    Raises:
        NotFoundError: the dataset has no such labels.
    """
    frames, _, height, width = movie.shape
    links = movie_links(movie, name) if (name, "links") in movie.tables() else None
    places = (paths.label_image(name), paths.table(name, "links"))
    labels_digest, links_digest = (result_digest(movie.location, path) for path in places)
    if links is not None and not len(links) and links_digest == labels_digest:
        links = None  # both came from one import
    return Side(
        name=name,
        shape=(frames, height, width),
        read=movie.labels_reader(name),
        links=links,
        digest=labelled_digest(labels_digest, links_digest),
        movie=movie,
        areas=_areas(movie, name),
    )


def _areas(movie: Movie, name: str) -> NDArray[np.integer] | None:
    if (name, "objects") not in movie.tables():
        return None
    column = movie.read_table(name, "objects", columns=["area"])["area"]
    return np.asarray(column.to_numpy())


def _folder_side(path: Path, table: str | Path | None) -> Side:
    source = open_label_source(path)
    if table is not None and source.links is not None:
        raise _two_tables(str(path))
    is_challenge = path.is_dir() and is_ctc_labels(path)
    links = source.links
    if table is not None:
        links = read_links(table, cells_by_frame(source.read, source.shape, str(path)))
    return Side(
        name=path.resolve().name,
        shape=source.shape,
        read=lambda t: checked_labels(source.read(t), source.shape[1:], t, str(path)),
        links=links,
        tracks=ctc_table(path) if is_challenge and source.links is not None else None,
        segmentation=_own_masks(path, source.shape[0]) if is_challenge else None,
    )


def _own_masks(path: Path, n_frames: int) -> dict[int, Callable[[], NDArray[np.generic]]] | None:
    masks = segmentation_masks(path)
    beyond = [t for t in masks or () if t >= n_frames]
    if beyond:
        raise InvalidDataError(
            "there are masks of frames that the movie does not have",
            expected=f"numbers from 0 to {n_frames - 1}, as the frames of TRA",
            found=f"number {beyond[0]}",
            where=str(path / "SEG"),
            remedy="remove these masks, or number them as their frames",
        )
    return masks


def _two_tables(where: str) -> WrongArgumentError:
    return WrongArgumentError(
        "the labels bring their own links",
        found="a table of links besides them",
        where=where,
        remedy="give only one of them",
    )
