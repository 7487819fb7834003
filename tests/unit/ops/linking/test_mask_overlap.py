import numpy as np
import pytest
from correction_cases import discs
from linking_cases import pairs

from distnet_store.ops.linking import LINK_ORIGINS, link_pair
from distnet_store.ops.linking.frame_cells import unpredicted_cells
from distnet_store.ops.targets.medoid import medoids
from distnet_store.spec.parameters import LinkingParameters

OVERLAP = LinkingParameters(method="overlap")
SCATTERED = {
    1: (20, 18, 6),
    2: (22, 44, 5),
    3: (48, 22, 7),
    4: (50, 52, 6),
    5: (30, 70, 6),
    6: (72, 74, 5),
    7: (70, 34, 6),
}
"""Cells that lie in no regular order, so that only one shift brings them together."""


def link(before: np.ndarray, after: np.ndarray):
    return link_pair(
        *(unpredicted_cells(frame, *medoids(frame)) for frame in (before, after)), OVERLAP
    )


def shifted(cells, dy, dx):
    return {label: (y + dy, x + dx, radius) for label, (y, x, radius) in cells.items()}


def same(cells) -> list[tuple[int, int]]:
    return [(label, label) for label in sorted(cells)]


def test_cells_that_stay_are_linked_and_told_as_overlap():
    found = link(discs((90, 90), SCATTERED), discs((90, 90), SCATTERED))
    assert pairs(found) == same(SCATTERED)
    assert {LINK_ORIGINS[code] for code in found.origin} == {"overlap"}
    assert found.residual.tolist() == [0.0] * len(SCATTERED)
    assert np.isnan(found.disagreement).all()


@pytest.mark.parametrize("jump", [(40, 0), (0, -40), (28, 29)])
def test_a_jump_of_the_stage_by_forty_pixels_is_registered_first(jump):
    """Every cell lands where another one was, or none."""
    shape = (170, 170)
    before = discs(shape, shifted(SCATTERED, 40, 40))
    after = discs(shape, shifted(SCATTERED, 40 + jump[0], 40 + jump[1]))
    found = link(before, after)
    assert pairs(found) == same(SCATTERED)
    assert found.residual.max() <= 1


def test_cells_that_leave_the_frame_by_a_jump_have_no_link():
    before = discs((90, 90), SCATTERED)
    after = discs((90, 90), shifted(SCATTERED, 0, 40))
    assert pairs(link(before, after)) == same(np.unique(after)[1:].tolist()) != same(SCATTERED)


def test_a_cell_that_divides_is_linked_to_both_daughters():
    mother = {**SCATTERED, 9: (78, 12, 9)}
    daughters = {**SCATTERED, 9: (78, 6, 5.5), 10: (78, 18, 5.5)}
    found = link(discs((90, 90), mother), discs((90, 90), daughters))
    assert pairs(found) == [*same(mother), (9, 10)]


def test_cells_that_fuse_are_both_linked():
    parents = {**SCATTERED, 9: (78, 6, 5.5), 10: (78, 18, 5.5)}
    fused = {**SCATTERED, 9: (78, 12, 9)}
    found = link(discs((90, 90), parents), discs((90, 90), fused))
    assert pairs(found) == [*same(fused), (10, 9)]


def test_a_new_cell_beside_an_old_one_is_no_daughter():
    """The old one has kept its size."""
    after = {**SCATTERED, 9: (20, 31, 6)}
    found = link(discs((90, 90), SCATTERED), discs((90, 90), after))
    assert pairs(found) == same(SCATTERED)


def test_growing_cells_keep_their_links():
    grown = {label: (y, x, radius * 1.2) for label, (y, x, radius) in SCATTERED.items()}
    assert pairs(link(discs((90, 90), SCATTERED), discs((90, 90), grown))) == same(SCATTERED)


def test_a_cell_moves_as_its_neighbours_do():
    """A field that stretches from left to right: the cells there move by as much as they are wide."""
    rng = np.random.default_rng(0)
    field = {
        k + 1: (10 + 13 * (k % 7) + rng.uniform(-1, 1), 8 + 14 * (k // 7) + rng.uniform(-2, 2), 4.0)
        for k in range(70)
    }
    stretched = {label: (y, 1.1 * x, radius) for label, (y, x, radius) in field.items()}
    found = link(discs((100, 160), field), discs((100, 160), stretched))
    assert pairs(found) == same(field)


def test_empty_frames_give_no_links():
    full, empty = discs((90, 90), SCATTERED), np.zeros((90, 90), np.int32)
    for pair in ((full, empty), (empty, full), (empty, empty)):
        found = link(*pair)
        assert found.links.shape == (0, 2)
        assert found.origin.dtype == np.int8
        assert found.residual.dtype == found.disagreement.dtype == np.float32
