"""What all tests share: the modules of named cases on the path, and how Hypothesis searches."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

for folder in ("cases", "oracles"):
    sys.path.insert(0, str(Path(__file__).parent / folder))  # importlib mode adds no test folder

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("search", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@dataclass(frozen=True)
class Chamber:
    """A real chamber: images and labels (t, y, x), links (m, 4)."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    links: NDArray[np.int64]


@pytest.fixture(scope="session")
def chamber10() -> Chamber:
    from real_chambers import read_chamber

    image, labels, links = read_chamber("chamber10")
    return Chamber(image[:, 0], labels, links)
