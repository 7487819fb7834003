"""Links that are missed, wrong, or lead over a gap."""

from __future__ import annotations

from dataclasses import replace

from elementary_lineages import MOTHER, OTHER, OTHER_STAYS, SPARE, TO_RIGHT, Link
from evaluation_cell_cases import MISSED_IN_THE_MIDDLE
from evaluation_movies import (
    BASE,
    BASE_LINKS,
    Counts,
    ErrorRow,
    EvaluationCase,
    Movie,
    base_counts,
    in_base,
    without,
)

_SWAPPED = EvaluationCase(
    "swapped identity",
    "two links miss, two are false; 3 and 4 are concerned",
    base_counts(false_positive_links=2, false_negative_links=2, incomplete_lineages=2),
    result_links=(*without((2, 3, 3, 3), (2, 4, 3, 4)), (2, 3, 3, 4), (2, 4, 3, 3)),
    rows=(
        ErrorRow("false negative link", 2, reference=(3,), reference_target=(3,)),
        ErrorRow("false negative link", 2, reference=(4,), reference_target=(4,)),
        ErrorRow("false positive link", 2, result=(3,), result_target=(4,)),
        ErrorRow("false positive link", 2, result=(4,), result_target=(3,)),
    ),
)

_MISSED_DIVISION = EvaluationCase(
    "missed division",
    "the link to daughter 4 misses, at the mother and at 4",
    base_counts(false_negative_links=1, incomplete_lineages=2),
    result_links=without(TO_RIGHT),
    rows=(ErrorRow("false negative link", 1, reference=(1,), reference_target=(4,)),),
)

_FALSE_DIVISION = EvaluationCase(
    "false division",
    "2 divides into itself and a false positive",
    base_counts(result_cells=11, false_positives=1, false_positive_links=1, incomplete_lineages=1),
    result=in_base(f2={**BASE[2], 9: SPARE}),
    result_links=(*BASE_LINKS, (1, 2, 2, 9)),
)

_FALSE_FUSION = EvaluationCase(
    "false fusion",
    "4 continues in 3: its own link misses, the one to 3 is false; 3 and 4 are concerned",
    base_counts(false_positive_links=1, false_negative_links=1, incomplete_lineages=2),
    result_links=(*without((2, 4, 3, 4)), (2, 4, 3, 3)),
)

_EXTRA_LINK = EvaluationCase(
    "extra link",
    "from 2 to 4; it ends in both lineages",
    base_counts(false_positive_links=1, incomplete_lineages=2),
    result_links=(*BASE_LINKS, (2, 2, 3, 4)),
)

# BASE backwards in time: 3 and 4 fuse into 1 between frames 1 and 2.
_FUSION: Movie = BASE[::-1]
_FUSION_LINKS: tuple[Link, ...] = tuple((3 - t1, b, 3 - t0, a) for t0, a, t1, b in BASE_LINKS)
_FUSION_FOUND = EvaluationCase(
    "fusion in the reference, found",
    "the result is the reference; 3, 4, 1 and 2 are the lineages",
    base_counts(),
    result=_FUSION,
    result_links=_FUSION_LINKS,
    reference=_FUSION,
    reference_links=_FUSION_LINKS,
)
_FUSION_MISSED = replace(
    _FUSION_FOUND,
    name="fusion in the reference, missed",
    why="the link of 4 to 1 misses, at both",
    counts=base_counts(false_negative_links=1, incomplete_lineages=2),
    result_links=tuple(link for link in _FUSION_LINKS if link != (1, 4, 2, 1)),
)

_GAP_OVER_MISSED = replace(
    MISSED_IN_THE_MIDDLE,
    name="gap link over a missed cell",
    why="2 of frame 2 descends from 2 of frame 0, so the gap link is right",
    result_links=(*MISSED_IN_THE_MIDDLE.result_links, (0, 2, 2, 2)),
    rows=None,
)
_GAP_WRONG = replace(
    MISSED_IN_THE_MIDDLE,
    name="wrong gap link",
    why="3 does not descend from 2: one false link, at 2 (which misses a cell anyway) and at 3",
    counts=replace(MISSED_IN_THE_MIDDLE.counts, false_positive_links=1, incomplete_lineages=2),
    result_links=(*MISSED_IN_THE_MIDDLE.result_links, (0, 2, 2, 3)),
    rows=(
        ErrorRow("false negative", 1, reference=(2,)),
        ErrorRow("false positive link", 0, result=(2,), result_target=(3,)),
    ),
)
_GAP_OVER_DIVISION = EvaluationCase(
    "gap links from a mother to her daughters",
    "the mother misses in frame 1; both daughters descend from her cell of frame 0",
    base_counts(result_cells=9, false_negatives=1, incomplete_lineages=1),
    result=in_base(f1={2: OTHER}),
    result_links=(
        *((2, label, 3, label) for label in (3, 4)),
        *OTHER_STAYS,
        (0, 1, 2, 3),
        (0, 1, 2, 4),
    ),
)
_GAP_MISSED = EvaluationCase(
    "gap link of the reference, missed",
    "2 is not seen in frame 1; its track of three cells goes on over the gap, one link misses",
    Counts(9, 9, 7, 4, false_negative_links=1, incomplete_lineages=1),
    result=in_base(f1={1: MOTHER}),
    result_links=without(*OTHER_STAYS[:2]),
    reference=in_base(f1={1: MOTHER}),
    reference_links=(*without(*OTHER_STAYS[:2]), (0, 2, 2, 2)),
)

LINK_CASES: tuple[EvaluationCase, ...] = (
    _SWAPPED,
    _MISSED_DIVISION,
    _FALSE_DIVISION,
    _FALSE_FUSION,
    _EXTRA_LINK,
    _FUSION_FOUND,
    _FUSION_MISSED,
    _GAP_OVER_MISSED,
    _GAP_WRONG,
    _GAP_OVER_DIVISION,
    _GAP_MISSED,
)
