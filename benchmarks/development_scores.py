"""How many errors do models and a classical pipeline make on the same real frames, which neither was fitted to?

Usage: python benchmarks/development_scores.py --model mother-machine=bacteria [--model SET=MODEL ...]
       [--prediction [SET=]JSON ...] [--classical SET,SET] [--laptrack PYTHON] [--btrack PYTHON]
       [--work FOLDER] [--json]

Data sets are mother-machine (chambers 09 to 11), t98g-stills (36 and up), t98g (frames 15 to 24) and qpi (frames 80 to
119). A model is a bundled one by name or a file, and one data set may have several; JSON holds fields of
`PredictionParameters`. The classical pipeline (classical_pipeline.py) chooses its steps on the other frames; PYTHON is
an interpreter that has the tracker. Figures that the work folder has are not computed again.

The paper's errors are counted without cells at the border, F1 and IoU with all. Only chambers have divisions to judge.
Where the reference tells identity only (t98g, qpi), no link to a number that begins there is judged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from agreement import Agreement, markdown_table
from classical_pipeline import Chosen, choose, judged
from classical_segmentation import Recipe
from development_frames import DATA_SETS, DataSet
from model_arguments import add_model_arguments, named_subjects, work_folder
from model_results import Subject, judge


@dataclass(frozen=True)
class Row:
    """What one contender did on one data set."""

    data_set: DataSet
    contender: str
    state: str
    counts: Agreement
    remark: str = ""


def model_rows(
    subjects: Sequence[tuple[DataSet, Subject]], data: Path, work: Path
) -> Iterator[Row]:
    """Yield the models' rows, before and after correction (a single frame has none)."""
    for data_set, one in subjects:
        found = judge(one, data_set, data_set.read(data, "judge"), work)
        for state, counts in found.items():
            if state == "before" or data_set.truth != "none":
                yield Row(data_set, one.name, f"{state} correction", counts, one.options)


def classical_rows(
    names: Sequence[str], data: Path, work: Path, pythons: Mapping[str, str]
) -> Iterator[Row]:
    """Yield the classical pipeline's rows; its choices are kept in the work folder."""
    for name in names:
        data_set = DATA_SETS[name]
        chosen = _choice(data_set, data, work, pythons)
        counts = judged(data_set, data_set.read(data, "judge"), chosen, pythons)
        steps = {
            key: value
            for key, value in asdict(chosen.recipe).items()
            if value != Recipe.__dataclass_fields__[key].default
        }
        remark = json.dumps({"steps": steps, "on the fitting part": chosen.fitted, **chosen.tried})
        yield Row(data_set, "classical", f"linked by {chosen.tracker}", counts, remark)


def _choice(data_set: DataSet, data: Path, work: Path, pythons: Mapping[str, str]) -> Chosen:
    file = work / f"classical-{data_set.name}-{'-'.join([*sorted(pythons), _code()])}.json"
    if file.is_file():
        kept = json.loads(file.read_text())
        return Chosen(**{**kept, "recipe": Recipe(**kept["recipe"])})
    chosen = choose(data_set, data_set.read(data, "fit"), pythons)
    file.write_text(json.dumps(asdict(chosen)))
    return chosen


def _code() -> str:
    """Return what changes with the classical pipeline."""
    names = ("classical_segmentation.py", "classical_pipeline.py", "tracker_programs.py")
    texts = [Path(__file__).with_name(name).read_bytes() for name in names]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:8]


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_model_arguments(parser)
    parser.add_argument("--classical", default="", metavar="SET,SET")
    parser.add_argument("--laptrack", metavar="PYTHON")
    parser.add_argument("--btrack", metavar="PYTHON")
    options = parser.parse_args()
    pythons = {name: path for name in ("laptrack", "btrack") if (path := getattr(options, name))}
    classical = [name for name in options.classical.split(",") if name]
    _check_classical(classical, pythons)
    subjects = named_subjects(options)
    with work_folder(options) as work:
        rows = [
            *classical_rows(classical, options.data, work, pythons),
            *model_rows(subjects, options.data, work),
        ]
    rows.sort(key=lambda row: list(DATA_SETS).index(row.data_set.name))
    print(as_json(rows) if options.json else as_text(rows))


def _check_classical(names: Sequence[str], pythons: Mapping[str, str]) -> None:
    if unknown := set(names) - set(DATA_SETS):
        sys.exit(f"no data set {', '.join(unknown)}; there are {', '.join(DATA_SETS)}")
    if not pythons and any(DATA_SETS[name].truth != "none" for name in names):
        sys.exit("the classical pipeline links with --laptrack PYTHON or --btrack PYTHON")


def as_text(rows: Sequence[Row]) -> str:
    """Return the table in Markdown, and a line for each remark."""
    table = markdown_table(
        ("frames", "what", "state"),
        [((row.data_set.name, row.contender, row.state), row.counts, row.data_set) for row in rows],
    )
    remarks = dict.fromkeys(
        f"- {row.data_set.name}, {row.contender}: `{row.remark}`"
        for row in rows
        if row.remark not in ("", "{}")
    )
    return "\n".join([table, "", *remarks])


def as_json(rows: Sequence[Row]) -> str:
    """Return a list of objects."""
    return json.dumps(
        [
            {
                "frames": row.data_set.name,
                "what": row.contender,
                "state": row.state,
                **row.counts.figures(row.data_set),
                "counts": asdict(row.counts),
                "remark": json.loads(row.remark or "{}"),
            }
            for row in rows
        ],
        indent=1,
    )


if __name__ == "__main__":
    main()
