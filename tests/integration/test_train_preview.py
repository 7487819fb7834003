"""`train --preview` draws samples without a network, and options of sampling reach them."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner
from untrained_models import card_only

from distnet_store.cli.app import app
from distnet_store.errors import NotFoundError, TargetExistsError, WrongArgumentError
from distnet_store.pipeline.frame_cache import FrameCache
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.train import train
from distnet_store.pipeline.training_movies import training_movies
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.training_preview import preview_training
from distnet_store.spec.model_card import NetworkConfig

OPTIONS = TrainingOptions(network=NetworkConfig(levels=2, filters=34, frames=3), tile=(48, 48))


@pytest.fixture
def movie(chamber10, tmp_path):
    made = import_movie(
        chamber10.images, tmp_path / "c10.ome.zarr", pixel_size_um=0.1, frame_interval_s=1
    )
    return import_labels(made, chamber10.labels.astype(np.int32), links=chamber10.links)


def test_the_picture_has_a_row_for_each_sample(movie, tmp_path):
    heights = []
    for samples in (1, 3):
        made = preview_training(
            [movie], tmp_path / "sheet.png", OPTIONS, samples=samples, overwrite=True
        )
        with Image.open(made) as picture:
            heights.append(picture.height)
            assert len(picture.convert("RGB").getcolors(10**6)) > 100
    assert heights[1] == pytest.approx(3 * heights[0], abs=3)


def test_the_command_draws_and_trains_nothing(movie, tmp_path):
    sheet = tmp_path / "sheet.png"
    words = ["train", movie.url, "--preview", str(sheet), "--tile", "48,48", "--augment", "zoom=0"]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert sheet.exists()
    assert not list(tmp_path.glob("*.safetensors"))


def test_neither_and_both_targets_and_unknown_changes_are_refused(movie, tmp_path):
    for more in ([], ["--out", "a.safetensors", "--preview", "b.png"]):
        assert CliRunner().invoke(app, ["train", movie.url, *more]).exit_code != 0
    words = ["train", movie.url, "--preview", str(tmp_path / "s.png"), "--augment"]
    for wrong in ("zoomed=1", "zoom=2", "zoom"):
        assert CliRunner().invoke(app, [*words, wrong]).exit_code != 0
    assert not (tmp_path / "s.png").exists()


def test_a_picture_that_cannot_be_written_is_refused(movie, tmp_path):
    with pytest.raises(WrongArgumentError, match="a picture"):
        preview_training([movie], tmp_path / "sheet.jpg", OPTIONS)
    with pytest.raises(WrongArgumentError, match="no movie"):
        preview_training([], tmp_path / "sheet.png", OPTIONS)
    (tmp_path / "sheet.png").write_bytes(b"kept")
    with pytest.raises(TargetExistsError):
        preview_training([movie], tmp_path / "sheet.png", OPTIONS)


def test_ignored_regions_that_no_movie_has_are_refused(movie, tmp_path):
    nowhere = replace(OPTIONS, ignore="nowhere")
    with pytest.raises(NotFoundError, match="ignored regions"):
        preview_training([movie], tmp_path / "sheet.png", nowhere)
    with pytest.raises(NotFoundError, match="ignored regions"):
        train([movie], tmp_path / "model.safetensors", nowhere)


def test_a_preview_of_fine_tuning_has_the_window_of_the_model(movie, tmp_path):
    """A card for five frames; options say three."""
    read: list[int] = []
    start = card_only(tmp_path / "start.safetensors", frames=5)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "distnet_store.pipeline.training_preview.draw_samples",
            lambda samples: read.extend(len(one.times) for one in samples) or b"",
        )
        preview_training([movie], tmp_path / "sheet.png", OPTIONS, initial=start, samples=2)
    assert read == [5, 5]


def opened(movie, **changed):
    options = TrainingOptions(network=OPTIONS.network, **changed)
    return training_movies([movie], options, FrameCache(10**8))[0]


def test_options_of_sampling_reach_the_movie(movie):
    assert opened(movie, weights=(3.0,)).weight == 3
    assert opened(movie).ignored is None
    assert opened(movie).divisions_known
    region = np.zeros((10, 207, 24), np.uint8)
    region[:, :50] = 1
    with_region = import_labels(movie, region, "ignore")
    np.testing.assert_array_equal(opened(with_region, ignore="ignore").ignored(2), region[2])
    assert not opened(with_region, labels="ignore").divisions_known
    assert opened(with_region, labels="ignore", divisions="known").divisions_known


def test_options_that_make_no_sense_are_refused(movie):
    with pytest.raises(WrongArgumentError, match="one weight"):
        opened(movie, weights=(1.0, 2.0))
    with pytest.raises(WrongArgumentError, match="this weight"):
        opened(movie, weights=(0.0,))
    with pytest.raises(WrongArgumentError, match="cache"):
        opened(movie, cache_mib=-1)
