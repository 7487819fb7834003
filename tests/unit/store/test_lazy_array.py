"""Is a stored image lazy, in one order of axes, with physical coordinates?"""

from pathlib import Path

import numpy as np
import pytest
import zarr

from distnet_store.errors import NotFoundError
from distnet_store.store.lazy_array import lazy_image
from distnet_store.store.location import Location, locate
from distnet_store.store.ngff_read import open_image_group, read_image_layout
from distnet_store.store.ngff_write import ImagePlan, MultiscaleWriter, PixelScale, describe_image

FRAMES = np.arange(3 * 2 * 300 * 260, dtype=np.uint16).reshape(3, 2, 300, 260)


@pytest.fixture
def location(tmp_path: Path) -> Location:
    place = locate(tmp_path / "a.ome.zarr", create=True)
    plan = ImagePlan("tcyx", FRAMES.shape, np.uint16, PixelScale((0.1, 0.2), 30.0), 2)
    writer = MultiscaleWriter(place, "", plan)
    writer.write(0, FRAMES[:2])
    writer.write(2, FRAMES[2:])
    writer.finish(describe_image("a", plan), {})
    return place


def open_lazily(location: Location, level: int = 0, path: str = ""):
    layout = read_image_layout(open_image_group(location, path), "")
    return lazy_image(location, path, layout, level)


def test_image_is_read_back_block_by_block(location: Location) -> None:
    image = open_lazily(location)
    assert image.dims == ("t", "c", "y", "x")
    assert image.chunks == ((2, 1), (2,), (300,), (260,))
    np.testing.assert_array_equal(image.to_numpy(), FRAMES)


def test_opening_reads_no_pixels(location: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("pixels were read")

    monkeypatch.setattr(zarr.Array, "__getitem__", refuse)
    assert open_lazily(location).shape == FRAMES.shape


def test_coordinates_are_the_centres_of_the_pixels(location: Location) -> None:
    full, half = open_lazily(location, 0), open_lazily(location, 1)
    np.testing.assert_allclose(full["t"], [0, 30, 60])
    np.testing.assert_allclose(full["x"][:3], [0, 0.2, 0.4])
    np.testing.assert_allclose(half["x"][:2], [0.1, 0.5])
    np.testing.assert_allclose(half["y"][:2], [0.05, 0.25])
    assert full["t"].attrs == {"units": "second"}
    assert full["y"].attrs == {"units": "micrometer"}
    assert half.shape == (3, 2, 150, 130)


@pytest.mark.parametrize("level", [-1, 2])
def test_level_that_is_not_there_is_refused(location: Location, level: int) -> None:
    with pytest.raises(NotFoundError, match=f"no pyramid level {level}") as caught:
        open_lazily(location, level)
    assert caught.value.expected == "0 to 1"


@pytest.mark.parametrize(
    ("axes", "shape", "expected"),
    [
        ("yx", (4, 6), (1, 1, 4, 6)),
        ("tyx", (2, 4, 6), (2, 1, 4, 6)),
        ("ctyx", (3, 2, 4, 6), (2, 3, 4, 6)),
        ("tzyx", (2, 1, 4, 6), (2, 1, 4, 6)),
    ],
)
def test_axes_of_other_programs_come_as_tcyx(
    tmp_path: Path, axes: str, shape: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    kinds = {"t": "time", "c": "channel"}
    ome = {
        "version": "0.5",
        "multiscales": [
            {
                "axes": [{"name": a, "type": kinds.get(a, "space")} for a in axes],
                "datasets": [{"path": "0", "coordinateTransformations": []}],
            }
        ],
    }
    store = zarr.storage.LocalStore(tmp_path)
    zarr.create_group(store, attributes={"ome": ome})
    values = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    zarr.create_array(store, name="0", data=values)
    image = open_lazily(locate(tmp_path))
    assert image.shape == expected
    plane = values[:, 0] if "z" in axes else values
    kept = axes.replace("z", "")
    ordered = plane.transpose([kept.index(axis) for axis in "tcyx" if axis in kept])
    np.testing.assert_array_equal(image.to_numpy().squeeze(), ordered.squeeze())
