"""Choices of matching and of links without a match; movies with nothing in them."""

from __future__ import annotations

from elementary_lineages import MOTHER, SPARE
from evaluation_movies import (
    BASE,
    BASE_LINKS,
    PAIR,
    PAIR_LINKS,
    A,
    Counts,
    ErrorRow,
    EvaluationCase,
    base_counts,
    in_base,
    without,
)

# Matching. One frame: 1 has 18 pixels, shifted by half in the result, so 9 are shared.
_SHIFTED = EvaluationCase(
    "large cell matched through C only",
    "9 of 18 shared pixels are not more than half; they are more than C = 0.5 · 13.5 = 6.75",
    Counts(2, 2, 0, 2),
    result=({1: slice(9, 15), 2: A},),
    result_links=(),
    reference=({1: slice(6, 12), 2: A},),
    reference_links=(),
)
_SHIFTED_C_9 = _SHIFTED.again(
    "large cell, C given as 9 px",
    "9 shared pixels are not more than 9",
    choices={"large_overlap_px": 9},
    false_negatives=1,
    false_positives=1,
    incomplete_lineages=1,
)
_SHIFTED_C_8 = _SHIFTED.again(
    "large cell, C given as 8.9 px", "9 are more than 8.9", choices={"large_overlap_px": 8.9}
)
_MEAN = EvaluationCase(
    "C from the mean",
    "areas 18, 3 and 3: C is 4, and 3 shared pixels are fewer",
    Counts(3, 3, 0, 3, false_negatives=1, false_positives=1, incomplete_lineages=1),
    result=({1: slice(11, 17), 2: slice(18, 19), 3: slice(21, 22)},),
    result_links=(),
    reference=({1: slice(6, 12), 2: slice(18, 19), 3: slice(21, 22)},),
    reference_links=(),
)
_MEDIAN = _MEAN.again(
    "C from the median",
    "C is 1.5, and 3 shared pixels are more",
    choices={"large_overlap": "median"},
    false_negatives=0,
    false_positives=0,
    incomplete_lineages=0,
)

# Links of cells without a match: 2 lies elsewhere in frame 1 and is linked from there on.
_DISPLACED = EvaluationCase(
    "displaced cell",
    "one cell missed and one extra; both links of the latter are false, none of the former counts",
    base_counts(
        false_negatives=1, false_positives=1, false_positive_links=2, incomplete_lineages=1
    ),
    result=in_base(f1={1: MOTHER, 2: SPARE}),
)
_DISPLACED_SKIP_EARLIER = _DISPLACED.again(
    "displaced cell, skip-earlier",
    "of the links from 0 to 1, whose later cell has no match, one is false and one misses",
    choices={"unmatched_links": "skip-earlier"},
    false_positive_links=1,
    false_negative_links=1,
)
_DISPLACED_SKIP_LATER = _DISPLACED.again(
    "displaced cell, skip-later",
    "of the links from 1 to 2, whose earlier cell has no match, one is false and one misses",
    choices={"unmatched_links": "skip-later"},
    false_positive_links=1,
    false_negative_links=1,
)

# Nothing there

_EMPTY_RESULT = EvaluationCase(
    "empty result",
    "ten cells missed, and no link between matched cells",
    base_counts(result_cells=0, false_negatives=10, incomplete_lineages=4),
    result=({},) * 4,
    result_links=(),
)
_EMPTY_FRAME = EvaluationCase(
    "empty frame of the result",
    "1 and 2 miss in frame 1; all links that involve it have a cell without a match",
    base_counts(result_cells=8, false_negatives=2, incomplete_lineages=2),
    result=in_base(f1={}),
    result_links=without(*(link for link in BASE_LINKS if 1 in (link[0], link[2]))),
)
_EMPTY_REFERENCE_FRAME = EvaluationCase(
    "empty frame of the reference",
    "two extra cells with two links each; of the reference every cell is a lineage, and touched",
    Counts(4, 6, 0, 4, false_positives=2, false_positive_links=4, incomplete_lineages=4),
    result=PAIR,
    result_links=PAIR_LINKS,
    reference=(PAIR[0], {}, PAIR[2]),
    reference_links=(),
)
_NOTHING = EvaluationCase(
    "nothing anywhere",
    "no cells, no errors",
    Counts(0, 0, 0, 0),
    result=({}, {}),
    result_links=(),
    reference=({}, {}),
    reference_links=(),
    rows=(),
)
_NO_LINEAGE = EvaluationCase(
    "reference without a lineage",
    "the extra cell counts, links and lineages cannot",
    Counts(
        10,
        11,
        None,
        None,
        None,
        false_positives=1,
        false_positive_links=None,
        false_negative_links=None,
        unlinked_parts=None,
    ),
    result=in_base(f1={**BASE[1], 9: SPARE}),
    result_links=(*BASE_LINKS, (0, 2, 1, 9)),
    reference_links=None,
    rows=(ErrorRow("false positive", 1, result=(9,)),),
)
_NO_LINKS = EvaluationCase(
    "unlinked",
    "all eight links of the reference miss, at every lineage",
    base_counts(false_negative_links=8, incomplete_lineages=4),
    result_links=(),
)

CHOICE_CASES: tuple[EvaluationCase, ...] = (
    _SHIFTED,
    _SHIFTED_C_9,
    _SHIFTED_C_8,
    _MEAN,
    _MEDIAN,
    _DISPLACED,
    _DISPLACED_SKIP_EARLIER,
    _DISPLACED_SKIP_LATER,
    _EMPTY_RESULT,
    _EMPTY_FRAME,
    _EMPTY_REFERENCE_FRAME,
    _NOTHING,
    _NO_LINEAGE,
    _NO_LINKS,
)
