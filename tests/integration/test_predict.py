"""Prediction with a network: one code path for a window, a whole movie, threads, and a resumed run."""

import numpy as np
import pytest

from distnet_store.errors import ModelMismatchError, NotFoundError, TargetExistsError
from distnet_store.model.backend import require_backend
from distnet_store.model.file import load_model, save_model
from distnet_store.pipeline.frame_predictor import FramePredictor
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.predict import lazy_prediction, plan_prediction, predict
from distnet_store.spec.maps import MAPS
from distnet_store.spec.model_card import ModelCard, NetworkConfig
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.store.journal import Journal
from distnet_store.store.movie import open_movie

require_backend()

from distnet_store.model.network import build_network  # noqa: E402 - the backend is chosen first


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    config = NetworkConfig(levels=2, filters=34, frames=3)
    save_model(
        path,
        ModelCard(name="tiny", network=config, gap=1, object_thickness=9),
        build_network(config),
    )
    return path


@pytest.fixture
def movie(chamber10, tmp_path, monkeypatch):
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 2)
    return import_movie(
        chamber10.images[:5, :64],
        tmp_path / "m.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )


def maps_of(movie, name="distnet"):
    return {m: movie.prediction(name, m).to_numpy() for m in MAPS}


def test_maps_are_written_with_their_contrast_windows(movie, model):
    run = predict(movie, model)
    assert run.record.model_digest == load_model(model).digest
    found = maps_of(open_movie(movie.url))
    assert {name: values.shape for name, values in found.items()} == {
        "edm": (5, 1, 64, 24),
        "gdcm": (5, 1, 64, 24),
        "displacement": (5, 4, 64, 24),
        "multiplicity": (5, 6, 64, 24),
    }
    channels = movie.location.group("predictions/distnet/displacement").attrs["ome"]["omero"][
        "channels"
    ]
    assert [c["label"] for c in channels] == list(MAPS["displacement"].channels)
    assert channels[0]["window"]["start"] < 0 < channels[0]["window"]["end"]


def test_stored_values_keep_the_promised_precision(movie, model, monkeypatch):
    monkeypatch.setattr(
        "distnet_store.pipeline.frame_predictor.round_mantissa", lambda values: values
    )
    predict(movie, model, name="exact")
    monkeypatch.undo()
    predict(movie, model)
    for name, exact in maps_of(movie, "exact").items():
        np.testing.assert_allclose(maps_of(movie)[name], exact, rtol=2**-11, atol=1e-30)


def test_a_lazy_window_is_what_is_written(movie, model):
    predict(movie, model)
    lazy = lazy_prediction(movie, load_model(model), t=(1, 4))
    for name, values in maps_of(movie).items():
        np.testing.assert_allclose(lazy[name].to_numpy(), values[1:4], atol=1e-4)


def test_building_a_lazy_prediction_reads_no_pixels(movie, model, monkeypatch):
    monkeypatch.setattr(type(movie), "frame", lambda *_: pytest.fail("a frame was read"))
    assert lazy_prediction(movie, load_model(model))["edm"].shape == (5, 1, 64, 24)


def test_threads_and_a_resumed_run_end_the_same(movie, model, monkeypatch):
    predict(movie, model)
    predict(movie, model, name="threads", workers=2)
    real, calls = FramePredictor.maps, []

    def dies_in_the_second_unit(self, unit):
        calls.append(unit)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, unit)

    monkeypatch.setattr(FramePredictor, "maps", dies_in_the_second_unit)
    with pytest.raises(KeyboardInterrupt):
        predict(movie, model, name="resumed")
    assert "resumed" not in movie.predictions()
    monkeypatch.setattr(FramePredictor, "maps", real)
    assert predict(movie, model, name="resumed").units_computed == 2
    for name, values in maps_of(movie).items():
        np.testing.assert_array_equal(maps_of(movie, "resumed")[name], values)
        np.testing.assert_array_equal(maps_of(movie, "threads")[name], values)


def test_the_scaling_of_each_frame_is_recorded(movie, model):
    predict(movie, model)
    keys = movie.location.list_keys(".distnet/runs")
    marker = movie.location.read(
        next(key for key in keys if key.endswith("t000000-000002.json"))
    ).decode()
    assert '"normalisation_low"' in marker


def test_another_gap_is_another_prediction(movie, model):
    predict(movie, model)
    with pytest.raises(TargetExistsError):
        predict(movie, model, PredictionParameters(gap=2))


def test_a_movie_of_two_channels_needs_a_choice(chamber10, tmp_path, model):
    both = np.stack([chamber10.images[:3, :32], chamber10.images[:3, :32]], axis=1)
    movie = import_movie(both, tmp_path / "two.ome.zarr", pixel_size_um=0.1, frame_interval_s=1)
    with pytest.raises(ModelMismatchError, match="--channel"):
        predict(movie, model)
    with pytest.raises(NotFoundError, match="no channel 2"):
        predict(movie, model, PredictionParameters(channel=2))
    predict(movie, model, PredictionParameters(channel=1))


@pytest.mark.parametrize("shape", [(1, 33, 17), (2, 5, 3)])
def test_one_frame_and_odd_sizes_are_predicted(tmp_path, model, shape):
    image = np.random.default_rng(0).integers(0, 200, shape).astype(np.uint8)
    movie = import_movie(
        image, tmp_path / "odd.ome.zarr", pixel_size_um="unknown", frame_interval_s="unknown"
    )
    predict(movie, model)
    assert movie.prediction("distnet", "edm").shape == (shape[0], 1, *shape[1:])


def test_a_constant_movie_is_predicted_without_warning(tmp_path, model):
    movie = import_movie(
        np.full((2, 16, 16), 7, np.uint16),
        tmp_path / "flat.ome.zarr",
        pixel_size_um=1,
        frame_interval_s=1,
    )
    predict(movie, model)
    assert np.isfinite(maps_of(movie)["edm"]).all()


def half(precision="bfloat16", batch=2):
    return PredictionParameters(precision=precision, batch=batch)


def test_the_bundled_model_says_the_same_in_half_precision(movie):
    exact = predict(movie, "bacteria", name="exact")
    run = predict(movie, "bacteria", half())
    first = run_journal(movie, run).markers()["t000000-000002"].figures
    assert max(first[f"precision_{name}_px"][0] for name in ("edm", "gdcm", "displacement")) < 0.25
    assert first["precision_agreement"][0] > 0.99
    assert "precision_edm_px" not in run_journal(movie, run).markers()["t000002-000004"].figures
    assert run.record.parameters["precision"] == "bfloat16"
    assert run.record.parameters["batch"] == 2
    assert not {"precision", "batch"} & exact.record.parameters.keys()
    one, other = maps_of(movie, "exact"), maps_of(movie)
    assert not np.array_equal(one["edm"], other["edm"])
    np.testing.assert_allclose(one["edm"], other["edm"], atol=0.5)


def test_half_precision_that_changes_too_much_is_refused_and_leaves_nothing(
    movie, model, monkeypatch
):
    monkeypatch.setattr("distnet_store.model.precision_check.MOST_PX", 1e-6)
    with pytest.raises(ModelMismatchError, match="in bfloat16"):
        predict(movie, model, half())
    assert open_movie(movie.url).predictions() == []


def test_flips_are_part_of_a_result_and_of_its_price_only_where_they_are_asked_for(movie, model):
    plain = predict(movie, model, name="plain")
    flipped = predict(movie, model, PredictionParameters(flips=4))
    assert "flips" not in plain.record.parameters
    assert flipped.record.parameters["flips"] == 4
    assert not np.array_equal(maps_of(movie, "plain")["edm"], maps_of(movie)["edm"])
    plans = [plan_prediction(movie, model, PredictionParameters(flips=n)) for n in (1, 4, 8)]
    assert plans[0].memory_bytes < plans[1].memory_bytes < plans[2].memory_bytes
    lazy = lazy_prediction(movie, load_model(model), PredictionParameters(flips=4), t=(1, 3))
    np.testing.assert_array_equal(lazy["displacement"], maps_of(movie)["displacement"][1:3])


def run_journal(movie, run):
    return Journal(movie.location, "predict", "distnet", run.record.run_digest)
