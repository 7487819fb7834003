"""How do other trackers and ours link the same masks?

Usage: python benchmarks/trackers.py [--laptrack PYTHON] [--btrack PYTHON] [--movies ecoli,ecoli-half,t98g,rods]

PYTHON is an interpreter that has the program; what is not given is left out. All get the same label images and none is
tuned to them: ours with its defaults, the others with the settings of their documentation. Errors are counted as
the paper does, border cells included. `cpu s` is of the whole movie, reading and imports left out. `joint` reads
predictions besides, derived from the true links and made unsure (fault_maps.py), as the others cannot.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fault_injection import FaultyLabels
from fault_maps import MapNoise, NoisyMaps
from fault_movies import TrueMovie, read_movies
from link_counts import count_links
from linkers import cells_of, linked
from numpy.typing import NDArray
from rod_movies import rod_movies

from distnet_store.ops.linking.frame_cells import unpredicted_cells
from distnet_store.ops.pair_links import compose_all
from distnet_store.ops.targets.medoid import medoids

PROGRAMS = {"laptrack-overlap": "laptrack", "laptrack-centroid": "laptrack", "btrack": "btrack"}
SHOWN = ("links", "right", "false", "missed", "divisions", "divisions found", "divisions invented")
LEAST_OVERLAP = 0.1
"""Intersection over union under which greedy overlap makes no link."""


def movie_of(name: str, data: Path) -> TrueMovie:
    """Return a movie by name."""
    if name == "rods":
        return rod_movies()[0]
    movie = read_movies(name.removesuffix("-half"), data)[0]
    return every_second(movie) if name.endswith("-half") else movie


def every_second(movie: TrueMovie) -> TrueMovie:
    """Return a movie without its odd frames; links lead over them."""
    frames = movie.labels[::2]
    links = []
    for t, frame in enumerate(frames[:-1]):
        steps = [movie.links[movie.links[:, 0] == u][:, [1, 3]] for u in (2 * t, 2 * t + 1)]
        links.append(
            np.insert(compose_all(steps, np.unique(frame)[1:]), [0, 1], [t, t + 1], axis=1)
        )
    return TrueMovie(f"{movie.name}-half", frames, np.concatenate(links), movie.source)


def greedy_overlap(labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Link by intersection over union, the largest first: one mother each, two daughters at most."""
    links = []
    for t, (before, after) in enumerate(itertools.pairwise(labels)):
        both = (before > 0) & (after > 0)
        pairs, shared = np.unique(
            np.stack([before[both], after[both]], 1), axis=0, return_counts=True
        )
        own, other = np.bincount(before.ravel()), np.bincount(after.ravel())
        score = shared / (own[pairs[:, 0]] + other[pairs[:, 1]] - shared)
        daughters, has_mother = np.zeros(own.size, int), np.zeros(other.size, bool)
        for k in np.argsort(-score, kind="stable"):
            a, b = pairs[k]
            if score[k] >= LEAST_OVERLAP and daughters[a] < 2 and not has_mother[b]:
                daughters[a] += 1
                has_mother[b] = True
                links.append((t, a, t + 1, b))
    return np.array(links, np.int64).reshape(-1, 4)


def ours(movie: TrueMovie) -> Iterator[tuple[str, NDArray[np.int64], float]]:
    """Yield our links by masks alone and by predictions, and the greedy baseline's."""
    start = time.process_time()
    yield "greedy overlap", greedy_overlap(movie.labels), time.process_time() - start
    cells = [unpredicted_cells(frame, *medoids(frame)) for frame in movie.labels]
    yield "ours, overlap", *linked(cells, "overlap")
    noise = MapNoise()
    told = FaultyLabels(movie, NoisyMaps(movie, noise, 0), noise.blur_px)
    yield "ours, joint", *linked(cells_of(told), "joint")


def theirs(
    movie: TrueMovie, pythons: dict[str, str | None]
) -> Iterator[tuple[str, NDArray[np.int64], float]]:
    """Yield the links of the programs that are there; say which are not."""
    script = Path(__file__).with_name("tracker_programs.py")
    with tempfile.TemporaryDirectory() as folder:
        labels, links = Path(folder) / "labels.npy", Path(folder) / "links.npy"
        np.save(labels, movie.labels)
        for name, program in PROGRAMS.items():
            python = pythons[program]
            if python is None:
                print(f"{movie.name:11} {name:18} left out: give --{program} PYTHON")
                continue
            done = subprocess.run(  # noqa: S603 - the interpreter that the caller named
                [python, str(script), name, str(labels), str(links)],
                check=True,
                capture_output=True,
                text=True,
            )
            yield name, np.load(links), float(done.stdout.split()[-1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--movies", default="ecoli,ecoli-half,t98g,rods")
    parser.add_argument("--laptrack", metavar="PYTHON")
    parser.add_argument("--btrack", metavar="PYTHON")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    pythons = {"laptrack": options.laptrack, "btrack": options.btrack}
    print(f"{'movie':11} {'tracker':18} {' '.join(f'{name:>6}' for name in SHOWN)}  cpu s")
    for name in options.movies.split(","):
        movie = movie_of(name, options.data)
        for tracker, links, seconds in itertools.chain(theirs(movie, pythons), ours(movie)):
            # a link over a gap stands for none between neighbouring frames
            counts = count_links(movie, links[links[:, 2] == links[:, 0] + 1])
            counts["right"] = counts["links"] - counts["missed"]
            figures = " ".join(f"{counts[column]:>{max(len(column), 6)}}" for column in SHOWN)
            print(f"{movie.name:11} {tracker:18} {figures} {seconds:>6.1f}", flush=True)


if __name__ == "__main__":
    main()
