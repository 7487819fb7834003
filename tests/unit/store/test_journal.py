"""Does a run go on where it stopped, and is each unit marked once?"""

from pathlib import Path

import pytest

from distnet_store.spec.runs import RunRecord, UnitMarker
from distnet_store.store.journal import Journal, run_records
from distnet_store.store.location import Location, locate


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(locate(tmp_path), "segment", "cells", "d" * 40)


def marker(journal: Journal, start: int, count: int = 1) -> UnitMarker:
    return UnitMarker(
        unit=f"t{start:06d}-{start + 4:06d}",
        t_start=start,
        t_stop=start + 4,
        run_digest=journal.digest,
        counts={"cells": count},
    )


def record(journal: Journal, finished: str) -> RunRecord:
    return RunRecord(
        operator=journal.operator,
        target=journal.target,
        run_digest=journal.digest,
        parameters={"threshold": 0.5},
        inputs={"prediction": "p" * 40},
        units=2,
        t_stop=8,
        finished=finished,
    )


def test_new_run_has_neither_markers_nor_record(journal: Journal) -> None:
    assert journal.markers() == {}
    assert journal.record() is None


def test_marked_units_are_found_again(journal: Journal) -> None:
    first, second = marker(journal, 0), marker(journal, 4)
    assert journal.mark(second)
    assert journal.mark(first)
    assert journal.markers() == {first.unit: first, second.unit: second}


def test_only_the_first_worker_marks_a_unit(journal: Journal) -> None:
    assert journal.mark(marker(journal, 0, count=1))
    assert not journal.mark(marker(journal, 0, count=2))
    assert journal.markers()["t000000-000004"].counts == {"cells": 1}


def test_markers_of_another_run_do_not_count(journal: Journal) -> None:
    other = Journal(journal.location, "segment", "cells", "d" * 16 + "e" * 24)
    assert other.folder == journal.folder  # folders are named by the first 16 digits
    other.mark(marker(other, 0))
    assert journal.markers() == {}


def test_record_is_read_back_as_it_was(journal: Journal) -> None:
    written = record(journal, "2026-01-01T00:00:00+00:00")
    journal.finish(written)
    assert journal.record() == written


def test_forgetting_a_run_leaves_others_alone(journal: Journal) -> None:
    other = Journal(journal.location, "link", "cells", "f" * 40)
    for one in (journal, other):
        one.mark(marker(one, 0))
        one.finish(record(one, "2026-01-01T00:00:00+00:00"))
    journal.forget()
    assert (journal.markers(), journal.record()) == ({}, None)
    assert other.record() is not None


def test_records_of_all_runs_come_oldest_first(journal: Journal) -> None:
    location: Location = journal.location
    for digest, finished in (("a" * 40, "2026-03-01"), ("b" * 40, "2026-01-01")):
        one = Journal(location, "link", "cells", digest)
        one.finish(record(one, finished))
    Journal(location, "segment", "cells", "c" * 40).mark(marker(journal, 0))
    assert [found.run_digest[0] for found in run_records(location)] == ["b", "a"]


def test_dataset_without_runs_has_no_records(tmp_path: Path) -> None:
    assert run_records(locate(tmp_path)) == []
