"""Label frames are integers in range, of the movie's size."""

import numpy as np
import pytest

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.label_frames import cells_by_frame, cells_of, checked_labels


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint32, np.int64, np.uint64])
def test_integers_in_range_pass(dtype: type[np.integer]) -> None:
    labels = np.array([[0, 100]], dtype=dtype)
    np.testing.assert_array_equal(checked_labels(labels, (1, 2), 0, "masks"), labels)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.bool_, np.complex64])
def test_masks_that_are_no_integers_are_refused(dtype: type[np.generic]) -> None:
    """Also where every value is whole: a float mask may have been rounded."""
    with pytest.raises(InvalidDataError, match="masks must be integers") as caught:
        checked_labels(np.ones((1, 2), dtype), (1, 2), 3, "masks.tif")
    assert caught.value.where == "masks.tif, frame 3"
    assert "astype" in caught.value.remedy


@pytest.mark.parametrize("label", [-1, 2**31, 2**40])
def test_a_label_out_of_range_is_refused(label: int) -> None:
    with pytest.raises(InvalidDataError, match="a label is out of range") as caught:
        checked_labels(np.array([[0, label]]), (1, 2), 0, "masks")
    assert caught.value.found == str(label)
    assert "2147483647" in caught.value.expected


def test_the_largest_label_passes() -> None:
    checked_labels(np.array([[0, 2**31 - 1]]), (1, 2), 0, "masks")


def test_another_size_is_refused() -> None:
    with pytest.raises(InvalidDataError, match="the labels do not fit"):
        checked_labels(np.zeros((3, 2), np.uint8), (1, 2), 0, "masks")


def test_cells_are_listed_without_the_background() -> None:
    frames = np.array([[[0, 7], [3, 7]], [[0, 0], [0, 0]]], dtype=np.uint16)
    assert [cells.tolist() for cells in cells_by_frame(lambda t: frames[t], (2, 2, 2), "")] == [
        [3, 7],
        [],
    ]
    assert cells_of(frames[0]).dtype == np.int64
