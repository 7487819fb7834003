"""A file of some cells says so, and what it does not hold is not taken for deleted."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
import zarr
from curated_movies import digests, labels_tyx

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.pipeline.curation.curation import Curation, movie_curation
from distnet_store.pipeline.curation.export_labels import export_labels
from distnet_store.pipeline.curation.import_edited import import_edited
from distnet_store.spec.tables import object_id
from distnet_store.store.movie import Movie

FIRST_TRACK = np.array([object_id(t, 1) for t in range(4)])


@pytest.fixture
def curation(movie: Movie) -> Curation:
    return movie_curation(movie, "cells", author="anna")


@pytest.mark.parametrize("ending", ["tif", "npy", "ome.zarr"])
def test_a_file_of_some_cells_deletes_no_others(
    curation: Curation, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"some.{ending}"
    export_labels(curation.movie, "cells", path, cells=FIRST_TRACK)
    found = import_edited(curation, path)
    assert (found.same, found.limited_to, found.edits) == (4, 4, ())
    without_last_cell(path)
    found = import_edited(curation, path, axes="tyx" if ending == "tif" else None)
    assert [edit.before for edit in found.edits] == [(object_id(3, 1),)]
    labels = labels_tyx()
    labels[3][labels[3] == 1] = 0
    for t, frame in enumerate(labels):
        assert np.array_equal(curation.movie.labels_frame("cells", t), frame)


def without_last_cell(path: Path) -> None:
    """Save the file as another program does: without metadata."""
    if path.suffix == ".zarr":
        zarr.open_array(f"{path}/s0", mode="r+")[3] = 0
        return
    labels = np.load(path) if path.suffix == ".npy" else tifffile.imread(path)
    labels[3] = 0
    if path.suffix == ".npy":
        np.save(path, labels)
    else:
        tifffile.imwrite(path, labels, photometric="minisblack")


def test_a_selection_beside_the_record_narrows_it(curation: Curation, tmp_path: Path) -> None:
    """Of the cells named, those that the file does not hold stay."""
    path = export_labels(curation.movie, "cells", tmp_path / "some.tif", cells=FIRST_TRACK)
    others = np.array([object_id(0, 2), object_id(0, 1)])
    found = import_edited(curation, path, cells=others)
    assert (found.limited_to, found.edits) == (1, ())


def test_a_whole_file_takes_the_place_of_one_of_some_cells(
    curation: Curation, tmp_path: Path
) -> None:
    path = tmp_path / "cells.tif"
    export_labels(curation.movie, "cells", path, cells=FIRST_TRACK)
    export_labels(curation.movie, "cells", path, overwrite=True)
    assert [file.name for file in tmp_path.glob("cells*")] == ["cells.tif"]
    assert import_edited(curation, path).limited_to is None


def test_a_file_without_record_that_lacks_many_cells_is_refused(
    curation: Curation, tmp_path: Path
) -> None:
    path = tmp_path / "some.tif"
    export_labels(curation.movie, "cells", path, cells=FIRST_TRACK)
    shutil.copy(path, tmp_path / "saved as.tif")
    before = digests(curation.movie, journal=True)
    with pytest.raises(InvalidDataError, match="lack many cells") as refused:
        import_edited(curation, tmp_path / "saved as.tif")
    assert "--selection" in str(refused.value)
    assert "--delete-missing" in str(refused.value)
    assert "6 that are not there" in str(refused.value)
    assert digests(curation.movie, journal=True) == before
    found = import_edited(curation, tmp_path / "saved as.tif", delete_missing=True)
    assert found.counts["deleted"] == 6


def test_up_to_a_third_of_the_cells_may_be_missing(curation: Curation) -> None:
    """3 of 10 are deleted, 4 of 10 are refused."""
    labels = labels_tyx()
    for t in range(3):
        labels[t][labels[t] == 1] = 0
    four = labels.copy()
    four[3][four[3] == 1] = 0
    with pytest.raises(InvalidDataError, match="4 that are not there"):
        import_edited(curation, four)
    assert import_edited(curation, labels).counts["deleted"] == 3


def test_some_cells_of_another_result_are_refused(curation: Curation, tmp_path: Path) -> None:
    path = export_labels(curation.movie, "reference", tmp_path / "some.npy", cells=FIRST_TRACK)
    with pytest.raises(WrongArgumentError, match="of another result") as refused:
        import_edited(curation, path)
    assert "--name reference" in str(refused.value)


def test_a_damaged_record_is_told(curation: Curation, tmp_path: Path) -> None:
    path = export_labels(curation.movie, "cells", tmp_path / "some.npy", cells=FIRST_TRACK)
    Path(f"{path}.cells.json").write_text("{}")
    with pytest.raises(InvalidDataError, match="record of an export cannot be read"):
        import_edited(curation, path)
