"""Interfaces, measures and centres of regions."""

import numpy as np

from distnet_store.ops.segmentation.centres import Centres
from distnet_store.ops.segmentation.regions import (
    find_interfaces,
    measured_regions,
    owned_centres,
)


def test_length_counts_all_pixel_pairs_across_and_the_edm_is_their_mean():
    regions = np.array([[1, 2], [1, 2]], np.int32)
    edm = np.array([[1, 3], [2, 6]], np.float32)
    found = find_interfaces(regions, edm)
    assert found.pairs.tolist() == [[1, 2]]
    assert found.length.tolist() == [4]
    assert found.mean_edm.tolist() == [3]


def test_regions_touch_over_both_diagonals_and_not_across_the_background():
    regions = np.array([[1, 0, 0, 5], [0, 2, 4, 0], [0, 0, 0, 0], [3, 0, 0, 0]], np.int32)
    pairs = find_interfaces(regions, np.ones((4, 4), np.float32)).pairs
    assert pairs.tolist() == [[1, 2], [2, 4], [4, 5]]


def test_interfaces_with_a_third_region_add_up_when_two_are_united():
    random = np.random.default_rng(2)
    regions = random.integers(0, 4, (12, 13)).astype(np.int32)
    edm = random.random((12, 13), dtype=np.float32)
    apart = find_interfaces(regions, edm)
    united = find_interfaces(np.where(regions == 2, np.int32(1), regions), edm)
    weight = dict(zip(map(tuple, apart.pairs), apart.length * apart.mean_edm, strict=True))
    assert united.pairs.tolist() == [[1, 3]]
    np.testing.assert_allclose(
        united.length * united.mean_edm, weight[1, 3] + weight[2, 3], rtol=1e-12
    )


def test_area_and_peak_are_those_of_each_region():
    area, peak = measured_regions(
        np.array([[3, 3, 0], [1, 1, 1]], np.int32), np.array([[4, 9, 99], [-2, -1, -3]], np.float32)
    )
    assert area.tolist() == [0, 3, 0, 2]
    assert peak.tolist() == [-np.inf, -1, -np.inf, 9]


def owners(regions: list[int], spots: list[int], min_overlap: float = 0.25) -> list[list[int]]:
    count = max(spots) + 1
    centres = Centres(np.array([spots], np.int32), np.ones(count, np.float32))
    return owned_centres(np.array([regions], np.int32), centres, min_overlap).tolist()


def test_a_region_owns_a_centre_of_which_it_covers_more_than_the_limit():
    assert owners([1, 1, 2, 2], [1, 1, 1, 1]) == [[1, 1], [2, 1]]
    assert owners([1, 2, 2, 2], [1, 1, 1, 1]) == [[2, 1]]


def test_a_centre_that_nobody_owns_goes_to_the_region_covering_most_of_it():
    assert owners([1, 2, 2, 3, 0, 0], [1] * 6, 0.5) == [[2, 1]]
    assert owners([0, 2, 1, 0], [1] * 4, 0.5) == [[1, 1]]


def test_a_centre_outside_all_regions_is_nobodys():
    assert owners([1, 0, 0], [0, 1, 1]) == []


def test_regions_may_own_several_centres():
    assert owners([1, 1, 2], [1, 2, 3]) == [[1, 1], [1, 2], [2, 3]]
