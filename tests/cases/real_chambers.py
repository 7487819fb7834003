"""Real mother-machine chambers with their lineage, as arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

FOLDER = Path(__file__).parents[2] / "examples" / "data" / "mother-machine"


def read_chamber(
    name: str,
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Return image (t, c, y, x), labels (t, y, x) and links (m, 4) of a chamber."""
    folder = FOLDER / name
    image = tifffile.imread(folder / "img_phase.tif")[:, None]
    labels = tifffile.imread(folder / "labels_ctc.tif").astype(np.int64)
    return image, labels, man_track_links(folder / "man_track.txt")


def man_track_links(file: Path) -> NDArray[np.int64]:
    """Return the links (m, 4) that a man_track file of rows label, begin, end, parent states."""
    rows = np.loadtxt(file, dtype=np.int64, ndmin=2)
    end_of = {label: end for label, _, end, _ in rows.tolist()}
    links = []
    for label, begin, end, parent in rows.tolist():
        if parent:
            links.append((end_of[parent], parent, begin, label))
        links += [(t, label, t + 1, label) for t in range(begin, end)]
    return np.array(links, dtype=np.int64)
