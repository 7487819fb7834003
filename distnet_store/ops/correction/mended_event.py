"""What is told of an event once it was mended, or left alone?"""

from __future__ import annotations

from distnet_store.ops.correction.cell_state import common_box
from distnet_store.ops.correction.edits import Edit
from distnet_store.ops.correction.events import Event
from distnet_store.ops.correction.mend import Mended
from distnet_store.ops.correction.movie_state import MovieState


def edit_of(state: MovieState, event: Event, mended: Mended, number: int) -> Edit:
    """Return the edit of an event in round `number`; the event's cells may be gone by now."""
    single = state.graph.cell(event.single)
    areas = [state.graph.cell(row).area for row in event.neighbours]
    times = [cell.t for cell in mended.before]
    return Edit(
        round=number,
        rule=mended.rule,
        event=event.kind,
        t_event=single.t,
        t_first=min(times),
        t_last=max(times),
        before=tuple(cell.object_id for cell in mended.before),
        after=tuple(cell.object_id for cell in mended.after),
        probability_many=single.many_backward if event.kind == "merge" else single.many_forward,
        contact_distance=mended.contact.distance,
        t_contact=mended.contact.t,
        n_frames_together=mended.contact.n_frames,
        n_frames_single=len(event.single_track),
        area_ratio=single.area / sum(areas),
        box=common_box([cell.box for cell in (*mended.before, *mended.after)]),
        is_link_restored=False,
    )
