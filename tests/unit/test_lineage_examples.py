"""Do the examples of docs/lineages.md run as they stand, in the order in which they stand?"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from real_chambers import read_chamber
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "lineages.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with movie.ome.zarr: a real chamber, whose track 2 is born by division and divides."""
    image, labels, links = read_chamber("chamber10")
    target = tmp_path / "movie.ome.zarr"
    movie = import_movie(image[:, 0], target, pixel_size_um=0.1, frame_interval_s=300)
    import_labels(movie, labels.astype(np.int32), "cells", links=links)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_example_runs(folder: Path) -> None:
    """Polars is not installed here, nor R: their blocks are shown, and the document says so."""
    ran = {"python": 0, "sql": 0, "sh": 0}
    for language, body in _BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")):
        if language == "python":
            seen: dict[str, object] = {}
            exec(compile(body, str(DOCUMENT), "exec"), seen)  # noqa: S102 - our own document
            _check(seen)
        elif language == "sql":
            assert len(duckdb.sql(body.strip().rstrip(";")).fetchall()) > 1
        elif language == "sh":
            _run(body)
        ran[language] = ran.get(language, 0) + 1
    assert ran == {"python": 6, "sql": 1, "sh": 3, "py": 1, "r": 1}
    assert (folder / "look.html").stat().st_size > 1000
    assert len(pd.read_csv(folder / "cycles.csv")) == 3


def _check(seen: dict[str, object]) -> None:
    """What some examples must find, known of this chamber: 2 divides into 3 and 4, 5 is its sister."""
    found = {
        name: sorted(table["track_id"].tolist())
        for name in ("descendants", "siblings", "above")
        if isinstance(table := seen.get(name), pd.DataFrame)
    }
    if found:
        assert found == {"descendants": [3, 4], "siblings": [5], "above": [1]}
    if isinstance(chosen := seen.get("chosen"), pd.DataFrame):
        assert set(chosen["track_id"]) == {2, 3, 4}


def _run(body: str) -> None:
    for line in body.splitlines():
        ended = CliRunner().invoke(app, shlex.split(line)[1:], catch_exceptions=False)
        assert ended.exit_code == 0, line
        assert ended.output.strip(), line
