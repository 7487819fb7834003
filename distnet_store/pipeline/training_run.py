"""Which training run is a checkpoint of, and may another one go on from it?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.evaluation.sides import dataset_side
from distnet_store.pipeline.training_movies import movie_name
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.store.movie import Movie

Run = dict[str, Any]


def described_run(
    movies: Sequence[Movie],
    validation: Sequence[Movie],
    options: TrainingOptions,
    *,
    started_from: str | None,
    backend: str,
) -> Run:
    """Return all that the weights of a run depend on, as JSON has it."""
    chosen = asdict(options) | {
        name: getattr(options, name).model_dump()
        for name in ("network", "normalisation", "augmentation")
    }
    for name in ("cache_mib", "checkpoint_every", "precision"):  # these change no weight
        del chosen[name]
    if options.schedule == "plateau":  # an epoch does not depend on how many follow
        del chosen["epochs"]
    run = {
        "backend": backend,
        "started_from": started_from,
        "movies": [_digests(movie, options.labels) for movie in movies],
        "validation": [_digests(movie, options.labels) for movie in validation],
        "options": chosen,
    }
    return dict(json.loads(json.dumps(run)))  # tuples as lists, as they are read again


def require_same_run(found: Run, wanted: Run, where: str) -> None:
    """Return if a checkpoint is of this run.

    Raises:
        WrongArgumentError: it is of another, and how that differs.

    Example:
        >>> require_same_run({"options": {"batch": 4}}, {"options": {"batch": 8}}, "mine.checkpoint")
        Traceback (most recent call last):
            ...
        distnet_store.errors.WrongArgumentError: this is not the run that the checkpoint is of
          expected: options.batch 4
          found: options.batch 8
          where: mine.checkpoint
          what to do: give the same datasets and options, or train anew with --overwrite
    """
    before, now = dict(_leaves(found)), dict(_leaves(wanted))
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    if names:
        raise WrongArgumentError(
            "this is not the run that the checkpoint is of",
            expected="; ".join(f"{name} {before.get(name, 'absent')}" for name in names),
            found="; ".join(f"{name} {now.get(name, 'absent')}" for name in names),
            where=where,
            remedy="give the same datasets and options, or train anew with --overwrite",
        )


def _digests(movie: Movie, labels: str) -> dict[str, str]:
    return {
        "name": movie_name(movie),
        "image": movie.require_writable().image_digest,
        "labels": dataset_side(movie, labels).digest,
    }


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Yield each entry of nested mappings and lists of mappings with its dotted name."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for k, inner in enumerate(value):
            yield from _leaves(inner, f"{name}[{k}]")
    else:
        yield name, value
