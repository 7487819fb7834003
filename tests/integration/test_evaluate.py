"""Evaluation on real cells: a damaged result, several results, folders of the challenge."""

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie

COMMAND = str(Path(sys.executable).with_name("distnet-store"))
DOCUMENT = Path(__file__).parents[2] / "docs" / "evaluation.md"
CHALLENGE = Path(__file__).parents[1] / "data" / "metrics-reference"


def call(*words):
    """Return what the command prints, called in this process."""
    done = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.stdout
    return done.stdout


def events(*words):
    found = [json.loads(line) for line in call(*words, "--json").splitlines()]
    return [event for event in found if event["event"] == "evaluated"]


def damaged(labels, links):
    """Lose a cell of frame 2, merge two in frame 4, cut one in frame 6, invent one in frame 8; swap two links."""
    labels, links = labels.copy(), links.copy()
    first = [np.unique(frame)[1:] for frame in labels]
    labels[2][labels[2] == first[2][0]] = 0
    labels[4][labels[4] == first[4][1]] = first[4][2]
    below = np.arange(labels.shape[1])[:, None] > np.median(np.nonzero(labels[6] == first[6][1])[0])
    labels[6][(labels[6] == first[6][1]) & below] = 900
    labels[8, 150:162, 8:16] = 901
    swapped = np.flatnonzero((links[:, 0] == 0) & (links[:, 2] == 1))[:2]
    links[swapped, 3] = links[swapped[::-1], 3]
    there = [(labels[t] == a).any() and (labels[u] == b).any() for t, a, u, b in links.tolist()]
    return labels, links[there]


@pytest.fixture(scope="module")
def dataset(chamber10, tmp_path_factory):
    target = tmp_path_factory.mktemp("evaluate") / "c10.ome.zarr"
    movie = import_movie(chamber10.images, target, pixel_size_um=0.1, frame_interval_s=300)
    labels = chamber10.labels.astype(np.int32)
    movie = import_labels(movie, labels, links=chamber10.links)
    movie = import_labels(movie, labels, "unlinked", links=chamber10.links[:0])
    wrong, links = damaged(labels, chamber10.links)
    import_labels(movie, wrong, "cells", links=links)
    return target


def test_every_damage_is_counted_once(dataset):
    (found,) = events("evaluate", dataset)
    assert found["errors"] == {
        "false negative": 1,
        "false positive": 1,
        "over-segmentation": 1,
        "under-segmentation": 1,
        "false negative link": 4,  # two swapped; two of the cell that went into another in frame 4
        "false positive link": 2,
        "unlinked part": 2,
    }
    assert found["measures"]["segmentation_percent"] == pytest.approx(100 * 4 / 53)
    assert found["measures"]["incomplete_lineages"] == 4


def test_results_are_compared_and_the_atlas_and_tables_written(dataset, tmp_path):
    results = ("--result", "cells", "--result", "reference")
    text = call("evaluate", dataset, *results, "--atlas", tmp_path / "a.html", "--tables", tmp_path)
    assert "the best of these results" in text
    page = (tmp_path / "a-cells.html").read_text(encoding="utf-8")
    assert page.count("<img ") == 12
    with (tmp_path / "cells-errors.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["t"] for row in rows if row["kind"] == "under-segmentation"] == ["4"]


def test_the_dataset_is_valid_with_its_scores(dataset):
    events("evaluate", dataset)
    assert "no problems" in call("validate", dataset)


def test_pandas_alone_finds_the_frames_to_look_at(dataset):
    events("evaluate", dataset)
    code = (
        "import sys; sys.modules['distnet_store'] = None; import pandas as pd; "
        "errors = pd.read_parquet(sys.argv[1]); "
        "print(errors[errors.counted].groupby('t')['count'].sum().idxmax())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, f"{dataset}/tables/cells/scores/table.parquet"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.strip() == "0"


def test_examples_of_the_document_run(dataset, tmp_path, monkeypatch, capsys):
    shutil.copytree(dataset, tmp_path / "movie.ome.zarr")
    monkeypatch.chdir(tmp_path)
    text = DOCUMENT.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(python|py|sql)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert [language for language, _ in blocks] == ["python", "py", "sql"]
    names = {"__name__": "example"}
    call("evaluate", "movie.ome.zarr", "--mitosis-tolerance", "1", "--overwrite")
    for _, block in blocks[:2]:
        exec(block, names)  # noqa: S102 - our own examples
    assert names["scores"].values["false_negatives"] == 1
    assert "false positive link" in capsys.readouterr().out
    worst = duckdb.sql(blocks[2][1]).fetchall()
    assert [errors for _, errors in worst] == sorted((e for _, e in worst), reverse=True)
    assert len(worst) == 4


def test_a_reference_of_another_size_is_refused_with_a_message(dataset):
    words = ["evaluate", CHALLENGE / "RES_perfect" / "01_RES", "--against", dataset]
    done = subprocess.run(
        [COMMAND, *words], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert "not of the same movie" in done.stderr


@pytest.mark.parametrize("name", ["perfect", "late_division"])
def test_a_pair_of_challenge_folders_has_the_scores_of_both_tables(name):
    result = CHALLENGE / f"RES_{name}" / "01_RES"
    (found,) = events("evaluate", result, "--against", CHALLENGE / "01_GT")
    for table in ("reference_py-ctcmetrics-1.3.3.csv", "reference_traccuracy.csv"):
        with (CHALLENGE / table).open() as file:
            (row,) = [row for row in csv.DictReader(file) if row["variant"] == name]
        for measure in {"SEG", "DET", "TRA", "LNK"} & row.keys():
            assert found["measures"][measure] == pytest.approx(float(row[measure]), abs=1e-12)
