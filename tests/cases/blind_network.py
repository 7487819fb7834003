"""The maps of the reference in place of a network's, with a blind strip: fast, and wrong in a known place."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from distnet_store.pipeline import targets as targets_module
from distnet_store.pipeline.execute import Progress, Run
from distnet_store.pipeline.experiments import run_conditions
from distnet_store.pipeline.targets import targets
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.store.movie import Movie


class BlindNetwork:
    """Predicts the maps of the reference, but sees nothing in the first 50 rows for each gap δ.

    `calls` are the names of the predictions that were asked for.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        """Take the place of `predict` in experiments."""
        self.calls: list[str] = []
        self._blind_rows = 0
        self._real = targets_module.target_maps
        patch.setattr(targets_module, "target_maps", self._maps)
        patch.setattr(run_conditions, "predict", self._predict)

    def _predict(
        self,
        movie: Movie,
        _model: object,
        parameters: PredictionParameters,
        *,
        name: str,
        overwrite: bool,
        on_progress: Progress,
    ) -> Run:
        self.calls.append(name)
        self._blind_rows = 50 * (parameters.gap or 1)
        return targets(movie, name=name, overwrite=overwrite, on_progress=on_progress)

    def _maps(self, movie: Movie, labels: str, links: NDArray[np.int64], times: range):
        maps = self._real(movie, labels, links, times)
        maps["edm"][..., : self._blind_rows, :] = -1
        return maps


def links_between(links: NDArray[np.int64], labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the links whose cells are both in the labels (t, y, x)."""
    cells = {(t, label) for t, frame in enumerate(labels) for label in np.unique(frame)}
    rows = [row for row in links.tolist() if {tuple(row[:2]), tuple(row[2:])} <= cells]
    return np.array(rows, dtype=np.int64)
