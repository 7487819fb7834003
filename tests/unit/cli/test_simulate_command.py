"""Does `simulate` write a dataset that is valid, exact, reproducible, and says that it is simulated?"""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from distnet_store import open_movie, simulate, validate
from distnet_store.cli.app import app
from distnet_store.errors import DistnetError, TargetExistsError, WrongArgumentError
from distnet_store.ops.simulation.movie_parameters import simulation_parameters
from distnet_store.ops.simulation.pictures import pictured_frames

WORDS = ["--size", "72x80", "--frames", "8", "--seed", "3", "--drift", "0.5,0", "--jump", "4,6,-5"]
WORDS += ["--set", "generation_frames=8", "--set", "coverage=0.3"]
ASKED = {"contrast": "phase", "n_frames": 8, "shape_px": (72, 80), "seed": 3, "bright": False}
ASKED |= {"drift_px": (0.5, 0), "jumps": [(4, 6, -5)]}
SETTINGS = ["generation_frames=8", "coverage=0.3"]


def shown(*words: object) -> str:
    """Return what the command prints."""
    ended = CliRunner().invoke(app, ["simulate", *map(str, words)])
    if ended.exception is not None:
        raise ended.exception
    return ended.stdout


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("simulated") / "rods.ome.zarr"
    assert "simulated rods, phase, 8 frames, 72 × 80 pixels" in shown(target, *WORDS)
    return target


def test_the_dataset_is_valid_and_holds_what_was_simulated(dataset: Path) -> None:
    assert validate(dataset, deep=True).problems == ()
    movie = open_movie(dataset)
    parameters = simulation_parameters(kind="rods", settings=SETTINGS, **ASKED)
    frames = list(pictured_frames(parameters))
    assert (movie.image().to_numpy()[:, 0] == [frame.image for frame in frames]).all()
    assert (movie.labels("reference").to_numpy() == [frame.labels for frame in frames]).all()
    assert (movie.pixel_size_um, movie.frame_interval_s) == ((0.1, 0.1), 60.0)


def test_cells_are_simulated_as_well(tmp_path: Path) -> None:
    """Cells under fluorescence: a valid dataset in which every division has two daughters."""
    target = tmp_path / "cells.ome.zarr"
    words = ["--kind", "cells", "--contrast", "fluorescence", "--size", "96x100", "--frames", "9"]
    words += ["--set", "width_px=20", "--set", "generation_frames=8"]
    assert "simulated cells, fluorescence, 9 frames" in shown(target, *words)
    assert validate(target, deep=True).problems == ()
    links = open_movie(target).table("reference", "links").to_table().to_pandas()
    daughters = links.groupby("source_id").size()
    assert set(daughters) == {1, 2}
    assert open_movie(target).channel_names == ("fluorescence (simulated)",)


def test_lineages_are_those_of_the_simulation(dataset: Path) -> None:
    parameters = simulation_parameters(kind="rods", settings=SETTINGS, **ASKED)
    frames = list(pictured_frames(parameters))
    links = open_movie(dataset).table("reference", "links").to_table().to_pandas()
    assert len(links) == sum(len(frame.links) for frame in frames)
    tracks = open_movie(dataset).table("reference", "tracks").to_table().to_pandas()
    n_divisions = sum(len(frame.divisions) for frame in frames)
    assert n_divisions > 3
    assert (tracks["parent_track_id"] >= 0).sum() == 2 * n_divisions


def test_the_dataset_says_that_it_is_simulated_and_how(dataset: Path) -> None:
    movie = open_movie(dataset)
    provenance = movie.require_writable().provenance
    assert provenance.format == "simulated"
    assert provenance.simulation["seed"] == 3
    assert provenance.simulation["population"]["coverage"] == 0.3
    assert provenance.simulation["stage"]["jumps"] == [[4, 6.0, -5.0]]
    assert movie.channel_names == ("phase (simulated)",)


def test_the_same_options_make_the_same_dataset(dataset: Path, tmp_path: Path) -> None:
    parameters = simulation_parameters(kind="rods", settings=SETTINGS, **ASKED)
    again, first = simulate(tmp_path / "again.ome.zarr", parameters), open_movie(dataset)
    assert again.require_writable().image_digest == first.require_writable().image_digest
    for table in ("objects", "links", "tracks"):
        ours, theirs = (one.table("reference", table).to_table() for one in (again, first))
        assert ours.equals(theirs)


def test_events_and_the_name_of_the_labels(tmp_path: Path) -> None:
    words = [tmp_path / "a.ome.zarr", "--size", "64x64", "--frames", "2", "--name", "truth"]
    events = [json.loads(line) for line in shown(*words, "--json").splitlines()]
    assert {event["step"] for event in events[:-1]} == {"simulate", "labels"}
    assert events[-1]["event"] == "simulated"
    assert events[-1]["labels"] == ["truth"]
    assert np.unique(open_movie(words[0]).labels("truth").to_numpy()).size > 2


def test_what_is_there_is_left_alone(dataset: Path) -> None:
    before = open_movie(dataset).require_writable()
    with pytest.raises(TargetExistsError):
        shown(dataset, "--size", "64x64", "--frames", "2")
    assert open_movie(dataset).require_writable() == before


@pytest.mark.parametrize(
    "words",
    [
        ["--frames", "0"],
        ["--size", "20x20"],
        ["--size", "64"],
        ["--kind", "stars"],
        ["--contrast", "electrons"],
        ["--drift", "1"],
        ["--jump", "1.5,2,2"],
        ["--jump", "1,2"],
        ["--set", "halo"],
        ["--set", "colour=3"],
        ["--name", "a/b"],
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(words: list[str], tmp_path: Path) -> None:
    target = tmp_path / "none.ome.zarr"
    with pytest.raises(DistnetError) as refused:
        shown(target, *words)
    assert isinstance(refused.value, WrongArgumentError)
    assert list(tmp_path.iterdir()) == []
