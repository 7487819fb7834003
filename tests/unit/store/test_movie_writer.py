"""Does a new dataset appear whole or not at all, and is nothing else replaced by it?"""

from pathlib import Path

import numpy as np
import pytest
import zarr

from distnet_store.errors import (
    MisalignedWriteError,
    StorageError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.spec.dataset import CONVENTION, Provenance
from distnet_store.store import movie_writer as module
from distnet_store.store.movie_writer import MovieWriter, check_target, create_movie
from distnet_store.store.ngff_write import PixelScale

FRAMES = np.arange(5 * 2 * 6 * 4, dtype=np.uint16).reshape(5, 2, 6, 4)
SCALE = PixelScale((0.1, 0.2), 30.0)


@pytest.fixture(autouse=True)
def _two_frames_in_a_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 2)


def create(target: Path, *, overwrite: bool = False, names: tuple[str, ...] = ("a", "b")):
    return create_movie(
        target,
        shape=FRAMES.shape,
        dtype=FRAMES.dtype,
        channel_names=names,
        scale=SCALE,
        provenance=Provenance(format="array"),
        overwrite=overwrite,
    )


def write_all(writer: MovieWriter, frames: np.ndarray = FRAMES) -> None:
    for start in range(0, len(frames), writer.frames_per_shard):
        writer.write(start, frames[start : start + writer.frames_per_shard])


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "movie.ome.zarr"


def test_movie_is_read_back_with_its_metadata(target: Path) -> None:
    writer = create(target)
    write_all(writer)
    movie = writer.finish()
    np.testing.assert_array_equal(movie.image().to_numpy(), FRAMES)
    np.testing.assert_array_equal(movie.frame(3), FRAMES[3])
    assert (movie.shape, movie.dtype) == (FRAMES.shape, FRAMES.dtype)
    assert (movie.channel_names, movie.scale) == (("a", "b"), SCALE)
    assert movie.attributes is not None
    assert movie.attributes.frames_per_shard == 2
    assert movie.layout.name == "movie"


def test_dataset_is_announced_as_a_convention(target: Path) -> None:
    writer = create(target)
    write_all(writer)
    attributes = writer.finish().location.group().attrs.asdict()
    assert attributes["zarr_conventions"] == [CONVENTION]
    assert attributes["distnet"]["schema_version"] == "1.0"


def test_nothing_stands_at_the_target_before_the_end(target: Path) -> None:
    writer = create(target)
    write_all(writer)
    assert not target.exists()
    writer.finish()
    assert [p.name for p in target.parent.iterdir()] == ["movie.ome.zarr"]


def test_aborted_movie_leaves_nothing(target: Path) -> None:
    writer = create(target)
    writer.write(0, FRAMES[:2])
    writer.abort()
    assert list(target.parent.iterdir()) == []


def test_movie_with_missing_frames_is_not_finished(target: Path) -> None:
    writer = create(target)
    writer.write(0, FRAMES[:2])
    with pytest.raises(WrongArgumentError, match="frames are missing") as caught:
        writer.finish()
    assert (caught.value.expected, caught.value.found) == ("5", "2")
    assert not target.exists()


def test_part_of_a_shard_is_refused(target: Path) -> None:
    with pytest.raises(MisalignedWriteError):
        create(target).write(0, FRAMES[:1])


def test_existing_target_is_kept_unless_it_may_be_replaced(target: Path) -> None:
    first = create(target)
    write_all(first)
    first.finish()
    with pytest.raises(TargetExistsError, match="the target exists"):
        create(target)
    second = create(target, overwrite=True)
    write_all(second, FRAMES + 1)
    assert zarr.open_array(str(target / "s0"), mode="r")[0, 0, 0, 0] == FRAMES[0, 0, 0, 0]
    np.testing.assert_array_equal(second.finish().frame(0), FRAMES[0] + 1)
    assert [p.name for p in target.parent.iterdir()] == ["movie.ome.zarr"]


def test_old_movie_is_there_until_the_new_one_stands_in_its_place(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = create(target)
    write_all(first)
    first.finish()
    second = create(target, overwrite=True)
    write_all(second, FRAMES + 1)

    def stop(partial: Path, place: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "put_in_place", stop)
    with pytest.raises(KeyboardInterrupt):
        second.finish()
    assert zarr.open_array(str(target / "s0"), mode="r")[0, 0, 0, 0] == FRAMES[0, 0, 0, 0]


def test_movie_that_came_to_the_target_meanwhile_is_kept(target: Path) -> None:
    slow, quick = create(target), create(target.with_name("other.ome.zarr"))
    write_all(slow)
    write_all(quick, FRAMES + 1)
    quick.finish()
    target.with_name("other.ome.zarr").rename(target)
    with pytest.raises(TargetExistsError):
        slow.finish()
    assert zarr.open_array(str(target / "s0"), mode="r")[0, 0, 0, 0] == FRAMES[0, 0, 0, 0] + 1


def test_folder_that_is_no_dataset_is_never_replaced(target: Path) -> None:
    target.mkdir()
    (target / "thesis.tex").touch()
    with pytest.raises(WrongArgumentError, match="is no Zarr dataset"):
        check_target(str(target), overwrite=True)


def test_empty_folder_may_be_replaced(target: Path) -> None:
    target.mkdir()
    check_target(str(target), overwrite=True)
    with pytest.raises(TargetExistsError):
        check_target(str(target), overwrite=False)


@pytest.mark.parametrize("names", [(), ("a",), ("a", "b", "c")])
def test_each_channel_needs_a_name(target: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(WrongArgumentError, match="a name for each channel"):
        create(target, names=names)
    assert not target.parent.joinpath(".movie.ome.zarr.partial").exists()


def test_digest_tells_whether_the_pixels_are_the_same(target: Path) -> None:
    digests = []
    for number, frames in enumerate((FRAMES, FRAMES, FRAMES[::-1])):
        writer = create(target.with_name(f"{number}.ome.zarr"))
        write_all(writer, frames)
        attributes = writer.finish().attributes
        assert attributes is not None
        digests.append(attributes.image_digest)
    assert digests[0] == digests[1] != digests[2]


def test_failure_behind_a_write_is_told_by_the_next_call_and_leaves_nothing(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StorageError("the disk is full")

    for later in ("write", "finish"):
        writer = create(target)
        monkeypatch.setattr(writer._image, "write", refuse)
        writer.write(0, FRAMES[: writer.frames_per_shard])
        with pytest.raises(StorageError, match="full"):
            writer.finish() if later == "finish" else writer.write(2, FRAMES[2:4])
        writer.abort()
        assert list(target.parent.iterdir()) == []
