"""Edits are whole or not there, undone and redone bit for bit, and never lost to somebody else's."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import zarr.storage
from curated_movies import copied, digests, write_movie

from distnet_store.errors import (
    ConflictError,
    InvalidDatasetError,
    NotFoundError,
    TargetExistsError,
)
from distnet_store.ops.curated_facts import no_facts
from distnet_store.pipeline.curation import writer_process
from distnet_store.pipeline.curation.curation import finish_edit, movie_curation
from distnet_store.pipeline.curation.edit_types import Confirm, Delete, Edit, Link, Merge, Split
from distnet_store.pipeline.curation.edit_types import Unlink as Cut
from distnet_store.pipeline.curation.facts import curated_facts
from distnet_store.pipeline.flags import make_flags, read_flags, write_flags
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.link import link
from distnet_store.pipeline.segment import segment
from distnet_store.spec.parameters import LinkingParameters
from distnet_store.spec.tables import object_id
from distnet_store.store.curation_journal import CurationJournal
from distnet_store.store.location import Location
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.tables import read_table, write_table
from distnet_store.store.validate import validate
from distnet_store.store.validate_curation import check_curation

EDITS: tuple[Edit, ...] = (
    Split((1, 1), seeds=[(5, 6), (9, 6)]),
    Merge(((2, 2), (2, 3)), apart=True),
    Cut((2, 1), (3, 1)),
    Confirm(frames=(0, 1)),
    Delete(((3, 2),)),
)

MIRROR = ("tables/cells/curation/", "tables/cells/zarr.json", "tables/zarr.json")
"""The table that mirrors the journal, and the lists that name it."""


def results(movie: Movie) -> dict[str, str]:
    """Return the digests of all files but the journal and its mirror."""
    return {k: v for k, v in digests(movie).items() if not k.startswith(MIRROR)}


@pytest.mark.parametrize("kind", ["movie", "plain_movie"])
def test_undo_and_redo_restore_every_file(kind: str, request: pytest.FixtureRequest) -> None:
    movie: Movie = request.getfixturevalue(kind)
    curation = movie_curation(movie, "cells")
    before, states = digests(movie), [results(movie)]
    for edit in EDITS:
        curation.apply([edit])
        states.append(results(movie))
    last = digests(movie)
    for state in reversed(states[:-1]):
        curation.undo()
        assert results(movie) == state
    assert digests(movie) == before
    for state in states[1:]:
        curation.redo()
        assert results(movie) == state
    assert digests(movie) == last
    curation.undo(len(EDITS))
    assert digests(movie) == before
    assert validate(movie.url, deep=True).problems == ()


def test_an_edit_leaves_other_lineages_their_track_ids(movie: Movie) -> None:
    """What is cut off comes last, and a lineage that begins later than it did does not come after others."""
    curation = movie_curation(movie, "cells")
    before = track_of(movie)
    curation.apply([Delete(((0, 1),))])
    assert track_of(movie) == {cell: before[cell] for cell in before if cell != (0, 1)}
    curation.apply([Cut((1, 1), (2, 1))])
    now = track_of(movie)
    assert {cell for cell in now if now[cell] != before[cell]} == {(2, 1), (3, 1)}
    assert now[2, 1] == now[3, 1] == 5


def test_a_patch_without_numbers_of_lineages_is_undone(movie: Movie) -> None:
    """As journals of before have them: there, lineages come by first frame and label."""
    before = results(movie)
    curation = movie_curation(movie, "cells")
    curation.apply([Confirm(frames=(0, 1)), Cut((2, 2), (3, 2))])
    made = next(iter(curation._journal.entries()))
    with np.load(io.BytesIO(curation._journal.read_patch(made.patch))) as file:
        old = {name: file[name] for name in file.files if not name.startswith("lineages_")}
    sink = io.BytesIO()
    np.savez_compressed(sink, allow_pickle=False, **old)
    curation._journal.write_patch(made.patch, sink.getvalue())
    curation.undo()
    assert results(movie) == before


def track_of(movie: Movie) -> dict[tuple[int, int], int]:
    """Return the track of each cell (t, label)."""
    objects = read_table(movie.location, "cells", "objects", columns=["t", "label", "track_id"])
    t, label, track = (objects[name].to_pylist() for name in objects.column_names)
    return dict(zip(zip(t, label, strict=True), track, strict=True))


def test_a_new_edit_drops_what_could_be_redone(movie: Movie) -> None:
    curation = movie_curation(movie, "cells", author="anna")
    curation.apply([EDITS[0]], note="two cells")
    curation.apply([EDITS[1]])
    curation.undo()
    curation.apply([EDITS[2]])
    with pytest.raises(NotFoundError, match="not so many edits to redo"):
        curation.redo()
    rows = curation.history()
    assert [(row.number, row.undone) for row in rows] == [(1, False), (2, True), (4, False)]
    assert (rows[0].author, rows[0].note) == ("anna", "two cells")
    table = read_table(movie.location, "cells", "curation").to_pylist()
    assert [(row["number"], row["operation"], row["undone"]) for row in table] == [
        (1, "split", False),
        (2, "merge", True),
        (4, "unlink", False),
    ]
    with pytest.raises(NotFoundError, match="not so many edits to undo"):
        curation.undo(3)


def test_flags_after_each_edit_are_those_made_from_the_files(movie: Movie) -> None:
    write_flags(movie, "cells")
    curation = movie_curation(movie, "cells")
    for edit in EDITS:
        curation.apply([edit])
        assert read_flags(movie, "cells").equals(make_flags(movie, "cells"))


def test_new_labels_were_never_there_not_in_undone_edits_either(movie: Movie) -> None:
    curation = movie_curation(movie, "cells")
    first = curation.apply([EDITS[0]])[0].after
    curation.undo()
    again = curation.apply([EDITS[0]])[0].after
    assert first[1] == object_id(1, 3)
    assert again[1] == object_id(1, 4)


def test_the_digests_say_that_labels_and_links_are_others(movie: Movie) -> None:
    location = movie.location

    def derived(path: str) -> object:
        return location.group(path).attrs["distnet"]["derived_from"]

    paths = ("labels/cells", "labels/cells-tracks", "tables/cells/objects", "tables/cells/links")
    before = [derived(path) for path in paths]
    curation = movie_curation(movie, "cells")
    curation.apply([EDITS[2]])  # links only
    after = [derived(path) for path in paths]
    assert after[0] == before[0]
    assert len({after[1], after[2], after[3]}) == 1
    assert after[1] != before[1]
    curation.apply([EDITS[0]])
    assert derived("labels/cells") != before[0]


class Killed(BaseException):
    """Stands for a process that ends in the middle."""


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, nth: int) -> Iterator[list[str]]:
    """End at the nth write of a key, before it is written; yield what was to be written."""
    seen: list[str] = []

    def count(key: str) -> None:
        seen.append(key)
        if len(seen) == nth:
            raise Killed(key)

    write, create, delete = Location.write, Location.create, Location.delete
    store_set, store_delete = zarr.storage.LocalStore.set, zarr.storage.LocalStore.delete

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def call(self: object, key: str, *rest: object) -> object:
            count(key)
            return function(self, key, *rest)

        return call

    async def counted_set(self: object, key: str, *rest: object) -> None:
        count(key)
        await store_set(self, key, *rest)

    async def counted_delete(self: object, key: str) -> None:
        count(key)
        await store_delete(self, key)

    with monkeypatch.context() as patch:
        for name, function in (("write", write), ("create", create), ("delete", delete)):
            patch.setattr(Location, name, counted(function))
        patch.setattr(zarr.storage.LocalStore, "set", counted_set)
        patch.setattr(zarr.storage.LocalStore, "delete", counted_delete)
        yield seen


def test_a_kill_at_any_write_leaves_the_state_before_or_is_completed(
    linked_movie: Movie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = copied(linked_movie, tmp_path)
    before = digests(whole)
    curation = movie_curation(whole, "cells")
    (tmp_path / "killed").mkdir()
    with killed_at(monkeypatch, 10**6) as writes:
        curation.apply([EDITS[0]])
    after = results(whole)
    completed = 0
    for nth in range(1, len(writes) + 1):
        movie = copied(linked_movie, tmp_path / "killed")
        victim = movie_curation(movie, "cells")
        with killed_at(monkeypatch, nth), pytest.raises(Killed):
            victim.apply([EDITS[0]])
        begun = bool(CurationJournal(movie.location, "cells").numbers())
        pending = check_curation(movie.location, {})
        assert [problem.kind for problem in pending] == ["unfinished"] * begun, nth
        movie_curation(open_movie(movie.url), "cells")
        assert results(movie) == (after if begun else results_of(before)), nth
        completed += begun
        remove(movie)
    assert completed > 5


def test_a_kill_in_the_middle_of_an_undo_is_completed(
    linked_movie: Movie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(linked_movie)
    for nth in (3, 5, 8):
        movie = copied(linked_movie, tmp_path)
        curation = movie_curation(movie, "cells")
        curation.apply([EDITS[0]])
        with killed_at(monkeypatch, nth), pytest.raises(Killed):
            curation.undo()
        report = validate(movie.url)
        assert not report.is_valid
        assert any(problem.kind == "unfinished" for problem in report.problems)
        movie_curation(open_movie(movie.url), "cells")
        assert digests(movie) == before
        remove(movie)


def results_of(files: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in files.items() if not k.startswith(MIRROR)}


def remove(movie: Movie) -> None:
    import shutil

    shutil.rmtree(movie.url)


def test_an_object_whose_edit_was_cut_short_goes_on_with_it(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    curation = movie_curation(movie, "cells")
    with killed_at(monkeypatch, 4), pytest.raises(Killed):
        curation.apply([EDITS[0]])
    curation.apply([EDITS[1]])
    assert len(curation.history()) == 2
    assert validate(movie.url, deep=True).is_valid


def test_the_second_of_two_editors_is_told_and_nothing_is_lost(movie: Movie) -> None:
    first = movie_curation(movie, "cells", author="anna")
    second = movie_curation(open_movie(movie.url), "cells", author="bert")
    first.apply([EDITS[0]])
    state = digests(movie, journal=True)
    for call in (lambda: second.apply([EDITS[4]]), second.undo, second.redo):
        with pytest.raises(ConflictError, match=r"split 1:1 → 1:1, 1:3 by anna"):
            call()
    assert digests(movie, journal=True) == state
    second.refresh()
    second.apply([EDITS[4]])
    assert [row.author for row in second.history()] == ["anna", "bert"]


def test_of_two_who_write_at_the_same_moment_one_is_told(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's entry comes between the look at the journal and the own entry."""
    first = movie_curation(movie, "cells", author="anna")
    second = movie_curation(open_movie(movie.url), "cells", author="bert")
    create = CurationJournal.create

    def after_the_other(self: CurationJournal, entry: object) -> bool:
        monkeypatch.setattr(CurationJournal, "create", create)
        first.apply([EDITS[0]])
        return create(self, entry)

    monkeypatch.setattr(CurationJournal, "create", after_the_other)
    with pytest.raises(ConflictError, match="by anna"):
        second.apply([EDITS[4]])
    assert [row.author for row in movie_curation(movie, "cells").history()] == ["anna"]
    assert len([k for k in movie.location.list_keys(".distnet/curation") if ".npz" in k]) == 1
    assert validate(movie.url, deep=True).problems == ()


def test_an_edit_that_another_program_is_writing_is_left_to_it(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    curation = movie_curation(movie, "cells", author="anna")
    monkeypatch.setattr("distnet_store.pipeline.curation.curation.writer_name", lambda: "other-1")
    with killed_at(monkeypatch, 4), pytest.raises(Killed):
        curation.apply([EDITS[0]])
    with pytest.raises(ConflictError, match="another program is writing"):
        movie_curation(movie, "cells")
    monkeypatch.setattr(writer_process, "ABANDONED_AFTER_S", -1)
    assert len(movie_curation(movie, "cells").history()) == 1
    assert validate(movie.url, deep=True).problems == ()


def test_it_can_be_completed_by_force(movie: Movie, monkeypatch: pytest.MonkeyPatch) -> None:
    curation = movie_curation(movie, "cells")
    assert not finish_edit(movie, "cells")
    monkeypatch.setattr("distnet_store.pipeline.curation.curation.writer_name", lambda: "other-1")
    with killed_at(monkeypatch, 4), pytest.raises(Killed):
        curation.apply([EDITS[0]])
    assert finish_edit(movie, "cells")
    assert validate(movie.url, deep=True).problems == ()


def test_only_shards_that_change_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames 0 and 1 are one shard, 2 and 3 another; a track that ends anew renumbers none before it."""
    movie = write_movie(tmp_path, maps=True, frames_per_shard=2)
    curation = movie_curation(movie, "cells")
    with killed_at(monkeypatch, 10**6) as writes:
        curation.apply([Delete(((3, 3),))])
    shards = [key for key in writes if "/c/" in key]
    assert sorted(shards) == ["labels/cells-tracks/s0/c/1/0/0", "labels/cells/s0/c/1/0/0"]


def test_a_step_that_runs_again_does_not_take_edits_away(movie: Movie) -> None:
    curation = movie_curation(movie, "cells")
    curation.apply([EDITS[0], EDITS[4]])
    state = digests(movie, journal=True)
    again = (
        lambda: segment(movie, name="cells", overwrite=True),
        lambda: link(movie, LinkingParameters(), name="cells", overwrite=True),
        lambda: import_labels(movie, np.zeros((4, 24, 24), np.int32), "cells", overwrite=True),
    )
    for step in again:
        with pytest.raises(TargetExistsError, match=r"2 edit\(s\) by a person in 'cells' would be"):
            step()
    assert digests(movie, journal=True) == state
    link(movie, LinkingParameters(), name="cells", overwrite=True, discard_curation=True)
    assert movie.location.list_keys(".distnet/curation") == []
    assert ("cells", "curation") not in movie.tables()
    assert "curated" not in movie.read_table("cells", "links")["origin"].to_pylist()
    assert validate(movie.url, deep=True).is_valid


def test_undone_edits_stand_in_nobodys_way(movie: Movie) -> None:
    curation = movie_curation(movie, "cells")
    curation.apply([EDITS[0]])
    curation.undo()
    segment(movie, name="cells", overwrite=True)
    assert movie.location.list_keys(".distnet/curation") == []


def test_a_result_that_was_replaced_is_not_edited_by_the_old_journal(movie: Movie) -> None:
    movie_curation(movie, "cells").apply([EDITS[0]])
    table = read_table(movie.location, "cells", "objects")
    write_table(movie.location, "cells", "objects", table, derived_from="0" * 40)
    with pytest.raises(InvalidDatasetError, match="not as its journal of edits left it"):
        movie_curation(movie, "cells")
    assert any("journal" in problem.text for problem in validate(movie.url).problems)


@pytest.mark.parametrize("damage", ["entry", "patch", "no patch"])
def test_a_damaged_journal_is_told(movie: Movie, damage: str) -> None:
    curation = movie_curation(movie, "cells")
    curation.apply([EDITS[0]])
    keys = movie.location.list_keys(".distnet/curation/cells")
    (entry,) = [key for key in keys if key.endswith(".json")]
    (patch,) = [key for key in keys if key.endswith(".npz")]
    if damage == "no patch":
        movie.location.delete(patch)
        assert [p.severity for p in validate(movie.url).problems] == ["warning"]
    else:
        movie.location.write(entry if damage == "entry" else patch, b"{}")
    with pytest.raises(InvalidDatasetError, match=r"cannot be read|is damaged|is not there"):
        movie_curation(movie, "cells").undo()
    if damage == "entry":
        assert not validate(movie.url).is_valid


def test_rows_of_the_result_before_are_kept(movie: Movie) -> None:
    """A corrected result begins with the table of the one it was made from; undoing leaves just that."""
    curation = movie_curation(movie, "cells", author="anna")
    curation.apply([EDITS[0]])
    curation.apply([EDITS[3]])
    table = read_table(movie.location, "cells", "curation")
    curation.undo(2)
    digest = movie.location.group("tables/cells/objects").attrs["distnet"]["derived_from"]
    CurationJournal(movie.location, "cells").forget()
    write_table(movie.location, "cells", "curation", table, derived_from=digest)
    base = digests(movie)
    second = movie_curation(movie, "cells", author="bert")
    new = second.apply([EDITS[0]])[0].after
    assert new[1] == object_id(1, 4)  # 3 is in the rows that were inherited
    found = read_table(movie.location, "cells", "curation").to_pylist()
    assert [(row["number"], row["author"]) for row in found] == [
        (1, "anna"),
        (2, "anna"),
        (3, "bert"),
    ]
    assert validate(movie.url, deep=True).problems == ()
    second.undo()
    assert digests(movie) == base


def test_facts_are_what_is_in_force(movie: Movie) -> None:
    assert curated_facts(movie, "cells").is_empty
    curation = movie_curation(movie, "cells")
    curation.apply([EDITS[0], EDITS[2]])
    curation.apply([Link((2, 2), (3, 1), others="keep")])
    facts = curated_facts(movie, "cells")
    assert facts.cells.tolist() == [object_id(1, 1), object_id(1, 3)]
    assert facts.links.tolist() == [[object_id(2, 2), object_id(3, 1)]]
    assert facts.unlinked.tolist() == [[object_id(2, 1), object_id(3, 1)]]
    curation.undo(2)
    assert curated_facts(movie, "cells").is_empty
    assert no_facts().is_empty


def test_maps_of_labels_that_were_edited_since_are_warned_of(movie: Movie) -> None:
    """They are an error where nobody says why the labels are others."""
    movie_curation(movie, "reference").apply([Delete(((3, 2),))])
    problems = validate(movie.url).problems
    assert {(problem.place, problem.severity) for problem in problems} == {
        ("predictions/distnet", "warning")
    }
