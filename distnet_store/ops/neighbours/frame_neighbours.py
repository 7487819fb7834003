"""What is around each cell of a frame, and which cells are neighbours, put together from the other kernels?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from distnet_store.ops.cell_polygons import cell_polygons
from distnet_store.ops.cell_rings import CellRings, trace_rings
from distnet_store.ops.label_pixels import label_pixels
from distnet_store.ops.neighbours.colony_edge import colony, edge_distance
from distnet_store.ops.neighbours.density import count_within, covered_within
from distnet_store.ops.neighbours.near_cells import distances, nearest, pairs_within
from distnet_store.ops.neighbours.shared_borders import shared_borders
from distnet_store.spec.parameters import NeighbourParameters

Columns = dict[str, NDArray[np.int64] | NDArray[np.float64]]


@dataclass(frozen=True)
class FrameNeighbours:
    """The columns of one frame's rows in the tables `neighbours` and `surroundings`; cells are given by labels."""

    pairs: Columns
    cells: Columns


def frame_neighbours(
    labels: NDArray[np.integer],
    parameters: NeighbourParameters,
    size_um: tuple[float, float] | None = None,
) -> FrameNeighbours:
    """Return pairs of neighbours and the surroundings of each cell of a frame of labels (y, x).

    `size_um` is the height and width of a pixel in micrometer; where it is not known, what would be in
    micrometer is NaN.

    Example:
        >>> found = frame_neighbours(np.array([[1, 1, 0, 2]]), NeighbourParameters())
        >>> found.pairs["distance_px"], found.cells["n_neighbours"]
        (array([1.]), array([1, 1]))
    """
    rings = trace_rings(labels)
    places = pairs_within(cell_polygons(rings), parameters.distance_px)
    pairs = _pairs(labels, rings, places, size_um)
    cells = {
        "label": rings.labels,
        **_contacts(rings, pairs, size_um),
        **_nearest(rings, places, size_um),
        **_crowding(labels, parameters, size_um),
    }
    return FrameNeighbours(pairs, cells)


def _pairs(
    labels: NDArray[np.integer],
    rings: CellRings,
    places: NDArray[np.int64],
    size_um: tuple[float, float] | None,
) -> Columns:
    """Return the columns of the pairs (m, 2) of places among the cells."""
    borders, n = shared_borders(labels), rings.labels.size
    first, second = (np.searchsorted(rings.labels, end) for end in (borders.first, borders.second))
    sides = np.zeros((len(places), 2), np.int64)
    sides[np.searchsorted(places[:, 0] * n + places[:, 1], first * n + second)] = borders.sides
    lengths = np.full(len(places), np.nan) if size_um is None else (sides * size_um).sum(axis=1)
    return {
        "label": rings.labels[places[:, 0]],
        "neighbour_label": rings.labels[places[:, 1]],
        "contact_px": sides.sum(axis=1),
        "contact_um": lengths,
        "distance_px": distances(cell_polygons(rings), places),
        "distance_um": _physical(rings, places, size_um),
    }


def _contacts(rings: CellRings, pairs: Columns, size_um: tuple[float, float] | None) -> Columns:
    """Return how many neighbours each cell has, and how much of its outline touches other cells."""
    n = rings.labels.size
    ends = [np.searchsorted(rings.labels, pairs[end]) for end in ("label", "neighbour_label")]
    both = np.concatenate(ends)

    def total(weights: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.bincount(both, np.tile(weights, 2), n).astype(np.float64)

    sides = total(pairs["contact_px"])
    outline = shapely.length(cell_polygons(rings))
    return {
        "n_touching": total(pairs["contact_px"] > 0).astype(np.int64),
        "n_neighbours": np.bincount(both, minlength=n),
        "contact_px": sides.astype(np.int64),
        "contact_um": np.full(n, np.nan) if size_um is None else total(pairs["contact_um"]),
        "contact_fraction": sides / outline,
    }


def _nearest(
    rings: CellRings, places: NDArray[np.int64], size_um: tuple[float, float] | None
) -> Columns:
    polygons = cell_polygons(rings)
    other = nearest(polygons, places)
    pairs = np.column_stack([np.arange(other.size), other])
    labels = np.append(rings.labels, 0)[other]
    return {
        "nearest_label": labels,
        "nearest_px": distances(polygons, pairs),
        "nearest_um": _physical(rings, pairs, size_um),
    }


def _crowding(
    labels: NDArray[np.integer],
    parameters: NeighbourParameters,
    size_um: tuple[float, float] | None,
) -> Columns:
    pixels = label_pixels(labels)
    count = pixels.count()
    centres = np.column_stack([pixels.total(pixels.y), pixels.total(pixels.x)])
    centres = centres / count[:, np.newaxis]
    colonies = colony(labels, parameters.closing_px)
    y, x = np.rint(centres).astype(np.int64).T
    edge = edge_distance(colonies)[y, x]
    return {
        "n_within": count_within(centres, parameters.radius_px),
        "covered_within": covered_within(labels, centres, parameters.radius_px),
        "edge_px": edge,
        "edge_um": _edge_um(colonies, edge, (y, x), size_um),
    }


def _edge_um(
    colonies: NDArray[np.bool_],
    edge_px: NDArray[np.float64],
    centres: tuple[NDArray[np.int64], NDArray[np.int64]],
    size_um: tuple[float, float] | None,
) -> NDArray[np.float64]:
    """Return the distances to the edge in micrometer, NaN where the size of a pixel is not known."""
    if size_um is None:
        return np.full(edge_px.size, np.nan)
    if size_um[0] == size_um[1]:
        return edge_px * size_um[0]
    return edge_distance(colonies, size_um)[centres]


def _physical(
    rings: CellRings, pairs: NDArray[np.int64], size_um: tuple[float, float] | None
) -> NDArray[np.float64]:
    """Return the distances of pairs in micrometer, NaN where the size of a pixel is not known."""
    if size_um is None:
        return np.full(len(pairs), np.nan)
    return distances(cell_polygons(rings, size_um), pairs)
