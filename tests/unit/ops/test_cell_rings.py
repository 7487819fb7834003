"""Do outlines follow the edges of pixels, with holes, parts and touching corners where they are?"""

import numpy as np
import pytest
import shapely

from distnet_store.ops.cell_polygons import cell_polygons, simplified
from distnet_store.ops.cell_rings import trace_rings

RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]])


def polygons(rows: list[list[int]]) -> dict[int, shapely.Polygon | shapely.MultiPolygon]:
    rings = trace_rings(np.array(rows))
    return dict(zip(rings.labels.tolist(), cell_polygons(rings), strict=True))


def test_a_pixel_is_a_square_around_its_centre() -> None:
    (found,) = polygons([[0, 0], [0, 5]]).values()
    assert found.equals(shapely.box(0.5, 0.5, 1.5, 1.5))
    assert found.exterior.is_ccw
    assert len(found.exterior.coords) == 5


def test_a_straight_side_has_no_points_within() -> None:
    assert len(polygons([[3, 3, 3, 3]])[3].exterior.coords) == 5


def test_a_hole_is_a_ring_of_its_own_the_other_way_round() -> None:
    found = polygons(RING.tolist())[1]
    assert found.area == 8
    (hole,) = found.interiors
    assert not hole.is_ccw


def test_pixels_that_touch_by_a_corner_are_two_parts() -> None:
    found = polygons([[1, 0], [0, 1]])[1]
    assert found.geom_type == "MultiPolygon"
    assert (len(found.geoms), found.area, found.is_valid) == (2, 2, True)


def test_a_hole_that_reaches_the_outside_by_a_corner_only_is_a_hole() -> None:
    found = polygons([[0, 1, 1], [1, 0, 1], [1, 1, 1]])[1]
    assert found.geom_type == "Polygon"
    assert (found.area, len(found.interiors), found.is_valid) == (7, 1, True)


def test_two_cells_that_cross_at_a_corner_are_both_whole() -> None:
    found = polygons([[1, 2], [2, 1]])
    assert [one.area for one in found.values()] == [2, 2]
    assert all(one.is_valid for one in found.values())


def test_neighbours_share_the_points_of_their_common_border() -> None:
    """The long side of 1 has a point where 2 ends and 3 begins."""
    found = polygons([[1, 1], [2, 3]])
    assert (0.5, 0.5) in found[1].exterior.coords
    assert shapely.coverage_is_valid(list(found.values()))


def test_an_empty_frame_has_no_outlines() -> None:
    rings = trace_rings(np.zeros((3, 4), np.int32))
    assert cell_polygons(rings).shape == (0,)
    assert rings.points.shape == (0, 2)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint32, np.int64])
def test_labels_may_have_any_integer_type(dtype: type) -> None:
    rings = trace_rings(np.array([[0, 200], [200, 7]], dtype))
    assert rings.labels.tolist() == [7, 200]
    assert rings.labels.dtype == np.int64


def test_pixels_may_be_taller_than_wide() -> None:
    rings = trace_rings(np.array([[0, 1]]))
    assert cell_polygons(rings, size=(3.0, 0.5))[0].bounds == (0.25, -1.5, 0.75, 1.5)


def test_simplified_cells_still_share_their_border() -> None:
    """Each loses its steps; what one gives up, its neighbour takes."""
    rows = np.arange(40)[:, np.newaxis]
    labels = np.where(np.arange(60) < 20 + rows // 3, 1, 2)
    exact = cell_polygons(trace_rings(labels))
    found = simplified(exact, 2.0)
    assert shapely.coverage_is_valid(found)
    assert shapely.get_num_coordinates(found).sum() < shapely.get_num_coordinates(exact).sum() / 3
    assert shapely.union_all(found).area == pytest.approx(labels.size, rel=0.02)
