"""Laws of what is measured of a cell, for any pixels that a label may have."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from label_strategies import label_images
from skimage.measure import regionprops

from distnet_store.ops.label_pixels import label_pixels
from distnet_store.ops.map_medians import cell_maxima, cell_medians
from distnet_store.ops.objects import measure_objects

SWAPPED = {
    "centroid_y": "centroid_x",
    "bbox_y0": "bbox_x0",
    "bbox_y1": "bbox_x1",
    "area": "area",
    "major_axis": "major_axis",
    "minor_axis": "minor_axis",
    "eccentricity": "eccentricity",
    "feret_max": "feret_max",
    "perimeter": "perimeter",
    "touches_border": "touches_border",
}


def measure(labels: np.ndarray) -> dict[str, np.ndarray]:
    return measure_objects(labels, np.zeros((0, *labels.shape)))


def plain_feret(labels: np.ndarray, label: int) -> float:
    """Return the largest distance over all pairs of pixel corners."""
    pixels = np.argwhere(labels == label)
    corners = np.concatenate([pixels + step for step in product((0, 1), repeat=2)])
    return float(np.linalg.norm(corners[:, None] - corners[None], axis=2).max())


@given(label_images)
def test_every_figure_is_that_of_scikit_image_cell_by_cell(labels):
    ours = measure(labels)
    theirs = regionprops(labels)
    assert ours["label"].tolist() == [cell.label for cell in theirs]
    for i, cell in enumerate(theirs):
        assert ours["area"][i] == cell.area
        boxes = [ours[f"bbox_{edge}"][i] for edge in ("y0", "x0", "y1", "x1")]
        assert boxes == [*cell.bbox]
        centroid = ours["centroid_y"][i], ours["centroid_x"][i]
        np.testing.assert_allclose(centroid, cell.centroid, rtol=1e-6)
        axes = ours["major_axis"][i], ours["minor_axis"][i]
        expected = cell.axis_major_length, cell.axis_minor_length
        np.testing.assert_allclose(axes, expected, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(ours["eccentricity"][i], cell.eccentricity, atol=1e-3)
        np.testing.assert_allclose(ours["perimeter"][i], cell.perimeter, rtol=1e-6)
        if axes[0] - axes[1] > 1e-3:  # else no direction is the major axis
            turned = np.pi / 2 - cell.orientation  # from rows there, from the x axis here
            assert abs(np.sin(ours["orientation"][i] - turned)) < 1e-3
        assert -np.pi / 2 < ours["orientation"][i] <= np.float32(np.pi / 2)
        np.testing.assert_allclose(ours["feret_max"][i], plain_feret(labels, cell.label), rtol=1e-6)


@given(label_images)
def test_transposition_swaps_rows_and_columns_of_every_figure(labels):
    upright, turned = measure(labels), measure(labels.T)
    for name, other in SWAPPED.items():
        np.testing.assert_allclose(turned[other], upright[name], rtol=1e-6, err_msg=name)


@given(label_images, st.permutations([1, 2, 5, 300]))
def test_relabelling_changes_labels_only(labels, new):
    table = np.arange(301)
    table[[1, 2, 5, 300]] = new
    before, after = measure(labels), measure(table[labels])
    order = np.argsort(table[before["label"]])
    for name, values in before.items():
        expected = table[values] if name == "label" else values
        assert after[name].tolist() == expected[order].tolist(), name


@given(label_images, st.integers(0, 2**32 - 1))
def test_medians_and_maxima_are_those_of_each_cell_alone(labels, seed):
    random = np.random.default_rng(seed)
    maps = random.choice([-3.5, -1.0, -0.0, 0.0, 0.1, 2.0, 1e30], (2, *labels.shape))
    maps = maps.astype(np.float32)
    ids, pixels = np.unique(labels[labels > 0]), label_pixels(labels)
    expected = [[np.median(one[labels == i]) for one in maps] for i in ids]
    assert cell_medians(pixels, maps).tolist() == np.reshape(expected, (-1, 2)).tolist()
    assert cell_maxima(pixels, maps[0]).tolist() == [maps[0][labels == i].max() for i in ids]
