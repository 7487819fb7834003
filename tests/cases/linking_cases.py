"""Cells of two frames for linking: what is drawn, what is said of it, and how links are told."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.linking import LINK_ORIGINS, FrameCells, PairLinkage
from distnet_store.ops.targets.medoid import medoids

NONE, ONE, MANY = range(3)
Told = dict[int, tuple[float, float, int]]
"""Displacement along y and x, and category, of each label."""


def cells(
    labels: NDArray[np.integer], forward: Told | None = None, backward: Told | None = None
) -> FrameCells:
    """Cells that move as `forward` and `backward` say; of others it is said that they have no link."""
    ids, centres = medoids(labels)
    stay = (0.0, 0.0, NONE)
    told = [
        np.array([by.get(i, stay) for i in ids]).reshape(-1, 3)
        for by in (forward or {}, backward or {})
    ]
    return FrameCells(
        labels=labels,
        ids=ids,
        centres=centres.astype(float),
        displacement_forward=told[0][:, :2],
        displacement_backward=told[1][:, :2],
        category_forward=told[0][:, 2].astype(int),
        category_backward=told[1][:, 2].astype(int),
    )


def described(linkage: PairLinkage) -> dict[tuple[int, int], str]:
    """Return the origin of each link."""
    origins = [LINK_ORIGINS[code] for code in linkage.origin]
    return dict(zip(map(tuple, linkage.links.tolist()), origins, strict=True))


def pairs(linkage: PairLinkage) -> list[tuple[int, int]]:
    """Return the links."""
    return [*map(tuple, linkage.links.tolist())]
