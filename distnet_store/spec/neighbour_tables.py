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
