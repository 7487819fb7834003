"""Do the numbers that shape simulated cells and their inside do what they say?"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import regionprops

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.simulation.drawn_cells import drawn_cells
from distnet_store.ops.simulation.drawn_frame import DrawnFrame
from distnet_store.ops.simulation.movie_parameters import POPULATIONS, SimulationParameters

MARGIN = 6


def frame(**style: float) -> DrawnFrame:
    """Return one frame of cells of 40 pixels, none of which is about to divide."""
    asked = {"coverage": 0.15, "generation_frames": 5000.0, **style}
    population = replace(POPULATIONS["cells"], **asked)
    parameters = SimulationParameters(kind="cells", n_frames=1, seed=4, population=population)
    return next(drawn_cells(parameters, MARGIN))


def whole_cells(labels: NDArray[np.uint32]) -> list[NDArray[np.bool_]]:
    """Return the masks of cells that touch neither the border nor one another."""
    found = []
    for region in regionprops(labels.astype(int)):
        mask = labels == region.label
        ring = ndimage.binary_dilation(mask, iterations=2) & ~mask
        top, left, bottom, right = region.bbox
        inside = min(top, left) > 2 and bottom < labels.shape[0] - 2 and right < labels.shape[1] - 2
        if inside and not (labels[ring] > 0).any() and region.area > 300:
            found.append(mask)
    assert found
    return found


def roughness(labels: NDArray[np.uint32]) -> float:
    """Return the mean of squared perimeter over area, 1 for a disc."""
    shapes = [regionprops(mask.astype(int))[0] for mask in whole_cells(labels)]
    return float(np.mean([one.perimeter**2 / (4 * np.pi * one.area) for one in shapes]))


def inside(values: NDArray[np.float64], mask: NDArray[np.bool_], depth: int) -> NDArray[np.float64]:
    field = values[2 * MARGIN : -2 * MARGIN : 2, 2 * MARGIN : -2 * MARGIN : 2]
    return field[ndimage.binary_erosion(mask, iterations=depth)]


def test_cells_without_irregularity_are_round_and_with_more_they_are_ragged() -> None:
    round_, usual, ragged = (roughness(frame(irregular=k).labels) for k in (0.0, 1.0, 2.2))
    assert round_ < 1.15
    assert round_ < usual < ragged


def test_arms_make_outlines_longer_and_leave_most_of_the_area() -> None:
    without, with_arms = frame(irregular=0.3), frame(irregular=0.3, arms=1.0)
    assert roughness(with_arms.labels) > 1.12 * roughness(without.labels)
    assert 1 < (with_arms.labels > 0).sum() / (without.labels > 0).sum() < 1.4


def test_granules_are_texture_in_thickness_only() -> None:
    smooth, rough = frame(granules=0.0), frame(granules=3.0)
    masks = whole_cells(smooth.labels)
    for mask in masks:
        assert (
            inside(rough.phase_rad, mask, 6).std() > 1.5 * inside(smooth.phase_rad, mask, 6).std()
        )
    assert (smooth.label == rough.label).all()


def test_a_filled_cell_has_no_cortex() -> None:
    cortex, filled = frame(filled=0.0), frame(filled=1.0)
    for mask in whole_cells(filled.labels):
        assert inside(filled.label, mask, 3).std() < 0.12 * inside(filled.label, mask, 3).mean()
        middle, edge = (inside(cortex.label, mask, depth) for depth in (8, 1))
        assert edge.max() > 1.5 * np.median(middle)


def test_a_ball_is_thicker_than_a_spread_cell() -> None:
    spread, ball = frame(ball=0.0), frame(ball=1.0)
    assert (spread.labels == ball.labels).all()
    for mask in whole_cells(spread.labels):
        assert inside(ball.phase_rad, mask, 4).max() > 2 * inside(spread.phase_rad, mask, 4).max()


def test_a_coverage_above_one_leaves_few_gaps() -> None:
    assert (frame(coverage=1.4, irregular=0.6).labels > 0).mean() > 0.9


@pytest.mark.parametrize("style", [{"irregular": 3.0}, {"arms": -0.1}, {"filled": 1.1}])
def test_styles_that_cannot_be_are_refused(style: dict[str, float]) -> None:
    with pytest.raises(WrongArgumentError):
        frame(**style)


def test_rods_do_not_overlap() -> None:
    dense = replace(POPULATIONS["rods"], coverage=1.0)
    with pytest.raises(WrongArgumentError, match="coverage"):
        SimulationParameters(population=dense)
