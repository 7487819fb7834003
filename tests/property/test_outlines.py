"""Laws of outlines, for frames of any labels: holes, parts, corners that touch."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from distnet_store.ops.cell_polygons import cell_polygons
from distnet_store.ops.cell_rings import trace_rings

frames = st.integers(1, 4).flatmap(
    lambda most: arrays(
        np.int32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, most)
    )
)


@given(frames)
def test_an_outline_holds_the_centres_of_the_cells_pixels_and_no_others(labels: np.ndarray) -> None:
    rings = trace_rings(labels)
    polygons = cell_polygons(rings)
    y, x = np.indices(labels.shape)
    painted = np.zeros_like(labels)
    for label, polygon in zip(rings.labels, polygons, strict=True):
        inside = shapely.contains_xy(polygon, x, y)
        assert not painted[inside].any()
        painted[inside] = label
        assert polygon.area == inside.sum()
    np.testing.assert_array_equal(painted, labels)


@given(frames)
def test_outlines_are_valid_and_fit_together(labels: np.ndarray) -> None:
    polygons = cell_polygons(trace_rings(labels))
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    for polygon in shapely.get_parts(polygons):
        assert polygon.exterior.is_ccw
        assert not any(hole.is_ccw for hole in polygon.interiors)


@given(frames)
def test_turning_the_frame_turns_the_outlines(labels: np.ndarray) -> None:
    straight = cell_polygons(trace_rings(labels))
    turned = cell_polygons(trace_rings(np.ascontiguousarray(labels.T)))
    swapped = shapely.transform(turned, lambda xy: xy[:, ::-1])
    assert shapely.equals(straight, swapped).all()
