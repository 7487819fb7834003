"""The GDCM of shapes whose ways are known, against an exact search and against marches."""

from pathlib import Path

import numpy as np
import pytest
import skfmm
import tifffile
from scipy.sparse.csgraph import dijkstra

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.targets.geodesic import geodesic_map
from distnet_store.ops.targets.medoid import medoids

ECOLI = Path(__file__).parents[3] / "data" / "ecoli-agarpad" / "labels_frames.tif"

NOTCHED = np.zeros((44, 44), int)
"""A horseshoe with a notch: from its centre, both arms are behind corners."""
NOTCHED[2:42, 2:12] = NOTCHED[32:42, 2:42] = NOTCHED[2:42, 32:42] = 1
NOTCHED[20:22, 2:8] = 0


def from_pixel(inside: np.ndarray, centre: tuple[int, int]) -> np.ndarray:
    return geodesic_map(inside.astype(int), np.array([1]), np.array([centre]))


def test_ways_in_a_convex_cell_are_straight():
    y, x = np.mgrid[:9, :15]
    np.testing.assert_allclose(
        from_pixel(np.ones((9, 15)), (4, 7)), np.hypot(y - 4, x - 7), rtol=1e-6
    )


def test_the_way_turns_round_a_corner():
    inside = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 1]])
    to_corner = np.hypot(0.5, 1.5)
    assert from_pixel(inside, (0, 2))[2, 2] == pytest.approx(2 * to_corner + 1)


def test_a_touching_cell_is_no_short_cut():
    labels = np.array([[1, 1, 1], [1, 2, 2], [1, 1, 1]])
    alone = np.where(labels == 1, 1, 0)
    ids, centres = np.array([1, 2]), np.array([[0, 2], [1, 1]])
    both = geodesic_map(labels, ids, centres)
    assert both[2, 2] == geodesic_map(alone, ids[:1], centres[:1])[2, 2]
    assert both[1, 2] == 1


def test_the_way_passes_between_pixels_that_touch_at_a_corner():
    assert from_pixel(np.eye(3), (0, 0))[2, 2] == pytest.approx(np.sqrt(8))


def test_a_piece_that_cannot_be_reached_has_the_straight_distance():
    assert from_pixel(np.array([[1, 0, 0], [0, 0, 0], [0, 0, 1]]), (0, 0))[2, 2] == pytest.approx(
        np.sqrt(8)
    )


def test_the_background_is_zero_and_labels_come_in_any_order():
    labels = np.array([[7, 7, 0, 3, 3]])
    found = geodesic_map(labels, np.array([7, 3]), np.array([[0, 0], [0, 4]]))
    assert found.tolist() == [[0, 1, 0, 1, 0]]
    assert found.dtype == np.float32


def test_an_empty_frame_is_all_zero():
    empty = np.zeros((3, 4), int)
    assert (geodesic_map(empty, *medoids(empty)) == 0).all()


@pytest.mark.parametrize("centre", [(0, 2), (0, -1), (5, 0)])
def test_a_centre_outside_its_cell_is_refused(centre):
    with pytest.raises(WrongArgumentError, match="a centre is outside its cell"):
        geodesic_map(np.array([[1, 1, 0]]), np.array([1]), np.array([centre]))


def test_a_label_without_a_centre_is_refused():
    with pytest.raises(WrongArgumentError, match="each of the 2 labels"):
        geodesic_map(np.array([[1, 2]]), np.array([1]), np.array([[0, 0]]))


def crosses(start: np.ndarray, end: np.ndarray, squares: np.ndarray) -> bool:
    """Say whether a line enters the inside of a square of side 2 (doubled coordinates)."""
    enter, leave = np.zeros(len(squares)), np.ones(len(squares))
    for axis in (0, 1):
        step = end[axis] - start[axis]
        low, high = squares[:, axis] - 1 - start[axis], squares[:, axis] + 1 - start[axis]
        if step == 0:
            leave = np.where((low < 0) & (high > 0), leave, -1)
        else:
            enter = np.maximum(enter, np.minimum(low / step, high / step))
            leave = np.minimum(leave, np.maximum(low / step, high / step))
    return bool((leave - enter > 1e-9).any())


def shortest_ways(inside: np.ndarray, centre: tuple[int, int]) -> np.ndarray:
    """Search all chains of straight lines over outline corners: slow, and exact."""
    inside = np.pad(inside, 1)
    squares, pixels = 2 * np.argwhere(~inside), 2 * np.argwhere(inside)
    around = inside[:-1, :-1] + 0 + inside[1:, :-1] + inside[:-1, 1:] + inside[1:, 1:]
    diagonal = (around == 2) & (inside[:-1, :-1] == inside[1:, 1:])
    corners = 2 * np.argwhere((around == 3) | diagonal) + 1
    source = 2 * np.add(centre, 1)
    nodes = np.concatenate([[source], corners, pixels])
    length = np.zeros((len(nodes), len(nodes)))
    for i in range(1 + len(corners)):
        for j in range(i + 1, len(nodes)):
            if not crosses(nodes[i], nodes[j], squares) and not between_holes(
                nodes[i], nodes[j], inside
            ):
                length[i, j] = length[j, i] = np.linalg.norm(nodes[i] - nodes[j]) / 2
    result = np.zeros(inside.shape)
    result[tuple(pixels.T // 2)] = dijkstra(length, indices=0)[1 + len(corners) :]
    result[tuple(source // 2)] = 0
    return result[1:-1, 1:-1]


def between_holes(start: np.ndarray, end: np.ndarray, inside: np.ndarray) -> bool:
    """Say whether a line runs along the common side of two pixels that are not of the cell."""
    for axis in (0, 1):
        if start[axis] == end[axis] and start[axis] % 2 == 1:
            low, high = sorted((start[1 - axis], end[1 - axis]))
            along = np.arange(low + 1, high, 2) // 2
            one, other = (start[axis] - 1) // 2, (start[axis] + 1) // 2
            free = inside[one, along] | inside[other, along]
            if axis == 1:
                free = inside[along, one] | inside[along, other]
            return not free.all()
    return False


def test_no_way_is_shorter_than_the_shortest_and_hardly_one_is_longer():
    """Random pixels are the hardest case: full of holes and of passages at corners."""
    random = np.random.default_rng(0)
    excess = []
    for _ in range(25):
        inside = random.random((6, 6)) < random.uniform(0.5, 0.9)
        pixels = np.argwhere(inside)
        centre = tuple(pixels[random.integers(len(pixels))])
        exact = shortest_ways(inside, centre)
        reached = inside & np.isfinite(exact)
        excess.append((from_pixel(inside, centre) - exact)[reached])
    excess = np.concatenate(excess)
    assert excess.size > 300
    assert excess.min() > -1e-5
    assert (excess > 1e-5).mean() < 0.03


def march(inside: np.ndarray, centre: np.ndarray, fold: int) -> np.ndarray:
    """March from the centre on the cell up-sampled `fold` times (odd); back on its own pixels."""
    fine = np.pad(inside.repeat(fold, 0).repeat(fold, 1), 2)
    y, x = np.mgrid[: fine.shape[0], : fine.shape[1]]
    middle = np.asarray(centre) * fold + fold // 2 + 2
    straight = np.hypot(y - middle[0], x - middle[1])
    front = np.ma.MaskedArray(straight - fold / 2, ~fine)
    distance = np.ma.filled(skfmm.distance(front, order=2), np.nan) + fold / 2
    distance = np.where(straight <= fold / 2 + 1, straight, distance) / fold
    return distance[2:-2, 2:-2][fold // 2 :: fold, fold // 2 :: fold]


def errors_against_march(labels: np.ndarray, fold: int) -> np.ndarray:
    ids, centres = medoids(labels)
    found = geodesic_map(labels, ids, centres)
    errors = []
    for label, centre in zip(ids, centres, strict=True):
        inside = labels == label
        box = tuple(slice(p.min(), p.max() + 1) for p in np.nonzero(inside))
        origin = [part.start for part in box]
        expected = march(inside[box], centre - origin, fold)
        errors.append((found[box] - expected)[inside[box]])
    return np.abs(np.concatenate(errors))


def test_real_cells_agree_with_a_march_on_finer_pixels():
    labels = tifffile.imread(ECOLI)[0].astype(int)
    errors = errors_against_march(np.where(labels <= np.unique(labels)[8], labels, 0), fold=7)
    assert errors.mean() < 0.02
    assert errors.max() < 0.3


def test_a_notched_cell_agrees_with_a_march_on_finer_pixels():
    errors = errors_against_march(NOTCHED, fold=7)
    assert errors.mean() < 0.05
    assert errors.max() < 0.3


def test_real_cells_agree_with_the_plain_march_within_its_own_error():
    errors = errors_against_march(tifffile.imread(ECOLI)[0].astype(int), fold=1)
    assert errors.mean() < 0.3
    assert errors.max() < 1.5
