"""Laws of segmenting one frame."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from distnet_store.ops.segmentation.regions import measured_regions
from distnet_store.ops.segmentation.segment import segment_frame
from distnet_store.ops.targets.distance import distance_map
from distnet_store.ops.targets.geodesic import geodesic_map
from distnet_store.ops.targets.medoid import medoids
from distnet_store.spec.parameters import SegmentationParameters

shapes = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14)


@st.composite
def any_maps(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    shape = draw(shapes)
    values = st.floats(-2, 6, width=16)
    return tuple(draw(hnp.arrays(np.float32, shape, elements=values)) for _ in range(2))


@st.composite
def tilings(draw: st.DrawFn) -> np.ndarray:
    """Frames full of rectangles that touch, thick enough to be cells, some left out."""
    heights = draw(st.lists(st.integers(8, 12), min_size=1, max_size=3))
    widths = draw(st.lists(st.integers(8, 14), min_size=1, max_size=3))
    count = len(heights) * len(widths)
    kept = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    labels = np.where(kept, np.arange(1, count + 1), 0).reshape(len(heights), len(widths))
    return labels.repeat(heights, axis=0).repeat(widths, axis=1)


@given(any_maps())
def test_whatever_the_maps_labels_are_consecutive_large_enough_deep_enough_and_in_order(maps):
    parameters = SegmentationParameters(min_object_area=5)
    labels = segment_frame(*maps, parameters)
    area, peak = measured_regions(labels, maps[0])
    assert (area[1:] >= 5).all()
    assert (peak[1:] >= 1).all()
    assert not labels[maps[0] <= 0].any()
    _, first = np.unique(labels[labels > 0], return_index=True)
    assert (np.diff(first) > 0).all()


@given(any_maps())
def test_without_limits_the_whole_foreground_is_labelled(maps):
    labels = segment_frame(*maps, SegmentationParameters(min_object_area=0, min_peak_edm=-9))
    np.testing.assert_array_equal(labels > 0, maps[0] > 0)


@given(tilings())
def test_touching_cells_are_found_again(labels):
    found = segment_frame(
        distance_map(labels), geodesic_map(labels, *medoids(labels)), SegmentationParameters()
    )
    names = np.unique(labels[labels > 0])
    assert found.max() == names.size
    for label in names:
        inside = labels == label
        best = np.bincount(found[inside]).argmax()
        assert (inside & (found == best)).sum() > 0.9 * (inside | (found == best)).sum()
