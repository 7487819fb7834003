"""A table of tracks becomes the links it stands for, or is refused with every contradiction."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from real_chambers import FOLDER, read_chamber

from distnet_store.errors import InvalidLineageError
from distnet_store.store.sources.label_frames import cells_of
from distnet_store.store.sources.man_track import links_of_tracks, read_man_track


def table(folder: Path, text: str) -> Path:
    path = folder / "man_track.txt"
    path.write_text(text)
    return path


def cells(*frames: list[int]) -> list[NDArray[np.int64]]:
    return [np.array(frame, dtype=np.int64) for frame in frames]


def test_a_division_links_the_parents_last_cell_to_both_children(tmp_path: Path) -> None:
    tracks = read_man_track(table(tmp_path, "1 0 1 0\n2 2 3 1\n3 2 2 1\n"))
    links = links_of_tracks(tracks, cells([1], [1], [2, 3], [2]), "")
    assert links.tolist() == [[0, 1, 1, 1], [1, 1, 2, 2], [1, 1, 2, 3], [2, 2, 3, 2]]


def test_a_link_leads_over_frames_in_which_the_track_is_absent(tmp_path: Path) -> None:
    tracks = read_man_track(table(tmp_path, "4 0 3 0\n"))
    assert links_of_tracks(tracks, cells([4], [], [], [4]), "").tolist() == [[0, 4, 3, 4]]


def test_a_child_may_begin_later_than_the_frame_after_its_parent(tmp_path: Path) -> None:
    tracks = read_man_track(table(tmp_path, "1 0 0 0\n2 3 3 1\n"))
    assert links_of_tracks(tracks, cells([1], [], [], [2]), "").tolist() == [[0, 1, 3, 2]]


@pytest.mark.parametrize("chamber", ["chamber09", "chamber10", "chamber11"])
def test_real_chambers_give_the_links_of_an_independent_reading(chamber: str) -> None:
    _, labels, expected = read_chamber(chamber)
    tracks = read_man_track(FOLDER / chamber / "man_track.txt")
    links = links_of_tracks(tracks, [cells_of(frame) for frame in labels], chamber)
    assert sorted(links.tolist()) == sorted(expected.tolist())


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1 0 1\n", "line 1: '1 0 1'"),
        ("1 0 1 0\n2 0 x 0\n", "line 2"),
        ("1 0 1 0\n1 0 1 0\n", "found: 1"),
        ("0 0 1 0\n", "label 0 is the background"),
        ("1 3 1 0\n", "begins in 3 and ends in 1"),
        ("1 0 1 9\n", "parent 9 of track 1 is not in the table"),
        ("1 0 3 0\n2 2 3 1\n", "parent 1 ends in 3, track 2 begins in 2"),
        ("1 0 2 0\n2 2 3 1\n", "parent 1 ends in 2, track 2 begins in 2"),
        ("1 0 3 1\n", "parent 1 ends in 3, track 1 begins in 0"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, text: str, part: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(InvalidLineageError) as caught:
        read_man_track(path)
    assert part in str(caught.value)
    assert caught.value.where == str(path)


def test_every_contradiction_is_listed(tmp_path: Path) -> None:
    path = table(tmp_path, "1 3 1 0\n2 0 1 9\n")
    with pytest.raises(InvalidLineageError) as caught:
        read_man_track(path)
    assert "track 1 begins" in caught.value.found
    assert "parent 9" in caught.value.found


@pytest.mark.parametrize(
    ("frames", "part"),
    [
        (cells([1], [1], [2]), "label 2 of frame 2 is not in the table"),
        (cells([], [], []), "track 1 is in no frame"),
        (cells([1], [1], [1]), "from 0 to 1 in the table, and from 0 to 2"),
        (cells([], [1], []), "from 0 to 1 in the table, and from 1 to 1"),
    ],
)
def test_a_table_of_other_cells_than_the_labels_is_refused(
    tmp_path: Path, frames: list[NDArray[np.int64]], part: str
) -> None:
    tracks = read_man_track(table(tmp_path, "1 0 1 0\n"))
    with pytest.raises(InvalidLineageError, match="different cells") as caught:
        links_of_tracks(tracks, frames, "here")
    assert part in caught.value.found
