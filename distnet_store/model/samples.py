"""How does a batch of training samples come out of labelled movies?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops import augment
from distnet_store.ops.window import frame_pairs, window_frames
from distnet_store.ops.window_links import MovieLinks, linked_between
from distnet_store.ops.window_targets import FrameTargets, PairTargets, window_targets
from distnet_store.spec.model_card import NetworkConfig

Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]
"""Windows (batch, N, y, x, 1), and the targets with their weights, by output (see `losses`)."""

MAX_CLASS_WEIGHT = 10.0


@dataclass(frozen=True)
class TrainingMovie:
    """One labelled movie: readers of a frame's pixels and labels (y, x), and its links (n, 4).

    `runs` are the frames whose labels count, ascending; None: all. No window leaves its run.
    """

    name: str
    n_frames: int
    image: Callable[[int], NDArray[np.generic]]
    labels: Callable[[int], NDArray[np.integer]]
    links: MovieLinks
    runs: tuple[range, ...] | None = None

    @property
    def labelled_runs(self) -> tuple[range, ...]:
        """The runs of frames whose labels count."""
        return (range(self.n_frames),) if self.runs is None else self.runs


@dataclass(frozen=True)
class SamplingParameters:
    """How samples are drawn: tile (y, x) in pixels, batch size, gaps δ to draw from, augmentation."""

    tile: tuple[int, int]
    batch: int = 8
    gaps: tuple[int, ...] = (1,)
    steps: int = 200
    seed: int = 0
    augmentation: augment.Augmentation = field(default_factory=augment.Augmentation)


class SampleBatches:
    """Batches of random windows. Each depends only on the seed, the epoch and its place in the epoch."""

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
        self._weights = class_weights(movies)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        """Yield the batches of an epoch; the next one is made while one is used."""
        with ThreadPoolExecutor(max_workers=1) as maker:
            coming = maker.submit(self.batch, epoch, 0)
            for index in range(1, self._parameters.steps + 1):
                batch = coming.result()
                if index < self._parameters.steps:
                    coming = maker.submit(self.batch, epoch, index)
                yield batch

    def batch(self, epoch: int, index: int) -> Batch:
        """Return one batch of an epoch."""
        rng = np.random.default_rng([self._parameters.seed, epoch, index])
        samples = [self._sample(rng) for _ in range(self._parameters.batch)]
        windows = np.stack([window for window, _ in samples])
        return windows, {name: np.stack([t[name] for _, t in samples]) for name in samples[0][1]}

    def _sample(
        self, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
        movie = self._movies[int(rng.integers(len(self._movies)))]
        gap = int(rng.choice(self._parameters.gaps))
        run, t = _place(movie.labelled_runs, rng)
        inside = window_frames(t - run.start, self._network.frames, gap, len(run))
        times = [run.start + k for k in inside]
        images, labels, known = self._window(movie, times, rng)
        pairs = frame_pairs(self._network.frames)
        links = [
            linked_between(movie.links, _present(labels[a]), times[a], times[b]) for a, b in pairs
        ]
        frames, linked = window_targets(list(labels), pairs, links)
        targets = assemble_targets(labels, known, pairs, (frames, linked), self._weights)
        return images[..., np.newaxis], targets

    def _window(
        self, movie: TrainingMovie, times: list[int], rng: np.random.Generator
    ) -> augment.Window:
        limits = self._parameters.augmentation
        images = np.stack([movie.image(t) for t in times])
        labels = np.stack([movie.labels(t) for t in times])
        window = augment.draw_tile(images, labels, self._parameters.tile, rng, zoom=limits.zoom)
        images, labels, known = augment.flip_and_turn(window, rng)
        changed = np.stack([augment.change_intensity(image, limits, rng) for image in images])
        return changed, augment.drop_edge_fragments(labels, limits.min_fragment_px), known


def class_weights(movies: Sequence[TrainingMovie]) -> NDArray[np.float32]:
    """Return the weight of each multiplicity (none, one, many): rare ones count more, at most tenfold.

    Counted over the cells of all movies that have links, in both directions.
    """
    counts = np.zeros(3)
    for movie, run in ((one, run) for one in movies for run in one.labelled_runs):
        cells = np.concatenate([_keys(t, _present(movie.labels(t))) for t in run])
        links = movie.links[(movie.links[:, 0] >= run.start) & (movie.links[:, 2] < run.stop)]
        for side, ends in ((0, run.stop - 1), (2, run.start)):
            own = cells[cells[:, 0] != ends]
            found, number = np.unique(links[:, side : side + 2], axis=0, return_counts=True)
            many = int((number > 1).sum())
            counts += [len(own) - len(found), len(found) - many, many]
    weights = counts.sum() / np.maximum(3 * counts, 1)
    return np.asarray(np.clip(weights, 1 / MAX_CLASS_WEIGHT, MAX_CLASS_WEIGHT), np.float32)


def _place(runs: tuple[range, ...], rng: np.random.Generator) -> tuple[range, int]:
    """Draw a frame among those of all runs, each as likely; return its run and it."""
    k = int(rng.integers(sum(map(len, runs))))
    for run in runs:
        if k < len(run):
            return run, run[k]
        k -= len(run)
    raise AssertionError(k)  # the draw is under the sum


def assemble_targets(
    labels: NDArray[np.integer],
    known: NDArray[np.bool_],
    pairs: Sequence[tuple[int, int]],
    targets: tuple[list[FrameTargets], list[PairTargets]],
    weights: NDArray[np.float32],
) -> dict[str, NDArray[np.float32]]:
    """Return the targets of one sample with their weights, as the losses read them."""
    frames, linked = targets
    cells = (labels > 0) & known
    everywhere = np.broadcast_to(known, labels.shape)
    masks = [np.stack([cells[b], cells[a]], axis=-1) for a, b in pairs]
    return {
        "edm": _float(np.stack([np.stack([f.edm for f in frames]), everywhere], axis=-1)),
        "gdcm": _float(np.stack([np.stack([f.gdcm for f in frames]), cells], axis=-1)),
        "displacement": _float(
            np.stack(
                [
                    np.concatenate([p.displacement, m], axis=-1)
                    for p, m in zip(linked, masks, strict=True)
                ]
            )
        ),
        "multiplicity": _float(
            np.stack(
                [_one_hot(p.multiplicity, m, weights) for p, m in zip(linked, masks, strict=True)]
            )
        ),
    }


def _one_hot(
    category: NDArray[np.uint8], mask: NDArray[np.bool_], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return (y, x, 6): for each direction the class weight in the channel of the true class."""
    weighted = weights[category] * mask
    chosen = np.where(category[..., np.newaxis] == np.arange(3), weighted[..., np.newaxis], 0)
    return np.asarray(chosen.reshape(*mask.shape[:2], 6), np.float32)


def _present(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    found = np.unique(labels)
    return found[found > 0].astype(np.int64)


def _keys(t: int, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([np.full(len(labels), t), labels], axis=1)


def _float(array: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, dtype=np.float32)
