"""Which real frames are models fitted to, and which judge them? The split of the development data, in one place.

The folder of development data holds `mother-machine/chamberNN`, `t98g-phase` and `mdamb231-qpi`. A script that
chooses anything reads the part "fit" only; "judge" is for the figures that are reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import tifffile
from numpy.typing import NDArray

from distnet_store.ops.link_rows import MovieLinks

Part = Literal["fit", "judge"]

DATA = Path("../shared/data")


@dataclass(frozen=True)
class LabelledMovie:
    """Pixels (t, y, x), true labels (t, y, x) int32 and their links (m, 4)."""

    name: str
    image: NDArray[np.generic]
    labels: NDArray[np.int32]
    links: MovieLinks

    def every(self, step: int) -> LabelledMovie:
        """Return every so many frames of a movie; links are composed."""
        from distnet_store.ops.sampled_links import sample_links

        links = sample_links(self.links, step)
        return replace(self, image=self.image[::step], labels=self.labels[::step], links=links)


@dataclass(frozen=True)
class DataSet:
    """A kind of movie.

    Attributes:
        name: what the command line and the tables call it.
        read: returns the movies of a part.
        truth: what the reference's links tell. lineages: divisions, too; identity: who a cell is, as long as
            it keeps its number, so that no link to a number that begins is judged; none: nothing.
        rods: whether correction may expect rods.
    """

    name: str
    read: Callable[[Path, Part], list[LabelledMovie]]
    truth: Literal["lineages", "identity", "none"]
    rods: bool = False


def _chambers(data: Path, part: Part) -> list[LabelledMovie]:
    numbers = range(9) if part == "fit" else range(9, 12)
    folders = [data / "mother-machine" / f"chamber{number:02}" for number in numbers]
    return [_chamber(folder) for folder in folders]


def _chamber(folder: Path) -> LabelledMovie:
    labels = tifffile.imread(folder / "labels_ctc.tif").astype(np.int32)
    rows = np.loadtxt(folder / "man_track.txt", dtype=np.int64, ndmin=2)
    end_of = {label: end for label, _, end, _ in rows.tolist()}
    births = [
        (end_of[parent], parent, begin, label)
        for label, begin, _, parent in rows.tolist()
        if parent
    ]
    links = np.concatenate([identity_links(labels), np.array(births, np.int64).reshape(-1, 4)])
    image = tifffile.imread(folder / "img_phase.tif")
    return LabelledMovie(folder.name, image, labels, np.unique(links, axis=0))


def _stills(data: Path, part: Part) -> list[LabelledMovie]:
    numbers = range(2, 36, 2) if part == "fit" else range(36, 46, 2)
    folder = data / "t98g-phase" / "stills"
    return [_still(folder, number) for number in numbers]


def _still(folder: Path, number: int) -> LabelledMovie:
    image = tifffile.imread(folder / f"{number:02}_image.tif")[np.newaxis]
    labels = tifffile.imread(folder / f"{number:02}_labels.tif")[np.newaxis].astype(np.int32)
    return LabelledMovie(f"still{number:02}", image, labels, np.empty((0, 4), np.int64))


def _t98g(data: Path, part: Part) -> list[LabelledMovie]:
    return [_piece("t98g", data / "t98g-phase", slice(15) if part == "fit" else slice(15, 25))]


def _qpi(data: Path, part: Part) -> list[LabelledMovie]:
    return [_piece("qpi", data / "mdamb231-qpi", slice(80) if part == "fit" else slice(80, 120))]


def _piece(name: str, folder: Path, frames: slice) -> LabelledMovie:
    image = tifffile.imread(folder / "movie.tif")[frames]
    labels = tifffile.imread(folder / "movie_tracked_labels.tif")[frames].astype(np.int32)
    return LabelledMovie(name, image, labels, identity_links(labels))


def identity_links(labels: NDArray[np.integer]) -> MovieLinks:
    """Return the links (m, 4) of cells that keep their number from a frame to the next.

    Example:
        >>> identity_links(np.array([[[1, 2]], [[2, 3]]])).tolist()
        [[0, 2, 1, 2]]
    """
    links = [
        (t, label, t + 1, label)
        for t in range(len(labels) - 1)
        for label in np.intersect1d(labels[t], labels[t + 1]).tolist()
        if label
    ]
    return np.array(links, np.int64).reshape(-1, 4)


DATA_SETS = {
    one.name: one
    for one in (
        DataSet("mother-machine", _chambers, "lineages", rods=True),
        DataSet("t98g-stills", _stills, "none"),
        DataSet("t98g", _t98g, "identity"),
        DataSet("qpi", _qpi, "identity"),
    )
}
