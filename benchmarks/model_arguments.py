"""Which models does a command line name, for which frames, with which options?"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from development_frames import DATA, DATA_SETS, DataSet
from model_results import Subject, subject

from distnet_store.spec.parameters import PredictionParameters


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --model, --prediction, --data, --work and --json."""
    parser.add_argument("--model", action="append", default=[], metavar="SET=MODEL")
    parser.add_argument("--prediction", action="append", default=[], metavar="[SET=]JSON")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the development data")
    parser.add_argument("--work", type=Path, help="folder where figures are kept")
    parser.add_argument("--json", action="store_true")


def named_subjects(options: argparse.Namespace) -> list[tuple[DataSet, Subject]]:
    """Return the models of `SET=MODEL`, with the options of `SET=JSON` or, for all sets, `JSON`.

    Raises:
        SystemExit: there is no such data set.
        NotFoundError: there is no such model.
        ValidationError: there is no such option.
    """
    chosen = {"": PredictionParameters()}
    for text in options.prediction:
        name, _, value = ("", "", text) if text.startswith("{") else text.partition("=")
        chosen[name] = PredictionParameters.model_validate_json(value)
    split = [text.partition("=") for text in options.model]
    if any(name not in DATA_SETS or not model for name, _, model in split):
        sys.exit(f"--model takes SET=MODEL, SET one of {', '.join(DATA_SETS)}")
    if set(chosen) - {*DATA_SETS, ""}:
        sys.exit(f"--prediction takes JSON or SET=JSON, SET one of {', '.join(DATA_SETS)}")
    return [
        (DATA_SETS[name], subject(model, chosen.get(name, chosen[""]))) for name, _, model in split
    ]


@contextmanager
def work_folder(options: argparse.Namespace) -> Iterator[Path]:
    """Give the named folder, made where it is not there, or else a temporary one."""
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        yield work
