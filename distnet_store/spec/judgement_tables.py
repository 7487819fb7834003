"""Which tables say what was corrected in a result, and how right it is?"""

from __future__ import annotations

from typing import Literal, get_args

from distnet_store.spec.table_spec import TableSpec, column

ErrorKind = Literal[
    "false negative",
    "false positive",
    "over-segmentation",
    "under-segmentation",
    "false negative link",
    "false positive link",
    "unlinked part",
]

EditRule = Literal[
    "merge tracks",
    "split track",
    "left alone: one fragment",
    "left alone: fragments not told apart",
    "left alone: size of one cell",
    "left alone: curated",
    "left alone: undecided",
]

_LABEL_LIST = "int64 list"

EDITS = TableSpec(
    name="edits",
    description="One row per suspect merge or split of tracks that correction looked at: what it did, and by which "
    "evidence. The events that were left alone come last.",
    sorted_by=("edit",),
    columns=(
        column(
            "edit", "int64", "", "number of the edit in the order in which they were made, from 1"
        ),
        column("round", "int32", "", "round of merging and splitting, from 1"),
        column(
            "rule",
            "text",
            "",
            "merge tracks: the several tracks were in contact in every frame that has more than one of them; split "
            "track: they were apart once, or several in more frames than one, so the single track was cut; left alone: "
            "a cell of the single track gave one fragment only, or its fragments belong to fewer cells than there "
            "are, or it is only as large as one of them, or a person spoke of a cell or a link concerned, or masks "
            "alone do not tell which of the frames are wrong (undecided)",
            values=get_args(EditRule),
        ),
        column(
            "event",
            "text",
            "",
            "merge: several tracks end in one; split: one track ends in several",
            values=("merge", "split"),
        ),
        column("t_event", "int32", "frame", "time point of the cell that has several neighbours"),
        column("t_first", "int32", "frame", "first time point of the cells before"),
        column("t_last", "int32", "frame", "last time point of the cells before"),
        column(
            "object_ids_before",
            "int64 list",
            "",
            "cells that were taken away, in the labels as they were then; those of the single track where the event "
            "was left alone",
        ),
        column("object_ids_after", "int64 list", "", "cells in their place"),
        column(
            "probability_many",
            "float32",
            "probability",
            "median predicted probability of many linked cells, of the cell that has them; null without a prediction",
            nullable=True,
        ),
        column(
            "contact_distance",
            "float32",
            "pixel",
            "between contours: by which the tracks are apart, or the largest at which they were still in contact; "
            "infinite where the poles of rods do not face; null where no frame has several of the tracks",
            nullable=True,
        ),
        column(
            "t_contact", "int32", "frame", "time point of that distance, -1 where there is none"
        ),
        column(
            "n_frames_together",
            "int32",
            "frame",
            "number of frames that have several of the tracks",
        ),
        column("n_frames_single", "int32", "frame", "number of frames of the single track"),
        column(
            "area_ratio",
            "float32",
            "",
            "area of the single cell by that of its neighbours together",
        ),
        column(
            "is_link_restored",
            "bool",
            "",
            "whether correction put a lost link back first, without which nothing told of a fault",
        ),
        column("bbox_y0", "int32", "pixel", "first row of the box around these cells"),
        column("bbox_x0", "int32", "pixel", "first column of the box around these cells"),
        column("bbox_y1", "int32", "pixel", "row after the last of the box around these cells"),
        column("bbox_x1", "int32", "pixel", "column after the last of the box around these cells"),
    ),
)

SCORES = TableSpec(
    name="scores",
    description="One row per error of the result, by a reference, whether it counts or not: where to go and look.",
    sorted_by=("t",),
    columns=(
        column(
            "t", "int32", "frame", "time point of the cell; of a link, that of its earlier cell"
        ),
        column("target_t", "int32", "frame", "time point of a link's later cell", nullable=True),
        column("kind", "text", "", "what is wrong", values=get_args(ErrorKind)),
        column("count", "int32", "", "how many errors it counts for: N - 1 for N cells or parts"),
        column("counted", "bool", "", "false: it touches the border or lies outside the frames"),
        column("forgiven", "bool", "", "within mitosis_tolerance: it leaves its lineage complete"),
        column(
            "reference_labels",
            _LABEL_LIST,
            "",
            "cells of the reference at t, those at the border too",
        ),
        column("result_labels", _LABEL_LIST, "", "cells of the result at t"),
        column("reference_target_labels", _LABEL_LIST, "", "cells of the reference at target_t"),
        column("result_target_labels", _LABEL_LIST, "", "cells of the result at target_t"),
        column("reference_track_ids", _LABEL_LIST, "", "tracks of the reference that it concerns"),
        column("y", "float32", "pixel", "mean row of the cells concerned"),
        column("x", "float32", "pixel", "mean column of the cells concerned"),
        column("bbox_y0", "int32", "pixel", "first row of the box around them"),
        column("bbox_x0", "int32", "pixel", "first column of the box around them"),
        column("bbox_y1", "int32", "pixel", "row after the last of the box around them"),
        column("bbox_x1", "int32", "pixel", "column after the last of the box around them"),
    ),
)

MEASURES = TableSpec(
    name="measures",
    description="One row per figure of an evaluation: of the movie, of a frame, of a pair of frames, of a lineage.",
    sorted_by=(),
    columns=(
        column(
            "scope",
            "text",
            "",
            "what the figure is of; lineage: a track of the reference",
            values=("movie", "frame", "pair", "lineage"),
        ),
        column("t", "int32", "frame", "frame, or earlier frame of a pair", nullable=True),
        column("target_t", "int32", "frame", "later frame of a pair", nullable=True),
        column("reference_track_id", "int64", "", "the lineage", nullable=True),
        column("measure", "text", "", "name of the figure"),
        column("value", "float64", "", "the figure; null where it is not defined", nullable=True),
        column("unit", "text", "", "count, percent or fraction"),
        column(
            "source", "text", "", "paper: section 2.6 of the paper; ctc: Cell Tracking Challenge"
        ),
    ),
)
