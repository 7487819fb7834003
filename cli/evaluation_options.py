"""How are the rules of an evaluation read from the command line?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from distnet_store.errors import WrongArgumentError

if TYPE_CHECKING:
    from typing import Literal

LARGE_OVERLAPS: tuple[Literal["mean"], Literal["median"]] = ("mean", "median")
UNMATCHED_LINKS: tuple[Literal["symmetric"], Literal["skip-earlier"], Literal["skip-later"]] = (
    "symmetric",
    "skip-earlier",
    "skip-later",
)


def span(text: str, option: str) -> tuple[int, int]:
    """Return start and stop, two integers separated by a colon.

    Raises:
        WrongArgumentError: there are not two, one is negative, or nothing lies between them.

    Example:
        >>> span("10:50", "--frames")
        (10, 50)
    """
    parts = text.split(":")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        start, stop = map(int, parts)
        if start < stop:
            return start, stop
    raise WrongArgumentError(
        "this is no range",
        expected="START:STOP, from 0, the stop larger than the start",
        found=repr(text),
        where=option,
    )


def window(text: str, option: str) -> tuple[int, int, int, int]:
    """Return y start, y stop, x start and x stop.

    Raises:
        WrongArgumentError: these are not two ranges separated by a comma.

    Example:
        >>> window("0:100,20:60", "--window")
        (0, 100, 20, 60)
    """
    parts = text.split(",")
    if len(parts) != 2:
        raise WrongArgumentError(
            "this is no window", expected="Y0:Y1,X0:X1", found=repr(text), where=option
        )
    return *span(parts[0], option), *span(parts[1], option)


def margin(text: str, option: str) -> int | None:
    """Return the margin in pixels, None for the word none.

    Raises:
        WrongArgumentError: it is neither a number of pixels nor that word.
    """
    if text == "none":
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    raise WrongArgumentError(
        "this is no margin", expected="pixels, from 0, or none", found=repr(text), where=option
    )


def large_overlap(text: str, option: str) -> tuple[Literal["mean", "median"], float | None]:
    """Return which area is halved, and the number of pixels that takes its place if one is given.

    Raises:
        WrongArgumentError: it is neither a way nor a positive number.
    """
    for way in LARGE_OVERLAPS:
        if text == way:
            return way, None
    try:
        pixels = float(text)
    except ValueError:
        pixels = -1.0
    if 0 < pixels < float("inf"):
        return "mean", pixels
    raise WrongArgumentError(
        "this is no overlap",
        expected="mean, median, or a positive number of pixels",
        found=repr(text),
        where=option,
    )
