import numpy as np
import pyarrow as pa
import pytest
from elementary_lineages import CASES, REFERENCE, LineageCase
from hypothesis import given
from hypothesis import strategies as st
from lineage_strategies import RandomLineage, lineages

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.linking import PairLinkage
from distnet_store.ops.objects import measure_objects
from distnet_store.pipeline.table_assembly import (
    LinkColumns,
    assemble_tables,
    drained_columns,
    found_links,
    imported_links,
    joined_columns,
    lay_out_tables,
)
from distnet_store.spec.tables import OPTIONAL_TABLES, TABLES, arrow_schema, object_id
from distnet_store.store.ngff_write import PixelScale

UNKNOWN = PixelScale(pixel_size_um=None, frame_interval_s=None)
KNOWN = PixelScale(pixel_size_um=(0.5, 0.25), frame_interval_s=60.0)


def measured_frames(case: LineageCase, n_channels: int = 1) -> list[dict[str, np.ndarray]]:
    frames = []
    for t, labels in enumerate(case.labels):
        columns = measure_objects(labels, np.ones((n_channels, *labels.shape), np.uint16))
        frames.append({"t": np.full(columns["label"].size, t, np.int32), **columns})
    return frames


def assemble(case: LineageCase, scale: PixelScale = UNKNOWN, **columns) -> dict[str, pa.Table]:
    links = imported_links(case.link_array)
    return assemble_tables(measured_frames(case, **columns), links, scale, time_points=range(4))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_tables_are_exactly_the_schema_and_sorted(case):
    for name, table in assemble(case, n_channels=2).items():
        assert table.schema.equals(arrow_schema(name, n_channels=2), check_metadata=True)
        table.validate(full=True)
        for field in table.schema:
            assert field.nullable or table[field.name].null_count == 0
        keys = [table[column].to_pylist() for column in TABLES[name].sorted_by]
        rows = [*zip(*keys, strict=True)]
        assert rows == sorted(rows)


def test_reference_case_reads_as_drawn():
    tables = assemble(REFERENCE)
    objects = tables["objects"].to_pydict()
    assert objects["track_id"] == [1, 1, 2, 2, 3, 3, 4, 4, 4, 4]
    assert objects["lineage_id"] == [1] * 6 + [4] * 4
    assert objects["label"] == [1, 1, 3, 3, 4, 4, 2, 2, 2, 2]
    assert objects["t"] == [0, 1, 2, 3, 2, 3, 0, 1, 2, 3]
    assert objects["object_id"][2] == object_id(2, 3)
    assert objects["area"] == [18, 18, 9, 9, 9, 9, 9, 9, 9, 9]
    links = tables["links"].to_pydict()
    assert links["source_id"][:2] == [object_id(0, 1), object_id(0, 2)]
    assert (links["source_track_id"][2], links["target_track_id"][2]) == (1, 2)
    assert links["kind"] == ["regular", "regular", "split", "split", *["regular"] * 4]
    assert {*links["origin"]} == {"reference"}
    assert {*links["residual"], *links["disagreement"]} == {None}
    tracks = tables["tracks"].to_pydict()
    assert tracks["children"] == [[2, 3], [], [], []]
    assert tracks["parents"] == [[], [1], [1], []]
    assert tracks["begin"] == ["movie_edge", "division", "division", "movie_edge"]
    assert tracks["end"] == ["division", "movie_edge", "movie_edge", "movie_edge"]
    assert tracks["first_object_id"][1] == object_id(2, 3)
    assert tracks["last_object_id"][3] == object_id(3, 2)


def test_physical_columns_follow_the_scale_or_are_null():
    known = assemble(REFERENCE, KNOWN)["objects"]
    assert known["time_s"].to_pylist() == [60.0 * t for t in known["t"].to_pylist()]
    assert known["y_um"].to_pylist() == [1.0] * 10
    assert known["x_um"][6].as_py() == 13 * 0.25
    assert known["area_um2"][0].as_py() == 18 * 0.125
    unknown = assemble(REFERENCE)["objects"]
    for name in ("time_s", "y_um", "x_um", "area_um2", "edm_max", "category_forward"):
        assert unknown[name].null_count == 10


def test_predicted_columns_are_taken_over_with_categories_as_text():
    frames = measured_frames(REFERENCE)
    for columns in frames:
        columns["category_forward"] = (columns["label"] % 3).astype(np.int8)
        columns["edm_max"] = columns["label"].astype(np.float32)
    links = imported_links(REFERENCE.link_array)
    objects = assemble_tables(frames, links, UNKNOWN, time_points=range(4))["objects"].to_pydict()
    assert objects["edm_max"] == objects["label"]
    names = ("none", "one", "many")
    assert objects["category_forward"] == [names[label % 3] for label in objects["label"]]


def test_links_that_were_found_keep_how_they_were_found_through_sorting():
    """Of frames 0 and 1: two links; of frames 1 and 2, given first: one."""
    linkages = {
        1: PairLinkage(np.array([[2, 2]]), np.array([2], np.int8), *np.array([[5.0], [6.0]])),
        0: PairLinkage(
            np.array([[1, 1], [2, 2]]), np.array([0, 1], np.int8), *np.array([[1, 2.0], [3, 4]])
        ),
    }
    links = found_links(linkages)
    assert links.links.tolist() == [[0, 1, 1, 1], [0, 2, 1, 2], [1, 2, 2, 2]]
    turned = LinkColumns(*(values[::-1] for values in vars(links).values()))
    for given_links in (links, turned):
        frames = measured_frames(REFERENCE)
        tables = assemble_tables(frames, given_links, UNKNOWN, time_points=range(4))
        table = tables["links"].to_pydict()
        assert table["origin"] == ["forward", "backward", "both"]
        assert table["residual"] == [1, 2, 5]
        assert table["disagreement"] == [3, 4, 6]


def test_movie_without_cells_gives_empty_tables():
    empty = LineageCase("empty", frames=({}, {}), links=())
    links = found_links({})
    tables = assemble_tables(measured_frames(empty), links, KNOWN, time_points=range(2))
    assert {name: table.num_rows for name, table in tables.items()} == dict.fromkeys(
        TABLES.keys() - OPTIONAL_TABLES, 0
    )


def test_link_to_a_cell_that_is_not_there_is_refused():
    links = imported_links(np.array([[0, 1, 1, 77]]))
    with pytest.raises(InvalidLineageError, match=r"not there: \(0, 1, 1, 77\)"):
        assemble_tables(measured_frames(REFERENCE), links, UNKNOWN, time_points=range(4))


def bare_objects(lineage: RandomLineage) -> dict[str, np.ndarray]:
    """Every column that the schema requires: t, label and border contact, all others 1."""
    schema = arrow_schema("objects", n_channels=1)
    ones = np.ones(lineage.t.size, np.int32)
    columns = {field.name: ones for field in schema if not field.nullable}
    return columns | {
        "t": lineage.t,
        "label": lineage.label,
        "touches_border": lineage.touches_border,
    }


@given(lineages(), st.integers(1, 9))
def test_pieces_are_the_parts_of_the_whole(lineage, length):
    """Rows that are gathered piece by piece are those of the table in memory."""
    given_links = imported_links(lineage.links)
    frames = range(lineage.n_frames)
    rows = lay_out_tables(bare_objects(lineage), given_links, KNOWN, time_points=frames)
    whole = assemble_tables([bare_objects(lineage)], given_links, KNOWN, time_points=frames)
    for name, table in whole.items():
        assert rows[name].num_rows == table.num_rows
        starts = range(0, table.num_rows, length)
        pieces = [rows[name].slice(start, length) for start in starts]
        assert pa.concat_tables([table.slice(0, 0), *pieces]).to_pydict() == table.to_pydict()


def test_drained_frames_hold_nothing_more():
    frames = measured_frames(REFERENCE)
    expected = joined_columns(frames)
    assert list(drained_columns(frames)) == list(expected)
    assert frames == [{}] * len(frames)


@given(lineages())
def test_tables_hold_together_for_any_lineage(lineage):
    """Sorted; the index lists each row once in frame order; links join the tracks they name."""
    tables = assemble_tables(
        [bare_objects(lineage)],
        imported_links(lineage.links),
        UNKNOWN,
        time_points=range(lineage.n_frames),
    )
    objects, index = tables["objects"].to_pydict(), tables["frame_index"].to_pydict()
    assert index["t"] == sorted(objects["t"]) == [objects["t"][row] for row in index["row"]]
    assert sorted(index["row"]) == [*range(lineage.t.size)]
    order = [*zip(objects["track_id"], objects["t"], strict=True)]
    assert order == sorted(order)
    cells = {*zip(lineage.t.tolist(), lineage.label.tolist(), strict=True)}
    assert {*objects["object_id"]} == {object_id(t, label) for t, label in cells}
    track_of = dict(zip(objects["object_id"], objects["track_id"], strict=True))
    for link in tables["links"].to_pylist():
        assert link["source_track_id"] == track_of[link["source_id"]]
        assert link["target_track_id"] == track_of[link["target_id"]]
    for track in tables["tracks"].to_pylist():
        own = [i for i, track_id in track_of.items() if track_id == track["track_id"]]
        assert [min(own), max(own)] == [track["first_object_id"], track["last_object_id"]]
        assert len(own) == track["n_objects"]
