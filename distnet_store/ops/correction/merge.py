"""How do tracks that were one cell all along become one track?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from distnet_store.ops.correction.cell_state import CellState, common_box, measure_states
from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.correction.events import is_confirmed
from distnet_store.ops.correction.frame_changes import Merged
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row

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


def merge_tracks(
    graph: LineageGraph, frames: EditedFrames, tracks: Tracks
) -> tuple[list[CellState], list[CellState]]:
    """Merge the cells of the tracks in every frame that has several of them.

    A merged cell keeps the label of its largest part (the lower of equally large ones) and has all
    links of its parts. Returns the cells taken away and those in their place.
    """
    before: list[CellState] = []
    after: list[CellState] = []
    for group in groups_by_frame(graph, tracks).values():
        before += [graph.cell(row) for row in group]
        after.append(_merge_cells(graph, frames, group))
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


def _merge_cells(graph: LineageGraph, frames: EditedFrames, group: Sequence[Row]) -> CellState:
    parts = [graph.cell(row) for row in group]
    labels = tuple(sorted(part.label for part in parts))
    into = min(parts, key=lambda part: (-part.area, part.label)).label
    t = parts[0].t
    box = common_box([part.box for part in parts])
    frames.change(t, Merged(box, labels, into))
    alone = np.where(frames.labels(t, box) == into, into, 0)
    merged = measure_states(alone, frames.maps(t, box), t, (box.y0, box.x0))[0]
    row = graph.add(merged)
    for part in group:
        for source, origin in graph.links_before(part).items():
            graph.link(source, row, origin)
        for target, origin in graph.links_after(part).items():
            graph.link(row, target, origin)
    for part in group:
        graph.remove(part)
    return merged
