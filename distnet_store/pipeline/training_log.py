"""What becomes of the values of each epoch of a training run? A table beside the model."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from distnet_store.pipeline.whole_file import write_whole


class TrainingLog:
    """A CSV file with a row for each epoch; a value that an epoch lacks is empty."""

    def __init__(self, file: Path) -> None:
        """Begin an empty table; nothing is written yet."""
        self._file = file
        self._rows: list[dict[str, float]] = []

    def begin(self, history: Sequence[dict[str, float]]) -> None:
        """Take the values of the epochs that an earlier part of the run has done."""
        self._rows = [{"epoch": k, **values} for k, values in enumerate(history, start=1)]

    def add(self, epoch: int, values: dict[str, float]) -> None:
        """Write the table with one more epoch.

        Raises:
            StorageError: the disk refused.
        """
        self._rows.append({"epoch": epoch, **values})
        names = dict.fromkeys(name for row in self._rows for name in row)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, fieldnames=list(names))
        writer.writeheader()
        writer.writerows({k: round(v, 6) for k, v in row.items()} for row in self._rows)
        write_whole(self._file, text.getvalue().encode())
