"""Do a folder of images and a folder of masks become datasets to train on, or is it said what is wrong?"""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from typer.testing import CliRunner

from distnet_store import open_collection
from distnet_store.cli.app import app
from distnet_store.errors import (
    InvalidDataError,
    PartlyFailedError,
    WrongArgumentError,
)


def shown(*words: object) -> str:
    ended = CliRunner().invoke(app, list(map(str, words)))
    if ended.exception is not None:
        raise ended.exception
    return ended.stdout


def still(shape: tuple[int, int] = (40, 50)) -> NDArray[np.uint16]:
    labels = np.zeros(shape, np.uint16)
    labels[5:15, 5:15], labels[20:30, 8:30] = 1, 2
    return labels


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two stills and a movie of three frames, with their masks."""
    images, masks = tmp_path / "images", tmp_path / "masks"
    images.mkdir()
    masks.mkdir()
    for name in ("a", "b"):
        tifffile.imwrite(images / f"{name}.tif", still() * np.uint16(100))
        tifffile.imwrite(masks / f"{name}_mask.tif", still())
    options = {"photometric": "minisblack", "metadata": {"axes": "TYX"}}
    tifffile.imwrite(images / "film.tif", np.stack([still()] * 3) * np.uint16(100), **options)
    tifffile.imwrite(masks / "film_mask.tif", np.stack([still()] * 3), **options)
    return images, masks


def imported(folders: tuple[Path, Path], *words: object) -> str:
    images, masks = folders
    target = images.parent / "out"
    scale = ["--pixel-size", "0.5", "--frame-interval", "60"]
    return shown("import", images, target, "--each", "--labels", masks, *scale, *words)


def said(folders: tuple[Path, Path]) -> str:
    """Return what is said of an import that fails on some."""
    images, masks = folders
    words = ["import", images, images.parent / "out", "--each", "--labels", masks]
    words += ["--pixel-size", "0.5", "--frame-interval", "60"]
    ended = CliRunner().invoke(app, list(map(str, words)))
    assert isinstance(ended.exception, PartlyFailedError)
    return ended.stdout


def test_stills_and_movies_become_datasets_with_their_masks(folders: tuple[Path, Path]) -> None:
    imported(folders)
    movies = list(open_collection(folders[0].parent / "out"))
    assert [one.n_frames for one in movies] == [1, 1, 3]
    for movie in movies:
        assert (movie.labels("reference").to_numpy() == still()).all()
        assert movie.table("reference", "objects").count_rows() == 2 * movie.n_frames


def test_names_that_do_not_match_are_told_before_anything_is_written(
    folders: tuple[Path, Path],
) -> None:
    (folders[1] / "a_mask.tif").rename(folders[1] / "A1_mask.tif")
    with pytest.raises(
        WrongArgumentError, match=r"without a mask: a\.tif.*without an image: A1_mask"
    ):
        imported(folders)
    assert not (folders[0].parent / "out").exists()


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (still((40, 52)), "the labels do not fit the movie"),
        (still().astype(np.float32), "masks must be integers"),
        (np.where(still() > 0, 255, 0).astype(np.uint8), "do not tell one cell from another"),
        ((still() > 0).astype(np.uint8), "do not tell one cell from another"),
        (np.stack([still().astype(np.uint8)] * 3, axis=-1), "olour"),
    ],
    ids=["other shape", "decimal numbers", "binary 255", "binary 1", "RGB"],
)
def test_masks_that_are_no_label_images_are_told_by_name(
    folders: tuple[Path, Path], mask: NDArray[np.generic], message: str
) -> None:
    options = {"photometric": "rgb" if mask.ndim == 3 else "minisblack"}
    tifffile.imwrite(folders[1] / "b_mask.tif", mask, **options)
    text = said(folders)
    assert message in text
    made = open_collection(folders[0].parent / "out").names
    assert made == ("a.ome.zarr", "film.ome.zarr")


def test_one_cell_in_one_piece_is_no_binary_mask(folders: tuple[Path, Path]) -> None:
    single = still()
    single[single == 2] = 0
    single[38, 48] = 1  # a stray pixel
    tifffile.imwrite(folders[1] / "b_mask.tif", single)
    imported(folders)


def test_regions_to_be_ignored_may_have_one_value(folders: tuple[Path, Path]) -> None:
    regions = (still() > 0).astype(np.uint8)
    tifffile.imwrite(folders[1] / "b_mask.tif", regions)
    imported(folders, "--labels-name", "ignore")
    assert open_collection(folders[0].parent / "out").open("b.ome.zarr").label_names() == ["ignore"]


def test_a_binary_reference_of_a_single_movie_is_refused(folders: tuple[Path, Path]) -> None:
    images, masks = folders
    tifffile.imwrite(masks / "b_mask.tif", (still() > 0).astype(np.uint8))
    words = [images / "b.tif", images.parent / "b.ome.zarr", "--pixel-size", "0.5"]
    with pytest.raises(InvalidDataError, match="do not tell one cell from another"):
        shown("import", *words, "--labels", masks / "b_mask.tif")
    assert not (images.parent / "b.ome.zarr").exists()
