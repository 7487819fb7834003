"""How does a person edit a result in its place, undo and redo it, beside others who may do the same?"""

from __future__ import annotations

import datetime
import getpass
import secrets
from collections.abc import Callable, Sequence

from distnet_store.errors import ConflictError, NotFoundError, WrongArgumentError
from distnet_store.pipeline.curation.apply_edit import apply_edit
from distnet_store.pipeline.curation.carry_out import (
    carry_out,
    check_state,
    entry_text,
    finish_pending,
    patch_of,
)
from distnet_store.pipeline.curation.curation_rows import HistoryRow, history_of, inherited_rows
from distnet_store.pipeline.curation.draft import Draft
from distnet_store.pipeline.curation.edit_types import Edit
from distnet_store.pipeline.curation.facts import record_of
from distnet_store.pipeline.curation.patched_tables import numbered_patch, patched_tables
from distnet_store.pipeline.curation.stored_result import (
    StoredResult,
    require_tables,
    stored_result,
)
from distnet_store.pipeline.curation.write_patch import CurationProgress, result_digests
from distnet_store.pipeline.curation.writer_process import writer_name, writing
from distnet_store.pipeline.table_assembly import Tables
from distnet_store.spec.curation_table import CurationEntry, EditRecord, ResultDigests
from distnet_store.store.curation_journal import CurationJournal, curation_state
from distnet_store.store.curation_patch import CurationPatch, patch_bytes
from distnet_store.store.digest import digest_bytes, digest_texts
from distnet_store.store.movie import Movie


class Curation:
    """The edits of one result, as they were when it was opened or last changed through this object.

    All edits of a call are made together or not at all. If somebody else has changed the result since,
    nothing is done and a `ConflictError` says who; `refresh` takes up what they did.

    Example:
        >>> curation = movie_curation(open_movie("chamber10.ome.zarr"))   # doctest: +SKIP
        >>> curation.apply([Merge(((3, 5), (3, 9)))], note="one cell")    # doctest: +SKIP
        >>> curation.undo()                                               # doctest: +SKIP
    """

    def __init__(self, movie: Movie, name: str, author: str) -> None:
        """Open the journal of a result, and finish an edit whose writer was killed; see `movie_curation`."""
        self.movie = movie
        self.name = name
        self.author = author
        self._journal = CurationJournal(movie.location, name)
        self._entries: list[CurationEntry] = []
        self._stored: StoredResult | None = None
        self.refresh()

    def refresh(self) -> None:
        """Take up what others have done since.

        Raises:
            ConflictError: another program is writing an edit.
            InvalidDatasetError: the journal is damaged, or not that of what is there.
        """
        self._entries = self._journal.entries()
        self._stored = None
        finish_pending(self.movie, self.name, self._entries)
        check_state(self.movie, self.name, self._entries)

    def history(self) -> list[HistoryRow]:
        """Return what was edited, the oldest first, and what of it is undone."""
        return history_of(self._entries)

    def apply(
        self,
        edits: Sequence[Edit],
        *,
        note: str = "",
        dry_run: bool = False,
        on_progress: CurationProgress | None = None,
    ) -> tuple[EditRecord, ...]:
        """Make edits, in their order, all or none; return what each did.

        With `dry_run` they are checked and nothing is written.

        Raises:
            ConflictError: somebody else has changed the result, or is changing it.
            NotFoundError: a cell, track or frame is not there.
            WrongArgumentError: an edit is not one that can be made, or there is none.
            InvalidLineageError: a link goes backwards, or contradicts others.
            InvalidDataError: a drawn image does not fit.
            StorageError: the disk or bucket refused.
        """
        return self.apply_to_draft(
            lambda draft: tuple(record for edit in edits for record in apply_edit(draft, edit)),
            note=note,
            dry_run=dry_run,
            on_progress=on_progress,
        )

    def apply_to_draft(
        self,
        work: Callable[[Draft], tuple[EditRecord, ...]],
        *,
        note: str = "",
        dry_run: bool = False,
        may_be_empty: bool = False,
        on_progress: CurationProgress | None = None,
    ) -> tuple[EditRecord, ...]:
        """Make what `work` does to a draft one entry; as `apply`, for edits of another form.

        Where there is nothing to do and that `may_be_empty`, there is no entry.
        """
        self._require_current()
        draft = Draft(self._result(), self._used_labels())
        records = work(draft)
        if not records and may_be_empty:
            return ()
        if not records:
            raise WrongArgumentError(
                "there is nothing to edit", where=self.movie.url, remedy="name at least one edit"
            )
        change = numbered_patch(self._result(), draft.patch())
        if not dry_run:
            self._commit_edits(records, change, note, on_progress)
        return records

    def undo(self, steps: int = 1, *, on_progress: CurationProgress | None = None) -> list[int]:
        """Take back the last entries; every file but the journal is then as it was. Return their numbers.

        Raises:
            NotFoundError: there are not so many.
            ConflictError: somebody else has changed the result, or is changing it.
        """
        self._require_current()
        in_force = curation_state(self._entries).in_force
        return self._step("undo", in_force, steps, on_progress)

    def redo(self, steps: int = 1, *, on_progress: CurationProgress | None = None) -> list[int]:
        """Make again what was undone last. Return the numbers of the entries.

        Raises:
            NotFoundError: there are not so many, or an edit was made since.
            ConflictError: somebody else has changed the result, or is changing it.
        """
        self._require_current()
        return self._step("redo", curation_state(self._entries).undone, steps, on_progress)

    def _result(self) -> StoredResult:
        if self._stored is None:
            made_by = (
                self._digests().tables if not self._entries else self._entries[0].before.tables
            )
            self._stored = stored_result(self.movie, self.name, made_by)
        return self._stored

    def _digests(self) -> ResultDigests:
        return self._entries[-1].after if self._entries else result_digests(self.movie, self.name)

    def _require_current(self) -> None:
        """Return if nobody has added to the journal since; an edit of this object that failed is finished."""
        known = [entry.number for entry in self._entries]
        numbers = self._journal.numbers()
        if numbers != known:
            raise self._conflict(self._journal.entries()[len(known) :])
        if self._journal.pending(self._entries) is not None:
            self.refresh()

    def _conflict(self, others: Sequence[CurationEntry]) -> ConflictError:
        return ConflictError(
            f"the result {self.name!r} was edited since it was opened here",
            expected="no other edits" if not self._entries else f"{self._entries[-1].number} edits",
            found="; ".join(map(entry_text, others[-3:])) or "a journal that was removed",
            where=self.movie.url,
            remedy="nothing was changed by this call; look at the result as it is now, and edit again",
        )

    def _used_labels(self) -> dict[int, int]:
        """Return the largest label of each frame in all edits, undone ones and inherited ones too."""
        edits = [edit for entry in self._entries for edit in entry.edits] + self._inherited()
        used: dict[int, int] = {}
        for edit in edits:
            for cell in (*edit.before, *edit.after):
                t, label = cell >> 32, cell & 0xFFFFFFFF
                used[t] = max(used.get(t, 0), label)
        return used

    def _inherited(self) -> list[EditRecord]:
        first = self._entries[0].number if self._entries else None
        rows = inherited_rows(self.movie, self.name, first)
        return [] if rows is None else [record_of(row) for row in rows.to_pylist()]

    def _next_number(self) -> int:
        if self._entries:
            return self._entries[-1].number + 1
        rows = inherited_rows(self.movie, self.name, None)
        return 1 if rows is None or not rows.num_rows else int(rows["number"][-1].as_py()) + 1

    def _commit_edits(
        self,
        records: tuple[EditRecord, ...],
        change: tuple[CurationPatch, Tables],
        note: str,
        on_progress: CurationProgress | None,
    ) -> None:
        patch, number, before = change[0], self._next_number(), self._digests()
        data = patch_bytes(patch)
        entry = self._entry("edit", number, number).model_copy(
            update={
                "edits": records,
                "patch": f"{number:06d}-{secrets.token_hex(4)}.npz",
                "after": _digests_after(before, patch, digest_bytes(data)),
                "note": note,
            }
        )
        self._journal.write_patch(entry.patch, data)
        try:
            self._carry_out(entry, change, on_progress)
        except ConflictError:
            self._journal.delete_patch(entry.patch)
            raise

    def _step(
        self,
        action: str,
        stack: Sequence[int],
        steps: int,
        on_progress: CurationProgress | None,
    ) -> list[int]:
        if not 1 <= steps <= len(stack):
            raise NotFoundError(
                f"there are not so many edits to {action}",
                expected=f"1 to {len(stack)}" if stack else "an edit that can be undone or redone",
                found=str(steps),
                where=self.movie.url,
                remedy="`distnet-store curate history` lists them",
            )
        chosen = list(reversed(stack))[:steps]
        for number in chosen:
            made = next(entry for entry in self._entries if entry.number == number)
            entry = self._entry(action, self._next_number(), number).model_copy(
                update={"after": made.before if action == "undo" else made.after}
            )
            patch = patch_of(self._journal, self._entries, entry)
            self._carry_out(entry, (patch, patched_tables(self._result(), patch)), on_progress)
        return chosen

    def _entry(self, action: str, number: int, of: int) -> CurationEntry:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
        digests = self._digests()
        return CurationEntry.model_validate(
            {
                "number": number,
                "action": action,
                "of": of,
                "edits": (),
                "patch": "",
                "before": digests,
                "after": digests,
                "writer": writer_name(),
                "author": self.author,
                "time": now,
            }
        )

    def _carry_out(
        self,
        entry: CurationEntry,
        change: tuple[CurationPatch, Tables],
        on_progress: CurationProgress | None,
    ) -> None:
        """Add an entry to the journal and write what it says; what cannot be was refused before that."""
        stored = self._result()
        with writing(self.movie.url, self.name, entry.number):
            if not self._journal.create(entry):
                raise self._conflict(self._journal.entries()[len(self._entries) :])
            self._entries.append(entry)
            self._stored = None
            carry_out(stored, self._entries, change, on_progress=on_progress)


def movie_curation(movie: Movie, name: str = "corrected", *, author: str | None = None) -> Curation:
    """Return what edits a result of a movie in its place; an edit that was cut short is finished first.

    `author` is whom the history names, by default the user of this computer.

    Raises:
        WrongArgumentError: the dataset is another program's.
        NotFoundError: there is no such result, or it has no tables.
        ConflictError: another program is writing an edit.
        InvalidDatasetError: the journal is damaged, or not that of what is there.
    """
    movie.require_writable()
    require_tables(movie, name)
    return Curation(movie, name, author or getpass.getuser())


def finish_edit(movie: Movie, name: str) -> bool:
    """Finish an edit that was cut short, whether its writer seems to live or not; return if there was one."""
    movie.require_writable()
    require_tables(movie, name)
    entries = CurationJournal(movie.location, name).entries()
    return finish_pending(movie, name, entries, force=True)


def _digests_after(before: ResultDigests, patch: CurationPatch, digest: str) -> ResultDigests:
    """Return what the groups of a result carry after a patch: only what changes gets another digest."""
    rows = digest_texts([before.tables, digest]) if patch.changes_rows else before.tables
    return ResultDigests(
        labels=digest_texts([before.labels, digest]) if patch.boxes else before.labels,
        tables=rows,
        tracks=None if before.tracks is None else rows if patch.changes_rows else before.tracks,
    )
