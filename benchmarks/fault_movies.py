"""Which labelled movies with true links are faults put into?

Real ones are read from the folder of development data. Chambers 09 to 11 and t98g frames from 15 on are not
among them, since they judge the results elsewhere. Simulated ones are named rods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.simulation.rod_parameters import RodsParameters
from distnet_store.ops.simulation.rods import simulate_rods

CHAMBERS = tuple(f"chamber{number:02}" for number in range(9))
T98G_FRAMES = 15


@dataclass(frozen=True)
class TrueMovie:
    """Right cells (t, y, x) and links (m, 4), and whether the cells are real or simulated."""

    name: str
    labels: NDArray[np.int32]
    links: MovieLinks
    source: str

    def first(self, n_frames: int) -> TrueMovie:
        """Return the movie of the first frames."""
        links = self.links[self.links[:, 2] < n_frames]
        return replace(self, labels=self.labels[:n_frames], links=links)


def read_movies(name: str, data: Path) -> list[TrueMovie]:
    """Return the movies of a name in `SOURCES`; the chambers are one movie each."""
    return SOURCES[name](data)


def _ecoli(data: Path) -> list[TrueMovie]:
    return [_challenge_movie("ecoli", data / "ecoli-agarpad")]


def _chambers(data: Path) -> list[TrueMovie]:
    return [_challenge_movie(name, data / "mother-machine" / name) for name in CHAMBERS]


def _t98g(data: Path) -> list[TrueMovie]:
    labels = tifffile.imread(data / "t98g-phase" / "movie_tracked_labels.tif")[:T98G_FRAMES]
    return [TrueMovie("t98g", labels.astype(np.int32), _same_label_links(labels), "real")]


def _rods(parameters: RodsParameters) -> list[TrueMovie]:
    movie = simulate_rods(parameters, seed=7)
    return [TrueMovie("rods", movie.labels.astype(np.int32), movie.links, "simulated")]


SOURCES: dict[str, Callable[[Path], list[TrueMovie]]] = {
    "ecoli": _ecoli,
    "mother-machine": _chambers,
    "t98g": _t98g,
    "rods": lambda _: _rods(RodsParameters()),
    "few-rods": lambda _: _rods(RodsParameters(n_frames=40, shape_px=(256, 256), n_cells=150)),
}


def _challenge_movie(name: str, folder: Path) -> TrueMovie:
    labels = tifffile.imread(folder / "labels_ctc.tif").astype(np.int32)
    rows = np.loadtxt(folder / "man_track.txt", dtype=np.int64, ndmin=2)
    end_of = {label: end for label, _, end, _ in rows.tolist()}
    births = [
        (end_of[parent], parent, begin, label)
        for label, begin, _, parent in rows.tolist()
        if parent
    ]
    links = np.concatenate([_same_label_links(labels), np.array(births).reshape(-1, 4)])
    return TrueMovie(name, labels, np.unique(links.astype(np.int64), axis=0), "real")


def _same_label_links(labels: NDArray[np.integer]) -> MovieLinks:
    """Return the links of cells that keep their label from a frame to the next."""
    links = [
        (t, label, t + 1, label)
        for t in range(len(labels) - 1)
        for label in np.intersect1d(labels[t], labels[t + 1]).tolist()
        if label
    ]
    return np.array(links, np.int64).reshape(-1, 4)
