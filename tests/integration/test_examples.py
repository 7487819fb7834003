"""Do the scripts of examples/ run on the real movies, and find what is known of these?"""

import runpy
from pathlib import Path

import numpy as np
import pytest
from s3_servers import environment, make_bucket, running_server

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(name):
    """Run a script as users do, and return what it has computed."""
    return runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")


def test_every_script_is_run_here():
    tested = {name[5:] for name in globals() if name.startswith("test_") and name[5].isdigit()}
    assert tested == {path.stem for path in EXAMPLES.glob("*.py")}


def test_1_from_tiff_to_lineages():
    seen = run("1_from_tiff_to_lineages")
    assert seen["runs"]["segment"].record.counts["cells"] > 40
    assert dict(seen["labels"].sizes) == {"t": 10, "y": 207, "x": 24}
    assert len(seen["family"]) > 0
    assert seen["scores"].values["mean_iou"] > 0.9


def test_2_lineages_in_tables():
    """Track 1 divides into 2 and 5; the last of the family is reached over its ancestors."""
    seen = run("2_lineages_in_tables")
    assert len(seen["growth"]) == 10
    assert seen["growth"].iloc[-1] > seen["growth"].iloc[0]
    assert seen["cycles"]["generation"].tolist()[0] == 1
    assert seen["ancestors"][0] == (1,)
    assert seen["ancestors"][-1] == (seen["last"],)


def test_3_fine_tune():
    seen = run("3_fine_tune")
    assert seen["losses"]["epoch"].tolist() == [1, 2]
    assert seen["card"].training["started_from"]["digest"] == seen["start"].digest
    assert seen["runs"]["segment"].record.counts["cells"] > 0


def test_4_in_a_bucket(tmp_path, monkeypatch):
    with running_server("moto", tmp_path) as address:
        make_bucket(address, "movies")
        for name, value in environment(address).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("EXAMPLE_BUCKET", "s3://movies")
        seen = run("4_in_a_bucket")
    assert [one.name for one in seen["outlined"]] == ["chamber09.ome.zarr", "chamber10.ome.zarr"]
    assert all(one.error is None for one in seen["outlined"])
    assert seen["report"].problems == ()


def test_5_neighbours_in_space():
    seen = run("5_neighbours_in_space")
    assert (2, 5) in seen["together"].index
    assert (seen["together"]["border_um"] > 0).all()
    assert seen["part"].between(0, 1 + 1e-9).all()
    assert max(dict(seen["graph"].degree).values()) <= 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # napari's own
def test_6_curate_in_napari():
    pytest.importorskip("napari")
    seen = run("6_curate_in_napari")
    assert seen["summary"].counts["split"] == 1
    assert seen["summary"].frames == 1
    assert len(np.unique(seen["undone"])) == len(np.unique(seen["frame"]))


def test_7_analyses():
    seen = run("7_analyses")
    assert set(seen["figure_5"]) == {"msd", "speed-length", "angle", "speed-angle"}
    assert seen["others"]["growth"].table.num_rows > 10
    assert len(seen["written"]) == 4 + 2 + 2 * 3  # trees and kymographs are of each movie
    assert all(one.figure.stat().st_size > 1000 for one in seen["written"])


def test_8_train_your_own():
    seen = run("8_train_your_own")
    assert seen["losses"].epoch.tolist() == [1, 2]
    assert [movie.shape for movie in seen["movies"]] == [(1, 1, 200, 200)] * 4
    assert "segmentation_percent" in seen["scores"].values
