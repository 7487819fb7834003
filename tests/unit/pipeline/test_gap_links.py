"""Links over missing frames, when their cells are merged, cut, or linked otherwise by correction."""

import numpy as np

from distnet_store.ops.correction.cell_state import Box
from distnet_store.ops.correction.edits import Edit
from distnet_store.pipeline.gap_links import with_standing_gaps, without_gaps
from distnet_store.pipeline.table_assembly import LinkColumns
from distnet_store.spec.tables import object_id

CELLS = {(0, 1): 10, (0, 2): 30, (2, 1): 12, (2, 2): 14, (2, 3): 31, (3, 1): 12}
"""Time and label of each cell, and where it lies."""


def objects(cells=CELLS):
    t, label = np.array(sorted(cells)).T
    places = np.array([cells[key] for key in sorted(cells)], np.float32)
    return {"t": t, "label": label, "centre_y": places, "centre_x": np.zeros_like(places)}


def columns(*links):
    ends = np.array([(*a, *b) for a, b in links], np.int64).reshape(-1, 4)
    residual = np.arange(len(ends), dtype=np.float32)
    return LinkColumns(ends, np.full(len(ends), 4, np.int8), residual, residual)


def edit(rule, before, after):
    ids = [tuple(object_id(*cell) for cell in cells) for cells in (before, after)]
    nothing = dict.fromkeys(("probability_many", "contact_distance", "area_ratio"), 0.0)
    numbers = dict.fromkeys(("t_event", "t_first", "t_last", "t_contact"), 2)
    return Edit(
        round=1,
        rule=rule,
        event="merge",
        before=ids[0],
        after=ids[1],
        n_frames_together=1,
        n_frames_single=1,
        box=Box(0, 0, 1, 1),
        is_link_restored=False,
        **numbers,
        **nothing,
    )


def standing(gaps, edits=(), links=(), cells=CELLS):
    found = with_standing_gaps(columns(*links), columns(*gaps), edits, objects(cells))
    gap = slice(len(links), None)
    return [((t, a), (u, b)) for t, a, u, b in found.links[gap].tolist()], found.residual[gap]


def test_links_over_a_gap_are_told_from_those_of_neighbouring_frames():
    near, gaps = without_gaps(columns(((0, 1), (2, 1)), ((2, 1), (3, 1))))
    assert gaps.links.tolist() == [[0, 1, 2, 1]]
    assert near.links.tolist() == [[2, 1, 3, 1]]
    assert (near.residual.tolist(), gaps.residual.tolist()) == ([1.0], [0.0])


def test_a_gap_that_nothing_touched_stays_as_it_was():
    gaps = [((0, 1), (2, 1)), ((0, 2), (2, 3))]
    found, residual = standing(gaps)
    assert found == gaps
    assert residual.tolist() == [0.0, 1.0]


def test_a_link_of_neighbouring_frames_takes_the_place_of_a_gap():
    cells = {**CELLS, (1, 9): 11}
    assert standing([((0, 1), (2, 1))], links=[((0, 1), (1, 9))], cells=cells)[0] == []
    assert standing([((0, 1), (2, 1))], links=[((1, 9), (2, 1))], cells=cells)[0] == []


def test_a_gap_runs_to_the_whole_of_cells_that_were_merged():
    merged = edit("merge tracks", [(2, 4), (2, 5)], [(2, 2)])
    found, residual = standing([((0, 1), (2, 5))], [merged])
    assert found == [((0, 1), (2, 2))]
    assert np.isnan(residual).all()


def test_of_a_cell_that_was_cut_the_nearest_piece_without_a_link_has_the_gap():
    cut = edit("split track", [(2, 1)], [(2, 1), (2, 2)])
    assert standing([((0, 1), (2, 1))], [cut])[0] == [((0, 1), (2, 1))]
    assert standing([((0, 2), (2, 1))], [cut])[0] == [((0, 2), (2, 2))]
    cells = {**CELLS, (1, 9): 11}
    taken = [((1, 9), (2, 2))]
    assert standing([((0, 2), (2, 1))], [cut], taken, cells)[0] == [((0, 2), (2, 1))]


def test_what_was_merged_is_followed_through_a_later_cut():
    edits = [
        edit("merge tracks", [(2, 4), (2, 5)], [(2, 4)]),
        edit("split track", [(2, 4)], [(2, 1), (2, 3)]),
    ]
    assert standing([((0, 2), (2, 5))], edits)[0] == [((0, 2), (2, 3))]


def test_a_cell_keeps_one_gap_that_between_cells_that_were_not_changed():
    """Both halves of a cell had a gap; and a whole one that another gap reaches keeps its own."""
    merged = edit("merge tracks", [(2, 4), (2, 5)], [(2, 1)])
    assert standing([((0, 2), (2, 5)), ((0, 1), (2, 4))], [merged])[0] == [((0, 1), (2, 1))]
    assert standing([((0, 2), (2, 1)), ((0, 1), (2, 4))], [merged])[0] == [((0, 2), (2, 1))]


def test_an_event_that_was_left_alone_changes_no_gap():
    alone = edit("left alone: one fragment", [(2, 1)], [(2, 2)])
    assert standing([((0, 1), (2, 1))], [alone])[0] == [((0, 1), (2, 1))]
