"""What is done about an event of cells of which only the masks are known?"""

from __future__ import annotations

from distnet_store.ops.correction.events import Event, Tracks
from distnet_store.ops.correction.mask_evidence import Fault, fault_by_masks
from distnet_store.ops.correction.mend import Mended, contact_at
from distnet_store.ops.correction.merge import merge_tracks
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.split import SplitPlan, plan_split, split_track
from distnet_store.spec.judgement_tables import EditRule


def mend_by_masks(state: MovieState, event: Event, tracks: Tracks) -> Mended | None:
    """Merge the neighbours' tracks, or split the single one, or leave all; None: nothing says that it is a fault.

    `tracks` are those of the event's neighbours, away from it.
    """
    fault = fault_by_masks(state, event, tracks)
    if fault is None:
        return None
    contact = contact_at(state, event, tracks, is_known=fault != "one")
    plan = _plan(state, event, tracks, fault)
    if plan == "merge tracks":
        return Mended(plan, *merge_tracks(state, tracks), contact)
    if isinstance(plan, SplitPlan):
        return Mended("split track", *split_track(state, event, plan), contact)
    alone = state.cells(event.single_track)
    return Mended(plan, alone, alone, contact)


def _plan(state: MovieState, event: Event, tracks: Tracks, fault: Fault) -> SplitPlan | EditRule:
    if fault == "several":
        return plan_split(state, event)
    if fault == "undecided":
        return "left alone: undecided"
    is_curated = any(state.is_fixed(row) for track in tracks for row in track)
    return "left alone: curated" if is_curated else "merge tracks"
