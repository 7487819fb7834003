"""The page beside a trained model shows its curves, and the held-back frames that it got most wrong."""

import io

import numpy as np
import pytest
from PIL import Image

from distnet_store.metrics.evaluation import evaluate_labels
from distnet_store.ops.two_outlines import REFERENCE_COLOR, RESULT_COLOR
from distnet_store.pipeline import training_page
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.training_page import draw_curves, worst_frames, write_training_page
from distnet_store.pipeline.training_scores import JudgedRun
from distnet_store.spec.model_card import ModelCard, NetworkConfig

NETWORK = NetworkConfig(levels=2, filters=34, frames=3)
HISTORY = [
    {"loss": 1.0, "val_loss": 1.1, "val_segmentation_errors": 9.0},
    {"loss": 0.5, "val_loss": 0.8},
]


def judged(movie, labels):
    """Frames 2 to 4 of a movie, seen by a network that misses the second cell in frame 3."""
    times = range(2, 5)
    found = labels[2:5].copy()
    found[1][found[1] == 2] = 0
    evaluation = evaluate_labels(zip(labels[2:5], found, strict=True), None, None)
    return JudgedRun(movie, times, found, evaluation)


@pytest.fixture
def worst(tmp_path, monkeypatch):
    labels = np.zeros((6, 24, 24), np.int32)
    labels[:, 3:9, 3:9], labels[:, 13:19, 13:19] = 1, 2
    movie = import_movie(
        labels.astype(np.float32), tmp_path / "m.ome.zarr", pixel_size_um=1, frame_interval_s=1
    )
    movie = import_labels(movie, labels)
    monkeypatch.setattr(training_page, "judged_runs", lambda m, *_: [judged(m, labels)])
    return worst_frames([movie], None, TrainingOptions(NETWORK))


def test_the_worst_frames_are_those_with_errors_and_show_both_sides(worst):
    assert [(one.movie, one.t, one.errors) for one in worst] == [("m.ome.zarr", 3, 1)]
    colors = {tuple(np.round(pixel, 3)) for pixel in worst[0].picture[13:19, 13:19].reshape(-1, 3)}
    assert tuple(np.float32(REFERENCE_COLOR).round(3)) in colors
    assert tuple(np.float32(RESULT_COLOR).round(3)) not in colors  # the cell was missed


def test_the_page_names_pictures_that_are_there(worst, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(b"12")
    card = ModelCard(name="mine", network=NETWORK, gap=1, object_thickness=9)
    page = write_training_page(path, card, HISTORY, worst).read_text()
    for name in ("mine-curves.png", "mine-worst.png"):
        assert f"]({name})" in page
        assert Image.open(io.BytesIO((tmp_path / name).read_bytes())).size[0] > 300
    assert "# Model `mine`" in page
    without = write_training_page(path, card, HISTORY).read_text()
    assert "mine-worst.png" not in without


def test_without_held_back_movies_there_is_one_panel():
    width = {
        names: Image.open(io.BytesIO(draw_curves([dict.fromkeys(names, 1.0)]))).size[0]
        for names in [("loss",), ("loss", "val_segmentation_errors")]
    }
    assert 2 * width["loss",] == width["loss", "val_segmentation_errors"]
