"""How are the pixels and rows that an edit changes kept, so that it can be undone and redone exactly?"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDatasetError
from distnet_store.ops.objects import ObjectColumns

LINK_COLUMNS = ("source_id", "target_id", "origin", "residual", "disagreement")
"""Columns of a link: object ids, the name of the origin, pixels, pixels."""

LINEAGE_COLUMNS = ("first_object_id", "track_id")
"""Columns of a lineage: object id of its first cell, and its first track id."""

_TABLES = ("objects_before", "objects_after", "links_before", "links_after")
_LINEAGES = ("lineages_before", "lineages_after")


@dataclass(frozen=True)
class FrameBox:
    """A box of one frame: labels (h, w) uint32 before and after, and its first row and column."""

    t: int
    y: int
    x: int
    before: NDArray[np.uint32]
    after: NDArray[np.uint32]


@dataclass(frozen=True)
class CurationPatch:
    """All that an entry changes.

    Attributes:
        boxes: one for each frame whose labels change.
        objects_before: measured columns of the cells that change or vanish.
        objects_after: of those that change or appear.
        links_before: `LINK_COLUMNS` of the links that change or vanish.
        links_after: of those that change or appear.
        lineages_before: `LINEAGE_COLUMNS` of the lineages that vanish or begin with another track id.
        lineages_after: of those that appear or begin with another track id. Without columns in patches
            of before there were any: then lineages come by the first frame and label of each.
    """

    boxes: tuple[FrameBox, ...]
    objects_before: ObjectColumns
    objects_after: ObjectColumns
    links_before: ObjectColumns
    links_after: ObjectColumns
    lineages_before: ObjectColumns = field(default_factory=dict)
    lineages_after: ObjectColumns = field(default_factory=dict)

    def reversed(self) -> CurationPatch:
        """Return the patch that takes this one back."""
        boxes = tuple(FrameBox(b.t, b.y, b.x, b.after, b.before) for b in self.boxes)
        return CurationPatch(
            boxes,
            self.objects_after,
            self.objects_before,
            self.links_after,
            self.links_before,
            self.lineages_after,
            self.lineages_before,
        )

    @property
    def changes_rows(self) -> bool:
        """Whether a row of objects or links changes."""
        return any(_n_rows(getattr(self, table)) for table in _TABLES)


def patch_bytes(patch: CurationPatch) -> bytes:
    """Return a patch as an NPZ file without pickled objects; the same patch gives the same bytes."""
    boxes = patch.boxes
    arrays: dict[str, NDArray[np.generic]] = {
        "boxes": np.array([(b.t, b.y, b.x) for b in boxes], np.int64).reshape(-1, 3)
    }
    for index, box in enumerate(boxes):
        arrays |= {f"box_before.{index}": box.before, f"box_after.{index}": box.after}
    for table in (*_TABLES, *_LINEAGES):
        arrays |= {f"{table}.{name}": column for name, column in getattr(patch, table).items()}
    sink = io.BytesIO()
    np.savez_compressed(sink, allow_pickle=False, **arrays)
    return sink.getvalue()


def read_patch(data: bytes, where: str) -> CurationPatch:
    """Return the patch of a file.

    Raises:
        InvalidDatasetError: it is damaged.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _patch({name: arrays[name] for name in arrays.files})
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidDatasetError(
            "the patch of an edit is damaged",
            found=str(error),
            where=where,
            remedy="restore the file; without it the edit can be neither finished nor undone",
        ) from error


def _patch(arrays: dict[str, NDArray[np.generic]]) -> CurationPatch:
    boxes = tuple(
        FrameBox(int(t), int(y), int(x), _pixels(arrays, i, "before"), _pixels(arrays, i, "after"))
        for i, (t, y, x) in enumerate(arrays["boxes"])
    )
    return CurationPatch(
        boxes, **{table: _columns(arrays, table) for table in (*_TABLES, *_LINEAGES)}
    )


def _pixels(arrays: dict[str, NDArray[np.generic]], index: int, side: str) -> NDArray[np.uint32]:
    return arrays[f"box_{side}.{index}"].astype(np.uint32, copy=False)


def _columns(arrays: dict[str, NDArray[np.generic]], table: str) -> ObjectColumns:
    head = f"{table}."
    return {k.removeprefix(head): v for k, v in arrays.items() if k.startswith(head)}


def _n_rows(columns: ObjectColumns) -> int:
    return next(iter(columns.values())).size if columns else 0
