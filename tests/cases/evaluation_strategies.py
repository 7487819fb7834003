"""Small random movies with a result to evaluate, for Hypothesis or from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Pick = Callable[[int, int], int]
"""Chooses an integer from the first to the last one given, both included."""

MOST_CELLS = 5


@dataclass(frozen=True)
class RandomMovie:
    """Label images (t, y, x) and links (m, 4) of a reference and of a result."""

    reference: NDArray[np.int64]
    result: NDArray[np.int64]
    reference_links: NDArray[np.int64]
    result_links: NDArray[np.int64]

    @property
    def frames(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        return [*zip(self.reference, self.result, strict=True)]

    @property
    def plain(self) -> tuple[list, list, list]:
        """Return frames and links as lists of integers."""
        frames = [(a.tolist(), b.tolist()) for a, b in self.frames]
        return frames, self.reference_links.tolist(), self.result_links.tolist()

    def relabelled(self, reference: NDArray[np.int64], result: NDArray[np.int64]) -> RandomMovie:
        """Return the movie under other labels: tables (t, old label) of new ones."""
        return RandomMovie(
            _renamed(self.reference, reference),
            _renamed(self.result, result),
            _renamed_links(self.reference_links, reference),
            _renamed_links(self.result_links, result),
        )

    def with_pixels(self, change: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> RandomMovie:
        return replace(self, reference=change(self.reference), result=change(self.result))


def _renamed(labels: NDArray[np.int64], tables: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([table[image] for table, image in zip(tables, labels, strict=True)])


def _renamed_links(links: NDArray[np.int64], tables: NDArray[np.int64]) -> NDArray[np.int64]:
    t0, a, t1, b = links.T
    return np.stack([t0, tables[t0, a], t1, tables[t1, b]], axis=1)


def random_movie(pick: Pick) -> RandomMovie:
    """Return a movie of up to 6 frames: of any cells, or of cells that stay and divide."""
    return _dividing_movie(pick) if pick(0, 2) == 0 else _any_movie(pick)


def _any_movie(pick: Pick) -> RandomMovie:
    """Return a movie of 1 to 4 frames, its result made from the reference or not."""
    shape = (pick(6, 8), pick(8, 10))
    reference = np.stack([_random_cells(pick, shape) for _ in range(pick(1, 4))])
    result = np.stack([_random_result(pick, frame) for frame in reference])
    reference_links = _random_lineage(pick, reference)
    result_links = _random_result_links(pick, reference, result, reference_links)
    return RandomMovie(reference, result, _rows(reference_links), _rows(result_links))


def random_choices(pick: Pick, movie: RandomMovie) -> dict[str, object]:
    """Return parameters of an evaluation of the movie, all of them, in random order of values."""
    n, height, width = movie.reference.shape
    first = pick(0, n - 1)
    y0, x0 = pick(0, 2), pick(0, 2)
    window = (y0, pick(height - 2, height), x0, pick(width - 2, width))
    return {
        "large_overlap": ("mean", "median")[pick(0, 1)],
        "large_overlap_px": (None, None, 2.0, 4.5)[pick(0, 3)],
        "unmatched_links": ("symmetric", "skip-earlier", "skip-later")[pick(0, 2)],
        "margin": (None, 0, 0, 1)[pick(0, 3)],
        "window": (None, None, window)[pick(0, 2)],
        "frames": (None, None, (first, pick(first + 1, n)))[pick(0, 2)],
        "mitosis_tolerance": pick(0, 2),
    }


@st.composite
def movies(draw: st.DrawFn) -> RandomMovie:
    return random_movie(lambda low, high: draw(st.integers(low, high)))


@st.composite
def movies_with_choices(draw: st.DrawFn) -> tuple[RandomMovie, dict[str, object]]:
    movie = draw(movies())
    return movie, random_choices(lambda low, high: draw(st.integers(low, high)), movie)


def _dividing_movie(pick: Pick) -> RandomMovie:
    """Return two cells that divide, and a result that finds it early, late, or misses some."""
    n = pick(3, 6)
    reference, result = np.zeros((2, n, 7, 11), dtype=np.int64)
    bridges: list[Link] = []
    for place in range(2):
        divides, n_daughters = pick(1, n - 1), pick(2, 3)
        places = [_daughter_place(pick, 10 * place + i) for i in range(1, 1 + n_daughters)]
        for t in range(n):
            _draw_family(reference[t], place, places, is_whole=t < divides)
            _draw_family(result[t], place, places, is_whole=t < divides + pick(-2, 2))
            if t >= divides and pick(0, 2) == 0:
                missed, sister = places[pick(0, 1)][0], places[pick(1, n_daughters - 1)][0]
                result[t][result[t] == missed] = 0
                bridges.append(((t, sister), (t + 1, missed)))
    links = [(a, b) for a, b in _pairs(_cells(reference), gaps=False) if _is_kin(a[1], b[1])]
    links += _some(pick, _pairs(_cells(reference), gaps=False), 2) if pick(0, 3) == 0 else []
    cells = {*_cells(result)}
    carried = _random_result_links(pick, reference, result, links)
    bridged = [link for link in bridges if cells.issuperset(link) and pick(0, 2) > 0]
    return RandomMovie(reference, result, _rows(links), _rows([*carried, *bridged]))


def _daughter_place(pick: Pick, label: int) -> tuple[int, slice]:
    """Return a daughter's columns: thirds of her mother's, which are 1 to 9, or less."""
    first = 1 + 3 * ((label - 1) % 10)
    return label, slice(first, first + pick(2, 3))


def _is_kin(a: int, b: int) -> bool:
    """Say whether labels of _dividing_movie follow each other: the same, or mother and daughter."""
    return a == b or (a % 10 == 5 and a // 10 == b // 10)


def _draw_family(
    labels: NDArray[np.int64], place: int, places: list[tuple[int, slice]], *, is_whole: bool
) -> None:
    rows = slice(1 + 3 * place, 3 + 3 * place)
    if is_whole:
        labels[rows, 1 : 1 + 3 * len(places)] = 10 * place + 5
        return
    for label, columns in places:
        labels[rows, columns] = label


def _add_box(pick: Pick, labels: NDArray[np.int64], label: int) -> None:
    """Draw a rectangle that most often leaves the border free."""
    inside = 0 if pick(0, 5) == 0 else 1
    height, width = labels.shape
    y, x = pick(inside, height - 2), pick(inside, width - 2)
    y1, x1 = min(y + pick(1, 3), height - inside), min(x + pick(1, 4), width - inside)
    labels[y:y1, x:x1] = label


def _random_cells(pick: Pick, shape: tuple[int, int]) -> NDArray[np.int64]:
    labels = np.zeros(shape, dtype=np.int64)
    for label in range(1, 1 + pick(0, MOST_CELLS)):
        _add_box(pick, labels, label)
    return labels


def _random_result(pick: Pick, reference: NDArray[np.int64]) -> NDArray[np.int64]:
    if pick(0, 5) == 0:
        return _random_cells(pick, reference.shape)
    labels = reference.copy()
    for _ in range(pick(0, 3)):
        edits = (_merge, _merge, _split, _split, _move, _delete, _add)
        edits[pick(0, len(edits) - 1)](pick, labels)
    return _swap_labels(pick, labels)


def _cell(pick: Pick, labels: NDArray[np.int64]) -> int:
    """Choose a label that is there, or a free one where there is none."""
    present = np.unique(labels[labels > 0]).tolist()
    return present[pick(0, len(present) - 1)] if present else 1


def _merge(pick: Pick, labels: NDArray[np.int64]) -> None:
    labels[labels == _cell(pick, labels)] = _cell(pick, labels)


def _split(pick: Pick, labels: NDArray[np.int64]) -> None:
    axis, own = pick(0, 1), labels == _cell(pick, labels)
    places = np.nonzero(own)[axis]
    if places.size:
        cut = pick(int(places.min()), int(places.max()))
        labels[own & (np.indices(labels.shape)[axis] > cut)] = labels.max() + 1


def _move(pick: Pick, labels: NDArray[np.int64]) -> None:
    label = _cell(pick, labels)
    moved = np.roll(labels == label, pick(-2, 2), axis=pick(0, 1))
    labels[labels == label] = 0
    labels[moved] = label


def _delete(pick: Pick, labels: NDArray[np.int64]) -> None:
    labels[labels == _cell(pick, labels)] = 0


def _add(pick: Pick, labels: NDArray[np.int64]) -> None:
    _add_box(pick, labels, int(labels.max()) + 1)


def _swap_labels(pick: Pick, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn the labels around, or leave them."""
    last = int(labels.max()) + 1
    return np.where(labels > 0, last - labels, 0) if pick(0, 1) else labels


Cell = tuple[int, int]
Link = tuple[Cell, Cell]


def _cells(labels: NDArray[np.int64]) -> list[Cell]:
    return [(t, int(a)) for t, frame in enumerate(labels) for a in np.unique(frame[frame > 0])]


def _some(pick: Pick, choices: list[Link], most: int) -> list[Link]:
    return [choices[pick(0, len(choices) - 1)] for _ in range(pick(0, most))] if choices else []


def _pairs(cells: list[Cell], *, gaps: bool) -> list[Link]:
    """Return all pairs of cells of consecutive frames, or all others that lead forward."""
    pairs = [(a, b) for a, b in product(cells, cells) if b[0] > a[0]]
    return [(a, b) for a, b in pairs if (b[0] - a[0] > 1) is gaps]


def _random_lineage(pick: Pick, labels: NDArray[np.int64]) -> list[Link]:
    """Link most cells with one or two of the next frame, and a few with later ones."""
    cells = _cells(labels)
    links: list[Link] = []
    for cell in cells:
        after = [b for b in cells if b[0] == cell[0] + 1]
        n_links = (0, 1, 1, 1, 2)[pick(0, 4)] if after else 0
        links += [(cell, after[pick(0, len(after) - 1)]) for _ in range(n_links)]
    return [*links, *(_some(pick, _pairs(cells, gaps=True), 2) if pick(0, 2) == 0 else [])]


def _random_result_links(
    pick: Pick,
    reference: NDArray[np.int64],
    result: NDArray[np.int64],
    reference_links: list[Link],
) -> list[Link]:
    """Carry the reference's links over to the cells that share pixels; drop some, add some."""
    sharing: dict[Cell, set[Cell]] = {}
    for t, y, x in zip(*np.nonzero((reference > 0) & (result > 0)), strict=True):
        cell = (int(t), int(reference[t, y, x]))
        sharing.setdefault(cell, set()).add((int(t), int(result[t, y, x])))
    carried = [
        link
        for a, b in reference_links
        for link in product(sorted(sharing.get(a, ())), sorted(sharing.get(b, ())))
    ]
    kept = [link for link in carried if pick(0, 7) != 0]
    near, gaps = (_pairs(_cells(result), gaps=is_gap) for is_gap in (False, True))
    return [*kept, *_some(pick, near, 4), *(_some(pick, gaps, 2) if pick(0, 2) == 0 else [])]


def _rows(links: list[Link]) -> NDArray[np.int64]:
    rows = [(*a, *b) for a, b in dict.fromkeys(links)]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)
