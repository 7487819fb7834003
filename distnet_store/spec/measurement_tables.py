"""Which tables hold what `measure` finds of the cells of a result and of their tracks?

The tables of objects and tracks say what follows from labels and links at no cost; these hold what takes pixels of the
image, a whole track, or a parameter.
"""

from __future__ import annotations

from distnet_store.spec.table_spec import TableSpec, column

MEASUREMENTS = TableSpec(
    name="measurements",
    description="One row per cell and frame, in the order of objects: measurements along the spine, against the "
    "background, and along the track.",
    sorted_by=("track_id", "t"),
    columns=(
        column("object_id", "int64", "", "the cell, as in objects"),
        column("track_id", "int64", "", "its track when it was measured"),
        column("t", "int32", "frame", "time point, from 0"),
        column(
            "spine_length", "float32", "pixel", "length along the middle line, from pole to pole"
        ),
        column(
            "spine_width", "float32", "pixel", "width of a rod that spreads as far from that line"
        ),
        column(
            "spine_length_um",
            "float64",
            "micrometer",
            "the same; null where pixels are not square, or their size is not known",
            nullable=True,
        ),
        column(
            "spine_width_um",
            "float64",
            "micrometer",
            "the same; null where pixels are not square, or their size is not known",
            nullable=True,
        ),
        column(
            "intensity_sd_c{channel}",
            "float32",
            "raw",
            "standard deviation of the cell's raw pixels of the channel",
        ),
        column(
            "background_c{channel}",
            "float32",
            "raw",
            "median of the background around the cell; null where there is none",
            nullable=True,
        ),
        column(
            "background_sd_c{channel}",
            "float32",
            "raw",
            "1.4826 times the median absolute deviation of that background",
            nullable=True,
        ),
        column(
            "intensity_above_c{channel}",
            "float64",
            "raw",
            "sum over the cell's pixels of what is above the background",
            nullable=True,
        ),
        column(
            "snr_c{channel}",
            "float32",
            "",
            "mean above the background over the background's deviation; null where that is 0",
            nullable=True,
        ),
        column(
            "step",
            "float32",
            "pixel",
            "distance of the centroid from that of the track's cell in the frame before",
            nullable=True,
        ),
        column(
            "speed_um_per_s",
            "float64",
            "micrometer per second",
            "the same in micrometer, over the frame interval",
            nullable=True,
        ),
        column(
            "growth_rate",
            "float32",
            "1/frame",
            "slope of the logarithm of the area over the cells of the track around it",
            nullable=True,
        ),
        column("growth_rate_per_s", "float64", "1/second", "the same per second", nullable=True),
    ),
)

CYCLES = TableSpec(
    name="cycles",
    description="One row per track: how long it lasts, how it grows, and how it moves.",
    sorted_by=("track_id",),
    columns=(
        column("track_id", "int64", "", "the track, as in tracks"),
        column("lineage_id", "int64", "", "track_id of the lineage's first track"),
        column(
            "sister_track_id",
            "int64",
            "",
            "the other child of its parent; null where there is not exactly one",
            nullable=True,
        ),
        column("generation", "int32", "", "number of divisions since the lineage's first track"),
        column("complete", "bool", "", "whether it begins and ends with a division"),
        column(
            "duration",
            "int32",
            "frame",
            "frames from the first to the last: of a complete track the division time",
        ),
        column("duration_s", "float64", "second", "the same in seconds", nullable=True),
        column("area_first", "int32", "pixel", "area of its first cell"),
        column("area_last", "int32", "pixel", "area of its last cell"),
        column("spine_length_first", "float32", "pixel", "spine length of its first cell"),
        column("spine_length_last", "float32", "pixel", "spine length of its last cell"),
        column(
            "growth_rate",
            "float64",
            "1/frame",
            "slope of the logarithm of the area, of cells that do not touch the border; null of fewer than two",
            nullable=True,
        ),
        column(
            "growth_rate_error",
            "float64",
            "1/frame",
            "standard error of that slope; null of fewer than three cells",
            nullable=True,
        ),
        column("growth_rate_per_s", "float64", "1/second", "the slope per second", nullable=True),
        column(
            "doubling_time_s",
            "float64",
            "second",
            "ln 2 over that slope; null where the cell does not grow",
            nullable=True,
        ),
        column("path_length", "float64", "pixel", "sum of its steps between consecutive frames"),
        column("net_displacement", "float64", "pixel", "distance from its first to its last cell"),
        column(
            "mean_speed", "float64", "pixel per frame", "mean of its steps per frame", nullable=True
        ),
        column(
            "mean_speed_um_per_s",
            "float64",
            "micrometer per second",
            "the same in micrometer per second",
            nullable=True,
        ),
        column(
            "straightness",
            "float64",
            "",
            "net displacement over the length of the whole way, from 0 to 1; null where nothing moves",
            nullable=True,
        ),
        column(
            "turn_cosine",
            "float64",
            "",
            "mean cosine of the angle between a step and the next: 1 straight on, 0 at random, -1 back and forth",
            nullable=True,
        ),
    ),
)
