"""A TIFF that is cut short anywhere is refused before a pixel is decoded."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.tiff import open_tiff
from distnet_store.store.sources.tiff_check import check_whole

KINDS = {
    "plain": {"metadata": None},
    "shaped": {"metadata": {"axes": "TYX"}},
    "compressed": {"compression": "zlib"},
    "bigtiff": {"bigtiff": True, "byteorder": ">", "metadata": None},
    "imagej": {"imagej": True, "metadata": {"axes": "TYX"}},
    "ome": {"ome": True, "metadata": {"axes": "TYX"}},
    "tiled": {"tile": (16, 16), "compression": "zlib"},
    "one page": {"truncate": True, "metadata": {"axes": "TYX"}},
}
FRAMES = (np.arange(5 * 32 * 48, dtype=np.uint16) * 7919).reshape(5, 32, 48)


def written(folder: Path, kind: str) -> bytes:
    path = folder / "whole.tif"
    tifffile.imwrite(path, FRAMES, **KINDS[kind])
    return path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_passes(tmp_path: Path, kind: str) -> None:
    written(tmp_path, kind)
    check_whole(tmp_path / "whole.tif")


@pytest.mark.parametrize("kind", KINDS)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_is_refused_or_has_lost_nothing(
    tmp_path_factory: pytest.TempPathFactory, kind: str, share: float
) -> None:
    """The last bytes of some files are padding; without them all pixels must read as before."""
    folder = tmp_path_factory.mktemp("cut")
    data = written(folder, kind)
    path = folder / "cut.tif"
    path.write_bytes(data[: int(len(data) * share)])
    try:
        source = open_tiff(path)
    except InvalidDataError:
        return
    assert source.shape == (5, 1, 32, 48)
    np.testing.assert_array_equal(np.stack([source.read(t)[0] for t in range(5)]), FRAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_file_is_refused_with_what_is_missing(tmp_path: Path, kind: str) -> None:
    data = written(tmp_path, kind)
    path = tmp_path / "cut.tif"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InvalidDataError, match="cut short") as caught:
        open_tiff(path)
    assert caught.value.where == str(path)
    assert caught.value.found


def test_a_description_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    """OME-XML may come last in the file: all pixels are there, and what they are is not."""
    data = written(tmp_path, "ome")
    path = tmp_path / "cut.tif"
    path.write_bytes(data[: data.rindex(b"</OME>")])
    with pytest.raises(InvalidDataError, match="cut short") as caught:
        open_tiff(path)
    assert "tag 270 of page 0" in caught.value.found


@pytest.mark.parametrize("content", [b"", b"II", b"hello world" * 9, b"MM\x00\x2a\x00\x00\x00\x00"])
def test_a_file_that_is_no_tiff_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "movie.tif"
    path.write_bytes(content)
    with pytest.raises(InvalidDataError, match=r"no TIFF|cut short"):
        check_whole(path)


def test_directories_that_go_round_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "movie.tif"
    tifffile.imwrite(path, FRAMES, metadata=None)
    with tifffile.TiffFile(path) as tif:
        second, last = tif.pages[1].offset, tif.pages[4]
        link = last.offset + 2 + 12 * len(last.tags)
    data = bytearray(path.read_bytes())
    data[link : link + 4] = second.to_bytes(4, "little")
    path.write_bytes(bytes(data))
    with pytest.raises(InvalidDataError, match="that of an earlier page"):
        check_whole(path)


def test_pages_that_the_description_promises_must_be_there(tmp_path: Path) -> None:
    """A file that another program shortened by whole pages keeps the old description."""
    whole: NDArray[np.uint16] = FRAMES
    path = tmp_path / "movie.tif"
    description = "ImageJ=1.54f\nimages=9\nframes=9\nhyperstack=true\nloop=false\n"
    tifffile.imwrite(path, whole, description=description, metadata=None)
    with pytest.raises(InvalidDataError, match="planes are missing") as caught:
        open_tiff(path)
    assert "9 planes" in caught.value.expected
    assert caught.value.found == "5"
