"""The linking rule against a plain telling of it, and what must not matter to it."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from label_strategies import boxes
from linking_cases import described

from distnet_store.ops.linking import LINK_ORIGINS, FrameCells, link_pair
from distnet_store.ops.linking.cell_evidence import Shapes
from distnet_store.ops.linking.cell_rows import cell_rows
from distnet_store.ops.linking.gap_closing import LooseEnds, close_gaps
from distnet_store.ops.linking.registration import register_labels
from distnet_store.ops.targets.medoid import medoids
from distnet_store.spec.parameters import LinkingParameters

ORDERS = ("forward-first", "backward-first")
PREDICTED = (*ORDERS, "joint")


@st.composite
def frames(draw: st.DrawFn) -> FrameCells:
    """Cells with any displacements, in steps of a quarter pixel, and any categories."""
    labels = draw(boxes())
    ids, centres = medoids(labels)
    step = st.integers(-24, 24).map(lambda quarter: quarter / 4)
    steps = draw(st.lists(step, min_size=4 * ids.size, max_size=4 * ids.size))
    category = st.sampled_from([1, 1, 1, 0, 2])
    categories = draw(st.lists(category, min_size=2 * ids.size, max_size=2 * ids.size))
    moves = np.array(steps).reshape(2, -1, 2)
    kinds = np.array(categories, dtype=int).reshape(2, -1)
    return FrameCells(labels, ids, centres.astype(float), *moves, *kinds)


def plain_target(there: FrameCells, point, *, tolerant: bool) -> int:
    """Return the label at a point, or the nearest within 3 pixels, looking at every pixel."""
    height, width = there.labels.shape
    here = tuple(int(np.floor(value + 0.5)) for value in point)
    if not (0 <= here[0] < height and 0 <= here[1] < width):
        return 0
    if not tolerant:
        return int(there.labels[here])
    near = [
        (np.hypot(y - point[0], x - point[1]), y, x)
        for y, x in product(range(height), range(width))
        if there.labels[y, x]
    ]
    distance, y, x = min(near, default=(np.inf, 0, 0))
    return int(there.labels[y, x]) if distance <= 3 else 0


def plain_predictions(here, there, *, forward: bool, tolerant: bool) -> dict[int, int]:
    steps = here.displacement_forward if forward else here.displacement_backward
    kinds = here.category_forward if forward else here.category_backward
    found = {}
    for label, centre, step, kind in zip(here.ids, here.centres, steps, kinds, strict=True):
        target = plain_target(there, centre + step, tolerant=tolerant) if kind == 1 else 0
        if target:
            found[int(label)] = target
    return found


def plain_links(earlier, later, order) -> dict[tuple[int, int], str]:
    """Return origin by link: METHOD section 6 told pass by pass, cell by cell."""
    directions = ("forward", "backward") if order == "forward-first" else ("backward", "forward")
    passes = [(direction, False) for direction in directions]
    if order == "backward-first":
        passes += [(direction, True) for direction in directions]
    links = {}
    for direction, tolerant in passes:
        forward = direction == "forward"
        pair = (earlier, later) if forward else (later, earlier)
        linked = {link[0 if forward else 1] for link in links}
        for own, other in plain_predictions(*pair, forward=forward, tolerant=tolerant).items():
            if own not in linked:
                links[(own, other) if forward else (other, own)] = direction
    ahead = plain_predictions(earlier, later, forward=True, tolerant=False)
    back = plain_predictions(later, earlier, forward=False, tolerant=False)
    for (a, b), direction in links.items():
        agrees = back.get(b) == a if direction == "forward" else ahead.get(a) == b
        links[a, b] = "both" if agrees else direction
    return links


@pytest.mark.parametrize("order", ORDERS)
@given(earlier=frames(), later=frames())
def test_links_are_those_of_the_plain_rule(order, earlier, later):
    linkage = link_pair(earlier, later, LinkingParameters(method=order))
    origins = [LINK_ORIGINS[code] for code in linkage.origin]
    pairs = [*map(tuple, linkage.links.tolist())]
    assert dict(zip(pairs, origins, strict=True)) == plain_links(earlier, later, order)
    assert pairs == sorted(set(pairs))


def transposed(cells: FrameCells) -> FrameCells:
    """Rows and columns exchanged."""
    return replace(
        cells,
        labels=cells.labels.T,
        centres=cells.centres[:, ::-1],
        displacement_forward=cells.displacement_forward[:, ::-1],
        displacement_backward=cells.displacement_backward[:, ::-1],
    )


@st.composite
def uneven_frames(draw: st.DrawFn) -> FrameCells:
    """Cells with displacements and probabilities that are all different, so that nothing is equally good."""
    cells = draw(frames())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = cells.ids.size
    return replace(
        cells,
        centres=cells.centres + rng.uniform(-0.2, 0.2, (n, 2)),
        displacement_forward=cells.displacement_forward + rng.normal(0, 0.3, (n, 2)),
        displacement_backward=cells.displacement_backward + rng.normal(0, 0.3, (n, 2)),
        probability_forward=rng.dirichlet(np.ones(3), n),
        probability_backward=rng.dirichlet(np.ones(3), n),
    )


@pytest.mark.parametrize("method", PREDICTED)
@given(uneven_frames(), uneven_frames())
def test_transposition_changes_nothing(method, earlier, later):
    assert_same_links_turned(method, earlier, later)


@settings(max_examples=15)
@given(uneven_frames(), uneven_frames())
def test_transposition_changes_nothing_without_predictions(earlier, later):
    """Where one shift brings the cells together best; of equal peaks of a correlation one is taken."""
    jumps = [
        register_labels(cell_rows(a.labels), cell_rows(b.labels))
        for a, b in ((earlier, later), (transposed(earlier), transposed(later)))
    ]
    assume(np.array_equal(jumps[0], jumps[1][::-1]))
    assert_same_links_turned("overlap", earlier, later)


def assert_same_links_turned(method, earlier, later):
    parameters = LinkingParameters(method=method)
    upright = link_pair(earlier, later, parameters)
    turned = link_pair(transposed(earlier), transposed(later), parameters)
    assert turned.links.tolist() == upright.links.tolist()
    assert turned.origin.tolist() == upright.origin.tolist()
    np.testing.assert_allclose(turned.residual, upright.residual, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(turned.disagreement, upright.disagreement, rtol=1e-5, atol=1e-5)


def relabelled(cells: FrameCells, table: np.ndarray) -> FrameCells:
    order = np.argsort(table[cells.ids])
    return FrameCells(
        table[cells.labels],
        table[cells.ids][order],
        cells.centres[order],
        cells.displacement_forward[order],
        cells.displacement_backward[order],
        cells.category_forward[order],
        cells.category_backward[order],
    )


permutations = st.permutations(range(1, 10))


@pytest.mark.parametrize("method", PREDICTED)
@given(frames(), frames(), permutations, permutations)
def test_relabelling_renames_the_links_and_no_more(method, earlier, later, first, second):
    """Also where several choices are equally good."""
    assert_links_renamed(method, (earlier, later), (first, second))


@settings(max_examples=15)
@given(frames(), frames(), permutations, permutations)
def test_relabelling_renames_links_made_without_predictions(earlier, later, first, second):
    assert_links_renamed("overlap", (earlier, later), (first, second))


def assert_links_renamed(method, pair, names):
    tables = [np.array([0, *table]) for table in names]
    parameters = LinkingParameters(method=method)
    before = link_pair(*pair, parameters)
    after = link_pair(*map(relabelled, pair, tables), parameters)
    renamed = [[int(tables[0][a]), int(tables[1][b])] for a, b in before.links]
    order = sorted(range(len(renamed)), key=renamed.__getitem__)
    assert after.links.tolist() == [renamed[k] for k in order]
    for column in ("origin", "residual", "disagreement"):
        np.testing.assert_array_equal(getattr(after, column), getattr(before, column)[order])


def backwards(cells: FrameCells) -> FrameCells:
    """The same cells with the directions of time exchanged."""
    return replace(
        cells,
        displacement_forward=cells.displacement_backward,
        displacement_backward=cells.displacement_forward,
        category_forward=cells.category_backward,
        category_backward=cells.category_forward,
        probability_forward=cells.probability_backward,
        probability_backward=cells.probability_forward,
    )


@given(frames(), frames())
def test_time_reversal_turns_the_joint_links_round_and_no_more(earlier, later):
    """Neither direction goes first, also where several choices are equally good."""
    assert_links_turned_round("joint", earlier, later)


@settings(max_examples=15)
@given(frames(), frames())
def test_time_reversal_turns_links_of_masks_round_and_no_more(earlier, later):
    assert_links_turned_round("overlap", earlier, later)


def assert_links_turned_round(method, earlier, later):
    parameters = LinkingParameters(method=method)
    onward = described(link_pair(earlier, later, parameters))
    back = described(link_pair(backwards(later), backwards(earlier), parameters))
    turned = {"forward": "backward", "backward": "forward"}
    assert back == {(b, a): turned.get(origin, origin) for (a, b), origin in onward.items()}


@given(frames(), frames())
def test_no_cell_has_more_than_two_partners_or_a_part_in_two_events(earlier, later):
    """A joint link is one to one, or one of the two of a division or of a fusion."""
    links = link_pair(earlier, later, LinkingParameters(method="joint")).links
    onward = np.array([(links[:, 0] == a).sum() for a, _ in links])
    back = np.array([(links[:, 1] == b).sum() for _, b in links])
    assert (onward * back <= 2).all()


@st.composite
def loose_ends(draw: st.DrawFn, *, shift: int) -> LooseEnds:
    n = draw(st.integers(0, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    covariance = np.tile(9.0 * np.eye(2), (n, 1, 1))
    shapes = Shapes(rng.uniform(0, 30, (n, 2)), rng.uniform(80, 120, n), covariance)
    times = np.sort(rng.integers(0, 6, n)) + shift
    return LooseEnds(times.astype(np.int64), shapes, rng.normal(0, 1, (n, 2)))


def turned_round(loose: LooseEnds) -> LooseEnds:
    return LooseEnds(
        -loose.t[::-1], loose.shapes.take(np.arange(loose.t.size)[::-1]), -loose.velocity[::-1]
    )


@given(loose_ends(shift=0), loose_ends(shift=3))
def test_gaps_closed_are_the_same_backwards(ends, begins):
    onward = close_gaps(ends, begins, 3)
    back = close_gaps(turned_round(begins), turned_round(ends), 3)
    again = np.array([[ends.t.size - 1 - b, begins.t.size - 1 - a] for a, b in back.tolist()])
    assert sorted(map(tuple, again.tolist())) == sorted(map(tuple, onward.tolist()))
    frames = begins.t[onward[:, 1]] - ends.t[onward[:, 0]]
    assert ((frames >= 2) & (frames <= 4)).all()
