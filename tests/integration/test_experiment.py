"""The experiments on a real chamber with the bundled model, and over δ with an untrained network of N = 5."""

import numpy as np
import pandas as pd
import pytest
from blind_network import links_between
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.model.backend import require_backend
from distnet_store.model.file import save_model
from distnet_store.pipeline.experiments.conditions import ExperimentOptions
from distnet_store.pipeline.experiments.run_experiment import run_experiment
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.spec.model_card import ModelCard, NetworkConfig
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate

require_backend()

from distnet_store.model.network import build_network  # noqa: E402 - the backend is chosen first


@pytest.fixture(scope="module")
def folder(chamber10, tmp_path_factory):
    """The ablation and the sub-sampling of the whole chamber, by the command."""
    root = tmp_path_factory.mktemp("experiment")
    movie = import_movie(
        chamber10.images, root / "c10.ome.zarr", pixel_size_um=0.1, frame_interval_s=300
    )
    import_labels(movie, chamber10.labels.astype(np.int32), links=chamber10.links)
    for words in (["ablation"], ["sampling", "--every", "1:2"]):
        kind, *more = words
        call = ["experiment", kind, root / "c10.ome.zarr", "--out", root / "out", *more]
        ended = CliRunner().invoke(app, [*map(str, call), "--margin", "none"])
        assert ended.exit_code == 0, ended.output
    return root / "out"


def figures(folder, kind, measure):
    table = pd.read_csv(folder / f"{kind}.csv")
    return table[table.measure == measure].value.tolist()


def test_the_bundled_model_makes_few_errors_on_a_chamber_that_it_never_saw(folder):
    assert figures(folder, "ablation", "reference_cells") == [53, 53]
    assert figures(folder, "ablation", "reference_links") == [48, 48]
    assert figures(folder, "ablation", "lineages") == [17, 17]
    assert max(figures(folder, "ablation", "segmentation_errors")) <= 2
    assert max(figures(folder, "ablation", "tracking_errors")) <= 5


def test_with_every_second_frame_the_reference_shrinks_and_tracking_is_harder(folder):
    """24 cells are in the frames 0, 2, 4, 6 and 8 of the reference, and 19 links between them."""
    assert figures(folder, "sampling", "reference_cells") == [53, 24, 53, 24]
    assert figures(folder, "sampling", "reference_links") == [48, 19, 48, 19]
    every, second, *_ = figures(folder, "sampling", "tracking_percent")
    assert second > every


def test_both_kinds_agree_on_what_they_share(folder):
    ablation = figures(folder, "ablation", "tracking_percent")
    assert figures(folder, "sampling", "tracking_percent")[::2] == ablation


def test_the_working_datasets_are_whole_and_the_pictures_are_there(folder):
    for name in ("every-01", "every-02"):
        found = validate(folder / f"{name}.ome.zarr").problems
        assert {(p.severity, p.kind) for p in found} == {("warning", "stale")}
        assert all("prediction" in p.text for p in found)  # the maps, which were discarded
    assert open_movie(folder / "every-02.ome.zarr").frame_interval_s == 600
    for kind in ("ablation", "sampling"):
        assert (folder / f"{kind}.png").read_bytes().startswith(b"\x89PNG")
        assert b"<svg" in (folder / f"{kind}.svg").read_bytes()


def test_the_window_runs_a_network_of_five_frames_with_each_gap(chamber10, tmp_path):
    config = NetworkConfig(levels=2, filters=34, frames=5)
    card = ModelCard(name="five", network=config, gap=1, object_thickness=9)
    model = tmp_path / "five.safetensors"
    save_model(model, card, build_network(config))
    labels = chamber10.labels[:4, :64].astype(np.int32)
    movie = import_movie(
        chamber10.images[:4, :64], tmp_path / "c.ome.zarr", pixel_size_um=1, frame_interval_s=1
    )
    movie = import_labels(movie, labels, links=links_between(chamber10.links, labels))
    options = ExperimentOptions(models=(model,), gaps=(1, 2), keep_maps=True)
    found = run_experiment(movie, "window", tmp_path / "out", options)
    rows = pd.read_csv(tmp_path / "out/window.csv").drop_duplicates("digest")
    assert rows.condition.tolist() == [
        *("five-gap1", "five-gap2", "five-gap1-corrected", "five-gap2-corrected"),
    ]
    assert rows.window_frames.tolist() == [5, 7, 5, 7]
    assert found.work.conditions == 4
    copy = open_movie(tmp_path / "out/every-01.ome.zarr")
    narrow, wide = (copy.prediction(f"five-gap{gap}", "edm").to_numpy() for gap in (1, 2))
    assert not np.array_equal(narrow, wide)
