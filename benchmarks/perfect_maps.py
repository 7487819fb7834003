"""What do segmentation, linking and correction lose when every map is right?

Usage: python benchmarks/perfect_maps.py [FOLDER 01_GT]

The maps are computed from the labels of a real, complete lineage, segmented and linked again, and evaluated against
these labels. What is left is not the network's: it is the rules' own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from distnet_store.ops.targets.distance import distance_map
from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.evaluate import evaluate
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.segment import segment
from distnet_store.pipeline.targets import targets
from distnet_store.spec.parameters import EvaluationParameters, SegmentationParameters
from distnet_store.store.movie import Movie
from distnet_store.store.sources.ctc import open_ctc_labels

REFERENCE = "tests/data/metrics-reference/01_GT"
SHOWN = (
    ("false_negatives", "false_positives", "over_segmentations", "under_segmentations"),
    ("false_negative_links", "false_positive_links", "unlinked_parts"),
)


def processed(folder: Path, target: Path) -> tuple[Movie, float]:
    """Return a dataset with the results `cells` and `corrected`, and the cells' thickness in pixels."""
    labels = open_ctc_labels(folder)
    frames = np.stack([labels.read(t) for t in range(labels.shape[0])])
    movie = import_movie(
        (frames > 0).astype(np.uint8),
        target,
        axes="tyx",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    movie = import_labels(movie, folder)
    thickness = typical_thickness(frames[-1])
    targets(movie)
    segment(movie, SegmentationParameters(object_thickness=thickness), prediction="targets")
    link(movie, prediction="targets")
    correct(movie, prediction="targets")
    return movie, thickness


def typical_thickness(labels: np.ndarray) -> float:
    """Return twice the median over cells of the largest distance to the outline, in whole pixels."""
    distance = distance_map(labels.astype(np.int32))
    widest = [distance[labels == label].max() for label in np.unique(labels)[1:]]
    return float(round(2 * np.median(widest)))


def main(folder: str = REFERENCE) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as work:
        movie, thickness = processed(Path(folder), Path(work) / "movie.ome.zarr")
        print(f"object_thickness {thickness:g} px")
        for result in ("cells", "corrected"):
            for margin, which in ((0, "border cells left out"), (None, "all cells")):
                parameters = EvaluationParameters(margin=margin)
                values = evaluate(movie, parameters, name=result, store=False).values
                print(f"{result:10} {which:21} " + described(values))


def described(values: dict[str, float | None]) -> str:
    """Return the counts of one result."""
    cells, links = (
        ", ".join(f"{name.replace('_', ' ')} {values[name]:.0f}" for name in kinds)
        for kinds in SHOWN
    )
    return (
        f"of {values['reference_cells']:.0f} cells: {cells}; of {values['reference_links']:.0f} links: "
        f"{links}; incomplete lineages {values['incomplete_lineages']:.0f} of {values['lineages']:.0f}; "
        f"mean IoU {values['mean_iou']:.4f}, TRA {values['TRA']:.4f}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
