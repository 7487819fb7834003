"""With how many errors is a result charged, and how many per cent is that?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa

from distnet_store.metrics.lineage_errors import Lineages


@dataclass(frozen=True)
class ErrorCounts:
    """What a result is charged with; those of links and lineages are None where the reference has no links.

    Attributes:
        reference_cells: cells of the reference that count.
        result_cells: cells of the result that count.
        false_negatives: missed cells.
        false_positives: invented cells.
        over_segmentations: parts too many.
        under_segmentations: cells too few, where several are one.
        reference_links: links of the reference that count.
        false_positive_links: wrong links.
        false_negative_links: missed links between found cells.
        unlinked_parts: parts of a split cell without a link where their cell has one.
        lineages: tracks of the reference that count.
        incomplete_lineages: those with an error.
    """

    reference_cells: int
    result_cells: int
    false_negatives: int
    false_positives: int
    over_segmentations: int
    under_segmentations: int
    reference_links: int | None = None
    false_positive_links: int | None = None
    false_negative_links: int | None = None
    unlinked_parts: int | None = None
    lineages: int | None = None
    incomplete_lineages: int | None = None

    @property
    def segmentation_errors(self) -> int:
        """Sum of the four kinds."""
        return (
            self.false_negatives
            + self.false_positives
            + self.over_segmentations
            + self.under_segmentations
        )

    @property
    def tracking_errors(self) -> int | None:
        """Sum of the three kinds, None without links to compare with."""
        kinds = (self.false_positive_links, self.false_negative_links, self.unlinked_parts)
        known = [kind for kind in kinds if kind is not None]
        return sum(known) if known else None

    @property
    def segmentation_percent(self) -> float | None:
        """Segmentation errors in per cent of the reference's cells, None if it has none."""
        return _percent(self.segmentation_errors, self.reference_cells)

    @property
    def tracking_percent(self) -> float | None:
        """Tracking errors in per cent of the reference's links, None if it has none."""
        return _percent(self.tracking_errors, self.reference_links)

    @property
    def incomplete_percent(self) -> float | None:
        """Incomplete lineages in per cent of the reference's, None if it has none."""
        return _percent(self.incomplete_lineages, self.lineages)


def count_errors(frames: pa.Table, pairs: pa.Table, lineages: Lineages | None) -> ErrorCounts:
    """Return the sums over frames and pairs; of links and lineages only where there are lineages."""
    counts = ErrorCounts(**_sums(frames, "t"))
    if lineages is None:
        return counts
    return replace(
        counts,
        **_sums(pairs, "t", "target_t"),
        lineages=int(lineages.counted.sum()),
        incomplete_lineages=int((lineages.counted & ~lineages.complete).sum()),
    )


def _sums(table: pa.Table, *keys: str) -> dict[str, int]:
    """Return the sum of each column that is no key."""
    names = [name for name in table.column_names if name not in keys]
    return {name: int(table[name].to_numpy().sum()) for name in names}


def _percent(part: int | None, whole: int | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
