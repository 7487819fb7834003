"""How does TensorBoard get to see the values of each epoch of a training run?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from distnet_store.errors import MissingExtraError
from distnet_store.store.location import storage_errors


class TensorBoardLog:
    """Event files in a folder, with a curve for each value."""

    def __init__(self, folder: Path) -> None:
        """Create the folder and a file in it.

        Raises:
            MissingExtraError: tensorboardX is not installed.
            StorageError: the disk refused.
        """
        try:
            from tensorboardX import SummaryWriter
        except ImportError as error:
            raise MissingExtraError(
                "event files for TensorBoard need tensorboardX, which is not installed",
                remedy="pip install 'distnet-store[tensorboard]', or leave --tensorboard out",
            ) from error
        with storage_errors(str(folder)):
            self._writer = SummaryWriter(str(folder))
        self._folder = folder

    def begin(self, history: Sequence[dict[str, float]]) -> None:
        """Take the values of the epochs that an earlier part of the run has done."""
        for epoch, values in enumerate(history, start=1):
            self.add(epoch, values)

    def add(self, epoch: int, values: dict[str, float]) -> None:
        """Write the values of one more epoch.

        Raises:
            StorageError: the disk refused.
        """
        with storage_errors(str(self._folder)):
            for name, value in values.items():
                self._writer.add_scalar(name, value, epoch)
            self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
