"""A result in a bucket is edited, undone bit for bit, and kept from two editors at once, as one on a disk is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from curated_movies import digests, labels_tyx, write_movie
from faulty_proxy import Faults, faulty_proxy
from s3_servers import SERVERS, environment, make_bucket, running_server

from distnet_store.errors import ConflictError
from distnet_store.pipeline.curation.curation import Curation, movie_curation
from distnet_store.pipeline.curation.edit_types import (
    Confirm,
    Delete,
    Divide,
    Draw,
    Edit,
    Link,
    Merge,
    Split,
    Swap,
    Unlink,
)
from distnet_store.pipeline.curation.export_labels import export_labels
from distnet_store.pipeline.curation.import_edited import import_edited
from distnet_store.pipeline.curation.publish_reference import publish_reference
from distnet_store.pipeline.review import review
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.validate import validate

EDITS: tuple[Edit, ...] = (
    Split((1, 1), seeds=[(5, 6), (9, 6)]),
    Merge(((2, 2), (2, 3)), apart=True),
    Unlink((2, 1), (3, 1)),
    Link((2, 1), (3, 1)),
    Draw(t=3, polygon=[(18, 2), (18, 6), (22, 6), (22, 2)]),
    Delete(((3, 3),)),
    Divide((0, 1), ((1, 1), (1, 2))),
    Swap((2, 1), (2, 2)),
    Confirm(frames=(0, 1)),
)


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with running_server(request.param, tmp_path_factory.mktemp("server")) as address:
        make_bucket(address, "movies")
        yield address


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)
    return f"s3://movies/{abs(hash(request.node.name))}"


@pytest.fixture
def movie(bucket: str) -> Movie:
    return write_movie(bucket, maps=False)


def opened(movie: Movie, author: str) -> Curation:
    return movie_curation(open_movie(movie.url), "cells", author=author)


def test_edits_are_undone_and_redone_bit_for_bit(movie: Movie, tmp_path: Path) -> None:
    """And they leave the pixels that they leave on a disk."""
    curation, local = opened(movie, "anna"), opened(write_movie(tmp_path, maps=False), "anna")
    states = [digests(movie)]
    for edits in (EDITS[:4], EDITS[4:]):
        curation.apply(edits)
        local.apply(edits)
        states.append(digests(movie))
        assert _images(states[-1]) == _images(digests(local.movie))
    assert len({tuple(state.items()) for state in states}) == 3
    assert validate(movie.url, deep=True).problems == ()
    curation.undo()
    assert _results(digests(movie)) == _results(states[1])
    curation.undo()
    assert digests(movie) == states[0]
    curation.redo(2)
    assert _results(digests(movie)) == _results(states[2])


def _images(found: dict[str, str]) -> dict[str, str]:
    """Return the digests of arrays, which hold no digest of a journal with names and times."""
    return {key: value for key, value in found.items() if "/c/" in key}


def _results(found: dict[str, str]) -> dict[str, str]:
    """Return the digests without those of the table that mirrors the journal, and of the lists that name it."""
    mirror = ("tables/cells/curation/", "tables/cells/zarr.json", "tables/zarr.json")
    return {key: value for key, value in found.items() if not key.startswith(mirror)}


def test_of_two_editors_the_second_is_told(movie: Movie) -> None:
    anna, bert = opened(movie, "anna"), opened(movie, "bert")
    anna.apply([Delete(((0, 1),))])
    before = digests(movie, journal=True)
    with pytest.raises(ConflictError, match="delete 0:1"):
        bert.apply([Delete(((0, 2),))])
    assert digests(movie, journal=True) == before
    bert.refresh()
    bert.apply([Delete(((0, 2),))])
    assert [row.author for row in bert.history()] == ["anna", "bert"]
    assert validate(movie.url, deep=True).problems == ()


@pytest.mark.parametrize("ending", ["tif", "ome.zarr"])
def test_edited_labels_come_back(movie: Movie, tmp_path: Path, ending: str, bucket: str) -> None:
    curation, before = opened(movie, "anna"), digests(movie)
    place = f"{bucket}/exported.ome.zarr" if ending == "ome.zarr" else str(tmp_path / "a.tif")
    assert import_edited(curation, export_labels(movie, "cells", place)).edits == ()
    labels = labels_tyx()
    labels[0][labels[0] == 2] = 0
    labels[2][labels[2] == 3] = 2
    found = import_edited(curation, labels)
    assert (found.counts["deleted"], found.counts["merged"]) == (1, 1)
    assert validate(movie.url, deep=True).problems == ()
    curation.undo()
    assert digests(movie) == before


def test_a_killed_edit_is_completed_by_the_next_who_opens(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = write_movie(f"{movie.url}-other", maps=False)
    opened(other, "anna").apply([EDITS[0]])
    curation = opened(movie, "anna")
    with monkeypatch.context() as patched:
        patched.setattr(
            "distnet_store.pipeline.curation.write_patch.write_table",
            lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            curation.apply([EDITS[0]])
    assert any("is not written yet" in p.text for p in validate(movie.url).problems)
    opened(movie, "bert")
    assert validate(movie.url, deep=True).problems == ()
    assert _images(digests(movie)) == _images(digests(other))


def test_a_bucket_that_fails_one_request_in_ten_loses_no_edit(
    server: str, movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the answer to the one request that decides is lost: its second try finds its own entry."""
    faults = Faults(every=10)
    with faulty_proxy(server, faults) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        curation = opened(movie, "anna")
        for edit in EDITS[:2]:
            curation.apply([edit])
        curation.undo()
    assert faults.failed > 10
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    assert [row.undone for row in opened(movie, "bert").history()] == [False, True]
    assert validate(movie.url, deep=True).problems == ()


def test_confirmed_frames_are_published_and_flags_made(movie: Movie) -> None:
    curation = opened(movie, "anna")
    curation.apply([Confirm(frames=(0, 1))])
    done = publish_reference(open_movie(movie.url), "cells", target="training")
    assert done.runs == (range(2),)
    assert not np.any(open_movie(movie.url).labels_frame("training", 3))
    assert review(open_movie(movie.url), "cells").total >= 0
    assert validate(movie.url).is_valid
