"""How are a result's tables written and read? As Parquet, in groups that ngio and others understand."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.dataset as pads

from distnet_store.errors import NotFoundError, StorageError
from distnet_store.spec.dataset import ResultAttributes
from distnet_store.spec.table_spec import TableName
from distnet_store.spec.tables import TABLES
from distnet_store.store import paths
from distnet_store.store.location import Location
from distnet_store.store.ngff_write import write_group
from distnet_store.store.ranged_file import RangedFile
from distnet_store.store.replaced_key import replaced_key
from distnet_store.store.table_file import TableRows, write_parquet

DERIVED_FROM = b"distnet_derived_from"
"""Key in the file's own metadata of the digest that the group has too: the two are not written at once."""

_MADE_BY: dict[TableName, str] = {
    "edits": "correct",
    "curation": "curate",
    "flags": "review",
    "selections": "select",
    "scores": "evaluate",
    "measures": "evaluate",
    "outlines": "outlines",
    "neighbours": "neighbours",
    "surroundings": "neighbours",
    "measurements": "measure",
    "cycles": "measure",
}
"""The command that makes a table, where it is not `link`."""


def write_table(
    location: Location,
    result: str,
    name: TableName,
    table: TableRows,
    *,
    derived_from: str,
    update_lists: bool = True,
) -> None:
    """Write one table of a result over what was there: the data first, then the group's metadata.

    `derived_from` is the digest of what it was computed from, so that `validate` sees a stale one. It
    stands in the file and in the group, so that a reader sees a file that was replaced by a stopped run.
    Making the lists anew asks for every table that there could be; without `update_lists`, for a table that
    was there before, they stay as they are.

    Raises:
        StorageError: the disk or bucket refused.
    """
    with replaced_key(location, paths.table_file(result, name)) as file:
        write_parquet(table, file, {DERIVED_FROM: derived_from.encode()})
    own = ResultAttributes(kind="table", derived_from=derived_from).model_dump(mode="json")
    write_group(
        location, paths.table(result, name), {**_ngio_attributes(result, name), "distnet": own}
    )
    if update_lists:
        _write_lists(location, result)


def drop_table(location: Location, result: str, name: TableName) -> None:
    """Remove one table of a result from disk and from the lists; what is absent is no error.

    Raises:
        StorageError: the disk or bucket refused.
    """
    location.delete(paths.table(result, name))
    _write_lists(location, result)


def _names(location: Location, group: str) -> set[str]:
    """Return the tables that a group names; none where there is no group."""
    try:
        names = location.group(group).attrs.asdict().get("tables")
    except FileNotFoundError:
        return set()
    return {str(name) for name in names} if isinstance(names, list) else set()


def _write_lists(location: Location, result: str) -> None:
    """Write the lists of tables from what is there.

    Another process may write another table at the same time. Each looks again after it wrote, so that
    whoever wrote last has named all.
    """
    listed, written = table_names(location), None
    while listed != written:
        write_group(
            location, f"{paths.TABLES}/{result}", {"tables": [n for r, n in listed if r == result]}
        )
        write_group(location, paths.TABLES, {"tables": [f"{r}/{n}" for r, n in listed]})
        listed, written = table_names(location), listed


def read_table(
    location: Location, result: str, name: TableName, *, columns: list[str] | None = None
) -> pa.Table:
    """Return a table, or some columns of it, in memory.

    Raises:
        NotFoundError: the result has no such table.
    """
    return open_table(location, result, name).to_table(columns=columns)


def open_table(location: Location, result: str, name: TableName) -> pads.Dataset:
    """Return a table as an Arrow dataset: nothing is read until it is filtered or scanned.

    Raises:
        NotFoundError: the result has no such table.
        StorageError: the file is there and is no Parquet file.
    """
    key = paths.table_file(result, name)
    if not location.exists(key):
        raise NotFoundError(
            f"the result {result!r} has no table {name!r}",
            found=", ".join(f"{r}/{n}" for r, n in table_names(location)) or "no tables",
            where=location.url,
            remedy=f"run `distnet-store {_MADE_BY.get(name, 'link')}` first, or name another result",
        )
    try:
        return _dataset(location, key)
    except pa.ArrowInvalid as error:
        raise StorageError(
            "a table cannot be read",
            found=str(error),
            where=f"{location.url}/{key}",
            remedy=f"run `distnet-store {_MADE_BY.get(name, 'link')} --overwrite`",
        ) from error


def _dataset(location: Location, key: str) -> pads.Dataset:
    form = pads.ParquetFileFormat()
    if location.local is not None:
        return pads.dataset(location.local / key, format=form)
    fragment = form.make_fragment(pa.PythonFile(RangedFile(location, key), mode="r"))
    return pads.FileSystemDataset([fragment], fragment.physical_schema, form)


def table_names(location: Location) -> list[tuple[str, TableName]]:
    """Return (result, table) of every table in the dataset, in the schema's order."""
    if location.is_web:
        return _listed(location)
    results = location.children(paths.TABLES)
    return [
        (r, name) for r in results for name in TABLES if location.exists(paths.table_file(r, name))
    ]


def _listed(location: Location) -> list[tuple[str, TableName]]:
    """Return the tables that the group names, which cannot be found otherwise on a web server."""
    listed = _names(location, paths.TABLES)
    results = sorted({name.partition("/")[0] for name in listed})
    return [(r, name) for r in results for name in TABLES if f"{r}/{name}" in listed]


def _ngio_attributes(result: str, name: TableName) -> dict[str, object]:
    """Return the group attributes by which ngio and Fractal recognise a table."""
    if name != "objects":
        return {"type": "generic_table", "table_version": "1", "backend": "parquet"}
    return {
        "type": "feature_table",
        "table_version": "1",
        "backend": "parquet",
        "region": {"path": f"../../../{paths.label_image(result)}"},
        "index_key": "object_id",
        "index_type": "int",
        "instance_key": "label",
    }
