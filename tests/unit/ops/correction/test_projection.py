import numpy as np
import pytest
from correction_cases import discs

from distnet_store.ops.correction.cell_group import CellGroup
from distnet_store.ops.correction.cell_state import Box, measure_states
from distnet_store.ops.correction.projection import moved_mask, projected_cut
from distnet_store.ops.correction.size_evidence import size_verdict


def group(labels, displacement=(0.0, 0.0)):
    """All cells of a frame, displaced forward and backward by the same."""
    maps = {
        "edm": (labels > 0)[None] * 1.0,
        "displacement": np.stack(
            [np.full(labels.shape, d) for d in (*displacement, *displacement)]
        ),
        "multiplicity": np.zeros((6, *labels.shape)),
    }
    cells = measure_states(labels, maps, 0, (0, 0))
    return CellGroup(Box(0, 0, *labels.shape), labels, tuple(cells))


BESIDE = discs((24, 40), {1: (12, 12, 6), 2: (12, 23, 5)})


def whole_of(labels):
    (cell,) = group((labels > 0).astype(np.int32)).cells
    return cell, (labels > 0)[cell.box.slices]


@pytest.mark.parametrize("later", [True, False])
def test_an_object_is_cut_along_the_shapes_beside_it_where_the_map_tells_nothing(later):
    """The neighbours lie 5 px higher and 2 px to the left, and the displacement says so."""
    before = np.roll(BESIDE, (-5, -2), (0, 1))
    cell, mask = whole_of(BESIDE)
    flat = np.ones(mask.shape)
    cut = projected_cut(cell, mask, flat, group(before, (5.0, 2.0)), later=later)
    assert (cut != BESIDE[cell.box.slices]).sum() <= 6
    assert ((cut > 0) == mask).all()


def test_a_common_error_of_the_displacements_does_not_matter():
    cell, mask = whole_of(BESIDE)
    right, wrong = (
        projected_cut(cell, mask, np.ones(mask.shape), group(BESIDE, step), later=True)
        for step in ((0.0, 0.0), (0.0, 7.0))
    )
    assert (right == wrong).all()


def test_near_the_border_the_map_decides():
    """The valley lies one pixel beside the place where the shapes meet."""
    labels = np.zeros((9, 22), np.int32)
    labels[1:8, 1:11], labels[1:8, 11:21] = 1, 2
    cell, mask = whole_of(labels)
    edm = np.full(mask.shape, 4.0)
    edm[:, 11] = 1.0
    cut = projected_cut(cell, mask, edm, group(labels), later=True)
    assert set(cut[:, :11].ravel()) == {1}
    assert set(cut[:, 12:].ravel()) == {2}


def test_a_neighbour_that_is_nowhere_the_deepest_has_no_piece():
    inside = discs((24, 40), {1: (12, 12, 8)})
    far = np.where(np.indices(inside.shape)[1] > 37, 2, inside).astype(np.int32)
    cell, mask = whole_of(inside)
    cut = projected_cut(cell, mask, np.ones(mask.shape), group(far), later=True)
    assert set(np.unique(cut)) == {0, 1}


def test_a_cell_that_moves_out_of_the_box_is_cut_off():
    labels = discs((10, 20), {1: (5, 5, 3)})
    moved = moved_mask(group(labels), 1, Box(0, 10, 10, 20), np.array([0.0, 5.0]))
    assert moved.sum() == (labels[:, 5:] > 0).sum()


@pytest.mark.parametrize(
    ("area", "areas", "verdict"),
    [
        (100, (50, 50), "all"),
        (72, (50, 50), "all"),
        (70, (50, 50), "largest"),
        (100, (90, 10), "unclear"),
        (300, (50, 50, 100), "all"),
    ],
)
def test_a_size_is_like_that_to_which_its_ratio_is_nearer(area, areas, verdict):
    assert size_verdict(area, areas) == verdict
