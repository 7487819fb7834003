"""Where do the scores of a result stand in its dataset, and do those that are there still hold?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import pyarrow as pa

from distnet_store.errors import TargetExistsError
from distnet_store.pipeline.execute import RECORDED_PACKAGES
from distnet_store.spec.parameters import EvaluationParameters
from distnet_store.spec.runs import RunRecord
from distnet_store.spec.table_spec import TableName
from distnet_store.store import paths
from distnet_store.store.digest import digest_json
from distnet_store.store.journal import Journal, run_records
from distnet_store.store.movie import Movie
from distnet_store.store.results import result_digest
from distnet_store.store.tables import DERIVED_FROM, read_table, write_table


@dataclass(frozen=True)
class ScoreSlot:
    """The tables `scores` and `measures` of one result.

    Attributes:
        movie: the dataset.
        result: name of the result.
        parameters: how errors are counted.
        inputs: digests of the result and the reference.
        reference: name of the reference if it lies in the same dataset, so that `validate` can tell
            when it has changed.
    """

    movie: Movie
    result: str
    parameters: EvaluationParameters
    inputs: Mapping[str, str]
    reference: str | None = None

    @property
    def digest(self) -> str:
        """Digest of everything that the scores depend on."""
        return digest_json(
            {
                "operator": "evaluate",
                "target": self.result,
                "parameters": self.parameters.model_dump(mode="json"),
                "inputs": dict(self.inputs),
            }
        )

    @property
    def _journal(self) -> Journal:
        return Journal(self.movie.location, "evaluate", self.result, self.digest)

    @property
    def _standing(self) -> str | None:
        """Digest of the scores that are there, None if there are none or one table is not whole."""
        digests = {
            result_digest(self.movie.location, paths.table(self.result, name))
            for name in ("scores", "measures")
        }
        return digests.pop() if len(digests) == 1 else None

    def read(self) -> tuple[pa.Table, pa.Table, tuple[str, ...]] | None:
        """Return measures, errors and notes if they are there and still hold."""
        record = self._journal.record()
        if record is None or self._standing != self.digest:
            return None
        location = self.movie.location
        measures = read_table(location, self.result, "measures")
        errors = read_table(location, self.result, "scores")
        made_by = {(table.schema.metadata or {}).get(DERIVED_FROM) for table in (measures, errors)}
        if made_by != {self.digest.encode()}:  # a run was stopped that was to replace them
            return None
        return measures, errors, record.warnings

    def check_free(self, *, overwrite: bool) -> None:
        """Return if scores may be written.

        Raises:
            TargetExistsError: scores that still hold are there, counted in another way or by another
                reference.
        """
        standing = self._standing
        if standing in (None, self.digest) or overwrite:  # its own are there when a run was stopped
            return
        records = [r for r in run_records(self.movie.location) if r.run_digest == standing]
        if records and self._has_outlived(records[-1]):
            return
        raise TargetExistsError(
            f"the result {self.result!r} has scores that were counted in another way, or by another reference",
            where=f"{self.movie.url}/{paths.table(self.result, 'measures')}",
            remedy="--overwrite replaces them; --no-store prints figures without writing them",
        )

    def _has_outlived(self, record: RunRecord) -> bool:
        """Return whether the result, or the reference of the same name in this dataset, has changed since."""
        if record.inputs["result"] != self.inputs["result"]:
            return True
        is_same = self.reference is not None and record.parameters["reference"] == self.reference
        return is_same and record.inputs["reference"] != self.inputs["reference"]

    def write(self, measures: pa.Table, errors: pa.Table, notes: Sequence[str]) -> None:
        """Write both tables, and then the record that they are whole.

        If this is stopped, the two tables are of different runs, which their digests tell.
        """
        tables: dict[TableName, pa.Table] = {"scores": errors, "measures": measures}
        for name, table in tables.items():
            write_table(self.movie.location, self.result, name, table, derived_from=self.digest)
        self._journal.finish(self._record(errors, notes))

    def _record(self, errors: pa.Table, notes: Sequence[str]) -> RunRecord:
        return RunRecord(
            operator="evaluate",
            target=self.result,
            run_digest=self.digest,
            parameters={**self.parameters.model_dump(mode="json"), "reference": self.reference},
            inputs=dict(self.inputs),
            versions={name: version(name) for name in RECORDED_PACKAGES},
            counts={"errors": errors.num_rows},
            warnings=tuple(notes),
            units=1,
            t_stop=self.movie.n_frames,
            finished=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        )
