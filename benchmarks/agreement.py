"""With how many errors is a result charged on real frames, as counts that add up over movies?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
import pyarrow as pa
from development_frames import DataSet, LabelledMovie
from numpy.typing import NDArray

from distnet_store.metrics.detection import Detection, detect
from distnet_store.metrics.evaluation import evaluate_labels
from distnet_store.metrics.overlaps import count_overlaps
from distnet_store.ops.link_rows import MovieLinks


@dataclass(frozen=True)
class Agreement:
    """Counts of one or several movies: the paper's (section 2.6), and cells that overlap one to one.

    Attributes:
        cells, segmentation_errors: cells of the reference that count, and errors in them.
        links, tracking_errors: the same of links.
        lineages, incomplete: the same of tracks from birth to division.
        n_cells, n_pairs, iou_sum: as of `Detection`; those at the border too.
    """

    cells: int = 0
    segmentation_errors: int = 0
    links: int = 0
    tracking_errors: int = 0
    lineages: int = 0
    incomplete: int = 0
    n_cells: int = 0
    n_pairs: int = 0
    iou_sum: float = 0.0

    def __add__(self, other: Agreement) -> Agreement:
        """Return the counts of both."""
        return Agreement(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(self))
        )

    def figures(self, data_set: DataSet) -> dict[str, float | None]:
        """Return the figures that this data set's reference can tell."""
        detection = Detection(self.n_cells, self.n_pairs, self.iou_sum)
        found: dict[str, float | None] = {
            "segmentation_percent": _percent(self.segmentation_errors, self.cells),
            "f1_iou50": detection.f1,
            "mean_iou": detection.mean_iou,
        }
        if data_set.truth != "none":
            found["tracking_percent"] = _percent(self.tracking_errors, self.links)
        if data_set.truth == "lineages":
            found["incomplete_percent"] = _percent(self.incomplete, self.lineages)
        return found


def agreement(
    movie: LabelledMovie, labels: NDArray[np.integer], links: MovieLinks, data_set: DataSet
) -> Agreement:
    """Judge labels (t, y, x) and links (m, 4) of a movie; cells at the border do not count but for F1 and IoU."""
    judged = evaluate_labels(zip(movie.labels, labels, strict=True), movie.links, links)
    counts = judged.counts
    unknown = _unknown_links(judged.errors, movie) if data_set.truth == "identity" else 0
    cells = sum(
        (detect(count_overlaps(*pair)) for pair in zip(movie.labels, labels, strict=True)),
        Detection(),
    )
    return Agreement(
        cells=counts.reference_cells,
        segmentation_errors=counts.segmentation_errors,
        links=counts.reference_links or 0,
        tracking_errors=(counts.tracking_errors or 0) - unknown,
        lineages=counts.lineages or 0,
        incomplete=counts.incomplete_lineages or 0,
        **asdict(cells),
    )


def together(found: Iterable[Agreement]) -> Agreement:
    """Return the sum."""
    return sum(found, Agreement())


def _unknown_links(errors: pa.Table, movie: LabelledMovie) -> int:
    """Count false-positive links to cells whose number begins there: a division, or the reference lost the cell."""
    known = {(t, label) for t, label in movie.links[:, 2:].tolist()}
    rows = errors.select(
        ["kind", "counted", "target_t", "reference_target_labels", "count"]
    ).to_pylist()
    return sum(
        row["count"]
        for row in rows
        if row["kind"] == "false positive link"
        and row["counted"]
        and not any((row["target_t"], one) in known for one in row["reference_target_labels"])
    )


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


COLUMNS = (
    ("segmentation_percent", "segmentation errors", "{:.1f} %"),
    ("tracking_percent", "tracking errors", "{:.1f} %"),
    ("incomplete_percent", "incomplete lineages", "{:.1f} %"),
    ("f1_iou50", "F1 at IoU 0.5", "{:.3f}"),
    ("mean_iou", "mean IoU", "{:.3f}"),
)
"""Name, heading and form of each figure."""


def markdown_table(
    first: Sequence[str], rows: Iterable[tuple[Sequence[str], Agreement, DataSet]]
) -> str:
    """Return a table of Markdown: the columns `first`, then the figures, a dash where there is none."""
    heads = [*first, *(head for _, head, _ in COLUMNS)]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for names, counts, data_set in rows:
        figures = counts.figures(data_set)
        cells = [_text(counts, figures.get(key), key, form) for key, _, form in COLUMNS]
        lines.append("| " + " | ".join([*names, *cells]) + " |")
    return "\n".join(lines)


_COUNTS = {
    "segmentation_percent": ("segmentation_errors", "cells"),
    "tracking_percent": ("tracking_errors", "links"),
    "incomplete_percent": ("incomplete", "lineages"),
}


def _text(counts: Agreement, value: float | None, key: str, form: str) -> str:
    if value is None:
        return "–"
    if key not in _COUNTS:
        return form.format(value)
    part, whole = (getattr(counts, name) for name in _COUNTS[key])
    return f"{form.format(value)} ({part}/{whole})"
