"""How would a result look after edits? Nothing is written before all of them are found to be valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.curation.cell_address import Cell, TrackAt, cell_text
from distnet_store.pipeline.curation.link_draft import LinkDraft, LinkRow, Pair
from distnet_store.pipeline.curation.stored_result import Maps, StoredResult
from distnet_store.spec.tables import object_id
from distnet_store.store.curation_patch import CurationPatch, FrameBox

_MAX_LABEL = 2**31 - 1
_SHOWN = 8


class Draft:
    """A result under edits: frames that were changed, cells that came and went, links.

    `used_labels` is the largest label that each frame had in edits before, also in undone ones.
    """

    def __init__(self, stored: StoredResult, used_labels: Mapping[int, int]) -> None:
        """Begin with what is stored."""
        self.stored = stored
        self.links = LinkDraft(stored.links)
        self._read = stored.labels_reader()
        self._used = dict(used_labels)
        self._before: dict[int, NDArray[np.integer]] = {}
        self._now: dict[int, NDArray[np.integer]] = {}
        self._maps: dict[int, Maps | None] = {}

    @property
    def n_frames(self) -> int:
        """Number of time points."""
        return self.stored.movie.n_frames

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a frame."""
        return self.stored.movie.shape[2], self.stored.movie.shape[3]

    def labels(self, t: int) -> NDArray[np.integer]:
        """Return the labels (y, x) of a frame as they are now; not to be written into."""
        if t not in self._now:
            self._before[t] = self._now[t] = self._read(t)
        return self._now[t]

    def set_labels(self, t: int, labels: NDArray[np.integer]) -> None:
        """Replace the labels of a frame."""
        self.labels(t)
        self._now[t] = labels.astype(np.uint32, copy=False)

    def forget(self, t: int) -> None:
        """Let go of a frame that was only looked at, so that memory holds those that change."""
        if self._now[t] is self._before[t]:
            del self._now[t], self._before[t]

    def maps(self, t: int) -> Maps | None:
        """Return the maps (c, y, x) of a time point, None where there are none."""
        if t not in self._maps:
            self._maps[t] = self.stored.maps(t)
        return self._maps[t]

    def new_label(self, t: int) -> int:
        """Return a label that the frame never had, nor will give again."""
        ids = self.stored.ids
        first, last = np.searchsorted(ids, [object_id(t, 0), object_id(t + 1, 0)])
        stored = int(ids[last - 1] - object_id(t, 0)) if last > first else 0
        label = max(stored, self._used.get(t, 0), int(self.labels(t).max(initial=0))) + 1
        if label > _MAX_LABEL:
            raise WrongArgumentError(
                "the frame has no label left for a new cell",
                expected=f"labels under {_MAX_LABEL}",
                found=f"the label {label - 1} at t = {t}",
                where=self.stored.movie.url,
                remedy="import the labels again, renumbered from 1 in each frame",
            )
        self._used[t] = label
        return label

    def find(self, cell: Cell) -> int:
        """Return the object id of a cell that is there.

        Raises:
            NotFoundError: there is no such cell, track or frame.
        """
        found = self._track_cell(cell) if isinstance(cell, TrackAt) else _plain_id(cell)
        t, label = found >> 32, found & 0xFFFFFFFF
        if not label or not self.is_there(found):
            raise NotFoundError(
                f"there is no cell {cell_text(found)} in {self.stored.name!r}",
                expected="the label of a cell of that frame",
                found=self._cells_text(t),
                where=self.stored.movie.url,
                remedy="look at the labels of the frame; `distnet-store curate history` lists the edits",
            )
        return found

    def is_there(self, cell: int) -> bool:
        """Return whether there is a cell of this object id."""
        t = cell >> 32
        if t in self._now:
            return bool(self.mask(cell).any())
        row = int(np.searchsorted(self.stored.ids, cell))
        return row < self.stored.ids.size and int(self.stored.ids[row]) == cell

    def mask(self, cell: int) -> NDArray[np.bool_]:
        """Return the pixels (y, x) of a cell."""
        return np.asarray(self.labels(cell >> 32) == (cell & 0xFFFFFFFF))

    def cells_of_frame(self, t: int) -> list[int]:
        """Return the object ids of the cells of a frame, ascending.

        Raises:
            NotFoundError: there is no such frame.
        """
        self.check_frame(t)
        found = np.unique(self.labels(t))
        return [object_id(t, int(label)) for label in found if label]

    def cells_of_track(self, track: int) -> list[int]:
        """Return the object ids of the cells of a track, by time.

        Raises:
            NotFoundError: there is no such track.
        """
        found: list[int] = self.stored.ids[self.stored.tracks == track].tolist()
        if not found:
            raise NotFoundError(
                f"there is no track {track} in {self.stored.name!r}",
                expected=f"a track_id from 1 to {int(self.stored.tracks.max(initial=0))}",
                found=str(track),
                where=self.stored.movie.url,
                remedy="`distnet-store tracks` lists them; an edit renumbers tracks",
            )
        return found

    def check_frame(self, t: int) -> None:
        """Return if there is such a time point.

        Raises:
            NotFoundError: there is none.
        """
        if not 0 <= t < self.n_frames:
            raise NotFoundError(
                "there is no such frame",
                expected=f"a time point from 0 to {self.n_frames - 1}",
                found=str(t),
                where=self.stored.movie.url,
                remedy="time points are counted from 0",
            )

    def make_links(self, pairs: Iterable[Pair], row: LinkRow) -> tuple[Pair, ...]:
        """Add links; return those that are new, or known otherwise than before."""
        return tuple(pair for pair in pairs if self.links.add(pair, row))

    def remove_links(self, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
        """Remove links; return them."""
        gone = tuple(pairs)
        for pair in gone:
            self.links.remove(pair)
        return gone

    def patch(self) -> CurationPatch:
        """Return what is different from what is stored; the cells that changed are measured."""
        changed = {t: _changed_labels(self._before[t], now) for t, now in self._now.items()}
        changed = {t: labels for t, labels in sorted(changed.items()) if labels.size}
        links_before, links_after = self.links.changes()
        return CurationPatch(
            boxes=tuple(_box(t, self._before[t], self._now[t]) for t in changed),
            objects_before=self._stored_rows(changed),
            objects_after=self._measured_rows(changed),
            links_before=links_before,
            links_after=links_after,
        )

    def _track_cell(self, cell: TrackAt) -> int:
        found = [one for one in self.cells_of_track(cell.track_id) if one >> 32 == cell.t]
        if not found:
            raise NotFoundError(
                f"the track {cell.track_id} has no cell at t = {cell.t}",
                found=self._track_text(cell.track_id),
                where=self.stored.movie.url,
                remedy="name a time point of the track",
            )
        return found[0]

    def _track_text(self, track: int) -> str:
        times = [cell >> 32 for cell in self.cells_of_track(track)]
        return f"cells from t = {times[0]} to {times[-1]}"

    def _cells_text(self, t: int) -> str:
        if t >= self.n_frames or t < 0:
            return f"a movie of {self.n_frames} frames"
        labels = [cell & 0xFFFFFFFF for cell in self.cells_of_frame(t)]
        more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
        shown = ", ".join(map(str, labels[:_SHOWN])) or "no cells"
        return f"at t = {t}: {shown}{more}"

    def _stored_rows(self, changed: Mapping[int, NDArray[np.integer]]) -> ObjectColumns:
        wanted = [object_id(t, int(label)) for t, labels in changed.items() for label in labels]
        rows = np.flatnonzero(np.isin(self.stored.ids, np.array(wanted, np.int64)))
        return {name: values[rows] for name, values in self.stored.objects.items()}

    def _measured_rows(self, changed: Mapping[int, NDArray[np.integer]]) -> ObjectColumns:
        """Measure the cells that changed; a column that is not known of the others is left out."""
        frames = [
            self.stored.measured(t, np.where(np.isin(self._now[t], labels), self._now[t], 0))
            for t, labels in changed.items()
        ]
        return {
            name: np.concatenate(
                [np.empty(0, values.dtype), *(_column(frame, name, values) for frame in frames)]
            )
            for name, values in self.stored.objects.items()
        }


def _plain_id(cell: int | tuple[int, int]) -> int:
    return cell if isinstance(cell, int) else object_id(*cell)


def _changed_labels(before: NDArray[np.integer], now: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return the labels, without 0, of pixels that are not as they were."""
    if before is now:
        return np.empty(0, np.int64)
    differs = before != now
    found = np.union1d(before[differs], now[differs])
    return found[found > 0]


def _box(t: int, before: NDArray[np.integer], now: NDArray[np.integer]) -> FrameBox:
    rows, columns = np.nonzero(before != now)
    y, x = int(rows.min()), int(columns.min())
    inside = np.s_[y : int(rows.max()) + 1, x : int(columns.max()) + 1]
    return FrameBox(t, y, x, before[inside].astype(np.uint32), now[inside].astype(np.uint32))


def _column(measured: ObjectColumns, name: str, stored: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return a measured column with the stored dtype; unknown is NaN, of a category -1."""
    if name in measured:
        return measured[name].astype(stored.dtype)
    unknown = -1 if np.issubdtype(stored.dtype, np.integer) else np.nan
    return np.full(measured["label"].size, unknown, stored.dtype)
