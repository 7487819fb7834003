"""In which order are suspect merges and splits mended, and when is it enough?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from distnet_store.ops.correction.cell_state import CellState
from distnet_store.ops.correction.edited_frames import EditedFrames, FrameAccess
from distnet_store.ops.correction.edits import EVENT_KINDS, Edit
from distnet_store.ops.correction.events import Event, event_at, find_events
from distnet_store.ops.correction.frame_changes import FrameChange
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.correction.merge import merge_tracks, undoes_division
from distnet_store.ops.correction.split import plan_split, split_track
from distnet_store.ops.correction.track_contact import TrackContact, track_contact
from distnet_store.spec.judgement_tables import EditRule
from distnet_store.spec.parameters import CorrectionParameters, LinkingParameters


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
    graph: LineageGraph, access: FrameAccess, parameters: CorrectionParameters
) -> Correction:
    """Mend the suspect merges, then the suspect splits, again and again until nothing changes.

    `graph` is changed; the frames that `access` reads are not. Only frames in which the cells of an
    event lie are read.

    Example:
        >>> correct_movie(graph, frames, CorrectionParameters()).rounds       # doctest: +SKIP
        2
    """
    frames = EditedFrames(access)
    done: list[Edit] = []
    for number in range(1, parameters.max_rounds + 1):
        edits = _one_round(graph, frames, parameters, number)
        changing = [edit for edit in edits if edit.changes_cells]
        done += changing
        if not changing:
            return Correction((*done, *edits), frames.changes, number, is_settled=True)
    left = [edit for edit in edits if not edit.changes_cells]
    return Correction((*done, *left), frames.changes, parameters.max_rounds, is_settled=False)


def _one_round(
    graph: LineageGraph, frames: EditedFrames, parameters: CorrectionParameters, number: int
) -> list[Edit]:
    edits: list[Edit] = []
    for kind in EVENT_KINDS:
        for found in find_events(graph, kind):
            event = event_at(graph, kind, found.single)  # as it is after the edits before it
            if event is not None:
                edits.append(_correct_event(graph, frames, event, parameters, number))
    return edits


def _correct_event(
    graph: LineageGraph,
    frames: EditedFrames,
    event: Event,
    parameters: CorrectionParameters,
    number: int,
) -> Edit:
    tracks = _neighbour_tracks(graph, event)
    t_event = graph.cell(event.single).t
    states = [[graph.cell(row) for row in track] for track in tracks]
    contact = track_contact(states, frames, parameters, t_event=t_event)
    probability = _probability_of_many(graph, event)
    rule, before, after = _mend(graph, frames, event, tracks, contact, parameters)
    times = [cell.t for cell in before]
    return Edit(
        round=number,
        rule=rule,
        event=event.kind,
        t_event=t_event,
        t_first=min(times),
        t_last=max(times),
        before=tuple(cell.object_id for cell in before),
        after=tuple(cell.object_id for cell in after),
        probability_many=probability,
        contact_distance=contact.distance,
        t_contact=contact.t,
        n_frames_together=contact.n_frames,
    )


def _mend(
    graph: LineageGraph,
    frames: EditedFrames,
    event: Event,
    tracks: Sequence[Sequence[Row]],
    contact: TrackContact,
    parameters: CorrectionParameters,
) -> tuple[EditRule, list[CellState], list[CellState]]:
    """Merge the neighbours' tracks or split the single one; return the rule and the cells concerned."""
    divided = event.is_displaced or undoes_division(graph, tracks)
    if contact.together and not divided:
        return "merge tracks", *merge_tracks(graph, frames, tracks)
    linking = LinkingParameters(order=parameters.order)
    cuts = plan_split(graph, frames, event, linking)
    if isinstance(cuts, list):
        return "split track", *split_track(graph, frames, event, cuts, linking)
    alone = [graph.cell(row) for row in event.single_track]
    return cuts, alone, alone


def _neighbour_tracks(graph: LineageGraph, event: Event) -> list[list[Row]]:
    """Return the tracks before a merge or after a split, away from the event."""
    follow = graph.track_before if event.kind == "merge" else graph.track_after
    return [follow(row) for row in event.neighbours]


def _probability_of_many(graph: LineageGraph, event: Event) -> float:
    cell = graph.cell(event.single)
    return cell.many_backward if event.kind == "merge" else cell.many_forward
