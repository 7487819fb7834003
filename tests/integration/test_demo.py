"""The demo runs the main job on real chambers that the bundled model has never seen, and gets them right."""

from pathlib import Path

import pytest

from distnet_store.errors import NotFoundError
from distnet_store.model.backend import require_backend
from distnet_store.model.file import read_card
from distnet_store.pipeline.demo import CHAMBERS, run_demo
from distnet_store.pipeline.models import bundled_models, find_model

require_backend()

EXAMPLES = Path(__file__).parents[2] / "examples" / "data" / "mother-machine"

COUNTS = ("segmentation_errors", "reference_cells", "tracking_errors", "reference_links")


def test_95_percent_of_cells_and_links_are_right(tmp_path):
    results = run_demo(EXAMPLES, tmp_path)
    found = [result.scores.values for result in results]
    totals = {name: sum(values[name] for values in found) for name in COUNTS}
    assert totals["segmentation_errors"] <= 0.05 * totals["reference_cells"]
    assert totals["tracking_errors"] <= 0.05 * totals["reference_links"]
    assert min(values["f1_iou50"] for values in found) >= 0.95
    assert totals["reference_cells"] == 150
    for result in results:
        assert result.picture.stat().st_size > 10_000
        assert ("cells", "tracks") in result.movie.tables()


def test_the_bundled_model_is_small_and_was_not_trained_on_the_demo():
    path = find_model("bacteria")
    assert path.stat().st_size < 8e6
    training = read_card(path).training
    seen = {movie["name"].split(".")[0] for movie in [*training["movies"], *training["validation"]]}
    assert seen.isdisjoint(CHAMBERS)
    assert "bacteria" in bundled_models()


def test_missing_examples_and_models_are_said_to_be_missing(tmp_path):
    with pytest.raises(NotFoundError, match="example movies"):
        run_demo(tmp_path, tmp_path / "out")
    with pytest.raises(NotFoundError, match="no model 'yeast'"):
        find_model("yeast")
