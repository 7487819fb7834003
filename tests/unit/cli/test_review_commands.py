"""Do `tracks`, `review` and `select` read their options, say what they did, and refuse what has no meaning?"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64decode
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from elementary_lineages import CASES
from typer.testing import CliRunner, Result

from distnet_store.cli.app import app
from distnet_store.errors import (
    DistnetError,
    MissingExtraError,
    NotFoundError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.review_page import shown_times
from distnet_store.store.movie import open_movie

FUSION = next(case for case in CASES if case.name == "fusion")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Track 1 divides into 2 and 4, which fuse into 3, which nothing predicted: a suspect merge."""
    target = tmp_path_factory.mktemp("review") / "m.ome.zarr"
    image = np.ones(FUSION.labels.shape, np.uint16)
    movie = import_movie(image, target, pixel_size_um="unknown", frame_interval_s="unknown")
    import_labels(movie, FUSION.labels, "cells", links=FUSION.link_array)
    return str(target)


def called(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)])


def lines(*words: object) -> list[dict]:
    ended = called(*words, "--json")
    assert ended.exit_code == 0, ended.output
    return [json.loads(line) for line in ended.stdout.splitlines()]


def refused(*words: object) -> DistnetError:
    ended = called(*words)
    assert isinstance(ended.exception, DistnetError), ended.output
    return ended.exception


def test_tracks_take_filters_and_selections(dataset: str) -> None:
    assert [row["track_id"] for row in lines("tracks", dataset, "--ancestors-of", 3)] == [
        1,
        2,
        3,
        4,
    ]
    called("select", dataset, "pair", "--tracks", "2,5")
    found = lines("tracks", dataset, "--selection", "pair", "--end", "fusion")
    assert [row["track_id"] for row in found] == [2]
    assert [row["n"] for row in lines("tracks", dataset, "--sql", "select 1 as n")] == [1]


def test_tracks_write_a_file(dataset: str, tmp_path: Path) -> None:
    ended = called("tracks", dataset, "--columns", "track_id,children", "--out", tmp_path / "a.csv")
    assert ended.stdout == f"5 rows: {tmp_path / 'a.csv'}\n"
    assert (tmp_path / "a.csv").read_text() == "track_id,children\n1,2 4\n2,3\n3,\n4,3\n5,\n"


def test_tracks_refuse_what_has_no_meaning(dataset: str) -> None:
    for words in (
        ("--begin", "magic"),
        ("--frames", "3"),
        ("--where", "n_objects >"),
        ("--sql", "select 1", "--lineage", "1"),
        ("--sql", "select 1", "--columns", "a"),
        ("--sql", "drop table tracks"),
        ("--out", "a.xyz"),
        ("--format", "xml"),
    ):
        assert isinstance(refused("tracks", dataset, *words), WrongArgumentError), words
    assert isinstance(refused("tracks", dataset, "--selection", "nobody"), NotFoundError)


def test_without_duckdb_the_extra_is_named(dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    error = refused("tracks", dataset, "--sql", "select 1")
    assert isinstance(error, MissingExtraError)
    assert "distnet-store[sql]" in error.remedy


def test_review_makes_flags_once_and_lists_them(dataset: str) -> None:
    open_movie(dataset).location.delete("tables/cells/flags")
    first = called("review", dataset)
    assert "suspect merge" in first.stdout
    assert "the flags were made now" in first.stdout
    assert "made now" not in called("review", dataset).stdout
    (row,) = lines("review", dataset, "--kind", "suspect merge")
    assert (row["track_id"], row["t"], row["rank"]) == (3, 3, 1)
    assert lines("review", dataset, "--kind", "low agreement") == []
    assert lines("review", dataset, "--min-score", "0.99") == []


def test_review_of_a_selection_shows_its_cells_only(dataset: str) -> None:
    called("select", dataset, "fused", "--tracks", "3", "--overwrite")
    called("select", dataset, "alone", "--tracks", "5", "--overwrite")
    assert len(lines("review", dataset, "--selection", "fused")) == 1
    assert lines("review", dataset, "--selection", "alone") == []


def test_review_draws_a_page_that_loads_nothing(dataset: str, tmp_path: Path) -> None:
    page = tmp_path / "look.html"
    assert f"page: {page}" in called("review", dataset, "--page", page).stdout
    text = page.read_text()
    assert text.count("<figure>") == 1
    assert "http" not in re.sub(r"http-equiv", "", text)
    assert "<script" not in text
    (data,) = re.findall(r"base64,([^\"]+)", text)
    picture = imagecodecs.png_decode(b64decode(data))
    assert picture.shape[2] == 3
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 2  # the outlines are there
    assert isinstance(refused("review", dataset, "--page", "look.png"), WrongArgumentError)


def row(kind: str, t: int, target_t: int | None = None) -> dict:
    target = None if target_t is None else (target_t << 32) + 9
    return {
        "kind": kind,
        "t": t,
        "target_t": target_t,
        "object_id": (t << 32) + 7,
        "target_id": target,
    }


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (row("sudden growth", 3, 4), [(3, 7), (4, 9)]),
        (row("lost in mid-field", 3), [(3, 7), (4, None)]),
        (row("lost in mid-field", 3, 5), [(3, 7), (5, 9)]),
        (row("appears in mid-field", 3), [(2, None), (3, 7)]),
        (row("suspect merge", 0), [(0, 7)]),
        (row("suspect split", 9), [(9, 7)]),
    ],
)
def test_a_page_shows_the_frames_that_tell_most(flag: dict, expected: list) -> None:
    assert shown_times(flag, n_frames=10) == expected


def test_select_saves_lists_changes_and_deletes(dataset: str) -> None:
    made = called("select", dataset, "a", "--where", "track_id >= 4", "--note", "late")
    assert made.stdout == "selection a of cells: the tracks of 5 cells\n"
    assert isinstance(refused("select", dataset, "a", "--tracks", "1"), TargetExistsError)
    first = lines("select", dataset, "--list")
    again = called("select", dataset, "a", "--tracks", "1", "--overwrite").stdout
    (old,) = (one for one in first if one["name"] == "a")
    assert f"; before: the tracks of {old['cells']} cells, saved {old['created']}" in again
    late = ("--where", "track_id >= 4", "--note", "late")
    (told,) = lines("select", dataset, "a", *late, "--overwrite")
    assert told["replaced"]["cells"] < told["cells"] == old["cells"]
    called("select", dataset, "a", "--tracks", "1", "--add")
    called("select", dataset, "a", "--tracks", "5", "--remove")
    listed = {one["name"]: one for one in lines("select", dataset, "--list")}
    assert (listed["a"]["cells"], listed["a"]["note"]) == (3, "late")
    assert "selection a is deleted" in called("select", dataset, "a", "--delete").stdout
    assert "a" not in {one["name"] for one in lines("select", dataset, "--list")}


def test_select_takes_the_cells_of_flags(dataset: str) -> None:
    ended = called("select", dataset, "odd", "--flags", "suspect merge", "--overwrite")
    assert ended.stdout == "selection odd of cells: 1 cells\n"


def test_select_refuses_what_has_no_meaning(dataset: str) -> None:
    for words in (
        ("b",),
        ("b", "--tracks", "1", "--where", "track_id = 1"),
        ("b", "--tracks", "x"),
        ("b", "--tracks", "1", "--add", "--remove"),
        ("b", "--flags", "magic"),
        ("b", "--where", "track_id > 99"),
        ("../b", "--tracks", "1"),
    ):
        assert isinstance(refused("select", dataset, *words), WrongArgumentError), words
    for words in (("b", "--tracks", "99"), ("b", "--delete"), ("b", "--tracks", "1", "--add")):
        assert isinstance(refused("select", dataset, *words), NotFoundError), words


def test_what_has_changed_in_a_selection_is_said(dataset: str) -> None:
    movie = open_movie(dataset)
    first = movie.lineage("cells").track(5)["first_object_id"].to_pylist()
    movie.save_selection("cells", "part", first, kind="tracks", overwrite=True)
    told = called("tracks", dataset, "--selection", "part")
    assert (
        told.stderr
        == "note: selection 'part': its tracks hold 3 cells more than when it was saved\n"
    )
