"""Does each filter of tracks keep what it says, alone and with others, and each format say the same?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from elementary_lineages import CASES

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.sql_query import query_tables
from distnet_store.pipeline.table_files import csv_text, write_table_file
from distnet_store.pipeline.track_listing import TrackFilter, list_tracks, track_tree
from distnet_store.pipeline.where import parse_where
from distnet_store.spec.tables import arrow_schema
from distnet_store.store.movie import Movie

FUSION = next(case for case in CASES if case.name == "fusion")
"""Track 1 divides into 2 and 4, which fuse into 3 (under 2); 5 stands alone."""


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    made = import_movie(
        np.ones(FUSION.labels.shape, np.uint16),
        tmp_path_factory.mktemp("tracks") / "m.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    return import_labels(made, FUSION.labels, "cells", links=FUSION.link_array)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (TrackFilter(), [1, 2, 3, 4, 5]),
        (TrackFilter(lineage=5), [5]),
        (TrackFilter(descendants_of=4), [3, 4]),
        (TrackFilter(ancestors_of=3), [1, 2, 3, 4]),
        (TrackFilter(track_ids=np.array([5, 1])), [1, 5]),
        (TrackFilter(generation=1), [2, 3, 4]),
        (TrackFilter(begin="fusion"), [3]),
        (TrackFilter(end="fusion"), [2, 4]),
        (TrackFilter(complete=True), []),
        (TrackFilter(min_length=2), [1, 5]),
        (TrackFilter(frames=range(2, 3)), [2, 4, 5]),
        (TrackFilter(frames=range(1)), [1, 5]),
        (TrackFilter(where="n_objects = 1 and begin != 'fusion'"), [2, 4]),
        (TrackFilter(descendants_of=1, where="t_first >= 2", ancestors_of=4), [4]),
    ],
)
def test_filters_keep_what_they_say(movie: Movie, chosen: TrackFilter, expected: list[int]) -> None:
    assert list_tracks(movie, "cells", chosen=chosen)["track_id"].to_pylist() == expected


def test_what_is_not_there_is_refused(movie: Movie) -> None:
    with pytest.raises(NotFoundError, match="no track 9"):
        list_tracks(movie, "cells", chosen=TrackFilter(descendants_of=9))
    with pytest.raises(NotFoundError, match="no column weight"):
        list_tracks(movie, "cells", columns=["t_first", "weight"])


def test_the_tree_names_all_parents_of_a_fusion(movie: Movie) -> None:
    assert track_tree(list_tracks(movie, "cells")) == [
        "track 1: frames 0 to 1, begins by movie edge, ends by division",
        "  track 2: frames 2 to 2, begins by division, ends by fusion",
        "  track 3: frames 3 to 3, begins by fusion of tracks 2, 4, ends by movie edge",
        "  track 4: frames 2 to 2, begins by division, ends by fusion",
        "track 5: frames 0 to 3, begins by movie edge, ends by movie edge",
    ]


SCHEMA = arrow_schema("tracks")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("track_id in (1, 3) or end = 'movie_edge'", [1, 3, 5]),
        ("NOT track_id <= 2 AND track_id <> 4", [3, 5]),
        ("not (track_id < 3 or track_id > 4)", [3, 4]),
        ("end not in ('fusion', 'movie_edge')", [1]),
        ("track_id = 1 or track_id = 5 and generation = 1", [1]),  # and binds closer than or
        ("complete", []),
        ("complete = false and track_id == 2", [2]),
        ("end is null", []),
        ("end is not null and n_objects >= 4.0", [5]),
        ("begin = 'it''s'", []),
        ("track_id > -1 and track_id < 2e0", [1]),
    ],
)
def test_conditions_mean_what_they_say(movie: Movie, text: str, expected: list[int]) -> None:
    found = list_tracks(movie, "cells", chosen=TrackFilter(where=text))
    assert found["track_id"].to_pylist() == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("weight > 3", "no column weight"),
        ("", "no column at the end"),
        ("track_id >", "'' as a value of 'track_id', which is a number"),
        ("track_id = 'a'", "which is a number"),
        ("end = 3", "which is text"),
        ("complete = 1", "which is true or false"),
        ("parents = 3", "a column of lists"),
        ("track_id = 1 track_id = 2", "after the end"),
        ("(track_id = 1", "the end' where '\\)'"),
        ("track_id", "where a comparison"),
        ("track_id in ()", "as a value"),
        ("track_id = 1; drop table", "; drop table"),
        ("__import__('os')", "no column __import__"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, what: str) -> None:
    with pytest.raises(WrongArgumentError, match=what):
        parse_where(text, SCHEMA)


def test_sql_sees_the_tables_and_only_them(movie: Movie) -> None:
    found = query_tables(
        movie,
        "cells",
        'select t.track_id, count(*) as n from objects o join tracks t using (track_id) where t."end" = '
        "'fusion' group by 1 order by 1",
    )
    assert found.to_pydict() == {"track_id": [2, 4], "n": [1, 1]}
    links = query_tables(movie, "cells", "select count(*) as n from links where kind = 'merge'")
    assert links["n"].to_pylist() == [2]


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("selec 1", "syntax error"),
        ("", "nothing in ''"),
        ("select 1; select 2", "SELECT, SELECT"),
        ("create table x as select 1", "CREATE"),
        ("drop view tracks", "DROP"),
        ("set threads = 1", "SET"),
        ("copy tracks to 'x.csv'", "COPY"),
        ("select weight from tracks", "weight"),
        ("select * from edits", "edits"),
        ("select * from movie", "movie"),  # no variable of this program
    ],
)
def test_what_is_no_question_is_refused(movie: Movie, sql: str, what: str) -> None:
    with pytest.raises(WrongArgumentError, match=what):
        query_tables(movie, "cells", sql)


def test_sql_reads_no_file(movie: Movie, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for source in (f"'{secret}'", f"read_csv('{secret}')"):
        sql = f"select * from {source}"  # noqa: S608 - that it is refused is the point
        with pytest.raises(WrongArgumentError, match="cannot be answered"):
            query_tables(movie, "cells", sql)
    tracks = Path(movie.url) / "tables/cells/tracks/table.parquet"
    with pytest.raises(WrongArgumentError, match="cannot be answered"):
        query_tables(movie, "cells", f"from read_parquet('{tracks.as_posix()}')")


def test_sql_of_a_result_without_tables_says_what_there_is(movie: Movie) -> None:
    with pytest.raises(NotFoundError, match=r"no table 'tracks'\n  found: cells/objects"):
        query_tables(movie, "other", "select 1")


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_files_hold_the_rows(movie: Movie, tmp_path: Path, ending: str) -> None:
    table = list_tracks(movie, "cells", columns=["track_id", "parents", "end"])
    path = write_table_file(tmp_path / "new" / f"a.{ending}", table)
    if ending == "csv":
        found = pd.read_csv(path)
        assert found["parents"].tolist()[2] == "2 4"
    elif ending == "json":
        found = pd.DataFrame(json.loads(path.read_text()))
        assert found["parents"].tolist()[2] == [2, 4]
    else:
        found = pd.read_parquet(path)
    assert found["track_id"].tolist() == [1, 2, 3, 4, 5]
    assert found["end"].tolist() == ["division", "fusion", "movie_edge", "fusion", "movie_edge"]


def test_whole_numbers_stay_whole_where_some_are_null() -> None:
    table = pa.table({"a": pa.array([2**60 + 1, None]), "b": ["x", None]})
    assert csv_text(table) == f"a,b\n{2**60 + 1},x\n,\n"


def test_an_ending_that_names_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongArgumentError, match=r"ends in .csv, .json, .parquet"):
        write_table_file(tmp_path / "a.xlsx", pa.table({"a": [1]}))
