"""How does a model file come out of labelled datasets?"""

from __future__ import annotations

import csv
import datetime
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from distnet_store.errors import WrongArgumentError
from distnet_store.model.backend import require_backend
from distnet_store.model.file import SUFFIX, load_model, read_card, save_model
from distnet_store.pipeline.frame_cache import MIB, FrameCache
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.new_file import checked_file
from distnet_store.pipeline.training_movies import check_ignored, movie_name, training_movies
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.typical_thickness import typical_thickness
from distnet_store.spec.model_card import ModelCard
from distnet_store.store.location import storage_errors
from distnet_store.store.movie import Movie

EpochLosses = Callable[[int, int, dict[str, float]], None]
"""Called after each epoch with its number, the number of epochs, and the losses by name.

Among the losses stands `wait_share`, the part of the epoch in which the network waited for samples."""


def train(
    movies: Sequence[Movie],
    target: str | Path,
    options: TrainingOptions,
    *,
    validation: Sequence[Movie] = (),
    initial: str | Path | None = None,
    overwrite: bool = False,
    on_epoch: EpochLosses | None = None,
) -> ModelCard:
    """Train a network and write it as a model file, with the losses as a CSV table beside it.

    `initial` names a model, bundled or a file, whose weights training starts from; its shape counts then,
    not that of `options`, and movies are magnified as for it where `options` names no thickness. After every
    epoch the model file is the best so far, or, where no movie is held back, the latest. Returns the model's card.

    Raises:
        WrongArgumentError: the target's ending is wrong, or an option does not fit.
        TargetExistsError: the target exists and `overwrite` is not set.
        InvalidDataError: a movie has no labelled cell, or the loss became no number.
        NotFoundError: a movie lacks labels, their tables, or the channel; or none has the ignored regions.
        MissingExtraError: Keras or its backend is not installed.
    """
    path = _checked_target(Path(target), overwrite=overwrite)
    start = None if initial is None else load_model(find_model(initial))
    if start is not None:
        options = replace(options, network=start.card.network)
        if options.object_thickness is None and start.card.is_rescaled:
            options = replace(options, object_thickness=start.card.object_thickness)
    check_ignored([*movies, *validation], options)
    card = describe_training(movies, path, options, validation=validation)
    if start is not None:
        origin = {"digest": start.digest, "training": start.card.training}
        card = card.model_copy(update={"training": {**card.training, "started_from": origin}})
    backend = require_backend()
    # Keras loads only where a network is used
    from distnet_store.model.training import TrainingParameters, train_network

    cache = FrameCache(options.cache_mib * MIB)
    started = time.monotonic()
    log = path.with_suffix(".csv")
    rows: list[dict[str, float]] = []

    def after_epoch(epoch: int, losses: dict[str, float], network: object) -> None:
        rows.append({"epoch": epoch, "seconds": round(time.monotonic() - started, 1), **losses})
        _write_log(log, rows)
        if not validation or losses["val_loss"] == min(row["val_loss"] for row in rows):
            with storage_errors(str(path)):
                save_model(path, card, network, precision=options.precision)
        if on_epoch is not None:
            on_epoch(epoch, options.epochs, losses)

    result = train_network(
        options.network,
        training_movies(movies, options, cache),
        options.sampling,
        TrainingParameters(
            epochs=options.epochs,
            learning_rate=options.learning_rate,
            schedule=options.schedule,
            loss_reduction=options.loss_reduction,
        ),
        validation=training_movies(validation, replace(options, weights=None), cache),
        initial=None if start is None else start.network,
        on_epoch=after_epoch,
    )
    best = result.history[result.best_epoch - 1]
    done = {
        "best_epoch": result.best_epoch,
        "losses": {k: v for k, v in best.items() if k != "wait_share"},
        "seconds": round(time.monotonic() - started),
        "backend": f"{backend} {version(_distribution(backend))}, keras {version('keras')}",
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    final = card.model_copy(update={"training": {**card.training, **done}})
    with storage_errors(str(path)):
        save_model(path, final, result.network, precision=options.precision)
    return read_card(path)


def describe_training(
    movies: Sequence[Movie],
    target: Path,
    options: TrainingOptions,
    *,
    validation: Sequence[Movie] = (),
) -> ModelCard:
    """Return the card of a model before it is trained: its shape, its data, its options.

    Raises:
        WrongArgumentError: there is no movie.
        InvalidDataError: there is no labelled cell.
    """
    if not movies:
        raise WrongArgumentError(
            "there is no movie to train on", remedy="name at least one dataset with labels"
        )
    sizes = [movie.pixel_size_um for movie in movies if movie.pixel_size_um is not None]
    chosen = {
        **{k: v for k, v in asdict(options).items() if k not in ("network", "normalisation")},
        "augmentation": options.augmentation.model_dump(mode="json"),
    }
    return ModelCard(
        name=target.name.removesuffix(SUFFIX),
        network=options.network,
        gap=min(options.gaps),
        normalisation=options.normalisation,
        object_thickness=options.object_thickness or typical_thickness(movies, options.labels),
        is_rescaled=options.object_thickness is not None,
        pixel_size_um=float(np.median([size for pair in sizes for size in pair]))
        if sizes
        else None,
        training={
            "movies": [_described(movie) for movie in movies],
            "validation": [_described(movie) for movie in validation],
            "options": chosen,
        },
    )


def _checked_target(path: Path, *, overwrite: bool) -> Path:
    checked_file(path, SUFFIX, "a model file", overwrite=overwrite)
    with storage_errors(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _described(movie: Movie) -> dict[str, object]:
    return {
        "name": movie_name(movie),
        "shape_tcyx": list(movie.shape),
        "image_digest": movie.require_writable().image_digest,
    }


def _write_log(path: Path, rows: list[dict[str, float]]) -> None:
    with storage_errors(str(path)), path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({k: round(v, 6) for k, v in row.items()} for row in rows)


def _distribution(backend: str) -> str:
    return "tensorflow-cpu" if backend == "tensorflow" else backend
