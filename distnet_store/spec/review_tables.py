"""Which tables say what a person should look at in a result, and what was chosen in it by name?"""

from __future__ import annotations

from typing import Literal, get_args

from distnet_store.spec.table_spec import TableSpec, column

FlagKind = Literal[
    "sudden growth",
    "sudden shrinkage",
    "low agreement",
    "directions disagree",
    "sudden move",
    "lost in mid-field",
    "appears in mid-field",
    "very short track",
    "suspect merge",
    "suspect split",
    "implausible division",
]
"""What can be doubtful, in the order in which it goes before another of equal evidence."""

SelectionKind = Literal["cells", "tracks"]

FLAGS = TableSpec(
    name="flags",
    description="One row per cell or link that a person should look at, the most doubtful first.",
    sorted_by=("rank",),
    columns=(
        column("rank", "int64", "", "place in the order in which to look, from 1"),
        column(
            "score",
            "float64",
            "",
            "1 / (1 + n), n being how often chance alone makes one like it in a movie as this one: near 1, look here; "
            "0.5, one such is to be expected",
        ),
        column("kind", "text", "", "what is doubtful", values=get_args(FlagKind)),
        column("also", "string", "", "what else is, separated by commas", nullable=True),
        column("track_id", "int64", "", "track of the cell, when the flags were written"),
        column("object_id", "int64", "", "the cell; of a link, the earlier one"),
        column("target_id", "int64", "", "object_id of a link's later cell", nullable=True),
        column("t", "int32", "frame", "time point of the cell"),
        column("target_t", "int32", "frame", "time point of a link's later cell", nullable=True),
        column(
            "value",
            "float64",
            "",
            "what was measured: area over the expected one (growth, shrinkage, division); pixels (agreement, "
            "directions, move, distance to the border); frames (short track); probability of many (merge, split)",
            nullable=True,
        ),
        column(
            "expected",
            "float64",
            "",
            "what nine in ten others in the movie keep to, in the unit of the value",
            nullable=True,
        ),
        column("n_affected", "int64", "", "cells of the track and all of its descendants"),
        column("y", "float32", "pixel", "row of the centre of what is shown"),
        column("x", "float32", "pixel", "column of the centre of what is shown"),
        column("bbox_y0", "int32", "pixel", "first row of the box around the cells"),
        column("bbox_x0", "int32", "pixel", "first column of the box around the cells"),
        column("bbox_y1", "int32", "pixel", "row after the last of the box around the cells"),
        column("bbox_x1", "int32", "pixel", "column after the last of the box around the cells"),
        column("reason", "string", "", "the same in a sentence"),
    ),
)

SELECTIONS = TableSpec(
    name="selections",
    description="One row per cell of a named selection. Track ids may change, so cells are what is stored.",
    sorted_by=("name", "object_id"),
    columns=(
        column("name", "string", "", "name of the selection"),
        column(
            "kind",
            "text",
            "",
            "cells: these cells alone; tracks: the whole tracks that hold them now",
            values=get_args(SelectionKind),
        ),
        column("object_id", "int64", "", "a cell that was chosen"),
        column(
            "labels", "string", "", "derived_from of the labels when it was saved", nullable=True
        ),
        column("note", "string", "", "what the selection is for", nullable=True),
        column("created", "string", "", "when it was saved: ISO 8601, UTC", nullable=True),
    ),
)
