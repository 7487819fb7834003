"""What does a person see of the epochs of a training run? A row for each, under names that stay in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

COLUMNS: Final = {
    "loss": "loss",
    "edm_loss": "EDM",
    "gdcm_loss": "GDCM",
    "displacement_loss": "displ.",
    "multiplicity_loss": "mult.",
    "val_loss": "held back",
    "val_segmentation_errors": "seg. err. %",
    "val_tracking_errors": "track. err. %",
    "wait_share": "waited %",
    "seconds": "time",
}
"""Values of an epoch by name, and what stands over them."""

_HEADER_EVERY: Final = 20


class EpochTable:
    """Writes rows as epochs end; columns that a run has no values for are left out."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """Write with `write`, a line at a time."""
        self._write = write
        self._rows = 0

    def add(self, epoch: int, values: Mapping[str, float]) -> None:
        """Write one more epoch, and the names again now and then."""
        shown = {name: title for name, title in COLUMNS.items() if name in values}
        if self._rows % _HEADER_EVERY == 0:
            self._write("epoch  " + "  ".join(f"{title:>9}" for title in shown.values()))
        self._rows += 1
        cells = (
            f"{_text(name, values[name]):>{max(9, len(title))}}" for name, title in shown.items()
        )
        self._write(f"{epoch:5}  " + "  ".join(cells))


def _text(name: str, value: float) -> str:
    if name == "seconds":
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if name == "wait_share":
        return f"{100 * value:.1f}"
    return f"{value:.1f}" if name.endswith("_errors") else f"{value:.3f}"
