"""Which lineages of the reference does a result have without an error? (section 2.6 of the paper)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.error_rows import Concerned, ErrorRows
from distnet_store.metrics.reference_tracks import ReferenceTracks


@dataclass(frozen=True)
class Lineages:
    """The tracks of the reference, by ascending track id: (n,) arrays.

    Attributes:
        track_id: int64.
        t_first: int64.
        t_last: int64.
        counted: bool, none of its cells touches the border and all lie in the frames.
        errors: int64, number of errors that count and concern it, forgiven ones left out.
    """

    track_id: NDArray[np.int64]
    t_first: NDArray[np.int64]
    t_last: NDArray[np.int64]
    counted: NDArray[np.bool_]
    errors: NDArray[np.int64]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Whether no error concerns each, (n,) bool."""
        return np.asarray(self.errors == 0)


def judge_lineages(tracks: ReferenceTracks, errors: ErrorRows) -> Lineages:
    """Count the errors that concern each track of the reference."""
    outside = np.zeros(tracks.size + 1, dtype=bool)
    outside[tracks.of_cell[~tracks.counted]] = True
    concerned = concerned_tracks(errors, tracks)
    matters = (errors.counted & ~errors.forgiven)[concerned.row]
    weight = errors.count[concerned.row[matters]]
    n_errors = np.bincount(concerned.cell[matters], weight, tracks.size + 1).astype(np.int64)
    return Lineages(
        track_id=np.arange(1, tracks.size + 1),
        t_first=tracks.forest.t_first,
        t_last=tracks.forest.t_last,
        counted=~outside[1:],
        errors=n_errors[1:],
    )


def concerned_tracks(errors: ErrorRows, tracks: ReferenceTracks) -> Concerned:
    """Return the track ids that each error concerns, in place of its cells, each once and ascending."""
    roles = [errors.cells[role] for role in ("reference", "reference_target")]
    row = np.concatenate([one.row for one in roles])
    track = tracks.of_cell[np.concatenate([one.cell for one in roles])].astype(np.int64)
    pairs = np.unique(np.stack([row, track], axis=1), axis=0)
    return Concerned(pairs[:, 0], pairs[:, 1])
