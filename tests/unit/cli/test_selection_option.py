"""Does every command that takes `--selection` mean the same by it, and does the manual list exactly these?"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import typer.main
from curated_movies import copied, write_movie
from typer.testing import CliRunner, Result

from distnet_store.cli.app import app
from distnet_store.errors import DistnetError, NotFoundError, WrongArgumentError
from distnet_store.pipeline.correct import correct
from distnet_store.spec.tables import object_id
from distnet_store.store.movie import Movie, open_movie

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "lineages.md"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    return write_movie(tmp_path_factory.mktemp("selected"))


@pytest.fixture
def movie(made_once: Movie, tmp_path: Path) -> Movie:
    """Cell 1 is one track over four frames; the cell 2 divides. "ones" holds the cells 1."""
    movie = copied(made_once, tmp_path)
    movie.save_selection("cells", "ones", [object_id(t, 1) for t in range(4)], kind="cells")
    return movie


def called(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)])


def events(*words: object) -> list[dict]:
    ended = called(*words, "--json")
    assert ended.exit_code == 0, ended.output
    return [json.loads(line) for line in ended.stdout.splitlines() if "progress" not in line]


def refused(*words: object) -> DistnetError:
    ended = called(*words)
    assert isinstance(ended.exception, DistnetError), ended.output
    return ended.exception


def commands_with_selection() -> dict[str, str]:
    """Return the help of `--selection` of every command that has it."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    found = {}
    for name, command in group.commands.items():
        inner = command.commands if isinstance(command, typer.core.TyperGroup) else {"": command}
        for word, one in inner.items():
            texts = [p.help for p in one.params if "--selection" in p.opts]
            found |= {f"{name} {word}".strip(): text for text in texts}
    return found


def test_the_manual_lists_the_commands_that_take_it() -> None:
    table = MANUAL.read_text(encoding="utf-8").partition("### As a filter")[2]
    listed = re.findall(r"^\| `([a-z ]+)` \|", table.partition("###")[0], re.MULTILINE)
    assert sorted(listed) == sorted(commands_with_selection())


def test_its_help_is_the_same_everywhere() -> None:
    assert len(set(commands_with_selection().values())) == 1


def test_an_unknown_selection_is_refused_alike(movie: Movie, tmp_path: Path) -> None:
    page = tmp_path / "e.html"
    for words in (
        ("tracks", movie.url),
        ("review", movie.url),
        ("correct", movie.url, "--explain", page),
        ("evaluate", movie.url, "--errors", 1),
        *(("curate", word, movie.url, "--name", "cells") for word in ("confirm", "delete")),
        ("curate", "history", movie.url, "--name", "cells"),
        ("curate", "export", movie.url, tmp_path / "a.tif", "--name", "cells"),
        ("curate", "import", movie.url, tmp_path / "a.tif", "--name", "cells"),
    ):
        error = refused(*words, "--selection", "nobody")
        assert isinstance(error, NotFoundError), words
        assert (error.problem, error.found) == (
            "the result 'cells' has no selection 'nobody'",
            "ones",
        )
    assert not list(tmp_path.glob("a.tif"))


def test_a_selection_without_effect_is_refused(movie: Movie) -> None:
    for words in (("correct", movie.url), ("evaluate", movie.url)):
        error = refused(*words, "--selection", "ones")
        assert isinstance(error, WrongArgumentError)
        assert "no effect" in error.problem
    assert "corrected" not in open_movie(movie.url).label_names()


def test_tracks_draw_what_they_list(movie: Movie, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    found = events("tracks", movie.url, "--selection", "ones", "--picture", picture)
    assert [one["event"] for one in found] == ["track", "picture"]
    assert picture.read_bytes()[:4] == b"\x89PNG"
    error = refused("tracks", movie.url, "--where", "track_id > 99", "--picture", picture)
    assert isinstance(error, NotFoundError)


def test_sql_refuses_a_selection_of_several_tracks(movie: Movie) -> None:
    called("select", movie.url, "all", "--where", "track_id > 0")
    error = refused("tracks", movie.url, "--sql", "select 1", "--selection", "all")
    assert isinstance(error, WrongArgumentError)


def test_set_operations_of_selections(movie: Movie) -> None:
    movie.save_selection("cells", "early", [object_id(0, 1), object_id(0, 2)], kind="tracks")
    for way, ids in (
        ("intersection", {object_id(t, 1) for t in range(4)}),
        ("difference", {object_id(t, 2) for t in range(2)}),
    ):
        called("select", movie.url, way, f"--{way}", "early,ones")
        found = {one.name: one for one in movie.selections("cells")}[way]
        assert (found.kind, set(found.object_ids.tolist())) == ("cells", ids)


def test_errors_of_a_selection_are_listed_and_scores_count_all(movie: Movie) -> None:
    """The cells 1 and 2 at t = 1 are one now: a merge that concerns the cell that is left."""
    called("curate", "merge", movie.url, "1:1", "1:2", "--apart", "--name", "cells")
    plain = events("evaluate", movie.url, "--errors", 99)
    listed = [one for one in plain if one["event"] == "scored error"]
    for cell, is_concerned in (((3, 1), False), ((1, 1), True)):
        movie.save_selection("cells", "some", [object_id(*cell)], overwrite=True)
        found = events("evaluate", movie.url, "--errors", 99, "--selection", "some")
        about = [one for one in listed if cell in _cells_of(one)]
        assert [one for one in found if one["event"] == "scored error"] == about
        assert bool(about) == is_concerned
        assert found[0]["measures"] == plain[0]["measures"]


def _cells_of(error: dict) -> set[tuple[int, int]]:
    own = {(error["t"], label) for label in error["result_labels"]}
    return own | {(error["target_t"], label) for label in error["result_target_labels"]}


def test_the_atlas_names_its_selection(movie: Movie, tmp_path: Path) -> None:
    page = tmp_path / "atlas.html"
    called("evaluate", movie.url, "--atlas", page, "--selection", "ones")
    assert "of the selection ones" in page.read_text()


def test_label_images_have_no_selections(movie: Movie, tmp_path: Path) -> None:
    file = tmp_path / "labels.tif"
    called("curate", "export", movie.url, file, "--name", "cells")
    words = ("evaluate", file, "--against", movie.url, "--errors", 1, "--selection", "ones")
    assert isinstance(refused(*words), WrongArgumentError)


def test_edits_of_a_correction_are_explained_for_a_selection(movie: Movie, tmp_path: Path) -> None:
    correct(movie, name="cells")
    page = tmp_path / "e.html"
    words = ("correct", movie.url, "--explain", page, "--selection", "ones")
    assert called(*words).exit_code == 0
    assert "made from cells, of the selected cells" in page.read_text()


def test_a_whole_selection_is_confirmed_and_deleted(movie: Movie) -> None:
    edit = ("curate", "confirm", movie.url, "--name", "cells", "--selection", "ones")
    (done,) = events(*edit)
    assert done["after"] == [object_id(t, 1) for t in range(4)]
    assert len(done["links_made"]) == 3
    assert isinstance(refused(*edit, "0:1"), WrongArgumentError)
    called("curate", "delete", movie.url, "--name", "cells", "--selection", "ones")
    assert [np.unique(movie.labels_frame("cells", t)).tolist()[1] for t in range(4)] == [2] * 4
    error = refused("curate", "delete", movie.url, "--name", "cells", "--selection", "ones")
    assert "no cell of the selection is there any more" in error.problem


def test_the_history_of_a_selection_is_that_of_its_cells(movie: Movie) -> None:
    curate = ("curate", "confirm", movie.url, "--name", "cells")
    for cell in ("0:1", "0:2"):
        assert called(*curate, cell).exit_code == 0
    called("curate", "unlink", movie.url, "0:1", "1:1", "--name", "cells")
    found = events("curate", "history", movie.url, "--name", "cells", "--selection", "ones")
    assert [one["number"] for one in found] == [1, 3]


@pytest.mark.parametrize("ending", ["tif", "npy", "zarr"])
def test_a_selection_goes_to_another_program_and_back(
    movie: Movie, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"ones.{ending}"
    exchange = (file, "--name", "cells", "--selection", "ones")
    called("curate", "export", movie.url, *exchange)
    (found,) = events("curate", "import", movie.url, *exchange)
    assert (found["same"], found["deleted"], found["edits"]) == (4, 0, [])
    (found,) = events("curate", "import", movie.url, file, "--name", "cells", "--dry-run")
    assert (found["limited_to"], found["deleted"]) == (4, 0)  # the file says of which cells it is
