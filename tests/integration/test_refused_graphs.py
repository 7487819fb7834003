"""Files of other programs that cannot be right are refused before anything is written, from the command line too."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from tracker_files import PLACE, TIME, write_graph
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import (
    InvalidDataError,
    InvalidLineageError,
    MissingMetadataError,
    NotFoundError,
    SchemaVersionError,
)
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie

SPOT = (
    '<Spot ID="{i}" POSITION_X="{x}" POSITION_Y="{y}" POSITION_Z="0" RADIUS="1" VISIBILITY="1" />'
)
IMAGE = '<ImageData width="12" height="12" pixelwidth="0.5" pixelheight="0.5" />'
FRAMES = {0: [(5, 1.75, 1.25), (6, 3.75, 4.5)], 1: [(7, 1.75, 1.25), (8, 3.75, 4.5)]}
EDGES = [(5, 7), (6, 8)]


def xml(frames=FRAMES, edges=EDGES, image=IMAGE, head="", units="micrometer"):
    """Return a file of TrackMate for the movie, or one with something changed."""
    spots = "".join(
        f'<SpotsInFrame frame="{t}">'
        + "".join(SPOT.format(i=i, x=x, y=y) for i, x, y in found)
        + "</SpotsInFrame>"
        for t, found in frames.items()
    )
    links = "".join(f'<Edge SPOT_SOURCE_ID="{a}" SPOT_TARGET_ID="{b}" />' for a, b in edges)
    return (
        f'{head}<TrackMate version="7"><Model spatialunits="{units}"><AllSpots>{spots}</AllSpots>'
        f'<AllTracks><Track TRACK_ID="0">{links}</Track></AllTracks></Model>'
        f"<Settings>{image}</Settings></TrackMate>"
    )


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    + xml().replace('version="7"', 'version="&c;"')
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml().replace(
    "<Settings>", "<Log>&a;</Log><Settings>"
)
SCHEMA = '<!DOCTYPE x SYSTEM "http://localhost:1/x.dtd">' + xml()
MOVED = {0: FRAMES[0], 1: [(7, 6.3, 1.25), FRAMES[1][1]]}
ASIDE = {0: FRAMES[0], 1: [(7, 0.25, 5.5), FRAMES[1][1]]}
TWICE = {0: FRAMES[0], 1: [(7, 1.75, 1.25), (8, 2.0, 1.25)]}
REFUSED_XML = {
    "cut short": (xml()[:300], InvalidDataError, "damaged or cut short"),
    "nothing": ("", InvalidDataError, "damaged or cut short"),
    "an entity bomb": (BOMB, InvalidDataError, "declares a document type or entities"),
    "an external entity": (EXTERNAL, InvalidDataError, "declares a document type or entities"),
    "an external document type": (SCHEMA, InvalidDataError, "declares a document type or entities"),
    "another program's": ("<mamut />", InvalidDataError, "no file of TrackMate"),
    "the simple export": ('<Tracks nTracks="1" />', InvalidDataError, "no file of TrackMate"),
    "a spot outside": (xml(MOVED), InvalidLineageError, "outside the image"),
    "a spot at no number": (xml().replace('"1.75"', '"NaN"'), InvalidLineageError, "outside"),
    "a frame too many": (
        xml({**FRAMES, 9: [(9, 1, 1)]}),
        InvalidLineageError,
        "frames that the movie",
    ),
    "an edge to a missing spot": (
        xml(edges=[(5, 99)]),
        InvalidLineageError,
        "spots that are not there",
    ),
    "an edge in a frame": (xml(edges=[(5, 6)]), InvalidLineageError, "do not lead forward"),
    "an edge twice": (xml(edges=[(5, 7), (5, 7)]), InvalidLineageError, "twice"),
    "a number twice": (
        xml({0: [*FRAMES[0], FRAMES[0][0]]}),
        InvalidLineageError,
        "the same number",
    ),
    "a spot beside all cells": (xml(ASIDE), InvalidLineageError, "have no cell"),
    "two spots in a cell": (xml(TWICE), InvalidLineageError, "have no cell"),
    "a spot without a place": (
        xml().replace("POSITION_X", "X"),
        InvalidDataError,
        "lacks an attribute",
    ),
    "a word for a number": (xml().replace('"5"', '"five"'), InvalidDataError, "lacks an attribute"),
    "another image": (xml(image=IMAGE.replace("12", "13")), InvalidDataError, "another size"),
    "several planes": (xml().replace('Z="0"', 'Z="1"', 1), InvalidDataError, "several planes"),
    "an endless number": (
        xml().replace('"5"', f'"{10**20}"'),
        InvalidDataError,
        "lacks an attribute",
    ),
    "no unit": (xml(image="", units="furlong"), MissingMetadataError, "how large a pixel"),
}

ARRAYS = {
    "nodes/ids": np.array([5, 6, 7, 8], np.uint64),
    "edges/ids": np.array([[5, 7], [6, 8]], np.uint64),
    "nodes/props/t/values": np.array([0, 0, 1, 1]),
    "nodes/props/y/values": np.array([2.5, 9.0, 2.5, 9.0]),
    "nodes/props/x/values": np.array([3.5, 7.5, 3.5, 7.5]),
}
TOLD = {"axes": [TIME, *PLACE]}
LABELLED = {**ARRAYS, "nodes/props/seg_id/values": np.array([3, 4, 3, 4])}
BACK = {**ARRAYS, "edges/ids": np.array([[5, 7], [7, 6]], np.uint64)}
CYCLE = {**ARRAYS, "edges/ids": np.array([[5, 7], [7, 5]], np.uint64)}
UNKNOWN = {**ARRAYS, "edges/ids": np.array([[5, 70]], np.uint64)}
WITHOUT = {**LABELLED, "nodes/props/seg_id/missing": np.array([False, True, False, False])}
WRONG_LABEL = {**LABELLED, "nodes/props/seg_id/values": np.array([3, 4, 3, 40])}
SAME = {**LABELLED, "nodes/props/seg_id/values": np.array([3, 3, 3, 4])}
HALVES = {**LABELLED, "nodes/props/seg_id/values": np.array([3, 4, 3, 4.0])}
BETWEEN = {**ARRAYS, "nodes/props/t/values": np.array([0, 0, 1, 1.4])}
SHORT = {**ARRAYS, "nodes/props/t/values": np.array([0, 0, 1])}
NO_TIMES = {k: v for k, v in ARRAYS.items() if "/t/" not in k}
SECONDS = {"axes": [{**TIME, "unit": "second"}, *PLACE]}
LENGTHS = {"axes": [TIME, *({**axis, "unit": "micrometer"} for axis in PLACE)]}
PARSECS = {"axes": [{**TIME, "unit": "fortnight"}, *PLACE]}
REFUSED_GEFF = {
    "a cycle": (TOLD, CYCLE, InvalidLineageError, "7 to 5 (frame 1 to frame 0)"),
    "an edge back in time": (TOLD, BACK, InvalidLineageError, "do not lead forward"),
    "an edge to a missing node": (TOLD, UNKNOWN, InvalidLineageError, "nodes that are not there"),
    "no axes": ({}, ARRAYS, InvalidDataError, "which property of its nodes is time"),
    "no axes of space": ({"axes": [TIME]}, ARRAYS, InvalidDataError, "where its nodes are"),
    "an axis without values": (TOLD, NO_TIMES, InvalidDataError, "lacks an array"),
    "another version": ({**TOLD, "geff_version": "0.3"}, ARRAYS, SchemaVersionError, "'0.3'"),
    "no version": ({**TOLD, "geff_version": None}, ARRAYS, SchemaVersionError, "None"),
    "wrong metadata": ({**TOLD, "directed": "maybe"}, ARRAYS, InvalidDataError, "directed"),
    "a node without label": (TOLD, WITHOUT, InvalidLineageError, "node 6"),
    "a label that is not there": (TOLD, WRONG_LABEL, InvalidLineageError, "frame 1, label 40"),
    "two nodes with one label": (
        TOLD,
        SAME,
        InvalidLineageError,
        "nodes 5 and 6: label 3 of frame 0",
    ),
    "labels that are no integers": (TOLD, HALVES, InvalidDataError, "no integers"),
    "a time between frames": (TOLD, BETWEEN, InvalidLineageError, "between the frames"),
    "times of fewer nodes": (TOLD, SHORT, InvalidDataError, "a number per node"),
    "an unknown unit": (PARSECS, ARRAYS, InvalidDataError, "fortnight"),
    "seconds without a frame interval": (SECONDS, ARRAYS, MissingMetadataError, "--frame-interval"),
    "lengths without a pixel size": (LENGTHS, ARRAYS, MissingMetadataError, "--pixel-size"),
}

POINTS = "track_id,t,y,x\n1,0,2.5,3.5\n1,1,2.5,3.5\n2,0,9,7.5\n2,1,9,7.5\n"
CELLS = "Position;Indices;Prev;Next\np;0-2;;1-2\np;1-2;0-2;\n"
REFUSED_TABLES = {
    "unknown columns": ("a,b\n1,2\n", InvalidLineageError, "lacks columns"),
    "a missing column": ("t_source,label_source,t_target\n", InvalidLineageError, "lacks columns"),
    "a point twice": (POINTS + "2,1,9,7.5\n", InvalidLineageError, "do not lead forward"),
    "a word for a number": (POINTS.replace("2,1,9", "2,one,9"), InvalidDataError, "line 5: 'one'"),
    "half a frame": (POINTS.replace("2,1,9", "2,0.5,9"), InvalidDataError, "whole number"),
    "a line cut short": (POINTS + "2,1", InvalidDataError, "line 6: 2 values"),
    "an unknown parent": (
        POINTS.replace("x\n", "x,parent_track_id\n")
        .replace("3.5\n", "3.5,9\n")
        .replace("7.5\n", "7.5,-1\n"),
        InvalidLineageError,
        "9 to 1",
    ),
    "no cell before or after": (
        CELLS.replace("Prev", "A").replace("Next", "B"),
        InvalidDataError,
        "which cell follows",
    ),
    "several positions": (CELLS + "q;0-3;;\n", InvalidDataError, "several positions"),
    "indices of another form": (CELLS.replace("1-2;0-2", "1_2;0-2"), InvalidDataError, "'1_2'"),
    "an unknown cell": (CELLS.replace(";1-2\n", ";1-7\n"), InvalidLineageError, "Next '1-7'"),
    "a cell without a label": (CELLS.replace("0-2", "0-8"), InvalidLineageError, "label 9"),
}


@pytest.fixture
def refuse(tmp_path):
    """Return a function that imports links for two cells, 3 and 4, in two frames, and returns the error."""
    labels = np.zeros((2, 12, 12), np.uint16)
    labels[:, 2:4, 2:6] = 3
    labels[:, 8:11, 7:9] = 4
    import_movie(
        labels, tmp_path / "raw.ome.zarr", pixel_size_um="unknown", frame_interval_s="unknown"
    )
    np.save(tmp_path / "masks.npy", labels)

    def run(file):
        target = tmp_path / "m.ome.zarr"
        words = ["import", str(tmp_path / "raw.ome.zarr"), str(target)]
        words += ["--pixel-size", "unknown", "--frame-interval", "unknown"]
        done = CliRunner().invoke(
            app, [*words, "--labels", str(tmp_path / "masks.npy"), "--links", str(file)]
        )
        assert target.exists() == (done.exception is None)
        assert not list(tmp_path.glob(".*"))
        return done.exception

    return run


def check(error, kind, text):
    assert type(error) is kind, error
    assert text in str(error)
    assert error.problem
    assert error.found
    assert error.where
    assert error.remedy


def test_the_files_without_a_fault_come_in(refuse, tmp_path):
    (tmp_path / "t.xml").write_text(xml())
    assert refuse(tmp_path / "t.xml") is None


@pytest.mark.parametrize("fault", REFUSED_XML)
def test_trackmate(refuse, tmp_path, fault):
    text, kind, told = REFUSED_XML[fault]
    (tmp_path / "t.xml").write_text(text)
    check(refuse(tmp_path / "t.xml"), kind, told)


@pytest.mark.parametrize("fault", REFUSED_GEFF)
def test_geff(refuse, tmp_path, fault):
    told, arrays, kind, text = REFUSED_GEFF[fault]
    check(refuse(write_graph(tmp_path / "t.geff", told, arrays)), kind, text)


@pytest.mark.parametrize("fault", REFUSED_TABLES)
def test_tables(refuse, tmp_path, fault):
    text, kind, told = REFUSED_TABLES[fault]
    (tmp_path / "t.csv").write_text(text)
    check(refuse(tmp_path / "t.csv"), kind, told)


def test_a_graph_of_tracks_that_is_no_json(refuse, tmp_path):
    (tmp_path / "t.csv").write_text(POINTS)
    assert refuse(tmp_path / "t.csv") is None
    (tmp_path / "m.ome.zarr").rename(tmp_path / "other.ome.zarr")
    for text, kind, told in (
        ("{", InvalidDataError, "no graph of tracks"),
        ("[1]", InvalidDataError, "no graph of tracks"),
        ('{"2": [7]}', InvalidLineageError, "7 to 2"),
        ('{"2": [1]}', InvalidLineageError, "do not lead forward"),
    ):
        (tmp_path / "t.graph.json").write_text(text)
        check(refuse(tmp_path / "t.csv"), kind, told)


@pytest.mark.parametrize("name", ["nothing.xml", "nothing.geff", "nothing.csv"])
def test_a_file_that_is_not_there(refuse, tmp_path, name):
    assert isinstance(refuse(tmp_path / name), NotFoundError)


def test_a_graph_whose_arrays_or_metadata_are_damaged(refuse, tmp_path):
    graph = write_graph(tmp_path / "t.geff", TOLD, ARRAYS)
    (graph / "nodes" / "props" / "x" / "values" / "0").write_bytes(b"cut")
    check(refuse(graph), InvalidDataError, "damaged")
    (graph / ".zattrs").write_text('{"geff": {')
    check(refuse(graph), InvalidDataError, "damaged")


def test_an_outline_that_is_no_polygon(refuse, tmp_path):
    for points in ("1 1 nan 2 1 0", "1 1 2", "1 1 two 2"):
        text = xml().replace("/>", f'ROI_N_POINTS="3">{points}</Spot>', 1)
        (tmp_path / "t.xml").write_text(text)
        assert type(refuse(tmp_path / "t.xml")) in (InvalidDataError, InvalidLineageError)


def test_masks_of_another_movie_that_a_graph_names(refuse, tmp_path):
    objects = [{"type": "labels", "path": "../few.npy", "node_prop": "seg_id"}]
    graph = write_graph(tmp_path / "t.geff", {**TOLD, "related_objects": objects}, LABELLED)
    np.save(tmp_path / "few.npy", np.zeros((1, 12, 12), np.uint8))
    movie = import_movie(
        np.zeros((2, 12, 12), np.uint8),
        tmp_path / "a.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    with pytest.raises(InvalidDataError, match="do not fit the movie"):
        import_labels(movie, graph)


def test_a_group_that_is_no_graph(refuse, tmp_path):
    shutil.copytree(tmp_path / "raw.ome.zarr", tmp_path / "raw.geff")
    check(refuse(tmp_path / "raw.geff"), InvalidDataError, "no GEFF")


def test_the_command_ends_with_the_message_and_its_exit_code(tmp_path):
    (tmp_path / "t.xml").write_text(BOMB)
    np.save(tmp_path / "m.npy", np.zeros((2, 12, 12), np.uint8))
    import_movie(
        np.load(tmp_path / "m.npy"),
        tmp_path / "raw.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    words = [
        "import",
        tmp_path / "raw.ome.zarr",
        tmp_path / "a.ome.zarr",
        "--links",
        tmp_path / "t.xml",
    ]
    words += ["--pixel-size", "unknown", "--frame-interval", "unknown"]
    done = subprocess.run(
        [sys.executable, "-c", "from distnet_store.cli.app import main; main()", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == InvalidDataError.exit_code
    for part in (
        "declares a document type or entities",
        "expected: plain XML",
        "found:",
        "where:",
        "what to do:",
    ):
        assert part in done.stderr
    assert not (tmp_path / "a.ome.zarr").exists()
