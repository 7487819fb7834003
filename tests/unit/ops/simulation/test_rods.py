"""Do simulated rods keep their area, their number, their identity and their distance?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.link_rows import link_rows
from distnet_store.ops.simulation.rod_contacts import Bodies, overlaps, push_apart, rod_pairs
from distnet_store.ops.simulation.rod_labels import paint_rods
from distnet_store.ops.simulation.rod_parameters import RodGrowth, RodsParameters, StageMotion
from distnet_store.ops.simulation.rods import SimulatedMovie, rod_frames, simulate_rods

DENSE = RodsParameters(
    n_frames=40,
    shape_px=(128, 160),
    n_cells=45,
    growth=RodGrowth(generation_frames=20),
    warm_up_frames=10,
)


@pytest.fixture(scope="module")
def movie() -> SimulatedMovie:
    """A small dense movie in which about ninety rods divide."""
    return simulate_rods(DENSE, seed=3)


def test_labels_are_those_of_the_cells(movie: SimulatedMovie) -> None:
    """Every cell of the table is painted in its frame, and nothing else is."""
    for t, labels in enumerate(movie.labels):
        assert np.unique(labels)[1:].tolist() == movie.cell_label[movie.cell_t == t].tolist()


def test_a_cell_is_one_region_about_its_centre(movie: SimulatedMovie) -> None:
    """No label lies in two places, and the pixels of a whole cell are where its geometry says."""
    parts = [ndimage.label(labels == label)[1] for labels, label in _cells(movie, every=7)]
    assert set(parts) == {1}
    inside = _inside(movie)
    found = np.array(
        [np.argwhere(labels == label).mean(axis=0) for labels, label in _cells(movie, every=7)]
    )
    off = np.hypot(*(found - movie.bodies.centre[::7]).T)[inside[::7]]
    assert off.max() < 1


def test_links_join_cells_of_neighbouring_frames(movie: SimulatedMovie) -> None:
    """Every link is between cells that are there, one frame apart, and none comes twice."""
    link_rows(movie.cell_t, movie.cell_label, movie.links)  # raises where they contradict the cells
    assert (movie.links[:, 2] - movie.links[:, 0] == 1).all()


def test_cells_come_and_go_over_the_border_or_by_division(movie: SimulatedMovie) -> None:
    """A cell inside the field is followed by one or two, and comes from exactly one."""
    source, target = link_rows(movie.cell_t, movie.cell_label, movie.links)
    after = np.bincount(source, minlength=movie.cell_t.size)
    before = np.bincount(target, minlength=movie.cell_t.size)
    last = movie.cell_t == DENSE.n_frames - 1
    inside = _inside(movie, margin=12)
    assert set(after[inside & ~last].tolist()) == {1, 2}
    assert set(before[inside & (movie.cell_t > 0)].tolist()) == {1}


def test_divisions_are_the_branches_and_keep_the_area(movie: SimulatedMovie) -> None:
    """A mother's area is shared by her daughters, and every link that branches is a division."""
    source, _ = link_rows(movie.cell_t, movie.cell_label, movie.links)
    assert (np.bincount(source) == 2).sum() == len(movie.divisions) > 40
    ends = np.stack([movie.divisions[:, :2], movie.divisions[:, :2]], axis=1)
    linked = np.concatenate(
        [ends.reshape(-1, 2), _after(movie.divisions)], axis=1
    )  # mother and each daughter
    assert {tuple(row) for row in linked.tolist()} <= {tuple(row) for row in movie.links.tolist()}
    area = _true_areas(movie)
    mother, one, other = (
        _rows(movie, movie.divisions[:, 0] + step, movie.divisions[:, column])
        for step, column in ((0, 1), (1, 2), (1, 3))
    )
    grown = (area[one] + area[other]) / area[mother]
    assert grown.min() > 0.99
    assert grown.max() < 2 ** (1.3 / DENSE.growth.generation_frames) + 0.02


def test_the_painted_area_is_the_true_area(movie: SimulatedMovie) -> None:
    """Pixels of whole cells, in all, are as many as their geometry says."""
    inside = _inside(movie)
    painted = np.concatenate(
        [np.bincount(labels.ravel())[np.unique(labels)[1:]] for labels in movie.labels]
    )
    assert painted[inside].sum() == pytest.approx(_true_areas(movie)[inside].sum(), rel=0.02)


def test_rods_hardly_overlap(movie: SimulatedMovie) -> None:
    """Of a thousand contacts a few are deeper than half a pixel."""
    depth = np.concatenate([_depths(movie, t) for t in range(DENSE.n_frames)])
    assert (depth > -1).sum() > 1000
    assert (depth > 0.5).sum() < 0.01 * (depth > -1).sum()


def test_the_number_of_cells_is_stable() -> None:
    """Five generations later there are as many as at first, and as many as asked for."""
    parameters = RodsParameters(
        n_frames=100, shape_px=(160, 160), n_cells=55, growth=RodGrowth(generation_frames=20)
    )
    counts = np.array(
        [
            ((f.bodies.centre > 0) & (f.bodies.centre < 160)).all(axis=1).sum()
            for f in rod_frames(parameters, seed=0)
        ]
    )
    for part in (counts[:20], counts[-20:]):
        assert part.mean() == pytest.approx(55, rel=0.15)


def test_the_same_seed_gives_the_same_movie() -> None:
    """And another seed another one."""
    parameters = RodsParameters(n_frames=4, shape_px=(64, 64), n_cells=8)
    one, again, other = (simulate_rods(parameters, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.labels, again.labels)
    np.testing.assert_array_equal(one.links, again.links)
    np.testing.assert_array_equal(one.bodies.centre, again.bodies.centre)
    assert (one.labels != other.labels).any()


def test_a_line_of_background_parts_touching_cells() -> None:
    """With no line some cells meet, with one of two pixels none do."""
    meeting = []
    for line_px in (0.0, 2.0):
        parameters = RodsParameters(n_frames=1, shape_px=(128, 128), n_cells=45, line_px=line_px)
        labels = simulate_rods(parameters, seed=0).labels[0].astype(np.int64)
        left, right = labels[:, :-1], labels[:, 1:]
        meeting.append(((left > 0) & (right > 0) & (left != right)).sum())
    assert meeting[0] > 50
    assert meeting[1] == 0


def test_a_jump_of_the_stage_shifts_the_picture_once() -> None:
    """Cells on both sides of the jump are displaced by it, and stay linked."""
    jump = (2, 17.0, -9.0)
    parameters = RodsParameters(
        n_frames=4, shape_px=(128, 128), n_cells=30, stage=StageMotion(jumps=(jump,))
    )
    movie = simulate_rods(parameters, seed=0)
    for t, expected in ((1, (0.0, 0.0)), (2, jump[1:]), (3, (0.0, 0.0))):
        links = movie.links[movie.links[:, 2] == t]
        assert len(links) > 15
        source = _rows(movie, links[:, 0], links[:, 1])
        target = _rows(movie, links[:, 2], links[:, 3])
        step = np.median(movie.bodies.centre[target] - movie.bodies.centre[source], axis=0)
        np.testing.assert_allclose(step, expected, atol=1.5)


def test_frames_come_one_by_one() -> None:
    """The first frame of a very long movie needs no others."""
    frame = next(rod_frames(RodsParameters(10**9, shape_px=(64, 64), n_cells=8), seed=0))
    assert frame.t == 0
    assert frame.links.shape == frame.divisions.shape == (0, 4)


def test_rods_that_overlap_come_apart() -> None:
    """A rod whose end lies in the side of another is pushed out, and the heavier one moves less."""
    bodies = Bodies(
        np.array([[0.0, 0.0], [14.0, 0.0]]),
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.array([[40.0, 8.0], [24.0, 8.0]]),
    )
    pairs = rod_pairs(bodies, 1.0)
    assert overlaps(bodies, pairs) == pytest.approx([2.0])
    push_apart(bodies, pairs, rounds=100)
    assert overlaps(bodies, pairs)[0] < 0.02
    assert abs(bodies.centre[0, 0]) < abs(bodies.centre[1, 0] - 14)


def test_rods_that_cross_come_apart_the_shortest_way() -> None:
    """Two crossed axes are parted at the end that sticks out least."""
    bodies = Bodies(
        np.array([[0.0, 0.0], [10.0, 3.0]]),
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.array([[40.0, 8.0], [32.0, 8.0]]),
    )
    pairs = rod_pairs(bodies, 1.0)
    assert overlaps(bodies, pairs) == pytest.approx(
        [10.0]
    )  # two pixels across, and two half widths
    push_apart(bodies, pairs, rounds=200)
    assert overlaps(bodies, pairs)[0] < 0.02
    assert bodies.centre[1, 0] - bodies.centre[0, 0] > 15


def test_a_pixel_goes_to_the_deeper_rod() -> None:
    """Of two rods side by side each has the pixels on its side, whatever their order."""
    bodies = Bodies(
        np.array([[5.0, 10.0], [10.0, 10.0]]),
        np.tile([0.0, 1.0], (2, 1)),
        np.tile([16.0, 6.0], (2, 1)),
    )
    for order in ([0, 1], [1, 0]):
        turned = Bodies(*(values[order] for values in bodies))
        frame = paint_rods(turned, np.array(order, np.uint32) + 1, (16, 20))
        assert frame[:, 10].tolist() == [0, 0, *[1] * 6, *[2] * 6, 0, 0]


def test_impossible_parameters_are_refused() -> None:
    """More rods than there is room for, and rods that are not longer than wide."""
    with pytest.raises(WrongArgumentError, match="share of the field that rods cover"):
        RodsParameters(n_cells=2000)
    with pytest.raises(WrongArgumentError, match="birth_length_px"):
        RodGrowth(width_px=20)


def _cells(movie: SimulatedMovie, *, every: int) -> list[tuple[np.ndarray, int]]:
    cells = zip(movie.cell_t[::every], movie.cell_label[::every], strict=True)
    return [(movie.labels[t], int(label)) for t, label in cells]


def _inside(movie: SimulatedMovie, margin: float = 2.0) -> np.ndarray:
    """Return whether a cell is whole in the field, and this far from its border."""
    reach = movie.bodies.size[:, :1] / 2 + margin
    shape = np.array(movie.labels.shape[1:])
    inside = (movie.bodies.centre > reach) & (movie.bodies.centre < shape - reach)
    return np.asarray(inside.all(axis=1))


def _true_areas(movie: SimulatedMovie) -> np.ndarray:
    length, width = movie.bodies.size.T
    return np.asarray((length - width) * width + np.pi / 4 * width**2)


def _after(divisions: np.ndarray) -> np.ndarray:
    """Return (2d, 2) time point and label of all daughters."""
    t = np.repeat(divisions[:, 0] + 1, 2)
    return np.stack([t, divisions[:, 2:].ravel()], axis=1)


def _rows(movie: SimulatedMovie, t: np.ndarray, label: np.ndarray) -> np.ndarray:
    key = movie.cell_t * 10**6 + movie.cell_label
    return np.searchsorted(key, t * 10**6 + label)


def _depths(movie: SimulatedMovie, t: int) -> np.ndarray:
    bodies = Bodies(*(values[movie.cell_t == t] for values in movie.bodies))
    return overlaps(bodies, rod_pairs(bodies, 1.0))
