"""Does `movie.lineage` answer from the tables, and read no more of them than it must?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from elementary_lineages import CASES, LineageCase
from obstore.store import MemoryStore

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.spec.tables import object_id
from distnet_store.store import paths, track_rows
from distnet_store.store.lineage import Lineage
from distnet_store.store.location import Location, locate
from distnet_store.store.movie import Movie
from distnet_store.store.track_rows import read_track_rows

BY_NAME = {case.name: case for case in CASES}


def make_movie(folder: Path, case: LineageCase) -> Movie:
    image = np.ones(case.labels.shape, np.uint16)
    movie = import_movie(image, folder / "m.ome.zarr", pixel_size_um=0.5, frame_interval_s=60)
    return import_labels(movie, case.labels, "cells", links=case.link_array)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    return make_movie(tmp_path_factory.mktemp("reference"), BY_NAME["perfect"])


@pytest.fixture(scope="module")
def fusion(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    """Cell 1 (track 1) divides into 2 and 4; these fuse into 3, which hangs under 2; 5 stands alone."""
    return make_movie(tmp_path_factory.mktemp("fusion"), BY_NAME["fusion"])


def ids(table: pa.Table) -> list[int]:
    return table["track_id"].to_pylist()


def test_making_a_lineage_reads_nothing(reference: Movie) -> None:
    assert isinstance(reference.lineage("nothing"), Lineage)
    with pytest.raises(NotFoundError, match="no table 'tracks'"):
        reference.lineage("nothing").tracks  # noqa: B018 - it is the reading that fails


def test_a_family_is_told_from_either_side(reference: Movie) -> None:
    lineage = reference.lineage("cells")
    assert ids(lineage.roots) == [1, 4]
    assert ids(lineage.track(2)) == [2]
    assert ids(lineage.descendants(1)) == [2, 3]
    assert ids(lineage.ancestors([2, 3])) == [1]
    assert ids(lineage.siblings(2)) == [3]
    assert ids(lineage.generation(1)) == [2, 3]
    assert ids(lineage.generation(7)) == []


def test_a_fusion_descends_from_all_of_its_parents(fusion: Movie) -> None:
    lineage = fusion.lineage("cells")
    assert lineage.tracks["parents"].to_pylist() == [[], [1], [2, 4], [1], []]
    assert ids(lineage.descendants(4)) == [3]
    assert ids(lineage.ancestors(3)) == [1, 2, 4]
    assert sorted(set(lineage.subtree(4)["track_id"].to_pylist())) == [4]  # it hangs under 2


def test_lineages_are_counted(reference: Movie) -> None:
    rows = reference.lineage("cells").lineages.to_pylist()
    assert rows == [
        {"lineage_id": 1, "n_tracks": 3, "n_objects": 6, "n_divisions": 1, "generations": 2}
        | {"t_first": 0, "t_last": 3},
        {"lineage_id": 4, "n_tracks": 1, "n_objects": 4, "n_divisions": 0, "generations": 1}
        | {"t_first": 0, "t_last": 3},
    ]


def test_cells_of_tracks_and_subtrees_come_by_track_and_time(reference: Movie) -> None:
    lineage = reference.lineage("cells")
    found = lineage.objects([4, 2], ["track_id", "t"]).to_pydict()
    assert found == {"track_id": [2, 2, 4, 4, 4, 4], "t": [2, 3, 0, 1, 2, 3]}
    assert lineage.subtree(1, ["label"])["label"].to_pylist() == [1, 1, 3, 3, 4, 4]
    assert lineage.objects([], ["t"]).num_rows == 0


def test_the_track_of_a_cell_is_found(reference: Movie) -> None:
    assert ids(reference.lineage("cells").of_object(object_id(3, 4))) == [3]


@pytest.mark.parametrize("track", [0, 5, -1])
def test_a_track_that_is_not_there_is_refused(reference: Movie, track: int) -> None:
    lineage = reference.lineage("cells")
    for ask in (lineage.track, lineage.descendants, lineage.objects, lineage.subtree):
        with pytest.raises(
            NotFoundError, match=rf"no track {track} in 'cells'\n  expected: 1 to 4"
        ):
            ask(track)


def test_a_cell_or_column_that_is_not_there_is_refused(reference: Movie) -> None:
    with pytest.raises(NotFoundError, match=r"no cell 4294967305 \(label 9 at t 1\)"):
        reference.lineage("cells").of_object(object_id(1, 9))
    with pytest.raises(NotFoundError, match="no column weight"):
        reference.lineage("cells").subtree(1, ["weight"])


def test_complete_cycles_tell_duration_growth_and_division(tmp_path: Path) -> None:
    """A cell of area 6 is born at 1, has 12 at 2, and divides at 3 into 8 and 4; its sister stays."""
    labels = np.zeros((4, 6, 24), np.int32)
    labels[0, 1:3, 1:13] = 1
    labels[1, 1:3, 1:4], labels[1, 1:3, 6:9] = 1, 2
    labels[2, 1:3, 1:7], labels[2, 1:3, 8:14] = 1, 2
    labels[3, 1:3, 1:5], labels[3, 1:3, 6:8], labels[3, 1:3, 10:16] = 1, 2, 3
    links = [(0, 1, 1, 1), (0, 1, 1, 2), (1, 1, 2, 1), (1, 2, 2, 2)]
    links += [(2, 1, 3, 1), (2, 1, 3, 2), (2, 2, 3, 3)]
    case = LineageCase("cycle")
    image = np.ones(labels.shape, np.uint16)
    for interval, seconds in ((60, 120.0), ("unknown", None)):
        folder = tmp_path / str(interval)
        movie = import_movie(
            image, folder / "m.ome.zarr", pixel_size_um=0.5, frame_interval_s=interval
        )
        movie = import_labels(movie, labels, "cells", links=np.array(links, np.int64))
        (row,) = movie.lineage("cells").complete_cycles().to_pylist()
        assert (row["track_id"], row["n_frames"], row["duration_s"]) == (2, 2, seconds)
        assert (row["area_birth"], row["area_division"]) == (6, 12)
        assert row["growth_rate"] == pytest.approx(np.log(2))
        assert row["smallest_daughter"] == pytest.approx(1 / 3)
    assert case.name == "cycle"


def test_a_movie_without_complete_cycles_has_none(reference: Movie) -> None:
    assert reference.lineage("cells").complete_cycles().num_rows == 0


N_TRACKS, PER_TRACK = 3000, 100


@pytest.fixture(params=["disk", "bucket"])
def large(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """A table of 300,000 rows and 8 columns, in row groups of 10,000, which are 100 tracks each."""
    track = np.repeat(np.arange(1, N_TRACKS + 1), PER_TRACK)
    rng = np.random.default_rng(0)
    columns = {"track_id": track, "t": np.tile(np.arange(PER_TRACK, dtype=np.int32), N_TRACKS)}
    columns |= {f"value{k}": rng.random(track.size) for k in range(6)}
    if request.param == "disk":
        location = locate(tmp_path, create=True)
    else:
        location = Location(url="memory://m", local=None, keys=MemoryStore())
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, row_group_size=10_000)
    location.write(paths.table_file("cells", "objects"), sink.getvalue().to_pybytes())
    return location


def test_a_subtree_reads_its_row_groups_and_columns_only(
    large: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts the bytes that the Parquet reader asks for, all of them: the list at the end too."""
    read = CountedReads.of(large, monkeypatch)
    ranges = np.array([[1234, 1240], [2999, 2999]])
    found = read_track_rows(large, "cells", "objects", ranges=ranges, columns=["t", "value3"])
    assert found.column_names == ["t", "value3"]
    assert found.num_rows == 8 * PER_TRACK
    assert found["t"].to_pylist() == list(range(PER_TRACK)) * 8
    size = len(large.read(paths.table_file("cells", "objects")))
    assert read.files == 1
    assert 0 < read.n_bytes < 0.04 * size  # 2 of 30 row groups, 3 of 8 columns, and the list


class CountedReads:
    """Counts what is read of the files that `track_rows` opens."""

    def __init__(self) -> None:
        self.n_bytes, self.files = 0, 0

    @classmethod
    def of(cls, location: Location, monkeypatch: pytest.MonkeyPatch) -> CountedReads:
        counted = cls()
        data = location.read(paths.table_file("cells", "objects"))

        def opened(_location: Location, _key: str) -> CountedFile:
            counted.files += 1
            return CountedFile(data, counted)

        monkeypatch.setattr(track_rows, "open_file", opened)
        return counted


class CountedFile:
    """A file in memory."""

    closed = False

    def __init__(self, data: bytes, counted: CountedReads) -> None:
        self._data, self._counted, self._place = data, counted, 0

    def read(self, size: int = -1) -> bytes:
        stop = len(self._data) if size is None or size < 0 else self._place + size
        found = self._data[self._place : stop]
        self._place += len(found)
        self._counted.n_bytes += len(found)
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = offset + (0, self._place, len(self._data))[whence]
        return self._place

    def tell(self) -> int:
        return self._place

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


def test_rows_are_the_same_from_a_disk_and_from_a_bucket(large: Location) -> None:
    ranges = np.array([[100, 101]])
    found = read_track_rows(large, "cells", "objects", ranges=ranges)
    assert found["track_id"].to_pylist() == [100] * PER_TRACK + [101] * PER_TRACK
    assert len(found.column_names) == 8
