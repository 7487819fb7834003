"""What does each part of the recipe of a bundled model bring, trained equally long from the same seed?

Usage: python benchmarks/ingredients.py bacteria|cells --work FOLDER [--stills 6] [--movies 4] [--steps 100]
       [--flips 4] [--variants full,no-simulation] [--frames N] [--data FOLDER] [--datasets FOLDER] [--json]

Data and options are those of tools/train_models.py, whose datasets and first pass, chambers alone, come to be in
--datasets or in the work folder. From there each variant learns for --stills epochs from single frames, then for
--movies epochs from windows: as short as there is time for. Variants are compared with one another, not with the
bundled model. Each is the full recipe but for one part:

- full: all data, cells brought to one width, prediction averaged over flips;
- no-simulation: real movies only;
- no-rescaling: cells as wide as they are, in training and in prediction;
- no-flips: the model of `full`, predicting each frame as it is;
- no-start: from random weights, not from chambers alone;
- mean-over-cells: losses are means over cells, not sums over all pixels (METHOD.md section 4 leaves it open);
- plateau: the learning rate falls when the loss no longer does, not along a cosine after a slow start;
- dropout: a fifth of the features is left out while learning.

They are judged on the development frames (development_scores.py), after correction, stills before. Models and figures
stay in the work folder, so that a second run computes only what is new.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from agreement import Agreement, markdown_table, together
from development_frames import DATA, DATA_SETS, DataSet
from model_results import Subject, code_digest, judge_movie
from robustness import first

from distnet_store.model.file import load_model, save_model
from distnet_store.pipeline.train import train
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.store.movie import Movie

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from model_data import SOURCES
from train_models import PASSES, model_file, train_passes, weighted

JUDGED_BY = {"bacteria": ("mother-machine",), "cells": ("t98g-stills", "t98g", "qpi")}
"""The data sets that judge each model."""


@dataclass(frozen=True)
class Variant:
    """How a variant differs from the full recipe."""

    simulation: bool = True
    rescaling: bool = True
    flips: bool = True
    start: bool = True
    changed: tuple[tuple[str, str | float], ...] = ()

    @property
    def options(self) -> dict[str, str | float]:
        """Training options with other values."""
        return dict(self.changed)


VARIANTS = {
    "full": Variant(),
    "no-simulation": Variant(simulation=False),
    "no-rescaling": Variant(rescaling=False),
    "no-flips": Variant(flips=False),
    "no-start": Variant(start=False),
    "mean-over-cells": Variant(changed=(("loss_reduction", "mean-over-cells"),)),
    "plateau": Variant(changed=(("schedule", "plateau"),)),
    "dropout": Variant(changed=(("dropout", 0.2),)),
}


@dataclass(frozen=True)
class Row:
    """What one variant did on one data set."""

    data_set: DataSet
    variant: str
    counts: Agreement


@dataclass(frozen=True)
class Length:
    """How long each variant is trained: epochs of each pass, and their steps."""

    stills: int
    movies: int
    steps: int
    seed: int = 0


def varied(
    name: str, variant: Variant, length: Length, data: Path, datasets: Path
) -> tuple[list[Movie], list[TrainingOptions]]:
    """Return the movies of a variant of the bundled model's recipe, and the options of its two passes."""
    sources = [
        one for one in SOURCES[name](data, datasets) if variant.simulation or not one.is_simulated
    ]
    passes = []
    for called, epochs in ((f"{name}-stills", length.stills), (name, length.movies)):
        options = replace(
            weighted(PASSES[called], sources), epochs=epochs, steps=length.steps, seed=length.seed
        )
        if not variant.rescaling:
            options = replace(options, object_thickness=None)
        passes.append(replace(options, **variant.options))
    return [one.movie for one in sources], passes


def trained(name: str, variant: Variant, length: Length, options: argparse.Namespace) -> Path:
    """Return the model of a variant, trained if it is not there; flips change nothing in it."""
    work = options.work
    known = repr((name, replace(variant, flips=True), length, code_digest()))
    target = work / f"{name}-{hashlib.sha256(known.encode()).hexdigest()[:12]}.safetensors"
    if not target.is_file():
        datasets = options.datasets or work / "datasets"
        first_pass = PASSES[f"{name}-stills"].start
        if first_pass is None:
            raise SystemExit(f"{name} begins without another pass")
        if variant.start:
            train_passes(first_pass, options.data, datasets)
        movies, passes = varied(name, variant, length, options.data, datasets)
        start = model_file(datasets, first_pass) if variant.start else None
        if start is not None and not variant.rescaling:
            start = as_it_is(start, work)
        for k, one in enumerate(passes):
            unfinished = target.with_name(f"unfinished-{k}-{target.name}")
            train(movies, unfinished, one, initial=start, overwrite=True)
            start = unfinished
        unfinished.rename(target)
    return target


def as_it_is(model: Path, work: Path) -> Path:
    """Return a copy of a model that does not say to which width cells are brought, so that none are."""
    found = load_model(model)
    card = found.card.model_copy(update={"is_rescaled": False})
    target = work / f"as-it-is-{model.name}"
    save_model(target, card, found.network)
    return target


def rows_of(name: str, variants: Sequence[str], options: argparse.Namespace) -> list[Row]:
    """Return a row for each variant and data set."""
    length = Length(options.stills, options.movies, options.steps)
    rows = []
    for called in variants:
        variant = VARIANTS[called]
        model = trained(name, variant, length, options)
        flips = options.flips if variant.flips else 1
        one = Subject(model, PredictionParameters(flips=flips))
        for data_set in (DATA_SETS[key] for key in JUDGED_BY[name]):
            movies = [
                first(movie, options.frames) for movie in data_set.read(options.data, "judge")
            ]
            state = "before" if data_set.truth == "none" else "after"
            found = [judge_movie(one, data_set, movie, options.work)[state] for movie in movies]
            rows.append(Row(data_set, called, together(found)))
    return rows


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", choices=sorted(JUDGED_BY))
    parser.add_argument("--stills", type=int, default=6)
    parser.add_argument("--movies", type=int, default=4)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--flips", type=int, default=4, choices=(4, 8))
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--frames", type=int)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--datasets", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    variants = options.variants.split(",")
    if unknown := set(variants) - set(VARIANTS):
        parser.error(f"no variant {', '.join(unknown)}; there are {', '.join(VARIANTS)}")
    options.work.mkdir(parents=True, exist_ok=True)
    rows = rows_of(options.name, variants, options)
    print(as_json(rows, options) if options.json else as_text(rows))


def as_text(rows: Sequence[Row]) -> str:
    """Return the table in Markdown."""
    return markdown_table(
        ("frames", "variant"),
        [((row.data_set.name, row.variant), row.counts, row.data_set) for row in rows],
    )


def as_json(rows: Sequence[Row], options: argparse.Namespace) -> str:
    """Return how long was trained, and a list of objects."""
    listed = [
        {
            "frames": row.data_set.name,
            "variant": row.variant,
            **row.counts.figures(row.data_set),
            "counts": asdict(row.counts),
        }
        for row in rows
    ]
    keys = ("stills", "movies", "steps", "flips")
    length = {key: getattr(options, key) for key in keys}
    return json.dumps({"model": options.name, **length, "rows": listed}, indent=1)


if __name__ == "__main__":
    main()
