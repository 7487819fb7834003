"""Which cells does a file of labels hold that was exported of some cells only?

An OME-Zarr image says so itself. A TIFF or NumPy file has a small file beside it: metadata inside would be gone when
another program has saved it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.spec.label_export import EXPORT_ATTRIBUTE, EXPORT_ENDING, LabelExport
from distnet_store.store import paths
from distnet_store.store.location import is_remote, locate, storage_errors


def write_beside(target: str, record: LabelExport | None) -> None:
    """Write the record beside a TIFF or NumPy file, or remove that of an older one.

    Raises:
        StorageError: the disk refused.
    """
    place = Path(f"{target}{EXPORT_ENDING}")
    with storage_errors(target):
        if record is None:
            place.unlink(missing_ok=True)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(record.model_dump_json(), encoding="utf-8")


def exported_cells(source: str | Path, result: str) -> NDArray[np.int64] | None:
    """Return the object ids, ascending, that a file of labels holds; None where it is not known.

    Raises:
        InvalidDataError: the record cannot be read.
        WrongArgumentError: it is of another result.
    """
    found = _record(str(source))
    if found is None:
        return None
    try:
        record = LabelExport.model_validate_json(found)
    except ValidationError as error:
        raise InvalidDataError(
            "the record of an export cannot be read",
            found=error.errors()[0]["msg"],
            where=str(source),
            remedy=f"export again, or remove it (the file *{EXPORT_ENDING}, or the attribute "
            f"{EXPORT_ATTRIBUTE}) and name the cells with --selection",
        ) from error
    if record.result != result:
        raise WrongArgumentError(
            "the labels were exported of another result",
            expected=f"some cells of {result!r}",
            found=f"some cells of {record.result!r}",
            where=str(source),
            remedy=f"import them with --name {record.result}",
        )
    return np.array(record.cells, np.int64)


def _record(source: str) -> str | bytes | None:
    beside = Path(f"{source}{EXPORT_ENDING}")
    if not is_remote(source) and beside.is_file():
        return beside.read_bytes()
    if not source.rstrip("/").endswith(".zarr"):
        return None
    location = locate(source)
    if not location.exists(paths.ROOT_METADATA):
        return None
    attributes = json.loads(location.read(paths.ROOT_METADATA)).get("attributes", {})
    return json.dumps(attributes[EXPORT_ATTRIBUTE]) if EXPORT_ATTRIBUTE in attributes else None
