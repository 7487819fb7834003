import numpy as np
import pytest
from correction_cases import discs
from elementary_lineages import FRAMES, LEFT, MOTHER, OTHER, RIGHT, draw
from linking_cases import MANY, NONE, ONE, cells, described, pairs

from distnet_store.ops.linking import FrameCells, link_pair
from distnet_store.ops.linking.cell_evidence import predicted_evidence
from distnet_store.ops.linking.hypotheses import PairEvidence, find_hypotheses
from distnet_store.spec.parameters import LinkingParameters

JOINT = LinkingParameters(method="joint")
LABELS = draw(FRAMES)


def link(before: FrameCells, after: FrameCells):
    return link_pair(before, after, JOINT)


def test_a_division_is_found_by_mother_and_daughters():
    before = cells(LABELS[1], forward={1: (0, 0, MANY), 2: (0, 0, ONE)})
    after = cells(LABELS[2], backward={3: (0, 1, ONE), 4: (0, -2, ONE), 2: (0, 0, ONE)})
    found = link(before, after)
    assert described(found) == {(1, 3): "backward", (1, 4): "backward", (2, 2): "both"}
    assert found.residual.tolist() == [0, 0, 0]


def test_a_fusion_is_found_by_parents_and_child():
    fused = draw(({5: MOTHER},))[0]
    before = cells(draw(({3: LEFT, 4: RIGHT},))[0], forward={3: (0, 1, ONE), 4: (0, -2, ONE)})
    found = link(before, cells(fused, backward={5: (0, 0, MANY)}))
    assert described(found) == {(3, 5): "forward", (4, 5): "forward"}


def test_a_cell_in_two_pieces_is_linked_to_both_though_nobody_expects_several():
    """An over-segmented cell: correction needs both links to see that something is wrong."""
    before = cells(LABELS[1], forward={1: (0, 0, ONE)})
    after = cells(draw(({3: LEFT, 4: RIGHT},))[0], backward={3: (0, 0, ONE), 4: (0, 0, ONE)})
    assert pairs(link(before, after)) == [(1, 3), (1, 4)]


def test_cells_that_cross_are_told_apart_by_their_displacements():
    before = cells(
        discs((20, 30), {1: (10, 8, 4), 2: (10, 20, 4)}),
        forward={1: (0, 12, ONE), 2: (0, -12, ONE)},
    )
    after = cells(
        discs((20, 30), {1: (10, 8, 4), 2: (10, 20, 4)}),
        backward={1: (0, 12, ONE), 2: (0, -12, ONE)},
    )
    assert described(link(before, after)) == {(1, 2): "both", (2, 1): "both"}


def test_where_directions_disagree_what_explains_all_cells_wins():
    """Forward, 1 goes to the left cell; the right one says that it comes from 1, the left that it is new."""
    before = cells(discs((20, 40), {1: (10, 20, 4)}), forward={1: (0, -4, ONE)})
    sides = discs((20, 40), {1: (10, 16, 4), 2: (10, 25, 4)})
    assert described(link(before, cells(sides, backward={2: (0, -5, ONE)}))) == {(1, 2): "backward"}
    assert described(link(before, cells(sides, backward={1: (0, 4, ONE)}))) == {(1, 1): "both"}


def test_one_wrong_displacement_is_outvoted():
    """Cell 1 says it leaps onto 2's place, of 2 nothing is known; both targets say where they came from."""
    frame = discs((20, 40), {1: (10, 8, 4), 2: (10, 28, 4)})
    before = cells(frame, forward={1: (0, 20, ONE), 2: (np.nan, 0, ONE)})
    after = cells(frame, backward={1: (0, 0, ONE), 2: (0, 0, ONE)})
    assert described(link(before, after)) == {(1, 1): "backward", (2, 2): "backward"}
    paper = link_pair(before, after, LinkingParameters(method="forward-first"))
    assert pairs(paper) == [(1, 1), (1, 2)]


@pytest.mark.parametrize(("step", "target_of_upper"), [(3, 1), (5, 2)])
def test_of_two_places_within_reach_the_nearer_to_the_backward_displacement_is_taken(
    step, target_of_upper
):
    """Two cells 8 pixels apart, each said to come from `step` pixels towards the other."""
    frame = discs((24, 20), {1: (8, 10, 4), 2: (16.5, 10, 3.6)})
    nothing = dict.fromkeys((1, 2), (np.nan, 0.0, ONE))
    after = cells(frame, backward={1: (step, 0, ONE), 2: (-step, 0, ONE)})
    assert (1, target_of_upper) in pairs(link(cells(frame, forward=nothing), after))


def test_cells_that_say_none_stay_without_a_link_though_one_lies_where_the_other_was():
    frame = discs((20, 20), {1: (10, 8, 4)})
    moved = discs((20, 20), {1: (10, 9, 4)})
    assert pairs(link(cells(frame), cells(moved))) == []
    said_by_one = cells(moved, backward={1: (0, -1, ONE)})
    assert pairs(link(cells(frame), said_by_one)) == [(1, 1)]


def test_size_decides_between_equal_places():
    before = cells(discs((30, 30), {1: (15, 15, 6)}), forward={1: (0, 0, ONE)})
    sides = {1: (15, 7, 4), 2: (15, 23, 6)}
    after = cells(discs((30, 30), sides), backward={1: (0, 8, ONE), 2: (0, -8, ONE)})
    told = cells(discs((30, 30), sides), backward={2: (0, -8, ONE)})
    assert pairs(link(before, told)) == [(1, 2)]
    # both say that they come from it: a division, unless one is as large as the mother
    assert pairs(link(before, after)) == [(1, 1), (1, 2)]


def test_two_daughters_count_together_against_the_mothers_size():
    """Three cells say that they come from 1; the two that make up its area are taken."""
    before = cells(discs((30, 40), {1: (15, 20, 8)}), forward={1: (np.nan, 0, MANY)})
    drawn = {1: (15, 13, 5.6), 2: (15, 27, 5.6), 3: (4, 20, 2)}
    backward = {1: (0, 7, ONE), 2: (0, -7, ONE), 3: (11, 0, ONE)}
    assert pairs(link(before, cells(discs((30, 40), drawn), backward=backward))) == [(1, 1), (1, 2)]


def test_probabilities_weigh_and_not_the_category_alone():
    """Two cells come from the place of 1, which is hardly surer of one than of many."""
    after = cells(draw(({3: LEFT, 4: RIGHT},))[0], backward={3: (0, 1, ONE), 4: (0, -2, NONE)})
    frame = cells(LABELS[1], forward={1: (0, 0, ONE)})

    def with_many(share: float) -> FrameCells:
        probability = np.tile([0.0, 1 - share, share], (2, 1))
        return FrameCells(**{**vars(frame), "probability_forward": probability})

    assert (1, 4) in pairs(link(with_many(0.99), after))
    assert (1, 4) not in pairs(link(with_many(0.0), after))


def test_equal_possibilities_are_decided_the_same_whatever_the_labels():
    """A cell between two others, equally far from both."""
    before = discs((20, 40), {1: (10, 20, 4)})
    told = {1: (0, 0, ONE)}
    sides = {1: (10, 15, 4), 2: (10, 25, 4)}
    lone = dict.fromkeys(sides, (0.0, 0.0, NONE))
    first = link(cells(before, told), cells(discs((20, 40), sides), backward=lone))
    swapped = {2: sides[1], 1: sides[2]}
    second = link(cells(before, told), cells(discs((20, 40), swapped), backward=lone))
    assert len(first.links) == 1
    assert [(a, {1: 2, 2: 1}[b]) for a, b in pairs(second)] == pairs(first)


def test_displacements_that_all_lead_to_one_place_are_weighed_in_bounded_work():
    """As an untrained network may say; each cell keeps its likeliest few partners."""
    grid = {k + 1: (4 + 8 * (k // 10), 4 + 8 * (k % 10), 3) for k in range(100)}
    labels = discs((80, 80), grid)
    middle = {k: (36 - grid[k][0], 36 - grid[k][1], ONE) for k in grid}
    evidence = PairEvidence(
        predicted_evidence(cells(labels, forward=middle), "forward"),
        predicted_evidence(cells(labels, backward=middle), "backward"),
    )
    links = find_hypotheses(evidence).members[:, 2] < 0
    assert 0 < links.sum() <= 16


@pytest.mark.parametrize("side", ["forward", "backward"])
def test_an_unknown_displacement_leaves_the_other_direction(side):
    frame = draw(({2: OTHER},))[0]
    nan, known = {2: (np.nan, np.nan, ONE)}, {2: (0.0, 0.0, ONE)}
    told = (nan, known) if side == "forward" else (known, nan)
    found = link(cells(frame, forward=told[0]), cells(frame, backward=told[1]))
    assert described(found) == {(2, 2): "backward" if side == "forward" else "forward"}
    assert found.residual.tolist() == [0.0]


def test_empty_frames_give_no_links():
    empty = cells(np.zeros((5, 24), int))
    full = cells(LABELS[0], forward={1: (0, 0, ONE)}, backward={1: (0, 0, ONE)})
    for pair in ((empty, full), (full, empty), (empty, empty)):
        found = link(*pair)
        assert found.links.shape == (0, 2)
        assert found.origin.dtype == np.int8
        assert found.residual.dtype == found.disagreement.dtype == np.float32


def test_a_link_against_both_displacements_is_told_as_an_assignment():
    """Both miss the other cell by a little more than its outline."""
    frame = discs((20, 30), {1: (10, 15, 4)})
    before, after = (
        cells(frame, **{way: {1: (0, step, ONE)}})
        for way, step in (("forward", 5), ("backward", -5))
    )
    found = link(before, after)
    assert described(found) == {(1, 1): "assignment"}
    assert found.residual.tolist() == [5.0]
    assert found.disagreement.tolist() == [0.0]
