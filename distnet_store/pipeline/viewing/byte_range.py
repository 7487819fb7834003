"""Which bytes of a file does an HTTP request ask for?"""

from __future__ import annotations

import re
from typing import Final

_ONE_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


class UnsatisfiableRangeError(ValueError):
    """The first byte that is asked for lies behind the end, to be answered by 416."""


def asked_bytes(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last, None where the whole file is to be sent.

    A header that is no single range of bytes is left aside, as the standard wants it.

    Raises:
        UnsatisfiableRangeError: none of the bytes that are asked for exists.

    Source:
        RFC 9110, section 14 (range requests).

    Example:
        >>> asked_bytes("bytes=0-3", 10), asked_bytes("bytes=-4", 10), asked_bytes(None, 10)
        ((0, 4), (6, 10), None)
    """
    match = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= stop:
        raise UnsatisfiableRangeError
    return start, stop
