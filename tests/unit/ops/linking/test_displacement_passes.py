import numpy as np
import pytest
from elementary_lineages import FRAMES, LEFT, MOTHER, OTHER, RIGHT, draw
from linking_cases import MANY, NONE, ONE, cells, described

from distnet_store.ops.linking import link_pair
from distnet_store.spec.parameters import LinkingParameters

FORWARD_FIRST = LinkingParameters(method="forward-first")
BACKWARD_FIRST = LinkingParameters(method="backward-first")
BOTH_ORDERS = pytest.mark.parametrize("parameters", [FORWARD_FIRST, BACKWARD_FIRST], ids=str)


LABELS = draw(FRAMES)
CENTRE = {1: 4, 3: 3, 4: 6, 2: 13}
"""Column of each cell's medoid in the reference; all are on row 2."""


@BOTH_ORDERS
def test_a_division_is_found_by_its_daughters(parameters):
    """The mother says many, so only the daughters, which say one, look for her."""
    before = cells(LABELS[1], forward={1: (0, 0, MANY), 2: (0, 0, ONE)})
    after = cells(LABELS[2], backward={3: (0, 1, ONE), 4: (0, -2, ONE), 2: (0, 0, ONE)})
    linkage = link_pair(before, after, parameters)
    assert described(linkage) == {(1, 3): "backward", (1, 4): "backward", (2, 2): "both"}
    assert linkage.residual.tolist() == [0, 0, 0]


@BOTH_ORDERS
def test_a_fusion_is_found_by_its_parents(parameters):
    fused = draw(({5: MOTHER},))[0]
    before = cells(draw(({3: LEFT, 4: RIGHT},))[0], forward={3: (0, 1, ONE), 4: (0, -2, ONE)})
    linkage = link_pair(before, cells(fused, backward={5: (0, 0, MANY)}), parameters)
    assert described(linkage) == {(3, 5): "forward", (4, 5): "forward"}


def test_the_first_direction_decides_where_they_disagree():
    """Cell 1 says it goes to 3, and 4 says it comes from 1; 3 says it is new."""
    before = cells(LABELS[1], forward={1: (0, -1, ONE)})
    after = cells(LABELS[2], backward={4: (0, -2, ONE)})
    assert described(link_pair(before, after, FORWARD_FIRST)) == {
        (1, 3): "forward",
        (1, 4): "backward",  # 4 had no link yet, so a split follows
    }
    assert described(link_pair(before, after, BACKWARD_FIRST)) == {
        (1, 4): "backward",  # and 1 has its link now
    }


@BOTH_ORDERS
@pytest.mark.parametrize("category", [NONE, MANY])
def test_only_cells_of_category_one_look_for_a_partner(parameters, category):
    before = cells(LABELS[2], forward=dict.fromkeys((2, 3, 4), (0, 0, category)))
    after = cells(LABELS[3], backward=dict.fromkeys((2, 3, 4), (0, 0, category)))
    assert link_pair(before, after, parameters).links.shape == (0, 2)


@pytest.mark.parametrize(
    ("shift", "linked"),
    [(-1.5, True), (-1.501, False), (1.499, True), (1.5, False)],
)
def test_a_position_belongs_to_the_pixel_around_it_halves_upwards(shift, linked):
    """Cell 2 covers columns 12 to 14, so positions from 11.5 up to but without 14.5."""
    before = cells(LABELS[2], forward={2: (0, shift, ONE)})
    links = link_pair(before, cells(LABELS[3]), FORWARD_FIRST).links
    assert links.tolist() == ([[2, 2]] if linked else [])


@BOTH_ORDERS
@pytest.mark.parametrize("step", [(-3, 0), (3, 0), (0, -14), (0, 11), (np.nan, 0)])
def test_a_position_outside_the_frame_gives_no_link(parameters, step):
    """Rows -1 and 5 and columns -1 and 24 are outside, also where a cell is within 3 pixels."""
    full = np.full((5, 24), 7)
    before = cells(LABELS[2], forward={2: (*step, ONE)})
    assert link_pair(before, cells(full), parameters).links.size == 0


@pytest.mark.parametrize(
    ("reach", "linked"), [(3.0, True), (3.001, False), (2.6, True), (-3.0, True), (-3.01, False)]
)
def test_backward_first_tolerates_a_miss_by_three_pixels(reach, linked):
    """From the last (first) column of cell 2, 14 (12), that far into the background."""
    edge = 14 if reach > 0 else 12
    step = edge + reach - CENTRE[2]
    before = cells(LABELS[2], forward={2: (0, step, ONE)})
    after = cells(draw(({2: OTHER},))[0])
    assert link_pair(before, after, FORWARD_FIRST).links.size == 0
    assert link_pair(before, after, BACKWARD_FIRST).links.tolist() == ([[2, 2]] if linked else [])


def test_tolerant_pass_takes_the_nearest_cell_and_only_cells_without_a_link():
    """From between 4 (to column 7) and 2 (from 12): 10 is nearer to 2, 9 to 4. 3 has its link."""
    after = cells(LABELS[3])
    for column, target in ((10, 2), (9, 4)):
        told = {2: (0, column - CENTRE[2], ONE), 3: (0, 0, ONE)}
        linkage = link_pair(cells(LABELS[2], forward=told), after, BACKWARD_FIRST)
        assert linkage.links.tolist() == [[2, target], [3, 3]]


def test_residual_and_disagreement_are_distances_in_pixels():
    """Forward misses the centre by (0.3, 0.4); forward and backward add up to (0.3, -0.6)."""
    before = cells(LABELS[2], forward={2: (0.3, 0.4, ONE)})
    after = cells(LABELS[3], backward={2: (0, -1, ONE)})
    linkage = link_pair(before, after, FORWARD_FIRST)
    assert linkage.residual.tolist() == pytest.approx([0.5])
    assert linkage.disagreement.tolist() == pytest.approx([np.hypot(0.3, 0.6)])
    backward = link_pair(before, after, BACKWARD_FIRST)
    assert backward.residual.tolist() == pytest.approx([1.0])
    assert described(backward) == {(2, 2): "both"}


@BOTH_ORDERS
def test_empty_frames_give_no_links(parameters):
    empty = cells(np.zeros((5, 24), int))
    full = cells(LABELS[0], forward={1: (0, 0, ONE)}, backward={1: (0, 0, ONE)})
    for pair in ((empty, full), (full, empty), (empty, empty)):
        linkage = link_pair(*pair, parameters)
        assert linkage.links.shape == (0, 2)
        assert linkage.origin.dtype == np.int8
        assert linkage.residual.dtype == linkage.disagreement.dtype == np.float32
