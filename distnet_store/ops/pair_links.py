"""Which cells of one frame are linked with which of another, near or far?

Links are rows of two labels, (earlier, later). Links between distant frames are those of the
steps between them, composed: a cell is linked with whatever its linked cells are linked with.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError

PairLinks: TypeAlias = NDArray[np.int64]
"""(n, 2) int64: labels (earlier, later) linked between two frames."""


def compose(first: PairLinks, second: PairLinks) -> PairLinks:
    """Join two steps through the labels of the frame between them.

    Args:
        first: (n, 2) labels (earlier, middle).
        second: (m, 2) labels (middle, later).

    Returns:
        (k, 2) int64 labels (earlier, later), each pair once, sorted by row.

    Raises:
        WrongArgumentError: links are not rows of two integers.

    Example:
        >>> compose(np.array([[1, 5]]), np.array([[5, 8], [5, 9]]))
        array([[1, 8],
               [1, 9]])
    """
    first, second = _checked(first), _checked(second)
    second = second[np.argsort(second[:, 0], kind="stable")]
    begin = np.searchsorted(second[:, 0], first[:, 1], side="left")
    count = np.searchsorted(second[:, 0], first[:, 1], side="right") - begin
    earlier = np.repeat(first[:, 0], count)
    place_in_group = np.arange(earlier.size) - np.repeat(np.cumsum(count) - count, count)
    later = second[np.repeat(begin, count) + place_in_group, 1]
    return np.unique(np.column_stack([earlier, later]), axis=0)


def compose_all(steps: Sequence[PairLinks], labels_of_first: NDArray[np.integer]) -> PairLinks:
    """Join consecutive steps into the links between their first and their last frame.

    Args:
        steps: links of each frame with the next, in order of time.
        labels_of_first: (n,) labels of the first frame; links of others are left out.

    Returns:
        (k, 2) int64 labels (first, last), sorted; with no step, each label with itself.

    Raises:
        WrongArgumentError: links are not rows of two integers.

    Example:
        >>> compose_all([], np.array([4, 2]))
        array([[2, 2],
               [4, 4]])
    """
    labels = np.unique(np.asarray(labels_of_first, dtype=np.int64))
    return reduce(compose, steps, np.column_stack([labels, labels]))


def reversed_links(links: PairLinks) -> PairLinks:
    """Return the same links seen from the later frame: (later, earlier), sorted by row.

    Raises:
        WrongArgumentError: links are not rows of two integers.

    Example:
        >>> reversed_links(np.array([[1, 8], [2, 7]]))
        array([[7, 2],
               [8, 1]])
    """
    turned = _checked(links)[:, ::-1]
    return turned[np.lexsort((turned[:, 1], turned[:, 0]))]


def restricted(
    links: PairLinks, earlier: NDArray[np.integer], later: NDArray[np.integer]
) -> PairLinks:
    """Keep the links of which both ends are present, as after cropping a tile.

    Args:
        links: (n, 2) labels (earlier, later).
        earlier: (k,) labels present in the earlier frame.
        later: (m,) labels present in the later frame.

    Raises:
        WrongArgumentError: links are not rows of two integers.

    Example:
        >>> restricted(np.array([[1, 8], [2, 7]]), np.array([1, 2]), np.array([8]))
        array([[1, 8]])
    """
    links = _checked(links)
    return links[np.isin(links[:, 0], earlier) & np.isin(links[:, 1], later)]


def _checked(links: PairLinks) -> PairLinks:
    array = np.asarray(links)
    if array.ndim != 2 or array.shape[1] != 2 or (array.size and array.dtype.kind not in "iu"):
        raise WrongArgumentError(
            "links have the wrong form",
            expected="an (n, 2) array of integer labels (earlier, later)",
            found=f"shape {array.shape}, type {array.dtype}",
            remedy="for no links give np.empty((0, 2), np.int64)",
        )
    return array.astype(np.int64)
