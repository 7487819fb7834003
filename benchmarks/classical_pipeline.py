"""What do classical segmentation and a well-kept tracker make of real movies, at their best?

For each data set a grid of recipes (classical_segmentation.py) and the trackers that are there (tracker_programs.py)
are tried on the fitting part; what is best there segments and links the frames that judge.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from agreement import Agreement, agreement, together
from classical_segmentation import Grid, Labels, Pair, Recipe, Score, fit, segment
from development_frames import DataSet, LabelledMovie
from numpy.typing import NDArray

from distnet_store.metrics.detection import Detection, detect
from distnet_store.metrics.evaluation import evaluate_labels
from distnet_store.metrics.overlaps import count_overlaps
from distnet_store.ops.link_rows import MovieLinks

TRACKERS = {
    "laptrack": (
        "laptrack-overlap",
        "laptrack-overlap-whole",
        "laptrack-centroid",
        "laptrack-centroid-far",
    ),
    "btrack": ("btrack",),
}
"""What tracker_programs.py runs with the interpreter of each package."""


def wrong_cells(results: Sequence[tuple[Labels, Labels]]) -> float:
    """Return minus the paper's segmentation errors per cell."""
    judged = [evaluate_labels([pair], None, None).counts for pair in results]
    errors = sum(one.segmentation_errors for one in judged)
    return -errors / max(sum(one.reference_cells for one in judged), 1)


def f1(results: Sequence[tuple[Labels, Labels]]) -> float:
    """Return the F1 score of cells at an IoU of 0.5."""
    return sum((detect(count_overlaps(*pair)) for pair in results), Detection()).f1 or 0.0


_TEXTURE = Grid(
    Recipe("texture", 3.0, "otsu", min_area=300),
    {
        "signal": ("texture", "edges"),
        "sigma": (1.0, 1.5, 2.5),
        "threshold": ("otsu", "li", "triangle"),
        "factor": (0.6, 0.8, 1.0, 1.2),
        "shrink": (2, 4, 6),
    },
    {
        "seeds": ("none", "distance"),
        "seed_sigma": (3, 5),
        "seed_distance": (10, 16, 24),
        "min_area": (600, 1000),
    },
)


@dataclass(frozen=True)
class Search:
    """Where recipes for a data set are looked for.

    Attributes:
        grid: what is tried.
        step: every how many frames of the fitting part.
        side: of the window of each, in pixels.
        score: what is to be high.
    """

    grid: Grid
    step: int
    side: int
    score: Score


SEARCHES = {
    "mother-machine": Search(
        Grid(
            Recipe("dark", 1.0, "local", border="sides"),
            {
                "sigma": (0.5, 1.0),
                "block": (2, 3, 4, 6),
                "factor": (0.0, 0.1, 0.2, 0.3),
                "open_px": (0, 1),
                "grow": (1, 2, 3),
            },
            {
                "seeds": ("distance", "signal"),
                "seed_sigma": (2, 3, 4),
                "seed_depth": (0.2, 0.3, 0.4, 0.6, 0.8),
            },
            kept=6,
        ),
        5,
        512,
        wrong_cells,
    ),
    "t98g-stills": Search(_TEXTURE, 3, 640, f1),
    "t98g": Search(_TEXTURE, 4, 640, f1),
    "qpi": Search(
        Grid(
            Recipe("bright", 1.0, "otsu", min_area=30),
            {
                "sigma": (1, 2),
                "threshold": ("otsu", "li", "triangle"),
                "factor": (0.2, 0.3, 0.5, 0.7, 1.0),
                "open_px": (0, 2),
            },
            {
                "seeds": ("distance", "signal"),
                "seed_sigma": (1, 2, 3),
                "seed_depth": (0.1, 0.2, 0.4, 0.7),
                "border": ("keep", "all"),
                "min_area": (30, 80),
            },
            kept=3,
        ),
        20,
        400,
        f1,
    ),
}


@dataclass(frozen=True)
class Chosen:
    """What was best on the fitting part, with its figure there, and the tracker ("none" for single frames)."""

    recipe: Recipe
    fitted: float
    tracker: str
    tried: Mapping[str, int]


def choose(
    data_set: DataSet, movies: Sequence[LabelledMovie], pythons: Mapping[str, str]
) -> Chosen:
    """Return the best recipe for the fitting part, and the tracker with the fewest errors on its cells."""
    search = SEARCHES[data_set.name]
    recipe, fitted = fit(_windows(movies, search), search.grid, search.score)
    if data_set.truth == "none":
        return Chosen(recipe, fitted, "none", {})
    results = [(movie, segmented(movie, recipe)) for movie in movies]
    tried = {
        name: together(
            agreement(movie, labels, linked(labels, name, python), data_set)
            for movie, labels in results
        ).tracking_errors
        for package, python in pythons.items()
        for name in TRACKERS[package]
    }
    return Chosen(recipe, fitted, min(tried, key=lambda name: tried[name]), tried)


def judged(
    data_set: DataSet, movies: Sequence[LabelledMovie], chosen: Chosen, pythons: Mapping[str, str]
) -> Agreement:
    """Return the errors of the chosen steps on movies."""
    package = chosen.tracker.partition("-")[0]
    found = []
    for movie in movies:
        labels = segmented(movie, chosen.recipe)
        links = (
            movie.links[:0]
            if package == "none"
            else linked(labels, chosen.tracker, pythons[package])
        )
        found.append(agreement(movie, labels, links, data_set))
    return together(found)


def segmented(movie: LabelledMovie, recipe: Recipe) -> Labels:
    """Return the cells (t, y, x) of a movie."""
    return np.stack([segment(frame, recipe) for frame in movie.image])


def linked(labels: NDArray[np.int32], tracker: str, python: str) -> MovieLinks:
    """Return the links (m, 4) between neighbouring frames that a tracker finds."""
    script = Path(__file__).with_name("tracker_programs.py")
    with tempfile.TemporaryDirectory() as folder:
        cells, links = Path(folder) / "labels.npy", Path(folder) / "links.npy"
        np.save(cells, labels)
        subprocess.run(  # noqa: S603 - the interpreter that the caller named
            [python, str(script), tracker, str(cells), str(links)], check=True, capture_output=True
        )
        found = np.load(links)
    return np.asarray(found[found[:, 2] == found[:, 0] + 1])


def _windows(movies: Sequence[LabelledMovie], search: Search) -> list[Pair]:
    side = search.side
    frames = [(movie, t) for movie in movies for t in range(len(movie.image))]
    if len(movies) > 1 and len(movies[0].image) > 1:  # so many frames of each movie
        frames = [(movie, t) for movie in movies for t in range(0, len(movie.image), search.step)]
    else:
        frames = frames[:: search.step]
    return [(movie.image[t][:side, :side], movie.labels[t][:side, :side]) for movie, t in frames]
