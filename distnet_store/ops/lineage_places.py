"""Which id does each lineage begin with after an edit, so that few tracks get another one than before?

Ids stay 1 to n in preorder, so that a lineage is a block of ids. Only the order of the blocks is free. Blocks that are
as large as before stay where they are, the others are put into the places that came free, and the last blocks of all
make room where these do not come out even.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

LineageNumbers = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]
"""From the object id of each lineage's first cell (k,) and its number of tracks (k,) to its first track id (k,)."""

_SINGLE_STEPS: Final = 32
"""So many blocks make room one by one, then as many as did before: to try each would be slow."""
_MOST_MOVED: Final = 1024
"""If more blocks had to make room, all move up instead."""

_Gap = tuple[int, int]


def lineage_places(
    sizes: NDArray[np.int64], before: NDArray[np.int64], sizes_before: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the first id of each lineage, (k,) int64: the blocks are 1 to n without a gap.

    `sizes` (k,) are the numbers of tracks; `before` and `sizes_before` (k,) are the first id and the
    number of tracks that the lineage had, 0 where it was not there.

    Example:
        >>> before, sizes_before = np.array([1, 3, 4, 0]), np.array([2, 1, 2, 0])
        >>> lineage_places(np.array([1, 1, 2, 1]), before, sizes_before).tolist()  # one track left its lineage
        [1, 3, 4, 2]
        >>> lineage_places(np.array([3, 1, 2]), before[:3], sizes_before[:3]).tolist()  # one came to the first
        [4, 3, 1]
    """
    kept = (before > 0) & (sizes == sizes_before) & (before + sizes <= sizes.sum() + 1)
    edited = np.flatnonzero(~kept)
    from_the_end = np.flatnonzero(kept)[np.argsort(-before[kept])]
    n_moved = 0
    while (found := _filled(sizes, before, kept, edited)) is None:
        if n_moved >= min(from_the_end.size, _MOST_MOVED):
            return _moved_up(sizes, before)
        more = 1 if n_moved < _SINGLE_STEPS else n_moved
        kept[from_the_end[n_moved : n_moved + more]] = False
        n_moved += more
    return found


def _filled(
    sizes: NDArray[np.int64],
    before: NDArray[np.int64],
    kept: NDArray[np.bool_],
    edited: NDArray[np.int64],
) -> NDArray[np.int64] | None:
    """Return the first ids if the blocks that are not kept fill what the others leave, None if not."""
    starts = np.where(kept, before, 0)
    gaps = _gaps(before[kept], sizes[kept], int(sizes.sum()))
    in_place = {int(before[block]): int(block) for block in edited if before[block] > 0}
    for number, (start, length) in enumerate(gaps):
        block = in_place.get(start)
        if block is not None and sizes[block] <= length:
            starts[block] = start
            gaps[number] = (start + int(sizes[block]), length - int(sizes[block]))
    waiting = np.flatnonzero(starts == 0)
    waiting = waiting[np.lexsort((before[waiting], before[waiting] == 0))]  # new ones last
    for start, length in gaps[:-1]:
        chosen = _with_sum([int(sizes[block]) for block in waiting], length)
        if chosen is None:
            return None
        starts[waiting[chosen]] = _one_after_another(start, sizes[waiting[chosen]])
        waiting = np.delete(waiting, chosen)
    if waiting.size:  # they are as large as the last gap: so is the sum of all
        starts[waiting] = _one_after_another(gaps[-1][0], sizes[waiting])
    return starts


def _moved_up(sizes: NDArray[np.int64], before: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return first ids in the order of before, new ones last."""
    order = np.lexsort((before, before == 0))
    starts = np.empty_like(sizes)
    starts[order] = _one_after_another(1, sizes[order])
    return starts


def _gaps(starts: NDArray[np.int64], sizes: NDArray[np.int64], n_ids: int) -> list[_Gap]:
    """Return first id and length of each run of ids from 1 to n that no block holds."""
    order = np.argsort(starts)
    first = np.append(1, starts[order] + sizes[order])
    length = np.append(starts[order], n_ids + 1) - first
    return [(int(f), int(size)) for f, size in zip(first, length, strict=True) if size > 0]


def _one_after_another(start: int, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(start + np.cumsum(sizes) - sizes)


def _with_sum(sizes: Sequence[int], total: int) -> list[int] | None:
    """Return places of some sizes that have this sum, None if there are none.

    Example:
        >>> _with_sum([5, 3, 4], 7), _with_sum([5, 3], 7)
        ([1, 2], None)
    """
    sums = [1]  # bit s of the i-th says whether the first i sizes have a part of sum s
    within = (1 << (total + 1)) - 1
    for size in sizes:
        if sums[-1] >> total & 1:
            break
        sums.append((sums[-1] | sums[-1] << size) & within if size <= total else sums[-1])
    if not sums[-1] >> total & 1:
        return None
    chosen = []
    for place in range(len(sums) - 2, -1, -1):
        if not sums[place] >> total & 1:
            chosen.append(place)
            total -= sizes[place]
    return chosen[::-1]
