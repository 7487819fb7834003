"""Cells that do not count: border, margin, window, frames."""

from __future__ import annotations

from elementary_lineages import OTHER, OTHER_STAYS
from evaluation_cell_cases import MISSED_CELL
from evaluation_movies import (
    BASE,
    BASE_LINKS,
    PAIR,
    PAIR_LINKS,
    A,
    B,
    Counts,
    ErrorRow,
    EvaluationCase,
    Movie,
    base_counts,
    in_base,
    pair_counts,
)

_BORDER: Movie = ({1: B, 5: slice(0, 2)},) * 2
_BORDER_MISSED = EvaluationCase(
    "missed cell at the border",
    "5 touches: neither it, nor its link, nor its lineage counts",
    Counts(2, 2, 1, 1),
    result=(_BORDER[0], {1: B}),
    result_links=((0, 1, 1, 1),),
    reference=_BORDER,
    reference_links=((0, 1, 1, 1), (0, 5, 1, 5)),
    rows=(),
)
_BORDER_MISSED_COUNTED = _BORDER_MISSED.again(
    "missed cell at the border, no margin",
    "without a margin no cell touches",
    choices={"margin": None},
    reference_cells=4,
    result_cells=3,
    reference_links=2,
    lineages=2,
    incomplete_lineages=1,
    false_negatives=1,
)
_BORDER_EXTRA = EvaluationCase(
    "extra cell at the border",
    "9 touches: it does not count, nor does its false link",
    base_counts(),
    result=in_base(f1={**BASE[1], 9: slice(21, 24)}),
    result_links=(*BASE_LINKS, (0, 2, 1, 9)),
)
_BORDER_MERGED = EvaluationCase(
    "a cell merged with one at the border",
    "the merged cell matches one inner cell only, so it counts nothing; it touches itself",
    Counts(2, 1, 1, 1),
    result=(_BORDER[0], {7: slice(0, 9)}),
    result_links=((0, 1, 1, 7), (0, 5, 1, 7)),
    reference=_BORDER,
    reference_links=((0, 1, 1, 1), (0, 5, 1, 5)),
)
_BORDER_LINEAGE = EvaluationCase(
    "error in a lineage that touches the border",
    "5 touches in frame 0 only: its cell of frame 1 is missed and counts, its lineage does not",
    Counts(5, 4, 3, 1, false_negatives=1),
    result=({2: OTHER, 5: slice(0, 3)}, {2: OTHER}, {2: OTHER, 5: A}),
    result_links=OTHER_STAYS[:2],
    reference=({2: OTHER, 5: slice(0, 3)}, {2: OTHER, 5: A}, {2: OTHER, 5: A}),
    reference_links=(*OTHER_STAYS[:2], (0, 5, 1, 5), (1, 5, 2, 5)),
    rows=(ErrorRow("false negative", 1, reference=(5,)),),
)

_MARGIN_1 = EvaluationCase(
    "margin 1",
    "cell 1 begins in column 2; the outermost two are 0 and 1, so its missed cell counts",
    pair_counts(result_cells=5, false_negatives=1, incomplete_lineages=1),
    result=(PAIR[0], {2: B}, PAIR[2]),
    result_links=((0, 2, 1, 2), (1, 2, 2, 2)),
    reference=PAIR,
    reference_links=PAIR_LINKS,
    choices={"margin": 1},
)
_ONLY_2 = {
    "reference_cells": 3,
    "result_cells": 3,
    "reference_links": 2,
    "lineages": 1,
    "false_negatives": 0,
    "incomplete_lineages": 0,
}
_MARGIN_2 = _MARGIN_1.again(
    "margin 2", "column 2 is in the margin: only cell 2 counts", choices={"margin": 2}, **_ONLY_2
)
_MARGIN_ROWS = _MARGIN_1.again(
    "margin 4",
    "row 4 is in the margin, and all cells begin in it",
    choices={"margin": 4},
    **dict.fromkeys(_ONLY_2, 0),
)
_WINDOW = _MARGIN_1.again(
    "window",
    "cell 1 lies outside; column 5 is the window's outermost, cell 2 begins in column 6",
    choices={"window": (2, 9, 5, 20)},
    **_ONLY_2,
)
_WINDOW_TOUCHED = _MARGIN_1.again(
    "window whose first column cell 2 lies in",
    "now cell 2 touches it too",
    choices={"window": (2, 9, 6, 20)},
    **dict.fromkeys(_ONLY_2, 0),
)
_WINDOW_MARGIN = _MARGIN_1.again(
    "window with a margin",
    "the margin's columns are those of the window: 5 and 6",
    choices={"window": (2, 9, 5, 20), "margin": 1},
    **dict.fromkeys(_ONLY_2, 0),
)
_WINDOW_CUTS = _MARGIN_1.again(
    "window that cuts cell 1",
    "a cell with a pixel outside touches; cell 2 is away from it",
    choices={"window": (0, 11, 3, 24)},
    **_ONLY_2,
)

_FRAMES_BEFORE = MISSED_CELL.again(
    "frames 0 to 2",
    "the missed cell of frame 3 is not in them, the links to frame 3 are; only the mother stays",
    choices={"frames": (0, 3)},
    reference_cells=7,
    result_cells=7,
    false_negatives=0,
    lineages=1,
    incomplete_lineages=0,
)
_FRAMES_AFTER = MISSED_CELL.again(
    "frames 2 and 3",
    "six cells, one missed, and three links; 3 and 4 are all in them, 2 and its error not",
    choices={"frames": (2, 4)},
    reference_cells=6,
    result_cells=5,
    reference_links=3,
    lineages=2,
    incomplete_lineages=0,
)

LIMIT_CASES: tuple[EvaluationCase, ...] = (
    _BORDER_MISSED,
    _BORDER_MISSED_COUNTED,
    _BORDER_EXTRA,
    _BORDER_MERGED,
    _BORDER_LINEAGE,
    _MARGIN_1,
    _MARGIN_2,
    _MARGIN_ROWS,
    _WINDOW,
    _WINDOW_TOUCHED,
    _WINDOW_MARGIN,
    _WINDOW_CUTS,
    _FRAMES_BEFORE,
    _FRAMES_AFTER,
)
