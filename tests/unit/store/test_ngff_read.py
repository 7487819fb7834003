"""OME-NGFF metadata of every version and order of axes are understood, or refused with a reason."""

import json
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from distnet_store.errors import InvalidDataError, NotADatasetError, SchemaVersionError
from distnet_store.store.location import locate
from distnet_store.store.ngff_read import (
    ImageLayout,
    frame_reader,
    open_image_group,
    open_level,
    read_image_layout,
    read_label_layout,
    read_movie_layout,
)
from distnet_store.store.ngff_units import length_um, time_s

SIZES = {"t": 4, "c": 2, "z": 1, "y": 5, "x": 6}
KINDS = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


def multiscale(axes: str, scale: list[float] | None = None, **more: object) -> dict[str, object]:
    steps = [{"type": "scale", "scale": scale or [1.0] * len(axes)}]
    return {
        "axes": [{"name": axis, "type": KINDS[axis]} for axis in axes],
        "datasets": [{"path": "0", "coordinateTransformations": steps}],
        **more,
    }


def image_group(
    axes: str, attributes: dict[str, object], *, dtype: str = "uint16", zarr_format: int = 3
) -> zarr.Group:
    shape = tuple(SIZES[axis] for axis in axes)
    group = zarr.create_group({}, attributes=attributes, zarr_format=zarr_format)
    pixels = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
    group.create_array("0", data=pixels)
    return group


def group_05(axes: str, dtype: str = "uint16", **more: object) -> zarr.Group:
    ome = {"version": "0.5", "multiscales": [multiscale(axes, **more)]}
    return image_group(axes, {"ome": ome}, dtype=dtype)


def layout_of(group: zarr.Group) -> ImageLayout:
    return read_movie_layout(group, "movie.ome.zarr")


@given(
    axes=st.sampled_from(["", "t", "c", "z", "tc", "tz", "cz", "tcz"]).flatmap(
        lambda outer: st.permutations(outer + "yx").map("".join)
    )
)
def test_frames_are_c_y_x_for_any_order_of_axes(axes: str) -> None:
    group = group_05(axes)
    layout = layout_of(group)
    array = open_level(group, layout.levels[0], "movie")
    read = frame_reader(array, layout)
    frames, channels, height, width = layout.shape_tcyx
    assert (height, width) == (5, 6)
    for t in range(frames):
        for c in range(channels):
            places = {"t": t, "c": c, "z": 0}
            plane = np.asarray(array[:])[tuple(places.get(a, slice(None)) for a in axes)]
            expected = plane if axes.index("y") < axes.index("x") else plane.T
            np.testing.assert_array_equal(read(t)[c], expected)


def test_version_0_4_stands_in_the_attributes_themselves() -> None:
    attributes = {"multiscales": [multiscale("tcyx", version="0.4")], "omero": {"channels": []}}
    layout = layout_of(image_group("tcyx", attributes, zarr_format=2))
    assert (layout.ngff_version, layout.shape_tcyx) == ("0.4", (4, 2, 5, 6))
    assert layout.channel_names == ("channel 0", "channel 1")


def test_version_0_3_names_its_axes_by_letters() -> None:
    image = {"version": "0.3", "axes": ["c", "y", "x"], "datasets": [{"path": "0"}]}
    layout = layout_of(image_group("cyx", {"multiscales": [image]}, zarr_format=2))
    assert layout.axes == ("c", "y", "x")
    assert layout.pixel_size_um is None


def test_units_become_micrometer_and_seconds() -> None:
    image = multiscale("tyx", [0.5, 130.0, 65.0])
    for axis, unit in zip(image["axes"], ["minute", "nanometer", "nanometer"], strict=True):
        axis["unit"] = unit
    group = image_group("tyx", {"ome": {"version": "0.5", "multiscales": [image]}})
    layout = layout_of(group)
    assert layout.pixel_size_um == pytest.approx((0.13, 0.065))
    assert layout.frame_interval_s == 30


def test_without_units_nothing_is_known_of_sizes() -> None:
    layout = layout_of(group_05("tyx", scale=[5.0, 0.1, 0.1]))
    assert layout.levels[0].scale == (5.0, 0.1, 0.1)
    assert (layout.pixel_size_um, layout.frame_interval_s) == (None, None)


def test_transformations_of_level_and_image_are_put_together() -> None:
    image = multiscale("yx", [2.0, 3.0])
    image["datasets"][0]["coordinateTransformations"].append(
        {"type": "translation", "translation": [0.5, 1.0]}
    )
    image["coordinateTransformations"] = [{"type": "scale", "scale": [10.0, 10.0]}]
    layout = layout_of(image_group("yx", {"ome": {"version": "0.5", "multiscales": [image]}}))
    assert layout.levels[0].scale == (20.0, 30.0)
    assert layout.levels[0].translation == (5.0, 10.0)


def test_channel_names_come_from_the_rendering_hints() -> None:
    ome = {"version": "0.5", "multiscales": [multiscale("cyx")]}
    ome["omero"] = {"channels": [{"label": "phase"}, {"label": "gfp"}]}
    assert layout_of(image_group("cyx", {"ome": ome})).channel_names == ("phase", "gfp")
    ome["omero"] = {"channels": [{"label": "phase"}]}
    layout = layout_of(image_group("cyx", {"ome": ome}))
    assert layout.channel_names == ("channel 0", "channel 1")
    assert "omero names 1 channels, the image has 2" in layout.warnings[0]


def test_a_missing_version_is_read_and_warned_of() -> None:
    group = image_group("yx", {"ome": {"multiscales": [multiscale("yx")]}})
    assert layout_of(group).warnings == ("no OME-NGFF version is given; read as 0.5",)


@pytest.mark.parametrize("version", ["abc123", "1.0", "0.x"])
def test_an_unreadable_version_is_refused(version: str) -> None:
    ome = {"version": version, "multiscales": [multiscale("yx")]}
    with pytest.raises(SchemaVersionError, match="cannot be read") as caught:
        layout_of(image_group("yx", {"ome": ome}))
    assert version in caught.value.found


@pytest.mark.parametrize("version", ["0.6", "0.6.dev4", "0.9.dev1", "0.10"])
def test_a_newer_version_is_refused(version: str) -> None:
    ome = {"version": version, "multiscales": [multiscale("yx")]}
    with pytest.raises(SchemaVersionError, match="newer OME-NGFF version") as caught:
        layout_of(image_group("yx", {"ome": ome}))
    assert version in caught.value.found
    assert "0.5" in caught.value.remedy


def test_coordinate_systems_are_refused_whatever_the_version_says() -> None:
    image = multiscale("yx", coordinateSystems=[{"name": "physical"}])
    with pytest.raises(SchemaVersionError, match="newer OME-NGFF version"):
        layout_of(image_group("yx", {"ome": {"version": "0.5", "multiscales": [image]}}))


def test_a_stack_along_z_is_refused() -> None:
    group = zarr.create_group({}, attributes={"ome": {"multiscales": [multiscale("zyx")]}})
    group.create_array("0", shape=(9, 5, 6), dtype="uint8")
    with pytest.raises(InvalidDataError, match="3-D stack given as a movie") as caught:
        layout_of(group)
    assert "9 planes along z" in caught.value.found


@pytest.mark.parametrize("axes", [["y"], ["y", "y", "x"], ["q", "y", "x"], []])
def test_axes_that_are_not_understood_are_refused(axes: list[str]) -> None:
    image = {**multiscale("yx"), "axes": [{"name": axis} for axis in axes]}
    with pytest.raises(InvalidDataError, match="break the OME-NGFF specification") as caught:
        layout_of(image_group("yx", {"ome": {"version": "0.5", "multiscales": [image]}}))
    assert "multiscales[0].axes" in caught.value.found


def test_every_problem_of_the_metadata_is_listed_with_its_place() -> None:
    image = {"axes": [{"unit": "micrometer"}], "datasets": [{"paths": "0"}], "name": 5}
    with pytest.raises(InvalidDataError) as caught:
        layout_of(image_group("yx", {"ome": {"version": "0.5", "multiscales": [image]}}))
    for place in ("multiscales[0].axes", "multiscales[0].datasets[0].path", "multiscales[0].name"):
        assert place in caught.value.found


@pytest.mark.parametrize(
    "step", [{"type": "affine"}, {"type": "scale", "scale": [1.0]}, {"type": "scale"}, {}]
)
def test_a_transformation_that_is_not_understood_is_refused(step: dict[str, object]) -> None:
    image = multiscale("yx")
    image["datasets"][0]["coordinateTransformations"] = [step]
    with pytest.raises(InvalidDataError, match="break the OME-NGFF specification") as caught:
        layout_of(image_group("yx", {"ome": {"version": "0.5", "multiscales": [image]}}))
    assert "multiscales[0].datasets[0].coordinateTransformations[0]" in caught.value.found


def test_an_array_with_other_dimensions_than_the_axes_is_refused() -> None:
    ome = {"version": "0.5", "multiscales": [multiscale("tyx")]}
    with pytest.raises(InvalidDataError) as caught:
        layout_of(image_group("yx", {"ome": ome}))
    assert "the array has 2 dimensions, the axes are 3" in caught.value.found


@pytest.mark.parametrize("path", ["../0", "/0", "a/../../0", "", "a\\0"])
def test_a_level_outside_the_image_is_refused(path: str) -> None:
    image = multiscale("yx")
    image["datasets"][0]["path"] = path
    with pytest.raises(InvalidDataError, match="break the OME-NGFF specification") as caught:
        layout_of(image_group("yx", {"ome": {"version": "0.5", "multiscales": [image]}}))
    assert "leads out of the image" in caught.value.found


def test_a_level_that_is_absent_is_refused() -> None:
    image = multiscale("yx")
    image["datasets"].append({"path": "1", "coordinateTransformations": []})
    with pytest.raises(InvalidDataError, match="pyramid level of the image cannot be opened"):
        layout_of(image_group("yx", {"ome": {"version": "0.5", "multiscales": [image]}}))


def test_a_label_image_is_an_image_but_no_movie() -> None:
    ome = {"version": "0.5", "multiscales": [multiscale("tyx")], "image-label": {}}
    group = image_group("tyx", {"ome": ome})
    with pytest.raises(NotADatasetError, match="a label image, not a movie's pixels"):
        read_movie_layout(group, "here")
    assert read_image_layout(group, "here") == read_label_layout(group, "here")


@pytest.mark.parametrize(("axes", "dtype"), [("tyx", "float32"), ("tcyx", "uint16")])
def test_labels_are_integers_without_channels(axes: str, dtype: str) -> None:
    with pytest.raises(InvalidDataError, match="this is no label image"):
        read_label_layout(group_05(axes, dtype), "here")


def test_names_of_label_images_stay_inside_the_image() -> None:
    group = group_05("yx")
    group.create_group("labels", attributes={"ome": {"labels": ["cells", "../../secret", "a/b"]}})
    assert layout_of(group).label_names == ("cells", "a/b")


@pytest.mark.parametrize(
    ("attributes", "problem", "remedy"),
    [
        ({"plate": {"wells": [{"path": "B/3"}]}}, "a plate with many images", "movie/B/3/0"),
        ({"well": {"images": [{"path": "2"}]}}, "a well of a plate", "movie/2"),
        ({"bioformats2raw.layout": 3}, "a collection of images", "movie/0"),
        ({"labels": ["cells"]}, "a list of label images", "open the image above it: here"),
        ({"something": 1}, "this Zarr group is no OME-Zarr image", "pyramid levels"),
        ({"ome": "text"}, "the OME-Zarr metadata cannot be read", "write the image anew"),
    ],
)
def test_what_is_no_image_is_named(
    attributes: dict[str, object], problem: str, remedy: str
) -> None:
    group = zarr.create_group({}, attributes=attributes)
    with pytest.raises(NotADatasetError, match=problem) as caught:
        read_movie_layout(group, "here/movie")
    assert remedy in caught.value.remedy


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "file.tif").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "attributes").mkdir()
    (tmp_path / "attributes" / ".zattrs").write_text("{}")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "zarr.json").write_text(json.dumps({"zarr_format": 3})[:-4])
    zarr.create_array(tmp_path / "array3", shape=(2,), dtype="uint8")
    zarr.create_array(tmp_path / "array2", shape=(2,), dtype="uint8", zarr_format=2)
    expected = {
        "none": "no such folder",
        "file.tif": "a file",
        "empty": "no Zarr metadata",
        "attributes": "attributes (.zattrs) without a group",
        "damaged": "a zarr.json that cannot be read",
        "array3": "a Zarr array; its image is a folder above it",
        "array2": "a Zarr array; its image is a folder above it",
    }
    for name, found in expected.items():
        with pytest.raises(NotADatasetError) as caught:
            open_image_group(locate(tmp_path / name))
        assert found in caught.value.found
        assert caught.value.where == str(tmp_path / name)
        assert caught.value.remedy


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1.0, "micrometer", 1.0),
        (1.0, "Micrometre", 1.0),
        (1.0, "µm", 1.0),
        (1.0, "μm", 1.0),
        (1.0, "\\u00B5m", 1.0),
        (2.0, "microns", 2.0),
        (65.0, "nm", 0.065),
        (0.5, "mm", 500.0),
        (10.0, "angstrom", 0.001),
        (1.0, "inches", 25400.0),
        (1.0, "pixel", None),
        (1.0, "unit", None),
        (1.0, "", None),
        (1.0, None, None),
        (0.0, "micrometer", None),
        (-1.0, "micrometer", None),
        (float("nan"), "micrometer", None),
    ],
)
def test_lengths(value: float, unit: str | None, expected: float | None) -> None:
    found = length_um(value, unit)
    assert found is None if expected is None else found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("second", 2.0),
        ("sec", 2.0),
        ("ms", 0.002),
        ("min", 120.0),
        ("hours", 7200.0),
        ("frame", None),
    ],
)
def test_times(unit: str, expected: float | None) -> None:
    found = time_s(2.0, unit)
    assert found is None if expected is None else found == pytest.approx(expected)
