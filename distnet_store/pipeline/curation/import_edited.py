"""What did a person change of a result's labels in another program, and how does it come into the result?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.ops.curation.compare_labels import (
    ChangedCells,
    FrameComparison,
    among_others,
    compare_labels,
)
from distnet_store.pipeline.curation.curation import Curation
from distnet_store.pipeline.curation.draft import Draft
from distnet_store.pipeline.curation.export_labels import labels_of
from distnet_store.pipeline.curation.export_record import exported_cells
from distnet_store.pipeline.curation.follow_links import (
    drop_links,
    overlap_links,
    share_links,
    unite_links,
)
from distnet_store.pipeline.curation.write_patch import CurationProgress
from distnet_store.spec.curation_table import EditRecord
from distnet_store.spec.tables import object_id
from distnet_store.store.ngff_layout import ArrayLike
from distnet_store.store.sources.arrays import labels_from_array
from distnet_store.store.sources.detect import open_label_source
from distnet_store.store.sources.label_frames import checked_labels
from distnet_store.store.sources.source import LabelSource

_MOST_MISSING: Final = 1 / 3
"""Share of the cells beyond which nobody is thought to have deleted them on purpose."""
_KINDS: Final = ("deleted", "merged", "split", "reshaped", "new")
"""What can become of cells, in the order in which their links follow."""


@dataclass(frozen=True)
class ImportSummary:
    """What is different in edited labels.

    Attributes:
        same: cells whose pixels are as they were.
        renumbered: those among them that the other program gave another number; they keep their label.
        counts: cells deleted, groups merged, cells split, reshaped and new.
        frames: frames in which something changed.
        edits: what each change does; empty where nothing changed.
        limited_to: of how many cells the labels are, None if of all; others stay as they are.
    """

    same: int
    renumbered: int
    counts: dict[str, int]
    frames: int
    edits: tuple[EditRecord, ...]
    limited_to: int | None = None


def import_edited(
    curation: Curation,
    source: str | Path | LabelSource | ArrayLike,
    *,
    axes: str | None = None,
    cells: NDArray[np.int64] | None = None,
    note: str = "",
    dry_run: bool = False,
    delete_missing: bool = False,
    on_progress: CurationProgress | None = None,
) -> ImportSummary:
    """Find what changed in labels (t, y, x) that another program edited, and apply it as one entry.

    Cells with the same pixels keep label, object id and links, whatever their number in the file. A cell
    with a new shape keeps its label and links; the largest part of a split cell, and the largest of the
    cells that were merged, keep theirs; links follow as for edits of one cell.

    With `cells`, object ids, the labels are of these only: all other cells stay as they are, and keep
    their pixels where an edited cell covers them. A file that was exported of some cells says so by itself,
    and is of those only. Of labels of which nothing is known, more than a third of the cells missing is
    refused, unless `delete_missing` says that they are to be deleted.

    Raises:
        NotFoundError: there is no such file.
        InvalidDataError: the labels are no integers, negative, or of another size than the movie, or lack
            many cells.
        WrongArgumentError: the file holds some cells of another result.
        ConflictError: somebody else has changed the result, or is changing it.
    """
    labels = _opened(source, axes)
    _check_shape(labels, curation)
    compared: dict[int, FrameComparison] = {}
    chosen = _chosen(source, curation.name, cells)

    def work(draft: Draft) -> tuple[EditRecord, ...]:
        after: dict[int, NDArray[np.integer]] = {}
        for t in range(draft.n_frames):
            where = labels.files[0] if labels.files else labels.format
            frame = checked_labels(labels.read(t), labels.shape[1:], t, where)
            if chosen is not None:
                frame = among_others(draft.labels(t), frame, labels_of(chosen, t))
            compared[t] = compare_labels(draft.labels(t), frame)
            if compared[t].changed:
                after[t] = frame
            else:
                draft.forget(t)
            if on_progress is not None:
                on_progress(t + 1, draft.n_frames)
        if chosen is None and not delete_missing:
            _require_most(compared, curation.movie.url)
        return _apply(draft, after, compared)

    records = curation.apply_to_draft(work, note=note, dry_run=dry_run, may_be_empty=True)
    kinds = Counter(_kind(group) for one in compared.values() for group in one.changed)
    same = [pair for t, one in compared.items() for pair in _same_of(one, chosen, t)]
    return ImportSummary(
        same=len(same),
        renumbered=sum(old != new for old, new in same),
        counts={kind: kinds[kind] for kind in _KINDS},
        frames=sum(bool(one.changed) for one in compared.values()),
        edits=records,
        limited_to=None if chosen is None else chosen.size,
    )


def _chosen(
    source: str | Path | LabelSource | ArrayLike, result: str, cells: NDArray[np.int64] | None
) -> NDArray[np.int64] | None:
    """Return the cells that labels are of, ascending: those named that the file holds; None for all."""
    held = exported_cells(source, result) if isinstance(source, str | Path) else None
    if cells is None or held is None:
        return held if cells is None else np.sort(cells)
    return np.intersect1d(cells, held)


def _require_most(compared: dict[int, FrameComparison], where: str) -> None:
    """Return unless so many cells are missing that the labels may be of some cells only."""
    gone = sum(
        len(group.before) for one in compared.values() for group in one.changed if not group.after
    )
    before = sum(
        len(one.same) + sum(len(group.before) for group in one.changed) for one in compared.values()
    )
    if gone > _MOST_MISSING * before:
        raise InvalidDataError(
            "the edited labels lack many cells of the result",
            expected=f"at most a third of its {before} cells to be deleted",
            found=f"{gone} that are not there",
            where=where,
            remedy="if these are the labels of some cells only, name them with --selection; to delete all that "
            "are missing, add --delete-missing",
        )


def _same_of(
    compared: FrameComparison, chosen: NDArray[np.int64] | None, t: int
) -> list[tuple[int, int]]:
    """Return the labels before and after of the cells that are the same, of the chosen ones only."""
    if chosen is None:
        return list(compared.same.items())
    own = set(labels_of(chosen, t).tolist())
    return [(old, new) for old, new in compared.same.items() if old in own]


def _opened(source: str | Path | LabelSource | ArrayLike, axes: str | None) -> LabelSource:
    if isinstance(source, str | Path):
        return open_label_source(source, axes=axes)
    return source if isinstance(source, LabelSource) else labels_from_array(source, axes=axes)


def _check_shape(labels: LabelSource, curation: Curation) -> None:
    frames, _, height, width = curation.movie.shape
    if labels.shape != (frames, height, width):
        raise InvalidDataError(
            "the edited labels do not fit the movie",
            expected=f"{frames} frames of {height} rows and {width} columns",
            found="{} frames of {} rows and {} columns".format(*labels.shape),
            where=curation.movie.url,
            remedy="export the labels again, and edit them at full size without cutting frames",
        )


def _kind(group: ChangedCells) -> str:
    match len(group.before), len(group.after):
        case (0, _):
            return "new"
        case (_, 0):
            return "deleted"
        case (1, 1):
            return "reshaped"
        case (1, _):
            return "split"
        case _:
            return "merged"


def _apply(
    draft: Draft,
    after: dict[int, NDArray[np.integer]],
    compared: dict[int, FrameComparison],
) -> tuple[EditRecord, ...]:
    """Set the frames that changed; then let links follow, what goes away first."""
    named: list[tuple[str, Sequence[int], Sequence[int]]] = []
    for t, frame in after.items():
        labels = dict(zip(compared[t].same.values(), compared[t].same.keys(), strict=True))
        for group in compared[t].changed:
            kept = _labels_after(draft, t, group)
            labels |= dict(zip(group.after, kept, strict=True))
            ids = [[object_id(t, label) for label in some] for some in (group.before, kept)]
            named.append((_kind(group), ids[0], ids[1]))
        draft.set_labels(t, _renumbered(frame, labels))
    named.sort(key=lambda one: _KINDS.index(one[0]))
    return tuple(_followed(draft, *one) for one in named)


def _labels_after(draft: Draft, t: int, group: ChangedCells) -> list[int]:
    """Return the labels of the cells after a change: the first keeps that of the first before."""
    kept = list(group.before[:1]) if group.after else []
    return kept + [draft.new_label(t) for _ in group.after[len(kept) :]]


def _renumbered(frame: NDArray[np.integer], labels: dict[int, int]) -> NDArray[np.uint32]:
    values, place = np.unique(frame, return_inverse=True)
    new = np.array([labels.get(int(value), 0) for value in values], np.uint32)
    return np.asarray(new[place.reshape(frame.shape)], np.uint32)


def _followed(draft: Draft, kind: str, before: Sequence[int], after: Sequence[int]) -> EditRecord:
    operations = {"deleted": "delete", "merged": "merge", "split": "split"}
    made, removed = _links(draft, kind, before, after)
    return EditRecord.model_validate(
        {
            "operation": operations.get(kind, "draw"),
            "t": (*before, *after)[0] >> 32,
            "before": tuple(before),
            "after": tuple(after),
            "links_made": made,
            "links_removed": removed,
        }
    )


def _links(
    draft: Draft, kind: str, before: Sequence[int], after: Sequence[int]
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    match kind:
        case "deleted":
            return (), drop_links(draft, before)
        case "merged":
            return unite_links(draft, dict.fromkeys(before, after[0]))
        case "split":
            return share_links(draft, before[0], after)
        case "new":
            return overlap_links(draft, after[0])
        case _:
            return (), ()


def summary_lines(summary: ImportSummary) -> Iterator[str]:
    """Yield what is different, a line each.

    Example:
        >>> list(summary_lines(ImportSummary(5, 2, {"new": 1}, 1, ())))
        ['5 cells as they were (2 of them renumbered in the file)', '1 new', 'in 1 frame(s)']
    """
    yield f"{summary.same} cells as they were ({summary.renumbered} of them renumbered in the file)"
    yield ", ".join(f"{count} {kind}" for kind, count in summary.counts.items())
    yield f"in {summary.frames} frame(s)"
    if summary.limited_to is not None:
        yield f"the labels are of {summary.limited_to} cells; all others stay as they are"
