"""The commands, by their entry point: results, JSON, exit codes, and no traceback."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

COMMAND = str(Path(sys.executable).with_name("distnet-store"))
CHAMBER = Path(__file__).parents[2] / "examples" / "data" / "mother-machine" / "chamber10"
UNKNOWN = ("--pixel-size", "unknown", "--frame-interval", "unknown")


QUERY = """
import sys
sys.modules["distnet_store"] = None
import duckdb, pandas as pd
tables = sys.argv[1]
tracks = pd.read_parquet(tables + "tracks/table.parquet").set_index("track_id")
last = int(tracks.loc[2, "subtree_end"])
cells = pd.read_parquet(tables + "objects/table.parquet", filters=[("track_id", ">=", 2), ("track_id", "<=", last)])
objects = duckdb.read_parquet(tables + "objects/table.parquet")
count = objects.filter(f"track_id between 2 and {last}").count("*").fetchall()[0][0]
print(len(cells), count, sorted(set(cells.track_id)))
"""


def call(*words):
    return subprocess.run(
        [COMMAND, *map(str, words)], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    target = tmp_path_factory.mktemp("cli") / "c10.ome.zarr"
    done = call(
        *("import", CHAMBER / "img_phase.tif", target, *UNKNOWN),
        *("--labels", CHAMBER / "labels_ctc.tif", "--links", CHAMBER / "man_track.txt"),
    )
    assert done.returncode == 0, done.stderr
    assert "10 frames" in done.stdout
    assert call("targets", target).returncode == 0
    assert call("segment", target, "--prediction", "targets", "--thickness", "9").returncode == 0
    assert call("link", target, "--prediction", "targets").returncode == 0
    return target


def test_info_lists_what_is_there(dataset):
    found = json.loads(call("info", dataset, "--json").stdout)
    assert found["labels"] == ["cells", "cells-tracks", "reference"]
    assert found["predictions"] == ["targets"]


def test_tracks_are_listed_as_table_tree_csv_and_json(dataset):
    assert "track_id" in call("tracks", dataset).stdout
    tree = call("tracks", dataset, "--format", "tree").stdout.splitlines()
    assert tree[1].startswith("  track 2: frames 3 to 6, begins by division")
    csv = call(
        "tracks", dataset, "--format", "csv", "--columns", "track_id,t_first"
    ).stdout.splitlines()
    assert csv[0] == "track_id,t_first"
    assert len(csv) == 18
    rows = [
        json.loads(row)
        for row in call("tracks", dataset, "--descendants-of", "2", "--json").stdout.splitlines()
    ]
    assert [row["track_id"] for row in rows] == [2, 3, 4]


def test_a_step_that_is_whole_is_not_done_again(dataset):
    done = call("link", dataset, "--prediction", "targets", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["units_computed"] == 0


def test_validate_finds_nothing_wrong(dataset):
    done = call("validate", dataset)
    assert done.returncode == 0, done.stdout


def test_a_dry_run_lists_the_units(dataset):
    done = call("predict", dataset, "--dry-run")
    assert "t000000-000010" in done.stdout
    assert "distnet" not in json.loads(call("info", dataset, "--json").stdout)["predictions"]


def truncated(folder):
    path = folder / "cut.tif"
    data = (CHAMBER / "img_phase.tif").read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return ["import", path, folder / "new.ome.zarr", *UNKNOWN]


def stack(folder):
    path = folder / "stack.tif"
    tifffile.imwrite(
        path,
        np.zeros((5, 16, 16), np.uint8),
        imagej=True,
        photometric="minisblack",
        metadata={"axes": "ZYX"},
    )
    return ["import", path, folder / "new.ome.zarr", *UNKNOWN]


def nan(folder):
    frames = np.zeros((3, 16, 16), np.float32)
    frames[1, 2, 3] = np.nan
    tifffile.imwrite(folder / "nan.tif", frames, photometric="minisblack", metadata={"axes": "TYX"})
    return ["import", folder / "nan.tif", folder / "new.ome.zarr", *UNKNOWN]


def no_pixel_size(folder):
    return [
        "import",
        CHAMBER / "img_phase.tif",
        folder / "new.ome.zarr",
        "--frame-interval",
        "unknown",
    ]


def labels(folder, array):
    tifffile.imwrite(
        folder / "labels.tif", array, photometric="minisblack", metadata={"axes": "TYX"}
    )
    return [
        *("import", CHAMBER / "img_phase.tif", folder / "new.ome.zarr", *UNKNOWN),
        *("--labels", folder / "labels.tif"),
    ]


def float_masks(folder):
    return labels(folder, np.zeros((10, 207, 24), np.float32))


def large_label(folder):
    array = np.zeros((10, 207, 24), np.uint32)
    array[0, 0, 0] = 2**31
    return labels(folder, array)


def link_to_nothing(folder):
    words = labels(folder, np.ones((10, 207, 24), np.uint16))
    (folder / "links.csv").write_text("t_source,label_source,t_target,label_target\n0,1,1,7\n")
    return [*words, "--links", folder / "links.csv"]


def not_a_dataset(folder):
    (folder / "empty").mkdir()
    return ["run", folder / "empty"]


BAD = {
    truncated: (4, "cut.tif"),
    stack: (4, "3-D stack"),
    nan: (4, "NaN"),
    no_pixel_size: (5, "--pixel-size"),
    float_masks: (4, "float"),
    large_label: (4, "2147483648"),
    link_to_nothing: (10, "label 7"),
    not_a_dataset: (3, "no OME-Zarr"),
}


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_bad_input_is_refused_with_its_code_and_leaves_nothing(tmp_path, make):
    words = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = call(*words)
    code, text = BAD[make]
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert text in done.stderr
    assert "what to do" in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_an_existing_target_is_left_alone(dataset):
    before = call("info", dataset).stdout
    done = call("import", CHAMBER / "img_phase.tif", dataset, *UNKNOWN)
    assert done.returncode == 6
    assert "--overwrite" in done.stderr
    assert call("info", dataset).stdout == before


def test_a_newer_schema_is_refused(dataset, tmp_path):
    newer = tmp_path / "newer.ome.zarr"
    shutil.copytree(dataset, newer)
    document = json.loads((newer / "zarr.json").read_text())
    document["attributes"]["distnet"]["schema_version"] = "2.0"
    (newer / "zarr.json").write_text(json.dumps(document))
    done = call("info", newer)
    assert done.returncode == 7
    assert "newer" in done.stderr


def test_an_error_is_also_a_json_event(tmp_path):
    done = call("info", tmp_path / "none", "--json")
    assert json.loads(done.stdout)["class"] == "NotADatasetError"


def test_debug_shows_the_traceback(tmp_path):
    assert "Traceback" in call("info", tmp_path / "none", "--debug").stderr


def test_tables_are_read_with_pandas_and_duckdb_alone(dataset):
    """A lineage query by path, in a process that cannot import our package."""
    done = subprocess.run(
        [sys.executable, "-c", QUERY, f"{dataset}/tables/cells/"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.strip() == "10 10 [2, 3, 4]"
