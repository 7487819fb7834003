"""Which tracks, in the sense of the Cell Tracking Challenge, do cells and links form?

There a track is a cell in consecutive frames, and has one parent at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.chains import LINK_KINDS, find_chains, link_kinds
from distnet_store.ops.link_rows import MovieLinks, link_rows

_SPLIT: Final = LINK_KINDS.index("split")
_GAP: Final = LINK_KINDS.index("gap")


@dataclass(frozen=True)
class ChallengeTracks:
    """Tracks as the challenge has them.

    Attributes:
        of_object: (n,) int64, the track of each cell, from 1.
        table: (k, 4) int64, label, first frame, last frame and parent (0 for none) of each track.
        n_parents_dropped: links of fusions that a table with one parent cannot hold.
    """

    of_object: NDArray[np.int64]
    table: NDArray[np.int64]
    n_parents_dropped: int


def challenge_tracks(
    objects_t: NDArray[np.integer], objects_label: NDArray[np.integer], links: MovieLinks
) -> ChallengeTracks:
    """Cut cells (n,) and their links (m, 4) into tracks without gaps; a gap makes a child of what follows.

    Of several parents the one that begins first stays.

    Raises:
        InvalidLineageError: a cell occurs twice; a link names a cell that is not there, does not go
            forward in time, or occurs twice.

    Example:
        >>> t, label = np.array([0, 1, 3]), np.array([5, 6, 7])
        >>> challenge_tracks(t, label, np.array([[0, 5, 1, 6], [1, 6, 3, 7]])).table
        array([[1, 0, 1, 0],
               [2, 3, 3, 1]])
    """
    rows = link_rows(objects_t, objects_label, links)
    kind = link_kinds(rows, objects_t)
    kind[kind == _GAP] = _SPLIT  # a track of the challenge has no gap: cut there
    chains = find_chains(rows, kind, np.lexsort((objects_label, objects_t)))
    child, first = np.unique(chains.child, return_index=True)  # parents ascend: the first stays
    parent = np.zeros(chains.first.size, np.int64)
    parent[child] = chains.parent[first] + 1
    table = np.stack(
        [
            np.arange(1, chains.first.size + 1),
            objects_t[chains.first],
            objects_t[chains.last],
            parent,
        ],
        axis=1,
    )
    return ChallengeTracks(
        chains.member + 1, table.astype(np.int64), int(chains.child.size - child.size)
    )
