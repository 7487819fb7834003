"""Folders of the Cell Tracking Challenge: images, ground truth, results."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from real_chambers import FOLDER

from distnet_store.errors import InvalidDataError, InvalidLineageError, NotFoundError
from distnet_store.store.sources.detect import open_label_source, open_source

Stack = NDArray[np.uint16]
TABLE = (FOLDER / "chamber10" / "man_track.txt").read_text()


def write_stack(folder: Path, pattern: str, stack: Stack) -> Path:
    folder.mkdir(parents=True)
    for t, frame in enumerate(stack):
        tifffile.imwrite(folder / pattern.format(t), frame)
    return folder


def test_images_are_recognised_and_read(tmp_path: Path, frames: Stack) -> None:
    source = open_source(write_stack(tmp_path / "01", "t{:03}.tif", frames))
    assert (source.format, source.shape) == ("ctc", (6, 1, 207, 24))
    np.testing.assert_array_equal(source.read(4)[0], frames[4])


def test_a_gap_in_the_numbering_is_refused(tmp_path: Path, frames: Stack) -> None:
    folder = write_stack(tmp_path / "01", "t{:03}.tif", frames)
    (folder / "t003.tif").unlink()
    with pytest.raises(InvalidDataError, match="frames are missing") as caught:
        open_source(folder)
    assert caught.value.found == "no frame 3"


@pytest.mark.parametrize(
    ("place", "pattern", "table", "opened"),
    [
        ("01_GT/TRA", "man_track{:03}.tif", "man_track.txt", "01_GT"),
        ("01_GT/TRA", "man_track{:03}.tif", "man_track.txt", "01_GT/TRA"),
        ("01_RES", "mask{:03}.tif", "res_track.txt", "01_RES"),
    ],
)
def test_labels_come_with_their_links(
    tmp_path: Path, labels: Stack, place: str, pattern: str, table: str, opened: str
) -> None:
    (write_stack(tmp_path / place, pattern, labels) / table).write_text(TABLE)
    source = open_label_source(tmp_path / opened)
    assert (source.format, source.shape) == ("ctc", (10, 207, 24))
    assert source.links is not None
    assert source.links.shape == (48, 4)
    np.testing.assert_array_equal(source.read(7), labels[7])


def test_segmentation_ground_truth_has_no_links(tmp_path: Path, labels: Stack) -> None:
    write_stack(tmp_path / "01_GT" / "SEG", "man_seg{:03}.tif", labels)
    source = open_label_source(tmp_path / "01_GT")
    assert source.links is None
    np.testing.assert_array_equal(source.read(0), labels[0])


def test_labels_without_their_table_are_refused(tmp_path: Path, labels: Stack) -> None:
    folder = write_stack(tmp_path / "01_RES", "mask{:03}.tif", labels)
    with pytest.raises(NotFoundError, match="table of tracks is missing") as caught:
        open_label_source(folder)
    assert caught.value.expected == "res_track.txt"


def test_a_cell_that_is_not_in_the_table_is_refused(tmp_path: Path, labels: Stack) -> None:
    changed = labels.copy()
    changed[4, 0, 0] = 999
    folder = write_stack(tmp_path / "01_RES", "mask{:03}.tif", changed)
    (folder / "res_track.txt").write_text(TABLE)
    with pytest.raises(InvalidLineageError, match="different cells") as caught:
        open_label_source(folder)
    assert "label 999 of frame 4" in caught.value.found
