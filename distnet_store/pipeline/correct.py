"""How does a linked result become a corrected one, beside it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.correction.cell_state import FrameMaps
from distnet_store.ops.correction.correct_movie import Correction, correct_movie
from distnet_store.ops.correction.edits import EDIT_RULES
from distnet_store.ops.correction.frame_changes import apply_changes
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.curated_facts import CuratedFacts
from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.corrected_tables import (
    corrected_links,
    corrected_objects,
    edits_table,
)
from distnet_store.pipeline.curation.facts import curated_facts
from distnet_store.pipeline.execute import (
    Control,
    Filling,
    Operation,
    Progress,
    Run,
    RunPlan,
    carry_out,
    unit_marker,
)
from distnet_store.pipeline.flags import write_flags
from distnet_store.pipeline.gap_links import with_standing_gaps, without_gaps
from distnet_store.pipeline.link import paint_track_labels, tracks_slot
from distnet_store.pipeline.movie_frames import MovieFrames
from distnet_store.pipeline.predict import DEFAULT_PREDICTION
from distnet_store.pipeline.segment import DEFAULT_RESULT, require_result
from distnet_store.pipeline.table_assembly import LinkColumns, lay_out_tables
from distnet_store.pipeline.table_columns import is_unpredicted, link_columns, measured_columns
from distnet_store.pipeline.units import Unit, cut_units
from distnet_store.spec.parameters import CorrectionParameters
from distnet_store.spec.runs import UnitMarker
from distnet_store.store import paths
from distnet_store.store.digest import digest_array
from distnet_store.store.journal import run_records
from distnet_store.store.movie import Movie
from distnet_store.store.results import LabelsWriter, labels_slot
from distnet_store.store.tables import write_table

DEFAULT_CORRECTED = "corrected"


def correct(
    movie: Movie,
    parameters: CorrectionParameters | None = None,
    *,
    prediction: str | None = None,
    name: str = DEFAULT_RESULT,
    corrected: str = DEFAULT_CORRECTED,
    overwrite: bool = False,
    discard_curation: bool = False,
    on_progress: Progress | None = None,
) -> Run:
    """Correct wrong merges and splits of the result `name` by its tracks; write it as `corrected`.

    Writes ``labels/<corrected>``, its tables, ``labels/<corrected>-tracks`` and the table of edits.
    The result that is corrected stays as it is. `prediction` is the one that it was linked by; None: "distnet",
    or none where nothing is predicted of its cells, as after linking by masks alone. Then masks alone decide.

    Raises:
        NotFoundError: the labels, their tables or the prediction are not there, or the tables say
            nothing of the prediction that was named.
        TargetExistsError: another result of this name is there and `overwrite` is not set.
        WrongArgumentError: a result would be written over itself, or it was linked by another
            prediction, or the paper's evidence is asked for where there is no prediction.
    """
    parameters = parameters or CorrectionParameters()
    plan = plan_correction(movie, parameters, prediction=prediction, name=name, corrected=corrected)
    slot = labels_slot(movie, corrected, plan.digest)

    def start() -> Filling:
        by = _prediction_of(movie, name, prediction)
        found = _find_corrections(movie, parameters, name=name, prediction=by)
        return _filling(plan, found, LabelsWriter(slot))

    control = Control(overwrite, on_progress=on_progress, discard_curation=discard_curation)
    return carry_out(Operation(plan, slot, start), control)


def plan_correction(
    movie: Movie,
    parameters: CorrectionParameters,
    *,
    prediction: str | None = None,
    name: str = DEFAULT_RESULT,
    corrected: str = DEFAULT_CORRECTED,
) -> RunPlan:
    """Return what `correct` would do; reads metadata, and what is predicted of the cells if no `prediction` is named.

    Raises:
        NotFoundError: the labels, their tables or the prediction are not there.
        WrongArgumentError: a result would be written over itself, or it was linked by another
            prediction, or the paper's evidence is asked for where there is no prediction.
    """
    attributes = movie.require_writable()
    _check_target(name, corrected)
    inputs = {
        "labels": require_result(movie, paths.label_image(name), "segment"),
        "tables": require_result(movie, paths.table(name, "links"), "link"),
    }
    by = _prediction_of(movie, name, prediction)
    if by is None:
        _check_evidence(movie, parameters, name)
    else:
        inputs["prediction"] = require_result(movie, paths.prediction(by), "predict")
        _check_prediction(movie, inputs, by)
    return RunPlan(
        movie=movie,
        operator="correct",
        target=corrected,
        parameters={
            **parameters.model_dump(mode="json"),
            "labels": name,
            **_curated_parameters(curated_facts(movie, name)),
        },
        inputs=inputs,
        units=cut_units(movie.n_frames, attributes.frames_per_shard),
    )


@dataclass(frozen=True)
class _Found:
    """A result and what is to be corrected in it; its links of neighbouring frames, and those over a gap."""

    name: str
    frames: MovieFrames
    objects: ObjectColumns
    links: tuple[LinkColumns, LinkColumns]
    graph: LineageGraph
    correction: Correction

    def labels(self, t: int) -> NDArray[np.integer]:
        """Return the labels (y, x) of a frame after correction."""
        return apply_changes(self.frames.labels(t), self.correction.changes.get(t, ()))

    def maps(self, t: int) -> FrameMaps:
        """Return the maps (c, y, x) of a frame; nothing where masks alone decide."""
        return self.frames.maps(t)


def _find_corrections(
    movie: Movie, parameters: CorrectionParameters, *, name: str, prediction: str | None
) -> _Found:
    objects = measured_columns(movie, name, need_predictions=prediction is not None)
    links, gaps = without_gaps(link_columns(movie, name))
    graph = LineageGraph(objects, links.links, links.origin)
    frames = MovieFrames(movie, name, prediction)
    correction = correct_movie(graph, frames, parameters, curated=curated_facts(movie, name))
    return _Found(name, frames, objects, (links, gaps), graph, correction)


def _filling(plan: RunPlan, found: _Found, writer: LabelsWriter) -> Filling:
    """Return how the corrected labels, and what is derived from them, are written."""

    copies = writer.copies_of(found.name)

    def work(unit: Unit) -> UnitMarker:
        if copies.is_possible and not _is_changed(found, unit):
            copies.copy(unit.t_start // writer.frames_per_shard)
        else:
            writer.write(unit.t_start, _corrected_labels(found, unit))
        return _marker(plan, unit, found.correction)

    def finish(_markers: Mapping[str, UnitMarker]) -> dict[str, int]:
        writer.finish()
        _write_tables(plan, found)
        tracks = tracks_slot(plan.movie, plan.target, plan.digest)
        paint_track_labels(plan.movie, plan.target, tracks)
        write_flags(plan.movie, plan.target)
        return _counts(found)

    return Filling(work, finish)


def _check_target(name: str, corrected: str) -> None:
    taken = {name, f"{name}{paths.TRACKS_SUFFIX}"}
    if corrected in taken or f"{corrected}{paths.TRACKS_SUFFIX}" in taken:
        raise WrongArgumentError(
            "a result is not corrected in its place",
            expected="another name for the corrected result",
            found=f"{name!r} and {corrected!r}",
            remedy="choose another --to",
        )


def _prediction_of(movie: Movie, name: str, prediction: str | None) -> str | None:
    """Return the prediction by which a result is corrected; None: masks alone decide."""
    if prediction is not None:
        return prediction
    return None if is_unpredicted(movie, name) else DEFAULT_PREDICTION


def _check_evidence(movie: Movie, parameters: CorrectionParameters, name: str) -> None:
    if parameters.evidence == "paper":
        raise WrongArgumentError(
            "the paper's evidence is what a network says of each cell, and none spoke here",
            expected="a result that was linked by a prediction",
            found=f"{name!r}, of whose cells nothing is predicted",
            where=movie.url,
            remedy="leave out --evidence paper: masks alone decide then",
        )


def _check_prediction(movie: Movie, inputs: Mapping[str, str], prediction: str) -> None:
    """Return unless it is known that the cells were linked by another prediction."""
    for record in run_records(movie.location):
        used = record.inputs.get("prediction", inputs["prediction"])
        if record.run_digest == inputs["tables"] and used != inputs["prediction"]:
            raise WrongArgumentError(
                "the result was linked by another prediction",
                expected="the prediction from which its links and categories come",
                found=repr(prediction),
                where=movie.url,
                remedy="give that one with --prediction, or link again",
            )


def _curated_parameters(facts: CuratedFacts) -> dict[str, object]:
    """Return what makes the run another one where a person has said something of the result."""
    if facts.is_empty:
        return {}
    said = {"cells": facts.cells, "links": facts.links, "unlinked": facts.unlinked}
    return {"curated": {name: digest_array(values) for name, values in said.items()}}


def _is_changed(found: _Found, unit: Unit) -> bool:
    return any(t in found.correction.changes for t in range(unit.t_start, unit.t_stop))


def _corrected_labels(found: _Found, unit: Unit) -> NDArray[np.integer]:
    return np.stack([found.labels(t) for t in range(unit.t_start, unit.t_stop)])


def _marker(plan: RunPlan, unit: Unit, correction: Correction) -> UnitMarker:
    """Return the marker of a unit; that of the first says if the rounds did not suffice."""
    marker = unit_marker(plan, unit)
    if correction.is_settled or unit.t_start > 0:
        return marker
    text = f"stopped after {correction.rounds} rounds, the last of which still changed cells"
    return marker.model_copy(update={"warnings": (text,)})


def _write_tables(plan: RunPlan, found: _Found) -> None:
    movie = plan.movie
    objects = corrected_objects(movie, found.objects, found.graph, found)
    near, gaps = found.links
    links = corrected_links(near, found.graph, objects)
    links = with_standing_gaps(links, gaps, found.correction.edits, objects)
    tables = lay_out_tables(objects, links, movie.scale, time_points=range(movie.n_frames))
    tables["edits"] = edits_table(found.correction.edits)
    if movie.location.exists(paths.table_file(found.name, "curation")):
        tables["curation"] = movie.read_table(found.name, "curation")
    for table_name, table in tables.items():
        write_table(movie.location, plan.target, table_name, table, derived_from=plan.digest)


def _counts(found: _Found) -> dict[str, int]:
    rules = Counter(edit.rule for edit in found.correction.edits)
    return {
        "cells before": found.graph.n_before,
        "cells": found.graph.n_cells,
        "frames changed": len(found.correction.changes),
        "rounds": found.correction.rounds,
        **{rule: rules[rule] for rule in EDIT_RULES},
    }
