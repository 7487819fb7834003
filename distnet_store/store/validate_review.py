"""Do flags and selections name cells that are there, as the labels and links are now?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.spec.table_spec import TableName
from distnet_store.store.validate_report import Problem

REVIEW_AGAIN = "run `distnet-store review`, which makes the flags again"
_SELECT_AGAIN = "save the selection again with `distnet-store select --overwrite`, or delete it"


def check_review(tables: Mapping[TableName, pa.Table], place: str) -> list[Problem]:
    """Check the flags and selections of one result against its cells."""
    objects = tables.get("objects")
    if objects is None:
        return []
    known = objects["object_id"].to_numpy()
    problems = []
    if "flags" in tables:
        problems += _check_flags(tables["flags"], known, f"{place}/flags")
    if "selections" in tables:
        problems += _check_selections(tables["selections"], known, f"{place}/selections")
    return problems


def check_flag_sources(standing: Mapping[str, str]) -> list[Problem]:
    """Warn of flags that were made from other links than those that stand; `standing` is digest by path."""
    text = "the links have changed since the flags were made"
    folders = [path.removesuffix("/flags") for path in standing if path.endswith("/flags")]
    return [
        Problem(f"{folder}/flags", "stale", text, REVIEW_AGAIN, "warning")
        for folder in folders
        if standing[f"{folder}/flags"] != standing.get(f"{folder}/links")
    ]


def _check_flags(flags: pa.Table, known: NDArray[np.int64], place: str) -> list[Problem]:
    named = np.concatenate(
        [flags["object_id"].to_numpy(), flags["target_id"].drop_null().to_numpy()]
    )
    strange = np.setdiff1d(named, known)
    if not strange.size:
        return []
    text = f"{strange.size} cell(s) are not in objects, the first: {strange[0]}"
    return [Problem(place, "reference", text, REVIEW_AGAIN, "warning")]


def _check_selections(selections: pa.Table, known: NDArray[np.int64], place: str) -> list[Problem]:
    gone = ~np.isin(selections["object_id"].to_numpy(), known)
    names, count = np.unique(
        np.array(selections["name"].to_pylist(), object)[gone], return_counts=True
    )
    return [
        Problem(
            place,
            "reference",
            f"{number} cell(s) of the selection {name!r} are not there any more",
            _SELECT_AGAIN,
            "warning",
        )
        for name, number in zip(names.tolist(), count.tolist(), strict=True)
    ]
