"""Cells that are missed, added, split or merged; figure S9."""

from __future__ import annotations

from dataclasses import replace

from elementary_lineages import LEFT, MOTHER, OTHER_STAYS, RIGHT, SPARE
from evaluation_movies import (
    BASE,
    BASE_LINKS,
    BOTH,
    PAIR,
    PAIR_LINKS,
    TRIO,
    TRIO_LINKS,
    A,
    Counts,
    ErrorRow,
    EvaluationCase,
    Frame,
    Movie,
    base_counts,
    in_base,
    pair_counts,
    trio_counts,
    without,
)

_PERFECT = EvaluationCase("perfect", "the result is the reference", base_counts(), rows=())

MISSED_CELL = EvaluationCase(
    "missed cell",
    "cell 2 of frame 3; its link leads to a cell without a match, so it is not missing",
    base_counts(result_cells=9, false_negatives=1, incomplete_lineages=1),
    result=in_base(f3={3: LEFT, 4: RIGHT}),
    result_links=without(OTHER_STAYS[2]),
    rows=(ErrorRow("false negative", 3, reference=(2,), result=()),),
)

MISSED_IN_THE_MIDDLE = EvaluationCase(
    "missed cell in the middle of a track",
    "both links of cell 2 of frame 1 involve a cell without a match",
    base_counts(result_cells=9, false_negatives=1, incomplete_lineages=1),
    result=in_base(f1={1: MOTHER}),
    result_links=without(*OTHER_STAYS[:2]),
    rows=(ErrorRow("false negative", 1, reference=(2,)),),
)

_EXTRA_CELL = EvaluationCase(
    "extra cell",
    "a false positive concerns no lineage",
    base_counts(result_cells=11, false_positives=1),
    result=in_base(f1={**BASE[1], 9: SPARE}),
    rows=(ErrorRow("false positive", 1, reference=(), result=(9,)),),
)

_LINKED_EXTRA_CELL = EvaluationCase(
    "extra cell that is linked",
    "a link of a cell without a match is false, on both sides; both end in lineage 2",
    base_counts(result_cells=11, false_positives=1, false_positive_links=2, incomplete_lineages=1),
    result=in_base(f1={**BASE[1], 9: SPARE}),
    result_links=(*BASE_LINKS, (0, 2, 1, 9), (1, 9, 2, 2)),
    rows=(
        ErrorRow("false positive", 1, result=(9,)),
        ErrorRow("false positive link", 0, result=(2,), result_target=(9,)),
        ErrorRow("false positive link", 1, result=(9,), result_target=(2,)),
    ),
)

_EXTRA_TRACK = EvaluationCase(
    "extra cells linked with each other",
    "two false positives and their link, which ends in no lineage",
    base_counts(result_cells=12, false_positives=2, false_positive_links=1),
    result=in_base(f1={**BASE[1], 9: SPARE}, f2={**BASE[2], 9: SPARE}),
    result_links=(*BASE_LINKS, (1, 9, 2, 9)),
)

# Cell 2 of frame 1 (9 pixels) becomes 5 (6 pixels) and 6 (3 pixels): both lie in it entirely.
_SPLIT = in_base(f1={1: MOTHER, 5: slice(12, 14), 6: slice(14, 15)})
_SPLIT_COUNTS = base_counts(result_cells=11, over_segmentations=1, incomplete_lineages=1)
_BESIDES_SPLIT = without(*OTHER_STAYS[:2])

_SPLIT_LINKED = EvaluationCase(
    "split cell, both parts linked",
    "merging unites the links of 5 and 6: both links of the reference are there",
    _SPLIT_COUNTS,
    result=_SPLIT,
    result_links=(*_BESIDES_SPLIT, (0, 2, 1, 5), (0, 2, 1, 6), (1, 5, 2, 2), (1, 6, 2, 2)),
    rows=(ErrorRow("over-segmentation", 1, reference=(2,), result=(5, 6)),),
)

_SPLIT_HALF_LINKED = EvaluationCase(
    "split cell, one part unlinked",
    "6 has no link to the left and none to the right: one each; no link is missing",
    replace(_SPLIT_COUNTS, unlinked_parts=2),
    result=_SPLIT,
    result_links=(*_BESIDES_SPLIT, (0, 2, 1, 5), (1, 5, 2, 2)),
)

_SPLIT_ONE_SIDE = EvaluationCase(
    "split cell, one part linked on one side only",
    "6 has no link to the later frame",
    replace(_SPLIT_COUNTS, unlinked_parts=1),
    result=_SPLIT,
    result_links=(*_BESIDES_SPLIT, (0, 2, 1, 5), (0, 2, 1, 6), (1, 5, 2, 2)),
)

_SPLIT_UNLINKED = EvaluationCase(
    "split cell, no part linked",
    "two links missing, and besides two parts without a link on two sides",
    replace(_SPLIT_COUNTS, false_negative_links=2, unlinked_parts=4),
    result=_SPLIT,
    result_links=_BESIDES_SPLIT,
)

_SPLIT_AFTER_MISSED = EvaluationCase(
    "split cell after a missed cell",
    "the link from frame 0 involves a missed cell, so no part is wanting one; 6 has one to frame 2",
    base_counts(false_negatives=1, over_segmentations=1, incomplete_lineages=1),
    result=({1: MOTHER}, *_SPLIT[1:]),
    result_links=(*_BESIDES_SPLIT, (1, 5, 2, 2), (1, 6, 2, 2)),
)

_SPLIT_SAME_WRONG_LINK = EvaluationCase(
    "split cell, both parts linked wrongly with the same cell",
    "the two links become the very same one (2 to 3): one false, and that of 2 missing",
    replace(_SPLIT_COUNTS, false_positive_links=1, false_negative_links=1, incomplete_lineages=2),
    result=_SPLIT,
    result_links=(*_BESIDES_SPLIT, (0, 2, 1, 5), (0, 2, 1, 6), (1, 5, 2, 3), (1, 6, 2, 3)),
    rows=(
        ErrorRow("over-segmentation", 1, reference=(2,), result=(5, 6)),
        ErrorRow("false negative link", 1, reference=(2,), reference_target=(2,)),
        ErrorRow("false positive link", 1, result=(5, 6), result_target=(3,)),
    ),
)

_MERGED_COUNTS = pair_counts(result_cells=5, under_segmentations=1, incomplete_lineages=2)
_MERGED = EvaluationCase(
    "merged cells, both linked",
    "sources and parts are assigned by distance: 1 to 1 and 2 to 2, before and after",
    _MERGED_COUNTS,
    result=(PAIR[0], {7: BOTH}, PAIR[2]),
    result_links=((0, 1, 1, 7), (0, 2, 1, 7), (1, 7, 2, 1), (1, 7, 2, 2)),
    reference=PAIR,
    reference_links=PAIR_LINKS,
    rows=(ErrorRow("under-segmentation", 1, reference=(1, 2), result=(7,)),),
)

_MERGED_ONE_SOURCE = replace(
    _MERGED,
    name="merged cells, one source and one target only",
    why="1 is linked with both parts; the copy to 2 was added by the split, the links of 2 miss",
    counts=replace(_MERGED_COUNTS, false_negative_links=2),
    result_links=((0, 1, 1, 7), (1, 7, 2, 1)),
    rows=(
        ErrorRow("under-segmentation", 1, reference=(1, 2), result=(7,)),
        ErrorRow("false negative link", 0, reference=(2,), reference_target=(2,)),
        ErrorRow("false negative link", 1, reference=(2,), reference_target=(2,)),
    ),
)

_MERGED_TWICE = replace(
    _MERGED,
    name="two merged cells followed by two merged cells",
    why="frame 0 to 1: the one source is linked with both parts, then 2 parts are assigned to 2",
    counts=pair_counts(result_cells=4, under_segmentations=2, incomplete_lineages=2),
    result=({7: BOTH}, {7: BOTH}, PAIR[2]),
    result_links=((0, 7, 1, 7), (1, 7, 2, 1), (1, 7, 2, 2)),
    rows=None,
)

_MERGED_WRONG_LINK = EvaluationCase(
    "wrong link to a merged cell",
    "3 is linked with both parts: two false copies of one link, one error; two links miss",
    trio_counts(
        result_cells=5,
        under_segmentations=1,
        false_positive_links=1,
        false_negative_links=2,
        incomplete_lineages=3,
    ),
    result=(TRIO[0], {7: BOTH, 3: SPARE}),
    result_links=((0, 3, 1, 7), (0, 3, 1, 3)),
    reference=TRIO,
    reference_links=TRIO_LINKS,
    rows=(
        ErrorRow("under-segmentation", 1, reference=(1, 2), result=(7,)),
        ErrorRow("false negative link", 0, reference=(1,), reference_target=(1,)),
        ErrorRow("false negative link", 0, reference=(2,), reference_target=(2,)),
        ErrorRow("false positive link", 0, result=(3,), result_target=(7,)),
    ),
)

_MERGED_ONE_TOO_MANY = replace(
    _MERGED_WRONG_LINK,
    name="three sources of two merged cells",
    why="1 and 2 are assigned to the parts; of the link from 3 nothing is left",
    counts=trio_counts(result_cells=5, under_segmentations=1, incomplete_lineages=2),
    result_links=((0, 1, 1, 7), (0, 2, 1, 7), (0, 3, 1, 7), (0, 3, 1, 3)),
    rows=None,
)

# Both cells of frame 0 are 5 px away from both of frame 1 (3 rows and 4 columns).
_CROSS_0: Frame = {1: (slice(1, 4), slice(6, 9)), 2: (slice(7, 10), slice(6, 9))}
_TIE_STRAIGHT = EvaluationCase(
    "merged cells at equal distances",
    "a tie goes to the links of the reference",
    Counts(4, 3, 2, 2, under_segmentations=1, incomplete_lineages=2),
    result=(_CROSS_0, {7: slice(2, 13)}),
    result_links=((0, 1, 1, 7), (0, 2, 1, 7)),
    reference=(_CROSS_0, {1: slice(2, 5), 2: slice(10, 13)}),
    reference_links=((0, 1, 1, 1), (0, 2, 1, 2)),
)
_TIE_CROSSED = replace(
    _TIE_STRAIGHT,
    name="merged cells at equal distances, crossed",
    why="a tie goes to the links of the reference, whichever labels they join",
    reference_links=((0, 1, 1, 2), (0, 2, 1, 1)),
)

# Figure S9's third drawing: 1 has 9 pixels, 2 has 18, C is 6.75. Cell 7 covers 1 and half of 2
# (9 pixels: no more than half of 18, but more than C); cell 8 is the rest of 2.
_UNEVEN: Movie = ({1: A, 2: slice(6, 12)},) * 3
_TWO_LINEAGES = EvaluationCase(
    "figure S9: error over two lineages",
    "7 under-segments 1 and 2, 2 is over-segmented by 7 and 8; 7 is assigned, 8 adds the same link",
    pair_counts(over_segmentations=1, under_segmentations=1, incomplete_lineages=2),
    result=(_UNEVEN[0], {7: slice(2, 9), 8: slice(9, 12)}, _UNEVEN[2]),
    result_links=(
        (0, 1, 1, 7),
        (0, 2, 1, 7),
        (0, 2, 1, 8),
        (1, 7, 2, 1),
        (1, 7, 2, 2),
        (1, 8, 2, 2),
    ),
    reference=_UNEVEN,
    reference_links=PAIR_LINKS,
    rows=(
        ErrorRow("over-segmentation", 1, reference=(2,), result=(7, 8)),
        ErrorRow("under-segmentation", 1, reference=(1, 2), result=(7,)),
    ),
)
_S9_UNDER = replace(_MERGED, name="figure S9: under-segmentation", rows=None)
_S9_OVER = replace(_SPLIT_LINKED, name="figure S9: over-segmentation", rows=None)

# Cells of 18 pixels; 5 has two of their three rows (12 pixels of each), 6 the third (6 of each).
_WIDE: Movie = ({1: slice(2, 8), 2: slice(8, 14)},) * 3
_MANY_TO_MANY = EvaluationCase(
    "many to many",
    "5 and 6 match both 1 and 2: two of each; sources are assigned to the parts of 5, then of 6",
    pair_counts(over_segmentations=2, under_segmentations=2, incomplete_lineages=2),
    result=(
        _WIDE[0],
        {5: (slice(4, 6), slice(2, 14)), 6: (slice(6, 7), slice(2, 14))},
        _WIDE[2],
    ),
    result_links=(
        *((0, label, 1, part) for label in (1, 2) for part in (5, 6)),
        *((1, part, 2, label) for label in (1, 2) for part in (5, 6)),
    ),
    reference=_WIDE,
    reference_links=PAIR_LINKS,
    choices={"large_overlap_px": 5},
)
_MANY_TO_MANY_UNLINKED = replace(
    _MANY_TO_MANY,
    name="many to many, one without links",
    why="6 has two parts, merged with those of 5 and without a link on two sides",
    counts=replace(_MANY_TO_MANY.counts, unlinked_parts=4),
    result_links=((0, 1, 1, 5), (0, 2, 1, 5), (1, 5, 2, 1), (1, 5, 2, 2)),
)
_MANY_TO_MANY_SMALLER_C = _MANY_TO_MANY.again(
    "many to many, C larger",
    "6 shares 6 of its 12 pixels with each, which is not more than half, nor more than C = 9",
    choices={},
    over_segmentations=0,
    under_segmentations=1,
    false_positives=1,
    false_positive_links=4,
)

CELL_CASES: tuple[EvaluationCase, ...] = (
    _PERFECT,
    MISSED_CELL,
    MISSED_IN_THE_MIDDLE,
    _EXTRA_CELL,
    _LINKED_EXTRA_CELL,
    _EXTRA_TRACK,
    _SPLIT_LINKED,
    _SPLIT_HALF_LINKED,
    _SPLIT_ONE_SIDE,
    _SPLIT_UNLINKED,
    _SPLIT_AFTER_MISSED,
    _SPLIT_SAME_WRONG_LINK,
    _MERGED,
    _MERGED_ONE_SOURCE,
    _MERGED_TWICE,
    _MERGED_WRONG_LINK,
    _MERGED_ONE_TOO_MANY,
    _TIE_STRAIGHT,
    _TIE_CROSSED,
    _S9_UNDER,
    _S9_OVER,
    _TWO_LINEAGES,
    _MANY_TO_MANY,
    _MANY_TO_MANY_UNLINKED,
    _MANY_TO_MANY_SMALLER_C,
)
