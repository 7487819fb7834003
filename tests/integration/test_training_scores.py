"""The errors that training counts on held-back movies are those of the commands, and follow the weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr

from distnet_store.errors import InvalidDataError
from distnet_store.model.backend import require_backend
from distnet_store.model.file import load_model
from distnet_store.model.training_parameters import SEGMENTATION_ERRORS, TRACKING_ERRORS
from distnet_store.pipeline.evaluate import evaluate
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.run import run
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.training_scores import (
    error_score,
    held_back_errors,
    links_between,
    without_cells_in,
)

require_backend()


@pytest.fixture(scope="module")
def model():
    return load_model(find_model("bacteria"))


@pytest.fixture(scope="module")
def options(model):
    return TrainingOptions(model.card.network)


@pytest.fixture
def movie(chamber10, tmp_path):
    made = import_movie(
        chamber10.images, tmp_path / "c10.ome.zarr", pixel_size_um=0.1, frame_interval_s=1
    )
    labels = chamber10.labels.astype(np.int32)
    labels[4][labels[4] == np.unique(labels[4])[2]] = 0  # a cell that the network finds, wrongly
    kept = [row for row in chamber10.links if _is_there(labels, row)]
    return import_labels(made, labels, links=np.array(kept))


def _is_there(labels, row):
    return (labels[row[0]] == row[1]).any() and (labels[row[2]] == row[3]).any()


def test_errors_are_those_of_run_and_evaluate_and_change_with_the_weights(movie, model, options):
    score = error_score([movie], model.card, options)
    found = score(model.network)
    run(movie)
    values = evaluate(movie).values
    assert found[SEGMENTATION_ERRORS] == pytest.approx(values["segmentation_percent"])
    assert found[TRACKING_ERRORS] == pytest.approx(values["tracking_percent"])
    assert found[SEGMENTATION_ERRORS] > 0

    bias = model.network.edm.outputs[0].bias
    before = np.array(bias)
    bias.assign(before - 100)  # no pixel is a cell any more
    assert score(model.network) == {SEGMENTATION_ERRORS: 100.0, TRACKING_ERRORS: 0.0}
    bias.assign(before)
    assert score(model.network) == found


def test_a_network_that_knows_cells_of_one_width_sees_the_movie_so(movie, model, options):
    """The labels say how wide they are; nothing is estimated, or kept in the dataset."""
    wide = 2 * model.card.object_thickness
    rescaled = replace(model, card=model.card.model_copy(update={"is_rescaled": True}))
    doubled = replace(rescaled, card=rescaled.card.model_copy(update={"object_thickness": wide}))
    files = sorted(Path(movie.url).rglob("*"))
    alike = held_back_errors([movie], rescaled, options)[SEGMENTATION_ERRORS]
    assert alike < held_back_errors([movie], doubled, options)[SEGMENTATION_ERRORS]
    assert sorted(Path(movie.url).rglob("*")) == files


def test_movies_count_together_and_annotated_frames_alone(
    movie, model, options, chamber10, tmp_path
):
    still = import_movie(
        chamber10.images[:1], tmp_path / "still.ome.zarr", pixel_size_um=0.1, frame_interval_s=1
    )
    still = import_labels(still, np.zeros_like(chamber10.labels[:1], np.int32))
    with pytest.raises(InvalidDataError, match="no cell to judge by"):
        held_back_errors([still], model, options)
    alone = held_back_errors([movie], model, options)
    both = held_back_errors([movie, still], model, options)
    assert (
        both[SEGMENTATION_ERRORS] > alone[SEGMENTATION_ERRORS]
    )  # all that it finds there is wrong
    assert both[TRACKING_ERRORS] == alone[TRACKING_ERRORS]

    group = zarr.open_group(movie.url, path="labels/reference", mode="r+")
    group.attrs["annotated_frames"] = [[0, 4], [6, 7]]
    assert held_back_errors([movie], model, options) == {
        SEGMENTATION_ERRORS: 0.0,
        TRACKING_ERRORS: 0.0,
    }


def test_cells_in_ignored_regions_and_their_links_do_not_count():
    labels = [np.array([[1, 1, 0, 2]]), np.array([[3, 3, 0, 4]])]
    region = np.array([[False, True, True, True]])
    kept = [without_cells_in(frame, region) for frame in labels]
    np.testing.assert_array_equal(kept, [[[1, 1, 0, 0]], [[3, 3, 0, 0]]])
    links = np.array([[5, 1, 6, 3], [5, 2, 6, 4], [6, 3, 7, 3]])
    np.testing.assert_array_equal(links_between(links, kept, range(5, 7)), [[0, 1, 1, 3]])
    assert links_between(links, kept[:1], range(5, 6)) is None
