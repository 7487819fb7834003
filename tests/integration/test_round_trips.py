"""Every cell, link, division, gap and fusion comes back from each format, or it is told what it cannot hold."""

import json
from collections import Counter

import numpy as np
import pytest
import tifffile
from napari_graph import napari_graph
from tracker_files import (
    INTERVAL_S,
    PIXEL_UM,
    TRUTH,
    counts,
    pixels_and_links,
    unpack,
)
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import TargetExistsError, WrongArgumentError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.store.movie import Movie
from distnet_store.store.sources.ctc import open_ctc_labels


def colony(folder) -> Movie:
    source = open_ctc_labels(TRUTH)
    frames = np.stack([source.read(t) for t in range(source.shape[0])])
    return import_movie(
        frames, folder / "colony.ome.zarr", pixel_size_um=PIXEL_UM, frame_interval_s=INTERVAL_S
    )


@pytest.fixture(scope="module")
def chamber(tmp_path_factory, chamber10) -> Movie:
    """A mother-machine chamber, whose result is `cells`."""
    target = tmp_path_factory.mktemp("chamber") / "c10.ome.zarr"
    made = import_movie(chamber10.images, target, pixel_size_um=0.1, frame_interval_s=300)
    return import_labels(made, chamber10.labels.astype(np.int32), "cells", links=chamber10.links)


@pytest.fixture(scope="module", params=["Ecoli_growth_on_agar_pad_with_fusions.xml", "chamber"])
def movie(request, tmp_path_factory) -> Movie:
    """A movie whose result `cells` came from a file of TrackMate with a gap and fusions, or the chamber."""
    if request.param == "chamber":
        made: Movie = request.getfixturevalue("chamber")
        return made
    folder = tmp_path_factory.mktemp("colony")
    return import_labels(colony(folder), unpack(folder) / request.param, "cells")


@pytest.fixture(scope="module")
def masks(movie, tmp_path_factory):
    target = tmp_path_factory.mktemp("masks") / "m.tif"
    export(movie, target)
    return target


def export(movie, target, *words):
    done = CliRunner().invoke(app, ["export", movie.url, str(target), "--json", *words])
    assert done.exit_code == 0, done.output
    (told,) = [e for e in map(json.loads, done.stdout.splitlines()) if e["event"] == "exported"]
    return told


def back(movie, labels, links=None) -> Movie:
    """Import labels and links into a new dataset of the same movie, as `cells`."""
    return import_labels(movie, labels, "back", links=links, overwrite=True)


def test_trackmate(movie, tmp_path):
    told = export(movie, tmp_path / "t.xml")
    again = back(movie, tmp_path / "t.xml")
    assert counts(again, "back") == counts(movie, "cells")
    assert (told["format"], told["n_cells"]) == ("trackmate", counts(movie, "cells").nodes)
    ids = [
        movie.read_table(name, "objects", ["object_id"])["object_id"] for name in ("cells", "back")
    ]
    assert set(ids[0].to_pylist()) == set(ids[1].to_pylist())
    was, is_now = pixels_and_links(movie, "cells"), pixels_and_links(again, "back")
    lost = [text for text in told["left_out"] if text.startswith("holes or smaller pieces of")]
    n_incomplete = int(lost[0].split()[5]) if lost else 0
    assert (was[0] - is_now[0]).total() <= n_incomplete
    if not n_incomplete:
        assert was == is_now


def test_trackmate_with_the_masks_loses_nothing(movie, masks, tmp_path):
    export(movie, tmp_path / "t.xml")
    again = back(movie, masks, tmp_path / "t.xml")
    assert pixels_and_links(again, "back") == pixels_and_links(movie, "cells")


def test_geff_names_its_masks_and_comes_back_without_another_word(movie, tmp_path):
    place = movie.location.local / "tracks.geff"
    export(movie, place, "--overwrite")
    again = back(movie, place)
    assert pixels_and_links(again, "back") == pixels_and_links(movie, "cells")


def test_napari(movie, masks, tmp_path):
    export(movie, tmp_path / "t.csv")
    again = back(movie, masks, tmp_path / "t.csv")
    assert pixels_and_links(again, "back") == pixels_and_links(movie, "cells")
    data = np.loadtxt(tmp_path / "t.csv", delimiter=",", skiprows=1)
    graph = {int(c): p for c, p in json.loads((tmp_path / "t.graph.json").read_text()).items()}
    assert napari_graph(data[:, :4], graph) == counts(movie, "cells").edges


def test_napari_without_labels_and_with_parents_in_a_column_finds_the_cells(movie, masks, tmp_path):
    fused = counts(movie, "cells").fusions
    export(movie, tmp_path / "t.csv")
    (tmp_path / "t.graph.json").unlink()
    rows = [line.split(",") for line in (tmp_path / "t.csv").read_text().splitlines()]
    assert rows[0][4] == "label"
    (tmp_path / "t.csv").write_text("\n".join(",".join(row[:4] + row[5:]) for row in rows))
    again = back(movie, masks, tmp_path / "t.csv")
    lost = pixels_and_links(movie, "cells")[1] - pixels_and_links(again, "back")[1]
    assert lost.total() == fused  # a column holds one parent


def test_a_csv_folder(movie, masks, tmp_path):
    export(movie, tmp_path / "tables", "--format", "csv")
    again = back(movie, masks, tmp_path / "tables" / "links.csv")
    assert pixels_and_links(again, "back") == pixels_and_links(movie, "cells")
    told = json.loads((tmp_path / "tables" / "columns.json").read_text(encoding="utf-8"))
    assert told["objects"]["area_um2"]["unit"] == "micrometer²"
    assert told["pixel_size_um"] == list(movie.pixel_size_um)
    header = (tmp_path / "tables" / "objects.csv").read_text().split("\n", 1)[0].split(",")
    assert header == list(told["objects"])


def test_bacmman(movie, tmp_path):
    folder = tmp_path / "bacmman"
    export(movie, folder, "--format", "bacmman")
    again = back(movie, folder / "masks.tif", folder / "measurements.csv")
    assert pixels_and_links(again, "back") == pixels_and_links(movie, "cells")
    lines = [line.split(";") for line in (folder / "measurements.csv").read_text().splitlines()]
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    masks = tifffile.imread(folder / "masks.tif")
    for row in rows[::40]:
        frame, place = map(int, row["Indices"].split("-"))
        assert (frame, place) == (int(row["Frame"]), int(row["Idx"]))
        assert np.count_nonzero(masks[frame] == place + 1) == int(row["Size"])
    n_tracks = movie.read_table("cells", "tracks").num_rows
    assert len({row["TrackHeadIndices"] for row in rows}) == n_tracks
    assert len({row["BacteriaLineage"] for row in rows}) == n_tracks


def test_the_challenge_loses_gaps_and_fusions_only_and_says_so(movie, tmp_path):
    was = counts(movie, "cells")
    told = export(movie, tmp_path / "01_RES")
    again = counts(back(movie, tmp_path / "01_RES"), "back")
    assert (again.nodes, again.edges) == (was.nodes, was.edges - told["n_fusions"])
    assert again.gaps == was.gaps


def test_labels_of_tracks(movie, tmp_path):
    export(movie, tmp_path / "t.tif", "--tracks")
    values = tifffile.imread(tmp_path / "t.tif")
    cells = movie.read_table("cells", "objects", ["t", "track_id", "area"]).to_pylist()
    sizes = Counter((int(t), int(v)) for t in range(len(values)) for v in values[t][values[t] > 0])
    assert sizes == {(row["t"], row["track_id"]): row["area"] for row in cells}


@pytest.mark.parametrize(
    ("target", "form"),
    [("t.xml", "trackmate"), ("t.csv", "napari"), ("d", "csv"), ("d", "bacmman")],
)
def test_a_target_is_replaced_only_on_demand_and_if_it_is_of_the_format(
    chamber, tmp_path, target, form
):
    movie = chamber
    place = tmp_path / target
    words = ["export", movie.url, str(place), "--format", form]
    place.mkdir()
    (place / "mine").write_text("mine")
    for more in ([], ["--overwrite"]):
        assert isinstance(CliRunner().invoke(app, [*words, *more]).exception, TargetExistsError)
    assert (place / "mine").read_text() == "mine"
    (place / "mine").unlink()
    assert CliRunner().invoke(app, words).exit_code == 0  # an empty folder is no loss
    assert isinstance(CliRunner().invoke(app, words).exception, TargetExistsError)
    assert CliRunner().invoke(app, [*words, "--overwrite"]).exit_code == 0
    assert not list(tmp_path.glob(".*"))


def test_numbers_of_tracks_are_for_labels_only(chamber, tmp_path):
    words = ["export", chamber.url, str(tmp_path / "t.xml"), "--tracks"]
    assert isinstance(CliRunner().invoke(app, words).exception, WrongArgumentError)
    assert not list(tmp_path.iterdir())
