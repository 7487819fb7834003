"""How do labels and maps become linked cells, tracks and lineages in tables?"""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
from distnet_store.ops.linking import PairLinkage, link_pair
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.ops.track_labels import paint_tracks
from distnet_store.pipeline.execute import (
    Control,
    Filling,
    Progress,
    Run,
    RunPlan,
    fill_slot,
    unit_marker,
)
from distnet_store.pipeline.predict import DEFAULT_PREDICTION
from distnet_store.pipeline.segment import DEFAULT_RESULT, require_result
from distnet_store.pipeline.table_assembly import LinkColumns, Tables, assemble_tables, found_links
from distnet_store.pipeline.units import Unit, cut_units
from distnet_store.spec.maps import MapName
from distnet_store.spec.parameters import LinkingParameters
from distnet_store.spec.runs import UnitMarker
from distnet_store.store import paths
from distnet_store.store.location import Location
from distnet_store.store.movie import Movie
from distnet_store.store.results import LabelsWriter, ResultSlot, labels_slot
from distnet_store.store.tables import parquet_bytes, read_table, write_table

_MAPS: tuple[MapName, ...] = ("edm", "displacement", "multiplicity")
_LINK_COLUMNS = (
    "t_source",
    "label_source",
    "t_target",
    "label_target",
    "origin",
    "residual",
    "disagreement",
)


def link(
    movie: Movie,
    parameters: LinkingParameters | None = None,
    *,
    prediction: str = DEFAULT_PREDICTION,
    name: str = DEFAULT_RESULT,
    overwrite: bool = False,
    workers: int = 1,
    on_progress: Progress | None = None,
) -> Run:
    """Link the cells of ``labels/<name>`` and write its tables and ``labels/<name>-tracks``.

    Raises:
        NotFoundError: the labels or the prediction are not there.
        TargetExistsError: tables made with other parameters are there and `overwrite` is not set.
    """
    parameters = parameters or LinkingParameters()
    plan = plan_linking(movie, parameters, prediction=prediction, name=name)
    slot = tracks_slot(movie, name, plan.digest)

    def work(unit: Unit) -> UnitMarker:
        return _link_unit(plan, unit, prediction, parameters)

    def finish(_markers: Mapping[str, UnitMarker]) -> dict[str, int]:
        tables = _assembled(plan)
        for table_name, table in tables.items():
            write_table(movie.location, name, table_name, table, derived_from=plan.digest)
        paint_track_labels(movie, name, slot)
        return _counts(tables)

    run = fill_slot(
        plan, slot, lambda _: Filling(work, finish), Control(overwrite, workers, on_progress)
    )
    movie.location.delete(f"{plan.journal.folder}/parts")
    return run


def plan_linking(
    movie: Movie, parameters: LinkingParameters, *, prediction: str, name: str = DEFAULT_RESULT
) -> RunPlan:
    """Return what `link` would do; reads metadata only.

    Raises:
        NotFoundError: the labels or the prediction are not there.
    """
    attributes = movie.require_writable()
    return RunPlan(
        movie=movie,
        operator="link",
        target=name,
        parameters=parameters.model_dump(mode="json"),
        inputs={
            "labels": require_result(movie, paths.label_image(name), "segment"),
            "prediction": require_result(movie, paths.prediction(prediction), "predict"),
        },
        units=cut_units(movie.n_frames, attributes.frames_per_shard),
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
    for unit in cut_units(movie.n_frames, writer.frames_per_shard):
        first = np.searchsorted(t, np.arange(unit.t_start, unit.t_stop + 1))
        frames = [
            paint_tracks(movie.labels_frame(name, time), label[start:stop], track[start:stop])
            for time, start, stop in zip(
                range(unit.t_start, unit.t_stop), first[:-1], first[1:], strict=True
            )
        ]
        writer.write(unit.t_start, np.stack(frames))
    writer.finish()


def link_frames(
    movie: Movie, labels: str, prediction: str, times: range, parameters: LinkingParameters
) -> tuple[list[ObjectColumns], dict[int, PairLinkage]]:
    """Measure the cells of consecutive frames and link each pair of neighbours, also out of the last."""
    columns: list[ObjectColumns] = []
    linkages: dict[int, PairLinkage] = {}
    before = None
    for t in range(times.start, min(times.stop + 1, movie.n_frames)):
        frame = movie.labels_frame(labels, t)
        maps = {name: movie.map_frames(prediction, name, t, t + 1)[0] for name in _MAPS}
        measured = {**measure_objects(frame, movie.frame(t)), **measure_predictions(frame, maps)}
        cells = frame_cells(frame, measured)
        if before is not None:
            linkages[t - 1] = link_pair(before, cells, parameters)
        if t < times.stop:
            columns.append({"t": np.full(len(measured["label"]), t, np.int32), **measured})
        before = cells
    return columns, linkages


def _link_unit(
    plan: RunPlan, unit: Unit, prediction: str, parameters: LinkingParameters
) -> UnitMarker:
    """Write a unit's rows of objects and links as parts, which `_assembled` puts together."""
    times = range(unit.t_start, unit.t_stop)
    columns, linkages = link_frames(plan.movie, plan.target, prediction, times, parameters)
    links = found_links(linkages)
    objects = {name: np.concatenate([frame[name] for frame in columns]) for name in columns[0]}
    folder, location = plan.journal.folder, plan.movie.location
    location.write(paths.unit_part(folder, unit.name, "objects"), parquet_bytes(pa.table(objects)))
    location.write(paths.unit_part(folder, unit.name, "links"), parquet_bytes(_link_table(links)))
    return unit_marker(plan, unit)


def _assembled(plan: RunPlan) -> Tables:
    location, folder = plan.movie.location, plan.journal.folder
    parts = {
        table: [
            _read_part(location, paths.unit_part(folder, unit.name, table)) for unit in plan.units
        ]
        for table in ("objects", "links")
    }
    found = {
        name: np.concatenate([part[name] for part in parts["links"]]) for name in _LINK_COLUMNS
    }
    links = LinkColumns(
        links=np.stack([found[name] for name in _LINK_COLUMNS[:4]], axis=1).astype(np.int64),
        origin=found["origin"].astype(np.int8),
        residual=found["residual"].astype(np.float32),
        disagreement=found["disagreement"].astype(np.float32),
    )
    time_points = range(plan.units[0].t_start, plan.units[-1].t_stop)
    return assemble_tables(parts["objects"], links, plan.movie.scale, time_points=time_points)


def _link_table(links: LinkColumns) -> pa.Table:
    values = [*links.links.T, links.origin, links.residual, links.disagreement]
    return pa.table(dict(zip(_LINK_COLUMNS, values, strict=True)))


def _read_part(location: Location, key: str) -> dict[str, NDArray[np.generic]]:
    table = pq.read_table(io.BytesIO(location.read(key)))
    return {name: table[name].to_numpy() for name in table.column_names}


def _counts(tables: Tables) -> dict[str, int]:
    kinds = tables["links"]["kind"].to_pylist()
    begins = tables["tracks"]["begin"].to_pylist()
    return {
        "cells": tables["objects"].num_rows,
        "links": tables["links"].num_rows,
        "tracks": tables["tracks"].num_rows,
        "divisions": sum(
            len(children) > 1 for children in tables["tracks"]["children"].to_pylist()
        ),
        "split links": kinds.count("split"),
        "merge links": kinds.count("merge"),
        "tracks that appear in mid-field": begins.count("appearance"),
    }
