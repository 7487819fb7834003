"""Polygons become pixels and pixels polygons, without a pixel more or less."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from distnet_store.ops.polygon_pixels import outer_ring, paint_polygons


@given(arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_a_ring_covers_the_largest_piece_and_its_holes_exactly(mask):
    ring = outer_ring(mask)
    pieces, n = ndimage.label(mask, np.ones((3, 3)))
    if n == 0:
        assert ring.shape == (0, 2)
        return
    largest = 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
    filled = ndimage.binary_fill_holes(pieces == largest)
    painted, covered = paint_polygons(mask.shape, [ring], np.array([3]))
    np.testing.assert_array_equal(painted == 3, filled)
    assert covered.tolist() == [filled.sum()]
    turns = np.diff(np.vstack([ring, ring[:1]]), axis=0) != 0
    assert (turns.sum(axis=1) == 1).all()  # along one axis, then the other
    assert (turns[:-1] != turns[1:]).all()


def test_polygons_with_a_common_edge_on_pixel_centres_share_no_pixel():
    left = np.array([[1.0, 1.0], [1.0, 4.0], [5.0, 4.0], [5.0, 1.0]])
    right = left + np.array([0.0, 3.0])
    image, covered = paint_polygons((8, 10), [left, right], np.array([1, 2]))
    assert covered.tolist() == [12, 12]
    assert (np.count_nonzero(image == 1), np.count_nonzero(image == 2)) == (12, 12)


def test_of_two_polygons_the_first_has_the_pixels_of_both_and_the_rest_of_the_image_is_cut_off():
    square = np.array([[-1.5, -1.5], [-1.5, 1.5], [1.5, 1.5], [1.5, -1.5]])
    image, covered = paint_polygons((3, 3), [square, square + 1], np.array([5, 6]))
    assert image.tolist() == [[5, 5, 6], [5, 5, 6], [6, 6, 6]]
    assert covered.tolist() == [4, 9]


@pytest.mark.parametrize("size", [0.06587, 0.1, 1 / 3])
def test_a_division_by_the_pixel_size_moves_no_pixel(size):
    ring = np.array([[3.0, 3.0], [3.0, 9.0], [7.0, 9.0], [7.0, 3.0]])
    there = np.array([5.1, 6.3])
    image, _ = paint_polygons(
        (12, 12), [((ring - there) * size + there * size) / size], np.array([1])
    )
    assert (image > 0).sum() == 24
    assert image[3, 3] == 1
    assert image[6, 8] == 1
