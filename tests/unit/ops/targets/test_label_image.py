"""Label images: checked, and their pixels grouped by cell."""

import numpy as np
import pytest

from distnet_store.errors import InvalidDataError
from distnet_store.ops.targets.label_image import cell_pixels, checked_labels


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (np.zeros((2, 2)), "type float64"),
        (np.zeros((2, 2), bool), "type bool"),
        (np.zeros((1, 2, 2), int), r"shape \(1, 2, 2\)"),
        (np.array([[0, -3]]), "least value -3"),
        (np.array([[2**63]], np.uint64), "least value"),
    ],
)
def test_what_is_not_a_label_image_is_refused(labels, found):
    with pytest.raises(InvalidDataError, match=found):
        checked_labels(labels)


@pytest.mark.parametrize("dtype", ["u1", "u2", "<u4", ">i4", "i8", "u8"])
def test_any_integer_type_and_byte_order_is_read(dtype):
    assert checked_labels(np.array([[0, 7]], dtype)).tolist() == [[0, 7]]


@pytest.mark.parametrize("scale", [1, 10**12])
def test_pixels_are_grouped_by_label_in_raster_order(scale):
    labels = np.array([[9, 0, 2], [2, 9, 9]]) * scale
    cells = cell_pixels(labels)
    assert cells.ids.tolist() == [2 * scale, 9 * scale]
    assert cells.start.tolist() == [0, 2, 5]
    assert list(zip(cells.y, cells.x, strict=True)) == [(0, 2), (1, 0), (0, 0), (1, 1), (1, 2)]


def test_an_empty_frame_has_no_cells():
    cells = cell_pixels(np.zeros((3, 3), np.int64))
    assert cells.ids.size == 0
    assert cells.start.tolist() == [0]
