"""Do the tables of a result tell of its labels as they are, whoever linked them?"""

from __future__ import annotations

from distnet_store.store import paths
from distnet_store.store.curation_journal import CurationJournal
from distnet_store.store.journal import run_records
from distnet_store.store.movie import Movie
from distnet_store.store.result_digest import result_digest


def have_tables(movie: Movie, name: str, *, labels: str) -> bool:
    """Return whether labels of this digest have tables: imported with them, linked, or edited by a person.

    False where tables are missing, or are of a run that did not finish.
    """
    tables = ("objects", "links", "tracks", "frame_index")
    standing = {result_digest(movie.location, paths.table(name, table)) for table in tables}
    if len(standing) != 1 or None in standing:
        return False
    entries = CurationJournal(movie.location, name).entries()
    edited = {entry.after.tables for entry in entries[-1:]}
    linked = {
        record.run_digest
        for record in run_records(movie.location)
        if record.operator == "link"
        and record.target == name
        and record.inputs.get("labels") == labels
    }
    return not standing.isdisjoint({labels} | edited | linked)
