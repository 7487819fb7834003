"""When a network in half precision is good enough, and when it is refused."""

import numpy as np
import pytest

from distnet_store.errors import ModelMismatchError
from distnet_store.model.precision_check import precision_difference, require_small
from distnet_store.spec.maps import MAPS


def maps_of_a_cell():
    """Return maps (c, y, x) with a cell in the upper half: one partner in each direction."""
    maps = {name: np.zeros((len(spec.channels), 20, 20), np.float32) for name, spec in MAPS.items()}
    maps["edm"][:] = -1
    maps["edm"][0, :10] = 3
    maps["multiplicity"][[1, 4]] = 0.9
    return maps


def changed(name, where, by):
    maps = {key: values.copy() for key, values in maps_of_a_cell().items()}
    maps[name][where] += by
    return maps


@pytest.mark.parametrize("name", ["edm", "gdcm", "displacement"])
def test_lengths_may_differ_by_a_quarter_of_a_pixel(name):
    exact = maps_of_a_cell()
    assert precision_difference(changed(name, np.s_[-1, :10], 0.2), exact).is_small
    found = precision_difference(changed(name, np.s_[-1, :10], 0.3), exact)
    assert not found.is_small
    assert getattr(found, f"{name}_px") == pytest.approx(0.3)


def test_a_hundredth_of_the_pixels_and_the_background_do_not_count():
    exact = maps_of_a_cell()
    assert precision_difference(changed("edm", np.s_[0, 0, :2], 9), exact).is_small
    assert precision_difference(changed("gdcm", np.s_[0, 10:], 9), exact).is_small
    assert not precision_difference(changed("edm", np.s_[0, 0, :4], 9), exact).is_small


def test_categories_must_stay_in_either_direction():
    exact = maps_of_a_cell()
    for channel in (0, 2, 3, 5):
        found = precision_difference(changed("multiplicity", np.s_[channel, :1], 1), exact)
        assert found.agreement == pytest.approx(0.95)
        assert not found.is_small
    assert precision_difference(changed("multiplicity", np.s_[0, :1], 0.5), exact).is_small


def test_a_frame_without_cells_is_compared_as_a_whole():
    exact = maps_of_a_cell()
    exact["edm"][:] = -1
    other = {**exact, "edm": exact["edm"] + 1}
    assert precision_difference(other, exact).edm_px == 1


def test_a_great_difference_is_told_with_what_to_do():
    exact = maps_of_a_cell()
    with pytest.raises(ModelMismatchError, match="in bfloat16") as caught:
        require_small(precision_difference(changed("edm", np.s_[:], 2), exact), "bfloat16", "here")
    assert "EDM 2.00 px" in caught.value.found
    assert "float32" in caught.value.remedy
