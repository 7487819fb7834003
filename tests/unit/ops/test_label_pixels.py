import tracemalloc

import numpy as np
import pytest

from distnet_store.ops.label_pixels import label_pixels, rank_labels


@pytest.mark.parametrize("largest", [9, 20_000_000])
def test_pixels_are_listed_in_raster_order_with_the_place_of_their_label(largest):
    pixels = label_pixels(np.array([[0, largest, 4], [4, 0, largest]]))
    assert pixels.ids.tolist() == [4, largest]
    assert pixels.owner.tolist() == [1, 0, 0, 1]
    assert pixels.y.tolist() == [0, 0, 1, 1]
    assert pixels.x.tolist() == [1, 2, 0, 2]
    assert pixels.count().tolist() == [2, 2]
    assert pixels.total(np.array([1, 2, 4, 8])).tolist() == [6, 9]


def test_memory_follows_the_pixels_not_the_largest_label():
    """A count of every possible label up to 20 million would take 160 MB."""
    tracemalloc.start()
    rank_labels(np.array([20_000_000, 3]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
