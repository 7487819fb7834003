"""Which function carries out which edit?"""

from __future__ import annotations

from typing import assert_never

from distnet_store.pipeline.curation.draft import Draft
from distnet_store.pipeline.curation.edit_types import (
    Confirm,
    Delete,
    Divide,
    Draw,
    Edit,
    Link,
    Merge,
    Split,
    Swap,
    Unlink,
)
from distnet_store.pipeline.curation.link_edits import (
    confirm_cells,
    divide_cell,
    link_cells,
    swap_tracks,
    unlink_cells,
)
from distnet_store.pipeline.curation.pixel_edits import (
    delete_cells,
    draw_cell,
    merge_cells,
    split_cell,
)
from distnet_store.spec.curation_table import EditRecord


def apply_edit(draft: Draft, edit: Edit) -> tuple[EditRecord, ...]:
    """Carry out an edit on a draft; return what it did.

    Raises:
        DistnetError: the edit is not valid; see the functions of each.
    """
    match edit:
        case Split():
            return (split_cell(draft, edit),)
        case Merge():
            return (merge_cells(draft, edit),)
        case Delete():
            return (delete_cells(draft, edit),)
        case Draw():
            return (draw_cell(draft, edit),)
        case Link():
            return (link_cells(draft, edit),)
        case Unlink():
            return (unlink_cells(draft, edit),)
        case Divide():
            return (divide_cell(draft, edit),)
        case Swap():
            return (swap_tracks(draft, edit),)
        case Confirm():
            return (confirm_cells(draft, edit),)
        case _:
            assert_never(edit)
