"""How does training read the frames, labels and links of datasets?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.model.training_movie import TrainingMovie, has_divisions
from distnet_store.ops.rescale import smoothed_for
from distnet_store.pipeline.frame_cache import FrameCache
from distnet_store.pipeline.image_channel import check_channel
from distnet_store.pipeline.targets import movie_links
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.typical_thickness import typical_thickness
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.store.annotated_frames import annotated_frames
from distnet_store.store.movie import Movie


def training_movies(
    movies: Sequence[Movie], options: TrainingOptions, cache: FrameCache
) -> list[TrainingMovie]:
    """Return what training reads of movies; their decoded frames stay in `cache`.

    Raises:
        WrongArgumentError: there are not as many weights as movies.
        NotFoundError: a movie lacks labels, their tables, or the channel.
    """
    weights = options.weights or (1.0,) * len(movies)
    if len(weights) != len(movies):
        raise WrongArgumentError(
            "each movie needs one weight", expected=str(len(movies)), found=str(len(weights))
        )
    return [
        _training_movie(movie, weight, options, cache)
        for movie, weight in zip(movies, weights, strict=True)
    ]


def magnification_of(movie: Movie, options: TrainingOptions) -> float:
    """Return how much larger training shows a movie, so that its cells are as wide as `options` wants.

    Raises:
        InvalidDataError: it has no labelled cell.
    """
    if options.object_thickness is None:
        return 1.0
    return options.object_thickness / typical_thickness([movie], options.labels)


def movie_name(movie: Movie) -> str:
    """Return the last part of a dataset's address."""
    return movie.url.rstrip("/").rsplit("/", 1)[-1]


def check_ignored(movies: Sequence[Movie], options: TrainingOptions) -> None:
    """Refuse a name of ignored regions that no movie knows; a movie without such regions ignores nothing.

    Raises:
        NotFoundError: none has them.
    """
    name = options.ignore
    if name is not None and not any(name in movie.label_names() for movie in movies):
        raise NotFoundError(
            "no movie has the label image of ignored regions",
            expected=name,
            where=", ".join(movie.url for movie in movies),
            remedy="`distnet-store import --labels REGIONS --labels-name NAME`, or leave --ignore out",
        )


def _training_movie(
    movie: Movie, weight: float, options: TrainingOptions, cache: FrameCache
) -> TrainingMovie:
    channel = check_channel(movie, PredictionParameters(channel=options.channel))
    read_labels = movie.labels_reader(options.labels)
    links = movie_links(movie, options.labels)

    magnification = magnification_of(movie, options)

    def image(t: int) -> NDArray[np.generic]:
        alone = np.array(movie.frame(t)[channel])  # a copy, without the other channels
        return smoothed_for(alone, magnification)

    def labels(t: int) -> NDArray[np.integer]:
        return read_labels(t).astype(np.int32)

    return TrainingMovie(
        name=movie_name(movie),
        n_frames=movie.n_frames,
        image=cache.reader(image),
        labels=cache.reader(labels),
        links=links,
        runs=annotated_frames(movie.location, options.labels, movie.n_frames),
        ignored=_ignored(movie, options, cache),
        weight=weight,
        divisions_known=options.divisions == "known" or has_divisions(links),
        magnification=magnification,
    )


def _ignored(
    movie: Movie, options: TrainingOptions, cache: FrameCache
) -> Callable[[int], NDArray[np.integer]] | None:
    if options.ignore is None or options.ignore not in movie.label_names():
        return None
    read = movie.labels_reader(options.ignore)
    return cache.reader(lambda t: (read(t) > 0).astype(np.uint8))
