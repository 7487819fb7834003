"""How does an entry of the journal become what is on disk, now or after a writer was killed?"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from distnet_store.errors import ConflictError, InvalidDatasetError
from distnet_store.pipeline.curation.cell_address import cell_text
from distnet_store.pipeline.curation.curation_rows import (
    curation_table,
    history_of,
    inherited_rows,
)
from distnet_store.pipeline.curation.patched_tables import patched_tables
from distnet_store.pipeline.curation.stored_result import StoredResult, stored_result
from distnet_store.pipeline.curation.write_patch import (
    CurationProgress,
    NewState,
    result_digests,
    write_patch,
)
from distnet_store.pipeline.curation.writer_process import is_at_work, writing
from distnet_store.pipeline.table_assembly import Tables
from distnet_store.spec.curation_table import CurationEntry, EditRecord
from distnet_store.store import paths
from distnet_store.store.curation_journal import CurationJournal
from distnet_store.store.curation_patch import CurationPatch, read_patch
from distnet_store.store.movie import Movie


def carry_out(
    stored: StoredResult,
    entries: Sequence[CurationEntry],
    change: tuple[CurationPatch, Tables],
    *,
    on_progress: CurationProgress | None = None,
) -> None:
    """Write what the last entry says, and mark it; `change` is its patch and the tables after it.

    Raises:
        StorageError: the disk or bucket refused; the next who opens the result finishes it.
    """
    movie, name, entry = stored.movie, stored.name, entries[-1]
    rows = curation_table(history_of(entries), inherited_rows(movie, name, entries[0].number))
    patch, tables = change
    write_patch(
        stored,
        patch,
        NewState(tables, rows, entry.after),
        on_progress=on_progress,
    )
    CurationJournal(movie.location, name).mark_done(entry.number)


def patch_of(
    journal: CurationJournal, entries: Sequence[CurationEntry], entry: CurationEntry
) -> CurationPatch:
    """Return what an entry changes, also one that takes another's change back.

    Raises:
        InvalidDatasetError: its file is not there or damaged.
    """
    made = next(one for one in entries if one.number == entry.of)
    where = f"{journal.location.url}/{paths.curation_patch(journal.result, made.patch)}"
    try:
        data = journal.read_patch(made.patch)
    except FileNotFoundError as error:
        raise InvalidDatasetError(
            "the patch of an edit is not there",
            where=where,
            remedy="restore the file; without it the edit can be neither finished nor undone",
        ) from error
    patch = read_patch(data, where)
    return patch.reversed() if entry.action == "undo" else patch


def finish_pending(
    movie: Movie, name: str, entries: Sequence[CurationEntry], *, force: bool = False
) -> bool:
    """Finish an edit whose writer was killed; return whether there was one.

    With `force`, also one whose writer may still live.

    Raises:
        ConflictError: another program is writing it.
    """
    journal = CurationJournal(movie.location, name)
    entry = journal.pending(entries)
    if entry is None:
        return False
    if not force and is_at_work(movie.url, name, entry):
        raise ConflictError(
            f"another program is writing an edit of {name!r}",
            expected="nobody else who writes",
            found=entry_text(entry),
            where=movie.url,
            remedy="wait for it; if that program was stopped, `distnet-store curate finish` completes it",
        )
    with writing(movie.url, name, entry.number):
        stored = stored_result(movie, name, entries[0].before.tables)
        patch = patch_of(journal, entries, entry)
        carry_out(stored, entries, (patch, patched_tables(stored, patch)))
    return True


def check_state(movie: Movie, name: str, entries: Sequence[CurationEntry]) -> None:
    """Return if labels and tables are as the journal left them.

    Raises:
        InvalidDatasetError: something else has replaced them.
    """
    if entries and result_digests(movie, name) != entries[-1].after:
        raise InvalidDatasetError(
            f"the result {name!r} is not as its journal of edits left it",
            expected=f"labels {entries[-1].after.labels[:8]}…, tables {entries[-1].after.tables[:8]}…",
            found="others: a step was run again with --discard-curation and did not finish, or files "
            "were replaced",
            where=f"{movie.url}/{paths.curation(name)}",
            remedy="run that step again with --overwrite --discard-curation, or restore the files",
        )


def entry_text(entry: CurationEntry) -> str:
    """Return who did what when, in a line."""
    what = "; ".join(map(edit_text, entry.edits[:3])) or f"{entry.action} of {entry.of}"
    more = f" and {len(entry.edits) - 3} more" if len(entry.edits) > 3 else ""
    return f"{entry.number}: {what}{more} by {entry.author}, {time_text(entry.time)}"


def time_text(time: str) -> str:
    """Return the time of an entry to the second.

    Example:
        >>> time_text("2026-11-23T08:37:34.123456+00:00")
        '2026-11-23T08:37:34+00:00'
    """
    return datetime.datetime.fromisoformat(time).isoformat(timespec="seconds")


def edit_text(edit: EditRecord) -> str:
    """Return an edit in a few words.

    Example:
        >>> edit_text(EditRecord(operation="merge", t=0, before=(5, 9), after=(5,)))
        'merge 0:5, 0:9 → 0:5'
    """
    before, after = (_cells(ids) for ids in (edit.before, edit.after))
    return f"{edit.operation} {before}" + (f" → {after}" if edit.before != edit.after else "")


def _cells(ids: Sequence[int]) -> str:
    shown = ", ".join(map(cell_text, ids[:4])) or "nothing"
    return f"{shown} and {len(ids) - 4} more" if len(ids) > 4 else shown
