"""What does a command say of a selection that is used as a filter? Everything that has changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from distnet_store.errors import WrongArgumentError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from distnet_store.pipeline.selections import ResolvedSelection
    from distnet_store.store.movie import Movie

SelectionOption = Annotated[
    str | None,
    typer.Option("--selection", help="Only cells or tracks of a selection, as `select` saved it."),
]


def told_selection(movie: Movie, result: str, name: str) -> ResolvedSelection:
    """Return a selection as it is now, and say on stderr what has changed since it was saved."""
    from distnet_store.pipeline.selections import resolve_selection

    resolved = resolve_selection(movie, result, name)
    for note in resolved.notes:
        typer.echo(f"note: {note}", err=True)
    return resolved


def selected_tracks(movie: Movie, result: str, name: str | None) -> NDArray[np.int64] | None:
    """Return the tracks that hold the cells of a selection now, and say what has changed.

    None, which is no filter, where no selection is named.
    """
    return None if name is None else told_selection(movie, result, name).track_ids


def selected_cells(movie: Movie, result: str, name: str | None) -> NDArray[np.int64] | None:
    """Return the object ids of a selection's cells as they are now, and say what has changed.

    None, which is no filter, where no selection is named.
    """
    return None if name is None else told_selection(movie, result, name).object_ids


def refuse_idle_selection(why: str, beside: str) -> None:
    """Refuse a selection that would change nothing of what the command does.

    Raises:
        WrongArgumentError: always; `beside` names the options with which a selection has a meaning.
    """
    raise WrongArgumentError(
        "the selection would have no effect",
        expected=f"--selection with {beside}",
        found="--selection alone",
        remedy=f"{why}; add {beside}, or leave --selection out",
    )
