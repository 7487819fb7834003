"""Which substance do given label images have, frame by frame?

Labels and links stay as they are given. The fine grid has a point at the centre of each pixel and one
half-way to each neighbour; the latter belongs to a cell if all pixels around it do, so that outlines
run midway between pixels, and between two cells that touch.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.simulation.drawn_cells import CELL_PHASE_RAD
from distnet_store.ops.simulation.drawn_frame import DrawnFrame
from distnet_store.ops.simulation.drawn_rods import ROD_PHASE_RAD
from distnet_store.ops.simulation.given_shapes import GivenShapes, Lives, Survey, magnified
from distnet_store.ops.simulation.heredity import Levels, next_levels
from distnet_store.ops.simulation.rod_light import FINE
from distnet_store.ops.simulation.shape_light import (
    Headings,
    flat_substance,
    next_headings,
    posed,
    round_substance,
)
from distnet_store.ops.simulation.shape_parameters import ShapeParameters

_PHASE_RAD = {"rods": ROD_PHASE_RAD, "cells": CELL_PHASE_RAD}


def drawn_shapes(
    shapes: GivenShapes, parameters: ShapeParameters, known: Survey, margin_px: int
) -> Iterator[DrawnFrame]:
    """Draw given labels on a fine grid of the field with a margin; memory holds one frame.

    `known` is what `survey` found. Beyond the border, labels are mirrored.
    """
    rng = np.random.default_rng([parameters.seed, 2])
    levels, headings = Levels.nobody(), Headings.nobody()
    substance_of = round_substance if parameters.kind == "rods" else flat_substance
    for t, lives in enumerate(known.lives):
        labels = magnified(shapes.read(t), parameters, margin_px)
        levels = next_levels(levels, lives.number, lives.mother, rng)
        owner = fine_owner(_rows_of(labels, lives))
        cells = posed(owner, lives.number, levels.level)
        headings = next_headings(headings, cells.poses, lives.mother)
        cells = cells.turned(headings.heading)
        substance = substance_of(owner, cells, known.width_px)
        inside = slice(margin_px, -margin_px)
        yield DrawnFrame(
            t=t,
            labels=labels[inside, inside].astype(np.uint32),
            links=known.links[known.links[:, 2] == t],
            divisions=_divisions(known.links[known.links[:, 2] == t]),
            phase_rad=_PHASE_RAD[parameters.kind] * substance.thickness,
            label=substance.label,
        )


def fine_owner(owner: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the fine grid (2 y, 2 x) of owners (y, x), 0 between pixels that differ.

    Example:
        >>> fine_owner(np.array([[1, 1, 2]], np.int32))[0].tolist()
        [1, 1, 1, 0, 2, 2]
    """
    height, width = owner.shape
    fine = np.zeros((FINE * height, FINE * width), np.int32)
    wider = np.pad(owner, ((0, 1), (0, 1)), mode="edge")
    right, below, across = wider[:-1, 1:], wider[1:, :-1], wider[1:, 1:]
    fine[::FINE, ::FINE] = owner
    fine[::FINE, 1::FINE] = np.where(right == owner, owner, 0)
    fine[1::FINE, ::FINE] = np.where(below == owner, owner, 0)
    alike = (right == owner) & (below == owner) & (across == owner)
    fine[1::FINE, 1::FINE] = np.where(alike, owner, 0)
    return fine


def _rows_of(labels: NDArray[np.int64], lives: Lives) -> NDArray[np.int32]:
    """Return the row + 1 of each pixel's cell among those of the frame, 0 for background."""
    found, place = np.unique(labels, return_inverse=True)
    row_of = dict(zip(lives.label.tolist(), range(1, lives.label.size + 1), strict=True))
    rows = np.array([row_of.get(label, 0) for label in found.tolist()], np.int32)
    return np.asarray(rows[place].reshape(labels.shape))


def _divisions(links: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return t, label and daughters' labels of sources that have two links, by ascending label."""
    ordered = links[np.lexsort((links[:, 3], links[:, 1], links[:, 0]))]
    source, n = np.unique(ordered[:, :2], axis=0, return_counts=True)
    pairs = [ordered[(ordered[:, :2] == one).all(axis=1)] for one in source[n == 2]]
    rows = [[*pair[0, :2], *pair[:, 3]] for pair in pairs]
    return np.array(rows, np.int64).reshape(-1, 4)
