"""Are the faults of a result among the first flags? Precision at N, against looking in random order.

Usage: python benchmarks/review_ranks.py [--movies ecoli,mother-machine] [--rates 0.01,0.02] [--seeds 4]

Right labels with true links get three kinds of faults: two cells are one in a frame, a cell is gone from a frame,
two tracks exchange what follows. They are judged twice: with the links that follow from the labels alone, and
with links made from noisy maps of the right cells (fault_maps.py). N is the number of faults put in. A flag
hits where it names a cell of a fault, or one beside it in time; movies of one name are judged together.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from fault_maps import MapNoise, NoisyMaps
from fault_movies import TrueMovie, read_movies
from numpy.typing import NDArray

from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
from distnet_store.ops.curated_facts import no_facts
from distnet_store.ops.linking import LINK_ORIGINS, link_pair
from distnet_store.ops.objects import measure_objects
from distnet_store.pipeline.flags import flags_of
from distnet_store.pipeline.table_assembly import (
    LinkColumns,
    assemble_tables,
    found_links,
    imported_links,
)
from distnet_store.spec.parameters import LinkingParameters
from distnet_store.store.ngff_write import PixelScale

DATA = Path("../shared/data")
KINDS = ("merge", "drop", "swap")
NEAR_PX = 40.0
Cell = tuple[int, int]


@dataclass
class Faulty:
    """Labels with faults, true links of the cells that are left, and the cells that each fault concerns."""

    movie: TrueMovie
    labels: NDArray[np.int32] = field(init=False)
    links: set[tuple[int, int, int, int]] = field(init=False)
    swaps: list[tuple[Cell, Cell, Cell, Cell]] = field(default_factory=list)
    cells: list[tuple[str, set[Cell]]] = field(default_factory=list)

    def __post_init__(self) -> None:  # noqa: D105 - as of any dataclass
        self.labels = self.movie.labels.copy()
        self.links = {tuple(row) for row in self.movie.links.tolist()}

    def neighbours(self, cell: Cell) -> tuple[list[Cell], list[Cell]]:
        """Return the cells linked before and after a cell."""
        before = [row[:2] for row in self.links if row[2:] == cell]
        return before, [row[2:] for row in self.links if row[:2] == cell]

    def put_in(self, kind: str, cell: Cell, other: Cell | None) -> bool:
        """Put a fault in at a cell, if its neighbourhood has none yet; return whether it could be."""
        before, after = self.neighbours(cell)
        touched = {cell, *before, *after}
        if other is not None:
            more = self.neighbours(other)
            touched |= {other, *more[0], *more[1]}
            before, after = before + more[0], after + more[1]
        if any(touched & cells for _, cells in self.cells) or not before or not after:
            return False
        if (kind == "drop") != (other is None):
            return False
        return getattr(self, f"_{kind}")(cell, other, touched)

    def _drop(self, cell: Cell, _other: None, touched: set[Cell]) -> bool:
        frame = self.labels[cell[0]]
        frame[frame == cell[1]] = 0
        self.links = {row for row in self.links if cell not in (row[:2], row[2:])}
        self.cells.append(("drop", touched - {cell}))
        return True

    def _merge(self, cell: Cell, other: Cell, touched: set[Cell]) -> bool:
        frame = self.labels[cell[0]]
        frame[frame == other[1]] = cell[1]

        def now(end: Cell) -> Cell:
            return cell if end == other else end

        self.links = {(*now(row[:2]), *now(row[2:])) for row in self.links}
        self.cells.append(("merge", touched - {other}))
        return True

    def _swap(self, cell: Cell, other: Cell, _touched: set[Cell]) -> bool:
        ends = [self.neighbours(one)[1] for one in (cell, other)]
        if len(ends[0]) != 1 or len(ends[1]) != 1 or ends[0] == ends[1]:
            return False
        self.swaps.append((cell, other, ends[0][0], ends[1][0]))
        self.links -= {(*cell, *ends[0][0]), (*other, *ends[1][0])}
        self.links |= {(*cell, *ends[1][0]), (*other, *ends[0][0])}
        self.cells.append(("swap", {cell, other, ends[0][0], ends[1][0]}))
        return True


def inject(movie: TrueMovie, rate: float, rng: np.random.Generator) -> Faulty:
    """Return the movie with faults at so many of its cells, a third of each kind."""
    faulty = Faulty(movie)
    cells = [
        (t, int(k)) for t, frame in enumerate(movie.labels) for k in np.unique(frame[frame > 0])
    ]
    wanted = max(3, round(rate * len(cells)))
    for attempt in range(60 * wanted):
        if len(faulty.cells) == wanted:
            break
        kind = KINDS[len(faulty.cells) % 3]
        cell = cells[rng.integers(len(cells))]
        other = None if kind == "drop" else _nearest(movie.labels[cell[0]], cell)
        if kind != "drop" and other is None:
            continue
        del attempt
        faulty.put_in(kind, cell, other)
    return faulty


def _nearest(frame: NDArray[np.int32], cell: Cell) -> Cell | None:
    ids = np.unique(frame[frame > 0])
    centres = {int(k): np.argwhere(frame == k).mean(axis=0) for k in ids}
    own = centres.pop(cell[1])
    near = {k: float(np.hypot(*(centre - own))) for k, centre in centres.items()}
    best = min(near, key=near.__getitem__, default=None)
    return None if best is None or near[best] > NEAR_PX else (cell[0], best)


def tables_of(faulty: Faulty, maps: NoisyMaps | None) -> dict[str, pa.Table]:
    """Return the tables of a faulty result, linked as the labels are or by maps."""
    frames = []
    for t, labels in enumerate(faulty.labels):
        columns = measure_objects(labels, np.zeros((0, *labels.shape), np.float32))
        if maps is not None:
            columns |= measure_predictions(labels, maps.frame(t))
        frames.append({"t": np.full(columns["label"].size, t, np.int32), **columns})
    links = _own_links(faulty) if maps is None else _map_links(faulty, frames)
    unknown = PixelScale(None, None)
    return assemble_tables(frames, links, unknown, time_points=range(len(frames)))


def _own_links(faulty: Faulty) -> LinkColumns:
    return imported_links(np.array(sorted(faulty.links), np.int64).reshape(-1, 4))


def _map_links(faulty: Faulty, frames: list[dict]) -> LinkColumns:
    cells = [frame_cells(labels, c) for labels, c in zip(faulty.labels, frames, strict=True)]
    pairs = enumerate(pairwise(cells))
    found = found_links({t: link_pair(a, b, LinkingParameters()) for t, (a, b) in pairs})
    row_of = {tuple(row): place for place, row in enumerate(found.links.tolist())}
    for cell, other, end, other_end in faulty.swaps:
        rows = [row_of.get((*cell, *end)), row_of.get((*other, *other_end))]
        if None in rows:
            continue
        found.links[rows, 2:] = [other_end, end]
        found.origin[rows] = LINK_ORIGINS.index("forward")
        for row in rows:
            found.residual[row], found.disagreement[row] = _distances(found.links[row], cells)
    return found


def _distances(link: NDArray[np.int64], cells: list) -> tuple[float, float]:
    here, there = cells[link[0]], cells[link[2]]
    i, j = np.searchsorted(here.ids, link[1]), np.searchsorted(there.ids, link[3])
    onward, back = here.displacement_forward[i], there.displacement_backward[j]
    off = here.centres[i] + onward - there.centres[j]
    return float(np.hypot(*off)), float(np.hypot(*(onward + back)))


def judge(
    faulty: Faulty, tables: dict[str, pa.Table]
) -> tuple[list[tuple[float, set[int]]], int, int]:
    """Return score and faults hit of each flag, the number of cells, and that of cells of faults."""
    frame = faulty.labels.shape[1:]
    flags = flags_of(tables, no_facts(), frame=frame).to_pylist()
    rows = []
    for flag in flags:
        ids = [flag["object_id"], *([flag["target_id"]] if flag["target_id"] is not None else [])]
        named = {divmod(i, 2**32) for i in ids}
        hit = {k for k, (_, cells) in enumerate(faulty.cells) if named & cells}
        rows.append((flag["score"], hit, flag["kind"]))
    concerned = set().union(*(cells for _, cells in faulty.cells))
    return rows, tables["objects"].num_rows, len(concerned)


def main() -> None:
    """Print a line for each movie, rate and way of linking."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movies", default="ecoli,mother-machine")
    parser.add_argument("--rates", default="0.01,0.02")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    print(
        "| movie | faults | links | N | in N flags | random | faults found in N | in 2 N | flags |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name in options.movies.split(","):
        movies = read_movies(name, options.data)
        maps = {movie.name: NoisyMaps(movie, MapNoise(), seed=0) for movie in movies}
        for rate in map(float, options.rates.split(",")):
            for way in ("labels", "maps"):
                _report(name, movies, rate, (way, maps if way == "maps" else None), options.seeds)


def _report(
    name: str, movies: list[TrueMovie], rate: float, way: tuple[str, dict | None], seeds: int
) -> None:
    total: dict[str, float] = defaultdict(float)
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        for movie in movies:
            faulty = inject(movie, rate, rng)
            tables = tables_of(faulty, None if way[1] is None else way[1][movie.name])
            flags, n_cells, n_concerned = judge(faulty, tables)
            n = len(faulty.cells)
            found = set().union(*(hit for _, hit, _ in flags[:n]))
            found_twice = set().union(*(hit for _, hit, _ in flags[: 2 * n]))
            total["n"] += n
            total["hits"] += sum(bool(hit) for _, hit, _ in flags[:n])
            total["random"] += n * n_concerned / n_cells
            total["found"] += len(found)
            total["twice"] += len(found_twice)
            total["flags"] += len(flags)
            for k, (kind, _) in enumerate(faulty.cells):
                kinds[kind][0] += k in found
                kinds[kind][1] += 1
    n = total["n"]
    by_kind = ", ".join(f"{kind} {a}/{b}" for kind, (a, b) in sorted(kinds.items()))
    print(
        f"| {name} | {rate:.1%} | {way[0]} | {n / seeds:.0f} | {total['hits'] / n:.0%} | {total['random'] / n:.0%} "
        f"| {total['found'] / n:.0%} ({by_kind}) | {total['twice'] / n:.0%} | {total['flags'] / seeds:.0f} |"
    )


if __name__ == "__main__":
    main()
