"""Which tracks does a sparse monolayer of diffusing rods leave, of which every average is known in closed form?

A rod of length L takes Gaussian steps along and across its axis, and the axis turns at random. The variances of both
are proportional to 1 / L, as drag grows with length, and their ratio, the anisotropy, may change from one time interval
to the next while their sum stays. Steps are independent, so that the mean squared displacement is 4 D · lag at every
lag, with D the mean over both directions. There are no collisions and no pictures: these tracks test analyses, not
tracking.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ellipe

from distnet_store.ops.analysis.track_points import TrackPoints


@dataclass(frozen=True)
class DiffusingRods:
    """What is simulated; lengths in micrometer, times in second.

    Attributes:
        n_tracks: number of rods.
        n_frames: number of frames of the movie.
        min_frames: least duration of a track; durations are even from here to the whole movie.
        frame_interval: time from frame to frame.
        diffusion: coefficient of a rod of length 1, in micrometer² per second; that of a rod of length L
            is the L-th part.
        shortest, longest: rods have lengths that are evenly spread from one to the other.
        anisotropy: variance along over variance across the axis, in each of equal time intervals.
        turn: standard deviation of the axis' turn in a frame, in radian.
    """

    n_tracks: int = 800
    n_frames: int = 200
    min_frames: int = 20
    frame_interval: float = 0.1
    diffusion: float = 1.2
    shortest: float = 1.5
    longest: float = 4.5
    anisotropy: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)
    turn: float = 0.2

    @property
    def mean_diffusion(self) -> float:
        """Mean diffusion coefficient over all lengths."""
        spread = self.longest - self.shortest
        return self.diffusion * float(np.log(self.longest / self.shortest)) / spread

    def anisotropy_at(self, t: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the anisotropy of the steps that begin at time points t."""
        count = len(self.anisotropy)
        edges = np.linspace(0, self.n_frames, count + 1)
        place = np.minimum(np.searchsorted(edges, t, side="right") - 1, count - 1)
        return np.asarray(self.anisotropy)[place]

    def variances(
        self, length: NDArray[np.float64], anisotropy: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the variance of a step along and across the axis, in micrometer²."""
        both = 4 * self.diffusion / length * self.frame_interval
        return both * anisotropy / (1 + anisotropy), both / (1 + anisotropy)


@dataclass(frozen=True)
class RodTracks:
    """The simulated tracks: positions in micrometer, length (n,) and orientation (n,) of each cell."""

    points: TrackPoints
    length: NDArray[np.float64]
    orientation: NDArray[np.float64]


def simulate_diffusing_rods(rods: DiffusingRods, seed: int) -> RodTracks:
    """Simulate tracks; the same rods and seed give the same tracks.

    Example:
        >>> tracks = simulate_diffusing_rods(DiffusingRods(n_tracks=3, n_frames=30), seed=1)
        >>> tracks.points.n_tracks, tracks.points.position.shape[1]
        (3, 2)
    """
    rng = np.random.default_rng(seed)
    duration = rng.integers(rods.min_frames, rods.n_frames + 1, rods.n_tracks)
    begin = rng.integers(0, rods.n_frames - duration + 1)
    track = np.repeat(np.arange(rods.n_tracks), duration)
    first = np.cumsum(duration) - duration
    t = np.arange(track.size) - first[track] + begin[track]
    length = rng.uniform(rods.shortest, rods.longest, rods.n_tracks)[track]
    heading = rng.uniform(0, 2 * np.pi, rods.n_tracks)[track]
    heading += _summed(rng.normal(0, rods.turn, track.size), track, first)
    along, across = rods.variances(length, rods.anisotropy_at(t))
    u = rng.normal(0, 1, track.size) * np.sqrt(along)
    v = rng.normal(0, 1, track.size) * np.sqrt(across)
    cos, sin = np.cos(heading), np.sin(heading)
    steps = np.column_stack([u * sin + v * cos, u * cos - v * sin])  # y, x
    start = rng.uniform(0, 100, (rods.n_tracks, 2))[track]
    place = np.column_stack([_summed(step, track, first) - step for step in steps.T])
    axis = np.pi / 2 - np.mod(np.pi / 2 - heading, np.pi)
    return RodTracks(TrackPoints(track, t, start + place), length, axis)


def angle_density(degree: NDArray[np.float64], anisotropy: float) -> NDArray[np.float64]:
    """Return the density of the angle between step and axis, per degree, from -90 to 90 degrees.

    That of the direction of a Gaussian vector with variances in this ratio.

    Example:
        >>> angle_density(np.array([0.0, 90.0]), 4.0) * 180
        array([2. , 0.5])
    """
    phi = np.radians(degree)
    form = np.cos(phi) ** 2 / np.sqrt(anisotropy) + np.sin(phi) ** 2 * np.sqrt(anisotropy)
    return np.asarray(1 / (180 * form))


def speed_at_angle(
    degree: NDArray[np.float64], variances: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return the mean length of steps in a direction; `variances` are those along and across.

    In one direction the length of a Gaussian vector has a Rayleigh distribution.

    Example:
        >>> speed_at_angle(np.array([0.0]), (np.array([2.0]), np.array([1.0]))).round(6)
        array([1.772454])
    """
    phi = np.radians(degree)
    along, across = variances
    precision = np.cos(phi) ** 2 / along + np.sin(phi) ** 2 / across
    return np.asarray(np.sqrt(np.pi / (2 * precision)))


def mean_step(
    variances: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return the mean length of steps in all directions: a complete elliptic integral.

    Example:
        >>> mean_step((np.array([2.0]), np.array([2.0]))).round(6)
        array([1.772454])
    """
    larger, smaller = np.maximum(*variances), np.minimum(*variances)
    return np.asarray(np.sqrt(2 * larger / np.pi) * ellipe(1 - smaller / larger))


def _summed(
    values: NDArray[np.float64], track: NDArray[np.int64], first: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the running sum of the values of each track."""
    total = np.cumsum(values)
    before = total[first] - values[first]
    return np.asarray(total - before[track])
