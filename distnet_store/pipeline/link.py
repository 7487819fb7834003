"""How do labels and maps become linked cells, tracks and lineages in tables?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from distnet_store.errors import TargetExistsError, WrongArgumentError
from distnet_store.ops.curated_facts import CuratedFacts, no_facts
from distnet_store.ops.track_labels import paint_tracks
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
from distnet_store.pipeline.link_frames import link_frames
from distnet_store.pipeline.link_parts import LinkParts
from distnet_store.pipeline.memory import linking_bytes
from distnet_store.pipeline.predict import DEFAULT_PREDICTION
from distnet_store.pipeline.segment import DEFAULT_RESULT, require_result
from distnet_store.pipeline.table_assembly import lay_out_tables
from distnet_store.pipeline.units import Unit, cut_units
from distnet_store.pipeline.whole_movie_links import with_closed_gaps, with_curated_links
from distnet_store.pipeline.workers import Staff
from distnet_store.spec.parameters import LinkingMethod, LinkingParameters
from distnet_store.spec.runs import UnitMarker
from distnet_store.spec.table_spec import TableName
from distnet_store.store import paths
from distnet_store.store.digest import digest_array
from distnet_store.store.movie import Movie
from distnet_store.store.results import LabelsWriter, ResultSlot, labels_slot, result_digest
from distnet_store.store.table_file import TableRows
from distnet_store.store.tables import drop_table, open_table, read_table, write_table

DEFAULT_METHOD: LinkingMethod = LinkingParameters().method


def link(
    movie: Movie,
    parameters: LinkingParameters | None = None,
    *,
    prediction: str | None = DEFAULT_PREDICTION,
    name: str = DEFAULT_RESULT,
    overwrite: bool = False,
    discard_curation: bool = False,
    workers: Staff = 1,
    on_progress: Progress | None = None,
) -> Run:
    """Link the cells of ``labels/<name>`` and write its tables and ``labels/<name>-tracks``.

    Without a prediction (None) the masks alone decide, which is the method overlap, and the columns
    that come from a prediction are null. Links that a person made, confirmed or forbade in this
    result (its table of curation) stand whatever the method finds.

    Raises:
        NotFoundError: the labels or the prediction are not there.
        TargetExistsError: tables made with other parameters, or imported links, are there and
            `overwrite` is not set.
        WrongArgumentError: the method needs a prediction and there is none.
    """
    facts = no_facts() if discard_curation else curated_facts(movie, name)
    operation = linking_operation(movie, parameters, prediction=prediction, name=name, facts=facts)
    run = carry_out(
        operation, Control(overwrite, workers, on_progress, discard_curation=discard_curation)
    )
    if discard_curation and movie.location.exists(paths.table_file(name, "curation")):
        drop_table(movie.location, name, "curation")  # what was taken over from another result
        write_flags(movie, name)
    return run


def linking_operation(
    movie: Movie,
    parameters: LinkingParameters | None = None,
    *,
    prediction: str | None = DEFAULT_PREDICTION,
    name: str = DEFAULT_RESULT,
    facts: CuratedFacts | None = None,
) -> Operation:
    """Return what `link` does, to be carried out whole or unit by unit; reads metadata and curated facts.

    `facts` are what a person said, where other than the result's own curation counts.

    Raises:
        NotFoundError: the labels or the prediction are not there.
        WrongArgumentError: the method needs a prediction and there is none.
    """
    parameters = parameters or LinkingParameters(
        method=DEFAULT_METHOD if prediction is not None else "overlap"
    )
    facts = curated_facts(movie, name) if facts is None else facts
    plan = _plan(movie, parameters, facts, prediction=prediction, name=name)
    slot = tracks_slot(movie, name, plan.digest)

    def finish(_markers: Mapping[str, UnitMarker]) -> dict[str, int]:
        tables = _laid_out(plan, parameters, facts)
        for table_name in tuple(tables):  # let go of one by one
            write_table(
                movie.location, name, table_name, tables.pop(table_name), derived_from=plan.digest
            )
        paint_track_labels(movie, name, slot)
        write_flags(movie, name)
        return _counts(plan)

    work = LinkUnit(plan, prediction, parameters)
    return Operation(
        plan,
        slot,
        start=lambda: Filling(work, finish),
        check=lambda: _require_no_imported_links(movie, name),
        tidy=lambda: movie.location.delete(f"{plan.journal.folder}/parts"),
    )


@dataclass(frozen=True)
class LinkUnit:
    """Writes a unit's rows of objects and links as parts."""

    plan: RunPlan
    prediction: str | None
    parameters: LinkingParameters

    def __call__(self, unit: Unit) -> UnitMarker:
        """Return the unit's marker."""
        return _link_unit(self.plan, unit, self.prediction, self.parameters)


def _plan(
    movie: Movie,
    parameters: LinkingParameters,
    facts: CuratedFacts,
    *,
    prediction: str | None,
    name: str,
) -> RunPlan:
    attributes = movie.require_writable()
    _check_method(parameters, prediction)
    inputs = {"labels": require_result(movie, paths.label_image(name), "segment")}
    if prediction is not None:
        inputs["prediction"] = require_result(movie, paths.prediction(prediction), "predict")
    return RunPlan(
        movie=movie,
        operator="link",
        target=name,
        parameters={
            **parameters.model_dump(mode="json"),
            **_curated_parameters(facts),
        },
        inputs=inputs,
        units=cut_units(movie.n_frames, attributes.frames_per_shard),
        memory_bytes=linking_bytes(movie),
    )


def tracks_slot(movie: Movie, name: str, digest: str) -> ResultSlot:
    """Return the place of the label image whose values are track ids."""
    return labels_slot(movie, f"{name}{paths.TRACKS_SUFFIX}", digest, "tracks-labels")


def paint_track_labels(movie: Movie, name: str, slot: ResultSlot) -> None:
    """Write the label image of track ids, derived from the labels and the objects table."""
    objects = read_table(movie.location, name, "objects", columns=["t", "label", "track_id"])
    t, label, track = (objects[column].to_numpy() for column in ("t", "label", "track_id"))
    order = np.lexsort((label, t))
    t, label, track = t[order], label[order], track[order]
    movie.location.delete(slot.base)
    writer = LabelsWriter(slot)
    read = movie.labels_reader(name)
    for unit in cut_units(movie.n_frames, writer.frames_per_shard):
        first = np.searchsorted(t, np.arange(unit.t_start, unit.t_stop + 1))
        frames = [
            paint_tracks(read(time), label[start:stop], track[start:stop])
            for time, start, stop in zip(
                range(unit.t_start, unit.t_stop), first[:-1], first[1:], strict=True
            )
        ]
        writer.write(unit.t_start, np.stack(frames))
    writer.finish()


def _check_method(parameters: LinkingParameters, prediction: str | None) -> None:
    if prediction is None and parameters.method != "overlap":
        raise WrongArgumentError(
            "without a prediction there are no displacements to link by",
            expected="the method overlap, which needs masks only",
            found=f"the method {parameters.method}",
            remedy="choose the method overlap, or name a prediction",
        )


def _curated_parameters(facts: CuratedFacts) -> dict[str, object]:
    """Return what makes the run another one where a person has said something of its links."""
    if not (facts.links.size or facts.unlinked.size):
        return {}
    return {
        "curated": {"links": digest_array(facts.links), "unlinked": digest_array(facts.unlinked)}
    }


def _require_no_imported_links(movie: Movie, name: str) -> None:
    """Return unless links came with the labels: whoever made them would not see them go."""
    standing = result_digest(movie.location, paths.table(name, "links"))
    if standing is None or standing != result_digest(movie.location, paths.label_image(name)):
        return
    n_links = open_table(movie.location, name, "links").count_rows()
    if n_links:
        raise TargetExistsError(
            f"the labels {name!r} brought their own links",
            found=f"{n_links} links",
            where=movie.url,
            remedy="replace them with --overwrite, or import the labels under another name as well",
        )


def _link_unit(
    plan: RunPlan, unit: Unit, prediction: str | None, parameters: LinkingParameters
) -> UnitMarker:
    """Write a unit's rows of objects and links as parts, which `_laid_out` puts together."""
    times = range(unit.t_start, unit.t_stop)
    columns, linkages = link_frames(
        plan.movie, plan.target, prediction, times=times, parameters=parameters
    )
    _parts(plan).write(unit, columns, linkages)
    return unit_marker(plan, unit)


def _laid_out(
    plan: RunPlan, parameters: LinkingParameters, facts: CuratedFacts
) -> dict[TableName, TableRows]:
    objects, links = _parts(plan).read(plan.units)
    links = with_curated_links(links, objects, facts)
    links = with_closed_gaps(links, objects, parameters.max_gap, facts=facts)
    time_points = range(plan.units[0].t_start, plan.units[-1].t_stop)
    return lay_out_tables(objects, links, plan.movie.scale, time_points=time_points)


def _parts(plan: RunPlan) -> LinkParts:
    return LinkParts(plan.movie.location, plan.journal.folder)


def _counts(plan: RunPlan) -> dict[str, int]:
    """Count what stands in the tables."""

    def column(table: TableName, name: str) -> pa.ChunkedArray:
        return read_table(plan.movie.location, plan.target, table, columns=[name])[name]

    labels = column("objects", "label")
    kinds = _occurrences(column("links", "kind"))
    begins = _occurrences(column("tracks", "begin"))
    n_children = pc.list_value_length(column("tracks", "children")).to_numpy()
    return {
        "cells": len(labels),
        "links": kinds.total(),
        "tracks": begins.total(),
        "divisions": int((n_children > 1).sum()),
        "split links": kinds["split"],
        "merge links": kinds["merge"],
        "gap links": kinds["gap"],
        "tracks that appear in mid-field": begins["appearance"],
    }


def _occurrences(column: pa.ChunkedArray) -> Counter[str]:
    counts = pc.value_counts(column.cast(pa.string())).to_pylist()
    return Counter({found["values"]: found["counts"] for found in counts})
