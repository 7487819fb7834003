"""Are tables written whole, listed, read back as they were, and opened by other programs?"""

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from obstore.store import MemoryStore

from distnet_store.errors import NotFoundError, StorageError, WrongArgumentError
from distnet_store.spec.tables import arrow_schema
from distnet_store.store.location import Location, locate
from distnet_store.store.tables import (
    open_table,
    read_table,
    table_names,
    write_table,
)

INDEX = pa.table({"t": [0, 0, 1], "row": [1, 2, 0]}, schema=arrow_schema("frame_index"))


@pytest.fixture(params=["disk", "bucket"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    if request.param == "disk":
        return locate(tmp_path / "a.ome.zarr", create=True)
    return Location(url="memory://a", local=None, keys=MemoryStore())


def write(location: Location, result: str = "cells", digest: str = "d" * 40) -> None:
    write_table(location, result, "frame_index", INDEX, derived_from=digest)


def test_written_table_is_read_with_its_types_and_units(location: Location) -> None:
    write(location)
    read = read_table(location, "cells", "frame_index")
    assert read.equals(INDEX)
    expected = arrow_schema("frame_index", metadata={"distnet_derived_from": "d" * 40})
    assert read.schema.equals(expected, check_metadata=True)


def test_some_columns_are_read_alone(location: Location) -> None:
    write(location)
    assert read_table(location, "cells", "frame_index", columns=["row"]).column_names == ["row"]


def test_rows_are_filtered_without_reading_all(location: Location) -> None:
    write(location)
    found = open_table(location, "cells", "frame_index")
    assert found.filter(pa.compute.field("t") == 1).to_table()["row"].to_pylist() == [0]


def test_tables_are_listed_in_the_order_of_the_schema(location: Location) -> None:
    write(location, "reference")
    links = arrow_schema("links").empty_table()
    write_table(location, "cells", "links", links, derived_from="")
    write(location, "cells")
    names = [("cells", "links"), ("cells", "frame_index"), ("reference", "frame_index")]
    assert table_names(location) == names
    listed = location.group("tables").attrs.asdict()["tables"]
    assert listed == ["cells/links", "cells/frame_index", "reference/frame_index"]
    assert location.group("tables/cells").attrs.asdict()["tables"] == ["links", "frame_index"]


def test_table_says_what_it_was_derived_from(location: Location) -> None:
    write(location, digest="a" * 40)
    own = location.group("tables/cells/frame_index").attrs.asdict()["distnet"]
    assert own == {"schema_version": "1.0", "kind": "table", "derived_from": "a" * 40}


def test_objects_name_their_labels_as_ngio_does(location: Location) -> None:
    objects = arrow_schema("objects").empty_table()
    write_table(location, "cells", "objects", objects, derived_from="")
    attributes = location.group("tables/cells/objects").attrs.asdict()
    assert (attributes["type"], attributes["backend"]) == ("feature_table", "parquet")
    assert attributes["region"] == {"path": "../../../labels/cells"}
    assert attributes["instance_key"] == "label"


def test_missing_table_is_named_with_what_there_is(location: Location) -> None:
    write(location)
    with pytest.raises(NotFoundError, match="no table 'links'") as caught:
        open_table(location, "cells", "links")
    assert caught.value.found == "cells/frame_index"


@pytest.mark.parametrize("data", [b"", b"not a table at all"])
def test_damaged_table_is_an_error_with_its_place(tmp_path: Path, data: bytes) -> None:
    location = locate(tmp_path)
    write(location)
    location.write("tables/cells/frame_index/table.parquet", data)
    with pytest.raises(StorageError, match="cannot be read"):
        open_table(location, "cells", "frame_index")


def test_name_that_leads_elsewhere_writes_nothing(location: Location) -> None:
    with pytest.raises(WrongArgumentError):
        write(location, "../cells")
    assert location.list_keys("") == []


def test_plain_readers_open_the_file(tmp_path: Path) -> None:
    location = locate(tmp_path)
    write(location)
    path = tmp_path / "tables/cells/frame_index/table.parquet"
    assert pd.read_parquet(path)["row"].tolist() == [1, 2, 0]
    assert duckdb.read_parquet(str(path)).filter("t = 1").fetchall() == [(1, 0)]
