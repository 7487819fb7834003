"""Are selections saved by object id, found again, changed, and told of when their cells are gone?"""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from elementary_lineages import CASES, REFERENCE

from distnet_store.errors import (
    ConflictError,
    NotFoundError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.pipeline.choose_cells import Choice, choose_cells, objects_in_file
from distnet_store.pipeline.flags import make_flags, read_flags, write_flags
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.selections import (
    SelectionEdit,
    SelectionWarning,
    change_selection,
    resolve_selection,
    selected_objects,
)
from distnet_store.spec.tables import object_id
from distnet_store.store import paths, selections
from distnet_store.store.claim import claimed
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.selections import Selection
from distnet_store.store.validate import validate


def cells(*pairs: tuple[int, int]) -> list[int]:
    return [object_id(t, label) for t, label in pairs]


@pytest.fixture
def movie(tmp_path: Path) -> Movie:
    made = import_movie(
        np.ones(REFERENCE.labels.shape, np.uint16),
        tmp_path / "m.ome.zarr",
        pixel_size_um=0.5,
        frame_interval_s=60,
    )
    return import_labels(made, REFERENCE.labels, "cells", links=REFERENCE.link_array)


def relink(movie: Movie, without: tuple[int, ...]) -> Movie:
    """Import the same labels again without some links."""
    links = np.delete(REFERENCE.link_array, without, axis=0)
    return import_labels(movie, REFERENCE.labels, "cells", links=links, overwrite=True)


def test_a_selection_is_read_back_as_it_was_saved(movie: Movie) -> None:
    ids = cells((2, 4), (0, 1), (0, 1))
    movie.save_selection("cells", "two", ids, note="look")
    (found,) = open_movie(movie.url).selections("cells")
    assert (found.name, found.kind, found.note) == ("two", "cells", "look")
    assert found.object_ids.tolist() == sorted(set(ids))
    assert found.created is not None
    assert validate(movie.url).problems == ()


def test_selections_are_listed_by_name_and_deleted_one_by_one(movie: Movie) -> None:
    for name in ("b", "a", "B"):
        movie.save_selection("cells", name, cells((0, 1)))
    assert [one.name for one in movie.selections("cells")] == ["B", "a", "b"]
    assert validate(movie.url).problems == ()
    for name in ("a", "b", "B"):
        movie.delete_selection("cells", name)
    assert movie.selections("cells") == []
    assert ("cells", "selections") not in movie.tables()
    assert validate(movie.url).problems == ()


def test_what_cannot_be_saved_is_refused(movie: Movie) -> None:
    movie.save_selection("cells", "a", cells((0, 1)))
    with pytest.raises(TargetExistsError, match="there is a selection 'a'"):
        movie.save_selection("cells", "a", cells((0, 2)))
    with pytest.raises(WrongArgumentError, match="no cell to select"):
        movie.save_selection("cells", "b", [])
    with pytest.raises(NotFoundError, match=r"1 of the cells are not in 'cells'\n.*label 9 at t 0"):
        movie.save_selection("cells", "b", cells((0, 9), (0, 1)))
    with pytest.raises(WrongArgumentError, match="cannot be the name"):
        movie.save_selection("cells", "../b", cells((0, 1)))
    with pytest.raises(NotFoundError, match=r"no selection 'c'\n  found: a"):
        movie.delete_selection("cells", "c")
    assert [one.object_ids.tolist() for one in movie.selections("cells")] == [cells((0, 1))]


def test_a_selection_of_tracks_holds_the_tracks_of_its_cells_as_they_are_now(movie: Movie) -> None:
    """Track 4 is cell 2 in all frames; without its link out of frame 1 it is two tracks."""
    whole = cells((0, 2), (1, 2), (2, 2), (3, 2))
    movie.save_selection("cells", "other", whole[:2], kind="tracks")
    first = resolve_selection(movie, "cells", "other")
    assert (first.object_ids.tolist(), first.track_ids.tolist()) == (whole, [4])
    assert first.notes == (
        "selection 'other': its tracks hold 2 cells more than when it was saved",
    )
    cut = resolve_selection(relink(movie, (6,)), "cells", "other")
    assert cut.object_ids.tolist() == whole[:2]
    assert [note for note in cut.notes if "labels" not in note] == []


def test_cells_that_are_gone_are_told(movie: Movie) -> None:
    movie.save_selection("cells", "both", cells((1, 1), (3, 4)))
    labels = REFERENCE.labels
    labels[3][labels[3] == 4] = 0
    links = REFERENCE.link_array[REFERENCE.link_array[:, 2] < 3]
    fewer = import_labels(movie, labels, "cells", links=links, overwrite=True)
    with pytest.warns(SelectionWarning) as told:
        found = selected_objects(fewer, "cells", "both")
    assert found.tolist() == cells((1, 1))
    assert [str(one.message) for one in told] == [
        "selection 'both': 1 of its 2 cells are not there any more",
        "selection 'both': the labels have changed since it was saved",
    ]
    (problem,) = validate(fewer.url).problems
    assert (problem.place, problem.severity) == ("tables/cells/selections", "warning")
    assert "1 cell(s) of the selection 'both' are not there" in problem.text


def test_a_selection_that_holds_warns_of_nothing(movie: Movie) -> None:
    movie.save_selection("cells", "a", cells((0, 1)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert selected_objects(movie, "cells", "a").tolist() == cells((0, 1))


def test_cells_are_added_and_removed(movie: Movie) -> None:
    movie.save_selection("cells", "a", cells((0, 1), (1, 1)), kind="tracks", note="kept")
    more = Selection("a", "cells", np.array(cells((3, 3))))
    grown = change_selection(movie, "cells", more, SelectionEdit("add"))
    assert (grown.kind, grown.note) == ("tracks", "kept")
    assert grown.object_ids.tolist() == cells((0, 1), (1, 1), (3, 3))
    less = Selection("a", "cells", np.array(cells((0, 1))))
    left = change_selection(movie, "cells", less, SelectionEdit("remove", note="new"))
    assert (left.object_ids.tolist(), left.note) == (cells((1, 1), (3, 3)), "new")
    with pytest.raises(WrongArgumentError, match="no cell to select"):
        change_selection(movie, "cells", left, SelectionEdit("remove"))


def test_several_people_who_save_at_once_lose_nothing(movie: Movie) -> None:
    """Each saves one of its own and adds a cell to a common one."""
    movie.save_selection("cells", "common", cells((0, 1)), kind="cells")
    whole = [int(one) for one in movie.read_table("cells", "objects")["object_id"].to_pylist()]

    def work(number: int) -> None:
        own = open_movie(movie.url)
        own.save_selection("cells", f"own-{number}", [whole[number]])
        more = Selection("common", "cells", np.array([whole[number]]))
        change_selection(own, "cells", more, SelectionEdit("add"))

    with ThreadPoolExecutor(4) as people:
        list(people.map(work, range(6)))
    found = {one.name: one.object_ids.tolist() for one in movie.selections("cells")}
    assert [found[f"own-{number}"] for number in range(6)] == [[one] for one in whole[:6]]
    assert found["common"] == sorted({*cells((0, 1)), *whole[:6]})
    assert validate(movie.url).problems == ()


def test_who_waits_long_for_another_writer_is_told(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "_PATIENCE_S", 0.1)
    movie.save_selection("cells", "a", cells((0, 1)))
    with claimed(movie.location, paths.claims(paths.table("cells", "selections"))):
        with pytest.raises(ConflictError, match="another process is writing"):
            movie.save_selection("cells", "b", cells((0, 1)))
        with pytest.raises(ConflictError):
            movie.delete_selection("cells", "a")
    assert [one.name for one in movie.selections("cells")] == ["a"]


def test_flags_that_were_made_while_links_changed_do_not_hold(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(one: Movie, name: str) -> pa.Table:
        table = make_flags(one, name)
        relink(one, (6,))
        return table

    monkeypatch.setattr("distnet_store.pipeline.flags.make_flags", slow)
    write_flags(movie, "cells")
    with pytest.raises(NotFoundError, match="flags made from other links"):
        read_flags(movie, "cells")


@pytest.mark.parametrize(
    ("choice", "kind", "expected"),
    [
        (Choice(tracks=(2,)), "tracks", [(2, 3), (3, 3)]),
        (Choice(descendants_of=1), "tracks", [(0, 1), (1, 1), (2, 3), (3, 3), (2, 4), (3, 4)]),
        (Choice(where="begin = 'division' and track_id > 2"), "tracks", [(2, 4), (3, 4)]),
        (Choice(union=("x", "y")), "cells", [(0, 1), (0, 2), (1, 2), (2, 2), (3, 2)]),
    ],
    ids=["tracks", "descendants", "where", "union"],
)
def test_cells_are_chosen_in_several_ways(
    movie: Movie, choice: Choice, kind: str, expected: list[tuple[int, int]]
) -> None:
    movie.save_selection("cells", "x", cells((0, 1)))
    movie.save_selection("cells", "y", cells((1, 2)), kind="tracks")
    chosen = choose_cells(movie, "cells", "new", choice).selection
    assert chosen.kind == kind
    assert chosen.object_ids.tolist() == sorted(cells(*expected))


def test_cells_of_a_file_are_named_by_id_or_by_time_and_label(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("object_id,x\n4294967297,3\n5,4\n")
    (tmp_path / "b.csv").write_text("label,t\n1,1\n5,0\n")
    for name in ("a.csv", "b.csv"):
        assert objects_in_file(tmp_path / name).tolist() == cells((0, 5), (1, 1))
    for text in ("label\n1\n", "", "object_id\n\nx\n", "t,label\n1\n", "object_id\n1.5\n"):
        (tmp_path / "c.csv").write_text(text)
        with pytest.raises(WrongArgumentError, match="names no cells"):
            objects_in_file(tmp_path / "c.csv")
    with pytest.raises(NotFoundError, match="no such file"):
        objects_in_file(tmp_path / "d.csv")


@pytest.mark.parametrize("choice", [Choice(), Choice(tracks=(1,), where="t_first = 0")])
def test_one_way_is_needed(movie: Movie, choice: Choice) -> None:
    with pytest.raises(WrongArgumentError, match="said in one way"):
        choose_cells(movie, "cells", "a", choice)


def test_a_selection_of_another_result_is_taken_by_object_id(movie: Movie) -> None:
    labels = REFERENCE.labels
    labels[3][labels[3] == 4] = 0
    links = REFERENCE.link_array[REFERENCE.link_array[:, 2] < 3]
    both = import_labels(movie, labels, "other", links=links)
    both.save_selection("cells", "a", cells((3, 3), (3, 4)), kind="tracks")
    chosen = choose_cells(both, "other", "a", Choice(from_result="cells"))
    assert (chosen.selection.kind, chosen.selection.object_ids.tolist()) == (
        "tracks",
        cells((3, 3)),
    )
    assert chosen.notes == ("1 of the 2 cells are not in 'other'",)


def test_validate_sees_flags_of_other_links_and_review_does_not_read_them(movie: Movie) -> None:
    write_flags(movie, "cells")
    assert validate(movie.url).problems == ()
    read_flags(movie, "cells")
    changed = relink(movie, (6,))
    (problem,) = validate(changed.url).problems
    assert (problem.place, problem.kind, problem.severity) == (
        "tables/cells/flags",
        "stale",
        "warning",
    )
    with pytest.raises(NotFoundError, match="flags made from other links"):
        read_flags(changed, "cells")


def test_validate_sees_flags_of_cells_that_are_not_there(movie: Movie) -> None:
    fusion = next(case for case in CASES if case.name == "fusion")
    fused = import_labels(movie, fusion.labels, "fused", links=fusion.link_array)
    write_flags(fused, "fused")
    path = Path(movie.url) / "tables/fused/flags/table.parquet"
    table = pq.read_table(path)
    assert table.num_rows > 0
    place = table.schema.get_field_index("object_id")
    wrong = pa.array([object_id(0, 99)] * table.num_rows)
    pq.write_table(table.set_column(place, table.schema.field(place), wrong), path)
    assert any("are not in objects" in problem.text for problem in validate(movie.url).problems)
