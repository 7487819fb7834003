"""Which channel of a movie does a network read?"""

from __future__ import annotations

from distnet_store.errors import ModelMismatchError, NotFoundError
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.store.movie import Movie


def check_channel(movie: Movie, parameters: PredictionParameters) -> int:
    """Return the channel that the network reads.

    Raises:
        ModelMismatchError: the movie has several and none was chosen.
        NotFoundError: it has fewer.
    """
    names = ", ".join(f"{k} ({name})" for k, name in enumerate(movie.channel_names))
    if parameters.channel is None and movie.n_channels > 1:
        raise ModelMismatchError(
            "the model reads one channel, and the movie has several",
            expected="one channel",
            found=names,
            where=movie.url,
            remedy="choose one with --channel",
        )
    channel = parameters.channel or 0
    if channel >= movie.n_channels:
        raise NotFoundError(f"there is no channel {channel}", expected=names, where=movie.url)
    return channel
