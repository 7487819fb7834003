"""Training from datasets leaves a model file with its history, and never a half one."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from distnet_store.errors import (
    InvalidDataError,
    NotFoundError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.model.backend import require_backend
from distnet_store.model.file import read_card
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.train import train
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.typical_thickness import typical_thickness
from distnet_store.spec.model_card import NetworkConfig

require_backend()

from small_network import use_small_network  # noqa: E402 - the backend is chosen first

OPTIONS = TrainingOptions(
    network=NetworkConfig(levels=2, filters=34, frames=3), tile=(32, 24), batch=1, steps=2, epochs=2
)


@pytest.fixture
def movie(chamber10, tmp_path):
    made = import_movie(
        chamber10.images, tmp_path / "c10.ome.zarr", pixel_size_um=0.1, frame_interval_s=1
    )
    return import_labels(made, chamber10.labels.astype(np.int32), links=chamber10.links)


def test_a_model_file_says_what_it_was_trained_on(movie, tmp_path, monkeypatch):
    """The real network is trained, from another model, in test_examples."""
    use_small_network(monkeypatch.setattr)
    target = tmp_path / "tiny.safetensors"
    epochs = []
    options = replace(OPTIONS, choose="loss")
    card = train(
        [movie], target, options, validation=[movie], on_epoch=lambda *e: epochs.append(e[:2])
    )
    assert epochs == [(1, 2), (2, 2)]
    assert read_card(target) == card
    assert card.training["movies"][0]["image_digest"] == movie.attributes.image_digest
    assert card.pixel_size_um == pytest.approx(0.1)
    with target.with_suffix(".csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert all(0 <= float(row["wait_share"]) <= 1 for row in rows)
    names = sorted(path.name for path in tmp_path.iterdir() if path.stem.startswith("tiny"))
    assert names == ["tiny-curves.png", "tiny.csv", "tiny.md", "tiny.safetensors"]


def test_the_typical_thickness_is_that_of_the_rods(movie):
    assert 7 < typical_thickness([movie], "reference") < 12


def test_what_cannot_be_trained_is_refused_before_anything_is_written(movie, tmp_path):
    target = tmp_path / "model.safetensors"
    with pytest.raises(WrongArgumentError, match="safetensors"):
        train([movie], tmp_path / "model.h5", OPTIONS)
    with pytest.raises(WrongArgumentError, match="no movie"):
        train([], target, OPTIONS)
    with pytest.raises(NotFoundError, match="nothing"):
        train([movie], target, TrainingOptions(network=OPTIONS.network, labels="nothing"))
    empty = import_labels(movie, np.zeros((10, 207, 24), np.uint8), "empty")
    with pytest.raises(InvalidDataError, match="no labelled cell"):
        train([empty], target, TrainingOptions(network=OPTIONS.network, labels="empty"))
    with pytest.raises(WrongArgumentError, match="held-back movie"):
        train([movie], target, replace(OPTIONS, patience=3))
    with pytest.raises(WrongArgumentError, match="score_every cannot be this number"):
        replace(OPTIONS, score_every=0)
    assert not target.exists()
    target.write_bytes(b"kept")
    with pytest.raises(TargetExistsError):
        train([movie], target, OPTIONS)
    assert target.read_bytes() == b"kept"
