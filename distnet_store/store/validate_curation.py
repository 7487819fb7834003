"""Is a person's edit of a result half written, and is the result as its journal left it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distnet_store.errors import InvalidDatasetError
from distnet_store.spec.curation_table import CurationEntry, ResultDigests
from distnet_store.store import paths
from distnet_store.store.curation_journal import CurationJournal, curated_results
from distnet_store.store.location import Location
from distnet_store.store.validate_report import Problem, problems_of

_FINISH = "run `distnet-store curate finish`, which completes it, unless it is being written now"
_RUN_AGAIN = (
    "run the step that replaced it again with --overwrite --discard-curation, or restore the files"
)


def check_curation(location: Location, standing: Mapping[str, str]) -> list[Problem]:
    """Report edits that are half written, and results that are not as their journal left them.

    `standing` is the digest of every result that is whole, by its path.
    """
    problems: list[Problem] = []
    for result in curated_results(location):
        journal = CurationJournal(location, result)
        try:
            entries = journal.entries()
        except InvalidDatasetError as error:
            problems += problems_of(error, "attributes", location.url)
            continue
        problems += _check_numbers(journal, entries)
        if journal.pending(entries) is not None:
            place = paths.curation_entry(result, entries[-1].number)
            text = f"an edit of {result!r} by {entries[-1].author} was begun and is not written yet"
            problems.append(Problem(place, "unfinished", text, _FINISH))
        elif entries:
            problems += _check_digests(result, entries[-1].after, standing)
    return problems


def curated_digests(location: Location) -> set[str]:
    """Return the digests that tables have from the last entries of the journals."""
    found = set()
    for result in curated_results(location):
        try:
            entries = CurationJournal(location, result).entries()
        except InvalidDatasetError:
            continue
        found |= {entry.after.tables for entry in entries[-1:]}
    return found


def _check_numbers(journal: CurationJournal, entries: Sequence[CurationEntry]) -> list[Problem]:
    place = paths.curation(journal.result)
    numbers = [entry.number for entry in entries]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        text = f"entries are missing: there are {len(numbers)} from {numbers[0]} to {numbers[-1]}"
        return [Problem(place, "missing", text, "restore the files")]
    return [
        Problem(
            paths.curation_patch(journal.result, entry.patch),
            "missing",
            f"the edit {entry.number} cannot be undone: its patch is not there",
            "restore the file",
            "warning",
        )
        for entry in entries
        if entry.patch
        and not journal.location.exists(paths.curation_patch(journal.result, entry.patch))
    ]


def _check_digests(
    result: str, expected: ResultDigests, standing: Mapping[str, str]
) -> list[Problem]:
    """Report what was replaced since the last edit."""
    places = {
        paths.label_image(result): expected.labels,
        paths.table(result, "objects"): expected.tables,
        paths.table(result, "links"): expected.tables,
        paths.table(result, "tracks"): expected.tables,
    }
    return [
        Problem(path, "stale", "it is not as the journal of edits left it", _RUN_AGAIN)
        for path, digest in places.items()
        if standing.get(path) != digest
    ]
