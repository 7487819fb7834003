"""Does `evaluate` read its options, show figures for people and programs, and refuse what has no meaning?"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from evaluated_movies import DAMAGES, make_movie, reference_labels
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.cli.evaluation_options import large_overlap, margin, span, window
from distnet_store.cli.evaluation_output import figure
from distnet_store.errors import (
    DistnetError,
    InvalidDataError,
    InvalidLineageError,
    NotFoundError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.store.movie import open_movie


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_movie(tmp_path_factory.mktemp("command") / "small.ome.zarr").url


@pytest.fixture
def dataset(made_once: str, tmp_path: Path) -> str:
    return str(shutil.copytree(made_once, tmp_path / "small.ome.zarr"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The reference's labels as a result of the Cell Tracking Challenge."""
    place = tmp_path / "01_RES"
    place.mkdir()
    for t, frame in enumerate(reference_labels()):
        tifffile.imwrite(place / f"mask{t:03}.tif", frame.astype(np.uint16))
    (place / "res_track.txt").write_text("1 0 3 0\n2 0 3 0\n")
    return place


def shown(*words: object) -> str:
    """Return what the command prints."""
    ended = CliRunner().invoke(app, ["evaluate", *map(str, words)])
    if ended.exception is not None:
        raise ended.exception
    return ended.stdout


def events(*words: object) -> list[dict]:
    found = [json.loads(line) for line in shown(*words, "--json").splitlines()]
    return [event for event in found if event["event"] != "progress"]


def row_of(text: str, measure: str) -> str:
    return next(line for line in text.splitlines() if f"│   {measure} " in line)


def test_a_person_sees_figures_with_what_they_are_and_whether_they_are_stored(
    dataset: str,
) -> None:
    text = shown(dataset)
    assert "37.5 %" in row_of(text, "segmentation_percent")
    assert "segmentation errors per cell of the reference" in text
    order = [text.index(heading) for heading in ("PAPER", "OVERLAP", "CHALLENGE")]
    assert order == sorted(order)
    assert "│ –" in row_of(text, "BC(0)")
    assert "note: BC(0), BC(1), BC(2), BC(3): no cell divides" in text
    assert "cells against reference: computed, and stored in tables/cells/" in text
    assert "read from the dataset, not computed again" in shown(dataset)


def test_a_program_gets_every_figure(dataset: str) -> None:
    (event,) = events(dataset)
    assert (event["event"], event["result"], event["reference"]) == (
        "evaluated",
        "cells",
        "reference",
    )
    assert (event["computed"], event["stored"]) == (True, True)
    assert {name: event["measures"][name] for name in DAMAGES} == DAMAGES
    assert event["measures"]["CCA"] is None
    assert {kind: count for kind, count in event["errors"].items() if count} == {
        "false negative": 1,
        "false positive": 1,
        "over-segmentation": 1,
        "false negative link": 1,
        "unlinked part": 2,
    }


def test_results_stand_side_by_side_and_the_best_is_marked(dataset: str) -> None:
    text = shown(dataset, "--result", "cells", "--result", "reference")
    assert [part.strip() for part in row_of(text, "tracking_errors").split("│")[2:4]] == [
        "3",
        "0 *",
    ]
    assert "the best of these results" in text
    found = events(dataset, "--result", "cells", "--result", "reference")
    assert [event["result"] for event in found] == ["cells", "reference"]


def test_one_result_alone_is_not_the_best(dataset: str) -> None:
    assert "*" not in shown(dataset)


@pytest.mark.parametrize(
    ("words", "measure", "value"),
    [
        (["--frames", "3:4"], "false_positives", 1),
        (["--frames", "0:3"], "false_positives", 0),
        (["--window", "0:48,0:40"], "lineages", 1),
        (["--margin", "7"], "reference_cells", 8),
        (["--margin", "8"], "reference_cells", 0),  # all begin or end 8 pixels from the border
        (["--margin", "none"], "reference_cells", 8),
        (["--large-overlap", "1000"], "over_segmentations", 1),
    ],
)
def test_options_reach_the_count(
    dataset: str, words: list[str], measure: str, value: float
) -> None:
    (event,) = events(dataset, "--no-store", *words)
    assert event["measures"][measure] == value


def test_every_option_is_recorded_with_the_scores(dataset: str) -> None:
    words = ["--margin", "none", "--window", "0:40,0:60", "--frames", "0:4"]
    words += ["--mitosis-tolerance", "2", "--large-overlap", "median"]
    shown(dataset, *words, "--unmatched-links", "skip-later")
    (record,) = Path(dataset).glob(".distnet/runs/evaluate-*/run.json")
    assert json.loads(record.read_text())["parameters"] == {
        "margin": None,
        "window": [0, 40, 0, 60],
        "frames": [0, 4],
        "mitosis_tolerance": 2,
        "large_overlap": "median",
        "large_overlap_px": None,
        "unmatched_links": "skip-later",
        "reference": "reference",
    }


def test_nothing_is_stored_on_request(dataset: str) -> None:
    assert "computed, not stored\n" in shown(dataset, "--no-store")
    assert ("cells", "scores") not in open_movie(dataset).tables()


def test_other_options_need_overwrite(dataset: str) -> None:
    shown(dataset)
    with pytest.raises(TargetExistsError):
        shown(dataset, "--margin", "3")
    assert events(dataset, "--margin", "3", "--overwrite")[0]["computed"]


def test_a_folder_is_judged_and_nothing_is_stored(dataset: str, folder: Path) -> None:
    text = shown(folder, "--against", dataset)
    assert "01_RES against reference: computed, not stored: that takes a result" in text
    (event,) = events(dataset, "--against", folder)
    assert (event["reference"], event["stored"]) == ("01_RES", False)


def test_the_first_errors_are_listed_worst_lineage_first(dataset: str) -> None:
    text = shown(dataset, "--errors", "2")
    assert "cells: 2 of 6 errors" in text
    found = [event for event in events(dataset, "--errors", "9") if event["event"] != "evaluated"]
    assert [event["reference_track_ids"] for event in found] == [[1], [1], [1], [2], [2], []]


def test_files_are_written_for_each_result(dataset: str, tmp_path: Path) -> None:
    results = ["--result", "cells", "--result", "reference"]
    out = tmp_path / "out"
    found = events(dataset, *results, "--atlas", out / "a.html", "--tables", out)
    paths = [event["path"] for event in found if event["event"] == "atlas"]
    assert paths == [str(out / "a-cells.html"), str(out / "a-reference.html")]
    assert "There are no errors" in Path(paths[1]).read_text(encoding="utf-8")
    assert len(list(out.glob("*.csv"))) == 10
    assert "atlas of cells: " in shown(dataset, "--atlas", out / "one.png")
    assert (out / "one.png").is_file()


# Refusals


def missing_frame(folder: Path) -> None:
    (folder / "mask002.tif").unlink()


def duplicated_row(folder: Path) -> None:
    (folder / "res_track.txt").write_text("1 0 3 0\n2 0 3 0\n2 0 3 0\n")


def no_table(folder: Path) -> None:
    (folder / "res_track.txt").unlink()


def one_frame_less(folder: Path) -> None:
    (folder / "mask003.tif").unlink()
    (folder / "res_track.txt").write_text("1 0 2 0\n2 0 2 0\n")


def nothing(folder: Path) -> None:
    shutil.rmtree(folder)


def empty_folder(folder: Path) -> None:
    nothing(folder)
    folder.mkdir()


@pytest.mark.parametrize(
    ("damage", "kind", "text"),
    [
        (missing_frame, InvalidDataError, "no frame 2"),
        (duplicated_row, InvalidLineageError, "stand in the table twice"),
        (no_table, NotFoundError, "res_track.txt"),
        (one_frame_less, InvalidDataError, "3 frames"),
        (nothing, NotFoundError, "neither a dataset nor a folder"),
        (empty_folder, DistnetError, "no images|nothing|no image"),
    ],
)
def test_a_damaged_folder_is_refused_with_what_is_wrong(
    dataset: str, folder: Path, damage, kind: type[DistnetError], text: str
) -> None:
    damage(folder)
    with pytest.raises(kind, match=text) as raised:
        shown(folder, "--against", dataset)
    assert raised.value.remedy


@pytest.mark.parametrize(
    "words",
    [
        ["--frames", "3:3"],
        ["--frames", "3"],
        ["--frames", "0:99"],
        ["--window", "0:5"],
        ["--window", "0:5,-1:3"],
        ["--window", "0:48,0:999"],
        ["--margin", "all"],
        ["--large-overlap", "-1"],
        ["--large-overlap", "nan"],
        ["--unmatched-links", "both"],
        ["--atlas", "errors.pdf"],
    ],
)
def test_an_option_that_cannot_be_is_refused_and_nothing_written(
    dataset: str, words: list[str]
) -> None:
    with pytest.raises(WrongArgumentError):
        shown(dataset, *words)
    assert ("cells", "scores") not in open_movie(dataset).tables()


def test_options_are_read() -> None:
    assert span("2:7", "--frames") == (2, 7)
    assert window("1:2,3:4", "--window") == (1, 2, 3, 4)
    assert (margin("none", "--margin"), margin("4", "--margin")) == (None, 4)
    assert large_overlap("median", "") == ("median", None)
    assert large_overlap("12.5", "") == ("mean", 12.5)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "fraction", "–"),
        (12.0, "count", "12"),
        (0.0, "percent", "0 %"),
        (0.0004, "percent", "<0.001 %"),
        (100.0, "percent", "100 %"),
        (0.2419, "percent", "0.242 %"),
        (1.0, "fraction", "1.0000"),
        (0.999999, "fraction", ">0.9999"),
        (0.00001, "fraction", "<0.0001"),
    ],
)
def test_a_figure_is_never_rounded_to_perfect(value: float | None, unit, text: str) -> None:
    assert figure(value, unit) == text
