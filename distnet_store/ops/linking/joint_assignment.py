"""Which links explain the predictions of both frames best, all cells taken together?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.linking.cell_evidence import predicted_evidence
from distnet_store.ops.linking.frame_cells import FrameCells
from distnet_store.ops.linking.hypotheses import PairEvidence, find_hypotheses
from distnet_store.ops.linking.packing import best_packing
from distnet_store.ops.linking.pair_linkage import LINK_ORIGINS, PairLinkage
from distnet_store.ops.linking.search import Search


def link_jointly(earlier: FrameCells, later: FrameCells) -> PairLinkage:
    """Link the cells of two neighbouring frames so that everything predicted of them fits best.

    Every cell has no link, one, or two (a division or a fusion). What that costs is the negative
    logarithm of the multiplicity's probability, plus the squares of the misses of both directions'
    displacements in units of the cell's own shape, plus that of the change of size, in which the
    daughters of a cell count together. Of all choices the one of least cost is taken. Exchanging the
    frames, with the directions, gives the same links.
    """
    evidence = PairEvidence(
        predicted_evidence(earlier, "forward"), predicted_evidence(later, "backward")
    )
    return _describe(earlier, later, assigned_rows(evidence))


def assigned_rows(evidence: PairEvidence) -> NDArray[np.int64]:
    """Return the links (m, 2) of least cost, as rows of the earlier and of the later frame, sorted."""
    hypotheses = find_hypotheses(evidence)
    chosen = best_packing(hypotheses.members, hypotheses.gain)
    rows = hypotheses.links[chosen].reshape(-1, 2)
    rows = rows[rows[:, 0] >= 0]
    return rows[np.lexsort((rows[:, 1], rows[:, 0]))]


def _describe(earlier: FrameCells, later: FrameCells, rows: NDArray[np.int64]) -> PairLinkage:
    """Say how good each link is, and which displacements lead along it."""
    forward = Search("forward", earlier, later)
    backward = Search("backward", later, earlier)
    source, target = rows.T
    ahead, back = forward.find()[source] == target, backward.find()[target] == source
    off_ahead = _length(forward.predicted[source] - later.centres[target])
    off_back = _length(backward.predicted[target] - earlier.centres[source])
    kinds = [LINK_ORIGINS.index(kind) for kind in ("both", "forward", "backward", "assignment")]
    return PairLinkage(
        links=np.column_stack([earlier.ids[source], later.ids[target]]),
        origin=np.select([ahead & back, ahead, back], kinds[:3], kinds[3]).astype(np.int8),
        residual=np.select(
            [ahead, back], [off_ahead, off_back], np.fmin(off_ahead, off_back)
        ).astype(np.float32),
        disagreement=_length(forward.displacement[source] + backward.displacement[target]).astype(
            np.float32
        ),
    )


def _length(steps: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray(np.hypot(steps[:, 0], steps[:, 1]))
