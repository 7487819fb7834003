"""Lineages of TrackMate and GEFF come in whole: every cell, link, division, gap and fusion."""

import json

import numpy as np
import pytest
from tracker_files import (
    FILES,
    INTERVAL_S,
    PIXEL_UM,
    PLACE,
    TIME,
    TRUTH,
    WHOLE,
    Counts,
    counts,
    pixels_and_links,
    unpack,
    write_graph,
)
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.pipeline.import_labels import LeftOutWarning, import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.store.movie import open_movie
from distnet_store.store.sources.ctc import open_ctc_labels
from distnet_store.store.validate import validate


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return unpack(tmp_path_factory.mktemp("trackers"))


@pytest.fixture(scope="module")
def colony(tmp_path_factory):
    """The movie with its labels and links as the Cell Tracking Challenge has them, named truth."""
    source = open_ctc_labels(TRUTH)
    frames = np.stack([source.read(t) for t in range(source.shape[0])])
    target = tmp_path_factory.mktemp("colony") / "colony.ome.zarr"
    movie = import_movie(frames, target, pixel_size_um=PIXEL_UM, frame_interval_s=INTERVAL_S)
    return import_labels(movie, TRUTH, "truth")


@pytest.mark.parametrize("file", FILES)
def test_outlines_of_trackmate_become_labels_with_all_links(colony, files, file):
    movie = import_labels(colony, files / file, file.removesuffix(".xml"))
    assert counts(movie, file.removesuffix(".xml")) == FILES[file]
    kinds = movie.read_table(file.removesuffix(".xml"), "links", ["kind"])["kind"].to_pylist()
    assert ("gap" in kinds, "merge" in kinds) == ("gaps" in file, "fusions" in file)


def test_drawn_outlines_are_the_cells_of_the_masks(colony, files):
    movie = import_labels(colony, files / "Ecoli_growth_on_agar_pad.xml", "drawn")
    differ = [
        np.count_nonzero(
            (movie.labels_frame("drawn", t) > 0) != (movie.labels_frame("truth", t) > 0)
        )
        for t in range(movie.n_frames)
    ]
    assert sum(differ) < 30  # of 412,394: pixels on an outline
    assert validate(movie.url).problems == ()


@pytest.mark.parametrize("file", ["Ecoli_growth_on_agar_pad.xml", "Ecoli_growth_on_agar_pad.geff"])
def test_spots_and_nodes_find_their_cells_in_masks(colony, files, file):
    movie = import_labels(
        colony, TRUTH / "TRA" / "*.tif", "joined", links=files / file, overwrite=True
    )
    assert counts(movie, "joined") == WHOLE
    assert pixels_and_links(movie, "joined") == pixels_and_links(movie, "truth")


def test_cells_of_the_masks_that_the_file_has_not_are_told(colony, files):
    file = files / "Ecoli_growth_on_agar_pad_with_gaps.xml"
    with pytest.warns(LeftOutWarning, match=r"3 cell\(s\) of the label images have no spot"):
        movie = import_labels(colony, TRUTH / "TRA" / "*.tif", "gaps", links=file)
    assert counts(movie, "gaps") == Counts(526, 520, 71, 2, 0)


def test_the_command_draws_filtered_tracks_and_tells_which_links_it_left_out(files, tmp_path):
    frames = np.zeros((50, 128, 128), np.uint8)
    np.save(tmp_path / "frames.npy", frames)
    import_movie(frames, tmp_path / "raw.ome.zarr", pixel_size_um=1, frame_interval_s=1)
    words = ["import", str(tmp_path / "raw.ome.zarr"), str(tmp_path / "fake.ome.zarr"), "--json"]
    done = CliRunner().invoke(app, [*words, "--links", str(files / "FakeTracks.xml")])
    assert done.exit_code == 0, done.output
    (told,) = [e for e in map(json.loads, done.stdout.splitlines()) if e["event"] == "imported"]
    assert told["notes"] == [
        "7 links of 5 tracks were left out, which TrackMate's filters hide",
        "1 spots were left out, which TrackMate's filters hide",
    ]
    movie = open_movie(tmp_path / "fake.ome.zarr")
    assert counts(movie, "reference") == Counts(106, 82, 2, 1, 0)


def test_links_without_labels_are_refused_before_anything_is_written(files, tmp_path):
    import_movie(
        np.zeros((2, 8, 8), np.uint8),
        tmp_path / "raw.ome.zarr",
        pixel_size_um=1,
        frame_interval_s=1,
    )
    words = ["import", str(tmp_path / "raw.ome.zarr"), str(tmp_path / "b.ome.zarr")]
    done = CliRunner().invoke(app, [*words, "--links", "links.csv"])
    assert isinstance(done.exception, WrongArgumentError)
    assert not (tmp_path / "b.ome.zarr").exists()


def small(tmp_path, interval=60.0, size=0.5):
    """A movie of three frames, with two cells in each, labels 3 and 4."""
    labels = np.zeros((3, 12, 12), np.uint16)
    labels[:, 2:4, 2:6] = 3
    labels[:, 8:11, 7:9] = 4
    movie = import_movie(
        labels,
        tmp_path / "m.ome.zarr",
        pixel_size_um=size,
        frame_interval_s=interval,
        overwrite=True,
    )
    return movie, labels


ARRAYS = {
    "nodes/ids": np.array([5, 6, 7, 8], np.uint64),
    "edges/ids": np.array([[5, 7], [6, 8]], np.uint64),
    "nodes/props/t/values": np.array([0, 0, 2, 2]),
    "nodes/props/y/values": np.array([2.5, 9.0, 2.5, 9.0]),
    "nodes/props/x/values": np.array([3.5, 7.5, 3.5, 7.5]),
}
EXPECTED = {(0, 3, 2, 3), (0, 4, 2, 4)}


def links_of(movie, name):
    rows = movie.read_table(name, "links").to_pylist()
    return {
        (*divmod(row["source_id"], 1 << 32), *divmod(row["target_id"], 1 << 32)) for row in rows
    }


@pytest.mark.parametrize("unit", ["frame", "second", "minute", None])
@pytest.mark.parametrize("length", ["pixel", "micrometer", "nanometer"])
def test_times_and_places_in_any_unit_find_the_same_cells(tmp_path, unit, length):
    movie, labels = small(tmp_path)
    per_frame = {"second": 60, "minute": 1}.get(unit, 1)
    per_pixel = {"micrometer": 0.5, "nanometer": 500}.get(length, 1)
    arrays = {
        **ARRAYS,
        "nodes/props/t/values": ARRAYS["nodes/props/t/values"] * float(per_frame),
        "nodes/props/y/values": ARRAYS["nodes/props/y/values"] * per_pixel,
        "nodes/props/x/values": ARRAYS["nodes/props/x/values"] * per_pixel,
    }
    axes = [{**PLACE[1], "unit": length}, {**TIME, "unit": unit}, {**PLACE[0], "unit": length}]
    graph = write_graph(tmp_path / "t.geff", {"axes": axes}, arrays)
    with pytest.warns(LeftOutWarning, match="2 cell"):
        movie = import_labels(movie, labels, "a", links=graph)
    assert links_of(movie, "a") == EXPECTED
    assert counts(movie, "a") == Counts(6, 2, 0, 2, 0)


def test_display_hints_say_which_axis_is_which(tmp_path):
    movie, labels = small(tmp_path)
    arrays = {name.replace("/y/", "/a/").replace("/x/", "/b/"): v for name, v in ARRAYS.items()}
    axes = [TIME, {**PLACE[1], "name": "b"}, {**PLACE[0], "name": "a"}]
    hints = {"display_horizontal": "b", "display_vertical": "a"}
    graph = write_graph(tmp_path / "t.geff", {"axes": axes, "display_hints": hints}, arrays)
    with pytest.warns(LeftOutWarning):
        movie = import_labels(movie, labels, "a", links=graph)
    assert links_of(movie, "a") == EXPECTED


@pytest.mark.parametrize("directed", [True, False])
def test_labels_that_nodes_name_need_no_place_and_edges_without_direction_lead_forward(
    tmp_path, directed
):
    movie, labels = small(tmp_path)
    arrays = {name: v for name, v in ARRAYS.items() if not name.startswith("nodes/props/[xy]")}
    arrays["nodes/props/seg_id/values"] = np.array([3, 4, 3, 4])
    if not directed:
        arrays["edges/ids"] = arrays["edges/ids"][:, ::-1]
    graph = write_graph(tmp_path / "t.geff", {"axes": [TIME], "directed": directed}, arrays)
    with pytest.warns(LeftOutWarning):
        movie = import_labels(movie, labels, "a", links=graph)
    assert links_of(movie, "a") == EXPECTED


def test_polygons_of_a_graph_are_painted_in_its_axes_order(tmp_path):
    movie, labels = small(tmp_path)
    around = np.array([[-2, -1], [2, -1], [2, 1], [-2, 1]], float)  # x, y from the centre 3.5, 2.5
    beside = np.array([[-1, -1.5], [1, -1.5], [1, 1.5], [-1, 1.5]])
    points = np.concatenate([around, beside, around, beside])
    arrays = {
        **ARRAYS,
        "nodes/props/outline/values": np.array([[8 * i, 4, 2] for i in range(4)], np.uint64),
        "nodes/props/outline/data": points.ravel(),
    }
    told = {"axes": [TIME, PLACE[1], PLACE[0]], "polygon": "outline"}
    movie = import_labels(movie, write_graph(tmp_path / "t.geff", told, arrays), "a")
    for t in (0, 2):
        np.testing.assert_array_equal(movie.labels_frame("a", t) > 0, labels[t] > 0)
    assert links_of(movie, "a") == {(0, 1, 2, 1), (0, 2, 2, 2)}


@pytest.mark.parametrize("place", ["beside", "inside"])
def test_a_graph_names_its_masks_beside_it_or_in_it_only(tmp_path, place):
    movie, labels = small(tmp_path)
    graph = tmp_path / "deep" / "t.geff"
    arrays = {**ARRAYS, "nodes/props/cell/values": np.array([3, 4, 3, 4])}
    path = {"beside": "../masks.npy", "inside": "masks.npy"}[place]
    told = {
        "axes": [TIME],
        "related_objects": [{"type": "labels", "path": path, "node_prop": "cell"}],
    }
    write_graph(graph, told, arrays)
    np.save(graph / path, labels)
    with pytest.warns(LeftOutWarning):
        movie = import_labels(movie, graph, "a")
    assert links_of(movie, "a") == EXPECTED


@pytest.mark.parametrize("path", ["../../masks.npy", "/etc/masks.npy", "link/masks.npy"])
def test_a_graph_leads_to_no_masks_elsewhere(tmp_path, path):
    movie, labels = small(tmp_path)
    arrays = {**ARRAYS, "nodes/props/cell/values": np.array([3, 4, 3, 4])}
    told = {
        "axes": [TIME],
        "related_objects": [{"type": "labels", "path": path, "node_prop": "cell"}],
    }
    graph = write_graph(tmp_path / "deep" / "t.geff", told, arrays)
    np.save(tmp_path / "masks.npy", labels)
    (graph / "link").symlink_to(tmp_path)
    with pytest.raises(LookupError, match="brings no masks"):
        import_labels(movie, graph, "a")
    assert open_movie(movie.url).label_names() == []


def test_a_file_of_another_image_is_refused(files, tmp_path):
    movie, _ = small(tmp_path)
    with pytest.raises(InvalidDataError, match="another size"):
        import_labels(movie, files / "FakeTracks.xml", "a")
