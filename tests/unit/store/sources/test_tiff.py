"""TIFF files of all kinds read back what was written, and say what they are."""

import gc
from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, NotFoundError, WrongArgumentError
from distnet_store.store.sources.source import MovieSource
from distnet_store.store.sources.tiff import open_tiff

Frames = NDArray[np.uint16]


def read_all(source: MovieSource) -> NDArray[np.generic]:
    return np.stack([source.read(t) for t in range(source.shape[0])])


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"metadata": None}, id="plain pages"),
        pytest.param(
            {"metadata": None, "bigtiff": True, "byteorder": ">"}, id="big-endian BigTIFF"
        ),
        pytest.param({}, id="tifffile, unnamed axis"),
        pytest.param({"metadata": {"axes": "TYX"}}, id="tifffile, named axes"),
        pytest.param({"compression": "zlib"}, id="compressed"),
        pytest.param({"compression": "zlib", "tile": (16, 16)}, id="tiled"),
        pytest.param({"imagej": True, "metadata": {"axes": "TYX"}}, id="ImageJ"),
        pytest.param({"ome": True, "metadata": {"axes": "TYX"}}, id="OME"),
        pytest.param({"truncate": True, "metadata": {"axes": "TYX"}}, id="one page for all frames"),
    ],
)
def test_a_stack_of_frames_reads_back_what_was_written(
    tmp_path: Path, frames: Frames, options: dict[str, object]
) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, frames, **options)
    source = open_tiff(path)
    assert source.shape == (6, 1, 207, 24)
    assert source.read(3).dtype == np.uint16
    assert source.read(3).dtype.isnative
    np.testing.assert_array_equal(read_all(source)[:, 0], frames)
    assert (source.pixel_size_um, source.frame_interval_s) == (None, None)


@pytest.mark.parametrize("order", ["TCYX", "CTYX"])
@pytest.mark.parametrize("kind", ["ome", "imagej"])
def test_channels_are_told_from_frames_by_the_metadata(
    tmp_path: Path, frames: Frames, order: str, kind: str
) -> None:
    both = np.stack([frames, frames + 1], axis=order.index("C"))
    path = tmp_path / "movie.tif"
    if kind == "imagej" and order == "CTYX":
        both, order = np.moveaxis(both, 0, 1), "TCYX"
    tifffile.imwrite(path, both, metadata={"axes": order}, photometric="minisblack", **{kind: True})
    source = open_tiff(path)
    assert source.shape == (6, 2, 207, 24)
    np.testing.assert_array_equal(read_all(source)[:, 1], frames + 1)


def test_ome_metadata_give_pixel_size_interval_and_channel_names(
    tmp_path: Path, frames: Frames
) -> None:
    path = tmp_path / "movie.ome.tif"
    metadata = {
        "axes": "TYX",
        "PhysicalSizeY": 65.0,
        "PhysicalSizeYUnit": "nm",
        "PhysicalSizeX": 0.13,
        "TimeIncrement": 5.0,
        "TimeIncrementUnit": "min",
        "Channel": {"Name": ["phase"]},
    }
    tifffile.imwrite(path, frames, ome=True, metadata=metadata)
    source = open_tiff(path)
    assert source.pixel_size_um == pytest.approx((0.065, 0.13))
    assert source.frame_interval_s == 300
    assert source.channel_names == ("phase",)
    assert (source.format, source.files) == ("tiff", ("movie.ome.tif",))


def test_imagej_metadata_give_pixel_size_and_interval(tmp_path: Path, frames: Frames) -> None:
    path = tmp_path / "movie.tif"
    metadata = {"axes": "TYX", "unit": "\\u00B5m", "finterval": 90.0}
    tifffile.imwrite(path, frames, imagej=True, resolution=(10, 5), metadata=metadata)
    source = open_tiff(path)
    assert source.pixel_size_um == pytest.approx((0.2, 0.1))
    assert source.frame_interval_s == 90


def test_a_resolution_in_centimeter_gives_the_pixel_size(tmp_path: Path, frames: Frames) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, frames, resolution=(1e5, 1e5), resolutionunit="CENTIMETER")
    assert open_tiff(path).pixel_size_um == pytest.approx((0.1, 0.1))


def test_a_print_resolution_is_no_pixel_size(tmp_path: Path, frames: Frames) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, frames, resolution=(300, 300), resolutionunit="INCH")
    assert open_tiff(path).pixel_size_um is None


@pytest.mark.parametrize("kind", ["imagej", "ome"])
def test_a_stack_along_z_is_refused_unless_the_axes_are_given(
    tmp_path: Path, frames: Frames, kind: str
) -> None:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, frames, metadata={"axes": "ZYX"}, **{kind: True})
    with pytest.raises(InvalidDataError, match="3-D stack given as a movie") as caught:
        open_tiff(path)
    assert "6 planes along z" in caught.value.found
    assert "--axes tyx" in caught.value.remedy
    np.testing.assert_array_equal(read_all(open_tiff(path, axes="tyx"))[:, 0], frames)


def test_two_unnamed_axes_are_asked_for(tmp_path: Path, frames: Frames) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, np.stack([frames, frames + 1], axis=1))
    with pytest.raises(InvalidDataError, match="does not say what its axes are") as caught:
        open_tiff(path)
    assert "--axes tcyx" in caught.value.remedy
    assert open_tiff(path, axes="tcyx").shape == (6, 2, 207, 24)


@pytest.mark.parametrize("axes", ["tcyx", "tt", "yxt", "qyx", "tyy"])
def test_axes_that_do_not_fit_are_refused(tmp_path: Path, frames: Frames, axes: str) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, frames)
    with pytest.raises(WrongArgumentError, match="axes do not fit"):
        open_tiff(path, axes=axes)


def test_colour_images_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "colour.tif"
    tifffile.imwrite(path, np.zeros((5, 20, 30, 3), np.uint8), photometric="rgb")
    with pytest.raises(InvalidDataError, match="colour images") as caught:
        open_tiff(path)
    assert caught.value.found == "3 samples per pixel"


def test_frames_that_a_program_saved_as_colours_can_be_named(
    tmp_path: Path, frames: Frames
) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, frames[:3], photometric="rgb", planarconfig="separate")
    with pytest.raises(InvalidDataError, match="colour images"):
        open_tiff(path)
    np.testing.assert_array_equal(read_all(open_tiff(path, axes="tyx"))[:, 0], frames[:3])


def test_pages_of_different_sizes_are_refused(tmp_path: Path, frames: Frames) -> None:
    path = tmp_path / "movie.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(frames[0], metadata=None)
        writer.write(frames[0, :50], metadata=None)
    with pytest.raises(InvalidDataError, match="pages of different sizes"):
        open_tiff(path)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        open_tiff(tmp_path / "none.tif")


def test_a_file_in_several_ome_tiff_files_reads_all_of_them(tmp_path: Path, frames: Frames) -> None:
    """Each file names the others; the set opens through any one, and not without one."""
    for index, uuid in enumerate(("a", "b")):
        xml = _ome_of_two_files()
        part = frames[3 * index : 3 * index + 3]
        write_part(tmp_path / f"{uuid}.ome.tif", part, xml)
    source = open_tiff(tmp_path / "a.ome.tif")
    np.testing.assert_array_equal(read_all(source)[:, 0], frames)
    assert source.files == ("a.ome.tif", "b.ome.tif")
    del source
    gc.collect()
    (tmp_path / "b.ome.tif").unlink()
    with pytest.raises(InvalidDataError, match="planes are missing"):
        open_tiff(tmp_path / "a.ome.tif")


def write_part(path: Path, frames: Frames, xml: str) -> None:
    tifffile.imwrite(path, frames, description=xml, metadata=None, photometric="minisblack")


def _ome_of_two_files(second: str = "b.ome.tif") -> str:
    data = "".join(
        f'<TiffData IFD="{t % 3}" FirstT="{t}" FirstC="0" FirstZ="0" PlaneCount="1">'
        f'<UUID FileName="{("a.ome.tif", second)[t // 3]}">urn:uuid:{t // 3}</UUID></TiffData>'
        for t in range(6)
    )
    return (
        '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
        'UUID="urn:uuid:0"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" '
        'Type="uint16" SizeX="24" SizeY="207" SizeZ="1" SizeC="1" SizeT="6">'
        f'<Channel ID="Channel:0" SamplesPerPixel="1"/>{data}</Pixels></Image></OME>'
    )


def test_ome_xml_that_points_into_another_folder_is_refused(tmp_path: Path, frames: Frames) -> None:
    path = tmp_path / "a.ome.tif"
    xml = _ome_of_two_files("../secret.tif")
    write_part(path, frames[:3], xml)
    with pytest.raises(InvalidDataError, match="refers to a file in another folder"):
        open_tiff(path)


@pytest.mark.parametrize("value", ['SYSTEM "file:///etc/hostname"', '"a"'])
def test_ome_xml_with_entities_is_refused(tmp_path: Path, frames: Frames, value: str) -> None:
    path = tmp_path / "a.ome.tif"
    entity = f"<!DOCTYPE OME [<!ENTITY secret {value}>]>"
    xml = _ome_of_two_files().replace("?>", f"?>{entity}", 1).replace("Image:0", "&secret;")
    write_part(path, frames[:3], xml)
    with pytest.raises(InvalidDataError, match="OME-XML of the TIFF file cannot be read") as caught:
        open_tiff(path)
    assert caught.value.found == "DTDForbidden"


def test_a_file_is_closed_when_its_source_goes_away(tmp_path: Path, frames: Frames) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, frames)
    source = open_tiff(path)
    source.read(0)
    del source
    gc.collect()  # an open file would raise ResourceWarning here, which is an error in tests


def test_a_plane_whose_bytes_are_damaged_is_named(tmp_path: Path, frames: Frames) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, frames, compression="zlib")
    with tifffile.TiffFile(path) as tif:
        offset = tif.pages[2].dataoffsets[0]
    data = bytearray(path.read_bytes())
    data[offset : offset + 8] = b"\xff" * 8
    path.write_bytes(bytes(data))
    source = open_tiff(path)
    with pytest.raises(InvalidDataError, match="cannot be decoded") as caught:
        source.read(2)
    assert caught.value.where.endswith("plane 2")
