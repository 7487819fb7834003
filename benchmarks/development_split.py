"""How many errors does a model make on the chambers that were held back, before and after correction?

Usage: python benchmarks/development_split.py [MODEL] [FOLDER OF CHAMBERS] [NUMBERS] [RESULTS]

Imports each chamber into a temporary dataset, runs everything, and evaluates both results as the paper does
(section 2.6; docs/decisions/0009-evaluation-rules.md; cells that touch the border do not count, which here are none).
The chambers are real; their masks are another program's, so these are disagreements with it.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.evaluate import Scores, evaluate
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.run import RunOptions, run
from distnet_store.store.movie import Movie

RATES = (
    ("segmentation_errors", "reference_cells"),
    ("tracking_errors", "reference_links"),
    ("incomplete_lineages", "lineages"),
)
"""What is counted, and per what."""


def processed(source: Path, folder: Path, model: str) -> Movie:
    """Return the dataset of one chamber with the results `cells` and `corrected`."""
    movie = import_movie(
        source / "img_phase.tif",
        folder / f"{source.name}.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    movie = import_labels(movie, source / "labels_ctc.tif", links=source / "man_track.txt")
    run(movie, RunOptions(model=model))
    correct(movie)
    return movie


def table(movies: Sequence[Movie], results: Sequence[str]) -> list[str]:
    """Return a line for each movie and one for all together, of each result."""
    lines = []
    for result in results:
        total: Counter[str] = Counter()
        for movie in movies:
            scores = evaluate(movie, name=result, store=False)
            counts = {name: int(scores.values[name] or 0) for pair in RATES for name in pair}
            total.update(counts)
            lines.append(
                f"{Path(movie.url).stem[:9]} {result:10} {described(counts)}{extra(scores)}"
            )
        lines.append(f"{'together':9} {result:10} {described(total)}")
    return lines


def described(counts: dict[str, int]) -> str:
    """Return the three rates with what they are made of."""
    texts = []
    for part, whole in RATES:
        percent = f"{100 * counts[part] / counts[whole]:.1f} %" if counts[whole] else "–"
        texts.append(f"{part.replace('_', ' ')} {counts[part]} of {counts[whole]} ({percent})")
    return "; ".join(texts)


def extra(scores: Scores) -> str:
    """Return further measures of one movie."""
    names = ("mean_iou", "TRA", "CHOTA")
    return "; " + ", ".join(
        f"{name} {value:.3f}" for name in names if (value := scores.values[name]) is not None
    )


def main(
    model: str = "bacteria",
    folder: str = "examples/data/mother-machine",
    numbers: str = "09,10,11",
    results: str = "cells,corrected",
) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as work:
        sources = [Path(folder) / f"chamber{number}" for number in numbers.split(",")]
        movies = [processed(source, Path(work), model) for source in sources]
        print("\n".join(table(movies, results.split(","))))


if __name__ == "__main__":
    main(*sys.argv[1:])
