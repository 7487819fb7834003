"""What are the least and largest values of each map, over all units of a run?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from distnet_store.spec.maps import MAPS, MapName
from distnet_store.spec.runs import UnitMarker


def unit_extremes(maps: Mapping[MapName, NDArray[np.float32]]) -> dict[str, tuple[float, ...]]:
    """Return the figures of a unit's marker that hold each map's least and largest value."""
    return {
        _figure(name): (float(values.min()), float(values.max())) for name, values in maps.items()
    }


def run_extremes(markers: Iterable[UnitMarker]) -> dict[MapName, tuple[float, float]]:
    """Return each map's least and largest value from the markers of all units."""
    figures = [marker.figures for marker in markers]
    return {
        name: (min(f[_figure(name)][0] for f in figures), max(f[_figure(name)][1] for f in figures))
        for name in MAPS
    }


def _figure(name: MapName) -> str:
    return f"extremes_{name}"
