"""A dataset in a bucket is the dataset on a disk: the same bytes, the same refusals, the same recovery."""

import hashlib
import pickle

import numpy as np
import pytest
from faulty_proxy import Faults, faulty_proxy
from s3_servers import SERVERS, environment, make_bucket, running_server

from distnet_store.errors import ConflictError, StorageError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.segment import segment
from distnet_store.pipeline.single_unit import carry_out_unit
from distnet_store.pipeline.targets import targets, targets_operation
from distnet_store.store import paths
from distnet_store.store.claim import claimed
from distnet_store.store.collection import find_collection, open_collection
from distnet_store.store.location import locate
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate

PRIVATE = f"{paths.PRIVATE}/"


@pytest.fixture(scope="module", params=SERVERS)
def server(request, tmp_path_factory):
    with running_server(request.param, tmp_path_factory.mktemp("server")) as address:
        make_bucket(address, "movies")
        yield address


@pytest.fixture
def bucket(server, monkeypatch):
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)
    return "s3://movies"


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 3)


def make_movie(chamber, target):
    movie = import_movie(
        chamber.images, target, pixel_size_um=0.1, frame_interval_s=300, overwrite=True
    )
    return import_labels(movie, chamber.labels.astype(np.int32), links=chamber.links)


def keys_and_bytes(movie):
    """Return the digest of every key's bytes, but for what holds times: the private folder and the root."""
    keys = [key for key in movie.location.list_keys("") if not key.startswith(PRIVATE)]
    keys.remove(paths.ROOT_METADATA)
    return {key: hashlib.sha256(movie.location.read(key)).hexdigest() for key in keys}


def test_every_step_leaves_the_bytes_that_it_leaves_on_a_disk(bucket, chamber10, tmp_path):
    found = []
    for target in (f"{bucket}/whole/chamber10.ome.zarr", tmp_path / "chamber10.ome.zarr"):
        movie = make_movie(chamber10, target)
        targets(movie)
        segment(movie, prediction="targets")
        link(movie, prediction="targets")
        assert validate(target).is_valid
        found.append(keys_and_bytes(open_movie(target)))
    in_bucket, on_disk = found
    assert in_bucket == on_disk


def test_units_computed_apart_make_the_same_whole(bucket, chamber10):
    movie = make_movie(chamber10, f"{bucket}/apart/chamber10.ome.zarr")
    operation = targets_operation(movie)
    for unit in reversed(operation.plan.units):
        last = carry_out_unit(operation, unit.name)
    assert last.run is not None
    whole = targets(movie, name="whole")
    assert whole.units_computed == 4
    for kind in ("edm", "displacement"):
        np.testing.assert_array_equal(
            movie.prediction("targets", kind), movie.prediction("whole", kind)
        )


def test_one_key_is_created_once(bucket):
    location = locate(f"{bucket}/created")
    assert location.create("key", b"first")
    assert not location.create("key", b"second")
    assert location.read("key") == b"first"


def test_a_second_writer_is_told(bucket, chamber10):
    movie = make_movie(chamber10, f"{bucket}/claimed/chamber10.ome.zarr")
    folder = paths.claims(paths.prediction("targets"))
    with claimed(movie.location, folder), pytest.raises(ConflictError, match="another process"):
        targets(movie)
    assert targets(movie).units_computed == 4


def test_a_bucket_that_is_not_there_is_told(bucket, chamber10):
    with pytest.raises(StorageError, match="storage refused"):
        make_movie(chamber10, "s3://no-such-bucket/chamber10.ome.zarr")


def test_a_store_that_fails_one_request_in_twenty_changes_nothing(
    server, bucket, chamber10, monkeypatch
):
    sound = make_movie(chamber10, f"{bucket}/sound/chamber10.ome.zarr")
    targets(sound)
    faults = Faults(every=20)
    with faulty_proxy(server, faults) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        target = f"{bucket}/failing/chamber10.ome.zarr"
        movie = make_movie(chamber10, target)
        targets(movie)
    assert faults.failed > 10
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    assert keys_and_bytes(open_movie(target)) == keys_and_bytes(sound)


def test_no_connection_is_told(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageError, match="check the address, the credentials and the connection"):
        open_movie(f"{bucket}/nowhere.ome.zarr")


@pytest.fixture
def profile(server, tmp_path, monkeypatch):
    """A home with the profile `lab`, which knows keys, region and address of the server."""
    for name in environment(server):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "credentials").write_text(
        "[lab]\naws_access_key_id = test\naws_secret_access_key = test\n"
    )
    (tmp_path / "config").write_text(
        f"[profile lab]\nregion = us-east-1\nendpoint_url = {server}\n[profile empty]\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "lab")


def test_a_profile_gives_keys_region_and_address(profile):
    there = pickle.dumps(locate("s3://movies/by-profile"))
    location = pickle.loads(there)  # noqa: S301 - as dask sends it to a worker
    location.write("key", b"value")
    assert location.read("key") == b"value"


def test_a_profile_that_is_not_there_is_told(profile, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(StorageError, match=r"no profile 'nobody'\n.*lab"):
        locate("s3://movies/by-profile")


def test_a_profile_without_credentials_is_told(profile, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "empty")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StorageError, match="has no credentials"):
        locate("s3://movies/by-profile").read("key")


def test_a_prefix_of_movies_is_a_collection(bucket, chamber10):
    names = ("sub-01/micr/a.ome.zarr", "sub-02/micr/b.ome.zarr")
    for name in names:
        import_movie(
            chamber10.images[:2],
            f"{bucket}/collection/{name}",
            pixel_size_um=0.1,
            frame_interval_s=300,
            overwrite=True,
        )
    for target in (f"{bucket}/collection", f"{bucket}/collection/"):
        assert open_collection(target).names == names
    assert [movie.n_frames for movie in open_collection(f"{bucket}/collection/*b.ome*")] == [2]
    assert find_collection(f"{bucket}/collection/{names[0]}") is None
