"""Files of real lineages as TrackMate and pycellin wrote them, and what each of them holds."""

from __future__ import annotations

import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import zarr

from distnet_store.store.movie import Movie

_DATA = Path(__file__).parents[1] / "data"
TRUTH = _DATA / "metrics-reference" / "01_GT"
"""The same movie as masks and tracks of the Cell Tracking Challenge, 23 frames of 960 x 660."""

PIXEL_UM = 0.06587
INTERVAL_S = 300.0


@dataclass(frozen=True)
class Counts:
    """What a lineage graph holds; a gap is an edge over a frame or more."""

    nodes: int
    edges: int
    divisions: int
    gaps: int
    fusions: int


WHOLE = Counts(526, 523, 71, 0, 0)
FILES = {
    "Ecoli_growth_on_agar_pad.xml": WHOLE,
    "Ecoli_growth_on_agar_pad_with_gaps.xml": Counts(523, 520, 71, 2, 0),
    "Ecoli_growth_on_agar_pad_with_fusions.xml": Counts(526, 526, 74, 1, 3),
}
"""Counted in the files' text, without our reader."""


def unpack(folder: Path) -> Path:
    """Unpack the files into a folder, and return it."""
    with tarfile.open(_DATA / "ecoli-agarpad" / "files_of_trackers.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


def counts(movie: Movie, name: str) -> Counts:
    """Count the graph of a result, from its links alone."""
    links = movie.read_table(name, "links").to_pandas()
    return Counts(
        nodes=movie.read_table(name, "objects").num_rows,
        edges=len(links),
        divisions=int((links.groupby("source_id").size() > 1).sum()),
        gaps=int((links["target_t"] - links["t"] > 1).sum()),
        fusions=int((links.groupby("target_id").size() > 1).sum()),
    )


def pixels_and_links(movie: Movie, name: str) -> tuple[Counter, Counter]:
    """Return the cells by their pixels, and the links between these, whatever the labels are called."""
    cell_of: dict[int, bytes] = {}
    for t in range(movie.n_frames):
        frame = movie.labels_frame(name, t)
        places = pd.Series(np.flatnonzero(frame)).groupby(frame[frame > 0])
        cell_of |= {
            (t << 32) + int(label): bytes([t]) + where.to_numpy().tobytes()
            for label, where in places
        }
    links = movie.read_table(name, "links").to_pandas()
    ends = zip(links["source_id"].map(cell_of), links["target_id"].map(cell_of), strict=True)
    return Counter(cell_of.values()), Counter(ends)


def write_graph(path: Path, told: dict, arrays: dict[str, np.ndarray]) -> Path:
    """Write a GEFF with these metadata, completed, and these arrays, by path."""
    group = zarr.open_group(path, mode="w", zarr_format=2)
    for name, values in arrays.items():
        group.create_array(name, data=np.asarray(values))
    props = {
        name.split("/")[2]: {
            "identifier": name.split("/")[2],
            "dtype": str(np.asarray(values).dtype),
        }
        for name, values in arrays.items()
        if name.startswith("nodes/props/") and name.endswith("/values")
    }
    group.attrs["geff"] = {
        "geff_version": "1.1",
        "directed": True,
        "node_props_metadata": props,
        "edge_props_metadata": {},
        **told,
    }
    return path


TIME = {"name": "t", "type": "time", "unit": "frame"}
PLACE = [
    {"name": "y", "type": "space", "unit": "pixel"},
    {"name": "x", "type": "space", "unit": "pixel"},
]
