"""How do the scores of all conditions stand in one tidy table?"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from distnet_store.pipeline.experiments.conditions import Condition
from distnet_store.pipeline.experiments.experiment_plan import ExperimentPlan
from distnet_store.pipeline.experiments.score_records import ConditionScores
from distnet_store.spec.measures import MEASURES


@dataclass(frozen=True)
class ScoredCondition:
    """A condition with its scores."""

    condition: Condition
    scores: ConditionScores


_COLUMNS: tuple[tuple[str, pa.DataType, str, str], ...] = (
    ("kind", pa.string(), "", "ablation, window or sampling"),
    ("dataset", pa.string(), "", "name of the dataset that the frames and the reference are from"),
    ("condition", pa.string(), "", "name of the result in its working dataset"),
    ("model", pa.string(), "", "name of the model"),
    ("model_digest", pa.string(), "", "digest of the model's file"),
    ("considered_frames", pa.int32(), "frame", "N, frames that the network reads at once"),
    ("gap", pa.int32(), "frame", "δ, frames between the considered ones away from the centre"),
    ("window_frames", pa.int32(), "frame", "(N - 3)·δ + 3, first to last considered frame"),
    ("every", pa.int32(), "frame", "each of so many frames was kept"),
    ("frames", pa.int32(), "frame", "frames that are left"),
    ("frame_interval_s", pa.float64(), "second", "time between them, null where unknown"),
    ("corrected", pa.bool_(), "", "whether tracks were corrected over the whole movie"),
    ("measure", pa.string(), "", "name of the figure"),
    ("value", pa.float64(), "", "the figure, null where it is not defined"),
    ("unit", pa.string(), "", "count, percent or fraction"),
    ("digest", pa.string(), "", "changes with anything that the scores depend on"),
)


def condition_values(plan: ExperimentPlan, scored: ScoredCondition) -> dict[str, object]:
    """Return what the table says of a condition besides its figures."""
    setting, scores = scored.condition.setting, scored.scores
    return {
        "kind": plan.kind,
        "dataset": plan.source.name,
        "condition": scored.condition.name,
        "model": setting.model.name,
        "model_digest": setting.model.digest,
        "considered_frames": setting.model.frames,
        "gap": setting.gap,
        "window_frames": setting.window_frames,
        "every": setting.every,
        "frames": scores.frames,
        "frame_interval_s": scores.frame_interval_s,
        "corrected": scored.condition.corrected,
        "digest": scores.digest,
    }


def result_table(
    plan: ExperimentPlan, scored: Sequence[ScoredCondition], metadata: Mapping[str, object]
) -> pa.Table:
    """Return one row per condition and measure; `metadata` goes into the schema, as JSON."""
    rows = [
        {
            **condition_values(plan, one),
            "measure": name,
            "value": one.scores.measures.get(name),
            "unit": spec.unit,
        }
        for one in scored
        for name, spec in MEASURES.items()
    ]
    fields = [
        pa.field(name, kind, metadata={"unit": unit, "description": description})
        for name, kind, unit, description in _COLUMNS
    ]
    texts = {name: json.dumps(value, ensure_ascii=False) for name, value in metadata.items()}
    return pa.Table.from_pylist(rows, schema=pa.schema(fields, metadata=texts))


def csv_bytes(table: pa.Table) -> bytes:
    """Return a table as CSV with a header."""
    text: str = table.to_pandas().to_csv(index=False, lineterminator="\n")
    return text.encode()


def parquet_file(table: pa.Table) -> bytes:
    """Return a table as a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()
