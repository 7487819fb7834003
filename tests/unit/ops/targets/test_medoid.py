"""The centre of named shapes and of real cells."""

from pathlib import Path

import numpy as np
import tifffile

from distnet_store.ops.targets.medoid import medoids

ECOLI = Path(__file__).parents[3] / "data" / "ecoli-agarpad" / "labels_frames.tif"


def distance_sums(pixels: np.ndarray) -> np.ndarray:
    return np.linalg.norm(pixels[:, None] - pixels[None], axis=2).sum(axis=1)


def test_the_centre_of_a_rectangle_is_its_middle():
    labels = np.zeros((7, 9), int)
    labels[1:6, 2:9] = 4
    ids, centres = medoids(labels)
    assert ids.tolist() == [4]
    assert centres.tolist() == [[3, 5]]
    assert (ids.dtype, centres.dtype) == (np.int64, np.int32)


def test_of_equally_good_pixels_the_first_in_raster_order_is_taken():
    assert medoids(np.full((2, 2), 6))[1].tolist() == [[0, 0]]
    assert medoids(np.array([[1], [1], [1], [1]]))[1].tolist() == [[1, 0]]


def test_the_centre_of_a_ring_lies_on_the_ring():
    labels = np.ones((9, 9), int)
    labels[2:7, 2:7] = 0
    assert labels[tuple(medoids(labels)[1][0])] == 1


def test_cells_are_listed_by_label_whatever_their_place():
    ids, centres = medoids(np.array([[9, 0, 2, 2, 2]]))
    assert ids.tolist() == [2, 9]
    assert centres.tolist() == [[0, 3], [0, 0]]


def test_an_empty_frame_has_no_centres():
    ids, centres = medoids(np.zeros((3, 3), np.uint8))
    assert ids.shape == (0,)
    assert centres.shape == (0, 2)


def test_no_pixel_of_a_real_cell_has_a_smaller_sum():
    labels = tifffile.imread(ECOLI)[0]
    ids, centres = medoids(labels)
    for label, centre in zip(ids[::4], centres[::4], strict=True):
        pixels = np.argwhere(labels == label)
        sums = distance_sums(pixels)
        best = pixels[np.flatnonzero(sums <= sums.min() * (1 + 1e-10))[0]]
        assert centre.tolist() == best.tolist()
