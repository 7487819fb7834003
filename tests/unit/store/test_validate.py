"""Does `validate` find every kind of damage, and nothing in a dataset that is whole?"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import zarr

from distnet_store.errors import NotADatasetError
from distnet_store.store.validate import Problem, Report, validate

DATA = Path(__file__).parents[2] / "data"
WHOLE = DATA / "stores/v1.0/chamber10-small.ome.zarr"
FOREIGN = DATA / "ome-zarr-samples"
RUN = ".distnet/runs/targets-targets-*"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A dataset that a test may damage."""
    return Path(shutil.copytree(WHOLE, tmp_path / "movie.ome.zarr"))


def edit(path: Path, change: Callable[[dict], object]) -> None:
    """Change the JSON document at a path."""
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def attributes(document: dict) -> dict:
    return document["attributes"]


def set_column(
    dataset: Path, table: str, column: str, change: Callable[[np.ndarray], None]
) -> None:
    """Change the values of an integer column of a reference table."""
    path = dataset / f"tables/reference/{table}/table.parquet"
    found = pq.read_table(path)
    index = found.schema.get_field_index(column)
    values = found[column].to_numpy().copy()
    change(values)
    field = found.schema.field(column)
    pq.write_table(found.set_column(index, field, pa.array(values, field.type)), path)


def change_table(dataset: Path, table: str, change: Callable[[pa.Table], pa.Table]) -> None:
    path = dataset / f"tables/reference/{table}/table.parquet"
    pq.write_table(change(pq.read_table(path)), path)


def put(index: int, value: int) -> Callable[[np.ndarray], None]:
    def change(values: np.ndarray) -> None:
        values[index] = value

    return change


def found(report: Report, severity: str = "error") -> list[tuple[str, str]]:
    return [(p.place, p.kind) for p in report.problems if p.severity == severity]


def matching(report: Report, text: str) -> Problem:
    return next(problem for problem in report.problems if text in problem.text)


@pytest.mark.parametrize("deep", [False, True])
def test_a_whole_dataset_has_no_problems(deep: bool) -> None:  # noqa: FBT001 - parametrised
    report = validate(WHOLE, deep=deep)
    assert report.problems == ()
    assert report.is_valid
    assert report.message == "no problems"


# The root


def test_root_document_that_cannot_be_read_is_a_problem(dataset: Path) -> None:
    (dataset / "zarr.json").write_text("{")
    report = validate(dataset)
    assert found(report) == [(".", "metadata")]


def test_every_damaged_place_is_listed_at_once(dataset: Path) -> None:
    edit(dataset / "zarr.json", lambda d: attributes(d)["distnet"].pop("image_digest"))
    edit(dataset / "zarr.json", lambda d: attributes(d)["distnet"].update(frames_per_shard=0))
    edit(dataset / "labels/zarr.json", lambda d: attributes(d)["ome"].pop("version"))
    (dataset / "tables/reference/links/table.parquet").unlink()
    report = validate(dataset)
    assert {(".", "attributes"), ("labels", "metadata"), ("tables/reference/links", "missing")} <= {
        *found(report)
    }
    assert matching(report, "image_digest").remedy.startswith("restore zarr.json")
    assert "greater than or equal to 1" in matching(report, "frames_per_shard").text
    assert not report.is_valid


@pytest.mark.parametrize(
    ("version", "text"),
    [("2.0", "newer schema"), ("0.9", "older schema"), ("one", "cannot be read")],
)
def test_schema_of_another_major_version_is_an_error(
    dataset: Path, version: str, text: str
) -> None:
    edit(dataset / "zarr.json", lambda d: attributes(d)["distnet"].update(schema_version=version))
    report = validate(dataset)
    assert found(report) == [(".", "version")]
    assert text in report.problems[0].text


def test_newer_minor_version_with_new_fields_is_valid(dataset: Path) -> None:
    news = {"schema_version": "1.7", "news": 1}
    edit(dataset / "zarr.json", lambda d: attributes(d)["distnet"].update(news))
    report = validate(dataset)
    assert report.is_valid
    assert found(report, "note") == [(".", "version")]


def test_lost_distnet_attribute_is_seen_by_the_private_folder(dataset: Path) -> None:
    edit(dataset / "zarr.json", lambda d: attributes(d).pop("distnet"))
    assert (".", "version") in found(validate(dataset))


def test_lost_ome_attribute_is_a_problem_and_no_exception(dataset: Path) -> None:
    edit(dataset / "zarr.json", lambda d: attributes(d).pop("ome"))
    assert found(validate(dataset)) == [(".", "metadata")]


def test_unannounced_convention_is_warned_of(dataset: Path) -> None:
    edit(dataset / "zarr.json", lambda d: attributes(d).pop("zarr_conventions"))
    assert found(validate(dataset), "warning") == [(".", "attributes")]


def test_frames_per_shard_must_be_that_of_the_arrays(dataset: Path) -> None:
    edit(dataset / "zarr.json", lambda d: attributes(d)["distnet"].update(frames_per_shard=2))
    assert "a shard holds 3 frames" in validate(dataset).problems[0].text


# Images


def add_level(document: dict) -> None:
    datasets = attributes(document)["ome"]["multiscales"][0]["datasets"]
    datasets.append({**datasets[0], "path": "s1"})
    datasets.append({**datasets[0], "path": "s2"})


def test_every_missing_level_is_listed(dataset: Path) -> None:
    edit(dataset / "zarr.json", add_level)
    assert found(validate(dataset)) == [("s1", "metadata"), ("s2", "metadata")]


def test_levels_must_be_halves(dataset: Path) -> None:
    shutil.copytree(dataset / "s0", dataset / "s1")
    edit(dataset / "zarr.json", lambda d: add_level(d) or _datasets(d).pop())
    report = validate(dataset)
    assert "the levels have the sizes" in matching(report, "levels have").text
    assert ("labels/reference", "metadata") in found(report)  # it has fewer levels now


def _datasets(document: dict) -> list:
    return attributes(document)["ome"]["multiscales"][0]["datasets"]


def test_level_that_grows_is_an_error(dataset: Path) -> None:
    store = zarr.storage.LocalStore(dataset)
    zarr.create_array(store, name="s1", shape=(3, 1, 400, 24), dtype="f4")
    edit(dataset / "zarr.json", lambda d: add_level(d) or _datasets(d).pop())
    assert "is larger than s0" in matching(validate(dataset), "larger").text


def test_level_without_a_scale_is_an_error(dataset: Path) -> None:
    edit(dataset / "zarr.json", lambda d: _datasets(d)[0].update(coordinateTransformations=[]))
    assert "a scale and then" in validate(dataset).problems[0].text


def test_wrong_axes_are_named(dataset: Path) -> None:
    path = dataset / "zarr.json"
    edit(path, lambda d: attributes(d)["ome"]["multiscales"][0]["axes"][2].update(name="u"))
    assert "y, x and some of t, c, z are expected" in validate(dataset).problems[0].text


def test_list_of_labels_needs_a_version(dataset: Path) -> None:
    edit(dataset / "labels/zarr.json", lambda d: attributes(d)["ome"].pop("version"))
    assert found(validate(dataset)) == [("labels", "metadata")]


def test_listed_label_image_that_is_not_there_is_an_error(dataset: Path) -> None:
    edit(dataset / "labels/zarr.json", lambda d: attributes(d)["ome"]["labels"].append("cells"))
    assert found(validate(dataset)) == [("labels/cells", "missing")]


def test_label_image_that_is_not_listed_is_an_error(dataset: Path) -> None:
    edit(dataset / "labels/zarr.json", lambda d: attributes(d)["ome"].update(labels=[]))
    report = validate(dataset)
    assert found(report) == [("labels/reference", "missing")]


@pytest.mark.parametrize("listed", [["../s0"], None])
def test_list_of_labels_is_not_trusted(dataset: Path, listed: object) -> None:
    edit(dataset / "labels/zarr.json", lambda d: attributes(d)["ome"].update(labels=listed))
    assert ("labels", "metadata") in found(validate(dataset))


def test_half_written_labels_are_warned_of(dataset: Path) -> None:
    store = zarr.storage.LocalStore(dataset)
    zarr.create_array(store, name="labels/cells/s0", shape=(3, 207, 24), dtype="u4")
    assert found(validate(dataset), "warning") == [("labels/cells", "unfinished")]


def test_labels_must_be_integers(dataset: Path) -> None:
    store = zarr.storage.LocalStore(dataset)
    zarr.create_array(
        store, name="labels/reference/s0", shape=(3, 207, 24), dtype="f4", overwrite=True
    )
    assert "this is no label image" in validate(dataset).problems[0].text


def test_labels_must_have_the_size_of_the_image(dataset: Path) -> None:
    store = zarr.storage.LocalStore(dataset)
    zarr.create_array(
        store, name="labels/reference/s0", shape=(2, 207, 24), dtype="u4", overwrite=True
    )
    assert "do not fit" in validate(dataset).problems[0].text


def test_missing_image_label_is_warned_of(dataset: Path) -> None:
    path = dataset / "labels/reference/zarr.json"
    edit(path, lambda d: attributes(d)["ome"].pop("image-label"))
    assert found(validate(dataset), "warning") == [("labels/reference", "metadata")]


def test_prediction_without_one_of_its_maps_is_an_error(dataset: Path) -> None:
    shutil.rmtree(dataset / "predictions/targets/gdcm")
    assert found(validate(dataset)) == [("predictions/targets/gdcm", "missing")]


def test_channels_of_a_map_are_checked(dataset: Path) -> None:
    path = dataset / "predictions/targets/displacement/zarr.json"
    edit(path, lambda d: attributes(d)["ome"]["omero"]["channels"][0].update(label="up"))
    assert "'up'" in validate(dataset).problems[0].text


def test_half_written_prediction_is_warned_of(dataset: Path) -> None:
    edit(dataset / "predictions/targets/zarr.json", lambda d: d.update(attributes={}))
    assert ("predictions/targets", "unfinished") in found(validate(dataset), "warning")


def test_unknown_field_of_a_result_is_only_warned_of(dataset: Path) -> None:
    path = dataset / "labels/reference/zarr.json"
    edit(path, lambda d: attributes(d)["distnet"].update(news=1))
    report = validate(dataset)
    assert report.is_valid
    assert found(report, "warning") == [("labels/reference", "attributes")]


# Tables


@pytest.mark.parametrize(
    ("table", "column", "change", "kind", "text"),
    [
        ("objects", "object_id", put(3, 5), "identity", "expected t · 2³² + label"),
        ("objects", "label", put(0, 0), "identity", "no cell can be there"),
        ("objects", "t", put(-1, 9), "identity", "t = 9"),
        ("objects", "track_id", put(-1, 99), "reference", "there is no track 99"),
        ("objects", "lineage_id", put(0, 4), "lineage", "lineage_id 4"),
        ("links", "source_id", put(0, 1 << 20), "reference", "there is no source 1048576"),
        ("links", "target_id", put(-1, 77), "reference", "there is no target 77"),
        ("links", "target_t", put(0, 0), "lineage", "does not go forward in time"),
        ("links", "source_track_id", put(0, 9), "lineage", "source_track_id is not"),
        ("tracks", "track_id", put(0, 9), "identity", "does not count from 1"),
        ("tracks", "parent_track_id", put(0, 3), "lineage", "does not come before it"),
        ("tracks", "parent_track_id", put(-1, 1), "lineage", "not one of its parents"),
        ("tracks", "subtree_end", put(0, 12), "lineage", "subtree_end of track 1 is 12"),
        ("tracks", "lineage_id", put(0, 2), "lineage", "lineage_id of track 1 is 2"),
        ("tracks", "n_objects", put(0, 8), "lineage", "n_objects of track 1 is 8"),
        ("tracks", "t_first", put(0, 1), "lineage", "t_first of track 1 is 1"),
        ("tracks", "last_object_id", put(0, 7), "lineage", "by its cells it is"),
        ("frame_index", "row", put(0, 1), "reference", "not each named once"),
        ("frame_index", "t", put(-1, 3), "reference", "is not at t = 3"),
    ],
)
def test_a_wrong_number_in_a_table_is_found(
    dataset: Path,
    table: str,
    column: str,
    change: Callable[[np.ndarray], None],
    kind: str,
    text: str,
) -> None:
    set_column(dataset, table, column, change)
    problem = matching(validate(dataset), text)
    assert (problem.kind, problem.severity) == (kind, "error")
    assert problem.place.startswith("tables/reference/")
    assert problem.remedy


def test_a_cell_that_occurs_twice_is_found(dataset: Path) -> None:
    change_table(dataset, "objects", lambda t: pa.concat_tables([t.slice(0, 1), t]))
    report = validate(dataset)
    assert matching(report, "occurs again").kind == "identity"
    assert matching(report, "has another cell").kind == "lineage"


def test_a_parent_that_ends_after_its_child_begins_is_found(dataset: Path) -> None:
    tracks = pq.read_table(dataset / "tables/reference/tracks/table.parquet")
    parent = next(p for p in tracks["parent_track_id"].to_pylist() if p > 0)
    set_column(dataset, "tracks", "t_last", put(parent - 1, 2))
    problem = matching(validate(dataset), "ends after its child")
    assert problem.kind == "lineage"


def test_children_that_do_not_name_their_parent_are_found(dataset: Path) -> None:
    def forget_parents(tracks: pa.Table) -> pa.Table:
        index = tracks.schema.get_field_index("parents")
        nobody = pa.array([[]] * tracks.num_rows, pa.list_(pa.int64()))
        return tracks.set_column(index, tracks.schema.field("parents"), nobody)

    change_table(dataset, "tracks", forget_parents)
    assert "does not list its parent" in matching(validate(dataset), "pair(s)").text


def test_missing_column_and_wrong_type_are_both_listed(dataset: Path) -> None:
    change_table(dataset, "links", lambda t: t.drop_columns(["kind"]))
    set_wrong = pa.field("residual", pa.float64())
    change_table(
        dataset,
        "links",
        lambda t: t.set_column(
            t.schema.get_field_index("residual"), set_wrong, t["residual"].cast(pa.float64())
        ),
    )
    report = validate(dataset)
    assert found(report) == [("tables/reference/links/table.parquet", "columns")] * 2
    assert "'kind' is missing" in report.problems[0].text
    assert "double, expected is float" in report.problems[1].text


def test_null_in_a_column_that_cannot_be_null_is_found(dataset: Path) -> None:
    def with_null(objects: pa.Table) -> pa.Table:
        index = objects.schema.get_field_index("area")
        values = pc.if_else(pc.equal(objects["t"], 0), None, objects["area"])
        return objects.set_column(index, pa.field("area", pa.int32()), values)

    change_table(dataset, "objects", with_null)
    assert matching(validate(dataset), "are null").kind == "columns"


def test_unknown_category_is_found(dataset: Path) -> None:
    def rename(links: pa.Table) -> pa.Table:
        index = links.schema.get_field_index("kind")
        names = pa.array(["leap"] * links.num_rows)
        return links.set_column(index, "kind", names)

    change_table(dataset, "links", rename)
    assert "['leap']" in matching(validate(dataset), "'kind'").text


def test_wrong_order_is_found(dataset: Path) -> None:
    change_table(dataset, "links", lambda t: t.sort_by([("t", "descending")]))
    assert found(validate(dataset)) == [("tables/reference/links/table.parquet", "order")]


def test_lost_units_are_warned_of(dataset: Path) -> None:
    change_table(dataset, "links", lambda t: t.replace_schema_metadata().cast(_bare(t.schema)))
    report = validate(dataset)
    assert report.is_valid
    assert "'residual'" in matching(report, "has the unit").text or report.count("warning") > 1


def _bare(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.remove_metadata() for field in schema])


@pytest.mark.parametrize("keep", [0, 100, 4000])
def test_table_that_was_cut_short_is_found(dataset: Path, keep: int) -> None:
    path = dataset / "tables/reference/objects/table.parquet"
    path.write_bytes(path.read_bytes()[:keep])
    assert found(validate(dataset)) == [("tables/reference/objects/table.parquet", "columns")]


def test_table_with_damaged_pages_is_found(dataset: Path) -> None:
    path = dataset / "tables/reference/objects/table.parquet"
    data = bytearray(path.read_bytes())
    data[4:400] = bytes(396)
    path.write_bytes(bytes(data))
    assert ("tables/reference/objects/table.parquet", "columns") in found(validate(dataset))


def test_table_that_is_not_there_is_missing_once(dataset: Path) -> None:
    (dataset / "tables/reference/tracks/table.parquet").unlink()
    assert found(validate(dataset)) == [("tables/reference/tracks", "missing")]


def test_result_that_is_listed_and_not_there_is_missing(dataset: Path) -> None:
    shutil.rmtree(dataset / "tables/reference")
    places = {place for place, kind in found(validate(dataset)) if kind == "missing"}
    assert places == {
        f"tables/reference/{t}" for t in ("objects", "links", "tracks", "frame_index")
    }


def test_table_without_group_metadata_is_unfinished(dataset: Path) -> None:
    (dataset / "tables/reference/tracks/zarr.json").unlink()
    assert found(validate(dataset), "warning") == [("tables/reference/tracks", "unfinished")]


# Runs


def test_tables_of_other_labels_are_stale(dataset: Path) -> None:
    path = dataset / "labels/reference/zarr.json"
    edit(path, lambda d: attributes(d)["distnet"].update(derived_from="f" * 40))
    places = {place for place, kind in found(validate(dataset)) if kind == "stale"}
    assert places == {
        "predictions/targets",
        "tables/reference/objects",
        "tables/reference/links",
        "tables/reference/tracks",
        "tables/reference/frame_index",
    }


def test_run_without_record_is_noted(dataset: Path) -> None:
    next(dataset.glob(f"{RUN}/run.json")).unlink()
    report = validate(dataset)
    assert report.is_valid
    assert [kind for _, kind in found(report, "note")] == ["unfinished"]


def test_damaged_run_record_is_an_error(dataset: Path) -> None:
    next(dataset.glob(f"{RUN}/run.json")).write_text("{}")
    assert [kind for _, kind in found(validate(dataset))] == ["attributes"]


def test_leftovers_of_a_stopped_run_are_noted(dataset: Path) -> None:
    (dataset / ".distnet/staging/abc/labels").mkdir(parents=True)
    (dataset / ".distnet/staging/abc/labels/file").touch()
    assert found(validate(dataset), "note") == [(".distnet/staging/abc", "unfinished")]


def test_track_labels_of_other_tables_are_stale(dataset: Path) -> None:
    shutil.copytree(dataset / "labels/reference", dataset / "labels/reference-tracks")
    path = dataset / "labels/reference-tracks/zarr.json"
    edit(path, lambda d: attributes(d)["distnet"].update(derived_from="e" * 40))
    names = ["reference", "reference-tracks"]
    edit(dataset / "labels/zarr.json", lambda d: attributes(d)["ome"].update(labels=names))
    assert found(validate(dataset)) == [("labels/reference-tracks", "stale")]


# Pixels


def test_only_deep_validation_reads_pixels(dataset: Path) -> None:
    array = zarr.open_array(zarr.storage.LocalStore(dataset), path="labels/reference/s0")
    frames = array[:]
    frames[1, 0, 0] = 999
    array[:] = frames
    assert validate(dataset).problems == ()
    report = validate(dataset, deep=True)
    assert found(report) == [("labels/reference", "pixels")]
    assert "at t = 1" in report.problems[0].text
    assert "999, is in the pixels only" in report.problems[0].text


def test_cell_without_pixels_is_found(dataset: Path) -> None:
    array = zarr.open_array(zarr.storage.LocalStore(dataset), path="labels/reference/s0")
    frames = array[:]
    label = int(frames[2].max())
    frames[2][frames[2] == label] = 0
    array[:] = frames
    text = validate(dataset, deep=True).problems[0].text
    assert f"{label}, is in the table only" in text


def test_changed_image_is_found(dataset: Path) -> None:
    array = zarr.open_array(zarr.storage.LocalStore(dataset), path="s0")
    array[:] = array[:] + 1
    assert found(validate(dataset, deep=True)) == [(".", "pixels")]


# Other programs' datasets


@pytest.mark.parametrize(
    "name", ["mobie_blobs.ome.zarr", "neuroglancer_simple_0.5", "ngio_v04/test_image_cyx.zarr"]
)
def test_dataset_of_another_program_is_checked_as_an_image(name: str) -> None:
    report = validate(FOREIGN / name)
    assert report.is_valid, report.problems


def test_list_without_a_version_is_found_in_a_dataset_of_another_program() -> None:
    report = validate(FOREIGN / "ngio_v05/test_image_cyx.zarr")
    assert found(report) == [("labels", "metadata")]


@pytest.mark.parametrize("make", ["nothing", "folder", "file", "array", "plain group"])
def test_path_that_is_no_dataset_is_refused(tmp_path: Path, make: str) -> None:
    path = tmp_path / "movie.ome.zarr"
    if make == "folder":
        path.mkdir()
    elif make == "file":
        path.touch()
    elif make == "array":
        zarr.create_array(zarr.storage.LocalStore(path), shape=(2, 2), dtype="u1")
    elif make == "plain group":
        zarr.create_group(zarr.storage.LocalStore(path))
    with pytest.raises(NotADatasetError):
        validate(path)


@pytest.mark.parametrize(
    "path", [WHOLE / "labels/reference", FOREIGN / "ngio_v05/test_image_cyx.zarr/labels/label"]
)
def test_label_image_is_refused_as_a_movie(path: Path) -> None:
    with pytest.raises(NotADatasetError, match="this is a label image"):
        validate(path)


def test_validation_changes_nothing(dataset: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in dataset.rglob("*")}
    validate(dataset, deep=True)
    assert {p: p.stat().st_mtime_ns for p in dataset.rglob("*")} == before
