"""Are pictures that are drawn for given labels pictures of these very cells?"""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, InvalidLineageError, WrongArgumentError
from distnet_store.ops.simulation.drawn_frame import DrawnFrame
from distnet_store.ops.simulation.drawn_shapes import drawn_shapes
from distnet_store.ops.simulation.given_shapes import GivenShapes, survey
from distnet_store.ops.simulation.movie_parameters import CellKind, Imaging
from distnet_store.ops.simulation.pictures import PicturedFrame, pictured_shapes
from distnet_store.ops.simulation.shape_parameters import ShapeParameters, shape_parameters

CLEAN = Imaging(noise=0, debris=0, uneven_light=0)
KINDS: tuple[CellKind, ...] = ("rods", "cells")


def movie() -> GivenShapes:
    """A rod (4) that moves and then divides (into 6 and 2), beside a large one that stays (9)."""
    labels = np.zeros((3, 60, 70), np.uint32)
    labels[:, 8:17, 10:60] = 9
    labels[0, 30:37, 10:40] = 4
    labels[1, 32:39, 15:45] = 4
    labels[2, 32:39, 15:29] = 6
    labels[2, 32:39, 30:45] = 2
    links = [[0, 9, 1, 9], [1, 9, 2, 9], [0, 4, 1, 4], [1, 4, 2, 2], [1, 4, 2, 6]]
    return GivenShapes(labels.shape, lambda t: labels[t], np.array(links))


def drawn(shapes: GivenShapes, parameters: ShapeParameters, margin: int = 4) -> list[DrawnFrame]:
    return list(drawn_shapes(shapes, parameters, survey(shapes, parameters), margin))


def pictures(**asked: object) -> list[PicturedFrame]:
    return list(pictured_shapes(movie(), ShapeParameters(imaging=CLEAN, **asked)))


@pytest.mark.parametrize("kind", KINDS)
def test_labels_and_links_are_the_given_ones(kind: CellKind) -> None:
    given, frames = movie(), pictures(kind=kind)
    for t, frame in enumerate(frames):
        assert (frame.labels == given.read(t)).all()
        assert frame.image.shape == (60, 70)
    links = np.concatenate([frame.links for frame in frames])
    assert {tuple(row) for row in links.tolist()} == {tuple(row) for row in given.links.tolist()}
    assert [len(frame.links) for frame in frames] == [0, 2, 3]
    assert frames[2].divisions.tolist() == [[1, 4, 2, 6]]


@pytest.mark.parametrize("kind", KINDS)
def test_substance_lies_where_labels_are_and_favours_no_side(kind: CellKind) -> None:
    """What a point between two pixels holds is the same seen from either, also at the border."""
    labels = np.zeros((20, 30), np.uint32)
    labels[7:14, 5:25] = 1
    one = drawn(GivenShapes((1, 20, 30), lambda _: labels), ShapeParameters(kind=kind))[0]
    centres = one.phase_rad[8:-8:2, 8:-8:2]
    assert ((centres > 0) == (labels > 0)).all()
    rows, columns = np.nonzero(one.phase_rad)
    assert (rows.min() + rows.max(), columns.min() + columns.max()) == (2 * (4 * 2 + 20), 2 * 37)


def test_cells_that_touch_are_thin_between_them() -> None:
    labels = np.zeros((20, 30), np.uint32)
    labels[5:10, 5:25], labels[10:15, 5:25] = 1, 2
    one = drawn(GivenShapes((1, 20, 30), lambda _: labels), ShapeParameters())[0]
    across = one.phase_rad[8 + 10 : 8 + 30, 8 + 30]
    assert across[9] == 0  # between row 9 of the one and row 10 of the other
    assert across[8] < 0.8 * across[4]


def test_a_round_cell_is_as_thick_as_it_is_wide() -> None:
    """Thickness goes with width: half as wide, half as thick."""
    labels = np.zeros((40, 90), np.uint32)
    labels[5:20, 5:85], labels[26:33, 5:85] = 1, 2
    thick = drawn(GivenShapes((1, 40, 90), lambda _: labels), ShapeParameters())[0].phase_rad
    wide, narrow = thick[8 + 24, 60:120].mean(), thick[8 + 58, 60:120].mean()
    assert abs(wide / narrow - 15 / 7) < 0.15


@pytest.mark.parametrize("kind", KINDS)
def test_texture_goes_with_the_cell(kind: CellKind) -> None:
    """The same cell elsewhere looks the same; two others of the same shape differ."""
    frames = drawn(movie(), ShapeParameters(kind=kind))
    first = frames[0].label[8 + 60 : 8 + 74, 8 + 20 : 8 + 80]
    moved = frames[1].label[8 + 64 : 8 + 78, 8 + 30 : 8 + 90]
    assert np.allclose(first, moved)
    assert first.std() > 0.02
    labels = np.zeros((40, 40), np.uint32)
    labels[5:14, 5:35], labels[20:29, 5:35] = 1, 2
    one = drawn(GivenShapes((1, 40, 40), lambda _: labels), ShapeParameters(kind=kind))[0].label
    assert not np.allclose(one[8 + 10 : 8 + 28, :], one[8 + 40 : 8 + 58, :], atol=0.02)


def test_a_cell_that_turns_takes_its_texture_along() -> None:
    """Over half a turn in small steps, the bright end stays the same end."""
    y, x = np.mgrid[:61, :61] - 30.0
    frames = []
    for turn in np.linspace(0, np.pi, 9):
        along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        frames.append(((abs(along) < 20.3) & (abs(across) < 5.3)).astype(np.uint32))
    links = np.array([[t, 1, t + 1, 1] for t in range(8)])
    shapes = GivenShapes((9, 61, 61), lambda t: frames[t], links)
    labels = [one.label for one in drawn(shapes, ShapeParameters())]
    middle = [label[8 : 8 + 121, 8 : 8 + 121] for label in labels]
    turned = np.abs(middle[0][::-1, ::-1] - middle[-1]).mean()
    assert turned < 0.5 * np.abs(middle[0] - middle[-1]).mean()
    assert all(abs(a.sum() / b.sum() - 1) < 0.2 for a, b in pairwise(middle))


@pytest.mark.parametrize("kind", KINDS)
def test_contrast_is_that_of_other_simulated_movies(kind: CellKind) -> None:
    inside = movie().read(0) == 9
    around = np.zeros_like(inside)
    around[50:, 50:] = True

    def contrast(**asked: object) -> float:
        image = pictures(kind=kind, **asked)[0].image
        return float(image[inside].mean() / image[around].mean())

    assert contrast() < 0.9
    assert contrast(bright=True) > 1.1
    assert contrast(contrast="fluorescence") > 1.3


def test_magnified_labels_have_the_nearest_label_and_keep_their_links() -> None:
    given = movie()
    twice, half = pictures(magnification=2.0), pictures(magnification=0.5)
    assert (twice[2].labels == np.kron(given.read(2), np.ones((2, 2)))).all()
    assert half[0].labels.shape == (30, 35)
    assert np.bincount(half[0].labels.ravel())[4] == pytest.approx(7 * 30 / 4, rel=0.2)
    assert [len(frame.links) for frame in half] == [0, 2, 3]


def test_a_cell_that_vanishes_when_made_smaller_loses_its_links() -> None:
    labels = np.zeros((2, 60, 60), np.uint32)
    labels[:, 10:30, 10:40] = 1
    labels[:, 50, 51] = 2
    links = np.array([[0, 1, 1, 1], [0, 2, 1, 2]])
    shapes = GivenShapes((2, 60, 60), lambda t: labels[t], links)
    frames = list(pictured_shapes(shapes, ShapeParameters(magnification=0.3)))
    assert np.unique(frames[1].labels).tolist() == [0, 1]
    assert frames[1].links.tolist() == [[0, 1, 1, 1]]


def test_the_same_seed_makes_the_same_pictures() -> None:
    one, same, other = (
        list(pictured_shapes(movie(), ShapeParameters(seed=seed))) for seed in (5, 5, 6)
    )
    assert all((a.image == b.image).all() for a, b in zip(one, same, strict=True))
    assert (one[0].image != other[0].image).mean() > 0.9


def test_a_lamp_flickers_as_much_as_asked_for() -> None:
    labels = np.zeros((40, 30, 30), np.uint32)
    labels[:, 10:20, 10:20] = 1
    shapes = GivenShapes(labels.shape, lambda t: labels[t])

    def level(flicker: float) -> NDArray[np.float64]:
        imaging = Imaging(noise=0, debris=0, uneven_light=0, flicker=flicker)
        frames = pictured_shapes(shapes, ShapeParameters(imaging=imaging))
        return np.array([frame.image[0, 0] - 200.0 for frame in frames])

    assert np.ptp(level(0)) < 5
    assert 0.07 < level(0.1).std() / level(0.1).mean() < 0.13


def test_shapes_that_cannot_be_drawn_are_refused() -> None:
    empty = GivenShapes((2, 30, 30), lambda _: np.zeros((30, 30), np.uint32))
    with pytest.raises(InvalidDataError, match="no cells to draw"):
        pictured_shapes(empty, ShapeParameters())
    given = movie()
    wrong = GivenShapes(given.shape, given.read, np.array([[0, 9, 1, 77]]))
    with pytest.raises(InvalidLineageError, match="contradict"):
        pictured_shapes(wrong, ShapeParameters())
    for asked in ({"magnification": 0.0}, {"seed": -1}, {"kind": "stars"}):
        with pytest.raises(WrongArgumentError):
            ShapeParameters(**asked)
    with pytest.raises(WrongArgumentError, match="setting"):
        shape_parameters(
            kind="rods",
            contrast="phase",
            seed=1,
            bright=False,
            magnification=1.0,
            settings=["coverage=0.3"],
        )
