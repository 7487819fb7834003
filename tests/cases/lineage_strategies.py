"""Small random lineages for Hypothesis, and what follows from them told in plain loops."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray


@dataclass(frozen=True)
class RandomLineage:
    """Cells and links of a movie: t, label and border contact (n,), links (m, 4)."""

    n_frames: int
    t: NDArray[np.int64]
    label: NDArray[np.int64]
    touches_border: NDArray[np.bool_]
    links: NDArray[np.int64]


@st.composite
def lineages(draw: st.DrawFn) -> RandomLineage:
    """Any cells over up to five frames in any order, with any links forward in time."""
    n_frames = draw(st.integers(1, 5))
    place = st.integers(0, n_frames * 9 - 1)
    cells = [divmod(p, 9) for p in dict.fromkeys(draw(st.lists(place, max_size=14)))]
    pairs = [(a, b) for a in cells for b in cells if a[0] < b[0]]
    near = [pair for pair in pairs if pair[1][0] - pair[0][0] == 1]
    links = [*_some(draw, near, 14), *_some(draw, pairs, 3)]
    rows = list(dict.fromkeys((t0, l0 + 1, t1, l1 + 1) for (t0, l0), (t1, l1) in links))
    at_border = draw(st.integers(0, 2 ** len(cells) - 1))
    border = [bool(at_border >> i & 1) for i in range(len(cells))]
    t, label = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    return RandomLineage(
        n_frames,
        t,
        label + 1,
        np.array(border, dtype=bool),
        np.array(rows, dtype=np.int64).reshape(-1, 4),
    )


def _some(draw: st.DrawFn, choices: list, most: int) -> list:
    """Draw up to `most` of the choices."""
    if not choices:
        return []
    return [choices[i] for i in draw(st.lists(st.integers(0, len(choices) - 1), max_size=most))]


def plain_tracks(lineage: RandomLineage) -> set[frozenset[tuple[int, int]]]:
    """Return the cells of each track, by following the links one cell at a time."""
    after, before = defaultdict(list), defaultdict(list)
    for t0, l0, t1, l1 in lineage.links.tolist():
        after[t0, l0].append((t1, l1))
        before[t1, l1].append((t0, l0))
    tracks = set()
    for cell in zip(lineage.t.tolist(), lineage.label.tolist(), strict=True):
        if len(before[cell]) == 1 and len(after[before[cell][0]]) == 1:
            continue  # not the first of its track
        track = [cell]
        while len(after[track[-1]]) == 1 and len(before[after[track[-1]][0]]) == 1:
            track.append(after[track[-1]][0])
        tracks.add(frozenset(track))
    return tracks
