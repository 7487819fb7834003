"""Does `validate` check the tables that only some results have, and see scores that no longer hold?"""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from evaluated_movies import LINKS, damaged_labels, make_movie, reference_labels

from distnet_store.pipeline.evaluate import evaluate
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.spec.tables import TABLES
from distnet_store.store.movie import open_movie
from distnet_store.store.tables import drop_table
from distnet_store.store.validate import Problem, validate

SCORES = "tables/cells/scores"
MEASURES = "tables/cells/measures"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    movie = make_movie(tmp_path_factory.mktemp("scores") / "small.ome.zarr")
    evaluate(movie)
    return Path(movie.url)


@pytest.fixture
def dataset(made_once: Path, tmp_path: Path) -> Path:
    """A dataset with scores that a test may damage."""
    return Path(shutil.copytree(made_once, tmp_path / "movie.ome.zarr"))


def problems(dataset: Path) -> list[tuple[str, str, str]]:
    return [(p.severity, p.place, p.kind) for p in validate(dataset).problems]


def remedy(dataset: Path) -> str:
    (found,) = {problem.remedy for problem in validate(dataset).problems}
    return found


def change(dataset: Path, table: str, column: str, values: pa.Array) -> None:
    path = dataset / table / "table.parquet"
    found = pq.read_table(path)
    index = found.schema.get_field_index(column)
    pq.write_table(found.set_column(index, found.schema.field(column), values), path)


def texts(word: str, count: int) -> pa.Array:
    """Return the word so many times, of the type that tables have for texts."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int8()), pa.array([word]))


def test_a_dataset_with_scores_has_no_problems(dataset: Path) -> None:
    assert validate(dataset, deep=True).problems == ()


def test_a_dataset_without_scores_has_no_problems(dataset: Path) -> None:
    for name in ("scores", "measures"):
        open_movie(dataset).location.delete(f"tables/cells/{name}")
    listing = dataset / "tables/zarr.json"
    document = json.loads(listing.read_text())
    kept = [name for name in document["attributes"]["tables"] if not name.startswith("cells/s")]
    document["attributes"]["tables"] = [name for name in kept if name != "cells/measures"]
    listing.write_text(json.dumps(document))
    assert validate(dataset).problems == ()


def test_labels_that_were_evaluated_without_links_need_no_other_table(dataset: Path) -> None:
    movie = open_movie(dataset)
    for name in ("objects", "links", "tracks", "frame_index"):
        drop_table(movie.location, "cells", name)
    evaluate(movie, overwrite=True)
    assert validate(dataset).problems == ()


def test_scores_that_are_listed_and_not_there_are_missing(dataset: Path) -> None:
    shutil.rmtree(dataset / SCORES)
    assert problems(dataset) == [("error", SCORES, "missing")]
    assert remedy(dataset) == "run `distnet-store evaluate --overwrite`"


def test_scores_without_their_file_are_missing(dataset: Path) -> None:
    (dataset / MEASURES / "table.parquet").unlink()
    assert problems(dataset) == [("error", MEASURES, "missing")]


def test_scores_that_are_not_listed_are_warned_of(dataset: Path) -> None:
    listing = dataset / "tables/zarr.json"
    document = json.loads(listing.read_text())
    document["attributes"]["tables"].remove("cells/scores")
    listing.write_text(json.dumps(document))
    assert problems(dataset) == [("warning", SCORES, "metadata")]
    assert "evaluate" in remedy(dataset)


def test_scores_are_checked_like_other_tables(dataset: Path) -> None:
    path = dataset / SCORES / "table.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["counted"]), path)
    assert problems(dataset) == [("error", f"{SCORES}/table.parquet", "columns")]
    assert remedy(dataset) == "run `distnet-store evaluate --overwrite`"


def test_an_unknown_kind_of_error_is_found(dataset: Path) -> None:
    count = pq.read_table(dataset / SCORES / "table.parquet").num_rows
    change(dataset, SCORES, "kind", texts("misfortune", count))
    assert problems(dataset) == [("error", f"{SCORES}/table.parquet", "columns")]


def test_errors_out_of_order_are_found(dataset: Path) -> None:
    times = pq.read_table(dataset / SCORES / "table.parquet")["t"].to_pylist()
    change(dataset, SCORES, "t", pa.array(times[::-1], pa.int32()))
    assert problems(dataset) == [("error", f"{SCORES}/table.parquet", "order")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0, 1, 3, None, None], []),
        ([None, 0, 1, 3, 4, 5], ["order"]),
        ([0, None, 1, None, 4, 5], ["order"]),
    ],
)
def test_rows_may_be_ordered_by_a_column_with_nulls(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, values: list[int | None], expected: list[str]
) -> None:
    spec = TABLES["scores"].model_copy(update={"sorted_by": ("target_t", "kind")})
    monkeypatch.setitem(TABLES, "scores", spec)
    change(dataset, SCORES, "target_t", pa.array(values, pa.int32()))
    change(dataset, SCORES, "kind", texts("unlinked part", 6))
    assert [kind for _, _, kind in problems(dataset)] == expected


def test_a_missing_table_of_edits_names_the_command_that_makes_it(dataset: Path) -> None:
    (dataset / "tables/cells/edits").mkdir()
    (dataset / "tables/cells/edits/zarr.json").write_text(
        (dataset / SCORES / "zarr.json").read_text()
    )
    (problem,) = [p for p in validate(dataset).problems if p.kind == "missing"]
    assert problem.remedy == "run `distnet-store correct --overwrite`"


# Scores that no longer hold


def stale(dataset: Path) -> list[Problem]:
    return [problem for problem in validate(dataset).problems if problem.kind == "stale"]


@pytest.mark.parametrize(
    ("name", "side"), [("cells", "the result"), ("reference", "the reference")]
)
def test_scores_of_changed_labels_are_warned_of(dataset: Path, name: str, side: str) -> None:
    labels = reference_labels() if name == "cells" else damaged_labels()
    links = LINKS if name == "cells" else None
    import_labels(open_movie(dataset), labels, name, links=links, overwrite=True)
    found = stale(dataset)
    assert {p.place for p in found} == {SCORES, MEASURES}
    assert all(f"{name!r}, {side}, have changed" in problem.text for problem in found)
    assert {(p.severity, p.remedy) for p in found} == {
        ("warning", "run `distnet-store evaluate --overwrite`")
    }


def test_scores_of_changed_links_are_warned_of(dataset: Path) -> None:
    path = dataset / "tables/cells/links/zarr.json"
    document = json.loads(path.read_text())
    labels = json.loads((dataset / "labels/cells/zarr.json").read_text())
    labels["attributes"]["distnet"]["derived_from"] = "b" * 40
    document["attributes"]["distnet"]["derived_from"] = "b" * 40
    path.write_text(json.dumps(document))
    (dataset / "labels/cells/zarr.json").write_text(json.dumps(labels))
    assert {p.place for p in stale(dataset)} >= {SCORES, MEASURES}


def test_scores_without_the_record_of_their_run_are_warned_of(dataset: Path) -> None:
    shutil.rmtree(next(dataset.glob(".distnet/runs/evaluate-*")))
    found = stale(dataset)
    assert {(p.place, p.severity) for p in found} == {(SCORES, "warning"), (MEASURES, "warning")}
    assert "evaluate" in found[0].remedy
