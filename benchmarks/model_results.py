"""How many errors does a model make on real movies, before and after correction? Figures that are known are kept.

A file in the folder `scores` of the work folder stands for each model, options, movie and state of the program's code,
so that only what is new is computed. Datasets are temporary.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from agreement import Agreement, agreement, together
from development_frames import DataSet, LabelledMovie

import distnet_store
from distnet_store.model.file import read_digest
from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.evaluation.sides import dataset_side
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.run import RunOptions, run
from distnet_store.spec.parameters import CorrectionParameters, PredictionParameters
from distnet_store.store.movie import Movie

Judged = dict[str, Agreement]
"""By what was done: `before` correction, and `after`."""


@dataclass(frozen=True)
class Subject:
    """A model (bundled by name, or a file) with the options that it predicts with."""

    model: Path
    prediction: PredictionParameters = field(default_factory=PredictionParameters)

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.model.name.partition(".")[0]

    @property
    def options(self) -> str:
        """Options that are not at their default, as JSON."""
        return json.dumps(self.prediction.model_dump(mode="json", exclude_defaults=True))


def subject(model: str, prediction: PredictionParameters | None = None) -> Subject:
    """Return a model with its options.

    Raises:
        NotFoundError: there is no such model.
    """
    return Subject(find_model(model), prediction or PredictionParameters())


def judge(one: Subject, data_set: DataSet, movies: Sequence[LabelledMovie], work: Path) -> Judged:
    """Return the errors on movies, added up."""
    found = [judge_movie(one, data_set, movie, work) for movie in movies]
    return {state: together(part[state] for part in found) for state in found[0]}


def judge_movie(one: Subject, data_set: DataSet, movie: LabelledMovie, work: Path) -> Judged:
    """Return the errors on one movie: kept ones, or else those of a new run."""
    parts = (
        read_digest(one.model),
        one.options,
        data_set.name,
        pixels_digest(movie),
        code_digest(),
    )
    return kept_scores(work, parts, lambda: _computed(one, data_set, movie, work))


def kept_scores(work: Path, parts: Sequence[str], compute: Callable[[], Judged]) -> Judged:
    """Return what was computed from `parts` before, or compute and keep it."""
    name = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
    file = work / "scores" / f"{name}.json"
    if file.is_file():
        return {
            state: Agreement(**counts) for state, counts in json.loads(file.read_text()).items()
        }
    found = compute()
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_suffix(".part")
    whole.write_text(json.dumps({state: asdict(counts) for state, counts in found.items()}))
    whole.replace(file)
    return found


def _computed(one: Subject, data_set: DataSet, movie: LabelledMovie, work: Path) -> Judged:
    with tempfile.TemporaryDirectory(dir=work) as folder:
        dataset = import_movie(
            movie.image,
            Path(folder) / "movie.ome.zarr",
            pixel_size_um="unknown",
            frame_interval_s="unknown",
        )
        run(dataset, RunOptions(model=one.model, prediction=one.prediction))
        correct(dataset, CorrectionParameters(pole_contact=data_set.rods))
        return {
            "before": _agreement(dataset, "cells", movie, data_set),
            "after": _agreement(dataset, "corrected", movie, data_set),
        }


def _agreement(dataset: Movie, name: str, movie: LabelledMovie, data_set: DataSet) -> Agreement:
    side = dataset_side(dataset, name)
    labels = np.stack([side.read(t) for t in range(len(movie.image))])
    links = movie.links[:0] if side.links is None else side.links
    return agreement(movie, labels, links, data_set)


def pixels_digest(movie: LabelledMovie) -> str:
    """Return what changes with a movie's pixels, labels or links."""
    found = hashlib.sha256()
    for array in (movie.image, movie.labels, movie.links):
        found.update(
            f"{array.shape} {array.dtype}".encode() + np.ascontiguousarray(array).tobytes()
        )
    return found.hexdigest()


@cache
def code_digest() -> str:
    """Return what changes with any module of the package, or with how errors are counted."""
    found = hashlib.sha256()
    package = Path(distnet_store.__file__).parent
    for file in (*sorted(package.rglob("*.py")), Path(__file__).with_name("agreement.py")):
        found.update(file.read_bytes())
    return found.hexdigest()
