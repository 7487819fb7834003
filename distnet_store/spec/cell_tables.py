"""Which tables hold the cells of a result, their links and their tracks?

Positions and lengths are in level-0 pixels; columns ending in ``_um``, ``_um2`` or ``_s`` are physical and
null where the movie's scale is unknown.
"""

from __future__ import annotations

from typing import Literal, get_args

from distnet_store.spec.table_spec import TableSpec, column

LinkKind = Literal["regular", "split", "merge", "gap"]
LinkOrigin = Literal["forward", "backward", "both", "reference", "assignment", "overlap", "curated"]
TrackBegin = Literal["birth", "entry", "division", "fusion", "appearance", "movie_edge"]
TrackEnd = Literal["division", "fusion", "exit", "lost", "death", "movie_edge"]
Category = Literal["none", "one", "many"]

_CATEGORIES = ("none", "one", "many")

OBJECTS = TableSpec(
    name="objects",
    description="One row per cell and frame, in lineage order, so that a track or a subtree is a range of rows.",
    sorted_by=("track_id", "t"),
    columns=(
        column("object_id", "int64", "", "immutable: t · 2³² + label"),
        column("t", "int32", "frame", "time point, from 0"),
        column("label", "int32", "", "value of the cell's pixels in labels/<result> at t"),
        column(
            "track_id",
            "int64",
            "",
            "derived: rank of the track in preorder over all lineages, from 1",
        ),
        column("lineage_id", "int64", "", "derived: track_id of the lineage's first track"),
        column("time_s", "float64", "second", "t times the frame interval", nullable=True),
        column("centre_y", "float32", "pixel", "medoid, the centre used for tracking"),
        column("centre_x", "float32", "pixel", "medoid, the centre used for tracking"),
        column("centroid_y", "float32", "pixel", "mean of the cell's pixels"),
        column("centroid_x", "float32", "pixel", "mean of the cell's pixels"),
        column("y_um", "float64", "micrometer", "centroid in physical units", nullable=True),
        column("x_um", "float64", "micrometer", "centroid in physical units", nullable=True),
        column("area", "int32", "pixel", "number of pixels"),
        column("area_um2", "float64", "micrometer²", "area in physical units", nullable=True),
        column("bbox_y0", "int32", "pixel", "first row of the bounding box"),
        column("bbox_x0", "int32", "pixel", "first column of the bounding box"),
        column("bbox_y1", "int32", "pixel", "row after the last of the bounding box"),
        column("bbox_x1", "int32", "pixel", "column after the last of the bounding box"),
        column(
            "major_axis",
            "float32",
            "pixel",
            "major axis of the ellipse with the same second moments",
        ),
        column(
            "minor_axis",
            "float32",
            "pixel",
            "minor axis of the ellipse with the same second moments",
        ),
        column(
            "orientation",
            "float32",
            "radian",
            "angle of the major axis from the x axis towards y, in (-π/2, π/2]",
        ),
        column("eccentricity", "float32", "", "eccentricity of that ellipse"),
        column(
            "feret_max",
            "float32",
            "pixel",
            "largest distance between two pixel corners of the cell",
        ),
        column(
            "perimeter",
            "float32",
            "pixel",
            "length of the outline, weighted by the corners it turns",
        ),
        column("touches_border", "bool", "", "whether a pixel lies at the frame's border"),
        column(
            "intensity_mean_c{channel}", "float32", "raw", "mean of the raw pixels of the channel"
        ),
        column("edm_max", "float32", "pixel", "largest predicted EDM in the cell", nullable=True),
        *(
            column(
                f"displacement_{direction}_{axis}",
                "float32",
                "pixel",
                f"median predicted {direction} displacement along {axis}",
                nullable=True,
            )
            for direction in ("backward", "forward")
            for axis in ("y", "x")
        ),
        *(
            column(
                f"multiplicity_{direction}_{category}",
                "float32",
                "probability",
                f"median predicted probability of {category} linked cell in the {direction} direction",
                nullable=True,
            )
            for direction in ("backward", "forward")
            for category in _CATEGORIES
        ),
        *(
            column(
                f"category_{direction}",
                "text",
                "",
                f"the most probable {direction} multiplicity",
                nullable=True,
                values=_CATEGORIES,
            )
            for direction in ("backward", "forward")
        ),
    ),
)

LINKS = TableSpec(
    name="links",
    description="One row per link from a cell to a cell in a later frame.",
    sorted_by=("t", "source_id", "target_id"),
    columns=(
        column("source_id", "int64", "", "object_id of the earlier cell"),
        column("target_id", "int64", "", "object_id of the later cell"),
        column("t", "int32", "frame", "time point of the earlier cell"),
        column("target_t", "int32", "frame", "time point of the later cell"),
        column("source_track_id", "int64", "", "track of the earlier cell"),
        column("target_track_id", "int64", "", "track of the later cell"),
        column(
            "kind",
            "text",
            "",
            "regular: one to one; split: the source has several targets; merge: the target has several sources; "
            "gap: frames lie between",
            values=("regular", "split", "merge", "gap"),
        ),
        column(
            "origin",
            "text",
            "",
            "which displacement found it: forward, backward, both; assignment: the joint assignment, against or "
            "without them; overlap: the masks alone; reference: it was imported; curated: a person made or "
            "confirmed it",
            values=get_args(LinkOrigin),
        ),
        column(
            "residual",
            "float32",
            "pixel",
            "distance from the predicted position, in the direction that found it, to the linked cell's centre",
            nullable=True,
        ),
        column(
            "disagreement",
            "float32",
            "pixel",
            "length of the sum of the source's forward and the target's backward displacement",
            nullable=True,
        ),
    ),
)

TRACKS = TableSpec(
    name="tracks",
    description="One row per track, a maximal run of one-to-one links. The descendants of a track are the "
    "track ids from track_id to subtree_end.",
    sorted_by=("track_id",),
    columns=(
        column("track_id", "int64", "", "rank in preorder over all lineages, from 1"),
        column("lineage_id", "int64", "", "track_id of the lineage's first track"),
        column(
            "parent_track_id",
            "int64",
            "",
            "track before it, -1 where there is none; the first of several",
        ),
        column("parents", "int64 list", "", "all tracks before it"),
        column("children", "int64 list", "", "all tracks after it"),
        column("subtree_end", "int64", "", "largest track_id among its descendants, or its own"),
        column("generation", "int32", "", "number of divisions since the lineage's first track"),
        column("t_first", "int32", "frame", "first time point"),
        column("t_last", "int32", "frame", "last time point"),
        column("n_objects", "int32", "", "number of cells in it"),
        column("first_object_id", "int64", "", "cell at t_first"),
        column("last_object_id", "int64", "", "cell at t_last"),
        column(
            "begin",
            "text",
            "",
            "how it begins: division of its parent, fusion of its parents, entry over the border, appearance in "
            "mid-field, movie_edge: it is there in the first frame; birth: kept for curated data",
            values=("birth", "entry", "division", "fusion", "appearance", "movie_edge"),
        ),
        column(
            "end",
            "text",
            "",
            "how it ends: division, fusion, exit over the border, lost in mid-field, movie_edge: it is there in the "
            "last frame; death: kept for curated data",
            values=("division", "fusion", "exit", "lost", "death", "movie_edge"),
        ),
        column("complete", "bool", "", "whether it begins and ends with a division"),
    ),
)

FRAME_INDEX = TableSpec(
    name="frame_index",
    description="The rows of objects in frame order: row is the position in the objects table.",
    sorted_by=("t", "row"),
    columns=(
        column("t", "int32", "frame", "time point"),
        column("row", "int64", "", "position in the objects table, from 0"),
    ),
)
