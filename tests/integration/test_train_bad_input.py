"""Does data that is odd train, and data that cannot teach get an error before anything is computed?"""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from typer.testing import CliRunner

from distnet_store import import_movie, open_movie
from distnet_store.cli.app import app
from distnet_store.errors import InvalidDataError, InvalidLineageError, WrongArgumentError

TILE = ["--tile", "64,64"]
TRAIN = [*TILE, "--batch", "1", "--steps", "1", "--epochs", "1"]


def shown(*words: object) -> str:
    ended = CliRunner().invoke(app, list(map(str, words)))
    if ended.exception is not None:
        raise ended.exception
    return ended.stdout


def fusing() -> NDArray[np.uint16]:
    """Labels of two cells (1, 2) of which one becomes (3), four frames of 64 × 64."""
    labels = np.zeros((4, 64, 64), np.uint16)
    labels[:2, 10:20, 5:30], labels[:2, 10:20, 30:55], labels[2:, 10:20, 5:55] = 1, 2, 3
    return labels


def imported(folder: Path, labels: NDArray[np.uint16], links: Path | None = None) -> Path:
    """Import a movie with these labels by the command, and return the dataset."""
    options = {"photometric": "minisblack", "metadata": {"axes": "TYX"}}
    noise = np.random.default_rng(1).integers(0, 99, labels.shape)
    tifffile.imwrite(folder / "film.tif", (1000 * (labels > 0) + noise).astype("u2"), **options)
    tifffile.imwrite(folder / "labels.tif", labels, **options)
    words = [folder / "film.tif", folder / "film.ome.zarr", "--pixel-size", 1]
    words += ["--frame-interval", 60, "--labels", folder / "labels.tif"]
    shown("import", *words, *(["--links", links] if links else []))
    return folder / "film.ome.zarr"


def samples(dataset: Path) -> None:
    """Draw samples with their targets, as training does, without a network."""
    sheet = dataset.parent / "sheet.png"
    shown("train", dataset, *TILE, "--preview", sheet)
    assert sheet.stat().st_size > 10_000


def test_labels_of_another_movie_are_refused(tmp_path: Path) -> None:
    dataset = imported(tmp_path, fusing())
    for wrong in (fusing()[:3], fusing()[:, :60], fusing().transpose(0, 2, 1)[:, :, :50]):
        options = {"photometric": "minisblack", "metadata": {"axes": "TYX"}}
        tifffile.imwrite(tmp_path / "wrong.tif", wrong, **options)
        words = [tmp_path / "film.tif", tmp_path / "other.ome.zarr", "--pixel-size", 1]
        words += ["--frame-interval", 60, "--labels", tmp_path / "wrong.tif"]
        with pytest.raises(InvalidDataError, match=r"do not fit the movie(.|\n)*wrong.tif") as told:
            shown("import", *words)
        assert "what to do" in str(told.value)
        assert not (tmp_path / "other.ome.zarr").exists()
    assert dataset.exists()


def test_a_cell_with_two_parents_in_a_table_of_links_teaches_a_fusion(tmp_path: Path) -> None:
    links = tmp_path / "links.csv"
    rows = ["0,1,1,1", "0,2,1,2", "1,1,2,3", "1,2,2,3", "2,3,3,3"]
    links.write_text("\n".join(["t_source,label_source,t_target,label_target", *rows]))
    dataset = imported(tmp_path, fusing(), links)
    tracks = open_movie(dataset).table("reference", "tracks").to_table().to_pandas()
    assert tracks["parents"].map(len).max() == 2
    samples(dataset)


def test_two_parents_in_man_track_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "man_track.txt"
    table.write_text("1 0 1 0\n2 0 1 0\n3 2 3 1\n3 2 3 2\n")
    with pytest.raises(
        InvalidLineageError, match=r"table twice(.|\n)*links \(CSV\)(.|\n)*found: 3"
    ):
        imported(tmp_path, fusing(), table)
    assert not (tmp_path / "film.ome.zarr").exists()


def test_a_movie_without_any_cell_teaches_nothing(tmp_path: Path) -> None:
    dataset = imported(tmp_path, np.zeros((4, 64, 64), np.uint16))
    model = tmp_path / "model.safetensors"
    with pytest.raises(InvalidDataError, match="no labelled cell"):
        shown("train", dataset, *TRAIN, "--out", model)
    assert not model.exists()


def test_a_movie_without_frames_is_no_movie(tmp_path: Path) -> None:
    target = tmp_path / "none.ome.zarr"
    with pytest.raises(WrongArgumentError, match="at least one frame"):
        import_movie(
            np.zeros((0, 8, 8), "u2"), target, pixel_size_um="unknown", frame_interval_s="unknown"
        )
    assert not target.exists()


@pytest.mark.parametrize("n_frames", [1, 2])
def test_a_movie_shorter_than_the_window_is_used(tmp_path: Path, n_frames: int) -> None:
    samples(imported(tmp_path, fusing()[:n_frames]))


def test_cells_that_touch_every_border_are_used(tmp_path: Path) -> None:
    """Two cells that fill the frame, and a ring along its whole border."""
    labels = np.ones((4, 64, 64), np.uint16)
    labels[:, 32:] = 2
    samples(imported(tmp_path, labels))
    ring = np.ones((4, 64, 64), np.uint16)
    ring[:, 12:-12, 12:-12] = 0
    ring[:, 28:36, 28:36] = 2
    folder = tmp_path / "ring"
    folder.mkdir()
    samples(imported(folder, ring))
