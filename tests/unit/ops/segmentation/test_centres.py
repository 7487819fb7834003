"""Which spots count as centres."""

import numpy as np

from distnet_store.ops.segmentation.centres import find_centres
from distnet_store.spec.parameters import SegmentationParameters

PARAMETERS = SegmentationParameters(object_thickness=8)


def away_from(*places: tuple[float, float], shape: tuple[int, int] = (40, 60)) -> np.ndarray:
    """Return the distance to the nearest of several places, (y, x) float32."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.min([np.hypot(y - a, x - b) for a, b in places], axis=0).astype(np.float32)


def amplitudes(gdcm: np.ndarray, **changes: float) -> list[float]:
    parameters = PARAMETERS.model_copy(update=changes)
    return find_centres(gdcm, np.ones(gdcm.shape, bool), parameters).amplitude[1:].tolist()


def test_each_place_where_the_distance_vanishes_is_a_centre_of_full_amplitude():
    found = amplitudes(away_from((10, 10), (25, 40)))
    np.testing.assert_allclose(found, [1 / (2 * np.sqrt(2 * np.pi))] * 2, rtol=1e-6)


def test_where_the_distance_stays_large_the_centre_is_weak():
    left = (np.mgrid[:40, :60][1] < 25).astype(np.float32)
    gdcm = away_from((10, 10), (25, 40)) + 3 * left
    strong, weak = sorted(amplitudes(gdcm, min_centre_size=0.1), reverse=True)
    np.testing.assert_allclose(weak / strong, np.exp(-9 / 8), rtol=1e-5)


def test_negative_distances_count_as_zero():
    gdcm = away_from((10, 10))
    assert amplitudes(np.where(gdcm == 0, -5, gdcm).astype(np.float32)) == amplitudes(gdcm)


def test_a_spot_of_the_wrong_size_is_dropped():
    gdcm = away_from((20, 30))
    assert len(amplitudes(gdcm)) == 1
    assert amplitudes(gdcm / 3) == []
    assert amplitudes(gdcm, max_centre_size=0.7) == []
    assert amplitudes(gdcm, min_centre_size=1.7, max_centre_size=3) == []


def test_at_the_border_half_the_size_is_enough():
    limits = {"min_centre_size": 0.8}
    assert len(amplitudes(away_from((20, 30)), **limits)) == 1
    assert len(amplitudes(away_from((20, 0)), **limits)) == 1
    assert amplitudes(away_from((20, 0)), min_centre_size=1.6) == []


def test_a_long_spot_is_dropped():
    y, x = np.mgrid[:40, :60]
    gdcm = np.hypot((y - 20) * 1.5, (x - 30) / 3).astype(np.float32)
    large = {"max_centre_size": 9}
    assert amplitudes(gdcm, **large) == []
    assert len(amplitudes(gdcm, max_centre_eccentricity=1, **large)) == 1


def test_a_response_under_the_threshold_is_no_centre():
    assert amplitudes(away_from((20, 30)), laplacian_threshold=0.1) == []


def test_the_background_has_no_centre_though_its_distance_is_zero():
    found = find_centres(
        np.zeros((30, 30), np.float32), np.zeros((30, 30), bool), SegmentationParameters()
    )
    assert found.amplitude.tolist() == [0]
    assert not found.spots.any()
