"""Are a result's tables there, with the columns, values and order of the schema?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from distnet_store.spec.table_spec import TableName
from distnet_store.spec.tables import OPTIONAL_TABLES, TABLES, arrow_schema
from distnet_store.store import paths
from distnet_store.store.location import Location
from distnet_store.store.tables import open_table
from distnet_store.store.validate_lineage import check_lineage
from distnet_store.store.validate_report import Kind, Problem, Severity
from distnet_store.store.validate_results import attributes_of, check_result_attributes
from distnet_store.store.validate_review import REVIEW_AGAIN, check_review

LINK_AGAIN = "run `distnet-store link --overwrite`, or import the labels again"
_MEASURE_AGAIN = "run `distnet-store measure --overwrite`"
_MAKE_AGAIN = {
    "edits": "run `distnet-store correct --overwrite`",
    "flags": REVIEW_AGAIN,
    "selections": "delete the selections and save them again with `distnet-store select`",
    "scores": "run `distnet-store evaluate --overwrite`",
    "measures": "run `distnet-store evaluate --overwrite`",
    "outlines": "run `distnet-store outlines --overwrite`",
    "neighbours": "run `distnet-store neighbours --overwrite`",
    "surroundings": "run `distnet-store neighbours --overwrite`",
    "measurements": _MEASURE_AGAIN,
    "cycles": _MEASURE_AGAIN,
}


def make_again(table: str) -> str:
    """Return what to do about a table that is missing or damaged.

    Example:
        >>> make_again("scores")
        'run `distnet-store evaluate --overwrite`'
    """
    return _MAKE_AGAIN.get(table, LINK_AGAIN)


def check_tables(location: Location, n_channels: int, n_frames: int) -> list[Problem]:
    """Check every table of every result, and the tables of a result against one another."""
    problems = _check_listing(location)
    for result in location.children(paths.TABLES):
        tables: dict[TableName, pa.Table] = {}
        for name in _expected_tables(location, result):
            found = _check_group(location, result, name)
            if not any(problem.severity == "error" for problem in found):
                table, more = _checked_table(location, result, name, n_channels)
                found += more
                if table is not None:
                    tables[name] = table
            problems += [replace(problem, remedy=make_again(name)) for problem in found]
        problems += check_lineage(tables, f"{paths.TABLES}/{result}", n_frames)
        problems += check_review(tables, f"{paths.TABLES}/{result}")
    return problems


def _expected_tables(location: Location, result: str) -> list[TableName]:
    """Return the tables that a result must have: all that every result has, and what else is begun.

    Labels that were evaluated without having been linked have their scores only.
    """
    begun = set(location.children(f"{paths.TABLES}/{result}"))
    is_linked = bool(begun - OPTIONAL_TABLES) or not begun
    return [name for name in TABLES if name in begun or (is_linked and name not in OPTIONAL_TABLES)]


def _check_listing(location: Location) -> list[Problem]:
    """Check that every table in the list is there, and every table that is there in the list."""
    attributes = attributes_of(location, paths.TABLES)
    results = location.children(paths.TABLES)
    checked = {f"{r}/{name}" for r in results for name in _expected_tables(location, r)}
    there = {
        f"{result}/{name}"
        for result in results
        for name in location.children(f"{paths.TABLES}/{result}")
        if location.exists(paths.table_file(result, name))
    }
    listed = attributes.get("tables") if attributes else None
    if not isinstance(listed, list):
        text = "there is no list of tables"
        return [Problem(paths.TABLES, "metadata", text, LINK_AGAIN)] if results else []
    names = set(map(str, listed))
    return [
        _listing_problem(name, "missing", "listed, and not there", "error")
        for name in map(str, listed)
        if name not in there | checked
    ] + [
        _listing_problem(name, "metadata", "not in the list", "warning")
        for name in sorted(there - names)
    ]


def _listing_problem(name: str, kind: Kind, text: str, severity: Severity) -> Problem:
    remedy = make_again(name.rpartition("/")[2])
    return Problem(f"{paths.TABLES}/{name}", kind, text, remedy, severity)


def _check_group(location: Location, result: str, name: TableName) -> list[Problem]:
    place = paths.table(result, name)
    if not location.exists(paths.table_file(result, name)):
        return [Problem(place, "missing", f"there is no {paths.TABLE_FILE}")]
    attributes = attributes_of(location, place)
    if not attributes:
        text = "a table without the metadata of its group: it was not finished"
        return [Problem(place, "unfinished", text, severity="warning")]
    problems = check_result_attributes(attributes, place)
    for key in ("type", "table_version", "backend"):
        if key not in attributes:
            text = f"the attribute {key!r} is missing, by which ngio recognises the table"
            problems.append(Problem(place, "metadata", text, severity="warning"))
    return problems


def _checked_table(
    location: Location, result: str, name: TableName, n_channels: int
) -> tuple[pa.Table | None, list[Problem]]:
    """Return the table if it has all columns with the right types, and its problems."""
    place = paths.table_file(result, name)
    try:
        table = open_table(location, result, name).to_table()
    except (pa.ArrowException, OSError) as error:
        text = f"it cannot be read: {str(error).splitlines()[0]}"
        return None, [Problem(place, "columns", text)]
    expected = arrow_schema(name, n_channels)
    problems = [p for field in expected if (p := _column_problem(table, field, place)) is not None]
    if problems:
        return None, problems
    problems = [p for column in expected if (p := _null_problem(table, column, place)) is not None]
    problems += _value_problems(table, name, place)
    whole = not problems
    problems += _unit_problems(table.schema, expected, place)
    problems += _order_problems(table, name, place) if whole else []
    return (table if whole else None), problems


def _column_problem(table: pa.Table, field: pa.Field, place: str) -> Problem | None:
    if field.name not in table.column_names:
        return Problem(place, "columns", f"the column {field.name!r} is missing")
    found = table.schema.field(field.name).type
    if found == field.type or (pa.types.is_dictionary(field.type) and _is_text(found)):
        return None
    text = f"the column {field.name!r} is {found}, expected is {field.type}"
    return Problem(place, "columns", text)


def _is_text(type_: pa.DataType) -> bool:
    plain = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


def _unit_problems(schema: pa.Schema, expected: pa.Schema, place: str) -> list[Problem]:
    """Warn of columns whose metadata name no unit, or another one."""
    units = {field.name: (field.metadata or {}).get(b"unit") for field in schema}
    return [
        Problem(
            place,
            "columns",
            f"the column {field.name!r} has the unit {units[field.name]!r}, expected is {unit!r}",
            severity="warning",
        )
        for field in expected
        if units[field.name] != (unit := field.metadata[b"unit"])
    ]


def _null_problem(table: pa.Table, field: pa.Field, place: str) -> Problem | None:
    count = table[field.name].null_count
    if field.nullable or count == 0:
        return None
    text = f"{count} values of the column {field.name!r} are null, which it cannot be"
    return Problem(place, "columns", text)


def _value_problems(table: pa.Table, name: TableName, place: str) -> list[Problem]:
    problems = []
    for column in TABLES[name].columns:
        if column.values:
            found = pc.unique(table[column.name].cast(pa.string())).to_pylist()
            strange = sorted(set(found) - {*column.values, None})
            if strange:
                text = (
                    f"the column {column.name!r} holds {strange}, known are {list(column.values)}"
                )
                problems.append(Problem(place, "columns", text))
    return problems


def _order_problems(table: pa.Table, name: TableName, place: str) -> list[Problem]:
    """Check that the rows ascend by the columns that the schema names, nulls last."""
    keys = TABLES[name].sorted_by
    columns = [_sort_values(table[key]) for key in keys]
    falls = np.zeros(max(table.num_rows - 1, 0), dtype=bool)
    equal = np.ones_like(falls)
    for values in columns:
        falls |= equal & (values[1:] < values[:-1])
        equal &= values[1:] == values[:-1]
    if not falls.any():
        return []
    row = int(np.flatnonzero(falls)[0]) + 1
    text = f"the rows do not ascend by {', '.join(keys)}, first at row {row}"
    return [Problem(place, "order", text)]


def _sort_values(column: pa.ChunkedArray) -> NDArray[np.number]:
    """Return numbers in the order of a column's values, a null's being the largest."""
    if column.null_count == 0 and not _is_text(column.type):
        values: NDArray[np.number] = column.to_numpy()
        return values
    plain = column.cast(pa.string()) if _is_text(column.type) else column
    return np.asarray(pc.rank(plain.combine_chunks(), sort_keys="ascending", tiebreaker="dense"))
