"""What did a person change in a result, in a table and in the journal that can undo it?"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from distnet_store.spec.dataset import SpecModel
from distnet_store.spec.table_spec import TableSpec, column
from distnet_store.spec.version import SCHEMA_VERSION

CurationOperation = Literal[
    "split", "merge", "delete", "draw", "link", "unlink", "divide", "swap", "confirm"
]

CURATION = TableSpec(
    name="curation",
    description="One row per edit that a person made in this result, in the order in which they were made; those "
    "that were undone too, until a table without any edit in force is removed. A corrected result begins with the "
    "rows of the result that it was made from.",
    sorted_by=("number", "edit"),
    columns=(
        column(
            "number",
            "int64",
            "",
            "number of the journal's entry; the edits of one entry were made and are undone together",
        ),
        column("edit", "int32", "", "place of the edit in its entry, from 1"),
        column(
            "operation",
            "text",
            "",
            "split: a cell was cut; merge: cells of a frame became one; delete; draw: a new cell, or a new shape of "
            "one; link; unlink; divide: a cell was linked to its daughters; swap: two tracks exchanged what follows; "
            "confirm: the cells, and the links between them, are right",
            values=get_args(CurationOperation),
        ),
        column("t", "int32", "frame", "first time point that it concerns"),
        column("object_ids_before", "int64 list", "", "cells that it looked at or took away"),
        column("object_ids_after", "int64 list", "", "cells in their place"),
        column("frames", "int64 list", "frame", "time points that were confirmed as a whole"),
        column("links_made_source", "int64 list", "", "earlier cell of each link that it made"),
        column("links_made_target", "int64 list", "", "later cell of each of them"),
        column("links_removed_source", "int64 list", "", "earlier cell of each link it removed"),
        column("links_removed_target", "int64 list", "", "later cell of each of them"),
        column("author", "string", "", "who made it"),
        column("time", "string", "", "when, UTC, ISO 8601"),
        column("note", "string", "", "why, in the author's words"),
        column("undone", "bool", "", "whether it was undone, so that nothing of it is there"),
    ),
)


class EditRecord(SpecModel):
    """One edit of an entry: what it concerned, by object ids (t · 2³² + label)."""

    operation: CurationOperation
    t: int = Field(ge=0, description="first time point that it concerns")
    before: tuple[int, ...] = Field(description="cells that it looked at or took away")
    after: tuple[int, ...] = Field(description="cells in their place")
    frames: tuple[int, ...] = Field(default=(), description="frames confirmed as a whole")
    links_made: tuple[tuple[int, int], ...] = ()
    links_removed: tuple[tuple[int, int], ...] = ()


class ResultDigests(SpecModel):
    """What the groups of a result carry as `derived_from`."""

    labels: str
    tables: str
    tracks: str | None = Field(description="of the label image of track ids; none where it is not")


class CurationEntry(SpecModel):
    """One entry of a result's journal of curation. Created before anything is changed, and only if absent."""

    schema_version: str = SCHEMA_VERSION
    number: int = Field(ge=1)
    action: Literal["edit", "undo", "redo"]
    of: int = Field(ge=1, description="the entry whose edits are made, taken back or made again")
    edits: tuple[EditRecord, ...] = Field(description="for undo and redo none: they are in `of`")
    patch: str = Field(description="name of the file with pixels and rows before and after")
    before: ResultDigests
    after: ResultDigests
    writer: str = Field(description="host (a digest of its name) and number of the process")
    author: str
    time: str = Field(description="UTC time, ISO 8601")
    note: str = ""
