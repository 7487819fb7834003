"""What are a simulated movie of labelled cells, and a result of it with known kinds of error?

Simulated: sites on a grid, each with a cell that drifts about it. Every `PERIOD` frames the cell
divides; half a period later one daughter leaves and the other moves back to the middle. A pixel
belongs to the nearest centre within a cell's radius, so that neighbours meet along straight lines.
The result is the reference with merged, split and missed cells and with broken links.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from scipy.spatial import cKDTree

SIZE_PX = 512
PERIOD = 40
ERROR_RATE = 0.01
"""Share of the cells of a frame that are merged, that are split, missed, and that lose their link."""

Frame = NDArray[np.uint16]


@dataclass(frozen=True)
class Movie:
    """Tracks (n, 4) of rows label, begin, end, parent; the frame of birth, also before the first; places."""

    tracks: NDArray[np.int64]
    born: NDArray[np.int64]
    site: NDArray[np.float64]
    angle: NDArray[np.float64]
    side: NDArray[np.float64]
    spacing_px: float

    def centres(self, t: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return labels and centres (n, 2) of the cells of a frame."""
        there = (self.tracks[:, 1] <= t) & (t <= self.tracks[:, 2])
        age = t - self.born[there]
        apart = np.clip(np.minimum(age + 6, PERIOD + 6 - age) / PERIOD, 0, 0.24)
        angle = self.angle[there]
        half = np.stack([np.sin(angle), np.cos(angle)], axis=1)
        drift = 0.08 * np.stack([np.sin(angle + t / 9), np.cos(angle + t / 7)], axis=1)
        offset = (apart * self.side[there])[:, None] * half + drift
        return self.tracks[there, 0], self.site[there] + self.spacing_px * offset

    def frame(self, t: int) -> Frame:
        """Return the label image (y, x)."""
        label, centre = self.centres(t)
        pixels = np.indices((SIZE_PX, SIZE_PX)).reshape(2, -1).T
        _, nearest = cKDTree(centre).query(pixels, distance_upper_bound=0.45 * self.spacing_px)
        return np.append(label, 0)[nearest].reshape(SIZE_PX, SIZE_PX).astype(np.uint16)


def simulate(n_cells: int, n_frames: int, *, seed: int = 0) -> Movie:
    """Return a simulated movie with about `n_cells` in each frame."""
    rng = np.random.default_rng(seed)
    per_side = round((n_cells / 1.5) ** 0.5)  # a site has one cell half of the time, else two
    spacing = SIZE_PX / per_side
    sites = (np.indices((per_side, per_side)).reshape(2, -1).T + 0.5) * spacing
    phase = rng.integers(0, PERIOD, len(sites))
    rows = []
    for site, start in enumerate(phase):
        mother = 0
        for begin in range(-PERIOD // 2 - start, n_frames, PERIOD):
            rows += [(begin, begin + PERIOD - 1, mother, site, 1.0)]
            mother, daughter = len(rows), (begin, begin + PERIOD // 2 - 1, mother, site, -1.0)
            rows += [daughter] if daughter[2] else []
    return _as_movie(np.array(rows), sites, rng, n_frames)


def _as_movie(
    rows: NDArray[np.float64],
    sites: NDArray[np.float64],
    rng: np.random.Generator,
    n_frames: int,
) -> Movie:
    """Cut the tracks to the movie and number them by their first frame."""
    begin, end, parent, site = rows[:, :4].astype(np.int64).T
    there = (end >= 0) & (begin < n_frames)
    order = np.lexsort([site, np.clip(begin, 0, None)])
    order = order[there[order]]
    label = np.zeros(len(rows) + 1, np.int64)
    label[order + 1] = np.arange(1, len(order) + 1)
    first, last = np.clip(begin, 0, None), np.clip(end, None, n_frames - 1)
    tracks = np.stack([label[1:], first, last, label[parent]], axis=1)
    return Movie(
        tracks=tracks[order],
        born=begin[order],
        site=sites[site[order]],
        angle=rng.uniform(0, 2 * np.pi, len(sites))[site[order]],
        side=rows[order, 4],
        spacing_px=SIZE_PX / len(sites) ** 0.5,
    )


@dataclass
class FaultyResult:
    """The result that is drawn frame by frame, with the tracks drawn so far."""

    movie: Movie
    rng: np.random.Generator
    tracks: dict[int, list[int]] = field(default_factory=dict)
    label_of: dict[int, int] = field(default_factory=dict)

    def frames(self, n_frames: int) -> Iterator[tuple[Frame, Frame]]:
        """Yield the label images of reference and result, in the order of time."""
        for t in range(n_frames):
            reference = self.movie.frame(t)
            yield reference, self._faulty(t, reference)

    def _faulty(self, t: int, reference: Frame) -> Frame:
        labels, centres = self.movie.centres(t)
        count = max(1, round(ERROR_RATE * len(labels)))
        chosen = self.rng.permutation(len(labels))[: 4 * count].reshape(4, count)
        missed, merged, split, broken = labels[chosen].tolist()
        neighbour = labels[cKDTree(centres).query(centres[chosen[1]], k=2)[1][:, 1]].tolist()
        absorbed = dict(zip(neighbour, merged, strict=True))
        own = np.zeros(int(labels.max()) + 1, np.int64)
        for label in set(labels.tolist()) - set(missed) - absorbed.keys():
            own[label] = self._followed(label, t, linked=label not in broken)
        for label, by in absorbed.items():
            own[label] = own[by]
        result = own[reference]
        for label in split:
            self._split(result, reference == label, t)
        return result.astype(np.uint16)

    def _followed(self, label: int, t: int, *, linked: bool) -> int:
        """Return the label in the result of a cell of the reference, a new one where needed."""
        before = self.label_of.get(label, 0)
        if before and linked and self.tracks[before][1] == t - 1:
            self.tracks[before][1] = t
            return before
        parent = int(self.movie.tracks[label - 1, 3])
        mother = before or self.label_of.get(parent, 0)
        self.label_of[label] = self._new_track(t, mother if linked else 0)
        return self.label_of[label]

    def _new_track(self, t: int, parent: int) -> int:
        self.tracks[len(self.tracks) + 1] = [t, t, parent]
        return len(self.tracks)

    def _split(self, result: NDArray[np.int64], inside: NDArray[np.bool_], t: int) -> None:
        """Give the upper half of a cell a label of its own."""
        y, x = np.nonzero(inside)
        upper = y < np.median(y)
        if upper.any() and not upper.all() and result[y[0], x[0]]:
            result[y[upper], x[upper]] = self._new_track(t, 0)

    def table(self) -> NDArray[np.int64]:
        """Return the tracks (n, 4) of rows label, begin, end, parent."""
        return np.array([[label, *track] for label, track in self.tracks.items()], np.int64)


def write_challenge_folders(folder: Path, n_cells: int, n_frames: int) -> tuple[Path, Path]:
    """Write a simulated reference and its faulty result; return the folders 01_GT and 01_RES."""
    movie = simulate(n_cells, n_frames)
    result = FaultyResult(movie, np.random.default_rng(1))
    truth, answer = folder / "01_GT", folder / "01_RES"
    for place in (truth / "TRA", truth / "SEG", answer):
        place.mkdir(parents=True)
    for t, (reference, faulty) in enumerate(result.frames(n_frames)):
        tifffile.imwrite(truth / "TRA" / f"man_track{t:03}.tif", reference, compression="zlib")
        tifffile.imwrite(truth / "SEG" / f"man_seg{t:03}.tif", reference, compression="zlib")
        tifffile.imwrite(answer / f"mask{t:03}.tif", faulty, compression="zlib")
    np.savetxt(truth / "TRA" / "man_track.txt", movie.tracks, fmt="%d")
    np.savetxt(answer / "res_track.txt", result.table(), fmt="%d")
    return truth, answer
