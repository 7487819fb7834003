"""Movies of the Cell Tracking Challenge: as arrays, as its folders, and random ones for Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from distnet_store.metrics.challenge import Scores, challenge_measures
from distnet_store.metrics.overlaps import count_overlaps
from distnet_store.metrics.track_matches import match_tracks

WIDTH = 8


@dataclass(frozen=True)
class TrackedMovie:
    """Labels (t, y, x), and tracks (n, 4) of rows label, begin, end, parent."""

    labels: NDArray[np.int64]
    tracks: NDArray[np.int64]


def movie(frames: list[list[int]], tracks: list[tuple[int, int, int, int]]) -> TrackedMovie:
    """Return a movie of frames of one row of pixels each."""
    labels = np.array(frames, dtype=np.int64).reshape(len(frames), 1, -1)
    return TrackedMovie(labels, np.array(tracks, dtype=np.int64).reshape(-1, 4))


def score(reference: TrackedMovie, result: TrackedMovie) -> Scores:
    """Return the challenge's scores."""
    pairs = zip(reference.labels, result.labels, strict=True)
    frames = [match_tracks(count_overlaps(a, b)) for a, b in pairs]
    return challenge_measures(frames, reference.tracks, result.tracks)


def read_movie(folder: Path, name: str, table: str) -> TrackedMovie:
    """Read the label images whose names begin with `name`, and their table."""
    labels = np.stack([tifffile.imread(path) for path in sorted(folder.glob(f"{name}*.tif"))])
    tracks = np.loadtxt(folder / table, dtype=np.int64, ndmin=2)
    return TrackedMovie(labels.astype(np.int64), tracks)


def write_folders(folder: Path, reference: TrackedMovie, result: TrackedMovie) -> tuple[str, str]:
    """Write both; return the folders of result and ground truth."""
    for place, name, table, movie in (
        ("01_GT/TRA", "man_track", "man_track.txt", reference),
        ("01_GT/SEG", "man_seg", "", reference),
        ("01_RES", "mask", "res_track.txt", result),
    ):
        (folder / place).mkdir(parents=True)
        for t, frame in enumerate(movie.labels):
            tifffile.imwrite(folder / place / f"{name}{t:03}.tif", frame.astype(np.uint16))
        if table:
            np.savetxt(folder / place / table, movie.tracks, fmt="%d")
    return str(folder / "01_RES"), str(folder / "01_GT")


def relabelled(movie: TrackedMovie, new: NDArray[np.int64]) -> TrackedMovie:
    """Give every label another, `new[label]`, and sort the table by them."""
    tracks = movie.tracks.copy()
    tracks[:, [0, 3]] = new[tracks[:, [0, 3]]]
    return TrackedMovie(new[movie.labels], tracks[np.argsort(tracks[:, 0])])


@st.composite
def movie_pairs(draw: st.DrawFn) -> tuple[TrackedMovie, TrackedMovie]:
    """A reference and a result that has parts of it, with a cell in every frame of both.

    Labels follow the order of first and last frame.
    """
    n_frames = draw(st.integers(2, 6))
    own, other = draw(_colours(n_frames)), draw(_colours(n_frames))
    kept = draw(hnp.arrays(bool, (n_frames, WIDTH)))
    reference = draw(_movies(own))
    return reference, draw(_movies(np.where(kept, own, other)))


def _colours(n_frames: int) -> st.SearchStrategy[NDArray[np.int64]]:
    """Pixels (t, x) of up to four colours, most often the same from frame to frame."""
    row = hnp.arrays(np.int64, WIDTH, elements=st.integers(1, 4))
    changes = hnp.arrays(
        np.int64,
        (n_frames, WIDTH),
        elements=st.sampled_from([-1, 0, 1, 2, 3, 4]),
        fill=st.just(-1),
    )
    return st.builds(_changed, row, changes)


def _changed(row: NDArray[np.int64], changes: NDArray[np.int64]) -> NDArray[np.int64]:
    colours = np.where(changes >= 0, changes, row)
    colours[:, 0] = np.maximum(colours[:, 0], 1)
    return colours


@st.composite
def _movies(draw: st.DrawFn, colours: NDArray[np.int64]) -> TrackedMovie:
    """Make a track of every run of a colour over frames, some cut, with any earlier ones as parents."""
    cut = draw(hnp.arrays(bool, (len(colours), 5), fill=st.sampled_from([False])))
    runs: list[list[int]] = []  # first frame, last frame, colour
    for t, row in enumerate(colours):
        for colour in sorted({*row.tolist()} - {0}):
            last = next((run for run in reversed(runs) if run[2] == colour), None)
            if last and last[1] == t - 1 and not cut[t, colour]:
                last[1] = t
            else:
                runs.append([t, t, colour])
    runs.sort()
    labels = np.zeros((len(colours), 2, WIDTH), np.int64)  # the second row is background
    tracks = []
    for label, (begin, end, colour) in enumerate(runs, start=1):
        labels[begin : end + 1, 0][colours[begin : end + 1] == colour] = label
        before = [0, *(i for i, run in enumerate(runs, start=1) if run[1] < begin)]
        tracks.append((label, begin, end, before[-1 - draw(st.integers(0, len(before) - 1))]))
    return TrackedMovie(labels, np.array(tracks))
