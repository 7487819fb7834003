"""How is a question in SQL asked of the tables of a result? By DuckDB, which sees them and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

import pyarrow as pa

from distnet_store.errors import MissingExtraError, WrongArgumentError
from distnet_store.store.movie import Movie

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LOCKED = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}
"""No file, no address, no extension and no variable of this program can be named in the question."""


def query_tables(movie: Movie, result: str, sql: str) -> pa.Table:
    """Return what one SELECT says of the tables of a result: objects, links, tracks and what else it has.

    The tables are views on the Parquet files: only the columns and row groups that the question needs
    are read. Nothing can be written, and no other file be read.

    Raises:
        MissingExtraError: DuckDB is not installed.
        NotFoundError: the result has no tables.
        WrongArgumentError: the text is no SELECT, or DuckDB does not understand it.

    Example:
        >>> query_tables(movie, "cells", "select count(*) as n from tracks")  # doctest: +SKIP
        pyarrow.Table
        n: int64
    """
    duckdb = _duckdb()
    names = [table for name, table in movie.tables() if name == result]
    if not names:
        movie.table(result, "tracks")  # says what is there instead
    with duckdb.connect(":memory:") as connection:
        for table in names:
            connection.register(table, movie.table(result, table))
        for name, value in _LOCKED.items():
            connection.execute(f"SET {name} = {value}")
        try:
            return _answer(connection, sql)
        except duckdb.Error as error:
            raise _not_understood(str(error).strip(), names) from error
        except _NotOneSelectError as error:
            raise _not_understood(f"{error} in {sql!r}", names) from None


class _NotOneSelectError(Exception):
    """The text holds no statement, several, or one that is no SELECT."""


def _answer(connection: DuckDBPyConnection, sql: str) -> pa.Table:
    kinds = [statement.type.name for statement in connection.extract_statements(sql)]
    if kinds != ["SELECT"]:
        raise _NotOneSelectError(", ".join(kinds) or "nothing")
    return connection.sql(sql).to_arrow_table()


def _not_understood(found: str, tables: Sequence[str]) -> WrongArgumentError:
    return WrongArgumentError(
        "the question cannot be answered",
        expected="one SELECT of the tables " + ", ".join(tables),
        found=found,
        remedy='docs/format.md lists the columns; "end" stands in double quotes, being a word of SQL',
    )


def _duckdb() -> ModuleType:
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtraError(
            "questions in SQL need DuckDB",
            found="no package duckdb",
            remedy="pip install 'distnet-store[sql]'",
        ) from error
    return duckdb
