"""The linking rule against a plain telling of it, and what must not matter to it."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_strategies import boxes

from distnet_store.ops.linking import LINK_ORIGINS, FrameCells, link_pair
from distnet_store.ops.targets.medoid import medoids
from distnet_store.spec.parameters import LinkingParameters

ORDERS = ("forward-first", "backward-first")


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
    linkage = link_pair(earlier, later, LinkingParameters(order=order))
    origins = [LINK_ORIGINS[code] for code in linkage.origin]
    pairs = [*map(tuple, linkage.links.tolist())]
    assert dict(zip(pairs, origins, strict=True)) == plain_links(earlier, later, order)
    assert pairs == sorted(set(pairs))


def transposed(cells: FrameCells) -> FrameCells:
    return replace(
        cells,
        labels=cells.labels.T,
        centres=cells.centres[:, ::-1],
        displacement_forward=cells.displacement_forward[:, ::-1],
        displacement_backward=cells.displacement_backward[:, ::-1],
    )


@given(frames(), frames())
def test_transposition_changes_nothing(earlier, later):
    parameters = LinkingParameters()
    upright = link_pair(earlier, later, parameters)
    turned = link_pair(transposed(earlier), transposed(later), parameters)
    assert turned.links.tolist() == upright.links.tolist()
    assert turned.origin.tolist() == upright.origin.tolist()
    np.testing.assert_allclose(turned.residual, upright.residual, rtol=1e-6)
    np.testing.assert_allclose(turned.disagreement, upright.disagreement, rtol=1e-6)


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


@pytest.mark.parametrize("order", ORDERS)
@given(frames(), frames(), st.permutations(range(1, 10)), st.permutations(range(1, 10)))
def test_relabelling_renames_the_links_and_no_more(order, earlier, later, first, second):
    tables = np.array([0, *first]), np.array([0, *second])
    parameters = LinkingParameters(order=order)
    before = link_pair(earlier, later, parameters)
    after = link_pair(relabelled(earlier, tables[0]), relabelled(later, tables[1]), parameters)
    names = [(int(tables[0][a]), int(tables[1][b])) for a, b in before.links]
    expected = sorted(zip(names, before.origin, before.residual, before.disagreement, strict=True))
    rows = zip(after.links.tolist(), after.origin, after.residual, after.disagreement, strict=True)
    assert [((a, b), *rest) for (a, b), *rest in rows] == expected
