"""Which tracks begin or end where none should, or last too short a time?"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.review.chance import is_strange, tail_of
from distnet_store.ops.review.gap_pairs import gap_pairs
from distnet_store.ops.review.moves import border_tails
from distnet_store.ops.review.reviewed import Findings, ReviewedResult, ReviewedTracks
from distnet_store.ops.tracks import TRACK_BEGINS, TRACK_ENDS
from distnet_store.spec.cell_tables import TrackBegin, TrackEnd

_LEAST_SCALE: Final = 0.25
"""Of the logarithm of durations."""
_SPECK: Final = 3
"""Cells of a track that appears and is lost again, up to which both are one thing to look at."""


def edge_findings(result: ReviewedResult) -> list[Findings]:
    """Return tracks that are lost or appear too far from the border to have crossed it.

    What counts is the distance to each border, against how far cells go towards it in a frame, in
    this movie: along a channel far, and across it not at all. A lost
    cell and one that appears in its place soon after are told as one; a track of few cells that appears
    and is lost is told at its first cell.
    """
    tracks = result.tracks
    lost, appears = _ends(tracks, "lost"), _begins(tracks, "appearance")
    n_left = int(np.count_nonzero(lost | _ends(tracks, "exit")))
    n_come = int(np.count_nonzero(appears | _begins(tracks, "entry")))
    gone = _far_from_border(result, "lost", tracks.last_row[lost], n_left)
    come = _far_from_border(result, "appears", tracks.first_row[appears], n_come)
    at_gone, at_come = gap_pairs(result.cells, gone.row, come.row)
    alone = ~np.isin(np.arange(gone.row.size), at_gone)
    again = ~np.isin(np.arange(come.row.size), at_come)
    return [
        _gaps(_some(gone, at_gone), come.row[at_come]),
        _specks_at_first(_some(gone, alone), result),
        _some(come, again),
    ]


def _some(findings: Findings, which: NDArray[np.generic]) -> Findings:
    names = ("row", "target", "log_chance", "value", "expected")
    return replace(findings, **{name: getattr(findings, name)[which] for name in names})


def _gaps(lost: Findings, appears: NDArray[np.int64]) -> Findings:
    """Return lost cells with those that appear in their place, as one thing each."""
    reason = lost.reason.replace("it is lost", "it is lost, and a cell appears in its place soon,")
    return replace(lost, target=appears, reason=reason)


def _specks_at_first(lost: Findings, result: ReviewedResult) -> Findings:
    """Return lost cells, those of a short track that had appeared at its first cell."""
    tracks, track = result.tracks, result.cells.track_id[lost.row] - 1
    speck = _begins(tracks, "appearance") & (tracks.n_objects <= _SPECK)
    return replace(lost, row=np.where(speck[track], tracks.first_row[track], lost.row))


def short_findings(result: ReviewedResult) -> list[Findings]:
    """Return tracks that last too short a time, of those that neither edge of movie or frame cuts.

    A track from division to division is told as an implausible division, at its last cell.
    """
    tracks = result.tracks
    cut = _begins(tracks, "movie_edge") | _begins(tracks, "entry")
    cut |= _ends(tracks, "movie_edge") | _ends(tracks, "exit")
    inner = np.flatnonzero(~cut)
    if not inner.size:
        return []
    duration = tracks.n_objects[inner].astype(np.float64)
    shorter = np.log(np.median(duration) / duration)
    tail = tail_of(np.maximum(shorter, 0), _LEAST_SCALE)
    log_chance = tail.log_chance(shorter)
    expected = np.median(duration) / np.exp(tail.usual)
    cycle = (_begins(tracks, "division") & _ends(tracks, "division"))[inner]
    found = []
    for is_cycle in (False, True):
        chosen = (cycle == is_cycle) & is_strange(log_chance, tail.count)
        rows = tracks.last_row if is_cycle else tracks.first_row
        what = "it divides {value:.0f} frames after its birth" if is_cycle else _SHORT
        found.append(
            Findings(
                kind="implausible division" if is_cycle else "very short track",
                reason=what + "; nine in ten tracks last {expected:.1f} or more",
                row=rows[inner[chosen]],
                target=np.full(np.count_nonzero(chosen), -1),
                log_chance=log_chance[chosen],
                value=duration[chosen],
                expected=np.full(np.count_nonzero(chosen), expected),
            )
        )
    return found


_SHORT: Final = "the track is there in {value:.0f} frames only"


def _far_from_border(
    result: ReviewedResult, event: str, row: NDArray[np.int64], count: int
) -> Findings:
    """Return those of the cells that cannot have crossed the border.

    `count` is how many tracks end or begin so, at the border or not.
    """
    tails = border_tails(result.cells)
    distance = _border_distances(result, row)
    sides = [tail.log_probability(gap) for tail, gap in zip(tails, distance, strict=True)]
    log_chance = np.log(max(count, 1)) + np.minimum(np.logaddexp.reduce(sides, axis=0), 0)
    chosen = is_strange(log_chance, count)
    likeliest = np.argmax(sides, axis=0)[chosen]
    return Findings(
        kind="lost in mid-field" if event == "lost" else "appears in mid-field",
        reason=("it is lost" if event == "lost" else "it appears")
        + " {value:.0f} px from the border; nine in ten steps towards it are up to {expected:.1f} px",
        row=row[chosen],
        target=np.full(likeliest.size, -1),
        log_chance=log_chance[chosen],
        value=distance[likeliest, chosen.nonzero()[0]],
        expected=np.array([tail.usual for tail in tails])[likeliest],
    )


def _border_distances(result: ReviewedResult, row: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the pixels between each cell's box and the top, left, bottom and right border, (4, n)."""
    y0, x0, y1, x1 = result.cells.box[row].T
    return np.stack([y0, x0, result.height - y1, result.width - x1]).astype(np.float64)


def _begins(tracks: ReviewedTracks, how: TrackBegin) -> NDArray[np.bool_]:
    return np.asarray(tracks.begin == TRACK_BEGINS.index(how))


def _ends(tracks: ReviewedTracks, how: TrackEnd) -> NDArray[np.bool_]:
    return np.asarray(tracks.end == TRACK_ENDS.index(how))
