"""Which cell does a person mean? One named by its object id, by time point and label, or by its track."""

from __future__ import annotations

import re
from dataclasses import dataclass

from distnet_store.errors import WrongArgumentError

_FORMS = (
    "T:LABEL, TRACK@T, or the object_id of the tables; for example 12:5 (label 5 at time point 12)"
)


@dataclass(frozen=True)
class TrackAt:
    """The cell of a track (as the tables number it before the edit) at a time point."""

    track_id: int
    t: int


Cell = int | tuple[int, int] | TrackAt
"""An object id; time point and label; or a track and a time point."""


def parse_cell(text: str) -> Cell:
    """Return the cell that a text names.

    Raises:
        WrongArgumentError: it has another form.

    Example:
        >>> parse_cell("12:5"), parse_cell("17@12"), parse_cell("51539607557")
        ((12, 5), TrackAt(track_id=17, t=12), 51539607557)
    """
    match = re.fullmatch(r"(\d+)(?:([:@])(\d+))?", text.strip())
    if match is None:
        raise WrongArgumentError(
            "this names no cell", expected=_FORMS, found=repr(text), remedy="name it in such a form"
        )
    first, sign, second = match.groups()
    if sign is None:
        return int(first)
    return (int(first), int(second)) if sign == ":" else TrackAt(int(first), int(second))


def cell_text(cell: int) -> str:
    """Return a cell as ``T:LABEL``.

    Example:
        >>> cell_text((12 << 32) + 5)
        '12:5'
    """
    return f"{cell >> 32}:{cell & 0xFFFFFFFF}"
