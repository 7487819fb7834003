"""How long is a length or a time that a file gives in a unit of its own choice?

The names are those of UDUNITS-2, which OME-NGFF asks for, and the abbreviations that ImageJ,
OME-XML and other writers use instead. A unit that is no unit ("pixel", "unit", "frame") makes a
figure unknown; it is never taken for another one.
"""

from __future__ import annotations

import math

_LENGTHS_UM = {
    "angstrom": 1e-4,
    "nanometer": 1e-3,
    "micrometer": 1.0,
    "millimeter": 1e3,
    "centimeter": 1e4,
    "meter": 1e6,
    "inch": 25400.0,
}
_LENGTH_NAMES = {
    "å": "angstrom",
    "nm": "nanometer",
    "µm": "micrometer",
    "um": "micrometer",
    "micron": "micrometer",
    "mm": "millimeter",
    "cm": "centimeter",
    "m": "meter",
    "in": "inch",
    "inche": "inch",
}
_TIMES_S = {
    "nanosecond": 1e-9,
    "microsecond": 1e-6,
    "millisecond": 1e-3,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86400.0,
}
_TIME_NAMES = {
    "ns": "nanosecond",
    "µs": "microsecond",
    "us": "microsecond",
    "ms": "millisecond",
    "msec": "millisecond",
    "s": "second",
    "sec": "second",
    "min": "minute",
    "h": "hour",
    "hr": "hour",
    "d": "day",
}


def length_um(value: float | None, unit: str | None) -> float | None:
    """Return a length in micrometer, or None if value or unit do not say it.

    Example:
        >>> length_um(65.0, "nm"), length_um(1.0, "pixel")
        (0.065, None)
    """
    return _convert(value, unit, _LENGTHS_UM, _LENGTH_NAMES)


def time_s(value: float | None, unit: str | None) -> float | None:
    """Return a time in seconds, or None if value or unit do not say it.

    Example:
        >>> time_s(2.5, "min"), time_s(0.0, "second")
        (150.0, None)
    """
    return _convert(value, unit, _TIMES_S, _TIME_NAMES)


def _convert(
    value: float | None, unit: str | None, factors: dict[str, float], short_names: dict[str, str]
) -> float | None:
    if value is None or unit is None or not math.isfinite(value) or value <= 0:
        return None
    name = _plain(unit)
    factor = factors.get(short_names.get(name, name)) or factors.get(name.removesuffix("s"))
    factor = factor or factors.get(short_names.get(name.removesuffix("s"), ""))
    return None if factor is None else value * factor


def _plain(unit: str) -> str:
    """Return the unit in lower case, American spelling, with one micro sign for all."""
    text = unit.strip().replace("\\u00b5", "µ").replace("\\u00B5", "µ").replace("μ", "µ")
    text = text.replace("Å", "å").lower()
    return text.replace("metre", "meter")
