"""What do millions of cells cost: linking, tables, correction, queries, in seconds per frame, memory and bytes?

Usage: python benchmarks/million_cells.py [--frames 100,1000] [--side 60] [--faults 0.005] [--work FOLDER]

The movie is simulated (benchmarks/cell_grid.py): side × side cells in each frame. Its labels and maps are painted when
a step looks at them, and its table of measured cells is computed from the discs that would be painted: no image, label
or map is on disk, and the time to paint them is in the figures of linking a pair and of correction. Everything from
the measured cells on is the program's own: the parts of work units, tracks and lineages, Parquet files in a dataset,
correction with its labels' changes, and their tables. Each step runs in a process of its own; peak memory is that of
the process, imports (about 0.3 GiB) included.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from distnet_store.store.movie import Movie

FRAMES_PER_PART = 20
"""Frames of a work unit whose rows wait as one part."""
SUBTREE_ROWS = 3000
"""A subtree of at least so many cells, the smallest there is, is queried."""


@dataclass(frozen=True)
class Case:
    """One movie and where its tables lie."""

    n_frames: int
    side: int
    fault_rate: float
    folder: Path

    @property
    def dataset(self) -> Path:
        """Place of the dataset."""
        return self.folder / f"{self.n_frames}.ome.zarr"


def make(case: Case) -> dict[str, float]:
    """Make an empty dataset and write the simulated cells and links as parts of work units."""
    from distnet_store.pipeline.import_movie import import_movie

    blank = np.broadcast_to(np.uint8(0), (case.n_frames, 8, 8))
    movie = import_movie(blank, case.dataset, axes="tyx", pixel_size_um=0.1, frame_interval_s=60)
    grid, parts = grid_of(case), parts_of(movie)
    n_cells = n_links = 0
    with timed() as figures:
        for unit in units_of(movie):
            times = range(unit.t_start, unit.t_stop)
            frames = [grid.frame_objects(t) for t in times]
            linkages = {t: grid.linkage(t) for t in times if t + 1 < case.n_frames}
            parts.write(unit, frames, linkages)
            n_cells += sum(frame["t"].size for frame in frames)
            n_links += sum(len(found.links) for found in linkages.values())
    return {**figures, "cells": n_cells, "links": n_links}


def link_pairs(case: Case) -> dict[str, float]:
    """Measure the cells of five frames from their pixels and link them, as `link` does."""
    from cell_grid import GridFrames

    from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
    from distnet_store.ops.linking import link_pair
    from distnet_store.ops.objects import measure_objects
    from distnet_store.spec.parameters import LinkingParameters

    grid = grid_of(case)
    frames = GridFrames(grid)
    image = np.zeros((1, *grid.shape), np.uint8)
    before, n_links = None, 0
    for number, t in enumerate(range(case.n_frames // 2, case.n_frames // 2 + 6)):
        labels = frames.labels(t)
        maps = {name: values[:, :, :] for name, values in frames.maps(t).items()}
        if number == 1:  # the first compiles
            began = time.process_time()
        cells = frame_cells(
            labels, {**measure_objects(labels, image), **measure_predictions(labels, maps)}
        )
        if before is not None:
            n_links += len(link_pair(before, cells, LinkingParameters()).links)
        before = cells
    spent = time.process_time() - began
    return {"seconds": spent, "per_frame": spent / 5, "links": n_links, "peak_gib": peak_gib()}


def assemble(case: Case) -> dict[str, float]:
    """Read the parts, join cells into tracks and lineages, and write the four tables."""
    from distnet_store.pipeline.table_assembly import lay_out_tables
    from distnet_store.store.tables import write_table

    movie = opened(case)
    with timed(case.n_frames) as figures:
        objects, links = parts_of(movie).read(units_of(movie))
        tables = lay_out_tables(objects, links, movie.scale, time_points=range(movie.n_frames))
        for name, table in tables.items():
            write_table(movie.location, "cells", name, table, derived_from="")
    return {**figures, "tracks": tables["tracks"].num_rows, **sizes(case, "cells")}


def correct(case: Case) -> dict[str, float]:
    """Correct the movie's faults and write the tables of the corrected result."""
    from cell_grid import GridFrames

    from distnet_store.ops.correction.correct_movie import correct_movie
    from distnet_store.ops.correction.lineage_graph import LineageGraph
    from distnet_store.pipeline.corrected_tables import (
        corrected_links,
        corrected_objects,
        edits_table,
    )
    from distnet_store.pipeline.table_assembly import lay_out_tables
    from distnet_store.pipeline.table_columns import link_columns, measured_columns
    from distnet_store.spec.parameters import CorrectionParameters
    from distnet_store.store.tables import write_table

    movie, access = opened(case), GridFrames(grid_of(case))
    access.labels(0)
    with timed(case.n_frames) as reading:
        objects, links = measured_columns(movie, "cells"), link_columns(movie, "cells")
        graph = LineageGraph(objects, links.links, links.origin)
    access.n_painted = 0
    with timed(case.n_frames) as mending:
        found = correct_movie(graph, access, CorrectionParameters())
    painted = access.n_painted
    with timed(case.n_frames) as measuring:
        after = corrected_objects(movie, objects, graph, CorrectedFrames(access, found))
        new_links = corrected_links(links, graph, after)
    with timed(case.n_frames) as writing:
        tables = lay_out_tables(after, new_links, movie.scale, time_points=range(movie.n_frames))
        tables["edits"] = edits_table(found.edits)
        for name, table in tables.items():
            write_table(movie.location, "corrected", name, table, derived_from="")
    steps = {"read": reading, "mend": mending, "measure": measuring, "write": writing}
    return {
        **{f"{step}_per_frame": figures["per_frame"] for step, figures in steps.items()},
        "per_frame": sum(figures["per_frame"] for figures in steps.values()),
        "seconds": sum(figures["seconds"] for figures in steps.values()),
        "peak_gib": peak_gib(),
        "faults": int((access.grid.fault == 1).sum() + (access.grid.fault == 2).sum()),
        "edits": sum(edit.changes_cells for edit in found.edits),
        "left_alone": sum(not edit.changes_cells for edit in found.edits),
        "rounds": found.rounds,
        "frames_painted": painted,
        "tracks": tables["tracks"].num_rows,
    }


class CorrectedFrames:
    """The frames after correction."""

    def __init__(self, before: Any, correction: Any) -> None:
        """Change nothing yet."""
        self._changes, self._before = correction.changes, before
        self.maps = before.maps

    def labels(self, t: int) -> NDArray[np.integer]:
        """Return the labels (y, x) of a frame."""
        from distnet_store.ops.correction.frame_changes import apply_changes

        return apply_changes(self._before.labels(t), self._changes.get(t, ()))


def check(case: Case) -> dict[str, float]:
    """Check all tables of the dataset as `validate` does."""
    from distnet_store.store.validate_tables import check_tables

    movie = opened(case)
    with timed(case.n_frames) as figures:
        problems = check_tables(movie.location, 1, movie.n_frames)
    return {**figures, "errors": sum(problem.severity == "error" for problem in problems)}


def flags(case: Case) -> dict[str, float]:
    """Find what a person should look at in the linked result."""
    from distnet_store.pipeline.flags import make_flags

    movie = opened(case)
    with timed(case.n_frames) as figures:
        found = make_flags(movie, "cells")
    return {**figures, "flags": found.num_rows}


def query(case: Case) -> dict[str, float]:
    """Read the cells of a subtree from the file on disk, all columns and five of them, each way ten times."""
    import duckdb
    import pyarrow.dataset as pads

    from distnet_store.store.track_rows import read_track_rows

    tracks = opened(case).read_table("cells", "tracks", ["track_id", "subtree_end", "n_objects"])
    ids, ends, counts = (column.to_numpy() for column in tracks.columns)
    before = np.concatenate([[0], np.cumsum(counts)])
    rows = before[ends] - before[ids - 1]
    enough = np.flatnonzero(rows >= min(SUBTREE_ROWS, rows.max()))
    track = int(enough[rows[enough].argmin()])
    first, last = int(ids[track]), int(ends[track])
    file = case.dataset / "tables/cells/objects/table.parquet"
    inside = (pads.field("track_id") >= first) & (pads.field("track_id") <= last)
    few = ["track_id", "t", "centroid_y", "centroid_x", "area"]
    asked = f"FROM '{file}' WHERE track_id BETWEEN {first} AND {last}"
    own = partial(
        read_track_rows, opened(case).location, "cells", "objects", ranges=np.array([[first, last]])
    )
    ways: dict[str, Callable[[], int]] = {
        "ours": lambda: own().num_rows,
        "ours_few": lambda: own(columns=few).num_rows,
        "pyarrow": lambda: pads.dataset(file).to_table(filter=inside).num_rows,
        "pyarrow_few": lambda: pads.dataset(file).to_table(columns=few, filter=inside).num_rows,
        "duckdb": lambda: duckdb.sql(f"SELECT * {asked}").arrow().read_all().num_rows,
        "duckdb_few": lambda: (
            duckdb.sql(f"SELECT {', '.join(few)} {asked}").arrow().read_all().num_rows
        ),
    }
    figures: dict[str, float] = {"rows": int(rows[track]), "peak_gib": peak_gib()}
    for name, way in ways.items():
        assert way() == rows[track], name
        figures[f"{name}_ms"] = best_ms(way)
    whole, some = (bytes_read(file, inside, columns) for columns in (None, few))
    size = file.stat().st_size
    return {
        **figures,
        "bytes_share": whole / size,
        "bytes_share_few": some / size,
        "file_mb": size / 1e6,
    }


def bytes_read(file: Path, inside: object, columns: list[str] | None) -> int:
    """Return how many bytes pyarrow reads from the file, its footer included."""
    import pyarrow as pa
    import pyarrow.dataset as pads
    from obstore.store import LocalStore

    from distnet_store.store.location import Location
    from distnet_store.store.ranged_file import RangedFile

    n_bytes = 0

    class CountedFile(RangedFile):
        def read(self, size: int | None = -1) -> bytes:
            nonlocal n_bytes
            found = super().read(size)
            n_bytes += len(found)
            return found

    place = Location(url=str(file.parent), local=None, keys=LocalStore(file.parent))
    form = pads.ParquetFileFormat()
    fragment = form.make_fragment(pa.PythonFile(CountedFile(place, file.name), mode="r"))
    pads.FileSystemDataset([fragment], fragment.physical_schema, form).to_table(
        columns=columns, filter=inside
    )
    return n_bytes


def best_ms(way: Callable[[], object]) -> float:
    """Return the median of ten repetitions, in milliseconds."""
    spent = []
    for _ in range(10):
        began = time.perf_counter()
        way()
        spent.append(time.perf_counter() - began)
    return float(np.median(spent) * 1000)


@contextmanager
def timed(n_frames: int = 1) -> Iterator[dict[str, float]]:
    """Yield a dictionary that gets the CPU seconds of the block, and the peak memory so far."""
    figures: dict[str, float] = {}
    began = time.process_time()
    yield figures
    figures["seconds"] = time.process_time() - began
    figures["per_frame"] = figures["seconds"] / n_frames
    figures["peak_gib"] = peak_gib()


def peak_gib() -> float:
    """Return the largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def grid_of(case: Case) -> Any:
    """Return the simulated movie."""
    from cell_grid import CellGrid

    return CellGrid(case.side, case.n_frames, case.fault_rate)


def opened(case: Case) -> Movie:
    """Return the dataset, whose image is blank and as large as the simulated one."""
    from distnet_store.store.movie import Movie, open_movie

    shape = grid_of(case).shape

    class Blank(Movie):
        def frame(self, t: int) -> NDArray[np.generic]:  # noqa: ARG002 - as of Movie
            return np.broadcast_to(np.uint8(0), (1, *shape))

    found = open_movie(case.dataset)
    return Blank(found.location, found.layout, found.attributes)


def units_of(movie: Movie) -> Any:
    """Return the work units."""
    from distnet_store.pipeline.units import cut_units

    return cut_units(movie.n_frames, FRAMES_PER_PART)


def parts_of(movie: Movie) -> Any:
    """Return where the parts of the work units wait."""
    from distnet_store.pipeline.link_parts import LinkParts

    return LinkParts(movie.location, ".distnet/runs/simulated")


def sizes(case: Case, result: str) -> dict[str, float]:
    """Return the size of each table in MB."""
    folder = case.dataset / "tables" / result
    return {
        f"{file.parent.name}_mb": file.stat().st_size / 1e6
        for file in sorted(folder.glob("*/table.parquet"))
    }


STEPS: Mapping[str, Callable[[Case], dict[str, float]]] = {
    "make": make,
    "link_pairs": link_pairs,
    "assemble": assemble,
    "check": check,
    "flags": flags,
    "query": query,
    "correct": correct,
}


def measured(step: str, case: Case) -> dict[str, float]:
    """Run one step in a process of its own."""
    arguments = [case.n_frames, case.side, case.fault_rate, case.folder]
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, __file__, "--step", step, "--case", *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def shown(figures: Mapping[str, float]) -> str:
    """Return figures as text."""
    return ", ".join(
        f"{name.replace('_', ' ')} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figures.items()
    )


def main() -> None:
    """Print the figures of each step and length, and the ratio of seconds per frame."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", default="100,1000")
    parser.add_argument("--side", type=int, default=60)
    parser.add_argument("--faults", type=float, default=0.005)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--steps", default=",".join(STEPS))
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--case", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        n_frames, side, rate, folder = options.case
        case = Case(int(n_frames), int(side), float(rate), Path(folder))
        print(json.dumps(STEPS[options.step](case)))
        return
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        cases = [
            Case(int(n), options.side, options.faults, Path(folder))
            for n in options.frames.split(",")
        ]
        for step in options.steps.split(","):
            found = [measured(step, case) for case in cases]
            for case, figures in zip(cases, found, strict=True):
                print(f"{step}, {case.n_frames} frames: {shown(figures)}", flush=True)
            if len(found) > 1 and "per_frame" in found[0]:
                ratio = found[-1]["per_frame"] / found[0]["per_frame"]
                print(f"{step}: time per frame × {ratio:.2f} from shortest to longest", flush=True)


if __name__ == "__main__":
    main()
