"""Is a suspect event several cells or one, and what is done about it?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from distnet_store.ops.correction.cell_state import CellState
from distnet_store.ops.correction.events import Event, Tracks, parts_of_mother
from distnet_store.ops.correction.frame_counts import (
    count_frames,
    is_confirmed_as_one,
    n_together,
)
from distnet_store.ops.correction.merge import groups_by_frame, merge_tracks, undoes_division
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.neighbour_shapes import partners
from distnet_store.ops.correction.split import SplitPlan, plan_split, split_track
from distnet_store.ops.correction.track_contact import TrackContact, track_contact
from distnet_store.spec.judgement_tables import EditRule


@dataclass(frozen=True)
class Mended:
    """What was done about an event: the rule, the cells taken away, those in their place, the contact."""

    rule: EditRule
    before: list[CellState]
    after: list[CellState]
    contact: TrackContact


def mend_event(state: MovieState, event: Event, tracks: Tracks) -> Mended:
    """Merge the neighbours' tracks, or split the single one, or leave all as it is.

    `tracks` are those of the event's neighbours, away from it. The paper's rule: cells that were in
    contact in every frame in which they are several are one cell, else the single cell is several.
    With evidence beyond the paper, cells that were several in more frames than one are split, whether
    they touch or not: fewer frames are wrong then. Their contact is then looked at next to the event only,
    so that an event costs no more than the shorter of its sides.
    """
    parts = parts_of_mother(state.graph, event, tracks) if state.weighs_evidence else None
    is_several = parts is None and _is_mostly_several(state, event, tracks)
    tracks = parts or tracks
    contact = contact_at(state, event, tracks, is_known=is_several)
    if contact.together and not is_several and not _is_kept_apart(state, event, tracks):
        merged = merge_tracks(state, tracks)
        return Mended("merge tracks", *merged, contact)
    plan = plan_split(state, event)
    if isinstance(plan, SplitPlan):
        return Mended("split track", *split_track(state, event, plan), contact)
    alone = state.cells(event.single_track)
    return Mended(plan, alone, alone, contact)


def _is_mostly_several(state: MovieState, event: Event, tracks: Tracks) -> bool:
    if not state.weighs_evidence or is_confirmed_as_one(state.graph, event):
        return False
    counts = count_frames(state.graph, event, tracks)
    return counts.several > counts.one


def contact_at(state: MovieState, event: Event, tracks: Tracks, *, is_known: bool) -> TrackContact:
    """Return the contact of an event's tracks; that next to the event only where it `is_known` not to matter."""
    t_event = state.graph.cell(event.single).t
    cells = [state.cells(track[:1] if is_known else track) for track in tracks]
    found = track_contact(cells, state.frames, state.parameters, t_event=t_event)
    if not is_known:
        return found
    return replace(found, together=False, n_frames=n_together(state.graph, tracks))


def _is_kept_apart(state: MovieState, event: Event, tracks: Tracks) -> bool:
    """Return whether something forbids to merge: a division, or what a person said."""
    sides = (partners(state, event.kind, row) for row in event.neighbours)
    if state.weighs_evidence and any(len(side) > 1 for side in sides):
        return True  # a mother is no part of a cell that has one of her daughters
    if event.is_displaced or undoes_division(state.graph, tracks):
        return True
    groups = groups_by_frame(state.graph, tracks).values()
    return any(state.is_fixed(row) for group in groups for row in group)
