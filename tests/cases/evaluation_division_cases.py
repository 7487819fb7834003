"""Divisions found early or late, and what the tolerance forgives."""

from __future__ import annotations

from dataclasses import replace

from elementary_lineages import LEFT, OTHER, OTHER_STAYS, Link
from evaluation_movies import (
    BASE,
    BASE_LINKS,
    Counts,
    ErrorRow,
    EvaluationCase,
    Movie,
    base_counts,
    in_base,
)

_EARLY_1 = EvaluationCase(
    "early division by 1",
    "the mother is over-segmented in frame 1; both parts have her link and each one daughter's",
    base_counts(result_cells=11, over_segmentations=1, incomplete_lineages=1),
    result=in_base(f1=BASE[2]),
    result_links=(
        (0, 1, 1, 3),
        (0, 1, 1, 4),
        *((t, label, t + 1, label) for t in (1, 2) for label in (3, 4)),
        *OTHER_STAYS,
    ),
    rows=(ErrorRow("over-segmentation", 1, reference=(1,), result=(3, 4)),),
)
_EARLY_2 = replace(
    _EARLY_1,
    name="early division by 2",
    why="the mother is over-segmented in frames 0 and 1",
    counts=base_counts(result_cells=12, over_segmentations=2, incomplete_lineages=1),
    result=in_base(f0=BASE[2], f1=BASE[2]),
    result_links=(
        *((t, label, t + 1, label) for t in (0, 1, 2) for label in (3, 4)),
        *OTHER_STAYS,
    ),
    rows=None,
)
_EARLY_INTO_3 = replace(
    _EARLY_1,
    name="early division by 1 into three parts, tolerance 1",
    why="three are more than she has daughters, so it is not forgiven",
    counts=base_counts(result_cells=12, over_segmentations=2, incomplete_lineages=1),
    result=in_base(f1={5: slice(2, 4), 6: slice(4, 6), 7: slice(6, 8), 2: OTHER}),
    result_links=(
        *((0, 1, 1, part) for part in (5, 6, 7)),
        (1, 5, 2, 3),
        (1, 6, 2, 3),
        (1, 7, 2, 4),
        (2, 3, 3, 3),
        (2, 4, 3, 4),
        *OTHER_STAYS,
    ),
    choices={"mitosis_tolerance": 1},
    rows=None,
)
_LATE_1 = EvaluationCase(
    "late division by 1",
    "both daughters of frame 2 are under one cell; the mother is complete",
    base_counts(result_cells=9, under_segmentations=1, incomplete_lineages=2),
    result=in_base(f2=BASE[1]),
    result_links=((0, 1, 1, 1), (1, 1, 2, 1), (2, 1, 3, 3), (2, 1, 3, 4), *OTHER_STAYS),
    rows=(ErrorRow("under-segmentation", 2, reference=(3, 4), result=(1,)),),
)
_LATE_2 = replace(
    _LATE_1,
    name="late division by 2",
    why="both daughters are under one cell in frames 2 and 3",
    counts=base_counts(result_cells=8, under_segmentations=2, incomplete_lineages=2),
    result=in_base(f2=BASE[1], f3=BASE[1]),
    result_links=(*((t, 1, t + 1, 1) for t in (0, 1, 2)), *OTHER_STAYS),
    rows=None,
)
_LATE_STRANGER = EvaluationCase(
    "a daughter merged with another cell, tolerance 2",
    "7 covers 4 and 2, who are no sisters, so it is not forgiven; all links are assigned rightly",
    base_counts(result_cells=9, under_segmentations=1, incomplete_lineages=2),
    result=in_base(f2={3: LEFT, 7: slice(5, 15)}),
    result_links=(
        *((0, label, 1, label) for label in (1, 2)),
        (1, 1, 2, 3),
        (1, 1, 2, 7),
        (1, 2, 2, 7),
        (2, 3, 3, 3),
        (2, 7, 3, 4),
        (2, 7, 3, 2),
    ),
    choices={"mitosis_tolerance": 2},
)
_LATE_MISSED_1 = EvaluationCase(
    "late division by 1, one daughter missed at first",
    "4 misses in frame 2; 3 of frame 2 is linked with 4 of frame 3, which is false at 3 and at 4",
    base_counts(result_cells=9, false_negatives=1, false_positive_links=1, incomplete_lineages=2),
    result=in_base(f2={3: LEFT, 2: OTHER}),
    result_links=((0, 1, 1, 1), (1, 1, 2, 3), (2, 3, 3, 3), (2, 3, 3, 4), *OTHER_STAYS),
    rows=(
        ErrorRow("false negative", 2, reference=(4,)),
        ErrorRow("false positive link", 2, result=(3,), result_target=(4,)),
    ),
)
_LATE_MISSED_NO_LINK = replace(
    _LATE_MISSED_1,
    name="a daughter missed at first and not linked, tolerance 1",
    why="only where there is the link from a sister is the missed cell forgiven",
    counts=base_counts(result_cells=9, false_negatives=1, incomplete_lineages=1),
    result_links=((0, 1, 1, 1), (1, 1, 2, 3), (2, 3, 3, 3), *OTHER_STAYS),
    choices={"mitosis_tolerance": 1},
    rows=None,
)
_LONG: Movie = (*BASE, BASE[3])
_LONG_LINKS: tuple[Link, ...] = (*BASE_LINKS, *((3, label, 4, label) for label in (3, 4, 2)))
_LATE_MISSED_2 = EvaluationCase(
    "late division by 2, one daughter missed at first",
    "4 misses in frames 2 and 3; 3 of frame 3 is linked with 4 of frame 4",
    Counts(
        13,
        11,
        11,
        4,
        false_negatives=2,
        false_positive_links=1,
        incomplete_lineages=2,
    ),
    result=(*BASE[:2], {3: LEFT, 2: OTHER}, {3: LEFT, 2: OTHER}, BASE[3]),
    result_links=(
        (0, 1, 1, 1),
        *((t, 2, t + 1, 2) for t in range(4)),
        (1, 1, 2, 3),
        (2, 3, 3, 3),
        (3, 3, 4, 3),
        (3, 3, 4, 4),
    ),
    reference=_LONG,
    reference_links=_LONG_LINKS,
)


def _with_tolerances(case: EvaluationCase, late_by: int) -> tuple[EvaluationCase, ...]:
    """Return the case with tolerances 0, 1 and 2; from `late_by` on no lineage is incomplete."""
    reasons = {
        True: "within the tolerance: forgiven",
        False: "not within the tolerance: " + case.why,
    }
    return tuple(
        case.again(
            f"{case.name}, tolerance {tau}",
            reasons[tau >= late_by],
            choices={"mitosis_tolerance": tau},
            **({"incomplete_lineages": 0} if tau >= late_by else {}),
        )
        for tau in (0, 1, 2)
    )


DIVISION_CASES: tuple[EvaluationCase, ...] = (
    _EARLY_1,
    *_with_tolerances(_EARLY_1, 1),
    *_with_tolerances(_EARLY_2, 2),
    _EARLY_INTO_3,
    _LATE_1,
    *_with_tolerances(_LATE_1, 1),
    *_with_tolerances(_LATE_2, 2),
    _LATE_STRANGER,
    _LATE_MISSED_1,
    *_with_tolerances(_LATE_MISSED_1, 1),
    *_with_tolerances(_LATE_MISSED_2, 2),
    _LATE_MISSED_NO_LINK,
)
