"""What does a command say of a selection that is used as a filter? Everything that has changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from distnet_store.pipeline.selections import ResolvedSelection
    from distnet_store.store.movie import Movie


def told_selection(movie: Movie, result: str, name: str) -> ResolvedSelection:
    """Return a selection as it is now, and say on stderr what has changed since it was saved."""
    from distnet_store.pipeline.selections import resolve_selection

    resolved = resolve_selection(movie, result, name)
    for note in resolved.notes:
        typer.echo(f"note: {note}", err=True)
    return resolved


def selected_tracks(movie: Movie, result: str, name: str) -> NDArray[np.int64]:
    """Return the tracks that hold the cells of a selection now, and say what has changed."""
    return told_selection(movie, result, name).track_ids
