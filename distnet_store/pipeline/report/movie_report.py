"""What does a report say of one dataset? What it is, what ran on it, and what came out, as HTML."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.analysis.figure_style import picture_bytes
from distnet_store.pipeline.analysis.lineage_tree import lineage_tree
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.evaluation.measure_table import movie_values
from distnet_store.pipeline.flags import make_flags, read_flags
from distnet_store.pipeline.report.frame_counts import counts_figure, frame_counts
from distnet_store.pipeline.report.lineage_film import (
    LineageFilm,
    largest_lineages,
    lineage_film,
)
from distnet_store.pipeline.review_page import flag_figures
from distnet_store.spec.measures import MEASURES
from distnet_store.spec.runs import RunRecord
from distnet_store.store.journal import run_records
from distnet_store.store.movie import Movie

_MOST_DRAWN_TRACKS: Final = 400
"""A tree of more is a thicket: the largest lineages are drawn instead."""
_SCORES: Final = (
    *("segmentation_percent", "tracking_percent", "incomplete_percent"),
    *("f1_iou50", "mean_iou", "SEG", "DET", "TRA"),
)

StepDone = Callable[[int, int], None]


@dataclass(frozen=True)
class ReportOptions:
    """What a report holds: of each dataset so many films of lineages, and so many flags with pictures."""

    name: str | None = None
    films: int = 3
    flags: int = 12


@dataclass(frozen=True)
class MovieReport:
    """What a report says of one dataset: the figures of its line in the summary, and its section as HTML."""

    title: str
    figures: Mapping[str, int]
    html: str


def movie_report(
    movie: Movie, options: ReportOptions, on_progress: StepDone | None = None
) -> MovieReport:
    """Return what a report says of a dataset and its results.

    Pictures are of one result: the one that is named, else ``corrected``, else ``cells``, else the first with tables.

    Raises:
        NotFoundError: the result that is named has no tables.
    """
    results = [result for result, table in movie.tables() if table == "tracks"]
    shown = _shown(movie, results, options.name)
    steps: list[Callable[[], str]] = [lambda: _facts(movie), lambda: _results(movie, results)]
    if shown is not None:
        steps += [
            lambda: _counts(movie, shown),
            lambda: _tree(movie, shown),
            lambda: _films(movie, shown, options.films),
            lambda: _flags(movie, shown, options.flags),
        ]
    steps += [lambda: _scores(movie, results), lambda: _runs(movie)]
    parts = []
    for number, step in enumerate(steps, 1):
        parts.append(step())
        if on_progress is not None:
            on_progress(number, len(steps))
    figures = {"frames": movie.n_frames} | ({} if shown is None else _figures(movie, shown))
    return MovieReport(_title(movie), figures, "\n".join(part for part in parts if part))


def _title(movie: Movie) -> str:
    return movie.url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".zarr").removesuffix(".ome")


def _shown(movie: Movie, results: Sequence[str], name: str | None) -> str | None:
    """Return the result that pictures are of, None where there is none."""
    if name is not None:
        movie.table(name, "tracks")  # says what is there instead
        return name
    return next((one for one in ("corrected", "cells", *results) if one in results), None)


def _facts(movie: Movie) -> str:
    n_frames, _, height, width = movie.shape
    size, interval = movie.pixel_size_um, movie.frame_interval_s
    rows = [
        ("place", movie.url),
        ("frames", str(n_frames)),
        ("height × width", f"{height} × {width} pixels"),
        ("channels", ", ".join(movie.channel_names)),
        ("pixels", str(movie.dtype)),
        ("pixel size", "unknown" if size is None else f"{size[0]:.5g} × {size[1]:.5g} µm"),
        ("frame interval", "unknown" if interval is None else f"{interval:.6g} s"),
        ("predictions", ", ".join(movie.predictions()) or "none"),
        ("label images", ", ".join(movie.label_names()) or "none"),
    ]
    return table_html("", ("", ""), rows)


def _figures(movie: Movie, name: str) -> dict[str, int]:
    tracks = movie.read_table(name, "tracks", ["n_objects", "end", "lineage_id"])
    ends = tracks["end"].cast(pa.string())
    return {
        "cells": int(pc.sum(tracks["n_objects"]).as_py() or 0),
        "tracks": tracks.num_rows,
        "lineages": int(pc.count_distinct(tracks["lineage_id"]).as_py()),
        "divisions": int(pc.sum(pc.equal(ends, "division")).as_py() or 0),
        "lost in mid-field": int(pc.sum(pc.equal(ends, "lost")).as_py() or 0),
    }


def _results(movie: Movie, results: Sequence[str]) -> str:
    if not results:
        return "<p>There are no tracks yet: <code>distnet-store run</code> makes them.</p>"
    found = {name: _figures(movie, name) for name in results}
    columns = list(found[results[0]])
    rows = [
        (name, *(str(figures[column]) for column in columns)) for name, figures in found.items()
    ]
    return table_html("Results", ("result", *columns), rows)


def _counts(movie: Movie, name: str) -> str:
    figure = counts_figure(movie, frame_counts(movie, name))
    return _section(f"Cells over time, {name}", _svg(figure, "cells and events over time"))


def _tree(movie: Movie, name: str) -> str:
    tracks = movie.read_table(name, "tracks", ["track_id", "lineage_id", "n_objects"])
    if not tracks.num_rows:
        return ""
    chosen, note = None, ""
    if tracks.num_rows > _MOST_DRAWN_TRACKS:
        chosen = _largest(tracks)
        note = f"<p>The {len(chosen)} tracks of the largest lineages, of {tracks.num_rows}.</p>"
    figure = lineage_tree(movie, name, AnalysisOptions(), chosen).draw()
    return _section(f"Lineages, {name}", note + _svg(figure, "tree of lineages over time"))


def _largest(tracks: pa.Table) -> NDArray[np.int64]:
    """Return the tracks of the largest lineages that can be drawn together, at least of one."""
    chosen: list[int] = []
    for lineage in largest_lineages(tracks, tracks.num_rows):
        own = tracks.filter(pc.equal(tracks["lineage_id"], lineage))["track_id"].to_pylist()
        if chosen and len(chosen) + len(own) > _MOST_DRAWN_TRACKS:
            break
        chosen += own
    return np.array(chosen, np.int64)


def _films(movie: Movie, name: str, count: int) -> str:
    tracks = movie.read_table(name, "tracks", ["lineage_id", "n_objects"])
    films = [lineage_film(movie, name, one) for one in largest_lineages(tracks, count)]
    if not films:
        return ""
    return _section(
        f"Films of the largest lineages, {name}",
        f'<div class="crops">{"".join(map(_film, films))}</div>',
    )


def _film(film: LineageFilm) -> str:
    width, height = film.size
    words = f"lineage {film.lineage_id}: {film.n_tracks} tracks, {film.n_cells} cells"
    span = f"t {film.frames[0]} to {film.frames[-1]}"
    data = b64encode(film.data).decode("ascii")
    return (
        f'<figure><img src="data:image/webp;base64,{data}" width="{width}" height="{height}" '
        f'alt="film of {escape(words)}"><figcaption>{escape(words)}, {span}</figcaption></figure>'
    )


def _flags(movie: Movie, name: str, count: int) -> str:
    try:
        flags = read_flags(movie, name)
    except NotFoundError:  # a report writes nothing into the dataset
        flags = make_flags(movie, name)
    kinds = flags["kind"].cast(pa.string()).value_counts().to_pylist()
    numbers = ", ".join(
        f"{one['counts']} {one['values']}" for one in sorted(kinds, key=lambda k: -k["counts"])
    )
    figures = "".join(flag_figures(movie, name, flags.slice(0, count)))
    text = f"<p>{flags.num_rows} cells or links are worth a look: {escape(numbers)}.</p>"
    body = f'{text}<div class="crops">{figures}</div>' if flags.num_rows else "<p>None.</p>"
    return _section(f"What to look at first, {name}", body)


def _scores(movie: Movie, results: Sequence[str]) -> str:
    judged = [name for name in results if (name, "measures") in movie.tables()]
    if not judged:
        return ""
    values = {name: movie_values(movie.read_table(name, "measures")) for name in judged}
    rows = []
    for measure in _SCORES:
        unit = "%" if MEASURES[measure].unit == "percent" else ""
        cells = [_number(values[name].get(measure)) for name in judged]
        rows.append((measure, *(f"{cell}{unit}" for cell in cells), MEASURES[measure].description))
    return table_html("Scores", ("measure", *judged, "meaning"), rows)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _runs(movie: Movie) -> str:
    """Return what ran, with all parameters folded away."""
    if movie.attributes is None or movie.location.is_web:
        return ""
    return _section("What ran", "".join(map(_run, run_records(movie.location))))


def _run(run: RunRecord) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in run.counts.items())
    head = f"{run.operator} → {run.target}, {run.finished}" + (f": {counts}" if counts else "")
    rows = [(name, _plain(value)) for name, value in run.parameters.items()]
    rows += [(f"input {name}", digest) for name, digest in run.inputs.items()]
    rows += [(f"version of {name}", version) for name, version in run.versions.items()]
    if run.model_digest is not None:
        rows.append(("digest of the model", run.model_digest))
    warnings = "".join(f"<p>{escape(text)}</p>" for text in run.warnings)
    return f"<details><summary>{escape(head)}</summary>{warnings}{table_html('', ('', ''), rows)}</details>"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _section(title: str, body: str) -> str:
    return f"<section><h3>{escape(title)}</h3>\n{body}</section>"


def _svg(figure: Figure, meaning: str) -> str:
    data = b64encode(picture_bytes(figure, "svg")).decode("ascii")
    return f'<img class="plot" src="data:image/svg+xml;base64,{data}" alt="{escape(meaning)}">'


def table_html(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, raw_first: bool = False
) -> str:
    """Return a table as HTML under a heading, its texts escaped; `raw_first`: the first column is HTML already."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    lines = []
    for row in rows:
        cells = [
            text if raw_first and place == 0 else escape(text) for place, text in enumerate(row)
        ]
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    top = f"<tr>{head}</tr>" if any(columns) else ""
    body = f'<div class="wide"><table>{top}{"".join(lines)}</table></div>'
    return _section(title, body) if title else body
