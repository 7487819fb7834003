"""Where does each cell come from or go to, and how many cells does it have there?

The same function serves both directions: for backward targets the other frame is the earlier one
and the links are turned round (`pair_links.reversed_links`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError, WrongArgumentError
from distnet_store.ops.pair_links import PairLinks
from distnet_store.ops.targets.label_image import checked_labels

NONE, ONE, MANY = 0, 1, 2
"""Link multiplicity of a cell: how many linked cells it has in the other frame."""


def motion_targets(
    labels: NDArray[np.integer],
    ids: NDArray[np.integer],
    centres: NDArray[np.integer],
    other_ids: NDArray[np.integer],
    other_centres: NDArray[np.integer],
    links: PairLinks,
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return displacement and link multiplicity, constant over each cell.

    Args:
        labels: (y, x) of an integer type, 0 is the background.
        ids: (n,) labels of this frame.
        centres: (n, 2) their centres (y, x) in pixels.
        other_ids: (m,) labels of the other frame.
        other_centres: (m, 2) their centres (y, x) in pixels.
        links: (k, 2) labels (this frame, other frame); a row that comes twice counts once.

    Returns:
        displacement: (y, x, 2) float32 in pixels along (y, x): centre in the other frame minus
            own centre, for cells with exactly one linked cell; 0 elsewhere.
        multiplicity: (y, x) uint8: 0 none, 1 one, 2 many; 0 in the background.

    Raises:
        InvalidDataError: `labels` is not a 2-D array of non-negative integers.
        WrongArgumentError: centres do not fit their labels in number, or a label has none.
        InvalidLineageError: a link names a label that is in neither list.

    Example:
        >>> displacement, multiplicity = motion_targets(
        ...     np.array([[0, 5]]), np.array([5]), np.array([[0, 1]]),
        ...     np.array([8]), np.array([[3, 1]]), np.array([[5, 8]]))
        >>> displacement[0, 1], multiplicity[0, 1]
        (array([3., 0.], dtype=float32), np.uint8(1))
    """
    image = checked_labels(labels)
    ids, centres = _sorted_cells(ids, centres)
    other_ids, other_centres = _sorted_cells(other_ids, other_centres)
    own, other = _places(np.unique(links, axis=0), ids, other_ids)
    count = np.bincount(own, minlength=ids.size)
    step = np.zeros((ids.size + 1, 2), np.float32)
    single = count[own] == ONE
    step[own[single] + 1] = other_centres[other[single]] - centres[own[single]]
    kind = np.concatenate([[NONE], np.minimum(count, MANY)]).astype(np.uint8)
    place = _place_of_pixels(image, ids)
    return step[place], kind[place]


def _sorted_cells(
    ids: NDArray[np.integer], centres: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    names = np.asarray(ids, dtype=np.int64).reshape(-1)
    places = np.asarray(centres, dtype=np.int64).reshape(-1, 2)
    if names.size != places.shape[0]:
        raise WrongArgumentError(
            "centres do not fit the labels",
            expected=f"{names.size} rows (y, x), one for each label",
            found=f"{places.shape[0]} rows",
        )
    order = np.argsort(names, kind="stable")
    return names[order], places[order]


def _places(
    links: PairLinks, ids: NDArray[np.int64], other_ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, per link, the places of its two labels in the lists of both frames."""
    known = np.isin(links[:, 0], ids) & np.isin(links[:, 1], other_ids)
    if not known.all():
        raise InvalidLineageError(
            "a link names a cell that is not there",
            expected="labels of this frame and of the other one",
            found=f"link {links[~known][0].tolist()}",
            remedy="drop links to cells outside the tile with pair_links.restricted",
        )
    return np.searchsorted(ids, links[:, 0]), np.searchsorted(other_ids, links[:, 1])


def _place_of_pixels(image: NDArray[np.int64], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, per pixel, 1 + the place of its label in `ids`, and 0 in the background."""
    place = np.searchsorted(ids, image, side="right")
    known = (place > 0) & (np.concatenate([[0], ids])[place] == image)
    unknown = (image > 0) & ~known
    if unknown.any():
        raise WrongArgumentError(
            "a label has no centre",
            expected="every label of the frame among the ids",
            found=f"label {image[unknown][0]}",
            remedy="take labels and centres from medoids(labels)",
        )
    return np.where(known, place, 0)
