"""Labels that another program edited come back as edits, cell by cell, and what is unchanged stays."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
import zarr
from curated_movies import digests, labels_tyx
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, TargetExistsError, WrongArgumentError
from distnet_store.pipeline.curation.curation import Curation, movie_curation
from distnet_store.pipeline.curation.edit_types import Delete, Link
from distnet_store.pipeline.curation.export_labels import export_labels
from distnet_store.pipeline.curation.import_edited import import_edited
from distnet_store.spec.tables import object_id
from distnet_store.store.movie import Movie
from distnet_store.store.validate import validate


@pytest.fixture
def curation(movie: Movie) -> Curation:
    return movie_curation(movie, "cells", author="anna")


def renumbered(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the labels as a program saves them that numbers all cells of a movie anew."""
    numbers = np.arange(labels.max() + 1) * 7 + 3
    numbers[0] = 0
    return numbers[labels].astype(np.int32)


def test_what_was_exported_comes_back_as_nothing(curation: Curation, tmp_path: Path) -> None:
    path = export_labels(curation.movie, "cells", tmp_path / "cells.tif")
    assert tifffile.imread(path).dtype == np.uint16
    before = digests(curation.movie, journal=True)
    found = import_edited(curation, path)
    assert (found.same, found.renumbered, found.frames, found.edits) == (10, 0, 0, ())
    assert digests(curation.movie, journal=True) == before


@pytest.mark.parametrize("ending", ["npy", "zarr", "ome.zarr"])
def test_other_formats_come_back_as_nothing_and_replace_only_on_request(
    curation: Curation, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"cells.{ending}"
    for overwrite in (False, True):
        export_labels(curation.movie, "cells", path, overwrite=overwrite)
        found = import_edited(curation, path)
        assert (found.same, found.edits) == (10, ())
    with pytest.raises(TargetExistsError):
        export_labels(curation.movie, "cells", path)
    assert [file.name for file in tmp_path.glob("*cells*")] == [path.name]


def test_an_exported_ome_zarr_is_a_label_image_of_the_movies_scale(
    linked_movie: Movie, tmp_path: Path
) -> None:
    path = export_labels(linked_movie, "cells", tmp_path / "cells.ome.zarr")
    ome = zarr.open_group(path, mode="r").attrs["ome"]
    assert "image-label" in ome
    assert ome["multiscales"][0]["datasets"][0]["coordinateTransformations"] == [
        {"type": "scale", "scale": [60.0, 0.1, 0.1]}
    ]
    assert np.array_equal(zarr.open_array(f"{path}/s0", mode="r")[:], labels_tyx())


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_bare_arrays_of_zarr_and_numpy_are_read(
    curation: Curation, tmp_path: Path, zarr_format: int
) -> None:
    """As napari and scripts save a labels layer."""
    zarr.save_array(tmp_path / "bare.zarr", labels_tyx(), zarr_format=zarr_format)
    np.save(tmp_path / "bare.npy", np.asfortranarray(labels_tyx()))
    for name in ("bare.zarr", "bare.npy"):
        assert import_edited(curation, tmp_path / name, axes="tyx").edits == ()
    (tmp_path / "no.npy").write_bytes(b"no array")
    with pytest.raises(InvalidDataError, match="no array of NumPy"):
        import_edited(curation, tmp_path / "no.npy")
    np.save(tmp_path / "two.npy", np.zeros((2, 4, 24, 24), int))
    with pytest.raises(WrongArgumentError, match="axes do not fit"):
        import_edited(curation, tmp_path / "two.npy")


def test_cells_outside_a_selection_stay_whatever_the_file_says(curation: Curation) -> None:
    chosen = np.array([object_id(t, 1) for t in range(4)])
    labels = np.where(labels_tyx() == 1, 5, 0)
    labels[0][5:8, 5:15] = 5  # grows into cell 2, which is not chosen
    labels[3][:] = 0
    found = import_edited(curation, labels, cells=chosen)
    assert found.counts == {"deleted": 1, "merged": 0, "split": 0, "reshaped": 1, "new": 0}
    assert (found.same, found.renumbered) == (2, 2)
    old, now = labels_tyx(), curation.movie.labels_frame
    for t in range(4):
        assert np.array_equal(now("cells", t) == 2, old[t] == 2)
        assert np.array_equal(now("cells", t) == 3, old[t] == 3)
    assert (now("cells", 0)[5:8, 5:10] == 1).all()


def test_a_tiff_by_track_comes_back_as_nothing(curation: Curation, tmp_path: Path) -> None:
    path = export_labels(curation.movie, "cells", tmp_path / "cells.tif", by_track=True)
    assert import_edited(curation, path).edits == ()


def test_each_change_is_an_edit_and_all_are_undone_together(curation: Curation) -> None:
    movie = curation.movie
    before = digests(movie)
    labels = labels_tyx()
    labels[0][labels[0] == 2] = 0  # deleted
    labels[0][20:23, 2:6] = 8  # new
    labels[1][7:, :][labels[1][7:, :] == 1] = 9  # split by rows
    labels[2][labels[2] == 3] = 2  # merged
    labels[3][9, 6] = 0  # reshaped
    found = import_edited(curation, renumbered(labels), note="in napari")
    assert found.counts == {"deleted": 1, "merged": 1, "split": 1, "reshaped": 1, "new": 1}
    assert found.same == 10 - 6 + 1  # of those that changed, 0:1 keeps its pixels
    assert [row.note for row in curation.history()] == ["in napari"]
    assert validate(movie.url, deep=True).problems == ()
    assert sorted(np.unique(movie.labels_frame("cells", 0)).tolist()) == [0, 1, 3]
    assert sorted(np.unique(movie.labels_frame("cells", 1)).tolist()) == [0, 1, 2, 3]
    assert sorted(np.unique(movie.labels_frame("cells", 2)).tolist()) == [0, 1, 2]
    curation.undo()
    assert digests(movie) == before


def test_links_of_cells_that_did_not_change_stay(curation: Curation) -> None:
    def links() -> dict[tuple[int, int], dict[str, object]]:
        table = curation.movie.read_table("cells", "links").to_pylist()
        return {(row["source_id"], row["target_id"]): row for row in table}

    before = links()
    labels = labels_tyx()
    labels[1][labels[1] == 1] = 0
    import_edited(curation, renumbered(labels))
    after = links()
    gone = {(1, object_id(1, 1)), (object_id(1, 1), object_id(2, 1))}
    assert set(before) - set(after) == gone
    assert set(after) <= set(before)
    same = [k for k in after if before[k]["residual"] == after[k]["residual"]]
    assert len(same) == len(after)


def test_a_new_cell_is_linked_to_free_neighbours(curation: Curation) -> None:
    labels = labels_tyx()
    gone = labels.copy()
    gone[2][gone[2] == 1] = 0
    import_edited(curation, gone)
    found = import_edited(curation, labels)
    (edit,) = found.edits
    new = object_id(2, 4)
    assert edit.after == (new,)
    assert edit.links_made == ((object_id(1, 1), new), (new, object_id(3, 1)))


def test_what_goes_away_in_a_later_frame_frees_its_neighbours_first(curation: Curation) -> None:
    """The cell at t = 0 is linked over a gap to one that is deleted as the gap is filled."""
    labels = labels_tyx()
    curation.apply([Delete(((1, 1),)), Link((0, 1), (2, 1), gap=True)])
    labels[2][labels[2] == 1] = 0
    import_edited(curation, labels)
    table = curation.movie.read_table("cells", "links", ["source_id", "target_id"])
    assert {"source_id": 1, "target_id": object_id(1, 3)} in table.to_pylist()


def test_a_dry_run_changes_nothing(curation: Curation) -> None:
    before = digests(curation.movie, journal=True)
    nothing = np.zeros((4, 24, 24), np.uint8)
    found = import_edited(curation, nothing, dry_run=True, delete_missing=True)
    assert found.counts["deleted"] == 10
    assert digests(curation.movie, journal=True) == before


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (np.zeros((3, 24, 24), int), "do not fit the movie"),
        (np.zeros((4, 24, 25), int), "do not fit the movie"),
        (np.zeros((4, 24, 24)), "must be integers"),
        (np.full((4, 24, 24), -1), "out of range"),
    ],
)
def test_labels_of_another_form_are_refused(
    linked_movie: Movie, labels: NDArray[np.generic], text: str
) -> None:
    with pytest.raises(InvalidDataError, match=text):
        import_edited(movie_curation(linked_movie, "cells"), labels)
    assert linked_movie.location.list_keys(".distnet/curation") == []


def test_a_file_is_not_written_over_unasked(linked_movie: Movie, tmp_path: Path) -> None:
    path = tmp_path / "cells.tif"
    path.write_bytes(b"mine")
    with pytest.raises(TargetExistsError, match="the file exists"):
        export_labels(linked_movie, "cells", path)
    with pytest.raises(WrongArgumentError, match="names no format for labels"):
        export_labels(linked_movie, "cells", tmp_path / "cells.png")
    export_labels(linked_movie, "cells", path, overwrite=True)
    assert np.array_equal(tifffile.imread(path), labels_tyx())
