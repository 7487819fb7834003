"""Is a table written piece by piece, small, and so that a part can be read by any reader?"""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from distnet_store.spec.tables import arrow_schema
from distnet_store.store import table_file
from distnet_store.store.table_file import parquet_bytes, write_parquet

INDEX = pa.table({"t": [0, 0, 1], "row": [1, 2, 0]}, schema=arrow_schema("frame_index"))


def smooth_links(n: int) -> pa.Table:
    """Links of a movie as they are: ids that ascend, small reals, few texts, some nulls."""
    rng = np.random.default_rng(0)
    ids = (np.arange(n) // 100 << 32) + np.arange(n) % 100 + 1
    real = rng.normal(0, 1, n).astype(np.float32)
    columns = {
        "source_id": ids,
        "target_id": ids + (1 << 32),
        "t": ids >> 32,
        "target_t": (ids >> 32) + 1,
        "source_track_id": np.arange(n) % 100 + 1,
        "target_track_id": np.arange(n) % 100 + 1,
        "kind": pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int8)), ["regular"]),
        "origin": pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int8)), ["both"]),
        "residual": pa.array(real, mask=real > 1),
        "disagreement": real,
    }
    return pa.table(columns).cast(arrow_schema("links"))


class AskedRows:
    """Rows that remember which pieces were asked for."""

    def __init__(self, table: pa.Table) -> None:
        self.table, self.asked = table, []
        self.schema, self.num_rows = table.schema, table.num_rows

    def slice(self, offset: int, length: int) -> pa.Table:
        self.asked.append((offset, length))
        return self.table.slice(offset, length)


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "ROWS_PER_GROUP", 2)


@pytest.mark.usefixtures("small_groups")
def test_rows_lie_in_groups_with_a_page_index(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(parquet_bytes(INDEX))
    found = pq.ParquetFile(tmp_path / "a.parquet").metadata
    assert [found.row_group(i).num_rows for i in range(found.num_row_groups)] == [2, 1]
    assert found.row_group(0).column(0).has_offset_index
    assert found.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.usefixtures("small_groups")
def test_no_more_than_a_group_is_asked_for_at_a_time(tmp_path: Path) -> None:
    rows = AskedRows(INDEX)
    with (tmp_path / "a.parquet").open("wb") as file:
        write_parquet(rows, file, {b"key": b"value"})
    assert rows.asked == [(0, 2), (2, 2)]
    found = pq.read_table(tmp_path / "a.parquet")
    assert found.equals(INDEX)
    assert found.schema.metadata == {**INDEX.schema.metadata, b"key": b"value"}


def test_same_table_is_written_as_the_same_bytes() -> None:
    assert parquet_bytes(INDEX) == parquet_bytes(INDEX)


def test_columns_are_stored_by_what_makes_them_small(tmp_path: Path) -> None:
    table = smooth_links(20_000)
    (tmp_path / "a.parquet").write_bytes(parquet_bytes(table))
    pq.write_table(table, tmp_path / "plain.parquet", compression="zstd")
    group = pq.read_metadata(tmp_path / "a.parquet").row_group(0)
    column = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert "DELTA_BINARY_PACKED" in column["source_id"].encodings
    assert "BYTE_STREAM_SPLIT" in column["residual"].encodings
    assert "RLE_DICTIONARY" in column["kind"].encodings
    sizes = [(tmp_path / name).stat().st_size for name in ("a.parquet", "plain.parquet")]
    assert sizes[0] < 0.8 * sizes[1]


def test_other_readers_see_the_same_values(tmp_path: Path) -> None:
    """Nulls, texts and reals too, to the last bit."""
    table = smooth_links(3000)
    path = tmp_path / "a.parquet"
    path.write_bytes(parquet_bytes(table))
    expected = table.to_pydict()
    assert pq.read_table(path).to_pydict() == expected
    assert duckdb.sql(f"FROM '{path}'").arrow().read_all().to_pydict() == expected
    frame = pd.read_parquet(path)
    pd.testing.assert_frame_equal(frame, table.to_pandas())


def test_a_range_of_rows_is_found_by_the_statistics_of_its_group(tmp_path: Path) -> None:
    """What is sorted has limits by which groups are left out; reals, which are not, have none."""
    table = smooth_links(3 * table_file.ROWS_PER_GROUP)
    (tmp_path / "a.parquet").write_bytes(parquet_bytes(table))
    found = pq.read_metadata(tmp_path / "a.parquet")
    names = [field.name for field in table.schema]
    limits = [
        found.row_group(i).column(names.index("source_id")).statistics
        for i in range(found.num_row_groups)
    ]
    assert limits[0].max < limits[1].min <= limits[1].max < limits[2].min
    assert found.row_group(0).column(names.index("residual")).statistics is None
