"""Which figures does an evaluation report, what do they mean, and where are they defined?"""

from __future__ import annotations

from typing import Literal

from distnet_store.spec.dataset import SpecModel

MeasureUnit = Literal["count", "percent", "fraction"]
MeasureSource = Literal["paper", "iou", "ctc"]


class MeasureSpec(SpecModel):
    """One figure of a movie. `better` says which way is good; None for what is only counted."""

    name: str
    unit: MeasureUnit
    source: MeasureSource
    description: str
    better: Literal["lower", "higher"] | None = None


def _paper(name: str, unit: MeasureUnit, description: str, *, error: bool = True) -> MeasureSpec:
    better: Literal["lower"] | None = "lower" if error else None
    return MeasureSpec(name=name, unit=unit, source="paper", description=description, better=better)


def _fraction(name: str, source: MeasureSource, description: str) -> MeasureSpec:
    return MeasureSpec(
        name=name, unit="fraction", source=source, description=description, better="higher"
    )


_PAPER = (
    _paper("reference_cells", "count", "cells of the reference that count", error=False),
    _paper("result_cells", "count", "cells of the result that count", error=False),
    _paper("false_negatives", "count", "cells of the reference that no cell of the result matches"),
    _paper("false_positives", "count", "cells of the result that match no cell of the reference"),
    _paper("over_segmentations", "count", "parts too many where one cell became several"),
    _paper("under_segmentations", "count", "cells too few where several became one"),
    _paper("segmentation_errors", "count", "the four kinds together"),
    _paper("segmentation_percent", "percent", "segmentation errors per cell of the reference"),
    _paper("reference_links", "count", "links of the reference that count", error=False),
    _paper("false_positive_links", "count", "links of the result that the reference does not have"),
    _paper("false_negative_links", "count", "links between found cells that the result lacks"),
    _paper("unlinked_parts", "count", "parts of a split cell left without a link"),
    _paper("tracking_errors", "count", "the three kinds together"),
    _paper("tracking_percent", "percent", "tracking errors per link of the reference"),
    _paper("lineages", "count", "tracks of the reference that count", error=False),
    _paper("incomplete_lineages", "count", "those with any error, from birth to division or end"),
    _paper("incomplete_percent", "percent", "incomplete lineages per lineage"),
)

_IOU = (
    _fraction("f1_iou50", "iou", "F1 score of cells matched one to one with IoU above 0.5"),
    _fraction("mean_iou", "iou", "mean intersection over union of those pairs"),
)

_CHALLENGE = (
    _fraction("SEG", "ctc", "mean IoU of the reference's cells, 0 for one that is not matched"),
    _fraction("DET", "ctc", "detection: 1 minus the cost of correcting the cells"),
    _fraction("TRA", "ctc", "tracking: 1 minus the cost of correcting cells and links"),
    _fraction("LNK", "ctc", "linking: 1 minus the cost of correcting the links"),
    _fraction("CT", "ctc", "complete tracks, as an F1 score"),
    _fraction("TF", "ctc", "mean share of a track that one track of the result follows"),
    *(
        _fraction(f"BC({i})", "ctc", f"divisions, as an F1 score, found within {i} frame(s)")
        for i in range(4)
    ),
    _fraction("CCA", "ctc", "agreement of the distributions of cell-cycle lengths"),
    _fraction("CHOTA", "ctc", "cell-specific higher-order tracking accuracy"),
)

MEASURES: dict[str, MeasureSpec] = {spec.name: spec for spec in (*_PAPER, *_IOU, *_CHALLENGE)}
"""The figures of a movie, in the order in which they are shown."""
