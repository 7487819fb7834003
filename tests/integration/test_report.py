"""A report says what is in a dataset or a folder of them, on one page that needs nothing else."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from distnet_store.cli.app import app
from distnet_store.errors import PartlyFailedError, TargetExistsError, WrongArgumentError
from distnet_store.pipeline.evaluate import evaluate
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.report.movie_report import ReportOptions
from distnet_store.pipeline.report.write_report import write_report
from distnet_store.store.movie import open_movie


@pytest.fixture(scope="module")
def folder(chamber10, tmp_path_factory):
    """A folder with a whole dataset, with scores, and one that has pixels only."""
    root = tmp_path_factory.mktemp("movies")
    movie = import_movie(
        chamber10.images, root / "a & b.ome.zarr", pixel_size_um=0.065, frame_interval_s=300
    )
    labels = chamber10.labels.astype(np.int32)
    import_labels(movie, labels, links=chamber10.links)
    import_labels(movie, labels, "cells")
    link(movie, prediction=None, name="cells", overwrite=True)
    evaluate(open_movie(movie.url))
    import_movie(
        chamber10.images[:2],
        root / "bare.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    return root


class Page(HTMLParser):
    """Headings, tables and addresses of a page; fails where tags are not closed in order."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text = path.read_text(encoding="utf-8")
        self.open, self.headings, self.addresses, self.rows = [], [], [], []
        self.feed(self.text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in {"src", "href"}]
        if tag == "tr":
            self.rows.append([])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "h2" in self.open or "h3" in self.open:
            self.headings.append(data)
        if "td" in self.open:
            self.rows[-1].append(data)


def test_a_page_about_one_dataset(folder, tmp_path):
    movie = open_movie(folder / "a & b.ome.zarr")
    (outcome,) = write_report([movie], tmp_path / "report.html", ReportOptions(films=2, flags=3))
    tracks = movie.read_table("cells", "tracks").to_pandas()
    assert outcome.result.figures == {
        "frames": 10,
        "cells": 53,
        "tracks": len(tracks),
        "lineages": tracks.lineage_id.nunique(),
        "divisions": (tracks["end"] == "division").sum(),
        "lost in mid-field": (tracks["end"] == "lost").sum(),
    }
    page = Page(tmp_path / "report.html")
    assert page.headings == [
        "Results",
        "Cells over time, cells",
        "Lineages, cells",
        "Films of the largest lineages, cells",
        "What to look at first, cells",
        "Scores",
        "What ran",
    ]
    assert ["pixel size", "0.065 × 0.065 µm"] in page.rows
    assert any(row[:2] == ["segmentation_percent", "0%"] for row in page.rows)
    films = [one for one in page.addresses if one.startswith("data:image/webp")]
    assert len(films) == 2
    assert "a &amp; b" in page.text
    assert "a & b" not in page.text


def test_nothing_is_loaded_from_elsewhere(folder, tmp_path):
    write_report([open_movie(folder / "a & b.ome.zarr")], tmp_path / "report.html")
    page = Page(tmp_path / "report.html")
    assert all(one.startswith("data:image/") for one in page.addresses)
    assert "<script" not in page.text
    assert re.search(r"default-src 'none'", page.text)


def test_a_dataset_without_results_says_what_it_is(folder, tmp_path):
    (outcome,) = write_report([open_movie(folder / "bare.ome.zarr")], tmp_path / "r.html")
    assert outcome.result.figures == {"frames": 2}
    assert "distnet-store run" in Page(tmp_path / "r.html").text


def test_a_report_changes_nothing(folder, tmp_path):
    movie = open_movie(folder / "a & b.ome.zarr")
    keys = {key: movie.location.read(key) for key in movie.location.list_keys("")}
    write_report([movie], tmp_path / "r.html", ReportOptions(name="reference"))
    assert {key: movie.location.read(key) for key in movie.location.list_keys("")} == keys


def test_a_folder_becomes_one_page(folder, tmp_path):
    out = tmp_path / "all.html"
    result = CliRunner().invoke(app, ["report", str(folder), "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [e["movie"].rpartition("/")[2] for e in events if e["event"] == "reported"] == [
        "a & b.ome.zarr",
        "bare.ome.zarr",
    ]
    page = Page(out)
    assert [one for one in page.headings if one in {"a & b", "bare"}] == ["a & b", "bare"]
    assert page.rows[2 + 1][:3] == ["all", "12", "53"]


def test_a_damaged_dataset_is_named_and_the_others_are_there(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "movies")
    table = tmp_path / "movies" / "a & b.ome.zarr" / "tables" / "cells" / "tracks"
    (table / "table.parquet").write_bytes(b"PAR1 and no more")
    out = tmp_path / "all.html"
    result = CliRunner().invoke(app, ["report", str(tmp_path / "movies"), "--out", str(out)])
    assert isinstance(result.exception, PartlyFailedError)
    page = Page(out)
    assert "failed:" in page.text
    assert "bare" in page.headings


def test_what_cannot_be_written_is_refused(folder, tmp_path):
    movie = open_movie(folder / "bare.ome.zarr")
    with pytest.raises(WrongArgumentError, match=r"(?s)a report is a page.*\.html"):
        write_report([movie], tmp_path / "report.pdf")
    with pytest.raises(WrongArgumentError, match="no dataset"):
        write_report([], tmp_path / "report.html")
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(TargetExistsError, match="--overwrite"):
        write_report([movie], tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == "mine"
    write_report([movie], tmp_path / "report.html", overwrite=True)


def test_doubts_are_found_where_no_table_has_them_and_none_is_written(folder, tmp_path):
    shutil.copytree(folder / "a & b.ome.zarr", tmp_path / "a.ome.zarr")
    shutil.rmtree(tmp_path / "a.ome.zarr" / "tables" / "cells" / "flags")
    write_report([open_movie(tmp_path / "a.ome.zarr")], tmp_path / "r.html")
    assert "worth a look" in Page(tmp_path / "r.html").text
    assert not (tmp_path / "a.ome.zarr" / "tables" / "cells" / "flags").exists()
