"""How does a batch of training samples come out of labelled movies?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.class_weights import class_weights
from distnet_store.model.sample_targets import MotionTeaching, Targets, assemble_targets
from distnet_store.model.training_movie import TrainingMovie
from distnet_store.model.training_parameters import Learning
from distnet_store.ops.augmentation.edge_fragments import leave_out_fragments
from distnet_store.ops.augmentation.geometry import Window, draw_tile, flip_and_turn
from distnet_store.ops.augmentation.intensity import change_window
from distnet_store.ops.label_pixels import present_labels
from distnet_store.ops.window import frame_pairs, window_frames
from distnet_store.ops.window_links import linked_between
from distnet_store.ops.window_targets import window_targets
from distnet_store.spec.augmentation import Augmentation
from distnet_store.spec.model_card import NetworkConfig

Batch = tuple[NDArray[np.float32], Targets]
"""Windows (batch, N, y, x, 1), and the targets with their weights, by output (see `losses`)."""


@dataclass(frozen=True)
class SamplingParameters:
    """How samples are drawn: tile (y, x) in pixels, batch size, gaps δ to draw from, augmentation.

    Where only segmentation is to be learnt, a sample is one frame.
    """

    tile: tuple[int, int]
    batch: int = 8
    gaps: tuple[int, ...] = (1,)
    steps: int = 200
    seed: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)
    learn: Learning = "all"


class Sample(NamedTuple):
    """One augmented window, where it comes from, and what it teaches."""

    movie: str
    times: tuple[int, ...]
    window: Window
    targets: Targets


class SampleBatches:
    """Batches of random windows. Each depends only on the seed, the epoch and its place in the epoch.

    Attributes:
        wait_share: part of the last epoch's time in which the next batch was waited for.
    """

    def __init__(
        self,
        movies: Sequence[TrainingMovie],
        network: NetworkConfig,
        parameters: SamplingParameters,
    ) -> None:
        """Keep the movies; frames are read when a batch needs them."""
        self._movies = movies
        self._network = network
        self._parameters = parameters
        self._pairs = frame_pairs(network.frames) if parameters.learn == "all" else []
        self._class_weights = class_weights(movies)
        self._odds = np.array([movie.weight for movie in movies], np.float64)
        self._odds /= self._odds.sum()
        self.wait_share = 0.0

    @property
    def steps(self) -> int:
        """Number of batches of an epoch."""
        return self._parameters.steps

    def epoch(self, epoch: int, first: int = 0) -> Iterator[Batch]:
        """Yield the batches of an epoch from the `first` on; the next one is made while one is used."""
        started, waited = time.perf_counter(), 0.0
        with ThreadPoolExecutor(max_workers=1) as maker:
            coming = maker.submit(self.batch, epoch, first)
            for index in range(first + 1, self._parameters.steps + 1):
                asked = time.perf_counter()
                batch = coming.result()
                waited += time.perf_counter() - asked
                if index < self._parameters.steps:
                    coming = maker.submit(self.batch, epoch, index)
                yield batch
        self.wait_share = waited / (time.perf_counter() - started)

    def batch(self, epoch: int, index: int) -> Batch:
        """Return one batch of an epoch."""
        samples = self.samples(epoch, index)
        windows = np.stack([sample.window.images[..., np.newaxis] for sample in samples])
        outputs = samples[0].targets
        return windows, {name: np.stack([s.targets[name] for s in samples]) for name in outputs}

    def samples(self, epoch: int, index: int) -> list[Sample]:
        """Return what a batch of an epoch is made of, with where it comes from."""
        rng = np.random.default_rng([self._parameters.seed, epoch, index])
        return [self.sample(rng) for _ in range(self._parameters.batch)]

    def sample(self, rng: np.random.Generator) -> Sample:
        """Draw one sample.

        Raises:
            InvalidDataError: labels do not match their image, or a pixel is no number.
        """
        limits = self._parameters.augmentation
        movie = self._movies[int(rng.choice(len(self._movies), p=self._odds))]
        run, times, moving = self._times(movie, rng)
        frames = {k: movie.frame(k) for k in set(times)}
        window = draw_tile(
            [frames[k] for k in times],
            self._parameters.tile,
            limits,
            rng,
            moving=moving,
            magnification=movie.magnification,
        )
        if limits.flips:
            window = flip_and_turn(window, rng)
        window = leave_out_fragments(window, limits.min_fragment_px)
        targets = self._targets(movie, times, window, is_movie=len(run) > 1)
        changed = change_window(window.images, limits, rng)
        return Sample(movie.name, times, window._replace(images=changed), targets)

    def _times(
        self, movie: TrainingMovie, rng: np.random.Generator
    ) -> tuple[range, tuple[int, ...], bool]:
        """Draw a run, the time points of a window in it, and whether its frames are moved apart."""
        gap = int(rng.choice(self._parameters.gaps))
        run, t = _place(movie.labelled_runs, rng)
        if not self._pairs:
            return run, (t,), False
        is_static = rng.random() < self._parameters.augmentation.static_probability
        inside = window_frames(t - run.start, self._network.frames, gap, len(run))
        times = tuple(t if is_static else run.start + k for k in inside)
        return run, times, not is_static

    def _targets(
        self, movie: TrainingMovie, times: tuple[int, ...], window: Window, *, is_movie: bool
    ) -> Targets:
        links = [
            linked_between(movie.links, present_labels(window.labels[a]), times[a], times[b])
            for a, b in self._pairs
        ]
        targets = window_targets(list(window.labels), self._pairs, links)
        teaching = MotionTeaching(self._class_weights, is_movie, movie.divisions_known)
        return assemble_targets(window, self._pairs, targets, teaching)


def _place(runs: tuple[range, ...], rng: np.random.Generator) -> tuple[range, int]:
    """Draw a frame among those of all runs, each as likely; return its run and it."""
    k = int(rng.integers(sum(map(len, runs))))
    for run in runs:
        if k < len(run):
            return run, run[k]
        k -= len(run)
    raise AssertionError(k)  # the draw is under the sum
