"""Correction of labels of which nothing is predicted: of any other segmenter, linked by their masks alone."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from correction_cases import discs, halved, same_cells

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.explain.explain import explain
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.targets import targets
from distnet_store.spec.parameters import CorrectionParameters
from distnet_store.store.validate import validate

COMMAND = str(Path(sys.executable).with_name("distnet-store"))
PREDICTED = (
    "edm_max",
    "displacement_forward_y",
    "category_forward",
    "category_backward",
    "multiplicity_forward_many",
)


def faulty(labels):
    """Cell 3 is found as halves in frame 4, cells 3 and 4 as one in frame 6."""
    labels = labels.astype(np.int32)
    labels[4] = halved(labels[4], 3, 90, axis=0)
    labels[6][labels[6] == 4] = 3
    return labels


def truth():
    cells = {1: (12, 14, 6), 3: (12, 34, 7), 4: (12, 50, 7)}
    return np.stack([discs((24, 64), moved(cells, t)) for t in range(12)])


def moved(cells, t):
    return {label: (y + t % 2, x, radius) for label, (y, x, radius) in cells.items()}


def made(target, labels):
    pixels = np.where(labels > 0, 200, 100).astype(np.uint16)
    movie = import_movie(pixels, target, pixel_size_um=0.1, frame_interval_s=300)
    movie = import_labels(movie, labels, "cells")
    link(movie, prediction=None)
    return movie


@pytest.fixture(scope="module")
def movie(tmp_path_factory):
    movie = made(tmp_path_factory.mktemp("masks") / "discs.ome.zarr", faulty(truth()))
    run = correct(movie)
    assert run.record.inputs.keys() == {"labels", "tables"}
    return movie


def tables_of(movie, name):
    return {t: movie.read_table(name, t) for result, t in movie.tables() if result == name}


def test_both_faults_are_mended_without_any_prediction_in_the_dataset(movie):
    assert movie.predictions() == []
    assert same_cells(movie.labels("corrected").to_numpy(), truth())
    assert movie.read_table("corrected", "tracks").num_rows == 3
    assert [p for p in validate(movie.url).problems if p.severity == "error"] == []


def test_the_tables_say_that_no_network_spoke(movie):
    objects = movie.read_table("corrected", "objects")
    assert all(objects[name].null_count == objects.num_rows == 36 for name in PREDICTED)
    links = movie.read_table("corrected", "links")
    assert set(links["origin"].to_pylist()) == {"overlap"}
    assert links["disagreement"].null_count == links.num_rows == 33
    edits = movie.read_table("corrected", "edits")
    assert edits["probability_many"].null_count == edits.num_rows == 2
    assert sorted(edits["rule"].to_pylist()) == ["merge tracks", "split track"]


def test_cells_that_correction_made_are_measured_like_all_others(movie):
    objects = movie.read_table("corrected", "objects").to_pandas()
    labels = movie.labels("corrected").to_numpy()
    for row in objects.itertuples():
        assert (labels[row.t] == row.label).sum() == row.area
    np.testing.assert_allclose(objects["intensity_mean_c0"], 200)


def test_the_same_call_again_and_correction_of_the_corrected_change_nothing(movie):
    assert correct(movie).units_computed == 0
    run = correct(movie, name="corrected", corrected="twice", overwrite=True)
    assert run.record.counts["frames changed"] == 0
    once, twice = tables_of(movie, "corrected"), tables_of(movie, "twice")
    assert once["objects"].equals(twice["objects"])
    assert once["links"].equals(twice["links"])


def test_edits_are_explained_without_words_of_a_network(movie, tmp_path):
    (page,) = explain(movie, tmp_path / "edits.html")
    text = page.read_text()
    assert text.count("data:image/png;base64,") == 2
    assert "no network spoke" in text
    assert "probability" not in text


def test_a_real_chamber_with_faults_is_corrected_and_its_divisions_stay(chamber10, tmp_path):
    """Masks alone link the chamber's fast cells badly; its own links came with the labels, as from another tracker."""
    labels = chamber10.labels.astype(np.int32)
    labels[4] = halved(labels[4], 6, 90, axis=0)
    elsewhere = ~((chamber10.links == (3, 6, 4, 6)) | (chamber10.links == (4, 6, 5, 6))).all(1)
    halves = [(3, 6, 4, 6), (3, 6, 4, 90), (4, 6, 5, 6), (4, 90, 5, 6)]
    links = np.concatenate([chamber10.links[elsewhere], halves])
    movie = import_movie(
        chamber10.images, tmp_path / "c10.ome.zarr", pixel_size_um=0.1, frame_interval_s=300
    )
    movie = import_labels(movie, labels, "cells", links=links)
    run = correct(movie)
    assert run.record.counts["merge tracks"] == run.record.counts["frames changed"] == 1
    assert same_cells(movie.labels("corrected").to_numpy(), chamber10.labels)
    found = movie.read_table("corrected", "links")
    assert set(found["origin"].to_pylist()) == {"reference"}
    assert found.num_rows == len(chamber10.links)


def test_right_labels_of_real_chambers_are_left_as_they_are(chamber10, tmp_path):
    movie = import_movie(
        chamber10.images, tmp_path / "c10.ome.zarr", pixel_size_um=0.1, frame_interval_s=300
    )
    movie = import_labels(movie, chamber10.labels.astype(np.int32), "cells")
    link(movie, prediction=None)
    assert correct(movie).record.counts["frames changed"] == 0


def test_the_commands_do_it(tmp_path):
    """Labels of another program come in, are linked, corrected and explained, and no network is there."""
    labels = faulty(truth())
    movie = import_movie(
        labels.astype(np.uint16), tmp_path / "film.ome.zarr", pixel_size_um=1, frame_interval_s=1
    )
    import_labels(movie, labels, "stardist")
    ended = [
        subprocess.run([COMMAND, *words], capture_output=True, text=True, check=True, timeout=120)
        for words in (
            ["link", movie.url, "--from-masks", "--name", "stardist"],
            ["correct", movie.url, "--name", "stardist", "--json"],
        )
    ]
    counts = json.loads(ended[-1].stdout.splitlines()[-1])["counts"]
    assert (counts["merge tracks"], counts["split track"]) == (1, 1)


def test_what_cannot_be_is_refused_with_what_to_do(movie):
    with pytest.raises(WrongArgumentError, match="leave out --evidence paper"):
        correct(movie, CorrectionParameters(evidence="paper"), corrected="other")
    with pytest.raises(NotFoundError, match="predict"):
        correct(movie, prediction="distnet", corrected="other")
    assert "other" not in movie.label_names()


def test_a_prediction_that_is_there_does_not_speak_where_it_was_not_asked(tmp_path):
    """Maps of the right cells lie in the dataset; the labels were linked by masks, and named maps are refused."""
    movie = made(tmp_path / "discs.ome.zarr", faulty(truth()))
    import_labels(movie, truth(), "reference")
    targets(movie)
    with pytest.raises(NotFoundError, match="name no prediction"):
        correct(movie, prediction="targets")
    assert correct(movie).record.inputs.keys() == {"labels", "tables"}
