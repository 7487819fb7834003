"""Are the published schemas the generated ones, packed, and openable by others?"""

import json
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pyarrow as pa
import pytest

from distnet_store.spec import publish, table_document
from distnet_store.spec.tables import TABLES, arrow_schema
from distnet_store.spec.version import SCHEMA_VERSION

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "schemas"
MAKE_ANEW = "run python -m distnet_store.spec.publish --document docs/format.md"


def committed_files() -> dict[str, bytes]:
    paths = (SCHEMAS / f"v{SCHEMA_VERSION}").rglob("*")
    return {p.relative_to(SCHEMAS).as_posix(): p.read_bytes() for p in paths if p.is_file()}


def test_committed_schemas_are_the_generated_ones() -> None:
    generated, committed = publish.published_files(), committed_files()
    assert sorted(generated) == sorted(committed), MAKE_ANEW
    different = [name for name, data in generated.items() if committed[name] != data]
    assert not different, MAKE_ANEW


def test_publishing_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        publish.main([str(tmp_path / folder)])
    first, second = (
        {
            p.relative_to(tmp_path / folder): p.read_bytes()
            for p in publish.publish(tmp_path / folder)
        }
        for folder in ("a", "b")
    )
    assert first == second
    assert len(first) == len(publish.published_files())


def test_wheel_takes_every_published_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["distnet_store.schemas"]
    names = publish.published_files()
    left_out = [n for n in names if not any(fnmatch(n, pattern) for pattern in patterns)]
    assert not left_out
    assert all(any(fnmatch(n, pattern) for n in names) for pattern in patterns)


@pytest.mark.parametrize("name", sorted(publish.MODELS))
def test_every_field_is_required_because_every_field_is_written(name: str) -> None:
    schema = json.loads(publish.published_files()[f"v{SCHEMA_VERSION}/{name}.json"])
    assert sorted(schema["required"]) == sorted(schema["properties"])
    assert SCHEMA_VERSION in schema["$comment"]


@pytest.mark.parametrize("name", TABLES)
def test_arrow_schema_is_read_back_with_units_and_descriptions(name: str) -> None:
    data = publish.published_files()[f"v{SCHEMA_VERSION}/tables/{name}.arrows"]
    read = pa.ipc.open_stream(data).read_all()
    assert read.num_rows == 0
    assert read.schema.equals(arrow_schema(name), check_metadata=True)


def test_table_columns_are_published_as_data_too() -> None:
    links = json.loads((SCHEMAS / f"v{SCHEMA_VERSION}/tables/links.json").read_text())
    residual = next(column for column in links["columns"] if column["name"] == "residual")
    assert (residual["type"], residual["unit"], residual["nullable"]) == ("float32", "pixel", True)


def test_tables_in_the_format_document_are_the_generated_ones() -> None:
    document = (ROOT / "docs/format.md").read_text(encoding="utf-8")
    assert table_document.replace_tables(document) == document, MAKE_ANEW


def test_only_the_part_between_the_markers_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "format.md"
    path.write_text(
        f"before\n{table_document.BEGIN}\nwhat was there before\n{table_document.END}\nafter\n"
    )
    publish.main([str(tmp_path / "schemas"), "--document", str(path)])
    text = path.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "what was there before" not in text
    assert "| `object_id` | int64 |" in text


@pytest.mark.parametrize("text", ["nothing", table_document.BEGIN, table_document.END])
def test_a_document_without_a_place_for_the_tables_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no place for the tables"):
        table_document.replace_tables(text)
