"""Do the examples of docs/neighbours.md run as they stand, in the order in which they stand?"""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from real_chambers import read_chamber
from skimage.segmentation import expand_labels
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.sql_query import query_tables

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "neighbours.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def movie(tmp_path, monkeypatch):
    """A real chamber whose cells were grown until they touch: 1 divides into 2 and 5."""
    image, labels, links = read_chamber("chamber10")
    grown = np.stack([expand_labels(frame, 2) for frame in labels]).astype(np.int32)
    target = tmp_path / "movie.ome.zarr"
    movie = import_movie(image[:, 0], target, pixel_size_um=0.1, frame_interval_s=300)
    monkeypatch.chdir(tmp_path)
    return import_labels(movie, grown, "corrected", links=links)


def test_every_example_runs(movie):
    seen: dict[str, object] = {}
    ran = {"python": 0, "sql": 0, "sh": 0}
    for language, body in _BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")):
        if language == "python":
            exec(compile(body, str(DOCUMENT), "exec"), seen)  # noqa: S102 - our own document
        elif language == "sql":
            assert query_tables(movie, "corrected", body.strip().rstrip(";")).num_rows > 1
        else:
            run_lines(body)
        ran[language] += 1
    assert ran == {"python": 3, "sql": 1, "sh": 1}
    check(seen)


def run_lines(body):
    for line in body.splitlines():
        words = shlex.split(line, comments=True)
        ended = CliRunner().invoke(app, words[1:], catch_exceptions=False)
        assert ended.exit_code == 0, line


def check(seen):
    """What the examples must find, known of this chamber."""
    assert 0 < len(seen["by_half"]) <= len(seen["inside"]) < len(seen["now"])
    assert {1} <= set(seen["sisters"]["parent_track_id"])
    assert (2, 5) in seen["frames_in_touch"].index
    assert seen["graph"].number_of_edges() == len(seen["edges"]) > 0
