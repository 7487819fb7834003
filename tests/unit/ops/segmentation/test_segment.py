"""From EDM and GDCM back to cells: real frames, and frames at the limits."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.ops.segmentation.seeds import seeds
from distnet_store.ops.segmentation.segment import segment_frame
from distnet_store.ops.targets.distance import distance_map
from distnet_store.ops.targets.geodesic import geodesic_map
from distnet_store.ops.targets.medoid import medoids
from distnet_store.spec.parameters import SegmentationParameters

ROOT = Path(__file__).parents[4]
ECOLI = ROOT / "tests" / "data" / "ecoli-agarpad" / "labels_frames.tif"
CHAMBER = ROOT / "examples" / "data" / "mother-machine" / "chamber10" / "labels_ctc.tif"
DEFAULTS = SegmentationParameters()


def maps_of(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return distance_map(labels), geodesic_map(labels, *medoids(labels))


def recovered(labels: np.ndarray, parameters: SegmentationParameters = DEFAULTS) -> np.ndarray:
    return segment_frame(*maps_of(labels), parameters)


def overlaps(labels: np.ndarray, found: np.ndarray) -> list[float]:
    """Return, per label, the intersection over union with the label that covers most of it."""
    result = []
    for label in np.unique(labels[labels > 0]):
        inside = labels == label
        best = np.bincount(found[inside]).argmax()
        union = inside | (found == best) if best else np.ones_like(inside)
        result.append(float((inside & (found == best)).sum() / union.sum()))
    return result


def assert_one_to_one(labels: np.ndarray, found: np.ndarray) -> None:
    scores = overlaps(labels, found)
    assert found.max() == len(scores)
    assert min(scores) > 0.9


@pytest.mark.parametrize("thickness", [8, 14])
@pytest.mark.parametrize("frame", range(4))
def test_every_cell_of_a_colony_comes_back(frame, thickness):
    labels = tifffile.imread(ECOLI)[frame]
    parameters = SegmentationParameters(object_thickness=thickness)
    assert_one_to_one(labels, recovered(labels, parameters))


@pytest.mark.parametrize("frame", range(10))
def test_every_cell_of_a_mother_machine_chamber_comes_back(frame):
    labels = tifffile.imread(CHAMBER)[frame]
    assert_one_to_one(labels, recovered(labels, SegmentationParameters(object_thickness=7)))


def test_the_parts_of_a_bent_rod_are_merged_and_its_touching_neighbour_is_not():
    y, x = np.mgrid[:60, :60]
    ring = np.abs(np.hypot(y - 30, x - 30) - 20) < 4
    labels = np.where(ring & (x < 40), 1, 0)
    labels[26:34, 14:34] = 2
    labels[26:34, 6:14] = 1
    edm, _ = maps_of(labels)
    assert seeds(edm, edm > 0, DEFAULTS.seed_radius).max() > 5
    assert_one_to_one(labels, recovered(labels))


def test_cells_that_touch_each_other_and_the_borders_come_back():
    labels = np.kron(np.arange(1, 7).reshape(2, 3), np.ones((9, 13), int))
    np.testing.assert_array_equal(recovered(labels), labels)


def test_labels_are_numbered_in_the_raster_order_of_their_first_pixels():
    labels = np.zeros((20, 40), int)
    labels[3:12, 20:30], labels[1:10, 2:12], labels[12:20, 30:40] = 5, 9, 2
    found = recovered(labels)
    assert found.dtype == np.int32
    assert [found[labels == k].min() for k in (9, 5, 2)] == [1, 2, 3]


def test_an_empty_frame_has_no_cells():
    assert not recovered(np.zeros((33, 17), int)).any()
    assert not recovered(np.zeros((1, 1), int)).any()


@pytest.mark.parametrize("shape", [(64, 64), (31, 47), (4, 4)])
def test_a_cell_that_fills_the_frame_is_one_cell(shape):
    assert (recovered(np.full(shape, 3)) == 1).all()


def test_in_a_frame_of_one_pixel_a_cell_is_too_small_unless_that_is_allowed():
    assert recovered(np.ones((1, 1), int)).tolist() == [[0]]
    lenient = SegmentationParameters(min_object_area=1)
    assert recovered(np.ones((1, 1), int), lenient).tolist() == [[1]]


def test_what_stays_too_small_or_too_shallow_is_removed():
    labels = np.zeros((30, 40), int)
    labels[2:12, 2:12], labels[20:22, 20:24], labels[26:28, 2:30] = 1, 2, 3
    assert recovered(labels, SegmentationParameters(min_peak_edm=1.5)).max() == 1
    assert recovered(labels, SegmentationParameters(min_object_area=8)).max() == 3
    assert recovered(labels, SegmentationParameters(min_object_area=9)).max() == 2


def test_a_thin_cell_beside_a_thick_one_is_kept_though_no_seed_lies_in_it():
    labels = np.zeros((20, 30), int)
    labels[2:14, 2:28], labels[15:17, 2:28] = 1, 2
    edm, gdcm = maps_of(labels)
    parameters = SegmentationParameters(object_thickness=20)
    assert not (seeds(edm, edm > 0, parameters.seed_radius) * (labels == 2)).any()
    assert segment_frame(edm, gdcm, parameters).max() == 2


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("which", [0, 1])
def test_a_map_that_is_not_finite_is_refused(which, value):
    maps = [np.ones((4, 5), np.float32), np.ones((4, 5), np.float32)]
    maps[which][2, 3] = value
    name = ("EDM", "GDCM")[which]
    with pytest.raises(InvalidDataError, match=rf"(?s){name}.*first at \(y, x\) = \(2, 3\)"):
        segment_frame(*maps, DEFAULTS)


@pytest.mark.parametrize(
    "shapes", [((4, 5), (5, 4)), ((4,), (4,)), ((1, 4, 5),) * 2, ((0, 5),) * 2]
)
def test_maps_that_do_not_fit_are_refused(shapes):
    with pytest.raises(WrongArgumentError, match="EDM and GDCM of one 2-D shape"):
        segment_frame(*(np.ones(shape, np.float32) for shape in shapes), DEFAULTS)


def test_noise_of_a_tenth_of_a_pixel_changes_no_cell_by_more_than_its_outline():
    labels = tifffile.imread(ECOLI)[3, 300:520, 200:420]
    random = np.random.default_rng(0)
    noisy = [
        (image + random.normal(0, 0.1, image.shape)).astype(np.float32) for image in maps_of(labels)
    ]
    large = np.isin(labels, np.flatnonzero(np.bincount(labels.ravel()) >= 60)) * labels
    assert min(overlaps(large, segment_frame(*noisy, DEFAULTS))) > 0.9
