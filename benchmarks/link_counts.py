"""Which links and divisions of a movie were found, between right cells or faulty ones?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from fault_movies import TrueMovie
from numpy.typing import NDArray

from distnet_store.metrics.evaluation import evaluate_labels
from distnet_store.spec.parameters import EvaluationParameters

Counts = dict[str, int]
Cell = tuple[int, int]


def count_links(
    movie: TrueMovie, links: NDArray[np.int64], labels: NDArray[np.integer] | None = None
) -> Counts:
    """Count the errors of a result by the paper's rules, border cells included, and its divisions.

    `links` (m, 4) are between the cells of `labels` (t, y, x), or of the movie itself.
    """
    labels = movie.labels if labels is None else labels
    pairs = zip(movie.labels, labels, strict=True)
    counts = evaluate_labels(
        pairs, movie.links, links, parameters=EvaluationParameters(margin=None)
    ).counts
    found, true, invented = count_divisions(movie, links, labels)
    return {
        "links": counts.reference_links or 0,
        "false": counts.false_positive_links or 0,
        "missed": counts.false_negative_links or 0,
        "unlinked parts": counts.unlinked_parts or 0,
        "divisions": true,
        "divisions found": found,
        "divisions invented": invented,
        "lineages": counts.lineages or 0,
        "incomplete": counts.incomplete_lineages or 0,
    }


def count_divisions(
    movie: TrueMovie, links: NDArray[np.int64], labels: NDArray[np.integer]
) -> tuple[int, int, int]:
    """Return the number of divisions found, of true ones, and of found ones that are not true.

    A division is found if the mother is linked to all of her daughters in the next frame and to no
    other cell. Cells of a result stand for the true cell of which they cover most.
    """
    same = labels is movie.labels
    true = _branches(movie.links)
    claimed = _branches(links)
    translated = {
        _found_as(movie, labels, mother, same=same): {
            _found_as(movie, labels, daughter, same=same) for daughter in daughters
        }
        for mother, daughters in true.items()
    }
    found = sum(claimed.get(mother) == daughters for mother, daughters in translated.items())
    return found, len(true), sum(mother not in translated for mother in claimed)


def _branches(links: NDArray[np.int64]) -> dict[Cell, set[Cell]]:
    after: dict[Cell, set[Cell]] = defaultdict(set)
    for t, label, later, target in links.tolist():
        after[t, label].add((later, target))
    return {cell: targets for cell, targets in after.items() if len(targets) > 1}


def _found_as(movie: TrueMovie, labels: NDArray[np.integer], cell: Cell, *, same: bool) -> Cell:
    if same:
        return cell
    t, label = cell
    values = labels[t][movie.labels[t] == label]
    return t, int(np.bincount(values).argmax())
