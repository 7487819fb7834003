"""Which errors come from a division that is found a few frames late or early?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.error_rows import ERROR_KINDS, ErrorRows, Role
from distnet_store.metrics.reference_tracks import ReferenceTracks
from distnet_store.spec.judgement_tables import ErrorKind


def forgiven_errors(
    errors: ErrorRows, tracks: ReferenceTracks, tolerance: int
) -> NDArray[np.bool_]:
    """Return (n,) whether each error is forgiven to a lineage, with a tolerance in frames.

    docs/decisions/0009-evaluation-rules.md names the three cases.
    """
    forgiven = np.zeros(errors.size, dtype=bool)
    if tolerance == 0:
        return forgiven
    view = _Divisions(errors, tracks)
    for row in view.rows("over-segmentation"):
        forgiven[row] = view.is_early_division(row, tolerance)
    for row in view.rows("under-segmentation"):
        forgiven[row] = view.is_late_division(row, tolerance)
    for row in view.rows("false positive link"):
        if missed := view.late_daughter(row, tolerance):
            forgiven[[row, *missed]] = True
    return forgiven


class _Divisions:
    """Looks up errors, their cells and the divisions of the reference."""

    def __init__(self, errors: ErrorRows, tracks: ReferenceTracks) -> None:
        self._errors = errors
        self._tracks = tracks
        concerned = errors.cells["reference"]
        missed = errors.kind[concerned.row] == ERROR_KINDS.index("false negative")
        rows, cells = concerned.row[missed], concerned.cell[missed]
        keys = zip(tracks.of_cell[cells].tolist(), errors.t[rows].tolist(), strict=True)
        self._missed = dict(zip(keys, rows.tolist(), strict=True))

    def rows(self, kind: ErrorKind) -> list[int]:
        """Return the errors of a kind."""
        rows: list[int] = np.flatnonzero(self._errors.kind == ERROR_KINDS.index(kind)).tolist()
        return rows

    def is_early_division(self, row: int, tolerance: int) -> bool:
        """Return whether a cell is split shortly before it divides, in no more parts than daughters."""
        track = self._track_ids(row, "reference")[0]
        soon = self._tracks.t_last(track) - int(self._errors.t[row]) < tolerance
        return soon and int(self._errors.count[row]) < self._tracks.n_daughters(track)

    def is_late_division(self, row: int, tolerance: int) -> bool:
        """Return whether the inner cells that one result cell covers are daughters that have just divided."""
        cells = self._cells(row, "reference")
        inner = cells[self._tracks.inner[cells]]
        divided = self._divided(self._tracks.of_cell[inner].tolist())
        return divided is not None and int(self._errors.t[row]) - divided <= tolerance

    def late_daughter(self, row: int, tolerance: int) -> list[int]:
        """Return the false negatives of a daughter that this wrong link from a sister finds at last."""
        sources, targets = (self._track_ids(row, r) for r in ("reference", "reference_target"))
        if len(sources) != 1 or len(targets) != 1 or sources == targets:
            return []
        sister, daughter = sources[0], targets[0]
        divided = self._divided([sister, daughter])
        found = int(self._errors.target_t[row])
        if divided is None or found - 1 != self._errors.t[row] or found - 1 - divided > tolerance:
            return []
        times = range(self._tracks.t_first(daughter), found)
        missed = [self._missed.get((daughter, t)) for t in times]
        return [] if None in missed else [r for r in missed if r is not None]

    def _divided(self, tracks: list[int]) -> int | None:
        """Return the last time point of the mother of all of these tracks, the latest of several."""
        mothers = [self._tracks.mothers(track) for track in tracks]
        common = set.intersection(*mothers) if mothers else set()
        return max((self._tracks.t_last(mother) for mother in common), default=None)

    def _track_ids(self, row: int, role: Role) -> list[int]:
        ids: list[int] = self._tracks.of_cell[self._cells(row, role)].tolist()
        return ids

    def _cells(self, row: int, role: Role) -> NDArray[np.int64]:
        concerned = self._errors.cells[role]
        first, last = np.searchsorted(concerned.row, [row, row + 1])
        return concerned.cell[first:last]
