"""The EDM of named small cases and of real frames."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from scipy import ndimage

from distnet_store.ops.targets.distance import distance_map

ECOLI = Path(__file__).parents[3] / "data" / "ecoli-agarpad" / "labels_frames.tif"


def cell_by_cell(labels: np.ndarray) -> np.ndarray:
    result = np.full(labels.shape, -1, np.float32)
    for label in np.unique(labels[labels > 0]):
        inside = labels == label
        result[inside] = ndimage.distance_transform_edt(inside)[inside]
    return result


def test_a_pixel_has_its_distance_to_the_nearest_pixel_outside():
    labels = np.zeros((5, 5), int)
    labels[1:4, 1:4] = 3
    assert distance_map(labels)[1:4, 1:4].tolist() == [[1, 1, 1], [1, 2, 1], [1, 1, 1]]


def test_a_touching_cell_is_an_edge_like_the_background():
    row = np.array([[0, 4, 4, 4, 7, 7]])
    assert distance_map(row).tolist() == [[-1, 1, 2, 1, 1, 2]]
    assert distance_map(row.T).T.tolist() == [[-1, 1, 2, 1, 1, 2]]


def test_the_image_border_is_no_edge():
    assert distance_map(np.array([[4, 4, 4, 0]])).tolist() == [[3, 2, 1, -1]]


def test_the_nearest_edge_may_be_oblique():
    labels = np.ones((4, 4), int)
    labels[0, 0] = 0
    np.testing.assert_allclose(distance_map(labels)[3, 3], np.sqrt(18), rtol=1e-6)


def test_a_cell_that_fills_the_frame_has_the_distance_to_the_border():
    expected = [[1, 1, 1], [1, 2, 1], [1, 1, 1]]
    assert distance_map(np.full((3, 3), 8)).tolist() == expected
    assert distance_map(np.array([[8]])).tolist() == [[1]]


def test_an_empty_frame_is_background():
    assert distance_map(np.zeros((2, 3), int)).tolist() == [[-1] * 3] * 2
    assert distance_map(np.zeros((0, 3), int)).shape == (0, 3)


@pytest.mark.parametrize("frame", range(4))
def test_it_equals_scipy_cell_by_cell_on_real_cells(frame):
    labels = tifffile.imread(ECOLI)[frame, 200:500, 100:400]
    np.testing.assert_array_equal(distance_map(labels), cell_by_cell(labels))
