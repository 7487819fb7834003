"""What does a pixel size or frame interval on the command line mean?"""

from __future__ import annotations

from typing import Literal

from distnet_store.errors import WrongArgumentError

Unknown = Literal["unknown"]


def parse_pixel_size(text: str | None) -> float | tuple[float, float] | Unknown | None:
    """Read micrometers, one side or ``HEIGHT,WIDTH``, or ``unknown``.

    Raises:
        WrongArgumentError: it is neither.
    """
    if text is None or text == "unknown":
        return "unknown" if text else None
    sides = [
        _number(part, "--pixel-size", "a number of micrometers, HEIGHT,WIDTH, or unknown")
        for part in text.split(",")
    ]
    if len(sides) > 2:
        raise WrongArgumentError("a pixel has two sides", found=text, where="--pixel-size")
    return sides[0] if len(sides) == 1 else (sides[0], sides[1])


def parse_interval(text: str | None) -> float | Unknown | None:
    """Read seconds, or ``unknown``.

    Raises:
        WrongArgumentError: it is neither.
    """
    if text is None or text == "unknown":
        return "unknown" if text else None
    return _number(text, "--frame-interval", "a number of seconds, or unknown")


def _number(text: str, option: str, expected: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise WrongArgumentError(
            "this is no number", expected=expected, found=repr(text), where=option
        ) from error
