"""How does a model file come out of labelled datasets?"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from distnet_store.errors import StoppedError, TargetExistsError, WrongArgumentError
from distnet_store.model.backend import require_backend
from distnet_store.model.file import SUFFIX, Model, load_model, read_card, save_model
from distnet_store.pipeline.frame_cache import MIB, FrameCache
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.new_file import checked_file
from distnet_store.pipeline.tensorboard_log import TensorBoardLog
from distnet_store.pipeline.training_log import TrainingLog
from distnet_store.pipeline.training_movies import check_ignored, movie_name, training_movies
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.training_page import worst_frames, write_training_page
from distnet_store.pipeline.training_run import Run, described_run, require_same_run
from distnet_store.pipeline.training_scores import error_score
from distnet_store.pipeline.typical_thickness import typical_thickness
from distnet_store.spec.model_card import ModelCard
from distnet_store.store.location import storage_errors
from distnet_store.store.movie import Movie

if TYPE_CHECKING:  # Keras loads only where a network is used
    from distnet_store.model.training import TrainingResult
    from distnet_store.model.training_state import Checkpoint

EpochLosses = Callable[[int, int, dict[str, float]], None]
"""Called after each epoch with its number, the number of epochs, and its values by name: see `EpochEnd`."""

StepsDone = Callable[[int, int], None]
"""Called after each step with the number of steps done, and of all."""


def train(
    movies: Sequence[Movie],
    target: str | Path,
    options: TrainingOptions,
    *,
    validation: Sequence[Movie] = (),
    initial: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    on_epoch: EpochLosses | None = None,
    on_step: StepsDone | None = None,
    is_stopped: Callable[[], bool] | None = None,
    tensorboard: str | Path | None = None,
) -> ModelCard:
    """Train a network and write it as a model file, with the losses as a CSV table and a page beside it.

    `initial` names a model, bundled or a file, whose weights training starts from; its shape counts then,
    not that of `options`, and movies are magnified as for it where `options` names no thickness. After every
    epoch the model file is the best so far, or, where no movie is held back, the latest; and beside it lies a
    checkpoint, `*.checkpoint`, until the run is done. With `resume` the run goes on from there, and ends with
    the weights that it would have had without a stop. `tensorboard` names a folder for event files.
    `is_stopped` is asked before each step; the run then writes a checkpoint and ends with a StoppedError. When it
    is done, `*.md` shows the card, curves, and the held-back frames with most errors. Returns the model's card.

    Raises:
        WrongArgumentError: the target's ending is wrong, or an option does not fit.
        TargetExistsError: the target or a checkpoint exists and neither `overwrite` nor `resume` is set.
        InvalidDataError: a movie has no labelled cell, or the loss became no number.
        NotFoundError: a movie lacks labels, their tables, or the channel; none has the ignored regions; or
            there is no checkpoint to go on from.
        StoppedError: it was stopped before it was done.
        StorageError: the disk is full; the checkpoint and the model before are whole.
        MissingExtraError: Keras, its backend, or what `tensorboard` needs is not installed.
    """
    require_backend()
    # Keras loads only where a network is used
    from distnet_store.model.several_devices import several_devices

    listeners = _Listeners(on_epoch, on_step, is_stopped, tensorboard)
    sources = _Sources(movies, validation, initial)
    with several_devices(options.devices):
        return _train(sources, Path(target), options, listeners, overwrite=overwrite, resume=resume)


class _Sources(NamedTuple):
    """What a run learns from."""

    movies: Sequence[Movie]
    validation: Sequence[Movie]
    initial: str | Path | None


class _Listeners(NamedTuple):
    """Who is told of a run, and may stop it."""

    on_epoch: EpochLosses | None
    on_step: StepsDone | None
    is_stopped: Callable[[], bool] | None
    tensorboard: str | Path | None


def _train(
    sources: _Sources,
    target: Path,
    options: TrainingOptions,
    listeners: _Listeners,
    *,
    overwrite: bool,
    resume: bool,
) -> ModelCard:
    movies, validation, initial = sources
    on_epoch, on_step, is_stopped, tensorboard = listeners
    path = _checked_target(target, overwrite=overwrite or resume)
    checked_file(path.with_suffix(".md"), ".md", "a page", overwrite=overwrite or resume)
    start = None
    if options.dropout is not None:
        shape = options.network.model_copy(update={"dropout": options.dropout})
        options = replace(options, network=shape)
    if initial is not None:
        precision = options.compute_precision
        start = load_model(find_model(initial), precision, dropout=options.dropout)
        options = replace(options, network=start.card.network)
        if options.object_thickness is None and start.card.is_rescaled:
            options = replace(options, object_thickness=start.card.object_thickness)
    check_ignored([*movies, *validation], options)
    _check_choice(options, validation)
    card = describe_training(movies, path, options, validation=validation)
    if start is not None:
        origin = {"digest": start.digest, "training": start.card.training}
        card = card.model_copy(update={"training": {**card.training, "started_from": origin}})
    backend = require_backend()
    # Keras loads only where a network is used
    from distnet_store.model.checkpoint_file import CHECKPOINT_SUFFIX, write_checkpoint
    from distnet_store.model.training import EpochEnd, TrainingHooks, train_network

    run = described_run(
        movies,
        validation,
        options,
        started_from=None if start is None else start.digest,
        backend=backend,
    )
    kept = path.with_suffix(CHECKPOINT_SUFFIX)
    checkpoint = _found_checkpoint(kept, run, resume=resume, overwrite=overwrite)
    board = None if tensorboard is None else TensorBoardLog(Path(tensorboard))
    logs: list[TrainingLog | TensorBoardLog] = [TrainingLog(path.with_suffix(".csv"))]
    if board is not None:
        logs.append(board)

    def after_epoch(end: EpochEnd) -> None:
        for one in logs:
            one.add(end.epoch, end.values)
        if end.is_best or not validation:
            with storage_errors(str(path)):
                save_model(path, card, end.network, precision=options.precision)
        if on_epoch is not None:
            on_epoch(end.epoch, options.epochs, end.values)

    def after_step(done: int) -> None:
        if on_step is not None:
            on_step(done, options.epochs * options.steps)

    def keep(taken: Checkpoint) -> None:
        with storage_errors(str(kept)):
            write_checkpoint(kept, taken, run)

    if checkpoint is not None:
        for one in logs:
            one.begin(checkpoint.progress.history)
    cache = FrameCache(options.cache_mib * MIB)
    by_errors = bool(validation) and options.choose == "errors"
    try:
        result = train_network(
            options.network,
            training_movies(movies, options, cache),
            options.sampling,
            options.training,
            validation=training_movies(validation, replace(options, weights=None), cache),
            initial=None if start is None else start.network,
            resume=checkpoint,
            hooks=TrainingHooks(
                score=error_score(validation, card, options) if by_errors else None,
                on_epoch=after_epoch,
                keep=keep,
                is_stopped=is_stopped or (lambda: False),
                on_step=after_step,
            ),
        )
    finally:
        if board is not None:
            board.close()
    if not result.is_whole:
        raise _stopped(kept, len(result.history), options.epochs)
    final = card.model_copy(update={"training": {**card.training, **_outcome(result, backend)}})
    with storage_errors(str(path)):
        save_model(path, final, result.network, precision=options.precision)
    seen = Model(final, result.network, digest="")
    worst = worst_frames(validation, seen, options) if by_errors else ()
    write_training_page(path, final, result.history, worst)
    with storage_errors(str(kept)):
        kept.unlink(missing_ok=True)
    return read_card(path)


def _check_choice(options: TrainingOptions, validation: Sequence[Movie]) -> None:
    if options.patience is not None and not validation:
        raise WrongArgumentError(
            "without a held-back movie nobody can tell when to stop",
            found=f"patience {options.patience}",
            remedy="hold a movie back with --validation, or leave --patience out",
        )


def _found_checkpoint(kept: Path, run: Run, *, resume: bool, overwrite: bool) -> Checkpoint | None:
    """Return the checkpoint to go on from, None for a new run, which must not lose another's.

    Raises:
        NotFoundError: there is none to go on from.
        WrongArgumentError: it is one of another run.
        TargetExistsError: a new run would lose one, and `overwrite` is not set.
    """
    from distnet_store.model.checkpoint_file import read_checkpoint

    if resume:
        checkpoint, found = read_checkpoint(kept)
        require_same_run(found, run, str(kept))
        return checkpoint
    if kept.exists() and not overwrite:
        raise TargetExistsError(
            "a run of this model was stopped before it was done",
            where=str(kept),
            remedy="go on with --resume, or train anew with --overwrite",
        )
    return None


def _stopped(kept: Path, epochs: int, total: int) -> StoppedError:
    return StoppedError(
        "the training was stopped",
        expected=f"{total} epochs",
        found=f"{epochs} done",
        where=str(kept),
        remedy="the same command with --resume goes on from here",
    )


def _outcome(result: TrainingResult, backend: str) -> dict[str, object]:
    best = result.history[result.best_epoch - 1]
    return {
        "best_epoch": result.best_epoch,
        "epochs_done": len(result.history),
        "losses": {k: v for k, v in best.items() if k not in ("wait_share", "seconds")},
        "seconds": round(result.history[-1]["seconds"]),
        "backend": f"{backend} {version(_distribution(backend))}, keras {version('keras')}",
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


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


def _distribution(backend: str) -> str:
    return "tensorflow-cpu" if backend == "tensorflow" else backend
