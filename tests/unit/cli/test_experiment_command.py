"""Does `experiment` read its options, list conditions, show the figures, and refuse what has no meaning?

The network is replaced by the maps of the reference, blind at the top of the image.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from blind_network import BlindNetwork, links_between
from typer.testing import CliRunner
from untrained_models import card_only

from distnet_store.cli.app import app
from distnet_store.cli.choices import integer_range
from distnet_store.errors import DistnetError, NotFoundError, WrongArgumentError
from distnet_store.pipeline.experiments import run_experiment as experiment_module
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie


@pytest.fixture(scope="module")
def place(chamber10, tmp_path_factory):
    """A folder with a dataset of two frames with a reference, and a model of N = 5."""
    root = tmp_path_factory.mktemp("command")
    movie = import_movie(
        chamber10.images[:2, :126], root / "c10.ome.zarr", pixel_size_um=0.1, frame_interval_s=60
    )
    labels = chamber10.labels[:2, :126].astype(np.int32)
    import_labels(movie, labels, links=links_between(chamber10.links, labels))
    card_only(root / "wide.safetensors", frames=5, gap=2)
    with pytest.MonkeyPatch.context() as patch:
        BlindNetwork(patch)
        yield root


def shown(*words: object) -> str:
    """Return what the command prints."""
    ended = CliRunner().invoke(app, ["experiment", *map(str, words)])
    if ended.exception is not None:
        raise ended.exception
    return ended.stdout


def events(*words: object) -> list[dict]:
    found = [json.loads(line) for line in shown(*words, "--json").splitlines()]
    return [event for event in found if event["event"] != "progress"]


def test_the_table_the_notes_and_the_files_are_shown_and_nothing_is_done_twice(place):
    words = ["ablation", place / "c10.ome.zarr", "--out", place / "out", "--margin", "none"]
    words += ["--model", place / "wide.safetensors"]
    first = shown(*words)
    assert "window" in first
    assert "7 frames" in first
    assert "(2/8)" in first  # of 4 cells in each frame the network missed the uppermost
    assert "not the paper's network of two frames" in first
    assert "4 condition(s) scored" in first
    assert str(place / "out/ablation.svg") in first
    found = events(*words)
    assert [event["event"] for event in found] == ["condition"] * 4 + ["experiment"]
    assert found[0]["measures"]["segmentation_errors"] == 2
    assert [event["corrected"] for event in found[:4]] == [False, False, True, True]
    assert (found[4]["conditions_scored"], found[4]["units_computed"]) == (0, 0)
    assert {Path(file).name for file in found[4]["files"]} == {
        f"ablation.{ending}" for ending in ("csv", "parquet", "png", "svg")
    }
    assert "nothing to do" in shown(*words)
    assert "(scored)" in shown(*words, "--dry-run")


def test_a_dry_run_lists_the_conditions_and_writes_nothing(place):
    words = ["window", place / "c10.ome.zarr", "--out", place / "none", "--dry-run"]
    words += ["--model", place / "wide.safetensors", "--gaps", "1:3"]
    text = shown(*words)
    assert "6 condition(s), 0 of them scored already" in text
    assert "  every-01 (2 frames): wide-gap3-corrected\n" in text
    (plan,) = events(*words)
    assert [c["condition"] for c in plan["conditions"][:3]] == [
        *("wide-gap1", "wide-gap2", "wide-gap3"),
    ]
    assert not (place / "none").exists()


def test_every_option_reaches_the_experiment(place, monkeypatch):
    calls = []

    def noted(movie, kind, folder, options, **_named):
        calls.append((movie.url, kind, folder, options))
        raise NotFoundError("enough")

    monkeypatch.setattr(experiment_module, "run_experiment", noted)
    with pytest.raises(NotFoundError):
        shown(
            *("sampling", place / "c10.ome.zarr", "--out", "somewhere", "--model", "a"),
            *("--model", "b", "--gaps", "2,4", "--every", "1:3", "--channel", "0"),
            *("--thickness", "9", "--reference", "truth", "--margin", "4"),
            *("--mitosis-tolerance", "2", "--title", "T", "--keep-maps", "--overwrite"),
            *("--threads", "2"),
        )
    ((url, kind, folder, options),) = calls
    assert (url, kind, folder) == (str(place / "c10.ome.zarr"), "sampling", "somewhere")
    assert (options.models, options.gaps, options.every) == (("a", "b"), (2, 4), (1, 2, 3))
    assert (options.channel, options.segmentation.object_thickness) == (0, 9)
    assert (options.evaluation.margin, options.evaluation.mitosis_tolerance) == (4, 2)
    assert (options.reference, options.title, options.workers) == ("truth", "T", 2)
    assert options.keep_maps
    assert options.overwrite


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["all"], "ablation, window, sampling"),
        (["window"], "bacteria with N = 3"),
        (["ablation", "--every", "1:2"], "'sampling' only"),
        (["window", "--gaps", "3:1"], "this is no range"),
        (["ablation", "--margin", "-1"], "margin"),
        (["ablation", "--model", "nothing"], "there is no model"),
        (["ablation", "--reference", "truth"], "there is no reference 'truth'"),
    ],
)
def test_what_has_no_meaning_is_refused_before_anything_is_written(place, words, says):
    kind, *options = words
    with pytest.raises(DistnetError, match=says):
        shown(kind, place / "c10.ome.zarr", "--out", place / "refused", *options)
    assert not (place / "refused").exists()


@pytest.mark.parametrize("text", ["", "1:", ":3", "1:2:3", "a:b", "5:1", "1;2", "-1:2"])
def test_no_range_is_refused(text):
    with pytest.raises(WrongArgumentError, match="--gaps"):
        integer_range(text, "--gaps")
