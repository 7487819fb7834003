"""Contacts and surroundings of a result are tables with units, whole, resumable, and known to be stale."""

import numpy as np
import pytest
import shapely
from curated_movies import write_movie
from skimage.segmentation import expand_labels
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import TargetExistsError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.neighbours import neighbours
from distnet_store.pipeline.outlines import outlines
from distnet_store.spec.parameters import NeighbourParameters
from distnet_store.store.validate import validate


@pytest.fixture
def movie(tmp_path):
    return write_movie(tmp_path, maps=False)


def test_tables_agree_with_one_another_and_with_objects(movie):
    run = neighbours(movie, NeighbourParameters(distance_px=8), name="cells")
    assert run.record.counts["cells"] == 10
    pairs = movie.read_table("cells", "neighbours").to_pandas()
    cells = movie.read_table("cells", "surroundings").to_pandas()
    objects = movie.read_table("cells", "objects").to_pandas().set_index("object_id")
    assert run.record.counts["pairs"] == len(pairs) > 0
    assert (pairs["object_id"] < pairs["neighbour_id"]).all()
    assert (pairs["object_id"] // 2**32 == pairs["t"]).all()
    assert (pairs["neighbour_id"] // 2**32 == pairs["t"]).all()
    assert (pairs["track_id"] == objects.loc[pairs["object_id"], "track_id"].to_numpy()).all()
    other = objects.loc[pairs["neighbour_id"], "track_id"].to_numpy()
    assert (pairs["neighbour_track_id"] == other).all()
    ends = np.concatenate([pairs["object_id"], pairs["neighbour_id"]])
    counted = [int((ends == one).sum()) for one in cells["object_id"]]
    assert cells["n_neighbours"].tolist() == counted
    np.testing.assert_allclose(pairs["distance_um"], pairs["distance_px"] * 0.1, rtol=1e-6)
    assert cells["edge_um"].notna().all()


def test_real_contacts_are_the_borders_of_the_outlines(chamber10, tmp_path):
    """Cells that lie end to end, grown until they touch; shapely measures the same borders in the polygons."""
    movie = import_movie(
        chamber10.images, tmp_path / "c.ome.zarr", pixel_size_um=0.1, frame_interval_s=60
    )
    grown = np.stack([expand_labels(frame, 2) for frame in chamber10.labels]).astype(np.int32)
    movie = import_labels(movie, grown, "cells", links=chamber10.links)
    neighbours(movie, name="cells")
    outlines(movie, name="cells")
    pairs = movie.read_table("cells", "neighbours").to_pandas()
    table = movie.read_table("cells", "outlines", ["object_id", "geometry"]).to_pydict()
    shapes = dict(zip(table["object_id"], shapely.from_wkb(table["geometry"]), strict=True))
    assert (pairs["contact_px"] > 0).sum() > 5
    for row in pairs.itertuples():
        a, b = shapes[row.object_id], shapes[row.neighbour_id]
        assert a.intersection(b).length == pytest.approx(row.contact_um, abs=1e-9)
        assert a.distance(b) == pytest.approx(row.distance_um, abs=1e-9)


def test_what_is_not_known_is_null(tmp_path):
    """A cell that is alone has no nearest; without a pixel size nothing is in micrometer."""
    movie = import_movie(
        np.zeros((2, 4, 4), np.uint8),
        tmp_path / "a.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    labels = np.zeros((2, 4, 4), np.int32)
    labels[:, 1, 1], labels[1, 3, 3] = 1, 2
    neighbours(import_labels(movie, labels, "cells"), name="cells")
    alone, one, other = movie.read_table("cells", "surroundings").to_pylist()
    assert (alone["nearest_id"], alone["nearest_px"]) == (None, None)
    assert (one["nearest_id"], other["nearest_id"]) == (other["object_id"], one["object_id"])
    assert {alone[key] for key in alone if key.endswith("_um")} == {None}
    (pair,) = movie.read_table("cells", "neighbours").to_pylist()
    assert (pair["contact_px"], pair["contact_um"], pair["distance_um"]) == (0, None, None)


def test_a_finished_run_is_not_repeated_and_another_needs_leave(movie):
    neighbours(movie, name="cells")
    assert neighbours(movie, name="cells").units_computed == 0
    with pytest.raises(TargetExistsError):
        neighbours(movie, NeighbourParameters(radius_px=5), name="cells")
    neighbours(movie, NeighbourParameters(radius_px=5), name="cells", overwrite=True)
    assert not [key for key in movie.location.list_keys(".distnet") if "/parts/" in key]


def test_validate_finds_them_whole_and_later_stale(movie):
    neighbours(movie, name="cells")
    assert validate(movie.url, deep=True).problems == ()
    link(movie, prediction=None, name="cells", overwrite=True)
    stale = {p.place for p in validate(movie.url).problems if p.kind == "stale"}
    assert stale == {"tables/cells/neighbours", "tables/cells/surroundings"}


def test_the_command_says_how_many(movie):
    result = CliRunner().invoke(app, ["neighbours", movie.url, "--distance", "8"])
    assert result.exit_code == 0, result.output
    assert "10 cells" in result.output
    assert "pairs" in result.output
