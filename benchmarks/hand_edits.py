"""What does an edit by hand cost, in seconds, at movies of some lengths with the same number of cells?

Usage: python benchmarks/hand_edits.py [--frames 100,1000] [--side 17] [--work FOLDER] [--profile link]

The movie is simulated (benchmarks/cell_grid.py): side × side cells in each frame, which divide and are lost. One link
in five hundred is missing, as linking leaves them, so that tracks begin at all times. Labels, tables, the label image
of track ids and flags are on disk as `link` and `review` leave them. Each edit is made on the result as it is before
any edit, and undone; the figures are CPU seconds and seconds by the clock of the edit, and CPU seconds of its undo.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from cell_grid import CellGrid, GridFrames

import distnet_store
from distnet_store import Confirm, Delete, Divide, Draw, Link, Merge, Split, Swap, Unlink
from distnet_store.pipeline.curation.edit_types import Edit
from distnet_store.pipeline.flags import write_flags
from distnet_store.pipeline.link import paint_track_labels, tracks_slot
from distnet_store.spec.tables import object_id
from distnet_store.store.movie import Movie
from distnet_store.store.results import result_digest

RESULT = "cells"
MISSED = 0.002
"""Share of the links that are not there."""


def made_movie(place: Path, grid: CellGrid) -> Movie:
    """Return the movie of a grid with its labels, tables, track ids and flags; made where it is not there."""
    if place.exists():
        return distnet_store.open_movie(place)
    frames = GridFrames(grid)
    labels = np.stack([frames.labels(t) for t in range(grid.n_frames)])
    image = (100 + 50 * (labels > 0)).astype(np.uint8)
    movie = distnet_store.import_movie(image, place, pixel_size_um=0.1, frame_interval_s=60)
    links = [
        np.insert(grid.linkage(t).links, [0, 1], [t, t + 1], axis=1)
        for t in range(grid.n_frames - 1)
    ]
    found = np.concatenate(links)
    found = found[np.random.default_rng(0).random(len(found)) > MISSED]
    movie = distnet_store.import_labels(movie, labels, RESULT, links=found)
    digest = result_digest(movie.location, f"tables/{RESULT}/objects")
    assert digest is not None
    paint_track_labels(movie, RESULT, tracks_slot(movie, RESULT, digest))
    write_flags(movie, RESULT)
    return distnet_store.open_movie(place)


def edits_of(grid: CellGrid, movie: Movie) -> Iterator[tuple[str, Edit]]:
    """Yield edits of each kind, in the middle of the movie and links near its end too."""
    links = movie.read_table(RESULT, "links", ["source_id", "target_id"])
    linked = dict(zip(*(column.to_pylist() for column in links.columns), strict=True))
    targets = set(linked.values())
    for name, at in (("", grid.n_frames // 2), (" near the end", grid.n_frames - 4)):
        steps = [
            (site, cell_id(grid, at, site), cell_id(grid, at + 1, site))
            for site in range(grid.n_sites)
            if not grid.divides[at, site] and grid.mother[at + 1, site] == site
        ]
        whole = [step for step in steps if linked.get(step[1]) == step[2]]
        (one, cell, after), (_, beside, after_beside) = whole[len(whole) // 3 :][:2]
        missed = next((s for s in steps if s[1] not in linked and s[2] not in targets), None)
        if missed is not None:
            yield f"link that was missed{name}", Link(missed[1], missed[2])
        yield f"unlink{name}", Unlink(cell, after)
        yield f"swap{name}", Swap(cell, beside)
        yield f"divide{name}", Divide(cell, (after, after_beside))
        if not name:
            y, x = (int(middle) for middle in grid.place[at, one])
            yield "split", Split(cell, seeds=((y - 4, x), (y + 4, x)))
            yield "merge", Merge((cell, cell_id(grid, at, one + 1)), apart=True)
            yield "delete", Delete((cell,))
            yield "draw", Draw(t=at, polygon=((0, 0), (0, 3), (3, 3), (3, 0)), links="none")
            yield "confirm", Confirm(cells=(cell,))


def cell_id(grid: CellGrid, t: int, site: int) -> int:
    """Return the object id of a cell."""
    return object_id(t, int(grid.label(t)[site]))


def seconds(action: Callable[[], object]) -> tuple[float, float]:
    """Return CPU seconds and seconds by the clock."""
    spent, began = time.process_time(), time.perf_counter()
    action()
    return time.process_time() - spent, time.perf_counter() - began


def main() -> None:
    """Print the figures of each edit and length."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", default="100,1000")
    parser.add_argument("--side", type=int, default=17)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--profile", help="show where the time of this edit goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for n_frames in map(int, options.frames.split(",")):
            grid = CellGrid(options.side, n_frames)
            movie = made_movie((options.work or Path(folder)) / f"{n_frames}.ome.zarr", grid)
            for name, edit in edits_of(grid, movie):
                if options.profile not in (None, name):
                    continue
                curation = distnet_store.movie_curation(movie, RESULT)
                profile = cProfile.Profile()
                if options.profile:
                    profile.enable()
                cpu, clock = seconds(lambda c=curation, e=edit: c.apply([e]))  # type: ignore[misc]
                profile.disable()
                undo, _ = seconds(curation.undo)
                print(
                    f"{n_frames} frames, {name}: {cpu:.2f} CPU s, {clock:.2f} s; undo {undo:.2f} CPU s",
                    flush=True,
                )
                if options.profile:
                    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)


if __name__ == "__main__":
    main()
