"""What does it cost to score a movie, in CPU time and memory, and what do the scores share?

    python benchmarks/metrics.py --cells 200 --frames 25,100,400 --traccuracy PYTHON

The movie is simulated (benchmarks/simulated_movie.py): 512×512, with merged, split and missed cells
and broken links. Each row is a process of its own, which reads the same folders of the Cell
Tracking Challenge; its imports are counted in. PYTHON is an interpreter that has traccuracy.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # each process imports what it measures
    import numpy as np
    from numpy.typing import NDArray

Scores = dict[str, float | None]
SHOWN = ("SEG", "DET", "TRA", "CHOTA")


def py_ctcmetrics(truth: Path, answer: Path) -> Scores:
    """Return py-ctcmetrics' default scores, in one process."""
    from ctc_metrics.scripts.evaluate import evaluate_sequence

    return evaluate_sequence(str(answer), str(truth), threads=1)


def traccuracy(truth: Path, answer: Path) -> Scores:
    """Return traccuracy's scores of the challenge, of divisions and, where it has it, CHOTA."""
    from traccuracy import metrics
    from traccuracy.loaders import load_ctc_data
    from traccuracy.matchers import CTCMatcher

    reference = load_ctc_data(str(truth / "TRA"), str(truth / "TRA" / "man_track.txt"))
    result = load_ctc_data(str(answer), str(answer / "res_track.txt"))
    kinds = [metrics.CTCMetrics(), metrics.DivisionMetrics()]
    kinds += [metrics.CHOTAMetric()] if hasattr(metrics, "CHOTAMetric") else []
    matched = CTCMatcher().compute_mapping(reference, result)
    # It asks for another matching where divisions are counted; one for all is the cheaper.
    reports = [kind.compute(matched, override_matcher=True).results for kind in kinds]
    return {name: value for report in reports for name, value in report.items()}


def challenge(truth: Path, answer: Path) -> Scores:
    """Return our scores of the challenge."""
    import numpy as np

    from distnet_store.metrics.challenge import challenge_measures
    from distnet_store.metrics.overlaps import count_overlaps
    from distnet_store.metrics.track_matches import match_tracks

    frames = [match_tracks(count_overlaps(*pair)) for pair in label_pairs(truth, answer)]
    tables = (truth / "TRA" / "man_track.txt", answer / "res_track.txt")
    return challenge_measures(
        frames, *(np.loadtxt(table, dtype=np.int64, ndmin=2) for table in tables)
    )


def paper_metrics(truth: Path, answer: Path) -> Scores:
    """Return our counts of errors as the paper defines them, by the default rules, frames read as they are needed."""
    import tifffile

    from distnet_store.metrics.correspondence import large_overlap_px
    from distnet_store.metrics.evaluation import JudgedMovie, evaluate_movie
    from distnet_store.metrics.link_source import ArrayLinks
    from distnet_store.metrics.overlaps import count_overlaps
    from distnet_store.spec.parameters import EvaluationParameters

    own, other = sorted((truth / "TRA").glob("*.tif")), sorted(answer.glob("mask*.tif"))
    tables = (truth / "TRA" / "man_track.txt", answer / "res_track.txt")
    reference, result = (ArrayLinks(links(table), n_frames=len(own)) for table in tables)
    movie = JudgedMovie(
        size=(len(own), *tifffile.imread(own[0]).shape),
        overlaps=lambda t: count_overlaps(tifffile.imread(own[t]), tifffile.imread(other[t])),
        reference_links=reference,
        result_links=result,
        large_overlap_px=large_overlap_px(reference_areas(own), EvaluationParameters()),
    )
    return dataclasses.asdict(evaluate_movie(movie, EvaluationParameters()).counts)


def reference_areas(files: Sequence[Path]) -> NDArray[np.integer]:
    """Return the area of every cell of the reference, which have to be known before cells are matched."""
    import numpy as np
    import tifffile

    areas = [np.bincount(tifffile.imread(path).ravel())[1:] for path in files]
    return np.concatenate([area[area > 0] for area in areas])


def links(table: Path) -> NDArray[np.int64]:
    """Return the links (m, 4) of a table of tracks: frame and label of the earlier, then of the later cell."""
    import numpy as np

    label, begin, end, parent = np.loadtxt(table, dtype=np.int64, ndmin=2).T
    end_of = np.zeros(label.max() + 1, np.int64)
    end_of[label] = end
    length = end - begin
    t = np.repeat(begin - np.cumsum(length) + length, length) + np.arange(length.sum())
    own = np.repeat(label, length)
    born = parent > 0
    divisions = (end_of[parent[born]], parent[born], begin[born], label[born])
    return np.concatenate([np.stack([t, own, t + 1, own], 1), np.stack(divisions, 1)])


METHODS: dict[str, Callable[[Path, Path], Scores]] = {
    "py-ctcmetrics": py_ctcmetrics,
    "traccuracy": traccuracy,
    "challenge": challenge,
    "paper": paper_metrics,
}


def label_pairs(
    truth: Path, answer: Path
) -> Iterator[tuple[NDArray[np.integer], NDArray[np.integer]]]:
    """Yield the label images of reference and result, one pair at a time."""
    import tifffile

    pairs = zip(
        sorted((truth / "TRA").glob("*.tif")), sorted(answer.glob("mask*.tif")), strict=True
    )
    yield from ((tifffile.imread(own), tifffile.imread(other)) for own, other in pairs)


def run_here(method: str, truth: Path, answer: Path, report: Path) -> None:
    """Score in this process, and write the scores to a file."""
    try:
        scores = METHODS[method](truth, answer)
    except ModuleNotFoundError:
        return
    numbers = {
        name: None if value is None else float(value)
        for name, value in scores.items()
        if not isinstance(value, dict)  # traccuracy's divisions, by frame buffer
    }
    report.write_text(json.dumps(numbers), encoding="utf-8")


def measure(command: list[str], limit_s: int) -> tuple[float, float] | None:
    """Return CPU seconds and peak memory in MB of a process that is run to its end, None if it needs longer."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - this script
            command,
            stdout=said,
            stderr=said,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s)),
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = usage.ru_utime + usage.ru_stime
        if process.returncode < 0 and seconds >= limit_s - 1:
            return None
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{said.read().decode()}")
    return seconds, usage.ru_maxrss / 1024


def report_movie(
    folder: Path, pythons: dict[str, str], size: tuple[int, int], limit_s: int
) -> None:
    """Write a simulated movie and print a row for each method."""
    from simulated_movie import write_challenge_folders

    n_cells, n_frames = size
    truth, answer = write_challenge_folders(folder, n_cells, n_frames)
    print(f"\nsimulated movie, {n_frames} frames of 512×512, about {n_cells} cells")
    print(f"{'':14s} {'CPU s':>8s} {'peak MB':>8s} {'times paper':>11s}  {'  '.join(SHOWN)}")
    rows: dict[str, tuple[float, float, Scores]] = {}
    stopped = set()
    for method, python in pythons.items():
        report = folder / f"{method}.json"
        paths = [str(path) for path in (truth, answer, report)]
        figures = measure([python, __file__, "--run", method, *paths], limit_s)
        if figures is None:
            stopped.add(method)
        elif report.exists():
            rows[method] = (*figures, json.loads(report.read_text(encoding="utf-8")))
    for method in pythons:
        if method not in rows:
            text = f"stopped after {limit_s} CPU s" if method in stopped else "not there"
            print(f"{method:14s} {text}")
            continue
        seconds, megabytes, scores = rows[method]
        shown = "  ".join(f"{scores[name]:.5f}" if name in scores else "-" for name in SHOWN)
        times = seconds / rows["paper"][0]
        print(f"{method:14s} {seconds:8.1f} {megabytes:8.0f} {times:11.1f}  {shown}")
    print_equality(rows)


def print_equality(rows: dict[str, tuple[float, float, Scores]]) -> None:
    """Print in how many scores of the same name we differ from py-ctcmetrics."""
    if not {"py-ctcmetrics", "challenge"} <= rows.keys():
        return
    ours, theirs = rows["challenge"][2], rows["py-ctcmetrics"][2]
    shared = ours.keys() & theirs.keys()
    differ = sorted(name for name in shared if ours[name] != theirs[name])
    print(f"{len(shared)} scores of py-ctcmetrics' names, {len(differ)} differ {' '.join(differ)}")


def main() -> None:
    """Print a table for each number of frames."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", default="200", help="numbers, with commas between")
    parser.add_argument("--frames", default="100", help="numbers, with commas between")
    parser.add_argument("--traccuracy", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--without", default="", help="methods to leave out, with commas between")
    parser.add_argument("--limit", type=int, default=600, help="CPU seconds for one process")
    parser.add_argument("--run", nargs=4, metavar=("METHOD", "GT", "RES", "REPORT"))
    options = parser.parse_args()
    if options.run:
        method, *paths = options.run
        run_here(method, *map(Path, paths))
        return
    pythons = dict.fromkeys(METHODS, sys.executable) | {"traccuracy": options.traccuracy}
    for method in filter(None, options.without.split(",")):
        del pythons[method]
    sizes = product(map(int, options.cells.split(",")), map(int, options.frames.split(",")))
    for n_cells, n_frames in sizes:
        with tempfile.TemporaryDirectory() as folder:
            report_movie(Path(folder), pythons, (n_cells, n_frames), options.limit)


if __name__ == "__main__":
    main()
