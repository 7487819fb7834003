"""The outlines of a result are a table that others open, and go out as GeoJSON and GeoParquet."""

import json

import duckdb
import geopandas
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from curated_movies import labels_tyx, write_movie
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import InvalidDataError, NotFoundError, TargetExistsError
from distnet_store.pipeline.exchange.outline_export import export_outlines
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.outlines import outlines, outlines_operation
from distnet_store.pipeline.single_unit import carry_out_unit
from distnet_store.spec.parameters import OutlineParameters
from distnet_store.store import table_file
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate

UNKNOWN = {"pixel_size_um": "unknown", "frame_interval_s": "unknown"}


@pytest.fixture
def movie(tmp_path):
    return write_movie(tmp_path, maps=False)


def table_path(movie):
    return f"{movie.url}/tables/cells/outlines/table.parquet"


def painted(cells, shape, size):
    """Return labels (t, y, x) from a GeoDataFrame of outlines."""
    found = np.zeros((cells["t"].max() + 1, *shape), int)
    y, x = np.indices(shape) * size
    for row in cells.itertuples():
        found[row.t][shapely.contains_xy(row.geometry, x, y)] = row.label
    return found


def test_geopandas_reads_the_pixels_of_every_cell_in_micrometers(movie):
    run = outlines(movie, name="cells")
    assert (run.units_computed, run.record.counts) == (2, {"outlines": 10})
    cells = geopandas.read_parquet(table_path(movie))
    np.testing.assert_array_equal(painted(cells, (24, 24), 0.1), labels_tyx())
    objects = movie.read_table("cells", "objects").to_pandas()
    both = cells.merge(objects, on="object_id", suffixes=("", "_"))
    assert len(both) == len(objects) == 10
    np.testing.assert_allclose(both.geometry.area, both["area_um2"])
    np.testing.assert_allclose(both.geometry.centroid.y, both["y_um"])
    np.testing.assert_allclose(both.geometry.centroid.x, both["x_um"])
    assert (both["track_id"] == both["track_id_"]).all()
    assert (both["time_s"] == both["t"] * 60).all()
    assert cells.crs is None


def test_a_part_of_the_field_is_read_by_the_bounds(movie):
    outlines(movie, name="cells")
    near = geopandas.read_parquet(table_path(movie), bbox=(0, 0, 1.0, 0.7))
    assert near["label"].unique().tolist() == [1]
    count = duckdb.read_parquet(table_path(movie)).filter("bbox.xmin < 0.3").aggregate("count(*)")
    assert count.fetchall() == [(4,)]
    group = pq.read_metadata(table_path(movie)).row_group(0)
    limits = {
        group.column(i).path_in_schema: group.column(i).statistics for i in range(group.num_columns)
    }
    assert limits["bbox.xmin"].min == pytest.approx(0.25)
    assert limits["geometry"] is None
    schema = pq.read_schema(table_path(movie))
    assert schema.metadata[b"distnet_unit"] == b"micrometer"
    geo = json.loads(schema.metadata[b"geo"])
    assert geo["columns"]["geometry"]["crs"] is None


def test_where_the_pixel_size_is_unknown_outlines_are_in_pixels(tmp_path):
    movie = import_movie(np.zeros((1, 4, 4), np.uint8), tmp_path / "a.ome.zarr", **UNKNOWN)
    labels = np.array([[[0, 7, 7, 0]] * 4], np.int32)
    movie = link_masks(movie, labels)
    outlines(movie, name="cells")
    (row,) = movie.read_table("cells", "outlines").to_pylist()
    assert row["bbox"] == {"xmin": 0.5, "ymin": -0.5, "xmax": 2.5, "ymax": 3.5}
    assert row["time_s"] is None
    assert pq.read_schema(table_path(movie)).metadata[b"distnet_unit"] == b"pixel"


def link_masks(movie, labels):
    movie = import_labels(movie, labels, "cells")
    link(movie, prediction=None, name="cells", overwrite=True)
    return open_movie(movie.url)


def test_a_finished_run_is_not_repeated_and_another_needs_leave(movie):
    outlines(movie, name="cells")
    assert outlines(movie, name="cells").units_computed == 0
    simple = OutlineParameters(simplify_px=2)
    with pytest.raises(TargetExistsError, match="other parameters"):
        outlines(movie, simple, name="cells")
    before = movie.read_table("cells", "outlines")
    outlines(movie, simple, name="cells", overwrite=True)
    after = movie.read_table("cells", "outlines")
    assert after.num_rows == before.num_rows
    lengths = [sum(map(len, table["geometry"].to_pylist())) for table in (before, after)]
    assert lengths[1] < lengths[0] / 2


def test_units_may_be_computed_by_jobs_in_any_order(movie):
    operation = outlines_operation(movie, name="cells")
    names = [unit.name for unit in operation.plan.units]
    first, last = (carry_out_unit(operation, name) for name in reversed(names))
    assert first.run is None
    assert last.run.record.counts == {"outlines": 10}
    found = movie.read_table("cells", "outlines", ["t", "label"]).to_pydict()
    assert list(zip(*found.values(), strict=True)) == sorted(zip(*found.values(), strict=True))
    assert not [key for key in movie.location.list_keys(".distnet") if "/parts/" in key]


def test_row_groups_across_units_hold_all_rows(movie, monkeypatch):
    monkeypatch.setattr(table_file, "ROWS_PER_GROUP", 3)
    monkeypatch.setattr("distnet_store.pipeline.unit_parts.ROWS_PER_GROUP", 3)
    outlines(movie, name="cells")
    assert pq.read_metadata(table_path(movie)).num_row_groups == 4
    cells = geopandas.read_parquet(table_path(movie))
    np.testing.assert_array_equal(painted(cells, (24, 24), 0.1), labels_tyx())


def test_validate_finds_them_whole_and_later_stale(movie):
    outlines(movie, name="cells")
    assert validate(movie.url, deep=True).problems == ()
    link(movie, prediction=None, name="cells", overwrite=True)
    stale = [p for p in validate(movie.url).problems if p.place == "tables/cells/outlines"]
    assert [p.kind for p in stale] == ["stale"]
    assert "outlines --overwrite" in stale[0].remedy


def test_labels_without_tables_are_refused(tmp_path):
    movie = import_movie(np.zeros((1, 4, 4), np.uint8), tmp_path / "a.ome.zarr", **UNKNOWN)
    with pytest.raises(NotFoundError, match="labels/cells is not there"):
        outlines(movie, name="cells")


def test_geojson_is_as_qupath_reads_it(movie, tmp_path):
    target = tmp_path / "cells.geojson"
    done = export_outlines(movie, target, "cells", format="geojson")
    assert (done.n_cells, done.unit) == (10, "pixel")
    document = json.loads(target.read_text())
    first = document["features"][0]
    assert first["geometry"]["plane"] == {"c": -1, "z": 0, "t": 0}
    assert first["properties"]["objectType"] == "detection"
    assert first["properties"]["object_id"] == 1
    for feature in document["features"]:
        t, label = feature["geometry"]["plane"]["t"], feature["properties"]["label"]
        outline = shapely.from_geojson(json.dumps(feature["geometry"]))
        y, x = np.indices((24, 24)) + 0.5
        np.testing.assert_array_equal(shapely.contains_xy(outline, x, y), labels_tyx()[t] == label)
    assert len(geopandas.read_file(target)) == 10
    with pytest.raises(TargetExistsError):
        export_outlines(movie, target, "cells", format="geojson")


def test_the_exported_geoparquet_is_the_table(movie, tmp_path):
    outlines(movie, name="cells")
    export_outlines(movie, tmp_path / "cells.parquet", "cells", format="geoparquet")
    assert pq.read_table(tmp_path / "cells.parquet").equals(movie.read_table("cells", "outlines"))


def test_commands(movie, tmp_path):
    result = CliRunner().invoke(app, ["outlines", movie.url, "--name", "cells"])
    assert result.exit_code == 0, result.output
    assert "10 outlines" in result.output
    for name in ("a.geojson", "a.geoparquet"):
        result = CliRunner().invoke(app, ["export", movie.url, str(tmp_path / name)])
        assert result.exit_code == 0, result.output
        assert (tmp_path / name).stat().st_size > 1000
    assert "10 outlines" in result.output
    assert "micrometer" in result.output


@pytest.mark.parametrize("name", ["cells.geojson", "cells.geoparquet"])
@pytest.mark.parametrize("scale", [{"pixel_size_um": (0.2, 0.1), "frame_interval_s": 1}, UNKNOWN])
def test_exported_outlines_come_back_pixel_by_pixel(tmp_path, chamber10, name, scale):
    """Also of a real movie with pixels that are not square."""
    movie = import_movie(chamber10.images, tmp_path / "a.ome.zarr", **scale)
    labels = chamber10.labels.astype(np.int32)
    movie = import_labels(movie, labels, "cells", links=chamber10.links)
    form = name.partition(".")[2]
    export_outlines(movie, tmp_path / name, "cells", format=form)
    back = import_labels(movie, tmp_path / name, "back")
    for t in range(movie.n_frames):
        np.testing.assert_array_equal(back.labels_frame("back", t), labels[t])


def write_features(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def feature(shape, t=0, **properties):
    geometry = {**json.loads(shapely.to_geojson(shape)), "plane": {"c": -1, "z": 0, "t": t}}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_outlines_of_another_program_are_numbered_and_points_left_out(movie, tmp_path):
    """With a hole, in two parts, and beyond the frame; as drawn in QuPath, without labels."""
    ring = shapely.box(2, 2, 8, 8).difference(shapely.box(4, 4, 6, 6))
    parts = shapely.union_all([shapely.box(10, 0, 12, 2), shapely.box(14, 0, 16, 2)])
    beyond = shapely.box(20, 20, 40, 40)
    drawn = [feature(one, t) for one, t in ((ring, 1), (parts, 1), (beyond, 3))]
    path = write_features(tmp_path / "a.geojson", *drawn, feature(shapely.Point(1, 1)))
    with pytest.warns(UserWarning, match="1 feature"):
        back = import_labels(movie, path, "drawn")
    frame = back.labels_frame("drawn", 1)
    assert ((frame == 1).sum(), (frame == 2).sum()) == (32, 8)
    assert back.labels_frame("drawn", 3)[20:, 20:].all()


@pytest.mark.parametrize(
    ("features", "says"),
    [
        ([feature(shapely.box(0, 0, 3, 3)), feature(shapely.box(2, 2, 5, 5))], "same pixels"),
        ([feature(shapely.box(0.6, 0.6, 0.9, 0.9))], "covers no pixel"),
        ([feature(shapely.box(90, 90, 93, 93))], "covers no pixel"),
        ([feature(shapely.box(0, 0, 3, 3), t=4)], "of which frame"),
        ([feature(shapely.box(0, 0, 3, 3), label=0)], "has no label"),
        ([feature(shapely.box(0, 0, 3, 3), label=1)] * 2, "same label"),
        ([{"type": "Feature"}], "no GeoJSON of outlines"),
    ],
)
def test_outlines_that_are_no_labels_are_refused(movie, tmp_path, features, says):
    path = write_features(tmp_path / "a.geojson", *features)
    with pytest.raises(InvalidDataError, match=says):
        import_labels(movie, path, "drawn")
    assert "drawn" not in open_movie(movie.url).label_names()


@pytest.mark.parametrize("name", ["a.geojson", "a.parquet"])
def test_a_file_that_is_cut_short_is_refused(movie, tmp_path, name):
    outlines(movie, name="cells")
    (tmp_path / name).write_bytes(b'{"type": "FeatureCollection", "feat')
    with pytest.raises(InvalidDataError, match="this is no"):
        import_labels(movie, tmp_path / name, "drawn")
