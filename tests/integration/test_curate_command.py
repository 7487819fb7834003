"""The commands of `curate` say in a line what they did, refuse with an exit code, and go the whole round."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from curated_movies import digests, write_movie

from distnet_store.cli.app import app
from distnet_store.cli.failure import run_guarded
from distnet_store.store.annotated_frames import annotated_frames
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.validate import validate


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    return write_movie(tmp_path_factory.mktemp("curated"))


class Shell:
    """Runs `distnet-store curate` on the movie."""

    def __init__(
        self, movie: Movie, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._movie, self._monkeypatch, self._capsys = movie, monkeypatch, capsys

    def __call__(self, command: str, *words: str, code: int = 0) -> str:
        line = ["distnet-store", "curate", command, self._movie.url, "--name", "cells", *words]
        self._monkeypatch.setattr(sys, "argv", line)
        try:
            found = run_guarded(app)
        except SystemExit as end:  # typer ends a command that went well like this
            found = int(end.code or 0)
        said = self._capsys.readouterr()
        assert found == code, said.err
        return said.err if code else said.out


@pytest.fixture
def curate(
    movie: Movie, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    return Shell(movie, monkeypatch, capsys)


def test_the_whole_round(curate: Shell, movie: Movie, tmp_path: Path) -> None:
    before = digests(movie)
    said = curate("split", "1:1", "--seeds", "5,6 9,6", "--author", "anna", "--note", "two")
    assert said == "split 1:1 → 1:1, 1:3; 2 link(s) made, 0 removed\n"
    assert curate("split", "0:1", "--line", "0,6 12,6", "--dry-run").startswith("would split 0:1")
    curate("merge", "1:1", "1:3")
    curate("delete", "3:3")
    curate("draw", "--t", "3", "--polygon", "18,2 18,6 22,6 22,2")
    curate("unlink", "2:1", "3:1")
    curate("link", "2:1", "3:1")
    curate("divide", "1:2", "2:2", "2:3")
    curate("swap", "3:1", "3:2")
    curate("confirm", "0:1", "--track", "1", "--frames", "0:2")
    table = curate("history")
    assert "two" in table
    assert "anna" in table
    assert len(curate("history", "--json").splitlines()) == 9
    curate("undo", "--steps", "2")
    assert "made again: 8" in curate("redo")
    assert validate(movie.url, deep=True).problems == ()
    assert "not so many edits to undo" in curate("undo", "--steps", "9", code=11)
    curate("undo", "--steps", "8")
    assert digests(movie) == before


def test_labels_go_to_another_program_and_back(curate: Shell, movie: Movie, tmp_path: Path) -> None:
    file = tmp_path / "labels.tif"
    curate("export", str(file))
    labels = tifffile.imread(file)
    labels[0][labels[0] == 2] = 0
    tifffile.imwrite(file, labels * 3, photometric="minisblack")
    first = json.loads(
        curate("import", str(file), "--axes", "tyx", "--dry-run", "--json").splitlines()[-1]
    )
    assert (first["deleted"], first["same"], first["renumbered"]) == (1, 9, 9)
    assert "1 deleted" in curate("import", str(file), "--axes", "tyx")
    assert np.unique(movie.labels_frame("cells", 0)).tolist() == [0, 1]
    curate("undo")


def test_a_file_of_a_selection_changes_no_other_cells(
    curate: Shell, movie: Movie, tmp_path: Path
) -> None:
    movie.save_selection("cells", "one", [1, 2**32 + 1])
    file, other = tmp_path / "one.tif", tmp_path / "saved as.tif"
    curate("export", str(file), "--selection", "one")
    assert "the labels are of 2 cells; all others stay" in curate("import", str(file))
    found = json.loads(curate("import", str(file), "--json").splitlines()[-1])
    assert (found["limited_to"], found["edits"]) == (2, [])
    other.write_bytes(file.read_bytes())
    assert "lack many cells" in curate("import", str(other), code=4)
    assert "8 deleted" in curate("import", str(other), "--delete-missing", "--dry-run")
    movie.delete_selection("cells", "one")


def test_masks_and_parts_are_read_from_images(curate: Shell, movie: Movie, tmp_path: Path) -> None:
    frame = movie.labels_frame("cells", 0)
    parts = np.where(frame == 1, 1 + (np.indices(frame.shape)[0] > 5), 0).astype(np.uint8)
    tifffile.imwrite(tmp_path / "parts.tif", parts)
    assert "split 0:1" in curate("split", "0:1", "--parts", str(tmp_path / "parts.tif"))
    mask = np.zeros(frame.shape, np.uint8)
    mask[20:23, 2:6], mask[20:23, 10:14] = 1, 2
    tifffile.imwrite(tmp_path / "mask.tif", mask)
    curate("draw", "--t", "0", "--mask", str(tmp_path / "mask.tif"), "--value", "2")
    drawn = movie.labels_frame("cells", 0)[20:23]
    assert (drawn[:, 10:14] > 0).all()
    assert not drawn[:, :10].any()
    tifffile.imwrite(
        tmp_path / "two.tif",
        np.stack([mask, mask]),
        photometric="minisblack",
        metadata={"axes": "TYX"},
    )
    assert "one frame" in curate("draw", "--t", "0", "--mask", str(tmp_path / "two.tif"), code=4)
    curate("undo", "--steps", "2")


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("delete", "0:99"), 11, "there is no cell 0:99"),
        (("delete", "first"), 2, "names no cell"),
        (("delete", "1:1", "9:1"), 11, "there is no cell 9:1"),
        (("delete", "77@0"), 11, "there is no track 77"),
        (("delete", "1@9"), 11, "no cell at t = 9"),
        (("split", "0:99", "--line", "0,6 12,6"), 11, "there is no cell 0:99"),
        (("merge", "0:1", "0:99"), 11, "there is no cell 0:99"),
        (("draw", "--cell", "0:99", "--polygon", "1,1 1,3 3,3"), 11, "there is no cell 0:99"),
        (("draw", "--t", "4", "--polygon", "1,1 1,3 3,3"), 11, "there is no such frame"),
        (("link", "0:1", "1:99"), 11, "there is no cell 1:99"),
        (("unlink", "0:99", "1:1"), 11, "there is no cell 0:99"),
        (("unlink", "0:1", "1:2"), 10, "no such link"),
        (("divide", "1:99", "2:1", "2:2"), 11, "there is no cell 1:99"),
        (("swap", "3:1", "3:99"), 11, "there is no cell 3:99"),
        (("confirm", "0:99"), 11, "there is no cell 0:99"),
        (("confirm", "--track", "77"), 11, "there is no track 77"),
        (("confirm", "--frames", "2:9"), 11, "there is no such frame"),
        (("link", "1:1", "0:1"), 10, "forward in time"),
        (("link", "1:1", "1:2"), 10, "forward in time"),
        (("link", "0:1", "2:1", "--others", "remove"), 10, "frames lie between"),
        (("link", "0:1", "1:1"), 10, "linked already"),
        (("link", "0:1", "1:2"), 10, "division or a fusion"),
        (("divide", "2:1", "1:1", "1:2"), 10, "forward in time"),
        (("divide", "0:1", "2:1", "2:2"), 10, "frames lie between"),
        (("divide", "1:1", "2:1"), 2, "daughters"),
        (("merge", "0:1", "1:1"), 2, "different frames"),
        (("merge", "0:1", "2:1"), 2, "different frames"),
        (("merge", "0:1", "0:2"), 2, "different places"),
        (("draw", "--t", "0", "--polygon", "0,0 0,99 9,9"), 2, "outside the frame"),
        (("split", "0:1", "--line", "3;4"), 2, "no points"),
        (("confirm", "--frames", "5:2"), 2, "no frames"),
        (("publish",), 11, "is confirmed"),
    ],
)
def test_what_is_refused_ends_with_its_exit_code(
    curate: Shell, movie: Movie, words: tuple[str, ...], code: int, text: str
) -> None:
    before = digests(movie)
    said = curate(words[0], *words[1:], code=code)
    assert text in said
    assert "what to do" in said
    assert digests(movie) == before


def test_confirmed_frames_are_published(curate: Shell, movie: Movie) -> None:
    curate("confirm", "--frames", "0:3")
    assert "frames 0:3; 7 cells, 5 links" in curate("publish", "--to", "training")
    assert annotated_frames(open_movie(movie.url).location, "training", 4) == (range(3),)
    curate("undo")
    assert "no edit was left" in curate("finish")
