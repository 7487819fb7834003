"""In which order are suspect merges and splits mended, and when is it enough?"""

from __future__ import annotations

from dataclasses import dataclass

from distnet_store.ops.correction.edited_frames import EditedFrames, FrameAccess
from distnet_store.ops.correction.edits import Edit
from distnet_store.ops.correction.frame_changes import FrameChange
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.correction.mask_rounds import MaskRounds
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.rounds import Rounds
from distnet_store.ops.curated_facts import CuratedFacts, no_facts
from distnet_store.spec.parameters import CorrectionParameters


@dataclass(frozen=True)
class Correction:
    """What was corrected.

    Attributes:
        edits: what was done, in its order, then the events that were left alone.
        changes: changes of the labels by time point, in their order.
        rounds: number of rounds.
        is_settled: whether the last round changed nothing.
    """

    edits: tuple[Edit, ...]
    changes: dict[int, list[FrameChange]]
    rounds: int
    is_settled: bool


def correct_movie(
    graph: LineageGraph,
    access: FrameAccess,
    parameters: CorrectionParameters,
    *,
    curated: CuratedFacts | None = None,
) -> Correction:
    """Mend the suspect merges, then the suspect splits, again and again until nothing changes.

    Where `graph` knows nothing predicted, masks alone decide (mask_evidence.py), and no map is read.
    With the order backward-first all is done as in the movie backwards, in which a merge is a split.

    `graph` is changed; the frames that `access` reads are not. Only frames in which the cells of an
    event lie are read. What `curated` holds stays: its cells and the cells of its links are neither
    merged nor cut, and its unlinked pairs are never linked.

    Example:
        >>> correct_movie(graph, frames, CorrectionParameters()).rounds       # doctest: +SKIP
        2
    """
    state = MovieState(graph, EditedFrames(access), parameters, curated or no_facts())
    rounds = Rounds(state) if graph.is_predicted else MaskRounds(state)
    done: list[Edit] = []
    for number in range(1, parameters.max_rounds + 1):
        edits = list(rounds.play(number))
        changing = [edit for edit in edits if edit.changes_cells]
        done += changing
        if not changing:
            return Correction((*done, *edits), state.frames.changes, number, is_settled=True)
    left = [edit for edit in edits if not edit.changes_cells]
    return Correction((*done, *left), state.frames.changes, parameters.max_rounds, is_settled=False)
