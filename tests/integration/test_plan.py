"""A movie is run unit by unit, as by job arrays, and ends as `run` ends it; `plan` says what is left."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.model.backend import require_backend
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.plan import plan_steps
from distnet_store.pipeline.run import RunOptions, run, run_unit

require_backend()


@pytest.fixture
def movie(chamber10, tmp_path, monkeypatch):
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 4)
    target = tmp_path / "movie.ome.zarr"
    return import_movie(chamber10.images[:6], target, pixel_size_um=0.1, frame_interval_s=300)


def states(movie):
    return [(one.step, one.state, len(one.done)) for one in plan_steps(movie)]


def invoke(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_units_one_by_one_make_what_run_makes(movie):
    waiting = ("waiting", 0)
    assert states(movie) == [("predict", "ready", 0), ("segment", *waiting), ("link", *waiting)]
    units = [unit for one in plan_steps(movie) for unit in one.units]
    assert units[:2] == ["predict/t000000-000004", "predict/t000004-000006"]
    with pytest.raises(NotFoundError, match="predictions/distnet is not there"):
        run_unit(movie, units[2])
    run_unit(movie, units[1])
    assert states(movie)[0] == ("predict", "ready", 1)
    for unit in units:
        invoke("run", movie.url, "--unit", unit)
    assert [state for _, state, _ in states(movie)] == ["whole"] * 3

    other = RunOptions(prediction_name="whole", name="whole")
    run(movie, other)
    np.testing.assert_array_equal(movie.labels("cells"), movie.labels("whole"))
    links = [
        movie.read_table(name, "links").drop(["disagreement", "residual"])
        for name in ("cells", "whole")
    ]
    assert links[0].equals(links[1])


def test_the_command_lists_units_as_json_lines_and_text(movie):
    lines = [json.loads(line) for line in invoke("plan", movie.url, "--json").splitlines()]
    assert [(line["event"], line["step"], line["state"]) for line in lines] == [
        ("step", "predict", "ready"),
        ("step", "segment", "waiting"),
        ("step", "link", "waiting"),
    ]
    assert lines[0]["units"] == ["predict/t000000-000004", "predict/t000004-000006"]
    assert "link: waiting, 2 of 2 unit(s) to do" in invoke("plan", movie.url)
    jobs = invoke(
        "plan", movie.url, "--step", "predict", "--arguments", "--flips", "8"
    ).splitlines()
    assert [job.split()[-2:] for job in jobs] == [["--flips", "8"]] * 2


def test_a_number_of_flips_that_there_is_not_is_refused(movie):
    result = CliRunner().invoke(app, ["predict", movie.url, "--flips", "3"])
    assert isinstance(result.exception, WrongArgumentError) or result.exit_code
    assert "1, 4, 8" in f"{result.output} {result.exception}"


def test_a_step_that_is_not_there_is_told(movie):
    with pytest.raises(NotFoundError, match="no step 'paint'"):
        run_unit(movie, "paint/t000000-000004")
