"""Laws of the targets: names, flips, turns and shifts of cells change nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_strategies import boxes, label_images

from distnet_store.ops.pair_links import compose, compose_all, reversed_links
from distnet_store.ops.targets.distance import distance_map
from distnet_store.ops.targets.geodesic import geodesic_map
from distnet_store.ops.targets.medoid import medoids

TURNS = {
    "flip y": lambda image: image[::-1],
    "flip x": lambda image: image[:, ::-1],
    "turn": np.rot90,
    "transpose": np.transpose,
}


def geodesic_from(labels: np.ndarray, is_centre: np.ndarray) -> np.ndarray:
    """Return the GDCM with the centres marked in an image, so that they turn with the labels."""
    centres = np.argwhere(is_centre)
    return geodesic_map(labels, labels[tuple(centres.T)], centres)


def marked_centres(labels: np.ndarray) -> np.ndarray:
    marks = np.zeros(labels.shape, bool)
    marks[tuple(medoids(labels)[1].T)] = True
    return marks


def distance_sums(labels: np.ndarray) -> dict[int, float]:
    ids, centres = medoids(labels)
    return {
        int(label): float(np.linalg.norm(np.argwhere(labels == label) - centre, axis=1).sum())
        for label, centre in zip(ids, centres, strict=True)
    }


@given(label_images, st.permutations([11, 12, 13, 14]))
def test_renaming_labels_changes_no_map_and_only_the_names_of_centres(labels, names):
    renamed = np.select([labels == old for old in (1, 2, 5, 300)], names, 0)
    np.testing.assert_array_equal(distance_map(labels), distance_map(renamed))
    marks = marked_centres(labels)
    np.testing.assert_array_equal(marks, marked_centres(renamed))
    np.testing.assert_array_equal(geodesic_from(labels, marks), geodesic_from(renamed, marks))


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS.keys())
@given(label_images)
def test_turned_cells_have_turned_distances_and_equal_sums(turn, labels):
    turned = np.ascontiguousarray(turn(labels))
    if (labels != labels[0, 0]).any():
        np.testing.assert_array_equal(distance_map(turned), turn(distance_map(labels)))
    assert distance_sums(turned) == pytest.approx(distance_sums(labels), rel=1e-9)


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS.keys())
@given(boxes())
def test_turned_cells_have_turned_ways(turn, labels):
    marks = marked_centres(labels)
    np.testing.assert_allclose(
        geodesic_from(turn(labels), turn(marks)), turn(geodesic_from(labels, marks)), atol=1e-4
    )


@given(boxes(), st.integers(1, 4), st.integers(1, 4))
def test_shifted_cells_have_shifted_maps_and_centres(labels, down, right):
    inner = np.pad(labels, 1)
    shifted = np.pad(labels, ((down, 1), (right, 1)))
    part = np.s_[down - 1 :, right - 1 :]
    for function in (
        distance_map,
        marked_centres,
        lambda image: geodesic_map(image, *medoids(image)),
    ):
        np.testing.assert_array_equal(function(shifted)[part], function(inner))


@given(label_images)
def test_the_edm_is_the_distance_to_the_nearest_other_pixel(labels):
    found = distance_map(labels)
    pixels = np.indices(labels.shape).reshape(2, -1).T
    for y, x in np.argwhere(labels > 0):
        others = pixels[labels[tuple(pixels.T)] != labels[y, x]]
        if len(others):
            expected = np.linalg.norm(others - (y, x), axis=1).min()
            assert found[y, x] == pytest.approx(expected, rel=1e-6)
    assert (found[labels == 0] == -1).all()


@given(label_images)
def test_the_medoid_has_the_least_sum_and_lies_in_its_cell(labels):
    for label, total in distance_sums(labels).items():
        pixels = np.argwhere(labels == label)
        sums = np.linalg.norm(pixels[:, None] - pixels[None], axis=2).sum(axis=1)
        assert total == pytest.approx(sums.min(), rel=1e-9)
    ids, centres = medoids(labels)
    assert labels[tuple(centres.T)].tolist() == ids.tolist()


@given(label_images)
def test_ways_are_finite_at_least_straight_and_neighbours_differ_by_at_most_their_distance(labels):
    ids, centres = medoids(labels)
    found = geodesic_map(labels, ids, centres)
    centre_of = dict(zip(ids.tolist(), centres, strict=True))
    for y, x in np.argwhere(labels > 0):
        straight = np.linalg.norm(centre_of[labels[y, x]] - (y, x))
        assert np.isfinite(found[y, x])
        assert found[y, x] >= straight - 1e-5
    assert (found[labels == 0] == 0).all()


links = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=8).map(
    lambda rows: np.array(rows, np.int64).reshape(-1, 2)
)


@given(links, links, links)
def test_joining_is_associative_and_turns_round(first, second, third):
    left = compose(compose(first, second), third)
    assert left.tolist() == compose(first, compose(second, third)).tolist()
    assert left.tolist() == compose_all([first, second, third], np.arange(1, 6)).tolist()
    turned = compose(compose(reversed_links(third), reversed_links(second)), reversed_links(first))
    assert reversed_links(left).tolist() == turned.tolist()
