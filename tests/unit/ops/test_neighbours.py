"""Are contacts, distances, crowding and the edge of a colony what can be counted by eye?"""

import numpy as np
import pytest
import shapely
from scipy.ndimage import distance_transform_edt

from distnet_store.ops.neighbours.colony_edge import colony, edge_distance
from distnet_store.ops.neighbours.density import count_within, covered_within
from distnet_store.ops.neighbours.frame_neighbours import frame_neighbours
from distnet_store.ops.neighbours.near_cells import nearest, pairs_within
from distnet_store.ops.neighbours.shared_borders import shared_borders
from distnet_store.spec.parameters import NeighbourParameters

TOUCHING = np.array(
    [
        [1, 1, 2, 2, 0],
        [1, 1, 2, 2, 0],
        [0, 0, 0, 3, 0],
        [0, 0, 0, 0, 4],
    ]
)
"""1 and 2 share two sides, 2 and 3 one; 3 and 4 meet in a corner."""


def test_common_sides_are_counted_by_their_direction() -> None:
    found = shared_borders(TOUCHING)
    assert list(zip(found.first, found.second, strict=True)) == [(1, 2), (2, 3)]
    assert found.sides.tolist() == [[2, 0], [0, 1]]


def test_contacts_in_micrometers_follow_the_sides_of_pixels() -> None:
    """Of pixels that are 0.5 high and 0.2 wide, two heights are 1 and a width is 0.2."""
    pairs = frame_neighbours(TOUCHING, NeighbourParameters(distance_px=0), (0.5, 0.2)).pairs
    rows = list(zip(pairs["label"], pairs["neighbour_label"], pairs["contact_px"], strict=True))
    assert rows == [(1, 2, 2), (2, 3, 1), (3, 4, 0)]
    assert pairs["contact_um"].tolist() == pytest.approx([1.0, 0.2, 0.0])
    assert pairs["distance_px"].tolist() == [0, 0, 0]


def test_the_outline_in_contact_is_a_part_of_the_whole() -> None:
    cells = frame_neighbours(TOUCHING, NeighbourParameters(distance_px=0)).cells
    assert cells["n_touching"].tolist() == [1, 2, 1, 0]
    assert cells["n_neighbours"].tolist() == [1, 2, 2, 1]
    assert cells["contact_fraction"].tolist() == [2 / 8, 3 / 8, 1 / 4, 0]
    assert np.isnan(cells["contact_um"]).all()


def test_the_nearest_cell_may_be_farther_than_any_neighbour() -> None:
    labels = np.zeros((1, 20), int)
    labels[0, [0, 3, 19]] = 5, 6, 9
    cells = frame_neighbours(labels, NeighbourParameters(distance_px=3), (1.0, 2.0)).cells
    assert cells["nearest_label"].tolist() == [6, 5, 6]
    assert cells["nearest_px"].tolist() == [2, 2, 15]
    assert cells["nearest_um"].tolist() == [4, 4, 30]


def test_a_cell_that_is_alone_has_no_nearest() -> None:
    cells = frame_neighbours(np.array([[0, 7]]), NeighbourParameters()).cells
    assert cells["nearest_label"].tolist() == [0]
    assert np.isnan(cells["nearest_px"]).all()


def test_a_frame_without_cells_has_no_rows() -> None:
    found = frame_neighbours(np.zeros((4, 4), int), NeighbourParameters())
    assert {len(column) for part in (found.pairs, found.cells) for column in part.values()} == {0}


def test_nearest_is_the_same_with_and_without_known_pairs() -> None:
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 50, (60, 2))
    boxes = shapely.box(*corner.T, *(corner + 1).T)
    none = np.zeros((0, 2), np.int64)
    assert nearest(boxes, pairs_within(boxes, 4)).tolist() == nearest(boxes, none).tolist()


def test_other_centres_are_counted_within_the_radius() -> None:
    centres = np.array([[0, 0], [3, 4], [30, 40]], float)
    assert count_within(centres, 5.0).tolist() == [1, 1, 0]
    assert count_within(centres, 4.9).tolist() == [0, 0, 0]


def test_covered_part_is_that_of_the_disc_inside_the_frame() -> None:
    """Compared with the pixels one by one."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, (17, 23))
    centres = np.array([[0, 0], [8.5, 11.2], [16, 22], [3.3, 20]])
    y, x = np.indices(labels.shape)
    for radius in (0.8, 4.0, 9.5):
        discs = [(y - a) ** 2 + (x - b) ** 2 <= radius**2 for a, b in centres]
        expected = [(labels[disc] > 0).mean() for disc in discs]
        assert covered_within(labels, centres, radius).tolist() == pytest.approx(expected)


def test_gaps_narrower_than_the_disc_belong_to_the_colony() -> None:
    labels = np.zeros((20, 30), int)
    labels[5:15, 5:12], labels[5:15, 14:20] = 1, 2
    found = colony(labels, 2.0)
    assert found[8:12, 12:14].all()
    assert not colony(labels, 0.0)[8:12, 12:14].any()
    assert not found[:4].any()
    assert found[labels > 0].all()


def test_depth_in_a_square_colony() -> None:
    colonies = np.zeros((11, 11), bool)
    colonies[1:10, 1:10] = True
    assert edge_distance(colonies)[5, 5] == 4.5
    assert edge_distance(colonies, (2.0, 2.0))[5, 5] == 9.0
    assert edge_distance(colonies)[0, 0] == 0


def test_the_border_of_the_frame_is_no_edge() -> None:
    colonies = np.ones((5, 9), bool)
    assert np.isnan(edge_distance(colonies)).all()
    colonies[:, 8] = False
    assert edge_distance(colonies)[2, 0] == 7.5


def test_depth_in_micrometers_where_pixels_are_not_square() -> None:
    """A row of pixels 3 wide and 1 high in a wide frame: the edge is above and below."""
    labels = np.zeros((9, 40), int)
    labels[2:7, 5:35] = 1
    cells = frame_neighbours(labels, NeighbourParameters(closing_px=0), (1.0, 3.0)).cells
    assert cells["edge_px"].tolist() == [2.5]
    assert cells["edge_um"].tolist() == pytest.approx([3 - np.sqrt(3) / 2])
    square = frame_neighbours(labels, NeighbourParameters(closing_px=0), (0.5, 0.5)).cells
    assert square["edge_um"].tolist() == [1.25]


def test_only_the_part_with_cells_is_looked_at_and_nothing_changes() -> None:
    """Compared with the same laws on the whole frame."""
    rng = np.random.default_rng(3)
    for closing in (0.0, 1.5, 3.0):
        labels = np.zeros((30, 40), int)
        labels[4:18, 20:40] = rng.random((14, 20)) < 0.3
        cells = labels > 0
        grown = distance_transform_edt(~cells) <= closing
        whole = cells | (distance_transform_edt(grown) > closing)
        np.testing.assert_array_equal(colony(labels, closing), whole)
        depth = np.maximum(distance_transform_edt(whole) - 0.5, 0)
        np.testing.assert_array_equal(edge_distance(whole), depth)
