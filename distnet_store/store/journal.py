"""Which work units of a run are whole, and what did a finished run do?"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from distnet_store.spec.runs import OperatorName, RunRecord, UnitMarker
from distnet_store.store import paths
from distnet_store.store.location import Location


@dataclass(frozen=True)
class Journal:
    """The folder of one run: a marker per finished unit, and the record when all are."""

    location: Location
    operator: OperatorName
    target: str
    digest: str

    @property
    def folder(self) -> str:
        """Key prefix of the run."""
        return paths.run(self.operator, self.target, self.digest)

    def markers(self) -> dict[str, UnitMarker]:
        """Return the markers of the finished units, by unit id."""
        keys = self.location.list_keys(f"{self.folder}/units")
        found = [UnitMarker.model_validate_json(self.location.read(key)) for key in keys]
        return {marker.unit: marker for marker in found if marker.run_digest == self.digest}

    def mark(self, marker: UnitMarker) -> bool:
        """Record that a unit's data are whole; return False if another worker has done so before."""
        data = marker.model_dump_json(indent=1).encode()
        return self.location.create(paths.unit_marker(self.folder, marker.unit), data)

    def claim_finish(self) -> bool:
        """Return whether this process is the first that wants to finish the run.

        A claim is for single units only: a whole run finishes what a stopped one has claimed.
        """
        return self.location.take(paths.finish_claim(self.folder), uuid4().bytes)

    def finish(self, record: RunRecord) -> None:
        """Record that the run is whole."""
        self.location.write(
            paths.run_record(self.folder), record.model_dump_json(indent=1).encode()
        )

    def record(self) -> RunRecord | None:
        """Return the record of a finished run, None before that."""
        key = paths.run_record(self.folder)
        return (
            RunRecord.model_validate_json(self.location.read(key))
            if self.location.exists(key)
            else None
        )

    def forget(self) -> None:
        """Remove markers and record, so that the run begins anew."""
        self.location.delete(self.folder)


def run_records(location: Location) -> list[RunRecord]:
    """Return the records of all finished runs, the oldest first."""
    folders = [
        f"{paths.PRIVATE}/runs/{name}" for name in location.children(f"{paths.PRIVATE}/runs")
    ]
    keys = [paths.run_record(folder) for folder in folders]
    records = [
        RunRecord.model_validate_json(location.read(key)) for key in keys if location.exists(key)
    ]
    return sorted(records, key=lambda record: record.finished)
