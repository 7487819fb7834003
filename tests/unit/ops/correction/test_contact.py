import numpy as np
import pytest

from distnet_store.ops.correction.cell_state import CellState, measure_states
from distnet_store.ops.correction.contact import Outline, contact_distance, outline
from distnet_store.spec.parameters import CorrectionParameters

RODS = CorrectionParameters()
PLAIN = CorrectionParameters(pole_contact=False)


def states(labels) -> list[CellState]:
    flat = {
        "edm": np.ones((1, *labels.shape)),
        "displacement": np.zeros((4, *labels.shape)),
        "multiplicity": np.zeros((6, *labels.shape)),
    }
    return measure_states(labels, flat, 0, (0, 0))


def outlines(labels) -> list[Outline]:
    return [outline(cell, labels[cell.box.slices] == cell.label) for cell in states(labels)]


def drawn(*boxes) -> np.ndarray:
    labels = np.zeros((60, 60), np.int32)
    for label, (rows, columns) in enumerate(boxes, start=1):
        labels[slice(*rows), slice(*columns)] = label
    return labels


END_TO_END = drawn(((10, 16), (5, 25)), ((10, 16), (25, 45)))
SIDE_BY_SIDE = drawn(((10, 16), (5, 25)), ((16, 22), (5, 25)))
CROSSED = drawn(((10, 16), (5, 25)), ((16, 36), (12, 18)))
SHIFTED = drawn(((10, 16), (5, 25)), ((16, 22), (22, 42)))
SHORT = drawn(((10, 16), (5, 15)), ((16, 22), (5, 15)))


def test_a_contour_is_the_pixels_beside_others():
    (square,) = outlines(drawn(((10, 13), (20, 23))))
    assert len(square.points) == 8
    assert [11, 21] not in square.points.tolist()
    assert square.points.min(axis=0).tolist() == [10, 20]


@pytest.mark.parametrize("gap", [0, 1, 2, 5])
def test_the_distance_is_that_of_the_nearest_pixels(gap):
    labels = drawn(((10, 16), (5, 10)), ((10, 16), (10 + gap, 15 + gap)))
    assert contact_distance(*outlines(labels), PLAIN) == gap + 1


@pytest.mark.parametrize(
    ("labels", "distance"),
    [(END_TO_END, 1), (SIDE_BY_SIDE, np.inf), (CROSSED, np.inf)],
    ids=["end to end", "side by side", "crossed"],
)
def test_rods_touch_by_poles_in_line_only(labels, distance):
    assert contact_distance(*outlines(labels), RODS) == distance
    assert contact_distance(*outlines(labels)[::-1], RODS) == distance


@pytest.mark.parametrize("labels", [SIDE_BY_SIDE, CROSSED], ids=["side by side", "crossed"])
def test_without_pole_contact_any_part_counts(labels):
    assert contact_distance(*outlines(labels), PLAIN) == 1


def test_cells_shorter_than_a_rod_touch_anywhere():
    assert contact_distance(*outlines(SHORT), RODS) == 1


def test_only_the_round_ends_of_rods_count():
    """The rods overlap by three columns, their ends by less than the caps: contact along the side."""
    assert contact_distance(*outlines(SHIFTED), RODS) == 1
    far = drawn(((10, 16), (5, 35)), ((16, 22), (20, 50)))
    assert contact_distance(*outlines(far), RODS) > 3


def test_the_angle_is_a_limit_that_can_be_chosen():
    loose = CorrectionParameters(max_angle_deg=90)
    assert contact_distance(*outlines(CROSSED), loose) < np.inf
