"""Which links does a movie have once all frame pairs are linked: over gaps, and by a person's word?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.curated_facts import CuratedFacts
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.linking.cell_evidence import Shapes, ellipse_covariance
from distnet_store.ops.linking.curated_links import standing_links
from distnet_store.ops.linking.gap_closing import LooseEnds, close_gaps
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.objects import ObjectColumns
from distnet_store.ops.sorted_keys import is_among
from distnet_store.pipeline.table_assembly import LinkColumns

_NEEDED = (
    "t",
    "label",
    "centre_y",
    "centre_x",
    "area",
    "major_axis",
    "minor_axis",
    "orientation",
    "touches_border",
)
_CURATED = LINK_ORIGINS.index("curated")
_ASSIGNMENT = LINK_ORIGINS.index("assignment")


def with_curated_links(
    found: LinkColumns, objects: ObjectColumns, facts: CuratedFacts
) -> LinkColumns:
    """Return the links of a movie after what a person has said of them.

    Links that a rule found go where they contradict it; curated ones between cells that are there are
    added, or keep what the rule measured of them. `objects` are the movie's cells.
    """
    if not (facts.links.size or facts.unlinked.size):
        return found
    ids = _pair_ids(found.links)
    kept = _rows(found, standing_links(ids, facts))
    there = is_among(facts.links, np.sort(_ids(objects))).all(axis=1)
    curated = facts.links[there]
    near = np.flatnonzero(np.isin(ids[:, 0], curated[:, 0]))  # of millions of links, a few
    place = dict(zip(map(tuple, ids[near].tolist()), near.tolist(), strict=True))
    rows = np.array([place.get(tuple(pair), -1) for pair in curated.tolist()], np.int64)
    made = LinkColumns(
        links=np.stack([curated >> 32, curated & 0xFFFFFFFF], axis=2).reshape(-1, 4),
        origin=np.full(len(curated), _CURATED, np.int8),
        residual=np.append(found.residual, np.float32(np.nan))[rows],
        disagreement=np.append(found.disagreement, np.float32(np.nan))[rows],
    )
    return _joined(kept, made)


def with_closed_gaps(
    found: LinkColumns, objects: ObjectColumns, max_gap: int, *, facts: CuratedFacts
) -> LinkColumns:
    """Return the links of a movie with those over up to `max_gap` frames without the cell.

    Joined are cells in mid-field (that do not touch the border) without a link onwards, with such
    ones without a link back. Origin is assignment, residual the distance from the place where the
    earlier one's last step, repeated, leads; pairs that a person has said are not linked stay apart.
    """
    if max_gap == 0:
        return found
    objects = _in_time(objects)
    ids = _ids(objects)
    source, target = np.searchsorted(ids, _pair_ids(found.links)).T
    inside = ~objects["touches_border"].astype(bool)
    last = np.flatnonzero(inside & (np.bincount(source, minlength=ids.size) == 0))
    first = np.flatnonzero(inside & (np.bincount(target, minlength=ids.size) == 0))
    ends = _loose_ends(objects, last, links=(source, target))
    begins = _loose_ends(objects, first, links=(target, source))
    rows = close_gaps(ends, begins, max_gap)
    pairs = np.stack([ids[last[rows[:, 0]]], ids[first[rows[:, 1]]]], axis=1)
    allowed = standing_links(pairs, facts)
    rows, pairs = rows[allowed], pairs[allowed]
    made = LinkColumns(
        links=np.stack([pairs >> 32, pairs & 0xFFFFFFFF], axis=2).reshape(-1, 4),
        origin=np.full(len(pairs), _ASSIGNMENT, np.int8),
        residual=_misses(ends, begins, rows),
        disagreement=np.full(len(pairs), np.nan, np.float32),
    )
    return _joined(found, made)


def _loose_ends(
    objects: ObjectColumns,
    rows: NDArray[np.int64],
    *,
    links: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> LooseEnds:
    """Return the cells in some rows; `links` are (row, row of the other cell) in the unlinked direction.

    The velocity is that of the one link on the other side, forward in time.
    """
    away, own = links
    centres = _pair(objects, "centre")
    t = objects["t"].astype(np.int64)
    other = np.full(t.size, -1, np.int64)
    other[own] = away
    single = np.bincount(own, minlength=t.size) == 1
    known = single[rows]
    velocity = np.zeros((rows.size, 2))
    known_rows = rows[known]
    elapsed = t[known_rows] - t[other[known_rows]]
    velocity[known] = (centres[known_rows] - centres[other[known_rows]]) / elapsed[:, np.newaxis]
    covariance = ellipse_covariance(
        *(
            objects[name][rows].astype(np.float64)
            for name in ("major_axis", "minor_axis", "orientation")
        )
    )
    shapes = Shapes(centres[rows], objects["area"][rows].astype(np.float64), covariance)
    return LooseEnds(t[rows], shapes, velocity)


def _misses(ends: LooseEnds, begins: LooseEnds, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    one, other = rows.T
    frames = (begins.t[other] - ends.t[one])[:, np.newaxis]
    off = ends.shapes.centres[one] + frames * ends.velocity[one] - begins.shapes.centres[other]
    return np.asarray(np.hypot(off[:, 0], off[:, 1]), np.float32)


def _in_time(objects: ObjectColumns) -> ObjectColumns:
    """Return what gap closing needs of the cells, by time point and label."""
    order = np.argsort(_ids(objects))
    return {name: objects[name][order] for name in _NEEDED}


def _ids(objects: ObjectColumns) -> NDArray[np.int64]:
    return object_ids(objects["t"].astype(np.int64), objects["label"].astype(np.int64))


def _pair_ids(links: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (m, 2) object ids of links (m, 4)."""
    return np.stack([object_ids(links[:, k], links[:, k + 1]) for k in (0, 2)], axis=1)


def _pair(objects: ObjectColumns, name: str) -> NDArray[np.float64]:
    return np.column_stack([objects[f"{name}_y"], objects[f"{name}_x"]]).astype(np.float64)


def _rows(links: LinkColumns, kept: NDArray[np.bool_]) -> LinkColumns:
    return LinkColumns(**{name: values[kept] for name, values in vars(links).items()})


def _joined(one: LinkColumns, other: LinkColumns) -> LinkColumns:
    return LinkColumns(
        **{
            name: np.concatenate([values, getattr(other, name)])
            for name, values in vars(one).items()
        }
    )
