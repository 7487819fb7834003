"""Commands on a folder of movies: each is worked on, failures are told at the end, workers are shared."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from real_chambers import read_chamber
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import NotADatasetError, PartlyFailedError, WrongArgumentError
from distnet_store.pipeline.each_movie import on_each
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.segment import segment
from distnet_store.pipeline.targets import targets
from distnet_store.pipeline.workers import Workers, start_crew
from distnet_store.store.collection import open_collection
from distnet_store.store.movie import open_movie

NAMES = ("sub-01/micr/sub-01_PC.ome.zarr", "sub-02/micr/sub-02_PC.ome.zarr")


@pytest.fixture
def folder(chamber10, tmp_path):
    for k, name in enumerate(NAMES):
        part = replace(
            chamber10,
            images=chamber10.images[: 3 + k],
            labels=chamber10.labels[: 3 + k],
            links=chamber10.links[chamber10.links[:, 2] < 3 + k],
        )
        target = tmp_path / "movies" / name
        target.parent.mkdir(parents=True)
        movie = import_movie(part.images, target, pixel_size_um=0.1, frame_interval_s=300)
        import_labels(movie, part.labels.astype(np.int32), links=part.links)
    return tmp_path / "movies"


def add_broken(folder):
    (folder / "broken.ome.zarr").mkdir()
    (folder / "broken.ome.zarr" / "zarr.json").write_text("{}")


def invoke(*words, code=0):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if code:
        assert isinstance(result.exception, PartlyFailedError)
        assert result.exception.exit_code == code
    else:
        assert result.exit_code == 0, result.output
    return result


def test_a_command_goes_on_past_a_failing_movie_and_says_so_at_the_end(folder):
    add_broken(folder)
    failed = invoke("targets", folder, code=17).exception
    assert failed.problem == "1 of 3 movies failed"
    assert failed.found == "broken.ome.zarr"
    for k, name in enumerate(NAMES):
        assert open_movie(folder / name).prediction("targets", "edm").shape[0] == 3 + k
    again = invoke("targets", f"{folder}/sub*")  # what is whole is not done again
    assert again.output.count("nothing to do") == 2


def test_the_closing_table_has_a_line_for_each_movie(folder):
    invoke("targets", folder)
    lines = invoke("segment", folder, "--prediction", "targets").output.splitlines()
    table = [line.split("│")[1:-1] for line in lines if line.startswith("│")]
    rows = [[cell.strip() for cell in row] for row in table]
    cells = [segment(open_movie(folder / n), prediction="targets").record for n in NAMES]
    expected = [
        [name, "done", str(3 + k), str(cells[k].counts["cells"])] for k, name in enumerate(NAMES)
    ]
    both = sum(one.counts["cells"] for one in cells)
    assert rows == [*expected, ["all", "", "7", str(both)]]
    assert [line for line in lines if line.startswith(NAMES)] == list(NAMES)


def test_json_events_name_the_movie(folder):
    add_broken(folder)
    output = invoke("targets", folder, "--json", "--threads", "3", code=17).stdout
    events = [json.loads(line) for line in output.splitlines()]
    runs = {event["movie"] for event in events if event["event"] == "run"}
    states = {e["movie"]: e["state"] for e in events if e["event"] == "movie"}
    assert runs == set(NAMES)
    assert states == {"broken.ome.zarr": "failed", **dict.fromkeys(NAMES, "done")}
    assert events[-1] == {"event": "summary", "movies": 3, "failed": 1}
    assert {"sub-01/micr/sub-01_PC.ome.zarr"} < {
        e.get("movie") for e in events if e["event"] == "progress"
    }


def test_validate_tells_which_movies_are_unsound(folder):
    assert "no problems" in invoke("validate", folder, "--deep").output
    shutil.rmtree(folder / NAMES[1] / "labels" / "reference" / "s0")
    failed = invoke("validate", folder, code=17).exception
    assert failed.found == NAMES[1]
    alone = CliRunner().invoke(app, ["validate", str(folder / NAMES[1])])
    assert alone.exit_code == 14


def test_tracks_of_all_movies_go_into_one_table(folder, tmp_path):
    file = tmp_path / "tracks.parquet"
    invoke("tracks", folder, "--name", "reference", "--out", file)
    table = pd.read_parquet(file)
    alone = [open_movie(folder / name).read_table("reference", "tracks") for name in NAMES]
    assert table.columns[0] == "movie"
    assert table.groupby("movie").size().to_dict() == {
        name: one.num_rows for name, one in zip(NAMES, alone, strict=True)
    }
    refused = CliRunner().invoke(app, ["tracks", str(folder), "--format", "csv"])
    assert isinstance(refused.exception, WrongArgumentError)


def test_scores_of_all_movies_are_added_up(folder, tmp_path):
    invoke("targets", folder)
    invoke("segment", folder, "--prediction", "targets")
    invoke("link", folder, "--prediction", "targets")
    pages, other = tmp_path / "errors.html", tmp_path / "other"
    shutil.copytree(folder, other)
    lines = invoke("evaluate", folder, "--against", other, "--atlas", pages).output.splitlines()
    n_cells = [open_movie(folder / n).read_table("reference", "objects").num_rows for n in NAMES]
    last = next(line for line in reversed(lines) if line.startswith("│ all"))
    assert [cell.strip() for cell in last.split("│")[3:5]] == [str(sum(n_cells)), "0"]
    assert {path.stem for path in (tmp_path / "errors").iterdir()} == {
        name.removesuffix(".ome.zarr").replace("/", "_") for name in NAMES
    }
    flags = invoke("review", folder, "--json").stdout.splitlines()
    assert {json.loads(line)["movie"] for line in flags if '"flags"' in line} == set(NAMES)


def test_units_of_all_movies_are_listed_as_arguments_of_run(folder):
    lines = invoke("plan", folder, "--step", "predict", "--arguments", "--name", "x y").output
    assert lines.splitlines() == [
        f"{folder}/{name} --unit predict/t000000-00000{3 + k} --name 'x y'"
        for k, name in enumerate(NAMES)
    ]


def test_processes_are_started_once_for_all_movies(folder):
    add_broken(folder)
    collection = open_collection(folder)
    with start_crew(Workers(processes=2)) as crew:
        assert crew.n_at_once == 2
        ended = list(
            on_each(collection, lambda movie: targets(movie, workers=crew), at_once=crew.n_at_once)
        )
    by_name = {outcome.name: outcome for outcome in ended}
    assert isinstance(by_name["broken.ome.zarr"].error, NotADatasetError)
    assert [by_name[name].result.units_computed for name in NAMES] == [1, 1]
    again = [targets(open_movie(folder / name), name="alone") for name in NAMES]
    for name, _ in zip(NAMES, again, strict=True):
        movie = open_movie(folder / name)
        np.testing.assert_array_equal(
            movie.prediction("targets", "edm"), movie.prediction("alone", "edm")
        )


def test_an_error_that_nobody_foresaw_ends_one_movie_only(folder):
    def divide(movie):
        return 1 // (movie.n_frames - 3)

    first, second = on_each(open_collection(folder), divide)
    assert isinstance(first.error, ZeroDivisionError)
    assert second.result == 1


CHAMBERS = "examples/data/mother-machine/*/img_phase.tif"
SIZES = ("--pixel-size", "0.1", "--frame-interval", "300")


def test_each_movie_of_a_pattern_is_imported_with_its_labels(tmp_path):
    labels = ("--labels", "{folder}/labels_ctc.tif", "--links", "{folder}/man_track.txt")
    invoke("import", CHAMBERS, tmp_path / "movies", "--each", *SIZES, *labels)
    movies = open_collection(tmp_path / "movies")
    assert movies.names == tuple(f"chamber{n:02}/img_phase.ome.zarr" for n in (9, 10, 11))
    for movie, name in zip(movies, ("chamber09", "chamber10", "chamber11"), strict=True):
        own = read_chamber(name)
        np.testing.assert_array_equal(movie.frame(3), own[0][3])
        np.testing.assert_array_equal(movie.labels_frame("reference", 3), own[1][3])


def test_each_goes_on_past_a_movie_that_cannot_be_read_and_leaves_what_is_there(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for n in (9, 10):
        shutil.copy(CHAMBERS.replace("*", f"chamber{n:02}"), raw / f"{n}.tif")
    (raw / "cut.tif").write_bytes((raw / "9.tif").read_bytes()[:5000])
    failed = invoke("import", raw, tmp_path / "movies", "--each", *SIZES, code=17).exception
    assert failed.found == "cut.ome.zarr"
    made = tmp_path / "movies" / "9.ome.zarr" / "zarr.json"
    before = made.stat().st_mtime_ns
    shutil.copy(raw / "10.tif", raw / "cut.tif")
    again = invoke("import", raw, tmp_path / "movies", "--each", *SIZES)
    assert again.output.count("there already") == 2
    assert made.stat().st_mtime_ns == before
    assert open_movie(tmp_path / "movies" / "cut.ome.zarr").n_frames == 10
    invoke("import", raw, tmp_path / "movies", "--each", *SIZES, "--overwrite")
    assert made.stat().st_mtime_ns != before


def test_labels_that_are_the_same_for_all_movies_are_refused_before_anything_is_made(tmp_path):
    words = ("import", CHAMBERS, tmp_path / "movies", "--each", *SIZES, "--labels", "masks.tif")
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(result.exception, WrongArgumentError)
    assert not (tmp_path / "movies").exists()
