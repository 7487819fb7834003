"""`link --from-masks` on the closed end of a real chamber: no prediction, a name, and a gap, by the command itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from real_chambers import read_chamber

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.store.movie import Movie
from distnet_store.store.validate import validate

COMMAND = str(Path(sys.executable).with_name("distnet-store"))
ROWS = slice(0, 70)
"""Cells near the closed end move less than their length, which is what masks alone can tell."""

Links = set[tuple[int, int, int, int]]


@pytest.fixture
def movie_and_links(tmp_path: Path) -> tuple[Movie, Links, tuple[int, int]]:
    """The labels `masks` without links, the true links, and a cell (t, label) that is missing in the labels."""
    image, labels, links = read_chamber("chamber10")
    labels = labels[:, ROWS].astype(np.int32)
    there = [set(np.unique(frame).tolist()) for frame in labels]
    true = {tuple(link) for link in links.tolist() if link[1] in there[link[0]]}
    true = {link for link in true if link[3] in there[link[2]]}
    t, label = next(
        (t, label) for t, label, _, _ in sorted(true) if t > 2 and _is_amid_a_track(true, t, label)
    )
    labels[t][labels[t] == label] = 0
    movie = import_movie(
        image[:, 0, ROWS], tmp_path / "cut.ome.zarr", pixel_size_um=0.1, frame_interval_s=300
    )
    return import_labels(movie, labels, "masks"), true, (t, label)


def _is_amid_a_track(links: Links, t: int, label: int) -> bool:
    into = [link for link in links if link[2:] == (t, label)]
    out = [link for link in links if link[:2] == (t, label)]
    return [link[1] for link in into] == [label] and [link[3] for link in out] == [label]


def called(movie: Movie, *words: str) -> dict:
    line = [COMMAND, "link", movie.url, "--from-masks", "--name", "masks", "--json", *words]
    ended = subprocess.run(line, capture_output=True, text=True, check=True, timeout=300)
    return json.loads(ended.stdout.splitlines()[-1])


def found(movie: Movie) -> dict[tuple[int, int, int, int], str]:
    rows = movie.read_table("masks", "links", ["source_id", "target_id", "kind"]).to_pylist()
    ends = [(divmod(row["source_id"], 1 << 32), divmod(row["target_id"], 1 << 32)) for row in rows]
    return {(*a, *b): row["kind"] for (a, b), row in zip(ends, rows, strict=True)}


def test_masks_are_linked_as_they_are_and_over_a_gap_on_request(
    movie_and_links: tuple[Movie, Links, tuple[int, int]],
) -> None:
    movie, true, (t, label) = movie_and_links
    rest = {link for link in true if (t, label) not in (link[:2], link[2:])}
    gap = (t - 1, label, t + 1, label)
    run = called(movie)
    assert (run["operator"], run["target"], run["counts"]["gap links"]) == ("link", "masks", 0)
    assert set(found(movie)) == rest
    run = called(movie, "--max-gap", "1", "--overwrite")
    assert run["counts"]["gap links"] == 1
    assert set(found(movie)) == rest | {gap}
    assert found(movie)[gap] == "gap"
    assert movie.predictions() == []
    assert validate(movie.url, deep=True).is_valid
