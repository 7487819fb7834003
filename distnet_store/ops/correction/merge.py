"""How do tracks that were one cell all along become one track?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from distnet_store.ops.correction.cell_state import CellState, common_box
from distnet_store.ops.correction.edits import EVENT_KINDS
from distnet_store.ops.correction.events import MANY, EventKind, is_confirmed
from distnet_store.ops.correction.frame_changes import Merged
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.neighbour_shapes import true_neighbours

Tracks = Sequence[Sequence[Row]]


def groups_by_frame(graph: LineageGraph, tracks: Tracks) -> dict[int, list[Row]]:
    """Return the cells of the tracks by time point, ascending, where there are several."""
    groups: dict[int, list[Row]] = {}
    for track in tracks:
        for row in track:
            groups.setdefault(graph.cell(row).t, []).append(row)
    return {t: groups[t] for t in sorted(groups) if len(groups[t]) > 1}


def undoes_division(graph: LineageGraph, tracks: Tracks) -> bool:
    """Return whether merging the tracks would leave a confirmed division or fusion with one partner.

    A cell of which the network says that it has several daughters keeps at least two.
    """
    return any(_leaves_one(graph, group) for group in groups_by_frame(graph, tracks).values())


def merge_tracks(state: MovieState, tracks: Tracks) -> tuple[list[CellState], list[CellState]]:
    """Merge the cells of the tracks in every frame that has several of them.

    A merged cell keeps the label of its largest part (the lower of equally large ones) and has all
    links of its parts; with evidence beyond the paper, not those with strangers, which only a part of
    a cell was taken for. Returns the cells taken away and those in their place.
    """
    graph = state.graph
    before: list[CellState] = []
    after: list[CellState] = []
    for group in groups_by_frame(graph, tracks).values():
        before += [graph.cell(row) for row in group]
        after.append(_merge_cells(state, group))
    return before, after


def _leaves_one(graph: LineageGraph, group: Sequence[Row]) -> bool:
    mothers = {row for cell in group for row in graph.predecessors(cell)}
    fused = {row for cell in group for row in graph.successors(cell)}
    return any(
        _partners_left(graph.successors(row), group) == 1 and is_confirmed(graph, "split", row)
        for row in mothers
    ) or any(
        _partners_left(graph.predecessors(row), group) == 1 and is_confirmed(graph, "merge", row)
        for row in fused
    )


def _partners_left(partners: Sequence[Row], group: Sequence[Row]) -> int:
    """Return how many partners are left of several when the group is one; 0 where there is one only."""
    return 0 if len(partners) < 2 else len(set(partners) - set(group)) + 1


def _merge_cells(state: MovieState, group: Sequence[Row]) -> CellState:
    graph, frames = state.graph, state.frames
    parts = [graph.cell(row) for row in group]
    labels = tuple(sorted(part.label for part in parts))
    into = min(parts, key=lambda part: (-part.area, part.label)).label
    t = parts[0].t
    box = common_box([part.box for part in parts])
    frames.change(t, Merged(box, labels, into))
    alone = np.where(frames.labels(t, box) == into, into, 0)
    merged = state.measured(t, box, alone)[0]
    sources, targets = (_linked_with(state, kind, group, merged) for kind in EVENT_KINDS)
    row = graph.add(merged)
    for part in group:
        for source, origin in graph.links_before(part).items():
            if source in sources:
                graph.link(source, row, origin)
        for target, origin in graph.links_after(part).items():
            if target in targets:
                graph.link(row, target, origin)
    for part in group:
        graph.remove(part)
    return merged


def _linked_with(
    state: MovieState, kind: EventKind, parts: Sequence[Row], merged: CellState
) -> frozenset[Row]:
    """Return the cells that were linked with parts of a cell and stay linked with the whole."""
    own = state.graph.predecessors if kind == "merge" else state.graph.successors
    found = list(dict.fromkeys(row for part in parts for row in own(part)))
    said = merged.category_backward if kind == "merge" else merged.category_forward
    if not state.weighs_evidence or said == MANY:
        return frozenset(found)
    return frozenset(true_neighbours(state, kind, found, parts))
