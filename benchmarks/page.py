"""How do the figures of the documentation come about? All of docs/benchmarks.md is written by this command.

Usage: python benchmarks/page.py [--traccuracy PYTHON] [--only NAME,NAME]

Runs the scripts beside it one after another and writes down what they print, with the data they used. Seconds on a
shared machine are noise: read them as ratios within one run. With `--only` the other sections stay as they are.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Written by `make benchmarks`, which runs the scripts in `benchmarks/`; nothing here is typed in by hand.

**What these figures are not.** The paper's two data sets (bacteria PA14 and eukaryotes HBEC) are not available to us,
so none of its published figures is repeated, matched or missed on this page. Each section says whether its data are
real or simulated, and where the reference is another program's output rather than a person's, a count of errors
is a count of disagreements. Few cells make coarse percentages: the counts stand beside them.
"""


@dataclass(frozen=True)
class Section:
    """One script, and what a reader has to know of its figures."""

    name: str
    title: str
    data: str
    command: tuple[str, ...]
    note: str = ""


SECTIONS = (
    Section(
        "development",
        "Errors of the bundled model",
        "Real: mother-machine chambers 09 to 11 (E. coli, phase contrast, 10 frames each), in no training pass, but "
        "looked at when the model was chosen, so these figures are optimistic. Their masks and lineages are another "
        "program's: disagreements, not errors.",
        ("benchmarks/development_split.py",),
        "`corrected` is the result after correction over the whole movie.",
    ),
    Section(
        "sampling",
        "Errors when frames are left out (the paper's figure 4B)",
        "Real: mother-machine chamber 09, as above. Its ten frames lie far apart in time as they are.",
        ("benchmarks/sampling.py",),
        "The bundled model sees three frames.",
    ),
    Section(
        "perfect_maps",
        "What segmentation and linking lose when every map is right",
        "Real shapes and lineage (E. coli on agar, 23 frames, 526 cells, 71 divisions, drawn by people), but no image: "
        "the maps are computed from the labels, as a perfect network would give them.",
        ("benchmarks/perfect_maps.py",),
    ),
    Section(
        "metrics",
        "Time and memory of evaluation, 200 cells",
        "Simulated label images, 100 frames of 512 × 512 pixels, and a result with 1 % of faults injected.",
        ("benchmarks/metrics.py", "--cells", "200"),
        "Each program runs in a process of its own, one after another, imports included. `challenge`: all measures of "
        "the Cell Tracking Challenge by ours; `paper`: the paper's counts.",
    ),
    Section(
        "metrics_1000",
        "Time and memory of evaluation, 1000 cells",
        "Simulated label images, as above.",
        ("benchmarks/metrics.py", "--cells", "1000", "--without", "py-ctcmetrics"),
        "py-ctcmetrics is left out: it takes more than ten minutes here.",
    ),
    Section(
        "faults",
        "Faults put into real lineages, and corrected",
        "Real shapes and lineages (E. coli on agar, mother machine, T98G), with predictions derived from the labels, "
        "blurred, noised and unsure; one object in a hundred merged with a neighbour or split.",
        (
            *("benchmarks/faults.py", "--rates", "1", "--evidence", "extended", "--seeds", "6"),
            *("--methods", "joint,forward-first,backward-first"),
        ),
        "Errors before → after correction. Simulated motile rods and other rates: "
        "[decision 10](decisions/0010-correction.md).",
    ),
    Section(
        "faults_masks",
        "The same where only masks are known",
        "As above, without predictions: linked and corrected by the masks alone.",
        ("benchmarks/faults.py", "--from-masks", "--rates", "1", "--seeds", "6"),
        "Most of the errors that stay are the linker's, which has no displacements.",
    ),
    Section(
        "linkers",
        "Linkers",
        "Real shapes and lineages, with predictions derived from the labels: right, unsure, or poor.",
        (
            *("benchmarks/linkers.py", "--movies", "ecoli,mother-machine,t98g"),
            *("--rates", "1", "--seeds", "1"),
        ),
        "Why `joint` is the default: [decision 12](decisions/0012-linking.md).",
    ),
    Section(
        "trackers",
        "Linking masks: ours and plain overlap",
        "Real masks and lineages; `ecoli-half`: every second frame only. `joint` reads predictions besides.",
        ("benchmarks/trackers.py", "--movies", "ecoli,ecoli-half,t98g"),
        "`--laptrack` and `--btrack` take interpreters that have these programs; they are not installed here. "
        "Figures with them: [decision 12](decisions/0012-linking.md).",
    ),
    Section(
        "hand_edits",
        "Edits by hand",
        "Simulated cells, 289 in each of 100 and 1000 frames.",
        ("benchmarks/hand_edits.py",),
    ),
    Section(
        "million_cells",
        "Millions of cells: time, memory and bytes",
        "Simulated: 3600 discs on a grid in each of 100 and 1000 frames, that tremble, divide and are lost, 0.5 % of "
        "them cut or united in single frames. Labels and maps are painted when a step looks at them; no image is on "
        "disk.",
        ("benchmarks/million_cells.py",),
        "CPU seconds, each step in a process of its own. `link_pairs` measures cells and links five frames of the "
        "movie; the time to paint frames is in it and in `correct`. Queries are medians of ten, wall time.",
    ),
    Section(
        "streaming",
        "Prediction with each frame encoded once",
        "Random pixels and weights: the arithmetic is the same.",
        ("benchmarks/streaming.py", "--preset", "d2"),
        "Best of three rounds in one process. Counting operations, streaming is 2.76 times less work.",
    ),
    Section(
        "streaming_d3",
        "The same for D3",
        "As above.",
        ("benchmarks/streaming.py", "--preset", "d3"),
    ),
    Section(
        "throughput",
        "Writing and reading pixels and maps",
        "Real: T98G cells, 16-bit phase contrast, two frames side by side and played forth and back.",
        ("benchmarks/throughput.py",),
        "Best of three rounds in one process, in memory where the system has a folder for it, not on a disk.",
    ),
    Section(
        "memory",
        "Memory of each step on a short and on a long movie",
        "Real: mother-machine chambers side by side, played forth and back.",
        ("benchmarks/memory.py",),
        "Announced: what `plan` and `--dry-run` say before.",
    ),
    Section(
        "bucket",
        "Workers on a bucket, and its requests",
        "Real: mother-machine chambers side by side.",
        ("benchmarks/bucket_workers.py",),
        "The server is a simulation of S3 on the same machine and takes cores from the workers: the digests count "
        "here, not the times.",
    ),
    Section(
        "segmentation",
        "Time of segmentation",
        "Simulated rods, with maps derived from their labels.",
        ("benchmarks/segmentation.py",),
    ),
    Section(
        "targets",
        "Time of the training targets",
        "Simulated rods.",
        ("benchmarks/targets.py",),
    ),
)


def machine() -> str:
    """Return on what the figures were measured."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "keras"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores ({platform.machine()}), Python {platform.python_version()}, {packages}"


def written(section: Section, arguments: list[str]) -> str:
    """Run a section's script and return the section's text.

    Raises:
        CalledProcessError: the script failed.
    """
    print(f"{section.name} …", flush=True)
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, *section.command, *arguments],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    day = datetime.now(UTC).date().isoformat()
    lines = [
        f"<!-- {section.name} -->",
        f"## {section.title}",
        "",
        f"Data: {section.data}",
        "",
        f"`python {' '.join(section.command)}`, {day}, {machine()}.",
        *([section.note] if section.note else []),
        "",
        "```",
        done.stdout.strip(),
        "```",
        "",
    ]
    return "\n".join(lines)


def sections_of(page: str) -> dict[str, str]:
    """Return the sections of a page that was written before, by name."""
    parts = re.split(r"(?m)^(?=<!-- \w+ -->$)", page)[1:]
    return {part.split()[1]: part for part in parts}


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--traccuracy", help="an interpreter that has traccuracy, to compare with")
    parser.add_argument("--only", help="sections to write anew, separated by commas")
    options = parser.parse_args()
    found = sections_of(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    asked = options.only.split(",") if options.only else [section.name for section in SECTIONS]
    for section in SECTIONS:
        if section.name in asked:
            compared = section.name.startswith("metrics") and options.traccuracy
            more = ["--traccuracy", options.traccuracy] if compared else []
            found[section.name] = written(section, more)
    texts = [found[section.name].strip() for section in SECTIONS if section.name in found]
    PAGE.write_text("\n\n".join([HEAD.strip(), *texts]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
