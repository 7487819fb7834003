"""Which conditions of a folder have scores, and do those still hold?"""

from __future__ import annotations

from pathlib import Path

from distnet_store.errors import TargetExistsError
from distnet_store.pipeline.experiments.conditions import Condition
from distnet_store.pipeline.experiments.read_record import read_record
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.spec.dataset import SpecModel

SCORES = "scores"
"""Folder of the records, one file for each condition."""


class ConditionScores(SpecModel):
    """The figures of one condition, and the digests of what they depend on."""

    result_digest: str
    digest: str
    frames: int
    frame_interval_s: float | None
    measures: dict[str, float | None]
    run_notes: tuple[str, ...] = ()
    evaluation_notes: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the figures has to know."""
        return (*self.run_notes, *self.evaluation_notes)


class ScoreRecords:
    """The scores in a folder. A condition's digests are of its result, and of its result and evaluation."""

    def __init__(self, folder: Path) -> None:
        """Read and write records in `folder`/scores."""
        self._folder = folder

    def standing(self, condition: Condition) -> ConditionScores | None:
        """Return the scores under the condition's name, whatever they depend on.

        Raises:
            InvalidDatasetError: their file is damaged.
        """
        return read_record(self._file(condition), ConditionScores)

    def read(self, condition: Condition, digest: str) -> ConditionScores | None:
        """Return the scores of just this condition, None if there are none."""
        found = self.standing(condition)
        return found if found is not None and found.digest == digest else None

    def check_free(self, condition: Condition, digest: str) -> None:
        """Return unless scores of other parameters have the condition's name.

        Raises:
            TargetExistsError: they do.
        """
        found = self.standing(condition)
        if found is not None and found.digest != digest:
            raise TargetExistsError(
                f"the folder holds scores of {condition.name!r} with other parameters, or of a model "
                "that has changed",
                where=str(self._file(condition)),
                remedy="choose another --out, or replace them with --overwrite",
            )

    def write(self, condition: Condition, scores: ConditionScores) -> None:
        """Write the scores of a condition over what was there."""
        write_whole(self._file(condition), scores.model_dump_json(indent=1).encode())

    def forget(self, condition: Condition) -> None:
        """Remove the scores under the condition's name."""
        self._file(condition).unlink(missing_ok=True)

    def _file(self, condition: Condition) -> Path:
        return self._folder / SCORES / condition.folder / f"{condition.name}.json"
