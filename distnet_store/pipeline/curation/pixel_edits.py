"""How do the edits that change pixels change a draft, and when are they refused?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.ops.curation.contact import CONTACT_PX, are_together
from distnet_store.ops.curation.cut import cut_by_line, cut_by_seeds
from distnet_store.ops.curation.polygon import polygon_mask
from distnet_store.ops.targets.distance import distance_map
from distnet_store.pipeline.curation.cell_address import Cell, cell_text
from distnet_store.pipeline.curation.draft import Draft
from distnet_store.pipeline.curation.edit_types import Delete, Draw, Merge, Split
from distnet_store.pipeline.curation.follow_links import (
    drop_links,
    overlap_links,
    share_links,
    unite_links,
)
from distnet_store.spec.curation_table import EditRecord
from distnet_store.spec.tables import object_id


def split_cell(draft: Draft, edit: Split) -> EditRecord:
    """Cut a cell into parts.

    Raises:
        NotFoundError: there is no such cell.
        WrongArgumentError: it is not said how, or line or points do not cut it.
        InvalidDataError: the image of parts is not one of this cell.
    """
    cell = draft.find(edit.cell)
    parts = _parts(draft, cell, edit)
    t, numbers = cell >> 32, _largest_first(parts)
    ids = [cell, *(object_id(t, draft.new_label(t)) for _ in numbers[1:])]
    labels = draft.labels(t).copy()
    for number, part in zip(numbers, ids, strict=True):
        labels[parts == number] = part & 0xFFFFFFFF
    draft.set_labels(t, labels)
    made, removed = (
        share_links(draft, cell, ids) if edit.links == "follow" else ((), drop_links(draft, [cell]))
    )
    return _record("split", [cell], ids, made, removed)


def merge_cells(draft: Draft, edit: Merge) -> EditRecord:
    """Make one cell of several in a frame.

    Raises:
        NotFoundError: there is no such cell.
        WrongArgumentError: there are fewer than two, of several frames, or in different places.
    """
    cells = _several(draft, edit.cells)
    times = sorted({cell >> 32 for cell in cells})
    if len(times) > 1:
        raise WrongArgumentError(
            "cells of different frames cannot be merged",
            expected="cells of one frame",
            found=", ".join(map(cell_text, cells)),
            where=draft.stored.movie.url,
            remedy="link them instead, or merge in each frame by itself",
        )
    labels = draft.labels(times[0])
    union = np.isin(labels, [cell & 0xFFFFFFFF for cell in cells])
    if not edit.apart and not are_together(union):
        raise WrongArgumentError(
            "the cells lie in different places",
            expected=f"cells that are less than {CONTACT_PX:g} pixels apart",
            found=", ".join(map(cell_text, cells)),
            where=draft.stored.movie.url,
            remedy="check their labels; if they are one cell, say so with --apart (apart=True)",
        )
    kept = max(cells, key=lambda cell: (int(draft.mask(cell).sum()), -cell))
    draft.set_labels(times[0], np.where(union, np.uint32(kept & 0xFFFFFFFF), labels))
    made, removed = unite_links(draft, dict.fromkeys(cells, kept))
    return _record("merge", cells, [kept], made, removed)


def delete_cells(draft: Draft, edit: Delete) -> EditRecord:
    """Remove cells with their links.

    Raises:
        NotFoundError: there is no such cell.
        WrongArgumentError: none is named, or one twice.
    """
    cells = _several(draft, edit.cells, least=1)
    for t in sorted({cell >> 32 for cell in cells}):
        gone = [cell & 0xFFFFFFFF for cell in cells if cell >> 32 == t]
        labels = draft.labels(t)
        draft.set_labels(t, np.where(np.isin(labels, gone), np.uint32(0), labels))
    return _record("delete", cells, [], (), drop_links(draft, cells))


def draw_cell(draft: Draft, edit: Draw) -> EditRecord:
    """Draw a new cell, or a new shape for one.

    Raises:
        NotFoundError: there is no such cell or frame.
        WrongArgumentError: it is not said where, the shape covers other cells, or nothing of it is left.
        InvalidDataError: the mask is none of this movie.
    """
    cell, t = _drawn_where(draft, edit)
    shape = _drawn_shape(draft, edit)
    labels = draft.labels(t)
    own = 0 if cell is None else cell & 0xFFFFFFFF
    covered = shape & (labels > 0) & (labels != own)
    shape = _without_overlap(draft, (t, edit), shape, covered)
    label = own or draft.new_label(t)
    drawn = np.where(labels == own, np.uint32(0), labels) if own else labels.copy()
    drawn[shape] = label
    draft.set_labels(t, drawn)
    if cell is not None:
        return _record("draw", [cell], [cell], (), ())
    new = object_id(t, label)
    made, removed = overlap_links(draft, new) if edit.links == "follow" else ((), ())
    return _record("draw", [], [new], made, removed)


def _several(draft: Draft, cells: Sequence[Cell], *, least: int = 2) -> list[int]:
    found = [draft.find(cell) for cell in cells]
    if len(found) < least or len(set(found)) < len(found):
        raise WrongArgumentError(
            "too few cells are named" if len(found) < least else "a cell is named twice",
            expected=f"{least} or more different cells",
            found=", ".join(map(cell_text, found)) or "none",
            where=draft.stored.movie.url,
            remedy="name each cell once",
        )
    return found


def _parts(draft: Draft, cell: int, edit: Split) -> NDArray[np.int32]:
    """Return the parts (y, x) of a cell, numbered from 1."""
    given = [way for way in (edit.line, edit.seeds, edit.parts) if way is not None]
    if len(given) != 1:
        raise WrongArgumentError(
            "it must be said in one way how the cell is split",
            expected="a line, or points in the parts, or an image of the parts",
            found=f"{len(given)} of them",
            remedy="give one of --line, --seeds and --parts",
        )
    mask = draft.mask(cell)
    if edit.line is not None:
        return cut_by_line(mask, edit.line)
    if edit.seeds is not None:
        return cut_by_seeds(mask, edit.seeds, _height(draft, cell, mask))
    return _checked_parts(draft, mask, np.asarray(edit.parts))


def _height(draft: Draft, cell: int, mask: NDArray[np.bool_]) -> NDArray[np.floating]:
    """Return what parts grow by: the predicted EDM, or the distance to the cell's edge."""
    maps = draft.maps(cell >> 32)
    return distance_map(mask.astype(np.int32)) if maps is None else maps["edm"][0]


def _checked_parts(
    draft: Draft, mask: NDArray[np.bool_], parts: NDArray[np.generic]
) -> NDArray[np.int32]:
    _check_image(draft, parts, "iu")
    n_parts = np.unique(parts[mask]).size if np.array_equal(parts != 0, mask) else 0
    if n_parts < 2:
        raise InvalidDataError(
            "the image of parts does not divide this cell",
            expected="two or more numbers on exactly the cell's pixels, 0 elsewhere",
            found=f"{int((parts != 0).sum())} pixels, the cell has {int(mask.sum())}",
            where=draft.stored.movie.url,
            remedy="give every pixel of the cell to a part; `curate draw` changes its shape",
        )
    return np.searchsorted(np.unique(parts), parts).astype(np.int32)


def _check_image(draft: Draft, image: NDArray[np.generic], kinds: str) -> None:
    if image.shape != draft.shape or image.dtype.kind not in kinds:
        raise InvalidDataError(
            "the drawn image does not fit the frame",
            expected=f"{draft.shape[0]} rows, {draft.shape[1]} columns, integers or true and false",
            found=f"shape {image.shape}, {image.dtype}",
            where=draft.stored.movie.url,
            remedy="draw on a frame of this movie at full resolution",
        )


def _largest_first(parts: NDArray[np.int32]) -> list[int]:
    sizes = np.bincount(parts.ravel())[1:]
    return [int(number) + 1 for number in np.argsort(-sizes, kind="stable")]


def _drawn_where(draft: Draft, edit: Draw) -> tuple[int | None, int]:
    """Return the cell that gets a new shape, None for a new one, and the time point."""
    if edit.cell is not None:
        cell = draft.find(edit.cell)
        if edit.t not in (None, cell >> 32):
            raise WrongArgumentError(
                "the cell is in another frame",
                expected=f"t = {cell >> 32}",
                found=f"t = {edit.t}",
                remedy="leave t out where a cell is named",
            )
        return cell, cell >> 32
    if edit.t is None:
        raise WrongArgumentError(
            "it is not said where to draw",
            expected="a time point for a new cell, or a cell for a new shape",
            found="neither",
            remedy="give --t or --cell",
        )
    draft.check_frame(edit.t)
    return None, edit.t


def _drawn_shape(draft: Draft, edit: Draw) -> NDArray[np.bool_]:
    if (edit.polygon is None) == (edit.mask is None):
        raise WrongArgumentError(
            "it must be said in one way what is drawn",
            expected="a polygon or a mask",
            found="neither" if edit.mask is None else "both",
            remedy="give one of --polygon and --mask",
        )
    if edit.polygon is not None:
        return polygon_mask(edit.polygon, draft.shape)
    mask = np.asarray(edit.mask)
    _check_image(draft, mask, "biu")
    return np.asarray(mask != 0, np.bool_)


def _without_overlap(
    draft: Draft,
    drawn: tuple[int, Draw],
    shape: NDArray[np.bool_],
    covered: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return the shape as it may be drawn: all of it, or what no other cell has."""
    t, edit = drawn
    labels = draft.labels(t)
    under = np.unique(labels[covered])
    names = ", ".join(cell_text(object_id(t, int(label))) for label in under)
    if under.size and edit.overlap == "refuse":
        raise WrongArgumentError(
            "the drawn shape covers other cells",
            expected="pixels of the background",
            found=f"{int(covered.sum())} pixels of {names}",
            where=draft.stored.movie.url,
            remedy="say who keeps them: --overlap drawn, or --overlap others",
        )
    if edit.overlap == "others":
        shape = np.logical_and(shape, ~covered)
    vanished = [la for la in under if edit.overlap == "drawn" and not (labels[~shape] == la).any()]
    if not shape.any() or vanished:
        raise WrongArgumentError(
            "nothing would be left of a cell",
            expected="at least a pixel of the drawn cell and of each that it covers",
            found=f"cells under the shape: {names or 'none'}",
            where=draft.stored.movie.url,
            remedy="delete the covered cell first, or draw another shape",
        )
    return shape


def _record(
    operation: str,
    before: Sequence[int],
    after: Sequence[int],
    made: Sequence[tuple[int, int]],
    removed: Sequence[tuple[int, int]],
) -> EditRecord:
    return EditRecord.model_validate(
        {
            "operation": operation,
            "t": min(cell >> 32 for cell in (*before, *after)),
            "before": tuple(before),
            "after": tuple(after),
            "links_made": tuple(made),
            "links_removed": tuple(removed),
        }
    )
