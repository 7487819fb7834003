"""How do given labels and links become a dataset with simulated pictures of these very cells?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.simulation.given_shapes import GivenShapes
from distnet_store.ops.simulation.pictures import pictured_shapes
from distnet_store.ops.simulation.shape_parameters import ShapeParameters
from distnet_store.pipeline.simulate import PictureSource, Progress, write_simulated
from distnet_store.pipeline.targets import movie_links
from distnet_store.store import paths
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.movie_writer import check_target
from distnet_store.store.sources.detect import open_label_source
from distnet_store.store.sources.label_frames import cells_by_frame, checked_labels
from distnet_store.store.sources.label_stack import read_links
from distnet_store.store.sources.source import LabelSource
from distnet_store.store.tables import table_names


def simulate_shapes(
    shapes: str | Path | Movie,
    target: str | Path,
    parameters: ShapeParameters | None = None,
    *,
    links: str | Path | NDArray[np.int64] | None = None,
    labels: str = paths.REFERENCE,
    pixel_size_um: float | None = None,
    frame_interval_s: float | None = None,
    name: str = paths.REFERENCE,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> Movie:
    """Write simulated pictures of given labels into a new dataset, with these labels and links, and open it.

    `shapes` is a dataset, whose labels `labels` and their links are drawn, or label images as `import_labels` takes
    them, with `links` beside them (`man_track.txt`, a CSV table, or an array of t, label, later t, label). The
    labels of the new dataset are the given ones, pixel by pixel, magnified if the parameters say so; without links
    each cell is a track of its own. `pixel_size_um` and `frame_interval_s` are those of the given labels; of a
    dataset they are known. The provenance has the word simulated, the source's name and all parameters.

    Raises:
        NotFoundError: there is no such source, label image or table.
        InvalidDataError: a frame is no valid label image, or no frame shows a cell.
        InvalidLineageError: links lead to missing cells or backwards.
        TargetExistsError: something is at the target and `overwrite` is not set.
        WrongArgumentError: links are given for labels that bring their own.
        StorageError: the disk or bucket refused. On a disk nothing is left at the target then.

    Example:
        >>> movie = simulate_shapes(                                          # doctest: +SKIP
        ...     "labels.tif", "drawn.ome.zarr", ShapeParameters(contrast="fluorescence"),
        ...     links="man_track.txt", pixel_size_um=0.066, frame_interval_s=300,
        ... )
    """
    chosen = parameters or ShapeParameters()
    check_target(str(target), overwrite=overwrite)
    given = _given(shapes, labels, links)
    sizes = given.pixel_size_um if pixel_size_um is None else (pixel_size_um, pixel_size_um)
    source = PictureSource(
        frames=pictured_shapes(given.shapes, chosen),
        shape=(given.shapes.shape[0], *chosen.scaled(given.shapes.shape[1:])),
        channel=chosen.contrast,
        pixel_size_um=None if sizes is None else _magnified(sizes, chosen),
        frame_interval_s=given.frame_interval_s if frame_interval_s is None else frame_interval_s,
        record={"shapes": given.name, **asdict(chosen)},
    )
    return write_simulated(source, target, name=name, overwrite=overwrite, on_progress=on_progress)


@dataclass(frozen=True)
class _Given:
    """What is drawn, where it comes from, and the scale that the source has."""

    shapes: GivenShapes
    name: str
    pixel_size_um: tuple[float, float] | None
    frame_interval_s: float | None


def _given(
    source: str | Path | Movie, labels: str, links: str | Path | NDArray[np.int64] | None
) -> _Given:
    if isinstance(source, Movie):
        return _of_dataset(source, labels, links)
    if str(source).rstrip("/").endswith(".zarr"):
        return _of_dataset(open_movie(source), labels, links)
    images = open_label_source(source)
    if links is not None and images.links is not None:
        raise WrongArgumentError(
            "the labels bring their own links",
            found="links besides them",
            where=str(source),
            remedy="give only one of them",
        )
    cells = cells_by_frame(images.read, images.shape, str(source))
    linked = images.links if links is None else read_links(links, cells)
    read = partial(_checked, images, str(source))
    return _Given(GivenShapes(images.shape, read, linked), Path(source).name, None, None)


def _of_dataset(movie: Movie, labels: str, links: str | Path | NDArray[np.int64] | None) -> _Given:
    frames, _, height, width = movie.shape
    shape, read = (frames, height, width), movie.labels_reader(labels)
    linked: MovieLinks | None = None
    if links is not None:
        linked = read_links(links, cells_by_frame(read, shape, movie.url))
    elif (labels, "links") in table_names(movie.location):
        linked = movie_links(movie, labels)
    name = f"{movie.url.rstrip('/').rsplit('/', 1)[-1]}, labels {labels!r}"
    shapes = GivenShapes(shape, read, linked)
    return _Given(shapes, name, movie.pixel_size_um, movie.frame_interval_s)


def _checked(images: LabelSource, where: str, t: int) -> NDArray[np.integer]:
    return checked_labels(images.read(t), images.shape[1:], t, where)


def _magnified(sizes: tuple[float, float], parameters: ShapeParameters) -> tuple[float, float]:
    height, width = sizes
    return height / parameters.magnification, width / parameters.magnification
