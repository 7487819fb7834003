"""A result goes out as other programs have them, and comes back as it was."""

import json

import numpy as np
import pytest
import tifffile
import zarr
from ctc_metrics import evaluate_sequence
from geff_spec import GeffMetadata
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import NotFoundError, TargetExistsError, WrongArgumentError
from distnet_store.pipeline.exchange.challenge_export import export_challenge
from distnet_store.pipeline.exchange.geff_export import export_geff
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate


@pytest.fixture
def movie(chamber10, tmp_path):
    path = tmp_path / "c10.ome.zarr"
    movie = import_movie(chamber10.images, path, pixel_size_um=0.1, frame_interval_s=300)
    return import_labels(movie, chamber10.labels.astype(np.int32), links=chamber10.links)


def shape_of(movie, name):
    """Return the cells' pixels and links, whatever the labels are called."""
    labels = [movie.labels_frame(name, t) for t in range(movie.n_frames)]
    first = [
        {int(v): int(np.flatnonzero(frame == v)[0]) for v in np.unique(frame) if v}
        for frame in labels
    ]
    links = movie.read_table(name, "links").to_pylist()
    ends = [(row["source_id"], row["target_id"]) for row in links]
    return [set(one.values()) for one in first], {
        tuple((i >> 32, first[i >> 32][i & 0xFFFFFFFF]) for i in pair) for pair in ends
    }


def test_a_real_lineage_comes_back_from_the_challenges_format(movie, tmp_path):
    done = export_challenge(movie, tmp_path / "01_RES", "reference")
    n_tracks = movie.read_table("reference", "tracks").num_rows
    assert (done.n_frames, done.n_tracks, done.n_gaps, done.n_fusions) == (10, n_tracks, 0, 0)
    back = import_labels(movie, tmp_path / "01_RES", "back")
    assert shape_of(back, "back") == shape_of(movie, "reference")
    for t in (0, 9):
        mask = tifffile.imread(tmp_path / "01_RES" / f"mask{t:03}.tif")
        assert mask.dtype == np.uint16
        np.testing.assert_array_equal(mask > 0, movie.labels_frame("reference", t) > 0)


def test_the_challenges_program_finds_the_export_valid_and_perfect(movie, tmp_path):
    export_challenge(movie, tmp_path / "01_RES", "reference")
    truth = tmp_path / "01_GT" / "TRA"
    truth.mkdir(parents=True)
    for path in sorted((tmp_path / "01_RES").glob("mask*.tif")):
        (truth / path.name.replace("mask", "man_track")).write_bytes(path.read_bytes())
    (truth / "man_track.txt").write_bytes((tmp_path / "01_RES" / "res_track.txt").read_bytes())
    scores = evaluate_sequence(
        str(tmp_path / "01_RES"), str(tmp_path / "01_GT"), metrics=["Valid", "DET", "TRA"]
    )
    assert (scores["Valid"], scores["DET"], scores["TRA"]) == (1, 1, 1)


def test_what_stands_at_the_target_is_kept_unless_it_is_an_export_to_be_replaced(movie, tmp_path):
    taken = tmp_path / "notes"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(TargetExistsError):
            export_challenge(movie, taken, "reference", overwrite=overwrite)
    assert (taken / "mine.txt").read_text() == "mine"
    export_challenge(movie, tmp_path / "01_RES", "reference")
    with pytest.raises(TargetExistsError, match="exists"):
        export_challenge(movie, tmp_path / "01_RES", "reference")
    assert export_challenge(movie, tmp_path / "01_RES", "reference", overwrite=True).n_frames == 10


def test_a_failure_leaves_no_half_folder(movie, tmp_path, monkeypatch):
    with pytest.raises(NotFoundError):
        export_challenge(movie, tmp_path / "01_RES", "cells")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("distnet_store.pipeline.exchange.challenge_export.np.savetxt", full)
    with pytest.raises(Exception, match="No space left"):
        export_challenge(movie, tmp_path / "01_RES", "reference")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c10.ome.zarr"]


def test_the_command_exports_each_movie_of_a_folder(movie, tmp_path):
    words = ["export", str(tmp_path), str(tmp_path / "out"), "--name", "reference", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    events = [json.loads(line) for line in done.stdout.splitlines()]
    told = next(event for event in events if event["event"] == "exported")
    assert told["format"] == "ctc"
    lines = (tmp_path / "out" / "c10" / "res_track.txt").read_text().splitlines()
    assert (
        told["n_tracks"]
        == len(lines)
        == open_movie(movie.url).read_table("reference", "tracks").num_rows
    )


# GEFF


def graph(target):
    group = zarr.open_group(target, mode="r")
    return group, GeffMetadata.model_validate(group.attrs["geff"])


def test_a_graph_has_the_cells_and_links_with_their_columns_and_units(movie, tmp_path):
    done = export_geff(movie, tmp_path / "tracks.geff", "reference")
    group, document = graph(tmp_path / "tracks.geff")
    objects = movie.read_table("reference", "objects").to_pandas()
    links = movie.read_table("reference", "links").to_pandas()
    assert (done.n_nodes, done.n_edges) == (len(objects), len(links))
    assert group["nodes/ids"].dtype == group["edges/ids"].dtype == np.uint64
    np.testing.assert_array_equal(group["nodes/ids"][:], objects["object_id"])
    np.testing.assert_array_equal(group["edges/ids"][:], links[["source_id", "target_id"]])
    for name, column in {"t": "t", "y": "centroid_y", "area": "area", "label": "label"}.items():
        np.testing.assert_array_equal(group[f"nodes/props/{name}/values"][:], objects[column])
    t, y, x = document.axes
    assert [axis.name for axis in (t, y, x)] == ["t", "y", "x"]
    assert (t.unit, t.scale, t.scaled_unit, t.max) == ("frame", 300, "second", 9)
    assert (x.unit, x.scale, x.scaled_unit) == ("pixel", 0.1, "micrometer")
    assert document.track_node_props == {"tracklet": "track_id", "lineage": "lineage_id"}
    assert document.node_props_metadata["area_um2"].unit == "micrometer²"
    assert "objects.category_forward" in done.left_out
    assert "links.kind" in done.left_out


def test_every_property_that_is_described_is_there_and_no_other(movie, tmp_path):
    export_geff(movie, tmp_path / "tracks.geff", "reference")
    group, document = graph(tmp_path / "tracks.geff")
    for kind, told in (
        ("nodes", document.node_props_metadata),
        ("edges", document.edge_props_metadata),
    ):
        assert set(group[f"{kind}/props"].group_keys()) == set(told)
        for name, prop in told.items():
            values = group[f"{kind}/props/{name}/values"]
            assert values.shape == group[f"{kind}/ids"].shape[:1]
            assert values.dtype == prop.dtype


def test_what_is_null_in_the_table_is_missing_in_the_graph(movie, tmp_path):
    export_geff(movie, tmp_path / "tracks.geff", "reference")
    group, _ = graph(tmp_path / "tracks.geff")
    assert group["nodes/props/edm_max/missing"][:].all()
    assert "missing" not in group["nodes/props/area"]


def test_the_labels_are_found_from_the_graph_in_the_dataset_or_elsewhere(movie, tmp_path):
    for place in (tmp_path / "tracks.geff", movie.location.local / "tracks.geff"):
        export_geff(movie, place, "reference")
        (related,) = graph(place)[1].related_objects
        assert (related.type, related.node_prop) == ("labels", "label")
        assert (place / related.path).resolve() == movie.location.local / "labels" / "reference"
    assert validate(movie.url, deep=True).problems == ()


def test_a_graph_replaces_a_graph_only(movie, tmp_path):
    export_geff(movie, tmp_path / "tracks.geff", "reference")
    with pytest.raises(TargetExistsError, match="exists"):
        export_geff(movie, tmp_path / "tracks.geff", "reference")
    export_geff(movie, tmp_path / "tracks.geff", "reference", overwrite=True)
    with pytest.raises(TargetExistsError, match="exists"):
        export_geff(movie, movie.url, "reference", overwrite=True)
    assert open_movie(movie.url).n_frames == 10


def test_the_commands_format_follows_the_targets_ending(movie, tmp_path):
    words = ["export", movie.url, str(tmp_path / "t.geff"), "--name", "reference"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "texts left out: objects.category_backward" in done.output
    assert graph(tmp_path / "t.geff")[1].directed
    wrong = CliRunner().invoke(app, [*words, "--format", "xml"])
    assert isinstance(wrong.exception, WrongArgumentError)
