"""How much does each multiplicity of links weigh, so that divisions count among many links?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.training_movie import TrainingMovie
from distnet_store.ops.label_pixels import present_labels

MAX_CLASS_WEIGHT = 10.0


def class_weights(movies: Sequence[TrainingMovie]) -> NDArray[np.float32]:
    """Return the weight of each multiplicity (none, one, many): rare ones count more, at most tenfold.

    Counted over the cells that teach multiplicity, in both directions: not those of stills, and not
    those without a link where divisions are not known.
    """
    counts = np.zeros(3)
    for movie, run in ((one, run) for one in movies for run in one.labelled_runs if len(run) > 1):
        cells = np.concatenate([_keys(t, present_labels(movie.labels(t))) for t in run])
        links = movie.links[(movie.links[:, 0] >= run.start) & (movie.links[:, 2] < run.stop)]
        for side, ends in ((0, run.stop - 1), (2, run.start)):
            own = cells[cells[:, 0] != ends]
            found, number = np.unique(links[:, side : side + 2], axis=0, return_counts=True)
            many = int((number > 1).sum())
            none = len(own) - len(found) if movie.divisions_known else 0
            counts += [none, len(found) - many, many]
    weights = counts.sum() / np.maximum(3 * counts, 1)
    return np.asarray(np.clip(weights, 1 / MAX_CLASS_WEIGHT, MAX_CLASS_WEIGHT), np.float32)


def _keys(t: int, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([np.full(len(labels), t), labels], axis=1)
