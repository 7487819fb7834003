"""How many wrong merges and splits, put into right lineages, does correction mend, and what does it spoil?

Usage: python benchmarks/faults.py [--movies ecoli,mother-machine,t98g,rods] [--rates 0.5,1,2] [--from-masks]

Labels with true links get faults (fault_injection.py), and maps as a network would give that is not quite sure
(fault_maps.py); the cells are linked again, corrected, and judged as the paper does (section 2.6), border cells
included. Nothing is stored: kernels on arrays. With --from-masks cells are linked and corrected by their masks alone.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from fault_injection import FaultyLabels, inject, is_mended
from fault_maps import MapNoise, NoisyMaps, NoMaps
from fault_movies import SOURCES, TrueMovie, read_movies
from numpy.typing import NDArray

from distnet_store.metrics.evaluation import evaluate_labels
from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
from distnet_store.ops.correction.correct_movie import Correction, correct_movie
from distnet_store.ops.correction.frame_changes import apply_changes
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.linking import FrameCells, link_pair
from distnet_store.ops.linking.frame_cells import unpredicted_cells
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.spec.parameters import (
    CorrectionParameters,
    EvaluationParameters,
    LinkingParameters,
)

DATA = Path("../shared/data")


MASKS = "masks"
"""The linker that reads no maps; nor does correction after it."""


@dataclass(frozen=True)
class Case:
    """By which linker, and which evidence correction weighs."""

    method: str
    evidence: str


class Benchmark:
    """One movie with its maps and the measured cells of its right frames."""

    def __init__(self, movie: TrueMovie, noise: MapNoise, *, from_masks: bool) -> None:
        """Compute nothing yet."""
        self.movie, self.noise = movie, noise
        self.maps = NoMaps(movie) if from_masks else NoisyMaps(movie, noise, seed=0)
        self._measure = _measured_masks if from_masks else _measured
        self._right: dict[int, ObjectColumns] = {}

    def columns(self, faulty: FaultyLabels, t: int) -> ObjectColumns:
        """Return what is measured of the cells of a frame; of right frames it is kept."""
        if t in faulty.changed:
            return self._measure(faulty, t)
        if t not in self._right:
            self._right[t] = self._measure(faulty, t)
        return self._right[t]

    def run(self, rate: float, case: Case, seed: int) -> tuple[dict[str, float], list[dict]]:
        """Put faults in, link, correct; return the figures, and what became of each fault."""
        rng = np.random.default_rng(seed)
        faulty = inject(self.movie, self.maps, rate=rate, blur_px=self.noise.blur_px, rng=rng)
        frames = [self.columns(faulty, t) for t in range(len(self.movie.labels))]
        links, origins = _linked(faulty, frames, case.method)
        columns = {name: np.concatenate([f[name] for f in frames]) for name in frames[0]}
        graph = LineageGraph(columns, links, origins)
        start = time.perf_counter()
        correction = correct_movie(graph, faulty, CorrectionParameters(evidence=case.evidence))
        seconds = time.perf_counter() - start
        before = np.stack([faulty.labels(t) for t in range(len(self.movie.labels))])
        after = np.stack(
            [apply_changes(f, correction.changes.get(t, ())) for t, f in enumerate(before)]
        )
        new_links = np.concatenate([links[graph.kept_links], graph.new_links().links])
        figures = {
            "objects": len(columns["t"]),
            "faults": len(faulty.faults),
            "seconds": seconds,
            "rounds": correction.rounds,
            **_scores("before", self.movie, before, links),
            **_scores("after", self.movie, after, new_links),
        }
        divided = _divisions(self.movie, before, links)
        figures["divisions"] = len(divided)
        figures["divisions_lost"] = len(divided - _divisions(self.movie, after, new_links))
        told = [_told(fault, self.movie, after, correction) for fault in faulty.faults]
        figures["mended"] = sum(one["mended"] for one in told)
        return figures, told


def _measured(faulty: FaultyLabels, t: int) -> ObjectColumns:
    said = measure_predictions(faulty.labels(t), faulty.maps(t))
    return {**_measured_masks(faulty, t), **said}


def _measured_masks(faulty: FaultyLabels, t: int) -> ObjectColumns:
    labels = faulty.labels(t)
    columns = measure_objects(labels, np.zeros((0, *labels.shape), np.float32))
    return {"t": np.full(columns["label"].size, t, np.int32), **columns}


def _linked(
    faulty: FaultyLabels, frames: list[ObjectColumns], method: str
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    parameters = LinkingParameters(method="overlap" if method == MASKS else method)
    read = _masks if method == MASKS else frame_cells
    cells = [read(faulty.labels(t), columns) for t, columns in enumerate(frames)]
    links, origins = [np.empty((0, 4), np.int64)], [np.empty(0, np.int8)]
    for t in range(len(cells) - 1):
        found = link_pair(cells[t], cells[t + 1], parameters)
        links.append(np.insert(found.links, [0, 1], [t, t + 1], axis=1))
        origins.append(found.origin)
    return np.concatenate(links), np.concatenate(origins)


def _masks(labels: NDArray[np.integer], columns: ObjectColumns) -> FrameCells:
    centres = np.column_stack([columns["centre_y"], columns["centre_x"]]).astype(np.float64)
    return unpredicted_cells(labels, columns["label"], centres)


def _scores(
    when: str, movie: TrueMovie, labels: NDArray[np.integer], links: NDArray[np.int64]
) -> dict[str, float]:
    pairs = zip(movie.labels, labels, strict=True)
    counts = evaluate_labels(
        pairs, movie.links, links, parameters=EvaluationParameters(margin=None)
    ).counts
    names = ("segmentation_errors", "tracking_errors", "incomplete_lineages")
    return {f"{name} {when}": getattr(counts, name) for name in names} | {
        "lineages": counts.lineages
    }


def _divisions(
    movie: TrueMovie, labels: NDArray[np.integer], links: NDArray[np.int64]
) -> set[tuple[int, int]]:
    """Return the true mothers (t, label) that are linked to all of their daughters."""
    found = {tuple(link) for link in links.tolist()}
    daughters: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for t, label, later, target in movie.links.tolist():
        daughters.setdefault((t, label), []).append((later, target))
    right = set()
    for (t, label), cells in daughters.items():
        if len(cells) < 2:
            continue
        mother = _found_as(movie, labels, t, label)
        young = [(later, _found_as(movie, labels, later, cell)) for later, cell in cells]
        apart = len({own for _, own in young}) == len(young)
        if apart and all((t, mother, later, own) in found for later, own in young):
            right.add((t, label))
    return right


def _found_as(movie: TrueMovie, labels: NDArray[np.integer], t: int, label: int) -> int:
    values = labels[t][movie.labels[t] == label]
    return int(np.bincount(values).argmax())


def _told(fault, movie: TrueMovie, after: NDArray[np.integer], correction: Correction) -> dict:
    """Return a fault with whether it is mended, and what the edits at its frames say."""
    last = len(movie.labels) - 1
    near = {
        edit.rule
        for edit in correction.edits
        if edit.t_first - 1 <= fault.t_first <= edit.t_last + 1 and not edit.changes_cells
    }
    return {
        **asdict(fault),
        "at_end": fault.t_first == 0 or fault.t_first + fault.n_frames - 1 == last,
        "mended": is_mended(fault, movie, after),
        "left_alone_nearby": sorted(near),
    }


def _together(
    benchmarks: list[Benchmark], rate: float, case: Case, seeds: int
) -> tuple[Counter, list[dict]]:
    total: Counter = Counter()
    told = []
    for benchmark in benchmarks:
        for seed in range(seeds):
            figures, faults = benchmark.run(rate, case, seed)
            total.update(figures)
            told += [{"movie": benchmark.movie.name, "seed": seed, **fault} for fault in faults]
    return total, told


HEADINGS = (
    "movie            rate linker          evidence  faults mended  of which merges    splits    seg. errors"
    "  track. errors  incomplete lineages (of)      divisions lost  seconds"
)


def _line(name: str, rate: float, case: Case, total: Counter, told: list[dict]) -> str:
    kinds = []
    for kind in ("merge", "split"):
        own = [fault["mended"] for fault in told if fault["kind"] == kind]
        kinds.append(f"{sum(own):>4}/{len(own):<4}")
    pairs = [
        f"{total[f'{name} before']:>5}→{total[f'{name} after']:<5}"
        for name in ("segmentation_errors", "tracking_errors", "incomplete_lineages")
    ]
    share = total["mended"] / max(total["faults"], 1)
    return (
        f"{name:16} {100 * rate:>4g} {case.method:15} {case.evidence:8} "
        f"{total['faults']:>6} {share:>6.1%}"
        f"      {kinds[0]:>9} {kinds[1]:>9}  {pairs[0]:>11}   {pairs[1]:>11}  {pairs[2]:>11} ({total['lineages']})"
        f"    {total['divisions_lost']:>3} of {total['divisions']:<6} {total['seconds']:>6.1f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--movies", default="ecoli,mother-machine,t98g", help=", ".join(SOURCES))
    parser.add_argument("--rates", default="0.5,1,2", help="per cent of the cells")
    parser.add_argument("--methods", default="forward-first,backward-first")
    parser.add_argument("--evidence", default="paper,extended")
    parser.add_argument(
        "--from-masks", action="store_true", help="instead of --methods, --evidence"
    )
    parser.add_argument("--frames", type=int, default=1000, help="at most so many of each movie")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", type=Path, help="write all figures and faults here")
    options = parser.parse_args()
    if options.from_masks:
        options.methods, options.evidence = MASKS, "extended"
    everything = []
    print(HEADINGS, flush=True)
    for name in options.movies.split(","):
        benchmarks = [
            Benchmark(movie.first(options.frames), MapNoise(), from_masks=options.from_masks)
            for movie in read_movies(name, options.data)
        ]
        for case in itertools.starmap(
            Case, itertools.product(options.methods.split(","), options.evidence.split(","))
        ):
            for rate in (float(text) / 100 for text in options.rates.split(",")):
                total, told = _together(benchmarks, rate, case, options.seeds)
                print(_line(name, rate, case, total, told), flush=True)
                everything.append(
                    {"movie": name, "rate": rate, **asdict(case), **total, "told": told}
                )
    if options.json:
        options.json.write_text(json.dumps(everything, default=float), encoding="utf-8")


if __name__ == "__main__":
    main()
