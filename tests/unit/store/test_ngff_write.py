"""Is an image written whole shards at a time, with the levels and metadata that readers expect?"""

from pathlib import Path

import numpy as np
import pytest
import zarr

from distnet_store.errors import MisalignedWriteError, StorageError
from distnet_store.store.location import Location, locate
from distnet_store.store.ngff_read import open_image_group, open_level, read_image_layout
from distnet_store.store.ngff_write import (
    ImagePlan,
    MultiscaleWriter,
    PixelScale,
    describe_image,
    frames_per_shard,
    halving_of,
    write_group,
)

SCALE = PixelScale((0.1, 0.2), 30.0)


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return locate(tmp_path / "a.ome.zarr", create=True)


def labels_plan(height: int = 6, width: int = 4) -> ImagePlan:
    return ImagePlan("tyx", (5, height, width), np.uint32, SCALE, 2, halving_of(labels=True))


def frames(plan: ImagePlan, count: int) -> np.ndarray:
    size = (count, *plan.shape[1:])
    return np.arange(np.prod(size), dtype=plan.dtype).reshape(size)


@pytest.mark.parametrize(
    ("height", "width", "n_frames", "expected"),
    [
        (512, 512, 1000, 16),
        (2048, 2048, 1000, 1),
        (8192, 8192, 1000, 1),  # one frame is more than a unit: still one
        (64, 64, 1000, 64),
        (64, 64, 10, 10),
    ],
)
def test_shard_holds_a_bounded_number_of_frames(
    height: int, width: int, n_frames: int, expected: int
) -> None:
    assert frames_per_shard(height, width, n_frames) == expected


@pytest.mark.parametrize(
    ("t_start", "count"), [(1, 2), (0, 1), (0, 3), (2, 1), (4, 2), (0, 0), (6, 2), (1, 1), (3, 2)]
)
def test_write_of_a_part_of_a_shard_is_refused(
    location: Location, t_start: int, count: int
) -> None:
    writer = MultiscaleWriter(location, "labels/cells", labels_plan())
    with pytest.raises(MisalignedWriteError, match="whole shards") as caught:
        writer.write(t_start, frames(labels_plan(), count))
    assert f"time points {t_start} to {t_start + count}" in caught.value.found
    assert not list((location.local or Path()).rglob("c"))


def test_frames_of_another_size_are_refused(location: Location) -> None:
    writer = MultiscaleWriter(location, "labels/cells", labels_plan())
    with pytest.raises(MisalignedWriteError):
        writer.write(0, np.zeros((2, 4, 6), np.uint32))


def test_shards_in_any_order_and_a_short_last_one_are_read_back(location: Location) -> None:
    plan = labels_plan()
    whole = frames(plan, 5)
    writer = MultiscaleWriter(location, "labels/cells", plan)
    for start, stop in ((4, 5), (0, 2), (2, 4)):
        writer.write(start, whole[start:stop])
    writer.finish(describe_image("cells", plan, labels=True), {})
    group = open_image_group(location, "labels/cells")
    layout = read_image_layout(group, "")
    np.testing.assert_array_equal(open_level(group, layout.levels[0], "")[:], whole)


def test_second_writer_adds_to_the_arrays_of_the_first(location: Location) -> None:
    plan = labels_plan()
    whole = frames(plan, 5)
    MultiscaleWriter(location, "x", plan).write(0, whole[:4])
    MultiscaleWriter(location, "x", plan, opening="shared").write(4, whole[4:])
    array = zarr.open_array(location.zarr_store(read_only=True), path="x/s0")
    np.testing.assert_array_equal(array[:], whole)


def test_one_shard_is_one_file_of_whole_frames(location: Location) -> None:
    plan = ImagePlan("tcyx", (4, 2, 600, 520), np.uint16, SCALE, 2)
    MultiscaleWriter(location, "", plan).write(0, np.ones((2, 2, 600, 520), np.uint16))
    array = zarr.open_array(location.zarr_store(read_only=True), path="s0")
    assert array.chunks == (1, 1, 300, 260)
    assert array.shards == (2, 2, 600, 520)
    assert array.metadata.dimension_names == ("t", "c", "y", "x")
    assert location.local is not None
    assert [p.name for p in (location.local / "s0/c").rglob("*") if p.is_file()] == ["0"]


def test_levels_of_an_image_are_means_and_of_labels_are_picked(location: Location) -> None:
    block = np.zeros((1, 1, 512, 512), np.uint16)
    block[0, 0, :2, :2] = [[10, 20], [30, 40]]
    for name, plan in {
        "image": ImagePlan("tcyx", block.shape, np.uint16, SCALE, 1),
        "labels": ImagePlan("tcyx", block.shape, np.uint16, SCALE, 1, halving_of(labels=True)),
    }.items():
        MultiscaleWriter(location, name, plan).write(0, block)
    store = location.zarr_store(read_only=True)
    values = [int(zarr.open_array(store, path=f"{n}/s1")[0, 0, 0, 0]) for n in ("image", "labels")]
    assert values == [25, 10]


def test_scale_doubles_and_means_are_shifted_by_half_a_pixel() -> None:
    plan = ImagePlan("tcyx", (3, 1, 512, 512), np.uint16, SCALE, 1)
    image = describe_image("a", plan).multiscales[0]
    steps = [dataset.coordinateTransformations for dataset in image.datasets]
    assert [step[0].scale for step in steps] == [(30, 1, 0.1, 0.2), (30, 1, 0.2, 0.4)]
    assert [len(step) for step in steps] == [1, 2]
    assert steps[1][1].translation == (0, 0, 0.05, 0.1)


def test_picked_levels_are_not_shifted() -> None:
    plan = labels_plan(512, 512)
    steps = describe_image("a", plan, labels=True).multiscales[0].datasets[1]
    assert [step.type for step in steps.coordinateTransformations] == ["scale"]


def test_unknown_scale_gives_axes_without_units() -> None:
    plan = ImagePlan("tcyx", (3, 1, 8, 8), np.uint16, PixelScale(None, None), 1)
    image = describe_image("a", plan).multiscales[0]
    assert [axis.unit for axis in image.axes] == [None] * 4
    assert image.datasets[0].coordinateTransformations[0].scale == (1, 1, 1, 1)


def test_group_metadata_replace_what_was_there(location: Location) -> None:
    write_group(location, "labels", {"ome": {"labels": ["a"]}, "old": 1})
    write_group(location, "labels", {"ome": {"labels": ["a", "b"]}})
    assert location.group("labels").attrs.asdict() == {"ome": {"labels": ["a", "b"]}}


def test_full_disk_is_reported_as_such(location: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = MultiscaleWriter(location, "x", labels_plan())

    def refuse(*args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zarr.Array, "__setitem__", refuse)
    with pytest.raises(StorageError, match="No space left"):
        writer.write(0, frames(labels_plan(), 2))


@pytest.mark.parametrize("empty", [(), (1,), (0, 1)])
def test_empty_chunks_are_left_out_and_the_bytes_are_those_that_zarr_writes(
    location: Location, empty: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames of 6 × 600 pixels are two chunks each."""
    plan = labels_plan(6, 600)
    block = frames(plan, 2) + 1
    for t in empty:
        block[t, :, 300:] = 0
    found = []
    for path in ("quick", "plain"):
        MultiscaleWriter(location, path, plan).write(0, block)
        keys = location.list_keys(path)
        found.append([location.read(key) for key in keys if "/c/" in key])
        monkeypatch.setattr("distnet_store.store.ngff_write._unchecked", lambda array, _: array)
    assert found[0] == found[1]
    assert len(found[0]) == 3  # levels
    whole = MultiscaleWriter(location, "whole", plan)
    whole.write(0, frames(plan, 2) + 1)
    size = sum(len(location.read(key)) for key in location.list_keys("whole") if "/c/" in key)
    assert (sum(map(len, found[0])) < size) == bool(empty)
