"""What are the scores of the Cell Tracking Challenge for a result?

The counts are made here, from overlaps that were counted once; the scores are computed from them by
py-ctcmetrics. docs/decisions/0011-challenge-measures.md tells why, and what a score is where
py-ctcmetrics has none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import ModuleType
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.metrics.chota import chota
from distnet_store.metrics.division_matches import count_divisions
from distnet_store.metrics.graph_edits import GraphEdits, count_edits
from distnet_store.metrics.matched_movie import MatchedMovie, match_movie
from distnet_store.metrics.track_matches import TrackMatches
from distnet_store.metrics.track_scores import complete_tracks, track_fractions

Measure = Literal["SEG", "DET", "TRA", "LNK", "CT", "TF", "BC", "CCA", "CHOTA"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
DIVISION_TOLERANCES = (0, 1, 2, 3)
"""Frames that a division may be early or late, each a score BC(i)."""

Scores = dict[str, float | None]


def challenge_measures(
    frames: Sequence[TrackMatches],
    reference_tracks: NDArray[np.integer],
    result_tracks: NDArray[np.integer],
    *,
    segmentation: Sequence[TrackMatches] | None = None,
    measures: Collection[Measure] = MEASURES,
) -> Scores:
    """Return scores under the names of py-ctcmetrics; None where a score is not defined.

    `frames` are the matches of the time points 0, 1, …; tracks are (n, 4) of rows label, begin,
    end, parent, with parent 0 for none. `segmentation` has the matches of the frames with a
    reference of their own for SEG, if there are such. The order of rows and the choice of labels
    change no score by more than rounding.

    Besides the measures: the numbers of edits with TRA, as `AOGM_NS` (split cells), `AOGM_FN`,
    `AOGM_FP` (missed and extra cells), `AOGM_ED`, `AOGM_EA`, `AOGM_EC` (extra, missed and changed
    links); the numbers of divisions with BC; and the means of measures that were asked for:
    `OP_CSB` (SEG, DET), `OP_CTB` (SEG, TRA), `BIO(i)` (CT, TF, CCA, BC), `OP_CLB(i)` (LNK, BIO).

    Raises:
        WrongArgumentError: there is no such measure.
        InvalidLineageError: tracks contradict one another or the labels of the frames, a track has
            a gap or a label has two rows.
    """
    _require_known(measures)
    formulas = _formulas()
    movie = match_movie(frames, reference_tracks, result_tracks)
    scores: Scores = {}
    if "SEG" in measures:
        scores["SEG"] = _seg(formulas, frames if segmentation is None else segmentation)
    if not {"DET", "TRA", "LNK"}.isdisjoint(measures):
        graph_scores = _graph_scores(formulas, count_edits(movie))
        scores |= {k: v for k, v in graph_scores.items() if k.split("_")[0] in _asked(measures)}
    if "CT" in measures:
        scores["CT"] = complete_tracks(movie)
    if "TF" in measures:
        scores["TF"] = track_fractions(movie)
    if "BC" in measures:
        scores |= _division_scores(formulas, movie)
    if "CCA" in measures:
        cca = formulas.cca(np.asarray(result_tracks), np.asarray(reference_tracks))
        scores["CCA"] = None if cca is None else float(cca)
    if "CHOTA" in measures:
        scores["CHOTA"] = chota(movie)
    return scores | _means(formulas, scores)


def _require_known(measures: Collection[Measure]) -> None:
    unknown = sorted(set(measures) - set(MEASURES))
    if unknown:
        raise WrongArgumentError(
            "there is no such measure", expected=", ".join(MEASURES), found=", ".join(unknown)
        )


def _formulas() -> ModuleType:
    import ctc_metrics.metrics  # with scikit-learn, which takes a second

    module: ModuleType = ctc_metrics.metrics
    return module


def _asked(measures: Collection[Measure]) -> set[str]:
    return {*measures, "AOGM"} if "TRA" in measures else set(measures)


def _seg(formulas: ModuleType, frames: Sequence[TrackMatches]) -> float | None:
    labels = [frame.reference_labels for frame in frames]
    if not sum(map(len, labels)):
        return None
    return float(formulas.seg(labels, [frame.iou for frame in frames]))


def _graph_scores(formulas: ModuleType, edits: GraphEdits) -> Scores:
    """Return DET, TRA, LNK and the weighted and plain numbers of edits."""
    numbers = {
        "NS": edits.splits,
        "FN": edits.missed_cells,
        "FP": edits.extra_cells,
        "ED": edits.extra_links,
        "EA": edits.missed_links,
        "EC": edits.changed_links,
    }
    # Without any cell of the reference its formula divides by 0; AOGM does not depend on the size.
    size = {"num_vertices": max(edits.cells, 1), "num_edges": edits.links}
    tra, aogm, aogm_of_nothing = formulas.tra(**numbers, **size)
    return {
        "DET": formulas.det(**numbers, **size) if edits.cells else None,
        "TRA": tra if edits.cells else None,
        "LNK": formulas.lnk(**numbers, **size) if edits.links else None,
        "AOGM": aogm,
        "AOGM_0": aogm_of_nothing if edits.cells else 0.0,
        **{f"AOGM_{name}": number for name, number in numbers.items()},
    }


def _division_scores(formulas: ModuleType, movie: MatchedMovie) -> Scores:
    """Return BC(i), precision, recall and counts for each tolerance of i frames."""
    scores: Scores = {}
    for i in DIVISION_TOLERANCES:
        counts = count_divisions(movie, i)
        n_reference, n_result = counts.correct + counts.missed, counts.correct + counts.extra
        scores |= {
            "gt_divisions": n_reference,
            f"tp_div({i})": counts.correct,
            f"fp_div({i})": counts.extra,
            f"fn_div({i})": counts.missed,
            f"precision_div({i})": counts.correct / n_result if n_result else None,
            f"recall_div({i})": counts.correct / n_reference if n_reference else None,
            f"BC({i})": formulas.bc(counts.correct, counts.extra, counts.missed),
        }
    return scores


def _means(formulas: ModuleType, scores: Scores) -> Scores:
    """Return the challenge's means of measures, of those that are all there."""
    means: Scores = {}
    for name, formula, parts in (
        ("OP_CSB", formulas.op_csb, ("SEG", "DET")),
        ("OP_CTB", formulas.op_ctb, ("SEG", "TRA")),
    ):
        if scores.keys() >= {*parts}:
            values = [scores[part] for part in parts]
            means[name] = None if None in values else formula(*values)
    for i in DIVISION_TOLERANCES:
        if scores.keys() >= {"CT", "TF", "CCA", f"BC({i})"}:
            bio = _bio(formulas, scores, i)
            means[f"BIO({i})"] = bio
            if "LNK" in scores:
                link = scores["LNK"]
                both = None not in (link, bio)
                means[f"OP_CLB({i})"] = formulas.op_clb(link, bio) if both else None
    return means


def _bio(formulas: ModuleType, scores: Scores, i: int) -> float | None:
    """Return the mean of those biological measures that are defined, None if none is."""
    parts = [scores["CT"], scores["TF"], scores[f"BC({i})"], scores["CCA"]]
    return None if set(parts) == {None} else float(formulas.bio(*parts))
