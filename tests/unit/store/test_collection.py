"""Which folders make a collection, and which do not."""

import pytest

from distnet_store.errors import NotADatasetError, NotFoundError
from distnet_store.store.collection import Collection, find_collection, open_collection
from distnet_store.store.movie import open_movie


def make(folder, *names):
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "zarr.json").write_text("{}")


def test_datasets_lie_at_any_depth_and_what_is_in_them_is_not_listed(tmp_path):
    make(tmp_path, "b.ome.zarr", "b.ome.zarr/labels/x.zarr", "sub-01/micr/a.ome.zarr", ".c.zarr")
    (tmp_path / "notes").mkdir()
    (tmp_path / "file.zarr.txt").touch()
    expected = ("b.ome.zarr", "sub-01/micr/a.ome.zarr")
    for target in (tmp_path, str(tmp_path), f"{tmp_path}/", f"file://{tmp_path}"):
        assert open_collection(target).names == expected
    assert len(open_collection(tmp_path)) == 2
    assert Collection("s3://b/movies/", ("a.zarr",)).url_of("a.zarr") == "s3://b/movies/a.zarr"


def test_a_dataset_is_no_collection_and_neither_is_what_holds_none(tmp_path):
    make(tmp_path, "b.ome.zarr", "group")
    (tmp_path / "empty").mkdir()
    for name in ("b.ome.zarr", "group", "empty", "absent", "x*.zarr"):
        assert find_collection(tmp_path / name) is None
    assert find_collection("https://example.org/movies") is None  # nothing is asked of the server
    with pytest.raises(NotFoundError, match="no datasets"):
        open_collection(tmp_path / "empty")
    with pytest.raises(NotADatasetError):
        open_movie(tmp_path / "empty")


def test_a_pattern_chooses_by_the_path_below_its_first_folder(tmp_path, monkeypatch):
    make(tmp_path, "m/sub-01/a.zarr", "m/sub-02/a.zarr", "m/sub-02/b.zarr", "m/[x]/a.zarr")
    find = f"{tmp_path}/m"
    assert open_collection(f"{find}/sub-0?/a.zarr").names == ("sub-01/a.zarr", "sub-02/a.zarr")
    assert open_collection(f"{find}/sub-02*").names == ("sub-02/a.zarr", "sub-02/b.zarr")
    assert open_collection(f"{find}/*b.zarr").url == find
    monkeypatch.chdir(tmp_path / "m")
    assert open_collection("*-01*").names == ("sub-01/a.zarr",)
    (tmp_path / "m" / "what?").mkdir()
    make(tmp_path / "m" / "what?", "c.zarr")
    assert open_collection("what?").names == ("c.zarr",)  # a folder that is there goes by its name


def test_in_a_bids_dataset_only_raw_data_count_unless_others_are_asked_for(tmp_path):
    make(tmp_path, "sub-01/micr/a.ome.zarr", "derivatives/distnet/sub-01/micr/a.ome.zarr")
    assert len(open_collection(tmp_path)) == 2
    (tmp_path / "dataset_description.json").write_text("{}")
    assert open_collection(tmp_path).names == ("sub-01/micr/a.ome.zarr",)
    assert open_collection(tmp_path / "derivatives").names == ("distnet/sub-01/micr/a.ome.zarr",)
