"""Movies and labels come into a dataset as they are, or are refused with the target untouched."""

import dataclasses
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import dask.array as da
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from real_chambers import FOLDER, read_chamber

from distnet_store.errors import (
    InvalidDataError,
    InvalidLineageError,
    MissingMetadataError,
    NotADatasetError,
    NotFoundError,
    StorageError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.store.digest import digest_bytes
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.sources.arrays import movie_from_array
from distnet_store.store.sources.source import MovieSource

CHAMBER = FOLDER / "chamber10"
SAMPLES = Path(__file__).parents[1] / "data" / "ome-zarr-samples"
SIZES = {"pixel_size_um": 0.065, "frame_interval_s": 300.0}

Frames = NDArray[np.float32]


@pytest.fixture
def frames() -> Frames:
    return tifffile.imread(CHAMBER / "img_phase.tif")


@pytest.fixture
def labels() -> NDArray[np.uint16]:
    return tifffile.imread(CHAMBER / "labels_ctc.tif")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "movie.ome.zarr"


@pytest.fixture
def movie(target: Path) -> Movie:
    return import_movie(CHAMBER / "img_phase.tif", target, **SIZES)


def digest_of(folder: Path, without: str = "nothing") -> str:
    """Return the digest of the files under a folder and their names, those `without` left out."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and without not in p.parts)
    return digest_bytes(*(part for f in files for part in (str(f).encode(), f.read_bytes())))


def pixels_of(movie: Movie) -> NDArray[np.generic]:
    return np.stack([movie.frame(t) for t in range(movie.n_frames)])


# What comes in


def test_a_tiff_comes_in_as_it_is(frames: Frames, target: Path) -> None:
    movie = import_movie(CHAMBER / "img_phase.tif", target, **SIZES)
    assert movie.shape == (10, 1, 207, 24)
    assert movie.dtype == np.float32
    assert movie.pixel_size_um == (0.065, 0.065)
    assert movie.frame_interval_s == 300
    np.testing.assert_array_equal(pixels_of(movie)[:, 0], frames)
    provenance = movie.require_writable().provenance
    assert (provenance.format, provenance.files) == ("tiff", ("img_phase.tif",))


def test_what_the_file_says_is_used_and_what_the_caller_says_counts_more(
    frames: Frames, tmp_path: Path
) -> None:
    path = tmp_path / "movie.ome.tif"
    metadata = {"axes": "TYX", "PhysicalSizeX": 0.1, "PhysicalSizeY": 0.2, "TimeIncrement": 60.0}
    metadata["Channel"] = {"Name": ["phase"]}
    tifffile.imwrite(path, frames, ome=True, metadata=metadata)
    movie = import_movie(path, tmp_path / "a.ome.zarr")
    assert (movie.pixel_size_um, movie.frame_interval_s) == ((0.2, 0.1), 60)
    assert movie.channel_names == ("phase",)
    movie = import_movie(
        path, tmp_path / "b.ome.zarr", pixel_size_um=(0.3, 0.4), channel_names=["other"]
    )
    assert (movie.pixel_size_um, movie.frame_interval_s) == ((0.3, 0.4), 60)
    assert movie.channel_names == ("other",)


def test_unknown_sizes_stay_unknown(target: Path) -> None:
    movie = import_movie(
        CHAMBER / "img_phase.tif", target, pixel_size_um="unknown", frame_interval_s="unknown"
    )
    assert (movie.pixel_size_um, movie.frame_interval_s) == (None, None)


@pytest.mark.parametrize("lazy", [False, True], ids=["numpy", "dask"])
def test_arrays_with_several_channels_come_in(frames: Frames, target: Path, lazy: bool) -> None:  # noqa: FBT001 - parametrized
    both = np.stack([frames, frames + 1])
    array = da.from_array(both, chunks=(1, 3, 207, 24)) if lazy else both
    movie = import_movie(array, target, axes="ctyx", **SIZES)
    assert movie.shape == (10, 2, 207, 24)
    np.testing.assert_array_equal(pixels_of(movie), np.moveaxis(both, 0, 1))


@pytest.mark.parametrize(
    ("given", "stored"),
    [(">u2", "uint16"), ("bool", "uint8"), ("int64", "int32"), ("float64", "float32")],
)
def test_pixels_are_stored_in_a_type_that_viewers_know(
    target: Path, given: str, stored: str
) -> None:
    array = np.arange(3 * 20 * 30).reshape(3, 20, 30).astype(given)
    movie = import_movie(array, target, **SIZES)
    assert movie.dtype == np.dtype(stored)
    np.testing.assert_array_equal(pixels_of(movie)[:, 0], array)


def test_a_folder_of_images_comes_in(frames: Frames, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for t, frame in enumerate(frames):
        tifffile.imwrite(tmp_path / "images" / f"frame{t + 5}.tif", frame)
    movie = import_movie(tmp_path / "images", tmp_path / "movie.ome.zarr", **SIZES)
    np.testing.assert_array_equal(pixels_of(movie)[:, 0], frames)
    assert movie.require_writable().provenance.n_files == 10


def test_an_ome_zarr_of_another_program_comes_in(target: Path) -> None:
    source = SAMPLES / "ngio_v04" / "test_image_tcyx.zarr"
    before = digest_of(source)
    movie = import_movie(source, target)
    assert movie.shape == (4, 3, 64, 64)
    assert (movie.pixel_size_um, movie.frame_interval_s) == ((0.5, 0.5), 1.0)
    assert movie.channel_names == ("channel_0", "channel_1", "channel_2")
    movie = import_labels(movie, source / "labels" / "label", "cells")
    assert movie.label_names() == ["cells"]
    assert digest_of(source) == before


def test_a_dataset_of_our_own_comes_in_as_a_copy(movie: Movie, tmp_path: Path) -> None:
    copy = import_movie(movie.url, tmp_path / "copy.ome.zarr")
    assert copy.require_writable().image_digest == movie.require_writable().image_digest
    assert (copy.pixel_size_um, copy.frame_interval_s) == (movie.pixel_size_um, 300)


def test_a_challenge_sequence_comes_in_with_its_ground_truth(
    frames: Frames, labels: NDArray[np.uint16], tmp_path: Path
) -> None:
    (tmp_path / "01").mkdir()
    (tmp_path / "01_GT" / "TRA").mkdir(parents=True)
    for t in range(10):
        tifffile.imwrite(tmp_path / "01" / f"t{t:03}.tif", frames[t])
        tifffile.imwrite(tmp_path / "01_GT" / "TRA" / f"man_track{t:03}.tif", labels[t])
    table = (CHAMBER / "man_track.txt").read_text()
    (tmp_path / "01_GT" / "TRA" / "man_track.txt").write_text(table)
    movie = import_movie(tmp_path / "01", tmp_path / "movie.ome.zarr", **SIZES)
    movie = import_labels(movie, tmp_path / "01_GT")
    assert movie.require_writable().provenance.format == "ctc"
    assert movie.read_table("reference", "links").num_rows == 48


def test_progress_counts_checking_and_copying(target: Path) -> None:
    calls: list[tuple[int, int]] = []
    import_movie(
        CHAMBER / "img_phase.tif", target, **SIZES, on_progress=lambda *call: calls.append(call)
    )
    assert [total for _, total in calls] == [20] * len(calls)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert calls[-1] == (20, 20)


def test_an_existing_dataset_is_replaced_only_when_asked(movie: Movie, target: Path) -> None:
    other = np.ones((2, 20, 30), np.uint8)
    assert import_movie(other, target, **SIZES, overwrite=True).shape == (2, 1, 20, 30)
    assert sorted(path.name for path in target.parent.iterdir()) == ["movie.ome.zarr"]


# Memory


def test_memory_does_not_grow_with_the_movie(tmp_path: Path) -> None:
    """One shard holds 16 frames of this size, and two are held: the peak for 96 is that for 48."""
    peaks = [_peak_of_import(tmp_path / f"{count}.ome.zarr", count) for count in (48, 96)]
    assert peaks[1] < 1.1 * peaks[0]


def _peak_of_import(target: Path, n_frames: int) -> int:
    y, x = np.mgrid[:512, :512]
    source = MovieSource(
        shape=(n_frames, 1, 512, 512),
        dtype=np.dtype(np.uint16),
        channel_names=("phase",),
        pixel_size_um=(1.0, 1.0),
        frame_interval_s=1.0,
        format="array",
        files=(),
        read=lambda t: ((y * x) // 64 + t).astype(np.uint16)[np.newaxis],
    )
    tracemalloc.start()
    try:
        import_movie(source, target)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# What is refused, and leaves nothing behind


def _cut_short(folder: Path) -> Path:
    data = (CHAMBER / "img_phase.tif").read_bytes()
    path = folder / "cut.tif"
    path.write_bytes(data[: len(data) * 3 // 4])
    return path


def _stack(folder: Path) -> Path:
    frames = tifffile.imread(CHAMBER / "img_phase.tif")
    tifffile.imwrite(folder / "stack.tif", frames, imagej=True, metadata={"axes": "ZYX"})
    return folder / "stack.tif"


def _with_nan(folder: Path) -> Path:
    frames = tifffile.imread(CHAMBER / "img_phase.tif")
    frames[7, 100, 12] = np.nan
    tifffile.imwrite(folder / "nan.tif", frames)
    return folder / "nan.tif"


def _colours(folder: Path) -> Path:
    tifffile.imwrite(folder / "rgb.tif", np.zeros((4, 9, 9, 3), np.uint8), photometric="rgb")
    return folder / "rgb.tif"


def _text(folder: Path) -> Path:
    (folder / "movie.txt").write_text("not a movie")
    return folder / "movie.txt"


@pytest.mark.parametrize(
    ("make", "kind", "part"),
    [
        (_cut_short, InvalidDataError, "cut short"),
        (_stack, InvalidDataError, "3-D stack given as a movie"),
        (_with_nan, InvalidDataError, "nan at channel 0, row 100, column 12"),
        (_colours, InvalidDataError, "colour images"),
        (_text, InvalidDataError, "no reader knows this file"),
        (lambda folder: folder / "none.tif", NotFoundError, "nothing at this path"),
        (lambda _: SAMPLES / "ome2024_challenge" / "hcs.zarr", NotADatasetError, "a plate"),
    ],
    ids=["cut short", "stack", "NaN", "colours", "text", "missing", "plate"],
)
def test_a_bad_source_leaves_nothing_at_the_target(
    tmp_path: Path, target: Path, make: Callable[[Path], Path], kind: type[Exception], part: str
) -> None:
    with pytest.raises(kind) as caught:
        import_movie(make(tmp_path), target, **SIZES)
    assert part in str(caught.value)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "missing", "option"),
    [
        ({"frame_interval_s": 300.0}, "size of a pixel", "--pixel-size"),
        ({"pixel_size_um": 0.065}, "time between frames", "--frame-interval"),
    ],
)
def test_missing_sizes_are_asked_for(
    target: Path, given: dict[str, float], missing: str, option: str
) -> None:
    with pytest.raises(MissingMetadataError, match=missing) as caught:
        import_movie(CHAMBER / "img_phase.tif", target, **given)
    assert option in caught.value.remedy
    assert "unknown" in caught.value.remedy
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), "0.1", (0.1, 0.0)])
def test_sizes_that_are_none_are_refused(target: Path, value: object) -> None:
    with pytest.raises(WrongArgumentError, match="this is no pixel size"):
        import_movie(CHAMBER / "img_phase.tif", target, pixel_size_um=value, frame_interval_s=1.0)
    assert list(target.parent.iterdir()) == []


def test_channel_names_must_be_as_many_as_channels(target: Path) -> None:
    with pytest.raises(WrongArgumentError, match="each channel needs a name"):
        import_movie(CHAMBER / "img_phase.tif", target, **SIZES, channel_names=["a", "b"])


def test_an_existing_target_is_left_as_it_is(movie: Movie, target: Path) -> None:
    before = digest_of(target)
    with pytest.raises(TargetExistsError, match="the target exists") as caught:
        import_movie(CHAMBER / "img_phase.tif", target, **SIZES)
    assert "--overwrite" in caught.value.remedy
    assert digest_of(target) == before


def test_bad_pixels_leave_the_dataset_that_would_be_replaced(
    movie: Movie, target: Path, tmp_path: Path
) -> None:
    before = digest_of(target)
    with pytest.raises(InvalidDataError, match="not a finite number"):
        import_movie(_with_nan(tmp_path), target, **SIZES, overwrite=True)
    assert digest_of(target) == before


@pytest.mark.parametrize("error", [InvalidDataError("damaged"), KeyboardInterrupt()])
def test_a_read_that_fails_halfway_leaves_nothing(
    frames: Frames, target: Path, error: BaseException
) -> None:
    whole = movie_from_array(np.zeros((200, 300, 300), np.uint8))

    def read(t: int) -> NDArray[np.generic]:
        if t == 150:
            raise error
        return whole.read(t)

    with pytest.raises(type(error)):
        import_movie(dataclasses.replace(whole, read=read), target, **SIZES)
    assert list(target.parent.iterdir()) == []


# Labels


def test_labels_and_links_come_in_as_they_are(movie: Movie, labels: NDArray[np.uint16]) -> None:
    movie = import_labels(movie, CHAMBER / "labels_ctc.tif", links=CHAMBER / "man_track.txt")
    assert movie.label_names() == ["reference"]
    for t in range(10):
        np.testing.assert_array_equal(movie.labels_frame("reference", t), labels[t])
    links = movie.read_table("reference", "links").to_pandas()
    _, _, expected = read_chamber("chamber10")
    found = {
        (
            row.source_id >> 32,
            row.source_id & 0xFFFFFFFF,
            row.target_id >> 32,
            row.target_id & 0xFFFFFFFF,
        )
        for row in links.itertuples()
    }
    assert found == set(map(tuple, expected.tolist()))
    assert set(links["origin"]) == {"reference"}
    assert (links["kind"] == "split").sum() == 12
    assert movie.read_table("reference", "objects").num_rows == sum(
        len(np.unique(frame)) - 1 for frame in labels
    )


def test_the_same_links_come_from_a_table_and_an_array(
    movie: Movie, labels: NDArray[np.uint16], tmp_path: Path
) -> None:
    _, _, links = read_chamber("chamber10")
    header = "t_source,label_source,t_target,label_target"
    np.savetxt(tmp_path / "links.csv", links, fmt="%d", delimiter=",", header=header, comments="")
    path = CHAMBER / "labels_ctc.tif"
    for name, given in (
        ("tracks", CHAMBER / "man_track.txt"),
        ("table", tmp_path / "links.csv"),
        ("array", links),
    ):
        movie = import_labels(movie, path, name, links=given)
    tables = [movie.read_table(name, "links") for name in ("tracks", "table", "array")]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_labels_without_links_are_tracks_of_one_cell(
    movie: Movie, labels: NDArray[np.uint16]
) -> None:
    movie = import_labels(movie, labels, "cells")
    assert movie.read_table("cells", "links").num_rows == 0
    objects = movie.read_table("cells", "objects").num_rows
    assert movie.read_table("cells", "tracks").num_rows == objects


def test_labels_that_a_program_saved_along_z_come_in_with_their_axes_named(
    movie: Movie, labels: NDArray[np.uint16], tmp_path: Path
) -> None:
    tifffile.imwrite(tmp_path / "labels.tif", labels, imagej=True, metadata={"axes": "ZYX"})
    with pytest.raises(InvalidDataError, match="3-D stack"):
        import_labels(movie, tmp_path / "labels.tif")
    movie = import_labels(movie, tmp_path / "labels.tif", axes="tyx")
    np.testing.assert_array_equal(movie.labels_frame("reference", 9), labels[9])


def test_the_same_labels_again_change_nothing(movie: Movie, target: Path) -> None:
    given = {"source": CHAMBER / "labels_ctc.tif", "links": CHAMBER / "man_track.txt"}
    import_labels(movie, **given)
    before = digest_of(target / "labels")
    import_labels(movie, **given)
    assert digest_of(target / "labels") == before


def test_other_labels_of_the_name_are_replaced_only_when_asked(
    movie: Movie, target: Path, labels: NDArray[np.uint16]
) -> None:
    movie = import_labels(movie, labels)
    before = digest_of(target)
    other = np.where(labels == labels.max(), 0, labels)
    with pytest.raises(TargetExistsError, match="labels/reference exists"):
        import_labels(movie, other)
    assert digest_of(target) == before
    movie = import_labels(movie, other, overwrite=True)
    np.testing.assert_array_equal(movie.labels_frame("reference", 9), other[9])


def _array_of(value: float, dtype: str) -> NDArray[np.generic]:
    array = np.zeros((10, 207, 24), dtype)
    array[3, 5, 5] = value
    return array


@pytest.mark.parametrize(
    ("array", "part"),
    [
        (_array_of(1, "float32"), "masks must be integers"),
        (_array_of(2**31, "int64"), "a label is out of range"),
        (_array_of(2**31, "uint32"), "a label is out of range"),
        (_array_of(-1, "int16"), "a label is out of range"),
        (np.zeros((9, 207, 24), np.uint8), "the labels do not fit the movie"),
        (np.zeros((10, 24, 207), np.uint8), "the labels do not fit the movie"),
    ],
    ids=["float", "over 2³¹", "over 2³¹, unsigned", "negative", "frames", "turned"],
)
def test_bad_labels_leave_the_dataset_as_it_is(
    movie: Movie, target: Path, array: NDArray[np.generic], part: str
) -> None:
    before = digest_of(target)
    with pytest.raises(InvalidDataError, match=part) as caught:
        import_labels(movie, array)
    assert caught.value.remedy
    assert digest_of(target) == before
    assert open_movie(target).label_names() == []


@pytest.mark.parametrize(
    ("link", "part"),
    [
        ((0, 1, 1, 999), "target cell that is not there"),
        ((0, 999, 1, 1), "source cell that is not there"),
        ((0, 1, 10, 1), "target cell that is not there"),
        ((1, 1, 0, 1), "lead backwards"),
    ],
)
def test_bad_links_leave_the_dataset_as_it_is(
    movie: Movie, target: Path, link: tuple[int, int, int, int], part: str
) -> None:
    before = digest_of(target)
    with pytest.raises(InvalidLineageError, match=part):
        import_labels(movie, CHAMBER / "labels_ctc.tif", links=np.array([link]))
    assert digest_of(target) == before


def test_a_table_of_other_labels_leaves_the_dataset_as_it_is(movie: Movie, target: Path) -> None:
    before = digest_of(target)
    with pytest.raises(InvalidLineageError, match="different cells"):
        import_labels(
            movie, CHAMBER / "labels_ctc.tif", links=FOLDER / "chamber11" / "man_track.txt"
        )
    assert digest_of(target) == before


def test_labels_are_not_written_into_another_programs_dataset(tmp_path: Path) -> None:
    foreign = open_movie(SAMPLES / "ngio_v04" / "test_image_tyx.zarr")
    with pytest.raises(WrongArgumentError, match="another program"):
        import_labels(foreign, np.zeros((4, 64, 64), np.uint8))


@pytest.mark.parametrize("earlier", [False, True], ids=["none before", "others before"])
def test_a_failure_while_labels_are_written_leaves_what_was_there(
    movie: Movie,
    target: Path,
    labels: NDArray[np.uint16],
    monkeypatch: pytest.MonkeyPatch,
    earlier: bool,  # noqa: FBT001 - parametrized
) -> None:
    if earlier:
        movie = import_labels(movie, labels)
    before = digest_of(target, without=".distnet")

    def full_disk(*_: object) -> None:
        raise StorageError("the storage refused", found="No space left on device")

    monkeypatch.setattr("distnet_store.store.results.LabelsWriter.write", full_disk)
    with pytest.raises(StorageError, match="the storage refused"):
        import_labels(movie, np.where(labels == 1, 0, labels), overwrite=True)
    assert digest_of(target, without=".distnet") == before
    assert not list(target.glob(".distnet/staging/*/"))
