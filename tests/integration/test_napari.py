"""A dataset in napari: its layers, and edits that go back through curation. No window is opened."""

import numpy as np
import pytest

from distnet_store.errors import ConflictError
from distnet_store.pipeline.curation.curation import movie_curation
from distnet_store.pipeline.curation.edit_types import Delete
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.targets import targets
from distnet_store.pipeline.viewing.napari_layers import EditableCells, add_dataset
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
FRAME = 3


@pytest.fixture
def viewer():
    components = pytest.importorskip("napari.components")
    return components.ViewerModel()


@pytest.fixture
def movie(chamber10, tmp_path):
    target = tmp_path / "chamber10.ome.zarr"
    made = import_movie(chamber10.images, target, pixel_size_um=0.065, frame_interval_s=300)
    import_labels(made, chamber10.labels.astype(np.int32), "cells")
    link(made, prediction=None, name="cells", overwrite=True)
    return open_movie(target)


def test_layers_show_the_dataset_and_are_lazy(movie, viewer):
    import_labels(movie, np.asarray(movie.labels("cells"), np.int32), "reference")
    targets(movie, name="ideal")
    movie = open_movie(movie.url)
    add_dataset(viewer, movie, "cells", FRAME)
    names = [layer.name for layer in viewer.layers]
    assert names[0] == "channel 0"
    assert names[1:5] == ["ideal: edm", "ideal: gdcm", "ideal: backward_y", "ideal: backward_x"]
    assert names[-3:] == ["cells", "cells-tracks", "reference"]
    visible = [layer.name for layer in viewer.layers if layer.visible]
    assert visible == ["channel 0", "cells-tracks"]
    assert all(hasattr(layer.data, "dask") for layer in viewer.layers[1:])
    assert tuple(viewer.layers["cells"].scale) == (1.0, 0.065, 0.065)
    assert viewer.dims.current_step[0] == FRAME
    np.testing.assert_array_equal(viewer.layers["cells"].data, movie.labels("cells"))


def test_tracks_hang_together_as_the_tables_say(movie, viewer, tmp_path):
    cells = EditableCells(viewer, movie, "cells", tmp_path / "scratch")
    objects = movie.read_table("cells", "objects").to_pandas()
    found = {tuple(row) for row in cells.tracks.data.astype(int)[:, :2].tolist()}
    assert found == set(zip(objects.track_id, objects.t, strict=True))
    tracks = movie.read_table("cells", "tracks").to_pandas()
    divided = tracks[tracks["end"] == "division"]
    assert len(divided) >= 3
    for track, children in zip(divided.track_id, divided.children, strict=True):
        for child in children:
            assert list(cells.tracks.graph[child]) == [track]
    assert viewer.layers.selection.active is cells.labels


def test_a_cell_that_is_erased_is_saved_undone_and_redone(movie, viewer, tmp_path):
    cells = EditableCells(viewer, movie, "cells", tmp_path / "scratch")
    before = movie.labels_frame("cells", FRAME)
    shown = np.asarray(cells.labels.data[FRAME])
    gone = int(shown[shown > 0][0])
    cells.labels.data[FRAME] = np.where(shown == gone, 0, shown)
    summary = cells.save("debris")
    assert summary.counts == {"deleted": 1, "merged": 0, "split": 0, "reshaped": 0, "new": 0}
    after = open_movie(movie.url).labels_frame("cells", FRAME)
    assert len(np.unique(after)) == len(np.unique(before)) - 1
    np.testing.assert_array_equal(after, np.where(shown == gone, 0, before))
    assert validate(movie.url).is_valid
    assert movie_curation(movie, "cells").history()[-1].note == "debris"
    points = len(cells.tracks.data)
    cells.undo()
    np.testing.assert_array_equal(movie.labels_frame("cells", FRAME), before)
    np.testing.assert_array_equal(cells.labels.data[FRAME], shown)
    assert len(cells.tracks.data) == points + 1
    cells.redo()
    np.testing.assert_array_equal(movie.labels_frame("cells", FRAME), after)


def test_a_cell_that_is_painted_is_saved_with_a_new_label(movie, viewer, tmp_path):
    cells = EditableCells(viewer, movie, "cells", tmp_path / "scratch")
    new = int(np.max(cells.labels.data)) + 1
    cells.labels.data[FRAME, 190:196, 8:14] = new
    summary = cells.save()
    assert summary.counts["new"] == 1
    labels = open_movie(movie.url).labels_frame("cells", FRAME)
    assert len(np.unique(labels[190:196, 8:14])) == 1
    assert labels[192, 10] > 0


def test_what_somebody_else_did_meanwhile_is_told_and_not_lost(movie, viewer, tmp_path):
    cells = EditableCells(viewer, movie, "cells", tmp_path / "scratch")
    label = int(np.unique(movie.labels_frame("cells", 5))[1])
    movie_curation(movie, "cells", author="another").apply([Delete(((5, label),))])
    shown = np.asarray(cells.labels.data[FRAME])
    cells.labels.data[FRAME] = np.where(shown == shown.max(), 0, shown)
    with pytest.raises(ConflictError, match="another"):
        cells.save()
    cells.refresh()
    assert label not in movie.labels_frame("cells", 5)
    np.testing.assert_array_equal(cells.labels.data[FRAME] > 0, shown > 0)
