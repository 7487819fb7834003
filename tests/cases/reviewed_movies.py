"""A calm movie of many tracks in which a single thing at a time is made doubtful, as kernels see it.

Twenty cells of about 10 × 10 pixels lie in a field of 400 × 400, far from each other and from the border, for
twenty frames; each moves a little and grows a little, in a way that is the same in every run.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.chains import LINK_KINDS
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.review.reviewed import (
    ReviewedCells,
    ReviewedLinks,
    ReviewedResult,
    ReviewedTracks,
)
from distnet_store.ops.tracks import TRACK_BEGINS, TRACK_ENDS

N_TRACKS, N_FRAMES, SIZE = 20, 20, 400


@dataclass
class CalmMovie:
    """Columns that a test may change before it asks for the result; a row is track · 20 + frame."""

    t: NDArray[np.int32] = field(default_factory=lambda: np.tile(np.arange(N_FRAMES), N_TRACKS))
    begin: list[str] = field(default_factory=lambda: ["movie_edge"] * N_TRACKS)
    end: list[str] = field(default_factory=lambda: ["movie_edge"] * N_TRACKS)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(0)
        count = N_TRACKS * N_FRAMES
        self.track = np.repeat(np.arange(1, N_TRACKS + 1), N_FRAMES)
        self.area = np.round(1000 * np.exp(0.02 * self.t + rng.normal(0, 0.005, count))).astype(int)
        place = np.array([[80 * (k // 5) + 60, 70 * (k % 5) + 50] for k in range(N_TRACKS)])
        self.centre = place[self.track - 1] + rng.normal(0, 0.5, (count, 2))
        self.many = np.full((2, count), 0.01)
        self.settled = np.zeros(count, bool)
        self.source = np.flatnonzero(np.diff(self.track) == 0)
        self.target = self.source + 1
        self.kind = np.full(self.source.size, LINK_KINDS.index("regular"), np.int8)
        self.origin = np.full(self.source.size, LINK_ORIGINS.index("both"), np.int8)
        self.residual = np.abs(rng.normal(0, 1, self.source.size)).astype(np.float32)
        self.disagreement = np.abs(rng.normal(0, 1, self.source.size)).astype(np.float32)

    def row(self, track: int, t: int) -> int:
        return (track - 1) * N_FRAMES + t

    def link(self, track: int, t: int) -> int:
        """Return the place of the link out of a cell."""
        return int(np.flatnonzero(self.source == self.row(track, t))[0])

    @property
    def result(self) -> ReviewedResult:
        corner = np.round(self.centre).astype(int)
        label = self.track
        cells = ReviewedCells(
            object_id=(self.t.astype(np.int64) << 32) + label,
            track_id=self.track.astype(np.int64),
            t=self.t,
            area=self.area,
            centre=self.centre.astype(np.float32),
            box=np.concatenate([corner - 5, corner + 5], axis=1),
            many_backward=self.many[0],
            many_forward=self.many[1],
            confirmed_backward=self.many[0] > 0.5,
            confirmed_forward=self.many[1] > 0.5,
            settled=self.settled,
        )
        links = ReviewedLinks(
            *(self.source, self.target, self.kind, self.origin, self.residual, self.disagreement)
        )
        tracks = ReviewedTracks(
            n_objects=np.bincount(self.track)[1:],
            subtree_end=np.arange(1, N_TRACKS + 1),
            begin=np.array([TRACK_BEGINS.index(one) for one in self.begin], np.int8),
            end=np.array([TRACK_ENDS.index(one) for one in self.end], np.int8),
        )
        return ReviewedResult(cells, links, tracks, SIZE, SIZE)
