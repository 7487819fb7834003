"""Which datasets do the bundled models learn from? Imports them from a folder of data, and simulates the rest.

Only the fitting part of the data is touched (see the recipes' cards): chambers 00 to 08, T98G stills numbered under
36 and frames 0 to 14, MDA-MB-231 frames 0 to 79, microglia, and the outlines of E. coli on agar under simulated light.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import tifffile
from numpy.typing import NDArray

from distnet_store import Movie, import_labels, import_movie, open_movie, simulate, simulate_shapes
from distnet_store.ops.simulation.movie_parameters import SimulationParameters
from distnet_store.ops.simulation.random_movies import RandomMovies

N_SIMULATED: Final = 32
N_COLONIES: Final = 8
LATE_FRAMES: Final = 12


@dataclass(frozen=True)
class Source:
    """A dataset, and how often it is drawn beside the others."""

    movie: Movie
    weight: float
    is_simulated: bool = False


def chamber_sources(data: Path, work: Path) -> list[Source]:
    """Return the easiest part of what `bacteria` learns from: real chambers."""
    return [Source(_dataset(work / "chambers.ome.zarr", lambda path: _chambers(data, path)), 8.0)]


def bacteria_sources(data: Path, work: Path) -> list[Source]:
    """Return what `bacteria` learns from: real chambers, simulated rods, real colonies under simulated light."""
    return [*chamber_sources(data, work), *_rods(work), *_colonies(data, work)]


def cells_sources(data: Path, work: Path) -> list[Source]:
    """Return what `cells` learns from: real glioblastoma, breast cancer and microglia, and simulated cells."""
    asked = RandomMovies(N_SIMULATED, "cells", n_frames=10, shape_px=(288, 288), seed=200)
    simulated = [
        Source(_simulated(work / name, asked.movie(k)), 0.2, is_simulated=True)
        for k, name in enumerate(asked.names())
    ]
    return [*_stills(data, work), *_cell_movies(data, work), *simulated]


SOURCES: Final[dict[str, Callable[[Path, Path], list[Source]]]] = {
    "chambers": chamber_sources,
    "bacteria": bacteria_sources,
    "cells": cells_sources,
}
"""What each bundled model, and a first pass of both, learns from: made in a work folder from a folder of data."""


def _rods(work: Path) -> Iterator[Source]:
    asked = RandomMovies(N_SIMULATED, "rods", n_frames=10, shape_px=(192, 192), seed=100)
    for k, name in enumerate(asked.names()):
        yield Source(_simulated(work / name, asked.movie(k)), 0.25, is_simulated=True)


def _colonies(data: Path, work: Path) -> Iterator[Source]:
    """Yield the later frames of the E. coli colonies on agar, each time under another simulated light."""
    asked = RandomMovies(N_COLONIES, "rods", seed=300)
    for k in range(N_COLONIES):
        path = work / f"colony-{k:03d}.ome.zarr"

        def make(target: Path, k: int = k) -> None:
            labels = tifffile.imread(data / "ecoli-agarpad" / "labels_ctc.tif")
            links = _track_links(labels.astype(np.int64), data / "ecoli-agarpad" / "man_track.txt")
            cut, kept = _late_frames(labels, links)
            with tempfile.TemporaryDirectory() as folder:
                shapes = Path(folder) / "colony.tif"
                tifffile.imwrite(shapes, cut, metadata={"axes": "TYX"})
                simulate_shapes(
                    shapes,
                    target,
                    asked.pictures(k),
                    links=kept,
                    pixel_size_um=0.06587,
                    frame_interval_s=300,
                )

        yield Source(_dataset(path, make), 0.35, is_simulated=True)


def _late_frames(
    labels: NDArray[np.integer], links: NDArray[np.int64]
) -> tuple[NDArray[np.integer], NDArray[np.int64]]:
    """Return the last frames of a movie, cut to where cells are, with the links among them."""
    first = len(labels) - LATE_FRAMES
    rows, columns = (np.nonzero(labels.any(axis=(0, axis)))[0] for axis in (2, 1))
    cut = labels[first:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return cut, links[links[:, 0] >= first] - [first, 0, first, 0]


def _stills(data: Path, work: Path) -> Iterator[Source]:
    folder = data / "t98g-phase" / "stills"
    for image in sorted(folder.glob("*_image.tif")):
        number = int(image.name[:2])
        if number >= 36:
            continue
        labels = image.with_name(f"{number:02d}_labels.tif")
        yield Source(
            _imported(
                work / f"t98g-still{number:02d}.ome.zarr",
                tifffile.imread(image)[np.newaxis],
                tifffile.imread(labels)[np.newaxis].astype(np.uint16),
            ),
            0.4,
        )


def _cell_movies(data: Path, work: Path) -> Iterator[Source]:
    folder = data / "t98g-phase"
    yield Source(
        _imported(
            work / "t98g-movie.ome.zarr",
            tifffile.imread(folder / "movie.tif")[:15],
            tifffile.imread(folder / "movie_tracked_labels.tif")[:15].astype(np.uint16),
        ),
        3.0,
    )
    folder = data / "mdamb231-qpi"
    yield Source(
        _imported(
            work / "qpi.ome.zarr",
            tifffile.imread(folder / "movie.tif")[:80],
            tifffile.imread(folder / "movie_tracked_labels.tif")[:80],
        ),
        3.0,
    )
    folder, name = data / "microglia", "MAX_pg6-3CF1_20--t1-3"
    yield Source(
        _imported(
            work / "microglia.ome.zarr",
            tifffile.imread(folder / f"{name}.tif"),
            tifffile.imread(folder / f"{name}-labelMasks.tif"),
        ),
        0.5,
    )


def _imported(path: Path, pixels: NDArray[np.generic], labels: NDArray[np.integer]) -> Movie:
    """Return the dataset of a movie (t, y, x) whose labels keep their number as long as a cell lives."""

    def make(target: Path) -> None:
        movie = import_movie(pixels, target, pixel_size_um="unknown", frame_interval_s="unknown")
        import_labels(movie, labels, links=identity_links(labels))

    return _dataset(path, make)


def identity_links(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return links (n, 4) between equal labels of frames that follow one another, of labels (t, y, x).

    Example:
        >>> identity_links(np.array([[[1, 2]], [[2, 3]]])).tolist()
        [[0, 2, 1, 2]]
    """
    found = [set(np.unique(frame).tolist()) - {0} for frame in labels]
    return np.array(
        [
            (t, label, t + 1, label)
            for t in range(len(found) - 1)
            for label in sorted(found[t] & found[t + 1])
        ],
        np.int64,
    ).reshape(-1, 4)


def _chambers(data: Path, target: Path) -> None:
    """Put chambers 00 to 08 side by side into one movie, so that a tile is not mostly padding."""
    folders = [data / "mother-machine" / f"chamber{number:02d}" for number in range(9)]
    images = [tifffile.imread(folder / "img_phase.tif") for folder in folders]
    labels = [tifffile.imread(folder / "labels_ctc.tif").astype(np.int64) for folder in folders]
    height = min(image.shape[1] for image in images)
    links = []
    for k, folder in enumerate(folders):
        offset = 1000 * k
        own = _track_links(labels[k], folder / "man_track.txt")
        own[:, 1::2] += offset
        links.append(own)
        labels[k] = np.where(labels[k] > 0, labels[k] + offset, 0)
    movie = import_movie(
        np.concatenate([image[:, :height] for image in images], axis=2),
        target,
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    joined = np.concatenate([one[:, :height] for one in labels], axis=2).astype(np.uint16)
    import_labels(movie, joined, links=_among(np.concatenate(links), joined))


def _track_links(labels: NDArray[np.int64], table: Path) -> NDArray[np.int64]:
    """Return the links of a movie whose tracks keep their label, and of mothers to daughters."""
    tracks = np.loadtxt(table, dtype=np.int64, ndmin=2)
    ends = {int(label): int(end) for label, _, end, _ in tracks}
    births = [
        (ends[int(parent)], int(parent), int(begin), int(label))
        for label, begin, _, parent in tracks
        if parent > 0
    ]
    return np.concatenate([identity_links(labels), np.array(births, np.int64).reshape(-1, 4)])


def _among(links: NDArray[np.int64], labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the links whose cells are both there."""
    there = [set(np.unique(frame).tolist()) for frame in labels]
    return np.array([one for one in links if one[1] in there[one[0]] and one[3] in there[one[2]]])


def _simulated(path: Path, parameters: SimulationParameters) -> Movie:
    return _dataset(path, lambda target: simulate(target, parameters))


def _dataset(path: Path, make: Callable[[Path], object]) -> Movie:
    """Return a dataset, made if it is not there."""
    if not path.exists():
        make(path)
    return open_movie(path)
