"""Is a result the reference, cell by cell and link by link?"""

from __future__ import annotations

from distnet_store.pipeline.evaluate import evaluate
from distnet_store.spec.parameters import EvaluationParameters
from distnet_store.store.movie import Movie


def judged(movie: Movie, name: str = "cells") -> dict[str, float | None]:
    """Return the figures of a result, cells at the border counted too; nothing is written."""
    return evaluate(movie, EvaluationParameters(margin=None), name=name, store=False).values


def assert_same_as_reference(movie: Movie, name: str, *, cells: int, links: int) -> None:
    """Every cell, link and division of the reference is found, and nothing else."""
    values = judged(movie, name)
    assert (values["reference_cells"], values["result_cells"]) == (cells, cells)
    assert values["reference_links"] == links
    assert values["f1_iou50"] == values["BC(0)"] == values["TRA"] == 1
    assert values["segmentation_errors"] == values["tracking_errors"] == 0
    assert values["incomplete_lineages"] == 0
