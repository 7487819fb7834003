"""What is in a dataset, in a few lines?"""

from __future__ import annotations

from distnet_store.store.journal import run_records
from distnet_store.store.movie import Movie


def describe_movie(movie: Movie) -> dict[str, object]:
    """Return what a dataset holds: shape, scale, channels, and the results that are whole."""
    own = movie.attributes
    is_listed = own is not None and not movie.location.is_web
    runs = run_records(movie.location) if is_listed else []
    return {
        "schema": own.schema_version
        if own is not None
        else "none: written by another program, read only",
        "OME-NGFF": movie.layout.ngff_version,
        "pixels from": own.provenance.format if own is not None else "another program",
        "frames": movie.n_frames,
        "channels": list(movie.channel_names),
        "height × width, pixels": f"{movie.shape[2]} × {movie.shape[3]}",
        "data type": str(movie.dtype),
        "pixel size, µm": movie.pixel_size_um,
        "frame interval, s": movie.frame_interval_s,
        "pyramid levels": len(movie.layout.levels),
        "predictions": movie.predictions(),
        "labels": movie.label_names(),
        "tables": [f"{result}/{name}" for result, name in movie.tables()],
        "runs": "not listed by a web server"
        if movie.location.is_web
        else [f"{run.operator} → {run.target} ({run.finished})" for run in runs],
    }
