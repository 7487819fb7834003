"""A real chamber with its reference, maps from labels in place of a network's, and one finished ablation."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from blind_network import BlindNetwork, links_between
from untrained_models import card_only

from distnet_store.pipeline.experiments import run_experiment as experiment_module
from distnet_store.pipeline.experiments.conditions import ExperimentOptions
from distnet_store.pipeline.experiments.run_experiment import Experiment, run_experiment
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.spec.parameters import EvaluationParameters
from distnet_store.store.movie import Movie


@dataclass(frozen=True)
class Workplace:
    """A movie, a model of N = 5 and δ = 2 whose windows are blind in part, and one ablation of both."""

    movie: Movie
    options: ExperimentOptions
    network: BlindNetwork
    folder: Path
    found: Experiment

    def options_with(self, **changed):
        return replace(self.options, **changed)

    def run(self, kind, folder, **changed):
        return run_experiment(self.movie, kind, folder, self.options_with(**changed))

    def copy_of_finished(self, target):
        """Return a copy of the finished ablation's folder, for a test to go on with."""
        return Path(shutil.copytree(self.folder, target))


@pytest.fixture(scope="module")
def workplace(chamber10, tmp_path_factory):
    root = tmp_path_factory.mktemp("experiments")
    movie = import_movie(
        chamber10.images[:4, :128], root / "c10.ome.zarr", pixel_size_um=0.1, frame_interval_s=60
    )
    labels = chamber10.labels[:4, :128].astype(np.int32)
    movie = import_labels(movie, labels, links=links_between(chamber10.links, labels))
    options = ExperimentOptions(
        models=(card_only(root / "wide.safetensors", frames=5, gap=2),),
        evaluation=EvaluationParameters(margin=None),  # also cells at the chamber's walls
    )
    with pytest.MonkeyPatch.context() as patch:
        network = BlindNetwork(patch)
        patch.setattr(experiment_module, "draw_experiment", text_in_place_of_a_picture)
        found = run_experiment(movie, "ablation", root / "out", options)
        yield Workplace(movie, options, network, root / "out", found)


def text_in_place_of_a_picture(_kind, scored, title):
    """What is drawn is tested in test_figures."""
    return {"png": f"{title} {[one.scores.measures for one in scored]}".encode()}
