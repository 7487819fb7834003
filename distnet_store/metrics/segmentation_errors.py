"""Which cells are missed, invented, split or merged? (section 2.6 of the paper)"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.correspondence import Correspondence
from distnet_store.metrics.counted_cells import CountedCells
from distnet_store.metrics.error_rows import Concerned, ErrorRows, error_rows, one_each
from distnet_store.metrics.overlaps import Overlaps
from distnet_store.ops.sorted_keys import is_among


def segmentation_errors(
    overlaps: Overlaps, matches: Correspondence, counted: CountedCells
) -> list[ErrorRows]:
    """Return false negatives and positives, over- and under-segmentations of all frames."""
    missed = np.flatnonzero(matches.of_reference == 0)
    extra = np.flatnonzero(matches.of_result == 0)
    return [
        error_rows(
            "false negative",
            overlaps.reference.t[missed],
            counted.reference[missed],
            {"reference": one_each(missed)},
        ),
        error_rows(
            "false positive",
            overlaps.result.t[extra],
            counted.result[extra],
            {"result": one_each(extra)},
        ),
        _over_segmentations(overlaps, matches, counted),
        _under_segmentations(overlaps, matches, counted),
    ]


def _over_segmentations(
    overlaps: Overlaps, matches: Correspondence, counted: CountedCells
) -> ErrorRows:
    split = np.flatnonzero(matches.of_reference > 1)
    return error_rows(
        "over-segmentation",
        overlaps.reference.t[split],
        counted.reference[split],
        {"reference": one_each(split), "result": _others(split, matches.reference, matches.result)},
        count=matches.of_reference[split] - 1,
    )


def _under_segmentations(
    overlaps: Overlaps, matches: Correspondence, counted: CountedCells
) -> ErrorRows:
    """Return the result's cells on several cells of the reference; those that count are N − 1."""
    merged = np.flatnonzero(matches.of_result > 1)
    inner = np.bincount(
        matches.result, counted.reference[matches.reference], matches.of_result.size
    )
    inner_merged = inner[merged].astype(np.int64)
    count = np.where(inner_merged > 1, inner_merged, matches.of_result[merged]) - 1
    return error_rows(
        "under-segmentation",
        overlaps.result.t[merged],
        inner_merged > 1,
        {
            "reference": _others(merged, matches.result, matches.reference),
            "result": one_each(merged),
        },
        count=count,
    )


def _others(
    cells: NDArray[np.int64], own: NDArray[np.int64], other: NDArray[np.int64]
) -> Concerned:
    """Return what each of `cells`, ascending, is matched with; `own` and `other` are the matches."""
    concerned = is_among(own, cells)
    row = np.searchsorted(cells, own[concerned])
    order = np.argsort(row, kind="stable")
    return Concerned(row[order], other[concerned][order])
