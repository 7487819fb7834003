"""Where does each thing lie inside a dataset? Every key's name stands here, once."""

from __future__ import annotations

import re

from distnet_store.errors import WrongArgumentError

ROOT_METADATA = "zarr.json"
"""Zarr v3 metadata document of a group or array."""

LABELS = "labels"
"""Group that lists the label images."""

PREDICTIONS = "predictions"
"""Group of the networks' maps, one group per prediction, one image per map in it."""

TABLES = "tables"
"""Group of the tables, one group per result, one group per table in it."""

TABLE_FILE = "table.parquet"
"""Name of a table's data inside its group, as ngio reads it."""

PRIVATE = ".distnet"
"""Runs, work-unit markers and results that are not whole yet."""

REFERENCE = "reference"
"""Name of the ground truth among the label images."""

TRACKS_SUFFIX = "-tracks"
"""Ending of the label image whose values are track ids."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def check_name(name: str) -> str:
    """Return the name of a result if it can be part of a path.

    Raises:
        WrongArgumentError: it holds other characters than letters, digits, ``_``, ``.``, ``-``, begins
            with one of the last three, or is longer than 64.

    Example:
        >>> check_name("cells")
        'cells'
    """
    if not _NAME.fullmatch(name):
        raise WrongArgumentError(
            "this cannot be the name of a result",
            expected="letters, digits, '_', '.', '-', beginning with a letter or digit, at most 64",
            found=repr(name),
            remedy="choose another --name",
        )
    return name


def level(index: int) -> str:
    """Return the array's path of a pyramid level inside its image group."""
    return f"s{index}"


def label_image(name: str) -> str:
    """Return the group of a label image."""
    return f"{LABELS}/{check_name(name)}"


def prediction(name: str, map_name: str = "") -> str:
    """Return the group of a prediction, or of one map in it."""
    group = f"{PREDICTIONS}/{check_name(name)}"
    return f"{group}/{map_name}" if map_name else group


def table(result: str, name: str) -> str:
    """Return the group of one table of a result."""
    return f"{TABLES}/{check_name(result)}/{name}"


def table_file(result: str, name: str) -> str:
    """Return the key of a table's Parquet file."""
    return f"{table(result, name)}/{TABLE_FILE}"


def run(operator: str, target: str, digest: str) -> str:
    """Return the folder of a run's record and markers."""
    return f"{PRIVATE}/runs/{operator}-{target}-{digest[:16]}"


def run_record(run_folder: str) -> str:
    """Return the key of a finished run's record."""
    return f"{run_folder}/run.json"


def unit_marker(run_folder: str, unit: str) -> str:
    """Return the key of a finished work unit's marker."""
    return f"{run_folder}/units/{unit}.json"


def cell_width(image_digest: str, model_digest: str, channel: int) -> str:
    """Return the key of what is known of the width of a movie's cells, for one model."""
    return f"{PRIVATE}/cell-widths/{image_digest[:16]}-{model_digest[:16]}-c{channel}.json"


def claims(result_path: str) -> str:
    """Return the folder of the claims of processes that write a result."""
    return f"{PRIVATE}/claims/{result_path}"


def finish_claim(run_folder: str) -> str:
    """Return the key by which one of several jobs takes it upon itself to finish a run."""
    return f"{run_folder}/finishing"


def unit_part(run_folder: str, unit: str, table_name: str) -> str:
    """Return the key of the rows that one work unit contributes to a table."""
    return f"{run_folder}/parts/{table_name}-{unit}.parquet"


def staging(digest: str, path: str) -> str:
    """Return where a result is built that will replace the one at `path`."""
    return f"{PRIVATE}/staging/{digest[:16]}/{path}"


def curation(result: str) -> str:
    """Return the folder of a result's journal of edits by a person."""
    return f"{PRIVATE}/curation/{check_name(result)}"


def curation_entry(result: str, number: int) -> str:
    """Return the key of one entry of that journal."""
    return f"{curation(result)}/{number:06d}.json"


def curation_done(result: str, number: int) -> str:
    """Return the key that says that an entry is carried out."""
    return f"{curation(result)}/{number:06d}.done"


def curation_patch(result: str, name: str) -> str:
    """Return the key of the pixels and rows that an entry changes."""
    return f"{curation(result)}/{name}"
