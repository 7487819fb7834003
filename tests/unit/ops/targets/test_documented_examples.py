"""The examples in the docstrings of targets and segmentation give what they say."""

import doctest
import importlib

import numpy as np
import pytest

MODULES = [
    "pair_links",
    "segmentation.centres",
    "segmentation.laplacian",
    "segmentation.merging",
    "segmentation.regions",
    "segmentation.seeds",
    "segmentation.segment",
    "segmentation.watershed",
    "targets.distance",
    "targets.geodesic",
    "targets.label_image",
    "targets.line_of_sight",
    "targets.medoid",
    "targets.motion",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"distnet_store.ops.{name}")
    names = {**vars(module), "np": np}
    runner = doctest.DocTestRunner()
    for key, value in vars(module).items():
        function = getattr(value, "py_func", value)  # doctest does not look into compiled ones
        if getattr(function, "__module__", None) == module.__name__:
            for example in doctest.DocTestFinder(recurse=False).find(function, key, globs=names):
                runner.run(example)
    assert runner.tries > 0
    assert runner.failures == 0
