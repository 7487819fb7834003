"""Which colour has each track, so that relatives look alike and strangers do not?"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import pyarrow as pa

Color = tuple[float, float, float]

_GOLDEN_ANGLE = 0.61803398875


def lineage_colors(tracks: pa.Table) -> dict[int, Color]:
    """Return an RGB colour (0 to 1) for every track_id of a tracks table.

    A lineage has a hue of its own; its tracks differ in lightness and a little in hue, so that the
    colour stays with a cell and its descendants are recognised.
    """
    columns = [tracks[name].to_pylist() for name in ("track_id", "lineage_id")]
    lineages: Sequence[int] = list(dict.fromkeys(columns[1]))
    hues = {lineage: (index * _GOLDEN_ANGLE) % 1 for index, lineage in enumerate(lineages)}
    return {
        track: _color(hues[lineage], track - lineage)
        for track, lineage in zip(*columns, strict=True)
    }


def _color(hue: float, rank: int) -> Color:
    """Return the colour of a lineage's track by its rank; the first has the lineage's own hue."""
    if rank == 0:
        return colorsys.hls_to_rgb(hue, 0.6, 0.95)
    shift = ((rank * _GOLDEN_ANGLE) % 1 - 0.5) * 0.14
    lightness = 0.62 + 0.14 * ((rank * 0.37) % 1 - 0.5)
    return colorsys.hls_to_rgb((hue + shift) % 1, lightness, 0.95)
