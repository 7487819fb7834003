"""What does a movie of growing, dividing, moving rods look like, and which cell is which in it?

Simulated, after Pseudomonas aeruginosa PA14 on agar seen from above. Realistic: sizes, exponential
growth with variation between cells, division into two nearly equal daughters in line, motion along
the long axis with reversals, contacts that push rods aside and align them, layers from sparse to
close-packed, cells that come and go over the border, drift and jumps of the stage. Not realistic:
rods are straight and never bend, constrict or lie over one another; all move by the same rule and
do not stick; nothing dies or stops growing; the way in which a dense layer stays in one plane is a
mere outward drift. These are labels; `rod_light` and `optics` draw the pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.simulation.rod_colony import Rods, next_rods, seed_rods
from distnet_store.ops.simulation.rod_contacts import Bodies
from distnet_store.ops.simulation.rod_labels import paint_rods
from distnet_store.ops.simulation.rod_parameters import RodsParameters
from distnet_store.ops.simulation.sight import Sight, name_cells


@dataclass(frozen=True)
class SimulatedFrame:
    """One frame of a simulated movie, n cells in ascending order of labels.

    Attributes:
        t: time point.
        labels: (y, x) uint32, 0 for background. A cell keeps its label as long as it is in sight.
        label: (n,) int64, the labels that occur.
        bodies: true centres, axes and sizes in pixels; of a cell at the border also what is outside.
        links: (m, 4) int64: t - 1 and label there, t and label here; none in the first frame.
        divisions: (d, 4) int64: t - 1, the mother's label there, and her two daughters' here.
        arena: all rods, also those out of sight, whose light may reach the field.
    """

    t: int
    labels: NDArray[np.uint32]
    label: NDArray[np.int64]
    bodies: Bodies
    links: MovieLinks
    divisions: NDArray[np.int64]
    arena: Rods


@dataclass(frozen=True)
class SimulatedMovie:
    """A simulated movie of n cells, counted once in each frame; they go by t and label.

    Attributes:
        labels: (t, y, x) uint32, 0 for background.
        links: (m, 4) int64: time point and label of the earlier cell, then of the later one.
        divisions: (d, 4) int64: the mother's last time point, her label, and her daughters' labels in
            the frame after it; only those are there whose daughters are both in sight.
        cell_t: (n,) int64, time point of each cell.
        cell_label: (n,) int64.
        bodies: (n, 2) each, as of `SimulatedFrame`.
    """

    labels: NDArray[np.uint32]
    links: MovieLinks
    divisions: NDArray[np.int64]
    cell_t: NDArray[np.int64]
    cell_label: NDArray[np.int64]
    bodies: Bodies


def simulate_rods(parameters: RodsParameters, seed: int) -> SimulatedMovie:
    """Simulate a movie of rods, whole in memory; the same parameters and seed give the same movie.

    Example:
        >>> movie = simulate_rods(RodsParameters(n_frames=3, shape_px=(64, 64), n_cells=6), seed=1)
        >>> movie.labels.shape, movie.links.shape[1]
        ((3, 64, 64), 4)
    """
    frames = list(rod_frames(parameters, seed))
    bodies = zip(*(frame.bodies for frame in frames), strict=True)
    return SimulatedMovie(
        labels=np.stack([frame.labels for frame in frames]),
        links=np.concatenate([frame.links for frame in frames]),
        divisions=np.concatenate([frame.divisions for frame in frames]),
        cell_t=np.concatenate([np.full(frame.label.size, frame.t) for frame in frames]),
        cell_label=np.concatenate([frame.label for frame in frames]),
        bodies=Bodies(*(np.concatenate(values) for values in bodies)),
    )


def rod_frames(parameters: RodsParameters, seed: int) -> Iterator[SimulatedFrame]:
    """Simulate a movie of rods frame by frame; memory holds one frame.

    Example:
        >>> frames = rod_frames(RodsParameters(n_frames=9, shape_px=(64, 64), n_cells=6), seed=1)
        >>> next(frames).t, next(frames).t
        (0, 1)
    """
    rng = np.random.default_rng(seed)
    rods = seed_rods(parameters, rng)
    for _ in range(parameters.warm_up_frames):
        rods = next_rods(rods, parameters, (0.0, 0.0), rng)
    seen = Sight.nothing()
    for t in range(parameters.n_frames):
        if t > 0:
            rods = next_rods(rods, parameters, parameters.stage.shift(t), rng)
        frame, seen = _look(rods, parameters, t, seen)
        yield frame


def _look(
    rods: Rods, parameters: RodsParameters, t: int, before: Sight
) -> tuple[SimulatedFrame, Sight]:
    """Return the frame and what is in sight in it: a rod that was not in sight before is a new cell."""
    rank = np.arange(1, rods.number.size + 1).astype(np.uint32)
    painted = paint_rods(rods.bodies, rank, parameters.shape_px, line_px=parameters.line_px)
    area = np.bincount(painted.ravel(), minlength=rank.size + 1)[1:]
    rows = np.flatnonzero(area >= parameters.min_area_px)
    named = name_cells(t, rods.number[rows], rods.mother[rows], before)
    label_of_rank = np.zeros(rank.size + 1, np.uint32)
    label_of_rank[rows + 1] = named.label
    order = np.argsort(named.label)
    frame = SimulatedFrame(
        t=t,
        labels=label_of_rank[painted],
        label=named.label[order],
        bodies=Bodies(*(values[rows][order] for values in rods.bodies)),
        links=named.links,
        divisions=named.divisions,
        arena=rods,
    )
    return frame, named.sight
