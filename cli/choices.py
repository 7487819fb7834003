"""How are lists, pairs and closed sets read from the command line?"""

from __future__ import annotations

from typing import TypeVar

from distnet_store.errors import WrongArgumentError

Choice = TypeVar("Choice", bound=str)


def one_of(text: str, choices: tuple[Choice, ...], option: str) -> Choice:
    """Return the choice that the text names.

    Raises:
        WrongArgumentError: it names none.
    """
    for choice in choices:
        if text == choice:
            return choice
    raise WrongArgumentError(
        "there is no such choice", expected=", ".join(choices), found=repr(text), where=option
    )


def integers(text: str, option: str) -> tuple[int, ...]:
    """Return the integers in a list separated by commas.

    Raises:
        WrongArgumentError: one is no integer.

    Example:
        >>> integers("1,2", "--gaps")
        (1, 2)
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise WrongArgumentError(
            "this is no list of integers", expected="1,2,3", found=repr(text), where=option
        ) from error


def pair(text: str, option: str) -> tuple[int, int]:
    """Return two integers separated by a comma.

    Raises:
        WrongArgumentError: there are not two.
    """
    found = integers(text, option)
    if len(found) != 2:
        raise WrongArgumentError(
            "two integers are needed", expected="HEIGHT,WIDTH", found=repr(text), where=option
        )
    return found[0], found[1]


def integer_range(text: str, option: str) -> tuple[int, ...]:
    """Return the integers from FIRST to LAST, both included, or those in a list separated by commas.

    Raises:
        WrongArgumentError: it is neither, or LAST is under FIRST.

    Example:
        >>> integer_range("1:4", "--gaps"), integer_range("2,5", "--gaps")
        ((1, 2, 3, 4), (2, 5))
    """
    first, colon, last = text.partition(":")
    if not colon:
        return integers(text, option)
    if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        raise WrongArgumentError(
            "this is no range", expected="FIRST:LAST, as 1:10", found=repr(text), where=option
        )
    return tuple(range(int(first), int(last) + 1))


def decimals(text: str, count: int, option: str) -> tuple[float, ...]:
    """Return so many numbers separated by commas.

    Raises:
        WrongArgumentError: there are more or fewer, or one is no number.

    Example:
        >>> decimals("0.5,-2", 2, "--drift")
        (0.5, -2.0)
    """
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise WrongArgumentError(
            "this is no list of numbers", expected="0.5,-2", found=repr(text), where=option
        ) from error
    if len(found) != count:
        raise WrongArgumentError(f"{count} numbers are needed", found=repr(text), where=option)
    return found


def size(text: str, option: str) -> tuple[int, int]:
    """Return height and width.

    Raises:
        WrongArgumentError: the text is not of the form HEIGHTxWIDTH.

    Example:
        >>> size("256x512", "--size")
        (256, 512)
    """
    height, _, width = text.partition("x")
    if not (height.isdecimal() and width.isdecimal()):
        raise WrongArgumentError(
            "this is no size", expected="HEIGHTxWIDTH, as 256x512", found=repr(text), where=option
        )
    return int(height), int(width)
