"""Where do tables stand that a run derives from a result, and may another run put its own there?"""

from __future__ import annotations

from dataclasses import dataclass

from distnet_store.errors import TargetExistsError
from distnet_store.spec.table_spec import TableName
from distnet_store.store import paths
from distnet_store.store.movie import Movie
from distnet_store.store.result_digest import result_digest


@dataclass(frozen=True)
class TableSlot:
    """The tables of one result that one run writes.

    Attributes:
        movie: the dataset.
        result: name of the result.
        tables: which of its tables.
        digest: of the run that fills them.
        outdated: digests of runs whose inputs are there no more, so that their tables may go.
    """

    movie: Movie
    result: str
    tables: tuple[TableName, ...]
    digest: str
    outdated: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """The first table's group, which stands for all in claims."""
        return paths.table(self.result, self.tables[0])

    @property
    def is_whole(self) -> bool:
        """Whether all tables are there and of this very run."""
        return self._standing == {self.digest}

    def check_free(self, *, overwrite: bool, discard_curation: bool = False) -> None:  # noqa: ARG002 - as of results
        """Return if the tables may be written. A person's edits are not in them, so none are lost.

        Raises:
            TargetExistsError: tables stand there that still hold, made with other parameters, and
                `overwrite` is not set.
        """
        in_the_way = self._standing - {None, self.digest} - self.outdated
        if in_the_way and not overwrite:
            raise TargetExistsError(
                f"{self.path} exists and was made with other parameters",
                where=self.movie.url,
                remedy="replace it with --overwrite",
            )

    @property
    def _standing(self) -> set[str | None]:
        """Digests of the tables that are there, None for one that is not."""
        location = self.movie.location
        return {result_digest(location, paths.table(self.result, name)) for name in self.tables}
