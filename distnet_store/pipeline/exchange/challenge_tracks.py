"""Which lines of `res_track.txt` do the tracks of a result become, and what can they not say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError

MOST_TRACKS: Final = 65_535
"""Labels of the challenge have 16 bits."""


@dataclass(frozen=True)
class ChallengeTracks:
    """Tracks as the Cell Tracking Challenge has them.

    Attributes:
        lines: (label, first frame, last frame, label of the parent or 0), a row each, labels from 1.
        t, label, track: for each cell, sorted by t and label, its place, its own label and that of its line.
        n_gaps: tracks were cut there, since a line must not have frames without its cell.
        n_fusions: links to a further parent, which the format cannot hold.
    """

    lines: NDArray[np.int64]
    t: NDArray[np.int64]
    label: NDArray[np.int64]
    track: NDArray[np.int64]
    n_gaps: int
    n_fusions: int


def challenge_tracks(objects: pa.Table, tracks: pa.Table, where: str = "") -> ChallengeTracks:
    """Number the tracks, cut at gaps, from 1 in the order of their ids.

    `objects` has the columns t, label and track_id, `tracks` track_id and parents. A part after a gap has the part
    before as its parent; a cell that several fused into has the first of them.

    Raises:
        WrongArgumentError: there are more than 65,535 tracks.
    """
    ordered = objects.sort_by([("track_id", "ascending"), ("t", "ascending")])
    t, label, track_id = (
        ordered[name].to_numpy().astype(np.int64) for name in ("t", "label", "track_id")
    )
    is_new = np.append(True, np.diff(track_id) != 0)[: t.size]
    is_after_gap = ~is_new & (np.append(0, np.diff(t))[: t.size] > 1)
    number = np.cumsum(is_new | is_after_gap, dtype=np.int64)
    if number.size and number[-1] > MOST_TRACKS:
        raise WrongArgumentError(
            "the Cell Tracking Challenge has no labels for so many tracks",
            expected=f"at most {MOST_TRACKS}",
            found=str(number[-1]),
            where=where,
            remedy="export a selection of them, or another format",
        )
    starts = np.flatnonzero(is_new | is_after_gap)
    ends = np.append(starts, t.size)[1:] - 1
    last_part = dict(zip(track_id[ends].tolist(), number[ends].tolist(), strict=True))
    parents = dict(zip(tracks["track_id"].to_pylist(), tracks["parents"].to_pylist(), strict=True))
    of_part = [
        number[start] - 1
        if is_after_gap[start]
        else _parent(parents.get(track_id[start], []), last_part)
        for start in starts
    ]
    rows = [number[starts], t[starts], t[ends], np.array(of_part, dtype=np.int64)]
    by_place = np.lexsort([label, t])
    return ChallengeTracks(
        lines=np.stack(rows, axis=1).astype(np.int64),
        t=t[by_place],
        label=label[by_place],
        track=number[by_place],
        n_gaps=int(is_after_gap.sum()),
        n_fusions=int(_further_parents(tracks, track_id)),
    )


def _parent(parents: list[int], last_part: dict[int, int]) -> int:
    return next((last_part[parent] for parent in parents if parent in last_part), 0)


def _further_parents(tracks: pa.Table, exported: NDArray[np.int64]) -> int:
    of_exported = tracks.filter(pc.is_in(tracks["track_id"], pa.array(np.unique(exported))))
    counts = pc.list_value_length(of_exported["parents"]).to_numpy()
    return int(np.maximum(counts - 1, 0).sum())
