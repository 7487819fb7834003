"""How do the figures of an evaluation stand in one tidy table?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pyarrow as pa

from distnet_store.metrics.detection import Detection
from distnet_store.metrics.evaluation import Evaluation
from distnet_store.spec.measures import MEASURES
from distnet_store.spec.tables import arrow_schema

Scope = Literal["frame", "pair", "lineage"]

_KEYS: dict[Scope, tuple[str, ...]] = {
    "frame": ("t",),
    "pair": ("t", "target_t"),
    "lineage": ("reference_track_id",),
}
"""Columns that say what the figures of a scope are of."""


def measure_table(
    evaluation: Evaluation, detection: Detection, challenge: Mapping[str, float | None]
) -> pa.Table:
    """Return the figures of the movie, its frames, its pairs of frames and its lineages, a row each.

    `challenge` are measures of the Cell Tracking Challenge by name; those of `MEASURES` that it does
    not hold are null.
    """
    parts = [
        _movie_rows({**_paper(evaluation), **_iou(detection), **challenge}),
        _long_rows("frame", evaluation.frames, {"t": "t"}),
        _long_rows("pair", evaluation.pairs, {"t": "t", "target_t": "target_t"}),
        _long_rows("lineage", _judged(evaluation), {"track_id": "reference_track_id"}),
    ]
    return pa.concat_tables(parts).unify_dictionaries().combine_chunks()


def movie_values(measures: pa.Table) -> dict[str, float | None]:
    """Return the figures of the movie by name, in the order of `MEASURES`."""
    rows = measures.filter(pa.compute.equal(measures["scope"].cast(pa.string()), "movie"))
    return dict(zip(rows["measure"].to_pylist(), rows["value"].to_pylist(), strict=True))


def wide_table(measures: pa.Table, scope: Scope) -> pa.Table:
    """Return the figures of frames, pairs or lineages with a row for each and a column per figure.

    Example:
        >>> wide_table(arrow_schema("measures").empty_table(), "pair").column_names
        ['t', 'target_t']
    """
    rows = measures.filter(pa.compute.equal(measures["scope"].cast(pa.string()), scope))
    names = rows["measure"].cast(pa.string())
    columns: dict[str, pa.ChunkedArray] = {}
    for name in pa.compute.unique(names).to_pylist():
        chosen = rows.filter(pa.compute.equal(names, name))
        columns |= {key: chosen[key] for key in _KEYS[scope]}
        columns[name] = chosen["value"].cast(pa.int64())
    return pa.table(columns or {key: rows[key] for key in _KEYS[scope]})


def _paper(evaluation: Evaluation) -> dict[str, float | None]:
    names = [name for name, spec in MEASURES.items() if spec.source == "paper"]
    return {name: getattr(evaluation.counts, name) for name in names}


def _iou(detection: Detection) -> dict[str, float | None]:
    return {"f1_iou50": detection.f1, "mean_iou": detection.mean_iou}


def _judged(evaluation: Evaluation) -> pa.Table:
    """Return track and errors of the lineages that count."""
    counted = evaluation.lineages.filter(evaluation.lineages["counted"].cast(pa.bool_()))
    return counted.select(["track_id", "errors"])


def _movie_rows(values: Mapping[str, float | None]) -> pa.Table:
    return _rows(
        {
            "scope": ["movie"] * len(MEASURES),
            "measure": list(MEASURES),
            "value": [values.get(name) for name in MEASURES],
            "unit": [spec.unit for spec in MEASURES.values()],
            "source": [spec.source for spec in MEASURES.values()],
        }
    )


def _long_rows(scope: str, wide: pa.Table, keys: Mapping[str, str]) -> pa.Table:
    """Return a table with a column per figure as one with a row per figure."""
    names = [name for name in wide.column_names if name not in keys]
    n = wide.num_rows
    columns = {key: np.repeat(wide[name].to_numpy(), len(names)) for name, key in keys.items()}
    stacked = [wide[name].to_numpy() for name in names]
    values = np.stack(stacked, axis=1).ravel() if n else np.empty(0)
    return _rows(
        {
            **columns,
            "scope": [scope] * (n * len(names)),
            "measure": names * n,
            "value": values.astype(np.float64),
            "unit": ["count"] * (n * len(names)),
            "source": ["paper"] * (n * len(names)),
        }
    )


def _rows(columns: Mapping[str, object]) -> pa.Table:
    schema = arrow_schema("measures")
    n = len(columns["scope"])  # type: ignore[arg-type] # a list
    arrays = [
        pa.array(columns[field.name], field.type)
        if field.name in columns
        else pa.nulls(n, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
