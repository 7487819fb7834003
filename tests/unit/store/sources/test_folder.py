"""Folders and patterns of single images are taken in natural order, or refused with a reason."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, NotFoundError
from distnet_store.store.sources.folder import open_folder

Frames = NDArray[np.uint16]


def write_frames(folder: Path, frames: Frames, name: str = "t{}.tif") -> None:
    folder.mkdir(exist_ok=True)
    for index, frame in enumerate(frames):
        tifffile.imwrite(folder / name.format(index + 7), frame)


def test_frames_are_taken_in_natural_order(tmp_path: Path, frames: Frames) -> None:
    write_frames(tmp_path / "movie", frames)  # t7 ... t12: t10 comes after t9
    (tmp_path / "movie" / "notes.txt").write_text("not an image")
    source = open_folder(tmp_path / "movie")
    assert source.files == ("t7.tif", "t8.tif", "t9.tif", "t10.tif", "t11.tif", "t12.tif")
    assert source.shape == (6, 1, 207, 24)
    np.testing.assert_array_equal(np.stack([source.read(t)[0] for t in range(6)]), frames)


def test_a_pattern_chooses_one_channel(tmp_path: Path, frames: Frames) -> None:
    write_frames(tmp_path / "movie", frames, "t{}_c1.tif")
    write_frames(tmp_path / "movie", frames + 1, "t{}_c2.tif")
    with pytest.raises(InvalidDataError, match="several series") as caught:
        open_folder(tmp_path / "movie")
    assert "_c" in caught.value.found
    source = open_folder(str(tmp_path / "movie" / "*_c2.tif"))
    np.testing.assert_array_equal(source.read(5)[0], frames[5] + 1)


def test_names_of_two_kinds_are_refused(tmp_path: Path, frames: Frames) -> None:
    write_frames(tmp_path / "movie", frames)
    write_frames(tmp_path / "movie", frames, "mask{}.tif")
    with pytest.raises(InvalidDataError, match="several series") as caught:
        open_folder(tmp_path / "movie")
    assert "mask#.tif, t#.tif" in caught.value.found


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png_images_are_read(tmp_path: Path, frames: Frames, dtype: type[np.integer]) -> None:
    pixels = (frames // 256).astype(dtype)
    for index, frame in enumerate(pixels):
        (tmp_path / f"{index}.png").write_bytes(imagecodecs.png_encode(frame))
    source = open_folder(tmp_path)
    assert source.dtype == dtype
    np.testing.assert_array_equal(source.read(2)[0], pixels[2])


def test_a_colour_png_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_bytes(imagecodecs.png_encode(np.zeros((9, 9, 3), np.uint8)))
    with pytest.raises(InvalidDataError, match="colour images"):
        open_folder(tmp_path)


def test_a_png_that_is_cut_short_is_refused(tmp_path: Path, frames: Frames) -> None:
    data = imagecodecs.png_encode(frames[0])
    (tmp_path / "0.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(InvalidDataError, match="PNG file cannot be read"):
        open_folder(tmp_path)


@pytest.mark.parametrize("other", [(50, np.uint16), (207, np.uint8)], ids=["shape", "dtype"])
def test_an_image_that_differs_is_named(
    tmp_path: Path, frames: Frames, other: tuple[int, type[np.integer]]
) -> None:
    write_frames(tmp_path / "movie", frames)
    odd = frames[3, : other[0]].astype(other[1])
    tifffile.imwrite(tmp_path / "movie" / "t10.tif", odd)
    with pytest.raises(InvalidDataError, match="differs from the first one") as caught:
        open_folder(tmp_path / "movie")
    assert caught.value.where.endswith("t10.tif")


def test_a_stack_among_the_images_is_refused(tmp_path: Path, frames: Frames) -> None:
    write_frames(tmp_path / "movie", frames)
    tifffile.imwrite(tmp_path / "movie" / "t10.tif", frames)
    with pytest.raises(InvalidDataError, match="is a movie or has several channels"):
        open_folder(tmp_path / "movie")


def test_an_image_that_is_cut_short_is_refused(tmp_path: Path, frames: Frames) -> None:
    write_frames(tmp_path / "movie", frames)
    path = tmp_path / "movie" / "t10.tif"
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InvalidDataError, match="cut short") as caught:
        open_folder(tmp_path / "movie")
    assert caught.value.where.endswith("t10.tif")


def test_an_empty_folder_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no images are there"):
        open_folder(tmp_path)
