"""What a person has said outlives correction and linking, and no step replaces it unasked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from curated_movies import copied, digests, labels_tyx, write_movie
from typer.testing import CliRunner
from untrained_models import card_only

from distnet_store.cli.app import app
from distnet_store.errors import TargetExistsError
from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.curation.curation import movie_curation
from distnet_store.pipeline.curation.edit_types import Confirm, Delete, Link, Split, Unlink
from distnet_store.pipeline.curation.facts import curated_facts
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.link import link
from distnet_store.pipeline.run import STEPS, RunOptions, run, run_unit
from distnet_store.pipeline.segment import segment
from distnet_store.spec.parameters import LinkingParameters
from distnet_store.spec.tables import object_id
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.validate import validate

ODD = (object_id(2, 2), object_id(3, 1))
"""A link that no rule would make: from one side of the frame to the other."""
CUT = (object_id(2, 1), object_id(3, 1))
"""A link that every rule makes, to a cell that has another by a person."""
CUT_ALONE = (object_id(2, 3), object_id(3, 3))
"""A link that every rule makes, between cells of which a person has said nothing else."""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    """The cell 1 of frame 1 is two now, what was linked right is cut, and what is wrong is linked."""
    movie = write_movie(tmp_path_factory.mktemp("said"))
    curation = movie_curation(movie, "cells", author="anna")
    curation.apply([Split((1, 1), seeds=[(5, 6), (9, 6)]), Confirm(frames=(0, 1))])
    curation.apply([Unlink((2, 1), (3, 1)), Link((2, 2), (3, 1), others="keep")])
    curation.apply([Unlink((2, 3), (3, 3))])
    return open_movie(movie.url)


@pytest.fixture
def movie(made_once: Movie, tmp_path: Path) -> Movie:
    return copied(made_once, tmp_path)


def links(movie: Movie, name: str) -> dict[tuple[int, int], str]:
    rows = movie.read_table(name, "links").to_pylist()
    return {(row["source_id"], row["target_id"]): row["origin"] for row in rows}


def holds(movie: Movie, name: str) -> bool:
    """Return whether all that was said is so in a result."""
    facts = curated_facts(movie, name)
    found = links(movie, name)
    assert found.get(ODD) == "curated"
    assert found.keys().isdisjoint({CUT, CUT_ALONE})
    assert all(found[source, target] == "curated" for source, target in facts.links.tolist())
    for t in (0, 1):  # whose cells are confirmed
        assert np.array_equal(movie.labels_frame(name, t), movie.labels_frame("cells", t))
    return facts.cells.size == 5 and facts.unlinked.tolist() == [list(CUT), list(CUT_ALONE)]


def test_a_corrected_result_keeps_all_that_was_said_and_so_do_later_steps(movie: Movie) -> None:
    before = digests(movie, journal=True)
    correct(movie, name="cells", corrected="corrected")
    assert holds(movie, "corrected")
    assert movie.read_table("corrected", "curation").equals(movie.read_table("cells", "curation"))
    backward = LinkingParameters(method="backward-first")
    link(movie, backward, name="corrected", overwrite=True)
    assert holds(movie, "corrected")
    link(movie, name="corrected", prediction=None, overwrite=True)
    assert holds(movie, "corrected")
    link(movie, backward, name="corrected", overwrite=True)
    correct(movie, name="corrected", corrected="again")
    assert holds(movie, "again")
    now = digests(movie, journal=True)
    same = [k for k in before if k.startswith(("labels/cells", "tables/cells/", ".distnet/cur"))]
    assert all(now[key] == before[key] for key in same)
    assert validate(movie.url, deep=True).is_valid


def test_edits_of_a_corrected_result_come_on_top_and_go_again(movie: Movie) -> None:
    correct(movie, name="cells", corrected="corrected")
    before = digests(movie)
    curation = movie_curation(movie, "corrected", author="bert")
    curation.apply([Delete(((3, 2),))])
    rows = movie.read_table("corrected", "curation").to_pylist()
    assert [row["author"] for row in rows] == ["anna"] * 5 + ["bert"]
    curation.undo()
    assert digests(movie) == before
    link(movie, LinkingParameters(method="backward-first"), name="corrected", overwrite=True)
    assert holds(
        movie, "corrected"
    )  # the journal with its undone edit is gone, what was taken over is not
    assert movie.location.list_keys(".distnet/curation/corrected") == []


def test_discarding_gives_up_what_was_taken_over_too(movie: Movie) -> None:
    correct(movie, name="cells", corrected="corrected")
    link(movie, name="corrected", overwrite=True, discard_curation=True)
    assert curated_facts(movie, "corrected").is_empty
    assert CUT in links(movie, "corrected")
    assert validate(movie.url, deep=True).is_valid


def test_new_labels_end_what_was_said_of_the_old_ones(movie: Movie) -> None:
    for replace in (
        lambda: segment(movie, name="corrected", overwrite=True),
        lambda: import_labels(movie, labels_tyx(), "corrected", overwrite=True),
        lambda: correct(movie, name="other", corrected="corrected", overwrite=True),
    ):
        correct(movie, name="cells", corrected="corrected", overwrite=True)
        assert not curated_facts(movie, "corrected").is_empty
        if "other" not in open_movie(movie.url).label_names():
            link(import_labels(movie, labels_tyx(), "other"), name="other")
        replace()
        assert curated_facts(movie, "corrected").is_empty


def test_run_refuses_before_a_network_runs(movie: Movie, tmp_path: Path) -> None:
    """The model is none that could run: a step that came so far would say so."""
    model = card_only(tmp_path / "none.safetensors", frames=3)
    options = RunOptions(model=model, prediction_name="new", overwrite=True)
    before = digests(movie, journal=True)
    for call in (
        lambda: run(movie, options),
        lambda: run_unit(movie, "predict/t000000-000002", options),
    ):
        with pytest.raises(TargetExistsError, match=r"5 edit\(s\) by a person in 'cells'") as told:
            call()
        assert "--discard-curation" in told.value.remedy
    assert digests(movie, journal=True) == before


def test_the_command_run_gives_edits_up_on_request(
    movie: Movie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[RunOptions] = []
    monkeypatch.setattr(
        "distnet_store.pipeline.run.run", lambda _, options, **__: seen.append(options) or {}
    )
    for words in ((), ("--discard-curation",)):
        assert CliRunner().invoke(app, ["run", movie.url, *words]).exit_code == 0
    assert [options.discard_curation for options in seen] == [False, True]


def test_run_with_discarded_edits_makes_labels_and_links_anew(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prediction is that of the fixture, which stands."""
    monkeypatch.setattr(
        "distnet_store.pipeline.run.STEPS",
        {k: v for k, v in STEPS.items() if k != "predict"},
    )
    options = RunOptions(overwrite=True, discard_curation=True)
    run(movie, options)
    assert curated_facts(movie, "cells").is_empty
    assert ODD not in links(movie, "cells")
    assert "curated" not in links(movie, "cells").values()
    assert movie.location.list_keys(".distnet/curation/cells") == []
    assert validate(movie.url, deep=True).is_valid


def test_the_same_labels_again_keep_links_that_were_made_since(movie: Movie) -> None:
    labels = labels_tyx()
    made = import_labels(movie, labels, "masks")
    link(made, name="masks", prediction=None)
    found = links(movie, "masks")
    assert found
    before = digests(movie, journal=True)
    import_labels(movie, labels, "masks")
    assert digests(movie, journal=True) == before
    import_labels(movie, labels, "masks", overwrite=True)
    assert links(movie, "masks") == {}


def test_the_same_labels_again_keep_links_that_a_person_edited(movie: Movie) -> None:
    """Only links were edited, so that the labels themselves are those that are imported."""
    labels = labels_tyx()
    link(import_labels(movie, labels, "masks"), name="masks", prediction=None)
    movie_curation(movie, "masks").apply([Unlink((0, 1), (1, 1))])
    before = digests(movie, journal=True)
    import_labels(movie, labels, "masks")
    with pytest.raises(TargetExistsError, match=r"1 edit\(s\) by a person in 'masks'"):
        import_labels(movie, labels, "masks", overwrite=True)
    assert digests(movie, journal=True) == before
    import_labels(movie, labels, "masks", overwrite=True, discard_curation=True)
    assert links(movie, "masks") == {}
    assert movie.location.list_keys(".distnet/curation/masks") == []
    assert ("masks", "curation") not in movie.tables()


def test_tables_that_are_missing_are_made_by_the_same_labels_again(movie: Movie) -> None:
    import_labels(movie, labels_tyx(), "masks")
    before = digests(movie)
    movie.location.delete("tables/masks/tracks")
    import_labels(movie, labels_tyx(), "masks")
    assert digests(movie) == before
