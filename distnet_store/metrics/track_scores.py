"""How many tracks are found from begin to end, and how much of a track is found in one piece?

V. Ulman and others, "An objective comparison of cell-tracking algorithms", Nature Methods 14 (2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.matched_movie import MatchedMovie


def complete_tracks(movie: MatchedMovie) -> float | None:
    """Return twice the number of tracks that both have, over the number of tracks of both.

    Such a track begins and ends in the same frames in both, and each of its cells in one matches
    its cell in the other and no further cell. None without any track.
    """
    reference, result = movie.reference, movie.result
    n_tracks = reference.label.size + result.label.size
    if n_tracks == 0:
        return None
    if reference.label.size == 0:
        return 0.0
    lowest = np.minimum.reduceat(movie.result_track, reference.first_cell)
    highest = np.maximum.reduceat(movie.result_track, reference.first_cell)
    same = (lowest == highest) & (lowest >= 0)
    track = lowest[same]
    same_frames = (reference.begin[same] == result.begin[track]) & (
        reference.end[same] == result.end[track]
    )
    return 2 * int(same_frames.sum()) / n_tracks


def track_fractions(movie: MatchedMovie) -> float | None:
    """Return the mean, over the tracks that are found, of the share that one track follows at a stretch.

    As in the challenge's program, a track of the result that follows a whole track of the
    reference is not counted for later ones. There the labels decide which are later, here first
    and last frame: no two tracks that agree in both can have the same follower, so that labels
    don't matter. None if the reference has no track.
    """
    reference = movie.reference
    if reference.label.size == 0:
        return None
    own, other, cells = _stretches(movie)
    whole = cells == reference.length[own]
    first_whole = np.full(movie.result.label.size, reference.label.size)
    np.minimum.at(first_whole, other[whole], own[whole])
    counted = own <= first_whole[other]
    fraction = np.zeros(reference.label.size)
    np.maximum.at(fraction, own[counted], cells[counted] / reference.length[own[counted]])
    found = fraction[fraction > 0]
    return float(np.mean(found)) if found.size else 0.0


def _stretches(
    movie: MatchedMovie,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return track of the reference, track of the result, and number of cells of each stretch."""
    own, other = movie.reference.track_of_cell, movie.result_track
    starts = np.flatnonzero((np.diff(own, prepend=-1) != 0) | (np.diff(other, prepend=-1) != 0))
    cells = np.diff(starts, append=own.size)
    followed = other[starts] >= 0
    return own[starts[followed]], other[starts[followed]], cells[followed]
