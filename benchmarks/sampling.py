"""How do errors grow when frames are left out, before and after correction?

Usage: python benchmarks/sampling.py [FOLDER OF A CHAMBER]

The paper's experiment of figure 4B on a real mother-machine chamber: every frame, every second, third and fourth one.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from distnet_store.pipeline.experiments.conditions import ExperimentOptions
from distnet_store.pipeline.experiments.run_experiment import run_experiment
from distnet_store.pipeline.experiments.wide_table import WIDE_COLUMNS, wide_rows
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie

EVERY = (1, 2, 3, 4)


def main(folder: str = "examples/data/mother-machine/chamber09") -> None:
    """Print the table."""
    source = Path(folder)
    with tempfile.TemporaryDirectory() as work:
        movie = import_movie(
            source / "img_phase.tif",
            Path(work) / f"{source.name}.ome.zarr",
            pixel_size_um="unknown",
            frame_interval_s="unknown",
        )
        movie = import_labels(movie, source / "labels_ctc.tif", links=source / "man_track.txt")
        found = run_experiment(
            movie, "sampling", Path(work) / "experiments", ExperimentOptions(every=EVERY)
        )
        rows = [list(WIDE_COLUMNS), *wide_rows(found.scored)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
