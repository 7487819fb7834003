"""Each edit does what it says, to labels and links, and one that makes no sense is refused before anything."""

import numpy as np
import pytest
from curated_movies import FRAMES, SHAPE, digests

from distnet_store.errors import (
    DistnetError,
    InvalidDataError,
    InvalidLineageError,
    NotFoundError,
    WrongArgumentError,
)
from distnet_store.pipeline.curation.cell_address import TrackAt
from distnet_store.pipeline.curation.curation import Curation, movie_curation
from distnet_store.pipeline.curation.edit_types import (
    Confirm,
    Delete,
    Divide,
    Draw,
    Edit,
    Link,
    Merge,
    Split,
    Swap,
    Unlink,
)
from distnet_store.pipeline.curation.stored_result import Maps, StoredResult
from distnet_store.spec.curation_table import EditRecord
from distnet_store.spec.tables import object_id
from distnet_store.store.movie import Movie
from distnet_store.store.validate import validate

SQUARE = [(18, 2), (18, 6), (22, 6), (22, 2)]
WHOLE = np.ones(SHAPE, bool)


@pytest.fixture
def curation(movie: Movie) -> Curation:
    return movie_curation(movie, "cells", author="anna")


def one(curation: Curation, edit: Edit) -> EditRecord:
    (record,) = curation.apply([edit])
    assert validate(curation.movie.url, deep=True).problems == ()
    return record


def links(curation: Curation) -> dict[tuple[int, int], str]:
    table = curation.movie.read_table("cells", "links", ["source_id", "target_id", "origin"])
    return {(row["source_id"], row["target_id"]): row["origin"] for row in table.to_pylist()}


def cells(curation: Curation, t: int) -> list[int]:
    frame = curation.movie.labels_frame("cells", t)
    return [int(label) for label in np.unique(frame) if label]


def track_of(curation: Curation, cell: tuple[int, int]) -> int:
    table = curation.movie.read_table("cells", "objects", ["object_id", "track_id"])
    rows = {row["object_id"]: row["track_id"] for row in table.to_pylist()}
    return rows[object_id(*cell)]


def test_a_split_cell_keeps_its_label_in_the_largest_part(curation: Curation) -> None:
    before = curation.movie.labels_frame("cells", 1)
    record = one(curation, Split((1, 1), line=[(0, 5), (14, 5)]))
    after = curation.movie.labels_frame("cells", 1)
    assert record.after == (object_id(1, 1), object_id(1, 3))
    assert np.array_equal(after > 0, before > 0)
    assert (after == 1).sum() > (after == 3).sum() > 0


def test_parts_share_the_neighbours_that_the_cell_had(curation: Curation) -> None:
    one(curation, Split((1, 1), seeds=[(5, 6), (9, 6)]))
    first, second = object_id(1, 1), object_id(1, 3)
    assert {(1, first), (1, second)} <= set(links(curation))  # the one cell before leads to both
    assert {(first, object_id(2, 1)), (second, object_id(2, 1))} <= set(links(curation))


def test_parts_of_two_cells_in_a_row_are_linked_one_to_one(curation: Curation) -> None:
    one(curation, Split((0, 1), seeds=[(4, 6), (8, 6)]))
    one(curation, Split((1, 1), seeds=[(5, 6), (9, 6)]))
    found = [pair for pair in links(curation) if pair[0] in (1, 3)]
    assert sorted(pair[0] for pair in found) == [1, 3]
    assert len({pair[1] for pair in found}) == 2


def test_parts_take_cells_that_nobody_is_linked_to(curation: Curation) -> None:
    one(curation, Split((0, 1), seeds=[(4, 6), (8, 6)], links="none"))
    one(curation, Split((1, 1), seeds=[(5, 6), (9, 6)]))
    found = [pair for pair in links(curation) if pair[0] in (1, 3)]
    assert sorted(pair[0] for pair in found) == [1, 3]
    assert len({pair[1] for pair in found}) == 2


def test_a_split_without_links_leaves_the_parts_alone(curation: Curation) -> None:
    record = one(curation, Split((1, 1), seeds=[(5, 6), (9, 6)], links="none"))
    ends = {end for pair in links(curation) for end in pair}
    assert not ends.intersection(record.after)
    assert len(record.links_removed) == 2


def test_a_cell_is_split_into_as_many_parts_as_an_image_has(curation: Curation) -> None:
    cell = curation.movie.labels_frame("cells", 0) == 1
    rows = np.indices(SHAPE)[0]
    parts = np.where(cell, 1 + (rows > 4) + (rows > 7), 0)
    assert len(one(curation, Split((0, 1), parts=parts)).after) == 3


def test_parts_meet_by_the_predicted_distance_where_there_is_one(
    curation: Curation, plain_movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A valley of the map parts the cell in its row, and not half-way between the points."""
    wanted = Split((0, 1), seeds=[(4, 6), (9, 6)])
    plain = movie_curation(plain_movie, "cells")
    stored = StoredResult.maps

    def with_valley(self: StoredResult, t: int) -> Maps | None:
        maps = stored(self, t)
        assert maps is not None
        valley = np.where(np.indices(SHAPE)[0] == 5, 0.1, 9).astype(np.float32)
        return {**maps, "edm": valley[np.newaxis]}

    def labels_under_valley(curation: Curation) -> set[int]:
        below = curation.movie.labels_frame("cells", 0)[6:10, 3:10]
        return set(below[below > 0].tolist())

    one(plain, wanted)
    monkeypatch.setattr(StoredResult, "maps", with_valley)
    curation.apply([wanted])
    assert len(labels_under_valley(plain)) == 2
    assert len(labels_under_valley(curation)) == 1


def test_merged_cells_have_all_links_and_the_label_of_the_largest(curation: Curation) -> None:
    record = one(curation, Merge(((2, 2), (2, 3)), apart=True))
    assert record.after == (object_id(2, 2),)
    assert cells(curation, 2) == [1, 2]
    found = set(links(curation))
    assert (object_id(1, 2), object_id(2, 2)) in found
    assert {(object_id(2, 2), object_id(3, 2)), (object_id(2, 2), object_id(3, 3))} <= found
    assert not any(object_id(2, 3) in pair for pair in found)


def test_a_deleted_cell_takes_its_links_away(curation: Curation) -> None:
    record = one(curation, Delete(((2, 1),)))
    assert set(record.links_removed) == {
        (object_id(1, 1), object_id(2, 1)),
        (object_id(2, 1), object_id(3, 1)),
    }
    assert cells(curation, 2) == [2, 3]


def test_a_drawn_cell_is_linked_to_free_neighbours_that_it_overlaps(curation: Curation) -> None:
    one(curation, Delete(((2, 1),)))
    y, x, _ = FRAMES[2][1]
    square = [(y - 2, x - 2), (y - 2, x + 2), (y + 2, x + 2), (y + 2, x - 2)]
    record = one(curation, Draw(t=2, polygon=square))
    new = record.after[0]
    assert new == object_id(2, 4)  # 1 was taken by a cell that was deleted, and is not given again
    assert record.links_made == ((object_id(1, 1), new), (new, object_id(3, 1)))
    assert links(curation)[new, object_id(3, 1)] == "overlap"


def test_a_drawn_cell_takes_no_neighbour_that_has_another(curation: Curation) -> None:
    below = [(10, 5), (10, 7), (12, 7), (12, 5)]  # where the cell 1 of the next frame reaches
    record = one(curation, Draw(t=0, polygon=below))
    assert (curation.movie.labels_frame("cells", 1)[10:13, 5:8] == 1).any()
    assert record.links_made == ()


def test_a_new_shape_keeps_label_and_links(curation: Curation) -> None:
    before = links(curation)
    record = one(curation, Draw(cell=(2, 1), polygon=[(6, 4), (6, 8), (10, 8), (10, 4)]))
    assert record.before == record.after == (object_id(2, 1),)
    shape = curation.movie.labels_frame("cells", 2) == 1
    assert shape.sum() == 25
    painted = curation.movie.labels_frame("cells-tracks", 2)
    assert set(painted[shape].tolist()) == {track_of(curation, (2, 1))}
    assert np.array_equal(painted > 0, curation.movie.labels_frame("cells", 2) > 0)
    assert links(curation) == before


def test_who_keeps_pixels_of_others_is_said(curation: Curation) -> None:
    mask = np.zeros(SHAPE, bool)
    mask[2:9, 10:15] = True
    covered = int((curation.movie.labels_frame("cells", 0)[mask] == 2).sum())
    assert covered > 0
    drawn = one(curation, Draw(t=0, mask=mask, overlap="others"))
    assert (curation.movie.labels_frame("cells", 0) == 3).sum() == mask.sum() - covered
    curation.undo()
    assert drawn.after == (object_id(0, 3),)
    again = one(curation, Draw(t=0, mask=mask, overlap="drawn"))
    assert again.after == (object_id(0, 4),)  # 3 was in an edit, if an undone one
    assert (curation.movie.labels_frame("cells", 0) == 4).sum() == mask.sum()


def test_a_link_replaces_others_or_stands_beside_them(curation: Curation) -> None:
    one(curation, Link((2, 2), (3, 1), others="keep"))
    assert links(curation)[object_id(2, 2), object_id(3, 1)] == "curated"
    record = one(curation, Link((2, 3), (3, 2), others="remove"))
    assert set(record.links_removed) == {
        (object_id(2, 2), object_id(3, 2)),
        (object_id(2, 3), object_id(3, 3)),
    }


def test_a_link_over_a_gap_is_made_where_it_is_allowed(curation: Curation) -> None:
    one(curation, Delete(((2, 1),)))
    one(curation, Link((1, 1), (3, 1), gap=True))
    kinds = curation.movie.read_table("cells", "links").to_pylist()
    assert [r["kind"] for r in kinds if r["source_id"] == object_id(1, 1)] == ["gap"]


def test_a_division_is_what_it_is_said_to_be(curation: Curation) -> None:
    record = one(curation, Divide((1, 1), ((2, 1), (2, 2))))
    mother, daughters = object_id(1, 1), (object_id(2, 1), object_id(2, 2))
    assert set(record.links_removed) == {(object_id(1, 2), object_id(2, 2))}
    assert {pair for pair in links(curation) if pair[0] == mother} == {
        (mother, one_) for one_ in daughters
    }
    table = curation.movie.read_table("cells", "tracks").to_pylist()
    assert next(len(row["children"]) for row in table if row["t_last"] == 1) == 2


def test_swapped_tracks_exchange_what_follows(curation: Curation) -> None:
    one(curation, Swap((1, 1), (1, 2)))
    assert track_of(curation, (0, 1)) == track_of(curation, (1, 2))
    assert track_of(curation, (0, 2)) == track_of(curation, (1, 1)) == track_of(curation, (3, 1))


def test_cells_are_named_by_track(curation: Curation) -> None:
    track = track_of(curation, (3, 1))
    assert one(curation, Delete((TrackAt(track, 2),))).before == (object_id(2, 1),)


def test_confirmed_cells_have_curated_links_between_them(curation: Curation) -> None:
    record = one(curation, Confirm(frames=(0, 1)))
    assert set(record.links_made) == {(1, object_id(1, 1)), (2, object_id(1, 2))}
    found = links(curation)
    assert {pair for pair, origin in found.items() if origin == "curated"} == set(record.links_made)
    residual = curation.movie.read_table("cells", "links")["residual"]
    assert residual.null_count == 0  # what is known of a link stays


def test_several_edits_are_made_together(curation: Curation) -> None:
    base = digests(curation.movie)
    with pytest.raises(NotFoundError, match="no cell 0:99"):
        curation.apply([Delete(((0, 1),)), Delete(((0, 99),))])
    assert digests(curation.movie, journal=True) == base
    curation.apply([Delete(((0, 1),)), Unlink((2, 1), (3, 1)), Confirm(cells=((0, 2),))])
    assert [len(row.edits) for row in curation.history()] == [3]
    assert validate(curation.movie.url, deep=True).is_valid
    curation.undo()
    assert digests(curation.movie) == base


REFUSED: list[tuple[Edit, type[DistnetError], str]] = [
    (Delete(((0, 99),)), NotFoundError, "no cell 0:99"),
    (Delete(((9, 1),)), NotFoundError, "no cell 9:1"),
    (Delete((-5,)), NotFoundError, "no cell"),
    (Delete((TrackAt(99, 0),)), NotFoundError, "no track 99"),
    (Delete((TrackAt(1, 9),)), NotFoundError, "no cell at t = 9"),
    (Delete(()), WrongArgumentError, "too few"),
    (Delete(((0, 1), (0, 1))), WrongArgumentError, "named twice"),
    (Merge(((0, 1),)), WrongArgumentError, "too few"),
    (Merge(((0, 1), (1, 1))), WrongArgumentError, "different frames"),
    (Merge(((0, 1), (2, 1))), WrongArgumentError, "different frames"),
    (Merge(((0, 1), (0, 2))), WrongArgumentError, "different places"),
    (Split((0, 1)), WrongArgumentError, "in one way"),
    (Split((0, 1), line=[(0, 0), (1, 1)], seeds=[(6, 6), (7, 6)]), WrongArgumentError, "one way"),
    (Split((0, 1), line=[(0, 20), (10, 20)]), WrongArgumentError, "does not cut"),
    (Split((0, 1), seeds=[(6, 6), (20, 20)]), WrongArgumentError, "not in the cell"),
    (Split((0, 1), parts=np.ones(SHAPE, int)), InvalidDataError, "does not divide"),
    (Split((0, 1), parts=np.ones((3, 3), int)), InvalidDataError, "does not fit"),
    (Split((0, 1), parts=np.ones(SHAPE)), InvalidDataError, "does not fit"),
    (Draw(t=0), WrongArgumentError, "in one way"),
    (Draw(polygon=SQUARE), WrongArgumentError, "where to draw"),
    (Draw(t=7, polygon=SQUARE), NotFoundError, "no such frame"),
    (Draw(t=1, cell=(0, 1), polygon=SQUARE), WrongArgumentError, "another frame"),
    (Draw(t=0, polygon=[(0, 0), (0, 99), (9, 9)]), WrongArgumentError, "outside the frame"),
    (Draw(t=0, mask=WHOLE), WrongArgumentError, "covers other cells"),
    (Draw(t=0, mask=WHOLE, overlap="drawn"), WrongArgumentError, "nothing would be left"),
    (Draw(t=0, mask=~WHOLE), WrongArgumentError, "nothing would be left"),
    (Draw(t=0, mask=WHOLE[:3]), InvalidDataError, "does not fit"),
    (Link((1, 1), (0, 1)), InvalidLineageError, "forward in time"),
    (Link((1, 1), (1, 2)), InvalidLineageError, "forward in time"),
    (Link((0, 1), (2, 1), others="remove"), InvalidLineageError, "frames lie between"),
    (Link((0, 1), (1, 1)), InvalidLineageError, "linked already"),
    (Link((0, 1), (1, 2)), InvalidLineageError, "division or a fusion"),
    (Unlink((0, 1), (1, 2)), InvalidLineageError, "no such link"),
    (Unlink((1, 1), (0, 1)), InvalidLineageError, "no such link"),
    (Divide((2, 1), ((1, 1), (1, 2))), InvalidLineageError, "forward in time"),
    (Divide((0, 1), ((1, 1), (2, 2))), WrongArgumentError, "daughters"),
    (Divide((0, 1), ((1, 1), (1, 1))), WrongArgumentError, "daughters"),
    (Divide((0, 1), ((2, 1), (2, 2))), InvalidLineageError, "frames lie between"),
    (Swap((0, 1), (1, 2)), WrongArgumentError, "cannot exchange"),
    (Swap((0, 1), (0, 1)), WrongArgumentError, "cannot exchange"),
    (Swap((0, 1), (0, 2)), InvalidLineageError, "nothing to exchange"),
    (Confirm(), WrongArgumentError, "nothing is confirmed"),
    (Confirm(frames=(4,)), NotFoundError, "no such frame"),
]


@pytest.mark.parametrize(("edit", "error", "text"), REFUSED, ids=lambda value: str(value)[:60])
def test_an_edit_that_makes_no_sense_is_refused(
    linked_movie: Movie, edit: Edit, error: type[DistnetError], text: str
) -> None:
    curation = movie_curation(linked_movie, "cells")
    with pytest.raises(error, match=text) as caught:
        curation.apply([edit])
    assert caught.value.remedy or caught.value.expected
    assert curation.history() == []


def test_nothing_of_a_refused_edit_is_written(linked_movie: Movie) -> None:
    # runs after those above, on the movie that they share
    assert linked_movie.location.list_keys(".distnet/curation") == []
    assert validate(linked_movie.url, deep=True).problems == ()


def test_a_dry_run_says_what_would_be_and_writes_nothing(linked_movie: Movie) -> None:
    base = digests(linked_movie, journal=True)
    curation = movie_curation(linked_movie, "cells")
    (record,) = curation.apply([Delete(((0, 1),))], dry_run=True)
    assert record.links_removed == ((1, object_id(1, 1)),)
    assert digests(linked_movie, journal=True) == base


def test_a_result_without_tables_cannot_be_edited(linked_movie: Movie) -> None:
    with pytest.raises(NotFoundError, match="no result 'nobody' that can be edited"):
        movie_curation(linked_movie, "nobody")


def test_changed_cells_are_measured_as_all_are(curation: Curation) -> None:
    """A cell that was split and merged again has the very measurements that it had."""
    base = curation.movie.read_table("cells", "objects").to_pylist()
    part = one(curation, Split((1, 1), seeds=[(5, 6), (9, 6)])).after
    one(curation, Merge(part))
    rows = curation.movie.read_table("cells", "objects").to_pylist()
    derived = ("track_id", "lineage_id")
    assert [{k: v for k, v in row.items() if k not in derived} for row in rows] == [
        {k: v for k, v in row.items() if k not in derived} for row in base
    ]
