"""Which rule links best where predictions are right, unsure or poor, and cells merged or split?

Usage: python benchmarks/linkers.py [--movies ecoli,mother-machine,t98g,rods] [--model bacteria] [--seeds 3]

Labels with true links get the maps of a network that is more or less sure (fault_maps.py) and, in a part of the runs,
faults in 1 % of their cells (fault_injection.py). Every rule links the same cells by the same maps; errors are counted
as the paper does (section 2.6), border cells included, before any correction. With --model the bundled model's own maps
and cells of the chambers are linked instead. `cpu ms` is per frame pair, measuring of cells left out.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fault_injection import FaultyLabels, inject
from fault_maps import MapNoise, NoisyMaps
from fault_movies import SOURCES, TrueMovie, read_movies
from link_counts import count_links
from numpy.typing import NDArray
from rod_movies import rod_movies

from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
from distnet_store.ops.linking import FrameCells, link_pair
from distnet_store.ops.objects import measure_objects
from distnet_store.spec.parameters import LinkingMethod, LinkingParameters

METHODS: tuple[LinkingMethod, ...] = ("forward-first", "backward-first", "joint", "overlap")
NETWORKS = {
    "right": MapNoise(blur_px=0, edm_px=0, displacement_px=0, logit=0, certainty=20),
    "unsure": MapNoise(),
    "poor": MapNoise(blur_px=2, edm_px=0.5, displacement_px=3, logit=2, certainty=4),
}
SHOWN = (
    "links",
    "false",
    "missed",
    "unlinked parts",
    "divisions",
    "divisions found",
    "divisions invented",
    "lineages",
    "incomplete",
)


def cells_of(faulty: FaultyLabels) -> list[FrameCells]:
    """Return the cells of every frame with what the maps say of them."""
    cells = []
    for t in range(len(faulty.movie.labels)):
        labels = faulty.labels(t)
        columns = {
            **measure_objects(labels, np.zeros((0, *labels.shape), np.float32)),
            **measure_predictions(labels, faulty.maps(t)),
        }
        cells.append(frame_cells(labels, columns))
    return cells


def linked(cells: list[FrameCells], method: LinkingMethod) -> tuple[NDArray[np.int64], float]:
    """Return the links (m, 4) of a movie and the CPU seconds they took."""
    parameters = LinkingParameters(method=method)
    start = time.process_time()
    found = [link_pair(*pair, parameters).links for pair in itertools.pairwise(cells)]
    seconds = time.process_time() - start
    links = [np.insert(pair, [0, 1], [t, t + 1], axis=1) for t, pair in enumerate(found)]
    return np.concatenate([np.empty((0, 4), np.int64), *links]), seconds


def totals(movies: list[TrueMovie], network: str, rate: float, seeds: int) -> dict[str, Counter]:
    """Return what each method makes of the movies together."""
    total: dict[str, Counter] = {method: Counter() for method in METHODS}
    noise = NETWORKS[network]
    for movie, seed in itertools.product(movies, range(seeds)):
        maps = NoisyMaps(movie, noise, seed)
        rng = np.random.default_rng(seed)
        faulty = inject(movie, maps, rate=rate, blur_px=noise.blur_px, rng=rng)
        cells = cells_of(faulty)
        labels = np.stack([faulty.labels(t) for t in range(len(cells))]) if faulty.changed else None
        for method in METHODS:
            links, seconds = linked(cells, method)
            total[method].update(count_links(movie, links, labels))
            total[method].update({"seconds": seconds, "pairs": len(cells) - 1})
    return total


def lines(name: str, network: str, rate: float, total: dict[str, Counter]) -> Iterator[str]:
    """Yield a line for each method."""
    for method, counts in total.items():
        figures = " ".join(f"{counts[column]:>{max(len(column), 6)}}" for column in SHOWN)
        milliseconds = 1000 * counts["seconds"] / max(counts["pairs"], 1)
        yield f"{name:15} {network:8} {100 * rate:>4g} % {method:15} {figures} {milliseconds:>7.1f}"


def modelled(model: str, data: Path, numbers: str) -> dict[str, Counter]:
    """Return what each method makes of a model's cells and maps of chambers, together."""
    from development_split import processed

    from distnet_store.pipeline.evaluate import evaluate
    from distnet_store.pipeline.link import link
    from distnet_store.spec.parameters import EvaluationParameters

    total: dict[str, Counter] = {method: Counter() for method in METHODS}
    names = {
        "links": "reference_links",
        "false": "false_positive_links",
        "missed": "false_negative_links",
        "unlinked parts": "unlinked_parts",
        "lineages": "lineages",
        "incomplete": "incomplete_lineages",
    }
    with tempfile.TemporaryDirectory() as work:
        for number in numbers.split(","):
            movie = processed(data / f"chamber{number}", Path(work), model)
            for method in METHODS:
                link(movie, LinkingParameters(method=method), overwrite=True)
                values = evaluate(movie, EvaluationParameters(margin=None), store=False).values
                total[method].update({own: int(values[name] or 0) for own, name in names.items()})
    return total


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--movies", default="ecoli,mother-machine,t98g,rods")
    parser.add_argument("--networks", default="right,unsure,poor")
    parser.add_argument("--rates", default="0,1", help="per cent of the cells")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--model", help="link this model's maps of the chambers instead")
    parser.add_argument("--chambers", default="01,02,03,04,05,06,07,08")
    options = parser.parse_args()
    columns = " ".join(f"{column:>6}" for column in SHOWN)
    print(
        f"{'movie':15} {'network':8} {'faults':>6} {'method':15} {columns} {'cpu ms':>7}",
        flush=True,
    )
    if options.model:
        chambers = options.data / "mother-machine"
        total = modelled(options.model, chambers, options.chambers)
        print("\n".join(lines("chambers", options.model, 0, total)))
        return
    for name in options.movies.split(","):
        movies = read_movies(name, options.data) if name in SOURCES else rod_movies()
        for network, text in itertools.product(
            options.networks.split(","), options.rates.split(",")
        ):
            rate = float(text) / 100
            print(
                *lines(name, network, rate, totals(movies, network, rate, options.seeds)),
                sep="\n",
                flush=True,
            )


if __name__ == "__main__":
    main()
