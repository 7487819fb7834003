"""When regions are united: each criterion, their order, and a plain loop that does the same."""

import numpy as np
import pytest
from scipy import ndimage

from distnet_store.ops.segmentation.centres import Centres, find_centres
from distnet_store.ops.segmentation.merging import merge_regions
from distnet_store.ops.segmentation.regions import find_interfaces, measured_regions, owned_centres
from distnet_store.ops.segmentation.seeds import seeds
from distnet_store.ops.segmentation.watershed import flood_down
from distnet_store.spec.parameters import SegmentationParameters

LENIENT = SegmentationParameters(min_object_area=1, min_peak_edm=1, merge_criterion=0.1)

TWO = np.repeat([[1, 1, 1, 2, 2, 2]], 4, axis=0).astype(np.int32)
DEEP = np.full(TWO.shape, 3, np.float32)
OWN_CENTRES = np.repeat([[0, 1, 0, 0, 2, 0]], 4, axis=0).astype(np.int32)


def count_after(
    spots: np.ndarray, amplitude: list[float], edm: np.ndarray = DEEP, **changes: float
) -> int:
    centres = Centres(spots, np.array([0, *amplitude], np.float32))
    merged = merge_regions(TWO, edm, centres, LENIENT.model_copy(update=changes))
    return np.unique(merged).size


def test_two_regions_with_a_good_centre_each_stay_two():
    assert count_after(OWN_CENTRES, [1, 0.5]) == 2


def test_a_small_region_is_merged():
    assert count_after(OWN_CENTRES, [1, 1], min_object_area=12) == 2
    assert count_after(OWN_CENTRES, [1, 1], min_object_area=13) == 1


def test_a_shallow_region_is_merged():
    shallow = np.where(TWO == 2, np.float32(0.9), DEEP)
    assert count_after(OWN_CENTRES, [1, 1], shallow) == 1


def test_a_region_without_a_centre_is_merged():
    assert count_after(np.where(OWN_CENTRES == 2, 0, OWN_CENTRES), [1]) == 1
    assert count_after(np.zeros_like(OWN_CENTRES), []) == 1


def test_amplitudes_that_differ_much_mean_one_cell():
    assert count_after(OWN_CENTRES, [1, 0.11]) == 2
    assert count_after(OWN_CENTRES, [1, 0.09]) == 1


SHARED = OWN_CENTRES.copy()
SHARED[:2, 2:4] = 3
"""Each region has a centre of its own; a third lies on both."""


@pytest.mark.parametrize(
    ("shared", "count"), [(0.05, 2), (0.2, 1), (1.0, 1)], ids=["negligible", "counts", "strongest"]
)
def test_a_shared_centre_unites_unless_it_is_negligible(shared, count):
    assert count_after(SHARED, [1, 0.8, shared]) == count


def test_a_shared_centre_that_is_the_strongest_of_one_unites():
    assert count_after(SHARED, [1, 0.04, 0.05], merge_criterion=0.045) == 1
    assert count_after(SHARED, [1, 0.06, 0.05], merge_criterion=0.055) == 2


def test_a_fragment_goes_where_its_interface_is_longest_and_deepest():
    regions = np.array([[1, 1, 3, 2, 2], [1, 1, 3, 2, 2]], np.int32)
    spots = np.array([[1, 0, 0, 0, 2], [1, 0, 0, 0, 2]], np.int32)
    edm = np.array([[3, 3, 2, 4, 3], [3, 3, 2, 4, 3]], np.float32)
    centres = Centres(spots, np.array([0, 1, 1], np.float32))
    assert merge_regions(regions, edm, centres, LENIENT)[0].tolist() == [1, 1, 2, 2, 2]
    mirrored = merge_regions(regions, edm[:, ::-1].copy(), centres, LENIENT)
    assert mirrored[0].tolist() == [1, 1, 1, 2, 2]


def plain_merge(
    regions: np.ndarray, edm: np.ndarray, centres: Centres, parameters: SegmentationParameters
) -> np.ndarray:
    """Do the same by measuring everything anew after each merge."""
    owned = {}
    for region, centre in owned_centres(regions, centres, parameters.min_centre_overlap).tolist():
        owned.setdefault(region, set()).add(centre)
    regions = regions.copy()
    while True:
        found = find_interfaces(regions, edm)
        area, peak = measured_regions(regions, edm)
        weight = found.length * found.mean_edm
        for i in np.lexsort((found.pairs[:, 1], found.pairs[:, 0], -weight)):
            one, other = found.pairs[i].tolist()
            mine, theirs = owned.get(one, set()), owned.get(other, set())
            small = min(area[one], area[other]) < parameters.min_object_area
            shallow = min(peak[one], peak[other]) < parameters.min_peak_edm
            if small or shallow or plain_criterion(centres, mine, theirs, parameters):
                regions[regions == other] = one
                owned[one] = mine | theirs
                break
        else:
            return regions


def plain_criterion(
    centres: Centres, mine: set[int], theirs: set[int], parameters: SegmentationParameters
) -> bool:
    if not mine or not theirs:
        return True
    best = [max(centres.amplitude[k] for k in own) for own in (mine, theirs)]
    return min(best) < parameters.merge_criterion * max(best) or any(
        centres.amplitude[k] in best
        or all(centres.amplitude[k] >= parameters.merge_criterion * b for b in best)
        for k in mine & theirs
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_result_is_that_of_measuring_everything_anew_after_each_merge(seed):
    random = np.random.default_rng(seed)
    parameters = SegmentationParameters(
        merge_criterion=float(random.choice([1e-3, 0.5, 0.9])),
        max_centre_eccentricity=1,
        max_centre_size=9,
        min_centre_size=0.01,
        min_peak_edm=float(random.uniform(0, 2)),
        laplacian_threshold=1e-5,
    )
    noise = [ndimage.gaussian_filter(random.normal(size=(50, 60)), 1.7) for _ in range(2)]
    edm, gdcm = (3 * image / image.std() for image in noise)
    edm, gdcm = (edm + 1).astype(np.float32), np.abs(gdcm).astype(np.float32)
    regions = flood_down(edm, seeds(edm, edm > 0, 2), edm > 0)
    centres = find_centres(gdcm, edm > 0, parameters)
    merged = merge_regions(regions, edm, centres, parameters)
    assert np.unique(merged).size < np.unique(regions).size - 5
    np.testing.assert_array_equal(merged, plain_merge(regions, edm, centres, parameters))
