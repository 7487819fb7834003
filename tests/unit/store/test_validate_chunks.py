"""A flipped bit is found wherever it is, and the chunk is named; so are pages of tables."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from distnet_store.store.location import locate
from distnet_store.store.movie import open_movie
from distnet_store.store.table_file import parquet_bytes
from distnet_store.store.validate import validate
from distnet_store.store.validate_chunks import check_chunks

WHOLE = Path(__file__).parents[2] / "data" / "stores" / "v1.0" / "chamber10-small.ome.zarr"
SHARD = "labels/reference/s0/c/0/0/0"


@pytest.fixture
def dataset(tmp_path):
    return Path(shutil.copytree(WHOLE, tmp_path / "movie.ome.zarr"))


def flip(path: Path, byte: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[byte] ^= 1 << bit
    path.write_bytes(bytes(data))


def test_a_whole_dataset_has_no_damage(dataset):
    assert check_chunks(locate(dataset)) == []


def test_any_flipped_bit_of_a_shard_is_found(dataset):
    path = dataset / SHARD
    whole, random = path.read_bytes(), np.random.default_rng(1)
    for byte in random.integers(0, len(whole), 60).tolist():
        flip(path, byte, bit=int(random.integers(8)))
        assert {problem.place for problem in check_chunks(locate(dataset))} == {SHARD}, byte
        path.write_bytes(whole)


def test_the_chunk_in_the_shard_is_named(dataset):
    path = dataset / SHARD
    flip(path, 3)  # chunks are stored one after the other, the first one first
    (problem,) = check_chunks(locate(dataset))
    assert problem.kind == "damaged"
    side = open_movie(dataset).shape
    assert f"the chunk t 0:1, y 0:{side[2]}, x 0:{side[3]} cannot be read" in problem.text
    assert "checksum" in problem.text
    assert validate(dataset).is_valid  # which reads no pixels
    assert not validate(dataset, deep=True).is_valid


def test_damage_below_the_first_level_and_of_maps_is_found_too(dataset):
    keys = [key for key in locate(dataset).list_keys("") if "/c/" in f"/{key}"]
    images = {key.partition("/c/")[0] for key in keys}
    assert len(images) > 2
    for image in images:
        key = next(key for key in keys if key.startswith(f"{image}/c/"))
        whole = (dataset / key).read_bytes()
        flip(dataset / key, len(whole) // 3)
        assert {problem.place for problem in check_chunks(locate(dataset))} == {key}
        (dataset / key).write_bytes(whole)


def test_shards_that_were_cut_short_are_found(dataset):
    path = dataset / SHARD
    path.write_bytes(path.read_bytes()[:-40])
    (problem,) = check_chunks(locate(dataset))
    assert (problem.place, problem.kind) == (SHARD, "damaged")


def test_a_flipped_bit_in_a_table_is_found_and_its_column_named(dataset):
    key = "tables/reference/objects/table.parquet"
    table = open_movie(dataset).read_table("reference", "objects")
    whole = parquet_bytes(table)
    (dataset / key).write_bytes(whole)
    assert check_chunks(locate(dataset)) == []
    found = 0
    for byte in range(40, len(whole) // 2, 97):
        flip(dataset / key, byte)
        problems = check_chunks(locate(dataset))
        assert {problem.place for problem in problems} <= {key}
        found += any("column '" in problem.text for problem in problems)
        (dataset / key).write_bytes(whole)
    assert found > 10
