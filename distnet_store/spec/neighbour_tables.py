"""Which tables say where the outline of each cell runs, and what lies around it?"""

from __future__ import annotations

from distnet_store.spec.table_spec import TableSpec, column

OUTLINES = TableSpec(
    name="outlines",
    description="One row per cell and frame: its outline. GeoParquet 1.1, so that geopandas, DuckDB and QGIS open it.",
    sorted_by=("t", "label"),
    columns=(
        column("object_id", "int64", "", "the cell"),
        column("t", "int32", "frame", "time point"),
        column("label", "int32", "", "value of its pixels in labels/<result> at t"),
        column("track_id", "int64", "", "its track, when the outlines were written"),
        column("lineage_id", "int64", "", "its lineage, likewise"),
        column("time_s", "float64", "second", "t times the frame interval", nullable=True),
        column(
            "bbox", "box", "micrometer or pixel", "the least and largest x and y of the outline"
        ),
        column(
            "geometry",
            "wkb",
            "micrometer or pixel",
            "polygon, or multipolygon of a cell in several parts, as WKB: x, y, the centre of the first pixel being "
            "0, 0; in pixels where the pixel size is not known",
        ),
    ),
)

NEIGHBOURS = TableSpec(
    name="neighbours",
    description="One row per pair of cells of a frame that touch or are near: the edges of the graph of neighbours.",
    sorted_by=("t", "object_id", "neighbour_id"),
    columns=(
        column("t", "int32", "frame", "time point"),
        column("object_id", "int64", "", "the cell with the smaller id"),
        column("neighbour_id", "int64", "", "object_id of the other"),
        column("track_id", "int64", "", "track of the first, when the table was written"),
        column("neighbour_track_id", "int64", "", "track of the other, likewise"),
        column(
            "contact_px", "int32", "pixel", "number of sides of pixels that they have in common"
        ),
        column(
            "contact_um", "float64", "micrometer", "length of their common border", nullable=True
        ),
        column("distance_px", "float32", "pixel", "between their outlines, 0 where they touch"),
        column("distance_um", "float64", "micrometer", "the same", nullable=True),
    ),
)

SURROUNDINGS = TableSpec(
    name="surroundings",
    description="One row per cell and frame: its neighbours, how crowded it is, how far from the colony's edge.",
    sorted_by=("t", "label"),
    columns=(
        column("object_id", "int64", "", "the cell"),
        column("t", "int32", "frame", "time point"),
        column("label", "int32", "", "value of its pixels in labels/<result> at t"),
        column("track_id", "int64", "", "its track, when the table was written"),
        column("n_touching", "int32", "", "cells with which it has a border in common"),
        column("n_neighbours", "int32", "", "cells in the table of neighbours"),
        column("contact_px", "int32", "pixel", "sides of its pixels that touch other cells"),
        column("contact_um", "float64", "micrometer", "length of these borders", nullable=True),
        column(
            "contact_fraction", "float32", "", "part of the sides of its outline that touch others"
        ),
        column(
            "nearest_id", "int64", "", "the nearest cell; null where it is alone", nullable=True
        ),
        column("nearest_px", "float32", "pixel", "to the nearest cell, by outlines", nullable=True),
        column("nearest_um", "float64", "micrometer", "the same", nullable=True),
        column(
            "n_within", "int32", "", "other cells whose centroid is within radius_px of its own"
        ),
        column(
            "covered_within",
            "float32",
            "",
            "part of the disc of radius_px around its centroid, inside the frame, that cells cover",
        ),
        column(
            "edge_px",
            "float32",
            "pixel",
            "from its centroid to the edge of the colony, which is the union of all cells closed by a disc of "
            "closing_px; null where that fills the frame",
            nullable=True,
        ),
        column("edge_um", "float64", "micrometer", "the same", nullable=True),
    ),
)
