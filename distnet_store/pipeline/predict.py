"""How are a movie's maps predicted, lazily, and written beside its pixels?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import dask.array as da
import numpy as np
import xarray as xr
from dask.delayed import delayed
from numpy.typing import NDArray

from distnet_store.model.file import Model, load_model, read_card, read_digest
from distnet_store.pipeline.cell_width import with_cell_width
from distnet_store.pipeline.execute import (
    RECORDED_PACKAGES,
    Control,
    Filling,
    Operation,
    Progress,
    Run,
    RunPlan,
    carry_out,
    unit_marker,
)
from distnet_store.pipeline.frame_predictor import FramePredictor
from distnet_store.pipeline.image_channel import check_channel
from distnet_store.pipeline.kept import kept
from distnet_store.pipeline.map_extremes import run_extremes, unit_extremes
from distnet_store.pipeline.memory import prediction_bytes
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.units import Unit, cut_units
from distnet_store.pipeline.workers import Staff
from distnet_store.spec.maps import MAPS, MapName
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.spec.runs import UnitMarker
from distnet_store.store.movie import Movie
from distnet_store.store.results import PredictionWriter, prediction_slot

DEFAULT_PREDICTION = "distnet"


def predict(
    movie: Movie,
    model: str | Path,
    parameters: PredictionParameters | None = None,
    *,
    name: str = DEFAULT_PREDICTION,
    overwrite: bool = False,
    workers: Staff = 1,
    on_progress: Progress | None = None,
) -> Run:
    """Predict the maps of a whole movie and write them as ``predictions/<name>``.

    Units that are whole already are not computed again; a killed run goes on where it was.

    Raises:
        NotFoundError: there is no such model or channel.
        ModelMismatchError: the movie has several channels and none was chosen.
        TargetExistsError: another prediction of this name is there and `overwrite` is not set.
        MissingExtraError: Keras or its backend is not installed.
    """
    operation = prediction_operation(movie, model, parameters, name=name)
    return carry_out(operation, Control(overwrite, workers, on_progress))


def prediction_operation(
    movie: Movie,
    model: str | Path,
    parameters: PredictionParameters | None = None,
    *,
    name: str = DEFAULT_PREDICTION,
) -> Operation:
    """Return what `predict` does, to be carried out whole or unit by unit.

    Reads metadata only, unless the width of the cells is to be estimated.

    Raises:
        NotFoundError: there is no such model or channel.
        ModelMismatchError: the movie has several channels and none was chosen.
    """
    parameters = with_cell_width(movie, model, parameters or PredictionParameters())
    plan = plan_prediction(movie, model, parameters, name=name)
    slot = prediction_slot(movie, name, plan.digest)

    def start() -> Filling:
        writer = PredictionWriter(slot)

        def finish(markers: Mapping[str, UnitMarker]) -> dict[str, int]:
            writer.finish(run_extremes(markers.values()))
            return {"frames": movie.n_frames}

        return Filling(PredictUnit(plan, writer, find_model(model), parameters), finish)

    return Operation(plan, slot, start)


@dataclass(frozen=True)
class PredictUnit:
    """Writes the maps of a unit. The network is loaded once in each process, for all movies."""

    plan: RunPlan
    writer: PredictionWriter
    model: Path
    parameters: PredictionParameters

    def __call__(self, unit: Unit) -> UnitMarker:
        """Return the unit's marker."""
        kernel = kept("predictor", (self.plan.movie.url, self.plan.digest), self._load)
        maps = kernel.maps(unit)
        checked = self._checked(maps) if unit.t_start == 0 else {}
        self.writer.write(unit.t_start, maps)
        return _marker(self.plan, unit, maps, kernel, checked)

    def _load(self) -> FramePredictor:
        precision = self.parameters.precision
        model = kept(
            "model",
            (read_digest(self.model), precision),
            lambda: load_model(self.model, precision),
        )
        return FramePredictor(self.plan.movie, model, self.parameters)

    def _checked(self, maps: dict[MapName, NDArray[np.float32]]) -> dict[str, tuple[float, ...]]:
        """Compare the first frame with what float32 gives; return how they differ.

        Raises:
            ModelMismatchError: too much for segmentation and linking.
        """
        if self.parameters.precision == "float32":
            return {}
        from distnet_store.model.precision_check import precision_difference, require_small

        alone = self.parameters.model_copy(update={"precision": "float32", "batch": 1})
        exact = FramePredictor(self.plan.movie, load_model(self.model), alone).maps(Unit(0, 1))
        first, exact_first = ({n: v[0] for n, v in some.items()} for some in (maps, exact))
        found = precision_difference(first, exact_first)
        require_small(found, self.parameters.precision, self.plan.movie.url)
        return {f"precision_{name}": (value,) for name, value in asdict(found).items()}


def plan_prediction(
    movie: Movie,
    model: str | Path,
    parameters: PredictionParameters,
    *,
    name: str = DEFAULT_PREDICTION,
) -> RunPlan:
    """Return what `predict` would do; reads metadata only, unless the width of the cells is to be estimated.

    Raises:
        NotFoundError: there is no such model or channel.
        ModelMismatchError: the movie has several channels and none was chosen.
    """
    path = find_model(model)
    card = read_card(path)
    attributes = movie.require_writable()
    check_channel(movie, parameters)
    parameters = with_cell_width(movie, path, parameters)
    gap = parameters.gap or card.gap
    chosen = {
        **parameters.model_dump(mode="json", exclude=_at_their_default(parameters)),
        "channel": parameters.channel or 0,
        "gap": gap,
        "normalisation": card.normalisation.model_dump(mode="json"),
    }
    return RunPlan(
        movie=movie,
        operator="predict",
        target=name,
        parameters=chosen,
        inputs={"image": attributes.image_digest},
        units=cut_units(movie.n_frames, attributes.frames_per_shard),
        model_digest=read_digest(path),
        packages=(*RECORDED_PACKAGES, "keras"),
        memory_bytes=prediction_bytes(movie, card, gap, parameters),
    )


def _at_their_default(parameters: PredictionParameters) -> set[str]:
    """Return parameters that a run's digest leaves out, as in datasets from before there were any."""
    return {
        name
        for name in ("precision", "batch", "flips", "object_thickness")
        if name not in parameters.model_dump(exclude_defaults=True)
    }


def lazy_prediction(
    movie: Movie,
    model: Model,
    parameters: PredictionParameters | None = None,
    *,
    t: tuple[int, int] | None = None,
) -> dict[MapName, xr.DataArray]:
    """Return the maps of a movie, or of the time points `t` (start, stop), as lazy arrays (t, c, y, x).

    Nothing is read or computed until a part is asked for; then only the blocks that hold it are. The
    values are those that `predict` writes.

    Example:
        >>> maps = lazy_prediction(movie, load_model(path), t=(3, 5))        # doctest: +SKIP
        >>> maps["edm"].isel(t=0).compute()                                   # doctest: +SKIP
    """
    parameters = with_cell_width(movie, model, parameters or PredictionParameters())
    check_channel(movie, parameters)
    kernel = FramePredictor(movie, model, parameters)
    start, stop = t or (0, movie.n_frames)
    units = [
        Unit(start + u.t_start, start + u.t_stop) for u in cut_units(stop - start, _block(movie))
    ]
    blocks = [delayed(kernel.maps, pure=False)(unit) for unit in units]
    return {name: _joined(movie, name, units, blocks) for name in MAPS}


def _marker(
    plan: RunPlan,
    unit: Unit,
    maps: dict[MapName, NDArray[np.float32]],
    kernel: FramePredictor,
    checked: Mapping[str, tuple[float, ...]],
) -> UnitMarker:
    low, high = zip(*kernel.ranges(unit), strict=True)
    figures = {
        "normalisation_low": low,
        "normalisation_high": high,
        **unit_extremes(maps),
        **checked,
    }
    return unit_marker(plan, unit, figures=figures)


def _joined(movie: Movie, name: MapName, units: list[Unit], blocks: list[Any]) -> xr.DataArray:
    channels = MAPS[name].channels
    sides = movie.shape[2:]
    parts = [
        da.from_delayed(
            block[name], (unit.t_stop - unit.t_start, len(channels), *sides), np.float32
        )
        for unit, block in zip(units, blocks, strict=True)
    ]
    image = movie.image()
    coordinates = {
        "t": image.coords["t"].isel(t=slice(units[0].t_start, units[-1].t_stop)),
        "c": list(channels),
        "y": image.coords["y"],
        "x": image.coords["x"],
    }
    return xr.DataArray(
        da.concatenate(parts), dims=("t", "c", "y", "x"), coords=coordinates, name=name
    )


def _block(movie: Movie) -> int:
    return movie.require_writable().frames_per_shard
