"""Do simulated pictures show the cells where their labels are, as the optics that were asked for show them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.simulation.camera import OFFSET, grey_values
from distnet_store.ops.simulation.drawn_cells import drawn_cells
from distnet_store.ops.simulation.drawn_rods import drawn_rods
from distnet_store.ops.simulation.heredity import Levels, next_levels
from distnet_store.ops.simulation.movie_parameters import (
    POPULATIONS,
    CellKind,
    Imaging,
    Population,
    SimulationParameters,
    simulation_parameters,
)
from distnet_store.ops.simulation.pictures import PicturedFrame, pictured_frames
from distnet_store.ops.simulation.rod_parameters import StageMotion

KINDS: tuple[CellKind, ...] = ("rods", "cells")
CLEAN = Imaging(noise=0, debris=0, uneven_light=0)


def small(kind: CellKind = "rods", **others: object) -> SimulationParameters:
    """A field of 96 × 128 pixels, a third of it covered by small cells."""
    width = {"rods": 8.0, "cells": 20.0}[kind]
    cells = replace(POPULATIONS[kind], coverage=0.3, width_px=width, generation_frames=12)
    asked = {"kind": kind, "shape_px": (96, 128), "n_frames": 6, "seed": 4, "population": cells}
    return SimulationParameters(**{**asked, **others})


def frames(parameters: SimulationParameters) -> list[PicturedFrame]:
    return list(pictured_frames(parameters))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_movie_and_another_seed_another(kind: CellKind) -> None:
    one, again, other = (frames(small(kind, seed=seed)) for seed in (4, 4, 5))
    for left, right in zip(one, again, strict=True):
        assert left.image.tobytes() == right.image.tobytes()
        assert left.labels.tobytes() == right.labels.tobytes()
        assert left.links.tobytes() == right.links.tobytes()
    assert (one[0].labels != other[0].labels).any()
    assert (one[0].image != other[0].image).mean() > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_cells_live_the_same_life_under_each_contrast_and_optics(kind: CellKind) -> None:
    phase = frames(small(kind))
    glow = frames(small(kind, contrast="fluorescence", imaging=Imaging(blur_px=2, noise=3)))
    for left, right in zip(phase, glow, strict=True):
        assert (left.labels == right.labels).all()
        assert (left.links == right.links).all()


@pytest.mark.parametrize("kind", KINDS)
def test_labels_are_where_cells_were_drawn(kind: CellKind) -> None:
    """Each pixel of a label has substance at its centre; what has some and no label is a sliver."""
    margin = 7
    drawn_frames = {"rods": drawn_rods, "cells": drawn_cells}[kind]
    for frame in drawn_frames(small(kind), margin):
        inside = slice(2 * margin, -2 * margin, 2)
        drawn = frame.label[inside, inside] > 0
        assert (drawn == (frame.phase_rad[inside, inside] > 0)).all()
        assert drawn[frame.labels > 0].all()
        slivers, n = ndimage.label(drawn & (frame.labels == 0))
        assert n == 0 or np.bincount(slivers.ravel())[1:].max() < 10


@pytest.mark.parametrize("kind", KINDS)
def test_each_label_is_one_region(kind: CellKind) -> None:
    for frame in frames(small(kind)):
        for label in np.unique(frame.labels)[1:]:
            assert ndimage.label(frame.labels == label, np.ones((3, 3)))[1] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_links_and_divisions_join_cells_that_are_there(kind: CellKind) -> None:
    movie = frames(small(kind, n_frames=14))
    there = [set(np.unique(frame.labels)[1:].tolist()) for frame in movie]
    for frame in movie:
        assert set(frame.links[:, 3].tolist()) <= there[frame.t]
        assert set(frame.links[:, 1].tolist()) <= there[frame.t - 1]
        assert np.unique(frame.links[:, 3]).size == len(frame.links)  # one mother at most
        counts = np.bincount(frame.links[:, 1], minlength=1)
        assert np.flatnonzero(counts == 2).tolist() == sorted(frame.divisions[:, 1].tolist())
    assert sum(len(frame.divisions) for frame in movie) > 3


@pytest.mark.parametrize("kind", KINDS)
def test_under_phase_contrast_cells_are_dark_with_a_bright_halo(kind: CellKind) -> None:
    inside, ring, far = _brightness(small(kind, imaging=CLEAN, population=sparse(kind)))
    assert inside < 0.9 * far
    assert ring > 1.01 * far


def test_without_halo_there_is_none() -> None:
    imaging = replace(CLEAN, halo=0)
    _, ring, far = _brightness(small(imaging=imaging, population=sparse("rods")))
    assert ring < 1.005 * far


def test_bright_cells_are_bright_with_a_dark_halo() -> None:
    asked = small(bright=True, imaging=CLEAN, population=sparse("rods"))
    inside, ring, far = _brightness(asked)
    assert inside > 1.2 * far
    assert ring < 0.99 * far


@pytest.mark.parametrize("kind", KINDS)
def test_under_fluorescence_cells_are_bright(kind: CellKind) -> None:
    asked = small(kind, contrast="fluorescence", imaging=CLEAN, population=sparse(kind))
    inside, _, far = _brightness(asked)
    assert inside - OFFSET > 1.5 * (far - OFFSET)


def test_a_label_bleaches_at_the_rate_that_was_asked_for() -> None:
    cells = replace(sparse("rods"), speed_px=0.0, generation_frames=1e9)
    asked = small(contrast="fluorescence", population=cells, imaging=replace(CLEAN, bleaching=0.2))
    signal = [float((frame.image - float(frame.image.min())).sum()) for frame in frames(asked)]
    assert np.allclose(np.array(signal[1:]) / signal[:-1], 0.8, atol=0.02)


def test_strength_blur_noise_light_and_debris_do_what_they_say() -> None:
    def image(**others: float) -> NDArray[np.float64]:
        asked = small(imaging=replace(CLEAN, **others), population=sparse("rods"), n_frames=1)
        return next(pictured_frames(asked)).image.astype(float)

    clean = image()
    assert np.ptp(image(strength=0.5)) < 0.8 * np.ptp(clean)
    assert np.abs(np.diff(image(blur_px=3.0))).max() < 0.5 * np.abs(np.diff(clean)).max()
    noise = [np.std(image(noise=level) - clean) for level in (1.0, 2.0)]
    assert 1.9 < noise[1] / noise[0] < 2.1
    lit = image(uneven_light=0.5) / clean
    assert 0.45 < np.ptp(ndimage.gaussian_filter(lit, 3)) < 0.55
    specks = np.abs(image(debris=20.0) - clean) > 0.1 * clean
    assert 0.01 < specks.mean() < 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_drift_and_jumps_move_cells_and_specks_alike(kind: CellKind) -> None:
    still = replace(sparse(kind), speed_px=0.0, generation_frames=1e6)
    stage = StageMotion((1.0, 0.0), jumps=((2, 9.0, -6.0),))
    movie = frames(small(kind, population=still, stage=stage, n_frames=4, imaging=CLEAN))
    for frame, expected in zip(movie[1:], [(1, 0), (10, -6), (1, 0)], strict=True):
        before = movie[frame.t - 1].labels
        whole = _whole(before) & _whole(frame.labels)
        assert whole
        moved = [_centre(frame.labels, one) - _centre(before, one) for one in whole]
        assert np.abs(np.mean(moved, axis=0) - expected).max() < {"rods": 0.35, "cells": 1.0}[kind]
    specks = [
        frame.image.astype(float)
        for frame in pictured_frames(
            small(stage=stage, imaging=replace(CLEAN, debris=9), population=empty(), n_frames=3)
        )
    ]
    assert np.abs(np.roll(specks[1], (10, -6), (0, 1)) - specks[2])[30:-30, 30:-30].max() < 150


def test_memory_holds_one_frame() -> None:
    """Pictures come as they are asked for, of a movie of a million frames as well."""
    first: Iterator[PicturedFrame] = pictured_frames(small(n_frames=10**6))
    assert [frame.t for frame in islice(first, 3)] == [0, 1, 2]


def test_a_camera_counts_photons() -> None:
    """Shot noise has the variance of its mean, in photons; what is too bright is cut off."""
    rng = np.random.default_rng(1)
    light = np.full((200, 200), 0.5)
    grey = grey_values(light, rng, full=10000, photons=100, noise=1)
    assert abs(grey.mean() - OFFSET - 5000) < 20
    assert abs(grey.std() - 10000 * np.sqrt(0.5 / 100)) < 15
    assert grey_values(np.full((1, 1), 99.0), rng, full=10000, photons=9, noise=0)[0, 0] == 65535


def test_daughters_hold_about_as_much_label_as_their_mother() -> None:
    rng = np.random.default_rng(1)
    mothers = next_levels(Levels.nobody(), np.arange(1, 2001), np.zeros(2000, int), rng)
    daughters = next_levels(mothers, np.arange(2001, 4001), np.arange(1, 2001), rng)
    likeness = np.corrcoef(mothers.log_level, daughters.log_level)[0, 1]
    assert 0.85 < likeness < 0.95
    assert abs(daughters.log_level.std() / mothers.log_level.std() - 1) < 0.1


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"n_frames": 0}, "n_frames"),
        ({"shape_px": (31, 400)}, "height and width"),
        ({"kind": "stars"}, "this kind"),
        ({"contrast": "electrons"}, "this contrast"),
        ({"seed": -1}, "seed"),
        ({"stage": StageMotion(jumps=((0, 1.0, 1.0),))}, "time of a jump"),
        ({"stage": StageMotion(drift_px=(900.0, 0.0))}, "stage motion"),
        ({"stage": StageMotion(drift_px=(float("nan"), 0.0))}, "stage motion"),
    ],
)
def test_movies_that_cannot_be_are_refused(asked: dict[str, object], message: str) -> None:
    with pytest.raises(WrongArgumentError, match=message):
        SimulationParameters(**asked)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("halo", "NAME=NUMBER"),
        ("halo=much", "NAME=NUMBER"),
        ("colour=1", "expected.*coverage"),
        ("halo=1.5", "halo"),
        ("coverage=0", "coverage"),
        ("noise=nan", "noise"),
    ],
)
def test_settings_that_cannot_be_are_refused(setting: str, message: str) -> None:
    with pytest.raises(WrongArgumentError, match=message):
        simulation_parameters(
            kind="rods",
            contrast="phase",
            n_frames=2,
            shape_px=(64, 64),
            seed=1,
            bright=False,
            drift_px=(0, 0),
            jumps=[],
            settings=[setting],
        )


def sparse(kind: CellKind) -> Population:
    return replace(small(kind).cells, coverage=0.12)


def empty() -> Population:
    return replace(sparse("rods"), coverage=0.001)


def _brightness(parameters: SimulationParameters) -> tuple[float, float, float]:
    """Return the mean grey value inside of cells, in a ring about them, and far from them."""
    frame = next(pictured_frames(parameters))
    away = ndimage.distance_transform_edt(frame.labels == 0)
    inside = ndimage.distance_transform_edt(frame.labels > 0) > 1.5
    ring, far = (away > 2) & (away < 4.5), away > 14
    return frame.image[inside].mean(), frame.image[ring].mean(), float(np.median(frame.image[far]))


def _whole(labels: NDArray[np.uint32]) -> set[int]:
    """Return the labels that do not touch the border."""
    inner = labels[1:-1, 1:-1]
    border = labels.copy()
    border[1:-1, 1:-1] = 0
    return set(np.unique(inner).tolist()) - set(np.unique(border).tolist()) - {0}


def _centre(labels: NDArray[np.uint32], label: int) -> NDArray[np.float64]:
    return np.asarray(np.argwhere(labels == label).mean(axis=0))
