"""What is told of each event that correction looked at?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from distnet_store.ops.correction.cell_state import Box
from distnet_store.ops.correction.events import EventKind
from distnet_store.spec.judgement_tables import EditRule

EDIT_RULES: Final[tuple[EditRule, ...]] = get_args(EditRule)
"""Meaning of a rule code."""
EVENT_KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)
"""Meaning of an event code."""

CHANGING_RULES: Final[tuple[EditRule, ...]] = ("merge tracks", "split track")
"""The rules by which cells change."""


@dataclass(frozen=True)
class Edit:
    """One event and what was done about it; the columns of the edits table.

    Attributes:
        round: from 1.
        rule: what was done.
        event: merge or split.
        t_event: time point of the single cell.
        t_first: first time point that the edit concerns.
        t_last: last time point.
        before: object ids of the cells that it took away, or of those that it left alone.
        after: object ids of the cells in their place.
        probability_many: the single cell's median probability of "many" towards the event.
        contact_distance: pixels, see `TrackContact`.
        t_contact: its time point, -1 where there is none.
        n_frames_together: number of frames in which several of the tracks are there.
        n_frames_single: number of frames of the single track.
        area_ratio: area of the single cell by that of its neighbours together.
        box: in which all cells before and after lie, in every frame.
        is_link_restored: whether a lost link was put back, without which nothing told of a fault.
    """

    round: int
    rule: EditRule
    event: EventKind
    t_event: int
    t_first: int
    t_last: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    probability_many: float
    contact_distance: float
    t_contact: int
    n_frames_together: int
    n_frames_single: int
    area_ratio: float
    box: Box
    is_link_restored: bool

    @property
    def changes_cells(self) -> bool:
        """Whether anything was merged or split."""
        return self.rule in CHANGING_RULES
