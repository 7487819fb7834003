"""What does a record of an experiment hold, and is it whole?"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from distnet_store.errors import InvalidDatasetError
from distnet_store.spec.dataset import SpecModel

Record = TypeVar("Record", bound=SpecModel)


def read_record(file: Path, kind: type[Record]) -> Record | None:
    """Return the record that a file holds, None where there is no file.

    Raises:
        InvalidDatasetError: the file is damaged.
    """
    if not file.is_file():
        return None
    try:
        return kind.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise InvalidDatasetError(
            "a record of an experiment is damaged",
            found="; ".join(problem["msg"] for problem in error.errors()),
            where=str(file),
            remedy="restore this file, or choose another --out",
        ) from error
