"""What should the network predict for a whole window of labelled frames? (METHOD.md section 3)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.targets.distance import distance_map
from distnet_store.ops.targets.geodesic import geodesic_map
from distnet_store.ops.targets.medoid import medoids
from distnet_store.ops.targets.motion import motion_targets


@dataclass(frozen=True)
class FrameTargets:
    """The targets of one frame: maps (y, x), and its cells' labels and centres (y, x) in pixels."""

    edm: NDArray[np.float32]
    gdcm: NDArray[np.float32]
    ids: NDArray[np.int64]
    centres: NDArray[np.int32]


@dataclass(frozen=True)
class PairTargets:
    """The targets of a pair of frames.

    displacement: (y, x, 4) float32, backward y, x on the later frame's cells, forward y, x on the earlier's;
    multiplicity: (y, x, 2) uint8, backward and forward, 0 none, 1 one, 2 many.
    """

    displacement: NDArray[np.float32]
    multiplicity: NDArray[np.uint8]


def frame_targets(labels: NDArray[np.integer]) -> FrameTargets:
    """Return the targets of one frame (y, x)."""
    ids, centres = medoids(labels)
    return FrameTargets(distance_map(labels), geodesic_map(labels, ids, centres), ids, centres)


def pair_targets(
    labels: tuple[NDArray[np.integer], NDArray[np.integer]],
    targets: tuple[FrameTargets, FrameTargets],
    links: NDArray[np.int64],
) -> PairTargets:
    """Return the targets of a pair: labels (y, x) and targets of (earlier, later), links (n, 2) between them.

    Links to cells that are not in the labels (cut off by a tile) are left out.
    """
    earlier, later = targets
    known = np.isin(links[:, 0], earlier.ids) & np.isin(links[:, 1], later.ids)
    links = links[known]
    back = motion_targets(
        labels[1], later.ids, later.centres, earlier.ids, earlier.centres, links[:, ::-1]
    )
    forth = motion_targets(labels[0], earlier.ids, earlier.centres, later.ids, later.centres, links)
    return PairTargets(
        displacement=np.concatenate([back[0], forth[0]], axis=-1),
        multiplicity=np.stack([back[1], forth[1]], axis=-1),
    )


def window_targets(
    labels: Sequence[NDArray[np.integer]],
    pairs: Sequence[tuple[int, int]],
    links: Sequence[NDArray[np.int64]],
) -> tuple[list[FrameTargets], list[PairTargets]]:
    """Return the targets of every frame and every pair of positions; `links` are those of each pair."""
    frames = [frame_targets(frame) for frame in labels]
    linked = [
        pair_targets((labels[a], labels[b]), (frames[a], frames[b]), pair_links)
        for (a, b), pair_links in zip(pairs, links, strict=True)
    ]
    return frames, linked
