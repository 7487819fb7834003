"""The losses are the formulas of METHOD section 4, over the pixels that count."""

import numpy as np
import pytest

from distnet_store.model.backend import require_backend

require_backend()

from keras import ops  # noqa: E402 - the backend is chosen first

from distnet_store.model import losses  # noqa: E402


def number(tensor):
    return float(ops.convert_to_numpy(tensor))


def huber(d):
    return np.sqrt(1 + d**2) - 1


def test_distance_counts_all_known_pixels():
    target = np.array([[0.0, 1.0], [2.0, 1.0], [9.0, 0.0]], np.float32)
    assert number(losses.distance_loss(target, np.zeros((3, 1), np.float32))) == pytest.approx(
        huber(2.0) / 2
    )


def test_centre_distance_counts_cells_only_in_both_readings():
    target = np.array([[3.0, 1.0], [5.0, 0.0]], np.float32)
    prediction = np.zeros((2, 1), np.float32)
    assert number(losses.centre_loss("mean-over-cells")(target, prediction)) == pytest.approx(
        huber(3.0)
    )
    assert number(losses.centre_loss("sum-over-all")(target, prediction)) == pytest.approx(
        huber(3.0) / 2
    )


def test_displacement_weighs_each_direction_by_its_own_cells():
    target = np.array([[1.0, 0.0, 4.0, 4.0, 1.0, 0.0]], np.float32)
    found = number(
        losses.displacement_loss("mean-over-cells")(target, np.zeros((1, 4), np.float32))
    )
    assert found == pytest.approx(huber(1.0) / 2)


def test_multiplicity_is_cross_entropy_times_class_weight():
    target = np.array([[0.0, 3.0, 0.0, 0.0, 0.0, 0.0]], np.float32)
    prediction = np.full((1, 6), 1 / 3, np.float32)
    assert number(losses.multiplicity_loss("mean-over-cells")(target, prediction)) == pytest.approx(
        3 * np.log(3), rel=1e-5
    )


def test_no_cell_gives_no_loss_and_no_nan():
    empty = np.zeros((4, 6), np.float32)
    assert (
        number(losses.displacement_loss("mean-over-cells")(empty, np.ones((4, 4), np.float32))) == 0
    )
    assert (
        number(losses.multiplicity_loss("mean-over-cells")(empty, np.full((4, 6), 0.3, np.float32)))
        == 0
    )
