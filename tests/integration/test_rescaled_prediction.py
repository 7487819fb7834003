"""One model serves several magnifications: frames are brought to the width of cells that it learned from."""

import numpy as np
import pytest

from distnet_store.model.backend import require_backend
from distnet_store.model.file import load_model, read_card, save_model
from distnet_store.ops.rescale import at_shape
from distnet_store.pipeline import cell_width
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.predict import lazy_prediction, plan_prediction, predict
from distnet_store.pipeline.run import RunOptions, run
from distnet_store.spec.parameters import PredictionParameters

require_backend()


@pytest.fixture(scope="module")
def enlarged(chamber10, tmp_path_factory):
    """The first frames of a chamber, twice as large."""
    frames = [at_shape(frame, (416, 48)) for frame in chamber10.images[:3]]
    return import_movie(
        np.stack(frames),
        tmp_path_factory.mktemp("enlarged") / "large.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )


@pytest.fixture(scope="module")
def rescaled_model(tmp_path_factory):
    """The bundled model, said to have learned from cells of one width."""
    bundled = load_model(find_model("bacteria"))
    path = tmp_path_factory.mktemp("model") / "rescaled.safetensors"
    card = bundled.card.model_copy(update={"is_rescaled": True})
    save_model(path, card, bundled.network, precision="float32")
    return path


def cells(movie, name):
    labels = movie.labels(name).to_numpy()
    return [len(np.unique(frame)) - 1 for frame in labels]


def test_an_enlarged_movie_has_the_cells_of_the_movie(enlarged, chamber10, rescaled_model):
    wide = 2 * read_card(rescaled_model).object_thickness
    options = RunOptions(
        model=rescaled_model, prediction=PredictionParameters(object_thickness=wide), name="known"
    )
    done = run(enlarged, options)
    assert done["predict"].record.parameters["object_thickness"] == wide
    assert done["segment"].record.parameters["object_thickness"] == wide
    truth = [len(np.unique(frame)) - 1 for frame in chamber10.labels[:3]]
    found = cells(enlarged, "known")
    assert np.abs(np.subtract(found, truth)).max() <= 1
    edm = enlarged.prediction("distnet", "edm").to_numpy()
    assert edm.shape == (3, 1, 416, 48)
    assert 0.7 * wide / 2 < np.percentile(edm[edm > 0], 99) < 1.3 * wide / 2


def test_without_the_width_the_network_sees_cells_twice_as_wide(enlarged, rescaled_model):
    wide = read_card(rescaled_model).object_thickness
    given = PredictionParameters(object_thickness=wide)
    known = PredictionParameters(object_thickness=2 * wide)
    maps = {
        name: lazy_prediction(enlarged, load_model(rescaled_model), one)["edm"].to_numpy()
        for name, one in {"as it is": given, "known": known}.items()
    }
    assert np.abs(maps["as it is"] - maps["known"]).mean() > 0.5


def test_a_width_is_estimated_once_and_kept(enlarged, rescaled_model, monkeypatch):
    plan = plan_prediction(enlarged, rescaled_model, PredictionParameters(), name="estimated")
    wide = read_card(rescaled_model).object_thickness
    assert 1.5 * wide < plan.parameters["object_thickness"] < 2.6 * wide

    def never(*_):
        raise AssertionError("estimated again")

    monkeypatch.setattr(cell_width, "estimate_width", never)
    again = plan_prediction(enlarged, rescaled_model, PredictionParameters(), name="estimated")
    assert again.digest == plan.digest
    given = PredictionParameters(object_thickness=3 * wide)
    assert plan_prediction(enlarged, rescaled_model, given, name="estimated").digest != plan.digest


def test_a_model_that_learned_from_all_widths_is_shown_frames_as_they_are(
    enlarged, tmp_path, monkeypatch
):
    monkeypatch.setattr(cell_width, "estimate_width", lambda *_: pytest.fail("estimated"))
    bundled = load_model(find_model("bacteria"))
    path = tmp_path / "plain.safetensors"
    save_model(path, bundled.card.model_copy(update={"is_rescaled": False}), bundled.network)
    plan = plan_prediction(enlarged, path, PredictionParameters(), name="plain")
    assert "object_thickness" not in plan.parameters


def test_a_movie_without_cells_is_taken_as_it_is(rescaled_model, tmp_path):
    movie = import_movie(
        np.zeros((2, 40, 40), np.uint8),
        tmp_path / "empty.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    done = predict(movie, rescaled_model)
    known = read_card(rescaled_model).object_thickness
    assert done.record.parameters["object_thickness"] == known
