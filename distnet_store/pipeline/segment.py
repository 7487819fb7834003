"""How do a movie's maps become labels, lazily, and get written beside them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import dask.array as da
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.segmentation.segment import segment_frame
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
from distnet_store.pipeline.memory import segmentation_bytes
from distnet_store.pipeline.predict import DEFAULT_PREDICTION
from distnet_store.pipeline.units import Unit, cut_units
from distnet_store.pipeline.workers import Staff
from distnet_store.spec.parameters import SegmentationParameters
from distnet_store.spec.runs import UnitMarker
from distnet_store.store import paths
from distnet_store.store.journal import run_records
from distnet_store.store.movie import Movie
from distnet_store.store.results import LabelsWriter, labels_slot, result_digest

DEFAULT_RESULT = "cells"


def segment(
    movie: Movie,
    parameters: SegmentationParameters | None = None,
    *,
    prediction: str = DEFAULT_PREDICTION,
    name: str = DEFAULT_RESULT,
    overwrite: bool = False,
    discard_curation: bool = False,
    workers: Staff = 1,
    on_progress: Progress | None = None,
) -> Run:
    """Segment every frame from its maps and write the labels as ``labels/<name>``.

    Without parameters, the defaults count, for cells of the width that the prediction was made for.

    Raises:
        NotFoundError: there is no such prediction.
        TargetExistsError: other labels of this name are there and `overwrite` is not set.
    """
    operation = segmentation_operation(movie, parameters, prediction=prediction, name=name)
    return carry_out(
        operation, Control(overwrite, workers, on_progress, discard_curation=discard_curation)
    )


def segmentation_operation(
    movie: Movie,
    parameters: SegmentationParameters | None = None,
    *,
    prediction: str = DEFAULT_PREDICTION,
    name: str = DEFAULT_RESULT,
) -> Operation:
    """Return what `segment` does, to be carried out whole or unit by unit; reads metadata only.

    Raises:
        NotFoundError: there is no such prediction.
    """
    parameters = parameters or default_segmentation(movie, prediction)
    plan = plan_segmentation(movie, parameters, prediction=prediction, name=name)
    slot = labels_slot(movie, name, plan.digest)

    def start() -> Filling:
        writer = LabelsWriter(slot)

        def finish(_markers: Mapping[str, UnitMarker]) -> dict[str, int]:
            writer.finish()
            return {"frames": movie.n_frames}

        return Filling(SegmentUnit(plan, writer, prediction, parameters), finish)

    return Operation(plan, slot, start)


def default_segmentation(movie: Movie, prediction: str) -> SegmentationParameters:
    """Return the default parameters, for cells of the width that a prediction was made for, where it has one."""
    for record in reversed(run_records(movie.location)):
        if record.operator == "predict" and record.target == prediction:
            wide = record.parameters.get("object_thickness")
            if isinstance(wide, int | float):
                return SegmentationParameters(object_thickness=wide)
            break
    return SegmentationParameters()


@dataclass(frozen=True)
class SegmentUnit:
    """Writes the labels of a unit."""

    plan: RunPlan
    writer: LabelsWriter
    prediction: str
    parameters: SegmentationParameters

    def __call__(self, unit: Unit) -> UnitMarker:
        """Return the unit's marker."""
        labels = segment_unit(self.plan.movie, self.prediction, unit, self.parameters)
        self.writer.write(unit.t_start, labels)
        return unit_marker(self.plan, unit, counts={"cells": int(labels.max(axis=(1, 2)).sum())})


def plan_segmentation(
    movie: Movie, parameters: SegmentationParameters, *, prediction: str, name: str = DEFAULT_RESULT
) -> RunPlan:
    """Return what `segment` would do; reads metadata only.

    Raises:
        NotFoundError: there is no such prediction.
    """
    attributes = movie.require_writable()
    return RunPlan(
        movie=movie,
        operator="segment",
        target=name,
        parameters=parameters.model_dump(mode="json"),
        inputs={"prediction": require_result(movie, paths.prediction(prediction), "predict")},
        units=cut_units(movie.n_frames, attributes.frames_per_shard),
        memory_bytes=segmentation_bytes(movie),
    )


def segment_unit(
    movie: Movie, prediction: str, unit: Unit, parameters: SegmentationParameters
) -> NDArray[np.int32]:
    """Return the labels (t, y, x) of a unit."""
    edm = movie.map_frames(prediction, "edm", unit.t_start, unit.t_stop)
    gdcm = movie.map_frames(prediction, "gdcm", unit.t_start, unit.t_stop)
    return np.stack(
        [
            segment_frame(e[0], np.maximum(g[0], 0), parameters)
            for e, g in zip(edm, gdcm, strict=True)
        ]
    )


def lazy_segmentation(
    movie: Movie,
    parameters: SegmentationParameters | None = None,
    *,
    prediction: str = DEFAULT_PREDICTION,
) -> xr.DataArray:
    """Return the labels (t, y, x) as a lazy array; a frame is computed when it is asked for.

    Example:
        >>> lazy_segmentation(movie).isel(t=3).compute()                      # doctest: +SKIP
    """
    parameters = parameters or SegmentationParameters()
    edm = movie.prediction(prediction, "edm").isel(c=0, drop=True).chunk(t=1, y=-1, x=-1)
    gdcm = movie.prediction(prediction, "gdcm").isel(c=0, drop=True).chunk(t=1, y=-1, x=-1)

    def one(edm_block: NDArray[np.float32], gdcm_block: NDArray[np.float32]) -> NDArray[np.int32]:
        frames = zip(edm_block, np.maximum(gdcm_block, 0), strict=True)
        return np.stack([segment_frame(e, g, parameters) for e, g in frames])

    labels = da.map_blocks(one, edm.data, gdcm.data, dtype=np.int32)
    return xr.DataArray(labels, dims=("t", "y", "x"), coords=edm.coords, name="labels")


def require_result(movie: Movie, path: str, operator: str) -> str:
    """Return the digest of a result that an operator needs.

    Raises:
        NotFoundError: it is not there, or not whole.
    """
    digest = result_digest(movie.location, path)
    if digest is None:
        raise NotFoundError(
            f"{path} is not there",
            where=movie.url,
            remedy=f"run `distnet-store {operator}` first, or `distnet-store run` for all steps",
        )
    return digest
