"""Linking through a dataset: by every rule, from masks alone, over gaps, and beside what a person has said."""

import numpy as np
import pytest
from correction_cases import discs
from judgements import assert_same_as_reference

from distnet_store.errors import NotFoundError, TargetExistsError, WrongArgumentError
from distnet_store.ops.curated_facts import CuratedFacts
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.segment import segment
from distnet_store.pipeline.targets import targets
from distnet_store.spec.parameters import LinkingParameters, SegmentationParameters
from distnet_store.spec.tables import object_id
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.validate import validate

PREDICTED = ("category_forward", "displacement_forward_y", "multiplicity_backward_one", "edm_max")


def bare_movie(labels, target, **links) -> Movie:
    """A movie of labels called cells, which is its own image."""
    image = (labels > 0).astype(np.uint8)
    movie = import_movie(
        image, target, axes="tyx", pixel_size_um="unknown", frame_interval_s="unknown"
    )
    return import_labels(movie, labels.astype(np.int32), name="cells", **links)


def links_of(movie, name="cells") -> set[tuple[int, int, int, int]]:
    table = movie.read_table(name, "links", ["source_id", "target_id"]).to_pylist()
    ends = [(row["source_id"], row["target_id"]) for row in table]
    return {(a >> 32, a & 0xFFFFFFFF, b >> 32, b & 0xFFFFFFFF) for a, b in ends}


@pytest.mark.parametrize("method", ["forward-first", "backward-first", "joint", "overlap"])
def test_every_rule_finds_a_real_lineage_by_perfect_maps(chamber10, tmp_path, method):
    movie = import_movie(
        chamber10.images, tmp_path / "movie.ome.zarr", pixel_size_um=0.1, frame_interval_s=300
    )
    movie = import_labels(movie, chamber10.labels.astype(np.int32), links=chamber10.links)
    targets(movie)
    segment(movie, SegmentationParameters(object_thickness=9), prediction="targets")
    link(movie, LinkingParameters(method=method), prediction="targets")
    if method == "overlap":  # cells move by more than their length here, which masks cannot tell
        assert movie.read_table("cells", "objects")["category_forward"].null_count == 0
    else:
        assert_same_as_reference(movie, "cells", cells=53, links=48)


def colony() -> np.ndarray:
    """Five cells of which one divides, and a jump of the stage by 40 pixels before frame 3."""
    still = {1: (30, 30, 6), 2: (34, 62, 5), 3: (58, 36, 7), 4: (62, 70, 6)}
    frames = [{**still, 5: (84, 44, 9)}] * 2 + [{**still, 6: (84, 37, 6), 7: (84, 51, 6)}] * 3
    jump = [0, 0, 0, 40, 40]
    return np.stack(
        [
            discs((110, 130), {k: (y, x + dx, r) for k, (y, x, r) in frame.items()})
            for frame, dx in zip(frames, jump, strict=True)
        ]
    )


COLONY_LINKS = {
    *((t, label, t + 1, label) for t in range(4) for label in (1, 2, 3, 4)),
    (0, 5, 1, 5),
    (1, 5, 2, 6),
    (1, 5, 2, 7),
    *((t, label, t + 1, label) for t in (2, 3) for label in (6, 7)),
}


@pytest.mark.parametrize(("frames", "workers"), [(64, 1), (2, 1), (1, 2)])
def test_imported_labels_get_tracks_from_masks_alone(tmp_path, monkeypatch, frames, workers):
    """Whatever the shards and the workers."""
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", frames)
    movie = bare_movie(colony(), tmp_path / "movie.ome.zarr")
    assert links_of(movie) == set()
    run = link(movie, prediction=None, workers=workers)
    assert links_of(movie) == COLONY_LINKS
    assert run.record.counts["divisions"] == 1
    links = movie.read_table("cells", "links")
    assert set(links["origin"].to_pylist()) == {"overlap"}
    assert links["disagreement"].null_count == links.num_rows
    objects = movie.read_table("cells", "objects")
    assert all(objects[name].null_count == objects.num_rows for name in PREDICTED)
    assert [
        problem for problem in validate(movie.url).problems if problem.severity == "error"
    ] == []


def test_the_same_call_again_does_nothing(tmp_path):
    movie = bare_movie(colony(), tmp_path / "movie.ome.zarr")
    first = link(movie, prediction=None)
    again = link(open_movie(movie.url), prediction=None)
    assert (first.units_computed > 0, again.units_computed) == (True, 0)


def test_links_that_came_with_the_labels_are_not_replaced_unasked(tmp_path):
    known = np.array([(0, 1, 1, 1)])
    movie = bare_movie(colony(), tmp_path / "movie.ome.zarr", links=known)
    with pytest.raises(
        TargetExistsError, match=r"(?s)brought their own links.*1 links.*--overwrite"
    ):
        link(movie, prediction=None)
    assert links_of(movie) == {(0, 1, 1, 1)}
    link(movie, prediction=None, overwrite=True)
    assert links_of(movie) == COLONY_LINKS


@pytest.mark.parametrize("method", ["forward-first", "backward-first", "joint"])
def test_a_rule_that_needs_a_prediction_says_so(tmp_path, method):
    movie = bare_movie(colony(), tmp_path / "movie.ome.zarr")
    with pytest.raises(WrongArgumentError, match=f"(?s)without a prediction.*overlap.*{method}"):
        link(movie, LinkingParameters(method=method), prediction=None)
    with pytest.raises(NotFoundError, match="predict"):
        link(movie, LinkingParameters(method=method))


def test_what_a_person_has_said_stands_and_makes_another_run(tmp_path, monkeypatch):
    """The daughter 6 is said not to come from 5, and cell 1 to have become 2 in frame 2."""
    movie = bare_movie(colony(), tmp_path / "movie.ome.zarr")
    link(movie, prediction=None)
    facts = CuratedFacts(
        cells=np.empty(0, np.int64),
        links=np.array([(object_id(1, 1), object_id(2, 2)), (object_id(1, 1), object_id(2, 99))]),
        unlinked=np.array([(object_id(1, 5), object_id(2, 6))]),
    )
    monkeypatch.setattr("distnet_store.pipeline.link.curated_facts", lambda *_: facts)
    with pytest.raises(TargetExistsError, match="--overwrite"):
        link(movie, prediction=None)
    link(movie, prediction=None, overwrite=True)
    gone = {(1, 5, 2, 6), (1, 1, 2, 1), (1, 2, 2, 2)}
    assert links_of(movie) == (COLONY_LINKS - gone) | {(1, 1, 2, 2)}
    curated = [
        row for row in movie.read_table("cells", "links").to_pylist() if row["origin"] == "curated"
    ]
    assert [(row["source_id"], row["residual"]) for row in curated] == [(object_id(1, 1), None)]


def gappy() -> np.ndarray:
    """A cell that moves by 3 pixels a frame and is missing in frame 3, one beside it that stays."""
    frames = [{1: (15, 12 + 3 * t, 5), 2: (35, 20, 5)} for t in range(7)]
    del frames[3][1]
    return np.stack([discs((50, 60), frame) for frame in frames])


def test_a_gap_is_closed_where_it_is_allowed(tmp_path):
    movie = bare_movie(gappy(), tmp_path / "movie.ome.zarr")
    open_ends = link(movie, prediction=None)
    assert (open_ends.record.counts["tracks"], open_ends.record.counts["gap links"]) == (3, 0)
    run = link(
        movie, LinkingParameters(method="overlap", max_gap=1), prediction=None, overwrite=True
    )
    assert (run.record.counts["tracks"], run.record.counts["gap links"]) == (2, 1)
    table = movie.read_table("cells", "links").to_pylist()
    [gap] = [row for row in table if row["kind"] == "gap"]
    assert (gap["t"], gap["target_t"], gap["origin"]) == (2, 4, "assignment")
    assert gap["residual"] == pytest.approx(0, abs=0.01)
    assert gap["disagreement"] is None
    assert [
        problem for problem in validate(movie.url).problems if problem.severity == "error"
    ] == []


def test_cells_that_left_over_the_border_are_not_joined_with_others(tmp_path):
    """One leaves at the border in frame 2, another comes there in frame 4."""
    frames = [{1: (15, 3, 5)}] * 3 + [{}] + [{2: (15, 3, 5)}] * 2
    labels = np.stack([discs((30, 30), {**frame, 9: (22, 22, 4)}) for frame in frames])
    movie = bare_movie(labels, tmp_path / "movie.ome.zarr")
    run = link(movie, LinkingParameters(method="overlap", max_gap=3), prediction=None)
    assert run.record.counts["gap links"] == 0
