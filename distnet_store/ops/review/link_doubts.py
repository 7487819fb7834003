"""Which links do the predicted displacements support badly?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.chains import LINK_KINDS
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.review.chance import is_strange, tail_of
from distnet_store.ops.review.moves import CENTRE_PX, LEAST_SCALE
from distnet_store.ops.review.reviewed import Findings, ReviewedCells, ReviewedLinks, radius
from distnet_store.spec.cell_tables import LinkOrigin
from distnet_store.spec.review_tables import FlagKind

_SUPPORT: Final[tuple[tuple[LinkOrigin, ...], ...]] = (
    ("both",),
    ("forward", "backward"),
    ("assignment",),
    ("overlap",),
)
"""Origins of links, from those that the displacements support best."""


def link_findings(cells: ReviewedCells, links: ReviewedLinks) -> list[Findings]:
    """Return links of low agreement, and those of which the two directions say different things.

    Agreement is low where the linked cell lies far from the predicted place, the more so if the link
    was found in a way that few others were: from one side only, or against the displacements. Both
    distances are in radii of the smaller cell. Merges are left out, because the displacement is not
    defined for them, and for directions divisions too; so are imported links and those that a person
    made.
    """
    judged = np.flatnonzero(_is_judged(links))
    size = radius(np.minimum(cells.area[links.source[judged]], cells.area[links.target[judged]]))
    log_share = np.log(_share_as_weak(links.origin[judged]))
    nothing = np.zeros_like(log_share)
    agreement = _findings(links, judged, size, ("low agreement", links.residual, log_share))
    single = links.kind[judged] != LINK_KINDS.index("split")
    disagreement: _Measure = ("directions disagree", links.disagreement, nothing[single])
    direction = _findings(links, judged[single], size[single], disagreement)
    return [agreement, direction]


_Measure = tuple[FlagKind, NDArray[np.float32], NDArray[np.float64]]
"""A kind, its distances of all links, and the logarithm of the share of links judged that are as weak."""

_REASONS: Final[dict[FlagKind, str]] = {
    "low agreement": "the linked cell lies {value:.1f} px from where it was predicted, or few links were found as "
    "this one; nine in ten stay within {expected:.1f} px",
    "directions disagree": "forward and backward displacement differ by {value:.1f} px; nine in ten by up to "
    "{expected:.1f} px",
}


def _findings(
    links: ReviewedLinks,
    judged: NDArray[np.int64],
    size: NDArray[np.float64],
    measure: _Measure,
) -> Findings:
    kind, distances, log_share = measure
    distance = distances[judged]
    beyond = np.maximum(distance - CENTRE_PX, 0) / size
    tail = tail_of(beyond, LEAST_SCALE)
    log_chance = tail.log_chance(beyond) + log_share
    chosen = np.isfinite(distance) & is_strange(log_chance, tail.count)
    return Findings(
        kind=kind,
        reason=_REASONS[kind],
        row=links.source[judged[chosen]],
        target=links.target[judged[chosen]],
        log_chance=log_chance[chosen],
        value=distance[chosen].astype(np.float64),
        expected=CENTRE_PX + tail.usual * size[chosen],
    )


def _is_judged(links: ReviewedLinks) -> NDArray[np.bool_]:
    spoken_of = [LINK_ORIGINS.index(origin) for rank in _SUPPORT for origin in rank]
    is_merge = links.kind == LINK_KINDS.index("merge")
    return np.asarray(np.isin(links.origin, spoken_of) & ~is_merge)


def _share_as_weak(origin: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return the part of all links that is supported as badly as each, or worse."""
    rank = np.zeros(len(LINK_ORIGINS), np.int64)
    for place, origins in enumerate(_SUPPORT):
        rank[[LINK_ORIGINS.index(one) for one in origins]] = place
    weakness = rank[origin]
    count = np.bincount(weakness, minlength=len(_SUPPORT))
    as_weak = np.cumsum(count[::-1])[::-1]
    return np.asarray(as_weak[weakness] / max(origin.size, 1))
