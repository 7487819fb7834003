"""Do lineage queries agree with a walk along the links, cell by cell, on any lineage, fusions included?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given
from lineage_strategies import RandomLineage, lineages

from distnet_store.ops.track_graph import reachable, siblings
from distnet_store.ops.tracks import Tracks, build_tracks
from distnet_store.pipeline.where import parse_where

Cell = tuple[int, int]


def tracks_of(lineage: RandomLineage) -> Tracks:
    return build_tracks(
        lineage.t,
        lineage.label,
        lineage.links,
        touches_border=lineage.touches_border,
        frames=range(lineage.n_frames),
    )


class Walk:
    """The lineage as cells and links: tracks are found from cells alone."""

    def __init__(self, lineage: RandomLineage, tracks: Tracks) -> None:
        self.track_of = dict(
            zip(
                zip(lineage.t.tolist(), lineage.label.tolist(), strict=True),
                tracks.object_track_id.tolist(),
                strict=True,
            )
        )
        self.after: dict[Cell, set[Cell]] = defaultdict(set)
        self.before: dict[Cell, set[Cell]] = defaultdict(set)
        for t0, l0, t1, l1 in lineage.links.tolist():
            self.after[t0, l0].add((t1, l1))
            self.before[t1, l1].add((t0, l0))

    def cells(self, track: int) -> set[Cell]:
        return {cell for cell, own in self.track_of.items() if own == track}

    def reached(self, track: int, way: dict[Cell, set[Cell]]) -> list[int]:
        seen: set[Cell] = set()
        todo = list(self.cells(track))
        while todo:
            for cell in way[todo.pop()]:
                if cell not in seen:
                    seen.add(cell)
                    todo.append(cell)
        return sorted({self.track_of[cell] for cell in seen} - {track})

    def next_to(self, tracks: set[int], way: dict[Cell, set[Cell]]) -> set[int]:
        found = {self.track_of[c] for k in tracks for cell in self.cells(k) for c in way[cell]}
        return found - tracks

    def beside(self, track: int) -> list[int]:
        parents = self.next_to({track}, self.before)
        born: set[int] = set()
        for parent in parents:
            born |= self.next_to({parent}, self.after)
        return sorted(born - {track})


@given(lineages())
def test_queries_agree_with_a_walk_from_cell_to_cell(lineage: RandomLineage) -> None:
    tracks = tracks_of(lineage)
    walk = Walk(lineage, tracks)
    for track in tracks.track_id.tolist():
        own = np.array([track])
        assert reachable(tracks.children, own).tolist() == walk.reached(track, walk.after)
        assert reachable(tracks.parents, own).tolist() == walk.reached(track, walk.before)
        found = siblings(tracks.parents, tracks.children, own).tolist()
        assert found == walk.beside(track)


@given(lineages())
def test_without_fusions_the_descendants_are_the_nested_interval(lineage: RandomLineage) -> None:
    tracks = tracks_of(lineage)
    if np.diff(tracks.parents.offsets).max(initial=0) > 1:
        return
    for track, end in zip(tracks.track_id.tolist(), tracks.subtree_end.tolist(), strict=True):
        found = reachable(tracks.children, np.array([track])).tolist()
        assert found == list(range(track + 1, end + 1))


@given(lineages())
def test_conditions_keep_the_rows_that_a_plain_loop_keeps(lineage: RandomLineage) -> None:
    tracks = tracks_of(lineage)
    table = pa.table({"n_objects": tracks.n_objects, "t_first": tracks.t_first})
    text = "n_objects > 1 and not (t_first = 0 or t_first in (2, 4))"
    kept = table.filter(parse_where(text, table.schema))["t_first"].to_pylist()
    expected = [
        first
        for count, first in zip(tracks.n_objects.tolist(), tracks.t_first.tolist(), strict=True)
        if count > 1 and not (first == 0 or first in (2, 4))
    ]
    assert kept == expected
