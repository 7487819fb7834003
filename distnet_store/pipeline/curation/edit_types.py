"""Which edits can a person make, and what is to be said of each?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.curation.polygon import Points
from distnet_store.pipeline.curation.cell_address import Cell

NewLinks = Literal["follow", "none"]
"""Whether cells that an edit makes take links from their neighbours in time, or none."""


@dataclass(frozen=True)
class Split:
    """Cut a cell into parts: along a `line`, by a point in each part (`seeds`), or as `parts` has it.

    `parts` is an image (y, x) of the frame's size: 0 outside the cell, a number for each part.
    The largest part keeps the label.
    """

    cell: Cell
    line: Points | None = None
    seeds: Points | None = None
    parts: NDArray[np.integer] | None = None
    links: NewLinks = "follow"


@dataclass(frozen=True)
class Merge:
    """Make one cell of several in a frame; the largest keeps its label. `apart`: though they do not touch."""

    cells: tuple[Cell, ...]
    apart: bool = False


@dataclass(frozen=True)
class Delete:
    """Remove cells with their links."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Draw:
    """Draw a new cell at `t`, or a new shape for `cell`, as a `polygon` or as a `mask` (y, x).

    `overlap` says who keeps pixels that other cells have: it is refused, the drawn cell or the others.
    """

    t: int | None = None
    cell: Cell | None = None
    polygon: Points | None = None
    mask: NDArray[np.bool_] | None = None
    overlap: Literal["refuse", "drawn", "others"] = "refuse"
    links: NewLinks = "follow"


@dataclass(frozen=True)
class Link:
    """Link a cell to one in a later frame.

    `others` says what becomes of links that would make a division or fusion of it: it is refused, they
    are removed, or kept. `gap`: though frames lie between.
    """

    source: Cell
    target: Cell
    others: Literal["refuse", "remove", "keep"] = "refuse"
    gap: bool = False


@dataclass(frozen=True)
class Unlink:
    """Remove the link between two cells; it will not be made again by a rule."""

    source: Cell
    target: Cell


@dataclass(frozen=True)
class Divide:
    """A mother divides into daughters: she has these links onward and no others, they have no others back."""

    mother: Cell
    daughters: tuple[Cell, ...]
    gap: bool = False


@dataclass(frozen=True)
class Swap:
    """Two cells of a frame exchange what lies before them, so that their tracks exchange the rest."""

    first: Cell
    second: Cell


@dataclass(frozen=True)
class Confirm:
    """These cells are right, and the links between them: single ones, whole tracks, whole frames."""

    cells: tuple[Cell, ...] = ()
    tracks: tuple[int, ...] = ()
    frames: tuple[int, ...] = ()


Edit = Split | Merge | Delete | Draw | Link | Unlink | Divide | Swap | Confirm


def parse_frames(text: str | None) -> tuple[int, ...]:
    """Return the time points of ``FIRST:STOP`` or of a single number; none where nothing is written.

    Raises:
        WrongArgumentError: it has another form.

    Example:
        >>> parse_frames("3:6"), parse_frames("4"), parse_frames(None)
        ((3, 4, 5), (4,), ())
    """
    if text is None:
        return ()
    first, colon, stop = text.partition(":")
    is_range = first.isdigit() and (not colon or stop.isdigit())
    frames = range(int(first), int(stop) if colon else int(first) + 1) if is_range else range(0)
    if not frames:
        raise WrongArgumentError(
            "these are no frames",
            expected="FIRST:STOP, the last one not included, or a single time point",
            found=repr(text),
            remedy="for example --frames 0:10 for the first ten",
        )
    return tuple(frames)
