import numpy as np
import pytest
from elementary_lineages import REFERENCE
from real_chambers import read_chamber

from distnet_store.errors import InvalidLineageError, NotFoundError
from distnet_store.pipeline.lineage_tables import write_lineage_tables
from distnet_store.spec.dataset import Provenance
from distnet_store.store.movie import Movie
from distnet_store.store.movie_writer import create_movie
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.results import LabelsWriter, labels_slot


def movie_with_labels(folder, labels: np.ndarray, image: np.ndarray | None = None) -> Movie:
    """Write a movie with the label image "cells"."""
    image = np.ones((len(labels), 2, *labels.shape[1:]), np.uint16) if image is None else image
    writer = create_movie(
        folder / "movie.ome.zarr",
        shape=image.shape,
        dtype=image.dtype,
        channel_names=tuple(f"channel {c}" for c in range(image.shape[1])),
        scale=PixelScale(pixel_size_um=(0.1, 0.1), frame_interval_s=300.0),
        provenance=Provenance(format="array"),
    )
    writer.write(0, image)
    movie = writer.finish()
    cells = LabelsWriter(labels_slot(movie, "cells", digest="abc"))
    cells.write(0, labels)
    cells.finish()
    return movie


def test_tables_of_a_label_image_are_written_and_read_back(tmp_path):
    movie = movie_with_labels(tmp_path, REFERENCE.labels)
    progress = []
    counts = write_lineage_tables(
        movie,
        "cells",
        links=REFERENCE.link_array,
        derived_from="abc",
        on_progress=lambda done, total: progress.append((done, total)),
    )
    assert counts == {"objects": 10, "links": 8, "tracks": 4, "frame_index": 10}
    assert progress == [(1, 4), (2, 4), (3, 4), (4, 4)]
    objects = movie.read_table("cells", "objects").to_pydict()
    assert objects["track_id"] == [1, 1, 2, 2, 3, 3, 4, 4, 4, 4]
    assert objects["time_s"][:2] == [0.0, 300.0]
    assert {*objects["intensity_mean_c1"]} == {1.0}
    assert movie.read_table("cells", "tracks")["children"].to_pylist() == [[2, 3], [], [], []]


def test_without_links_every_cell_is_a_track_of_its_own(tmp_path):
    movie = movie_with_labels(tmp_path, REFERENCE.labels)
    counts = write_lineage_tables(movie, "cells", links=None, derived_from="abc")
    assert counts == {"objects": 10, "links": 0, "tracks": 10, "frame_index": 10}
    assert movie.read_table("cells", "tracks")["n_objects"].to_pylist() == [1] * 10


def test_wrong_links_leave_the_dataset_as_it_was(tmp_path):
    movie = movie_with_labels(tmp_path, REFERENCE.labels)
    with pytest.raises(InvalidLineageError, match=r"not there: \(0, 1, 1, 9\)"):
        write_lineage_tables(movie, "cells", links=np.array([[0, 1, 1, 9]]), derived_from="abc")
    assert movie.tables() == []


def test_labels_that_are_not_there_are_named(tmp_path):
    movie = movie_with_labels(tmp_path, REFERENCE.labels)
    with pytest.raises(NotFoundError, match="'other'"):
        write_lineage_tables(movie, "other", links=None, derived_from="abc")


def test_real_chamber_has_its_divisions_in_the_tables(tmp_path):
    """Of man_track's 17 rows 6 have children, and 53 frames in sum: 36 links within, 12 between.

    Cell 1 has daughters 6 and 7 and granddaughters 12 to 15; 2 has 8, 9, 16, 17; 3 has 10, 11.
    """
    image, labels, links = read_chamber("chamber10")
    movie = movie_with_labels(tmp_path, labels, image)
    counts = write_lineage_tables(movie, "cells", links=links, derived_from="abc")
    assert counts == {"objects": 53, "links": 48, "tracks": 17, "frame_index": 53}
    tracks = movie.read_table("cells", "tracks").to_pandas()
    assert (tracks["end"] == "division").sum() == 6
    assert sorted(tracks.loc[tracks["complete"], "t_last"]) == [6, 6, 8]
    kinds = movie.read_table("cells", "links").to_pandas()["kind"].value_counts()
    assert kinds[["regular", "split"]].tolist() == [36, 12]
    sizes = tracks["subtree_end"] - tracks["track_id"] + 1
    assert sizes[tracks["parent_track_id"] == -1].tolist() == [7, 5, 3, 1, 1]
