"""Real frames and labels of one chamber, as the readers' tests write them into files."""

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from real_chambers import FOLDER


@pytest.fixture
def frames() -> NDArray[np.uint16]:
    """Six real frames (t, y, x) as uint16, of 207 x 24 pixels."""
    image = tifffile.imread(FOLDER / "chamber10" / "img_phase.tif")[:6]
    return np.round((image - image.min()) / np.ptp(image) * 60000).astype(np.uint16)


@pytest.fixture
def labels() -> NDArray[np.uint16]:
    """The ten label images (t, y, x) of the chamber."""
    return tifffile.imread(FOLDER / "chamber10" / "labels_ctc.tif")
