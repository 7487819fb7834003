"""How wide are the cells of a movie, for a model that learned from cells of one width?

The answer is part of what a prediction is made with. It is estimated once, and kept in the dataset, so that
every job of a run, on whichever machine, has the same one.
"""

from __future__ import annotations

from pathlib import Path

from distnet_store.model.file import Model, load_model, read_card, read_digest
from distnet_store.pipeline.image_channel import check_channel
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.width_estimate import WidthEstimate, estimate_width
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.store import paths
from distnet_store.store.movie import Movie


def with_cell_width(
    movie: Movie, model: str | Path | Model, parameters: PredictionParameters
) -> PredictionParameters:
    """Return the parameters with the width of this movie's cells, where the model needs to know it.

    A width that is given stays. For a model that learned from cells of one width it is estimated from
    some frames, unless the dataset keeps an earlier estimate for the same pixels, channel and model.

    Raises:
        NotFoundError: there is no such model or channel.
        ModelMismatchError: the movie has several channels and none was chosen.
        MissingExtraError: an estimate is needed, and Keras or its backend is not installed.
    """
    source = model if isinstance(model, Model) else find_model(model)
    card = source.card if isinstance(source, Model) else read_card(source)
    if parameters.object_thickness is not None or not card.is_rescaled:
        return parameters
    known = kept_estimate(movie, source, parameters).thickness
    return parameters.model_copy(update={"object_thickness": known})


def kept_estimate(
    movie: Movie, model: Path | Model, parameters: PredictionParameters
) -> WidthEstimate:
    """Return the estimate that the dataset keeps for a model, making it where there is none.

    Raises:
        NotFoundError: there is no such channel.
        ModelMismatchError: the movie has several channels and none was chosen.
        MissingExtraError: Keras or its backend is not installed.
    """
    channel = check_channel(movie, parameters)
    image = movie.require_writable().image_digest
    digest = model.digest if isinstance(model, Model) else read_digest(model)
    key = paths.cell_width(image, digest, channel)
    location = movie.location
    if not location.exists(key):
        loaded = model if isinstance(model, Model) else load_model(model)
        found = estimate_width(movie, loaded, channel)
        location.create(key, found.model_dump_json().encode())  # another job may have been faster
    return WidthEstimate.model_validate_json(location.read(key))
