"""How many cells and links of the chambers that were held back does a model get right?

Usage: python benchmarks/development_split.py [MODEL] [FOLDER OF CHAMBERS] [NUMBERS, 09,10,11]

Imports each chamber into a temporary dataset, runs everything, and counts reference cells matched one to one
(IoU over 0.5) and reference links between matched cells. Every miss is listed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from distnet_store.metrics.agreement import Agreement
from distnet_store.pipeline.demo import compare_with_reference
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.run import RunOptions, run


def score(source: Path, folder: Path, model: str) -> Agreement:
    """Return the agreement of a model's result on one chamber with the reference."""
    movie = import_movie(
        source / "img_phase.tif",
        folder / source.name,
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    movie = import_labels(movie, source / "labels_ctc.tif", links=source / "man_track.txt")
    run(movie, RunOptions(model=model))
    return compare_with_reference(movie)


def main(
    model: str = "bacteria", folder: str = "examples/data/mother-machine", numbers: str = "09,10,11"
) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as work:
        chambers = [Path(folder) / f"chamber{number}" for number in numbers.split(",")]
        found = {chamber.name: score(chamber, Path(work), model) for chamber in chambers}
    total = [0] * 6
    for name, a in found.items():
        row = [
            a.n_matched,
            a.n_reference,
            a.n_links_correct,
            a.n_links_reference,
            a.n_links_extra,
            a.n_result,
        ]
        total = [one + other for one, other in zip(total, row, strict=True)]
        print(f"{name}: {describe(row)}")
        print(
            f"   mean IoU {a.mean_iou:.3f}, {a.n_divisions_found} of {a.n_divisions_reference} divisions"
        )
        for miss in a.misses:
            print(f"   {miss.kind} at t {miss.t}, label {miss.label}")
    print(f"all: {describe(total)}")
    print(f"     cells {100 * total[0] / total[1]:.1f} %, links {100 * total[2] / total[3]:.1f} %")


def describe(row: list[int]) -> str:
    """Return the counts of a row in words."""
    matched, reference, links, reference_links, extra, result = row
    cells = f"{matched} of {reference} cells matched ({result} found)"
    return f"{cells}, {links} of {reference_links} links right ({extra} extra)"


if __name__ == "__main__":
    main(*sys.argv[1:])
