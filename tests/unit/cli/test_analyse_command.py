"""Does `analyse` write what it says, of one movie and of several, and refuse what has no meaning?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

import distnet_store
from distnet_store.cli.app import app
from distnet_store.errors import (
    DistnetError,
    MissingMetadataError,
    NotFoundError,
    WrongArgumentError,
)
from distnet_store.pipeline.analysis.options import ANALYSES
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.store.movie import open_movie

SHORT = ("--min-frames", 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, chamber10: object) -> Path:
    """Two movies of a chamber; one says its scales, one lies beside them and does not."""
    made = tmp_path_factory.mktemp("analyse")
    for name, size, interval in (
        ("both/a", 0.065, 300.0),
        ("both/b", 0.065, 300.0),
        ("plain", "unknown", "unknown"),
    ):
        target = made / f"{name}.ome.zarr"
        movie = import_movie(
            chamber10.images, target, pixel_size_um=size, frame_interval_s=interval
        )
        import_labels(movie, chamber10.labels, "cells", links=chamber10.links)
    return made


def called(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)])


def events(*words: object) -> list[dict]:
    ended = called(*words, "--json")
    assert ended.exit_code == 0, ended.output
    return [json.loads(line) for line in ended.stdout.splitlines()]


def refused(*words: object) -> DistnetError:
    ended = called(*words)
    assert isinstance(ended.exception, DistnetError), ended.output
    return ended.exception


def test_every_analysis_of_several_movies_has_a_table_and_a_figure(
    folder: Path, tmp_path: Path
) -> None:
    what = ",".join(ANALYSES)
    found = events("analyse", folder / "both", "--out", tmp_path, "--what", what, *SHORT)
    together = [one for one in found if "movie" not in one]
    assert [one["what"] for one in together] == list(ANALYSES[:7])
    assert {(one["what"], one["movie"]) for one in found if "movie" in one} == {
        (what, movie) for what in ("lineage-tree", "kymograph") for movie in "ab"
    }
    for one in found:
        assert Path(one["figure"]).read_bytes().startswith(b"%PDF")
        assert len(pd.read_csv(one["table"])) > 0
    alone = events("analyse", folder / "both/a.ome.zarr", "--out", tmp_path / "a", *SHORT)
    assert found[0]["summary"]["n_tracks"] == 2 * alone[0]["summary"]["n_tracks"]
    assert found[0]["summary"]["alpha"] == pytest.approx(alone[0]["summary"]["alpha"])


def test_tables_in_parquet_keep_units_and_meanings(folder: Path, tmp_path: Path) -> None:
    words = ("--out", tmp_path, "--what", "msd", "--table", "parquet", "--picture", "svg", *SHORT)
    (found,) = events("analyse", folder / "both/a.ome.zarr", *words)
    field = pq.read_schema(found["table"]).field("msd_um2")
    assert field.metadata[b"unit"] == "micrometer²".encode()
    assert field.metadata[b"description"] == b"mean squared displacement"
    assert b"<svg" in Path(found["figure"]).read_bytes()


def test_the_same_analysis_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for picture in ("pdf", "svg", "png"):
        written = [
            Path(
                events(
                    *("analyse", folder / "both/a.ome.zarr", "--out", tmp_path / side),
                    *("--what", "msd", "--picture", picture, *SHORT),
                )[0]["figure"]
            ).read_bytes()
            for side in "ab"
        ]
        assert written[0] == written[1], picture


def test_pixels_and_frames_are_named_where_no_scale_is_known(folder: Path, tmp_path: Path) -> None:
    (found,) = events(
        "analyse", folder / "plain.ome.zarr", "--out", tmp_path, "--what", "msd", *SHORT
    )
    assert list(pd.read_csv(found["table"]))[:2] == ["lag_frames", "msd_px2"]
    assert "diffusion_px2_per_frame" in found["summary"]


def test_physical_units_scale_the_same_numbers(folder: Path, tmp_path: Path) -> None:
    words = ("analyse", folder / "both/a.ome.zarr", "--what", "msd", *SHORT, "--units")
    physical, pixel = (
        pd.read_csv(events(*words, units, "--out", tmp_path / units)[0]["table"])
        for units in ("physical", "pixel")
    )
    np.testing.assert_allclose(physical.msd_um2, pixel.msd_px2 * 0.065**2)
    np.testing.assert_allclose(physical.lag_s, pixel.lag_frames * 300)


def test_micrometers_are_refused_where_the_pixel_size_is_not_known(
    folder: Path, tmp_path: Path
) -> None:
    error = refused(
        "analyse", folder / "plain.ome.zarr", "--out", tmp_path, "--units", "physical", *SHORT
    )
    assert isinstance(error, MissingMetadataError)
    assert "pixel size is not known" in error.problem
    assert "plain" in error.where


def test_movies_with_and_without_scales_make_no_ensemble(folder: Path, tmp_path: Path) -> None:
    error = refused("analyse", folder, "--out", tmp_path, *SHORT)
    assert isinstance(error, MissingMetadataError)


def test_a_selection_limits_what_is_analysed(folder: Path, tmp_path: Path) -> None:
    dataset = folder / "plain.ome.zarr"
    tracks = open_movie(dataset).lineage("cells").tracks.to_pandas()
    longest = tracks.track_id[tracks.n_objects.idxmax()]
    assert called("select", dataset, "one", "--tracks", longest).exit_code == 0
    words = ("--out", tmp_path, "--selection", "one", "--what", "msd,lineage-tree,growth", *SHORT)
    msd, growth_or_tree, other = events("analyse", dataset, *words)
    assert msd["summary"]["n_tracks"] == 1
    assert msd["summary"]["alpha_low"] is None
    assert {growth_or_tree["summary"]["n_tracks"], other["summary"]["n_tracks"]} == {1}


def test_a_kymograph_of_what_is_no_channel_is_refused(tmp_path: Path) -> None:
    labels = np.zeros((2, 16, 16), np.int32)
    labels[:, 4:9, 4:7] = 1
    target = tmp_path / "m.ome.zarr"
    movie = import_movie(
        labels.astype(np.uint8), target, pixel_size_um="unknown", frame_interval_s="unknown"
    )
    import_labels(movie, labels, "cells", links=np.array([[0, 1, 1, 1]]))
    error = refused("analyse", target, "--out", tmp_path / "out", "--what", "kymograph")
    assert isinstance(error, WrongArgumentError)
    assert "a kymograph is of a channel" in error.problem


@pytest.mark.parametrize(
    "words",
    [
        ("--what", "msd,nothing"),
        ("--picture", "gif"),
        ("--table", "xlsx"),
        ("--units", "inch"),
        ("--independent", "cell"),
    ],
)
def test_what_is_no_choice_is_refused_with_the_choices(
    folder: Path, tmp_path: Path, words: tuple[str, str]
) -> None:
    error = refused("analyse", folder / "plain.ome.zarr", "--out", tmp_path, *words)
    assert isinstance(error, WrongArgumentError)
    assert error.expected
    assert not list(tmp_path.iterdir())


def test_a_result_that_is_not_there_is_refused(folder: Path, tmp_path: Path) -> None:
    error = refused("analyse", folder / "plain.ome.zarr", "--out", tmp_path, "--name", "nobody")
    assert isinstance(error, NotFoundError)


def test_complete_cycles_are_those_of_the_lineage(folder: Path) -> None:
    movie = distnet_store.open_movie(folder / "both/a.ome.zarr")
    found = distnet_store.analyse([movie], "cells", what=["division-times", "growth"])
    times = found["division-times"].table.to_pandas()
    cycles = movie.lineage("cells").complete_cycles().to_pandas()
    complete = times[times.divided].set_index("track_id").duration_s
    expected = cycles[cycles.begin == "division"].set_index("track_id").duration_s
    pd.testing.assert_series_equal(complete, expected)
    assert found["growth"].draw().axes[0].get_yscale() == "log"
