"""Which links have cells whose pixels a person changed?

Merged cells have the links of all that they were made of. The parts of a cell share its links by
place, or all have them where there is one neighbour only. A new cell is linked to the neighbour in
time that it overlaps most, among those that no link leads on to. The position is the predicted one
where the movie has maps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.curation.assign_parts import assign_parts
from distnet_store.pipeline.curation.draft import Draft
from distnet_store.pipeline.curation.link_draft import LinkRow, Pair
from distnet_store.spec.tables import object_id

Changes = tuple[tuple[Pair, ...], tuple[Pair, ...]]
"""Links that were made, and links that were removed."""

_FOLLOWS = LinkRow("overlap")
_DIRECTIONS = (-1, 1)


def links_of(draft: Draft, cell: int) -> list[Pair]:
    """Return all links of a cell."""
    return [*draft.links.into(cell), *draft.links.out_of(cell)]


def drop_links(draft: Draft, cells: Sequence[int]) -> tuple[Pair, ...]:
    """Remove all links of cells; return them."""
    return draft.remove_links(sorted({pair for cell in cells for pair in links_of(draft, cell)}))


def unite_links(draft: Draft, became: Mapping[int, int]) -> Changes:
    """Give the links of merged cells to what they became, by object ids; each keeps its origin."""
    made: list[Pair] = []
    removed: list[Pair] = []
    for cell in sorted(became):
        for pair in links_of(draft, cell):
            moved = (became.get(pair[0], pair[0]), became.get(pair[1], pair[1]))
            if moved == pair:
                continue
            row = draft.links.row(pair)
            removed += draft.remove_links([pair])
            if row is not None and draft.links.row(moved) is None:
                unknown = replace(row, residual=float("nan"), disagreement=float("nan"))
                made += draft.make_links([moved], unknown)
    return tuple(made), tuple(removed)


def share_links(draft: Draft, cell: int, parts: Sequence[int]) -> Changes:
    """Give the links of a cell to its parts; where there are fewer neighbours than parts, unlinked ones too."""
    made: list[Pair] = []
    old = links_of(draft, cell)
    for direction in _DIRECTIONS:
        pairs = draft.links.into(cell) if direction < 0 else draft.links.out_of(cell)
        partners = [pair[0] if direction < 0 else pair[1] for pair in pairs]
        if len(partners) < len(parts):
            partners += _free_overlapped(draft, parts, direction, taken=partners)
        made += _pairs_by_place(draft, parts, partners, direction)
    kept = set(old).intersection(made)
    removed = draft.remove_links([pair for pair in old if pair not in kept])
    return draft.make_links([p for p in made if p not in kept], _FOLLOWS), removed


def overlap_links(draft: Draft, cell: int) -> Changes:
    """Link a new cell to the free cell before and after it that it overlaps most."""
    found = []
    for direction in _DIRECTIONS:
        overlaps = _free_overlaps(draft, cell, direction)
        if overlaps:
            best = max(overlaps, key=lambda other: (overlaps[other], -other))
            found.append((best, cell) if direction < 0 else (cell, best))
    return draft.make_links(found, _FOLLOWS), ()


def _pairs_by_place(
    draft: Draft, parts: Sequence[int], partners: Sequence[int], direction: int
) -> list[Pair]:
    there = [cell for cell in partners if draft.is_there(cell)]
    places = assign_parts(_positions(draft, parts, direction), _positions(draft, there, 0))
    pairs = [(parts[i], there[j]) for i, j in places]
    return [(b, a) for a, b in pairs] if direction < 0 else pairs


def _positions(draft: Draft, cells: Sequence[int], direction: int) -> NDArray[np.float64]:
    """Return where cells are (n, 2), or where they are expected in the frame before or after."""
    masks = [draft.mask(cell) for cell in cells]
    found = [
        np.argwhere(mask).mean(axis=0) + _shift(draft, cell, mask, direction)
        for cell, mask in zip(cells, masks, strict=True)
    ]
    return np.array(found, np.float64).reshape(-1, 2)


def _shift(draft: Draft, cell: int, mask: NDArray[np.bool_], direction: int) -> NDArray[np.float64]:
    """Return the predicted displacement (2,) of a cell to the frame before or after; 0 without maps."""
    maps = draft.maps(cell >> 32) if direction else None
    if maps is None:
        return np.zeros(2)
    channels = slice(0, 2) if direction < 0 else slice(2, 4)
    return np.asarray(np.median(maps["displacement"][channels][:, mask], axis=1), np.float64)


def _free_overlapped(
    draft: Draft, parts: Sequence[int], direction: int, *, taken: Sequence[int]
) -> list[int]:
    found = {other for part in parts for other in _free_overlaps(draft, part, direction)}
    return sorted(found.difference(taken))


def _free_overlaps(draft: Draft, cell: int, direction: int) -> dict[int, int]:
    """Return the overlap in pixels with cells of the next frame that have no link back, by object id."""
    t = (cell >> 32) + direction
    if not 0 <= t < draft.n_frames:
        return {}
    mask = draft.mask(cell)
    step = np.round(_shift(draft, cell, mask, direction)).astype(int)
    places = np.argwhere(mask) + step
    inside = ((places >= 0) & (places < draft.shape)).all(axis=1)
    under = draft.labels(t)[tuple(places[inside].T)]
    labels, counts = np.unique(under[under > 0], return_counts=True)
    links_back: Callable[[int], list[Pair]] = (
        draft.links.out_of if direction < 0 else draft.links.into
    )
    found = {object_id(t, int(la)): int(n) for la, n in zip(labels, counts, strict=True)}
    return {other: n for other, n in found.items() if not links_back(other)}
