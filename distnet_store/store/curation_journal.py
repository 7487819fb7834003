"""Which edits by a person does a result hold, which were undone, and is one being written?

The journal only grows: an edit, an undo and a redo are entries, numbered in the order in which they
were made. An entry is created before anything else is written, and only if there is none of its
number, so that of two editors the second finds out. It is marked when all that it says is written;
only the last one can lack the mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from distnet_store.errors import InvalidDatasetError
from distnet_store.spec.curation_table import CurationEntry, EditRecord
from distnet_store.store import paths
from distnet_store.store.location import Location

_ENTRY = re.compile(r"(\d{6,})\.json")


@dataclass(frozen=True)
class CurationState:
    """Numbers of the entries with edits: those in force, and those that can be made again, the next last."""

    in_force: tuple[int, ...]
    undone: tuple[int, ...]


@dataclass(frozen=True)
class CurationJournal:
    """The journal of one result."""

    location: Location
    result: str

    def numbers(self) -> list[int]:
        """Return the numbers of all entries, ascending."""
        keys = self.location.list_keys(paths.curation(self.result))
        found = (_ENTRY.fullmatch(key.rsplit("/", 1)[-1]) for key in keys)
        return sorted(int(match[1]) for match in found if match)

    def entries(self) -> list[CurationEntry]:
        """Return all entries, the oldest first.

        Raises:
            InvalidDatasetError: one of them cannot be read.
        """
        return [self._entry(number) for number in self.numbers()]

    def is_done(self, number: int) -> bool:
        """Return whether an entry is carried out."""
        return self.location.exists(paths.curation_done(self.result, number))

    def pending(self, entries: Sequence[CurationEntry]) -> CurationEntry | None:
        """Return the last of all entries if it is not carried out."""
        return entries[-1] if entries and not self.is_done(entries[-1].number) else None

    def create(self, entry: CurationEntry) -> bool:
        """Add an entry; return False if somebody else has taken its number.

        No two entries have the same writer and microsecond, so that one whose answer a bucket has lost is
        known again.
        """
        data = entry.model_dump_json(indent=1).encode()
        return self.location.take(paths.curation_entry(self.result, entry.number), data)

    def mark_done(self, number: int) -> None:
        """Record that an entry is carried out."""
        self.location.write(paths.curation_done(self.result, number), b"")

    def write_patch(self, name: str, data: bytes) -> None:
        """Write what an entry changes, before the entry."""
        self.location.write(paths.curation_patch(self.result, name), data)

    def read_patch(self, name: str) -> bytes:
        """Return what an entry changes."""
        return self.location.read(paths.curation_patch(self.result, name))

    def delete_patch(self, name: str) -> None:
        """Remove what an entry would have changed that was not created."""
        self.location.delete(paths.curation_patch(self.result, name))

    def forget(self) -> None:
        """Remove the whole journal: what it is of is there no more."""
        self.location.delete(paths.curation(self.result))

    def _entry(self, number: int) -> CurationEntry:
        key = paths.curation_entry(self.result, number)
        try:
            return CurationEntry.model_validate_json(self.location.read(key))
        except ValidationError as error:
            raise InvalidDatasetError(
                "an entry of the journal of curation cannot be read",
                found=error.errors()[0]["msg"],
                where=f"{self.location.url}/{key}",
                remedy="restore the file; the labels and tables are as the entries before it left them",
            ) from error


def curated_results(location: Location) -> list[str]:
    """Return the names of the results that have a journal."""
    return location.children(paths.curation("x").rsplit("/", 1)[0])


def curation_state(entries: Sequence[CurationEntry]) -> CurationState:
    """Return what is in force after all entries; a new edit drops what could have been redone."""
    in_force: list[int] = []
    undone: list[int] = []
    for entry in entries:
        if entry.action == "undo":
            undone.append(in_force.pop())
        elif entry.action == "redo":
            in_force.append(undone.pop())
        else:
            in_force.append(entry.number)
            undone = []
    return CurationState(tuple(in_force), tuple(undone))


def edits_in_force(location: Location, result: str) -> list[EditRecord]:
    """Return the edits that would be lost if the result were replaced."""
    entries = CurationJournal(location, result).entries()
    kept = set(curation_state(entries).in_force)
    return [edit for entry in entries if entry.number in kept for edit in entry.edits]
