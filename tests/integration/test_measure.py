"""Does `measure` write tables that hold, unit by unit, and does `validate` see those that do not any more?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from curated_movies import LINKS, labels_tyx, write_movie
from typer.testing import CliRunner

from distnet_store import MeasurementParameters, import_labels, import_movie, measure, open_movie
from distnet_store.cli.app import app
from distnet_store.errors import NotFoundError, TargetExistsError
from distnet_store.pipeline.execute import Control, carry_out
from distnet_store.pipeline.measure import measuring_operation
from distnet_store.store.validate import validate


def tables(url: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    movie = open_movie(url)
    return tuple(movie.read_table("cells", n).to_pandas() for n in ("measurements", "cycles"))


def test_measurements_are_of_every_cell_in_the_order_of_objects(tmp_path: Path) -> None:
    movie = write_movie(tmp_path, maps=False)
    run = measure(movie)
    cells, cycles = tables(movie.url)
    objects = movie.read_table("cells", "objects").to_pandas()
    assert run.record.counts == {"cells": 10, "tracks": 4}
    assert cells.object_id.tolist() == objects.object_id.tolist()
    assert (cells.background_c0 == 100).all()
    np.testing.assert_allclose(cells.intensity_above_c0, 50 * objects.area)
    np.testing.assert_allclose(cells.spine_length_um, cells.spine_length * 0.1)
    moved = cells.step.notna()
    centroid = objects[["centroid_y", "centroid_x"]].diff()[moved]
    np.testing.assert_allclose(cells.step[moved], np.hypot(*centroid.T.to_numpy()), rtol=1e-5)
    np.testing.assert_allclose(cells.speed_um_per_s, cells.step * 0.1 / 60, rtol=1e-6)
    assert cycles.sister_track_id.dropna().astype(int).tolist() == [4, 3]
    assert (cycles.duration_s == 60 * cycles.duration).all()
    assert not validate(movie.url).problems


def test_a_stopped_run_goes_on_and_comes_to_the_same(tmp_path: Path) -> None:
    movie = write_movie(tmp_path / "a", maps=False)
    other = write_movie(tmp_path / "b", maps=False)
    assert len(measuring_operation(movie).plan.units) == 2

    class StoppedError(Exception):
        pass

    def stop(step: str, done: int, total: int) -> None:
        if done < total:
            raise StoppedError

    with pytest.raises(StoppedError):
        carry_out(measuring_operation(movie), Control(on_progress=stop))
    assert ("cells", "measurements") not in movie.tables()
    assert measure(movie).units_computed == 1
    assert measure(movie).units_computed == 0
    measure(other)
    for one, same in zip(tables(movie.url), tables(other.url), strict=True):
        pd.testing.assert_frame_equal(one, same)
    assert not validate(movie.url).problems


def test_other_parameters_need_overwrite(tmp_path: Path) -> None:
    movie = write_movie(tmp_path, maps=False)
    measure(movie)
    near = MeasurementParameters(growth_reach=1)
    with pytest.raises(TargetExistsError, match="--overwrite"):
        measure(movie, parameters=near)
    run = measure(movie, parameters=near, overwrite=True)
    assert run.record.parameters["growth_reach"] == 1
    assert run.units_computed == 2
    assert not validate(movie.url).problems


def test_measurements_of_other_links_are_called_stale_and_made_again(tmp_path: Path) -> None:
    movie = write_movie(tmp_path, maps=False)
    measure(movie)
    movie = import_labels(movie, labels_tyx(), "cells", links=np.array(LINKS[:-1]), overwrite=True)
    stale = [p for p in validate(movie.url).problems if p.kind == "stale"]
    assert {p.place for p in stale} == {"tables/cells/measurements", "tables/cells/cycles"}
    assert {p.severity for p in stale} == {"warning"}
    assert "distnet-store measure" in stale[0].remedy
    assert measure(movie).units_computed == 2
    assert not validate(movie.url).problems


def test_a_movie_without_cells_has_empty_tables(tmp_path: Path) -> None:
    image = np.ones((3, 20, 20), np.uint8)
    movie = import_movie(
        image, tmp_path / "m.ome.zarr", pixel_size_um="unknown", frame_interval_s="unknown"
    )
    movie = import_labels(movie, np.zeros((3, 20, 20), np.int32), "cells")
    assert measure(movie).record.counts == {"cells": 0, "tracks": 0}
    assert [len(table) for table in tables(movie.url)] == [0, 0]


def test_a_result_without_tables_is_refused(tmp_path: Path) -> None:
    movie = write_movie(tmp_path, maps=False)
    with pytest.raises(NotFoundError):
        measure(movie, "nobody")


def test_the_command_measures_a_collection_with_workers_and_writes_files(tmp_path: Path) -> None:
    for side in "ab":
        write_movie(tmp_path / side, maps=False)
    words = ["measure", str(tmp_path), "--threads", "2", "--out", str(tmp_path / "cells.csv")]
    ended = CliRunner().invoke(app, [*words, "--json"])
    assert ended.exit_code == 0, ended.output
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    files = [event for event in events if event["event"] == "files"]
    assert len(files) == 2
    assert len(pd.read_csv(files[0]["measurements"])) == 10
    assert len(pd.read_csv(files[0]["cycles"])) == 4
