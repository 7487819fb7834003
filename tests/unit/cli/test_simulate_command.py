"""Does `simulate` write a dataset that is valid, exact, reproducible, and says that it is simulated?"""

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
from typer.testing import CliRunner

from distnet_store import open_collection, open_movie, simulate, validate
from distnet_store.cli.app import app
from distnet_store.errors import (
    DistnetError,
    InvalidLineageError,
    NotFoundError,
    PartlyFailedError,
    TargetExistsError,
    WrongArgumentError,
)
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


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, Path]:
    """Labels of a rod that moves and divides, and their links."""
    labels = np.zeros((3, 40, 50), np.uint16)
    labels[0, 10:17, 5:40] = 1
    labels[1, 12:19, 6:22], labels[1, 12:19, 23:40] = 2, 3
    labels[2, 13:20, 6:22], labels[2, 14:21, 24:41] = 2, 3
    options = {"photometric": "minisblack", "metadata": {"axes": "TYX"}}
    tifffile.imwrite(tmp_path / "labels.tif", labels, **options)
    (tmp_path / "man_track.txt").write_text("1 0 0 0\n2 1 2 1\n3 1 2 1\n")
    return tmp_path / "labels.tif", tmp_path / "man_track.txt"


def test_given_labels_are_drawn_with_their_lineage(
    given: tuple[Path, Path], tmp_path: Path
) -> None:
    labels, links = given
    target, again = tmp_path / "drawn.ome.zarr", tmp_path / "again.ome.zarr"
    words = ["--shapes", labels, "--links", links, "--pixel-size", 0.1, "--frame-interval", 60]
    assert "simulated rods, phase, 3 frames, 40 × 50 pixels" in shown(target, *words)
    assert validate(target, deep=True).problems == ()
    movie = open_movie(target)
    assert (movie.labels("reference").to_numpy() == tifffile.imread(labels)).all()
    tracks = movie.table("reference", "tracks").to_table().to_pandas()
    assert sorted(tracks["parent_track_id"]) == [-1, 1, 1]
    record = movie.require_writable().provenance.simulation
    assert (record["shapes"], record["magnification"]) == ("labels.tif", 1.0)
    shown(again, "--shapes", target, "--contrast", "fluorescence", "--magnification", 2)
    twice = open_movie(again)
    assert twice.shape == (3, 1, 80, 100)
    assert (twice.pixel_size_um, twice.frame_interval_s) == ((0.05, 0.05), 60.0)
    assert twice.table("reference", "links").count_rows() == 4
    assert twice.channel_names == ("fluorescence (simulated)",)
    assert twice.require_writable().provenance.simulation["shapes"].startswith("drawn.ome.zarr")


def test_many_movies_draw_parameters_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    words = [folder, "--movies", 3, "--frames", 2, "--size", "64x72", "--set", "halo=0.25"]
    words += ["--contrast", "fluorescence"]
    assert "all" in shown(*words)
    records = [one.require_writable().provenance.simulation for one in open_collection(folder)]
    assert [one["imaging"]["halo"] for one in records] == [0.25] * 3
    assert [one["contrast"] for one in records] == ["fluorescence"] * 3
    assert len({one["population"]["width_px"] for one in records}) == 3
    assert len({one["imaging"]["noise"] for one in records}) == 3
    assert open_collection(folder).names[0] == "rods-000.ome.zarr"
    assert "left as it is" in shown(*words)
    again = tmp_path / "again"
    shown(again, *words[1:2], 1, *words[3:])
    ours, theirs = (open_movie(one / "rods-000.ome.zarr") for one in (again, folder))
    assert ours.require_writable().image_digest == theirs.require_writable().image_digest


def test_given_labels_are_drawn_many_times(given: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "many"
    shown(folder, "--movies", 2, "--shapes", given[0], "--links", given[1])
    movies = list(open_collection(folder))
    factors = [one.require_writable().provenance.simulation["magnification"] for one in movies]
    assert factors[0] != factors[1]
    assert [one.shape[2] for one in movies] == [round(40 * factor) for factor in factors]
    assert [one.table("reference", "links").count_rows() for one in movies] == [4, 4]
    with pytest.raises(PartlyFailedError):
        shown(tmp_path / "c", "--movies", 1, "--shapes", given[0], "--set", "coverage=0.2")
    with pytest.raises(WrongArgumentError, match="drawn for each"):
        shown(tmp_path / "d", "--movies", 1, "--drift", "1,0")


def test_options_of_given_shapes_and_of_simulated_lives_do_not_mix(
    given: tuple[Path, Path], tmp_path: Path
) -> None:
    target = tmp_path / "none.ome.zarr"
    for words in (["--frames", 3], ["--size", "64x64"], ["--drift", "0,1"], ["--jump", "1,2,2"]):
        with pytest.raises(WrongArgumentError, match="follows from the given shapes"):
            shown(target, "--shapes", given[0], *words)
    for words in (["--links", given[1]], ["--magnification", 2], ["--pixel-size", 1]):
        with pytest.raises(WrongArgumentError, match="for given shapes only"):
            shown(target, *words)
    with pytest.raises(NotFoundError):
        shown(target, "--shapes", tmp_path / "missing.tif")
    for words in (["--frame-interval", 0], ["--pixel-size", -1]):
        with pytest.raises(WrongArgumentError, match="above 0"):
            shown(target, "--shapes", given[0], *words)
    given[1].write_text("1 0 0 0\n2 1 2 8\n3 1 2 1\n")
    with pytest.raises(InvalidLineageError):
        shown(target, "--shapes", given[0], "--links", given[1])
    assert not target.exists()


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
