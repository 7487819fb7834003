"""What correction made of a movie, and whether it is the same as what it made of the movie turned about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from correction_cases import Labels, Linked, same_cells
from numpy.typing import NDArray

from distnet_store.ops.correction.correct_movie import Correction, correct_movie
from distnet_store.ops.correction.edited_frames import FrameAccess
from distnet_store.ops.correction.frame_changes import apply_changes
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.spec.parameters import CorrectionParameters

ALIKE = 0.75
"""Least intersection over union of a cell with the same one where ties may move a few pixels."""


@dataclass(frozen=True)
class Outcome:
    """Labels (t, y, x), links (m, 4) and their origins (m,) after correction."""

    found: Correction
    labels: Labels
    links: NDArray[np.int64]
    origin: NDArray[np.int8]

    @property
    def rules(self) -> list[str]:
        return sorted(edit.rule for edit in self.found.edits if edit.changes_cells)

    @property
    def left(self) -> list[str]:
        return [edit.rule for edit in self.found.edits if not edit.changes_cells]


def outcome(
    labels: Labels, linked: Linked, access: FrameAccess, parameters: CorrectionParameters
) -> Outcome:
    """Correct linked labels (t, y, x)."""
    columns, links, origin = linked
    graph = LineageGraph(columns, links, origin)
    found = correct_movie(graph, access, parameters)
    frames = [apply_changes(frame, found.changes.get(t, ())) for t, frame in enumerate(labels)]
    new, kept = graph.new_links(), graph.kept_links
    return Outcome(
        found,
        np.stack(frames),
        np.concatenate([links[kept], new.links]),
        np.concatenate([origin[kept], new.origin]),
    )


def renamed(labels: Labels, seed: int) -> Labels:
    """Return the same cells with other labels in every frame."""
    rng = np.random.default_rng(seed)
    return np.stack([np.append(0, 1 + rng.permutation(f.max() + 3))[f] for f in labels])


def turned_in_time(labels: Labels, links: NDArray[np.int64]) -> tuple[Labels, NDArray[np.int64]]:
    """Return labels (t, y, x) and links (m, 4) of the movie backwards."""
    last = len(labels) - 1
    return labels[::-1], links[:, [2, 3, 0, 1]] * [-1, 1, -1, 1] + [last, 0, last, 0]


def turned_in_space(labels: Labels, links: NDArray[np.int64]) -> tuple[Labels, NDArray[np.int64]]:
    """Return labels (t, y, x) and links with rows and columns exchanged."""
    return labels.transpose(0, 2, 1), links


def assert_same(one: Outcome, other: Outcome) -> None:
    """The same rules made the same cells, pixel by pixel, with the same links, whatever their labels."""
    assert same_cells(one.labels, other.labels)
    assert _first_pixels(one) == _first_pixels(other)
    assert one.rules == other.rules


def assert_alike(one: Outcome, other: Outcome, turned_back) -> None:
    """The same rules made the same cells with the same links; `turned_back` makes labels and links the other's."""
    labels, links = turned_back(other.labels, other.links)
    same = _matched(one.labels, labels)
    found = {(*same[t, a], *same[u, b]) for t, a, u, b in one.links.tolist()}
    assert one.rules == other.rules
    assert found == {tuple(link) for link in links.tolist()}


def _matched(one: Labels, other: Labels) -> dict[tuple[int, int], tuple[int, int]]:
    """Return which cell is which; each is nearly pixel by pixel one of the other's, or the test fails."""
    same = {}
    for t, (a, b) in enumerate(zip(one, other, strict=True)):
        ids = np.unique(a[a > 0])
        assert ids.size == np.unique(b[b > 0]).size
        for label in ids:
            cell = a == label
            best = np.bincount(b[cell]).argmax()
            assert best > 0
            assert (cell & (b == best)).sum() > ALIKE * (cell | (b == best)).sum()
            same[t, int(label)] = t, int(best)
    return same


def _first_pixels(made: Outcome) -> set[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the links as pairs of cells, each by its time and the first of its pixels."""
    return {
        (_first_pixel(made.labels, t, a), _first_pixel(made.labels, u, b))
        for t, a, u, b in made.links.tolist()
    }


def _first_pixel(labels: Labels, t: int, label: int) -> tuple[int, int]:
    return t, int(np.flatnonzero(labels[t] == label)[0])
