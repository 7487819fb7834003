"""Do results stand on what is there now, and are there runs that were not finished?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from pydantic import ValidationError

from distnet_store.spec.runs import RunRecord
from distnet_store.store import paths
from distnet_store.store.curation_journal import curated_results
from distnet_store.store.location import Location
from distnet_store.store.results import labelled_digest, result_digest
from distnet_store.store.validate_curation import check_curation, curated_digests
from distnet_store.store.validate_report import Problem, Severity
from distnet_store.store.validate_results import attributes_of
from distnet_store.store.validate_review import check_flag_sources
from distnet_store.store.validate_tables import make_again

_RUNS = f"{paths.PRIVATE}/runs"
_OWN_SOURCES = ("flags", "selections")
"""Tables that no run has made: flags follow from the links, and selections are a person's."""
_STAGING = paths.staging("", "").split("//", maxsplit=1)[0]


def check_runs(location: Location, image_digest: str) -> list[Problem]:
    """Check that no result is stale, and tell of unfinished runs."""
    records, problems = _records(location)
    standing = _standing(location)
    edited = set(curated_results(location))
    for path, digest in standing.items():
        record = records.get(digest)
        if record is not None:
            problems += _stale_inputs(
                path, record, standing, image_digest=image_digest, edited=edited
            )
    problems += _stale_tables(standing, {*records, *curated_digests(location)})
    problems += check_curation(location, standing)
    problems += check_flag_sources(standing)
    return problems + _stale_track_labels(standing) + _leftovers(location)


def _records(location: Location) -> tuple[dict[str, RunRecord], list[Problem]]:
    """Return the records of finished runs by digest, and what is wrong with the others."""
    records: dict[str, RunRecord] = {}
    problems: list[Problem] = []
    for name in location.children(_RUNS):
        key = paths.run_record(f"{_RUNS}/{name}")
        if not location.exists(key):
            text = "a run that was not finished; its results are not visible yet"
            remedy = "give the same command again, which goes on where it stopped"
            problems.append(Problem(f"{_RUNS}/{name}", "unfinished", text, remedy, "note"))
            continue
        try:
            record = RunRecord.model_validate_json(location.read(key))
        except ValidationError as error:
            text = f"the run's record cannot be read: {error.errors()[0]['msg']}"
            problems.append(Problem(key, "attributes", text, "run the command again"))
            continue
        records[record.run_digest] = record
    return records, problems


_OF_OWN_TABLES: Final = frozenset({"measure", "outlines", "neighbours"})
"""Operators that add tables to a result, made from its own objects."""


def _standing(location: Location) -> dict[str, str]:
    """Return the digest of every result that is whole, by its path."""
    labels = [f"{paths.LABELS}/{name}" for name in location.children(paths.LABELS)]
    maps = [f"{paths.PREDICTIONS}/{name}" for name in location.children(paths.PREDICTIONS)]
    tables = [
        f"{paths.TABLES}/{result}/{name}"
        for result in location.children(paths.TABLES)
        for name in location.children(f"{paths.TABLES}/{result}")
    ]
    found = {
        path: result_digest(location, path)
        for path in (*labels, *maps, *tables)
        if attributes_of(location, path)
    }
    return {path: digest for path, digest in found.items() if digest}


def _stale_inputs(
    path: str,
    record: RunRecord,
    standing: dict[str, str],
    *,
    image_digest: str,
    edited: Collection[str],
) -> list[Problem]:
    """Report inputs of the run that stand nowhere any more.

    Labels are an error, because tables and maps refer to their pixels. Of maps it is a warning: they may
    have been deleted to save space, or replaced on purpose; of labels too that a person has `edited`, and of
    measurements, to which nothing refers.
    """
    if record.operator == "evaluate":
        return _stale_scores(path, record, standing)
    problems = []
    for name, digest in record.inputs.items():
        labels = record.parameters.get("labels", record.target) if name == "labels" else None
        now = {
            "image": {image_digest},
            "labels": {standing.get(f"{paths.LABELS}/{labels}", "")},
        }.get(name, set(standing.values()))
        if name == "tables" and record.operator in _OF_OWN_TABLES:
            now = {standing.get(f"{paths.TABLES}/{record.target}/objects", "")}
        if digest not in now:
            is_error = name == "image" or bool(labels and labels not in edited)
            problems.append(
                Problem(
                    path,
                    "stale",
                    f"it was computed from {name} {digest[:8]}…, which is there no more",
                    f"run `distnet-store {record.operator} --overwrite`",
                    "error" if is_error and record.operator != "measure" else "warning",
                )
            )
    return problems


def _stale_scores(path: str, record: RunRecord, standing: dict[str, str]) -> list[Problem]:
    """Warn of labels or links that are not those any more that were compared.

    A reference that lies in another dataset cannot be looked at.
    """
    names = {"result": record.target, "reference": record.parameters.get("reference")}
    return [
        Problem(
            path,
            "stale",
            f"the labels or links of {name!r}, the {side}, have changed since",
            make_again("scores"),
            "warning",
        )
        for side, name in names.items()
        if isinstance(name, str)
        and record.inputs.get(side)
        != labelled_digest(
            standing.get(f"{paths.LABELS}/{name}"), standing.get(f"{paths.TABLES}/{name}/links")
        )
    ]


def _stale_tables(standing: dict[str, str], known: Collection[str]) -> list[Problem]:
    """Report tables that neither the labels' import nor a recorded run nor a person's edit has made."""
    problems = []
    for path, digest in standing.items():
        folder, _, rest = path.partition("/")
        result, _, table = rest.partition("/")
        labels = standing.get(f"{paths.LABELS}/{result}")
        if table in _OWN_SOURCES:
            continue
        if folder == paths.TABLES and digest != labels and digest not in known:
            text = f"nothing that is there made it (derived_from {digest[:8]}…)"
            severity: Severity = "warning" if table in ("scores", "measures") else "error"
            problems.append(Problem(path, "stale", text, make_again(table), severity))
    return problems


def _stale_track_labels(standing: dict[str, str]) -> list[Problem]:
    """Report label images of track ids that were painted from other tables."""
    problems = []
    for path, digest in standing.items():
        result = path.removeprefix(f"{paths.LABELS}/").removesuffix(paths.TRACKS_SUFFIX)
        tracks = standing.get(f"{paths.TABLES}/{result}/tracks")
        if path == f"{paths.LABELS}/{result}{paths.TRACKS_SUFFIX}" and tracks not in (None, digest):
            text = f"it shows the tracks of other tables (derived_from {digest[:8]}…)"
            problems.append(Problem(path, "stale", text, "run `distnet-store link --overwrite`"))
    return problems


def _leftovers(location: Location) -> list[Problem]:
    text = "a result that is being built, or was left by a run that was stopped"
    remedy = "give the same command again, or delete the folder"
    return [
        Problem(f"{_STAGING}/{name}", "unfinished", text, remedy, "note")
        for name in location.children(_STAGING)
    ]
