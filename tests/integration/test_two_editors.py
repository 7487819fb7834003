"""Of two programs that edit one result, the second is told, and no edit of either is lost."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from curated_movies import write_movie

from distnet_store.pipeline.curation.curation import movie_curation
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.validate import validate

CURATE = """
import importlib, sys, time
from pathlib import Path

folder, pause = Path(sys.argv.pop(1)), sys.argv.pop(1)
if pause:
    module, _, name = pause.partition(":")
    *owner, name = name.split(".")
    place = importlib.import_module(module)
    for part in owner:
        place = getattr(place, part)
    work = getattr(place, name)

    def waits(*words, **options):
        (folder / "ready").touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
        return work(*words, **options)

    setattr(place, name, waits)
from distnet_store.cli.app import app
from distnet_store.cli.failure import run_guarded

sys.exit(run_guarded(app))
"""

OPENED = "distnet_store.pipeline.curation.curation:Curation.apply"
"""Called when the result is opened and nothing is written."""
WRITING = "distnet_store.pipeline.curation.carry_out:write_patch"
"""Called when the edit is in the journal and nothing else is written."""

Curate = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def movie(tmp_path: Path) -> Movie:
    return write_movie(tmp_path, maps=False)


@pytest.fixture
def curate(movie: Movie, tmp_path: Path) -> Curate:
    script = tmp_path / "curate.py"
    script.write_text(CURATE)

    def start(author: str, *words: str, pause: str = "") -> "subprocess.Popen[str]":
        command, *cells = words
        line = ["curate", command, movie.url, *cells, "--name", "cells", "--author", author]
        return subprocess.Popen(
            [sys.executable, script, tmp_path, pause, *line], stderr=subprocess.PIPE, text=True
        )

    return start


def wait_for(place: Path, program: "subprocess.Popen[str]") -> None:
    while not place.exists():
        assert program.poll() is None, "it ended before it came so far"
        time.sleep(0.01)


def said(program: "subprocess.Popen[str]", code: int) -> str:
    _, error = program.communicate()
    assert program.returncode == code, error
    return error


def test_who_opened_the_result_before_another_edited_it_is_told(
    curate: Curate, movie: Movie, tmp_path: Path
) -> None:
    first = curate("anna", "delete", "0:1", pause=OPENED)
    wait_for(tmp_path / "ready", first)
    said(curate("ben", "delete", "3:2"), 0)
    (tmp_path / "go").touch()
    error = said(first, 15)
    assert "was edited since it was opened here" in error
    assert "delete 3:2" in error
    assert "by ben" in error
    assert "what to do" in error
    said(curate("anna", "delete", "0:1"), 0)
    assert authors(movie) == ["ben", "anna"]


def test_who_edits_while_another_writes_is_told(
    curate: Curate, movie: Movie, tmp_path: Path
) -> None:
    first = curate("anna", "delete", "0:1", pause=WRITING)
    wait_for(tmp_path / "ready", first)
    error = said(curate("ben", "delete", "3:2"), 15)
    assert "another program is writing an edit" in error
    assert "by anna" in error
    (tmp_path / "go").touch()
    said(first, 0)
    said(curate("ben", "delete", "3:2"), 0)
    assert authors(movie) == ["anna", "ben"]


def authors(movie: Movie) -> list[str]:
    """Return who made the edits in force; both cells are gone, and the dataset is valid."""
    now = open_movie(movie.url)
    assert not (now.labels_frame("cells", 0) == 1).any()
    assert not (now.labels_frame("cells", 3) == 2).any()
    assert validate(movie.url, deep=True).problems == ()
    return [row.author for row in movie_curation(now, "cells").history() if not row.undone]
