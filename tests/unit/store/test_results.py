"""Does a result come whole or not at all, beside or in place of another, and resumed where it stopped?"""

import json
from pathlib import Path

import numpy as np
import pytest
import zarr

from distnet_store.errors import MisalignedWriteError, TargetExistsError, WrongArgumentError
from distnet_store.spec.dataset import Provenance
from distnet_store.spec.maps import MAPS
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.movie_writer import create_movie
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.results import (
    LabelsWriter,
    PredictionWriter,
    labels_slot,
    prediction_slot,
    result_digest,
)

SHAPE = (4, 1, 6, 4)
LABELS = np.arange(4 * 6 * 4, dtype=np.int64).reshape(4, 6, 4)
A, B = "a" * 40, "b" * 40


@pytest.fixture
def movie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Movie:
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 2)
    writer = create_movie(
        tmp_path / "movie.ome.zarr",
        shape=SHAPE,
        dtype="uint8",
        channel_names=("phase",),
        scale=PixelScale((0.1, 0.1), 30.0),
        provenance=Provenance(format="array"),
    )
    for start in (0, 2):
        writer.write(start, np.ones((2, *SHAPE[1:]), np.uint8))
    return writer.finish()


def write_labels(movie: Movie, digest: str, name: str = "cells", add: int = 0) -> None:
    writer = LabelsWriter(labels_slot(movie, name, digest))
    for start in (0, 2):
        writer.write(start, LABELS[start : start + 2] + add)
    writer.finish()


def stored(movie: Movie, name: str = "cells") -> np.ndarray:
    return movie.labels(name).to_numpy()


def folders(movie: Movie) -> list[str]:
    return movie.location.children("labels")


def test_labels_are_read_back_as_they_were(movie: Movie) -> None:
    write_labels(movie, A)
    np.testing.assert_array_equal(stored(movie), LABELS)
    assert movie.labels("cells").dtype == np.uint32
    assert movie.label_names() == ["cells"]
    assert result_digest(movie.location, "labels/cells") == A


def test_largest_label_survives(movie: Movie) -> None:
    writer = LabelsWriter(labels_slot(movie, "cells", A))
    block = np.zeros((2, 6, 4), np.int64)
    block[0, 0, 0] = 2**31 - 1
    writer.write(0, block)
    writer.write(2, np.zeros_like(block))
    writer.finish()
    assert stored(movie).max() == 2**31 - 1


def test_result_is_invisible_until_it_is_whole(movie: Movie) -> None:
    slot = labels_slot(movie, "cells", A)
    writer = LabelsWriter(slot)
    writer.write(0, LABELS[:2])
    assert movie.label_names() == []
    assert folders(movie) == []
    assert result_digest(movie.location, slot.path) is None
    slot.check_free(overwrite=False)


def test_interrupted_result_goes_on_in_the_same_arrays(movie: Movie) -> None:
    LabelsWriter(labels_slot(movie, "cells", A)).write(0, LABELS[:2])
    slot = labels_slot(open_movie(movie.url), "cells", A)
    slot.check_free(overwrite=False)
    writer = LabelsWriter(slot)
    writer.write(2, LABELS[2:])
    writer.finish()
    np.testing.assert_array_equal(stored(movie), LABELS)


def test_interrupted_results_do_not_mix(movie: Movie) -> None:
    """A stops half-way, B is written under the same name, and A goes on."""
    first = LabelsWriter(labels_slot(movie, "cells", A))
    first.write(0, LABELS[:2])
    write_labels(movie, B, add=100)
    slot = labels_slot(movie, "cells", A)
    slot.check_free(overwrite=True)
    writer = LabelsWriter(slot)
    writer.write(2, LABELS[2:])
    np.testing.assert_array_equal(stored(movie), LABELS + 100)
    writer.finish()
    np.testing.assert_array_equal(stored(movie), LABELS)


def test_another_result_in_the_place_is_refused_without_overwrite(movie: Movie) -> None:
    write_labels(movie, A)
    with pytest.raises(TargetExistsError, match="other parameters"):
        labels_slot(movie, "cells", B).check_free(overwrite=False)
    labels_slot(movie, "cells", A).check_free(overwrite=False)
    labels_slot(movie, "others", B).check_free(overwrite=False)


def test_old_result_is_whole_until_the_new_one_is(movie: Movie) -> None:
    write_labels(movie, A)
    writer = LabelsWriter(labels_slot(movie, "cells", B))
    writer.write(0, LABELS[:2] + 5)
    np.testing.assert_array_equal(stored(movie), LABELS)
    writer.write(2, LABELS[2:] + 5)
    np.testing.assert_array_equal(stored(movie), LABELS)
    writer.finish()
    np.testing.assert_array_equal(stored(movie), LABELS + 5)
    assert result_digest(movie.location, "labels/cells") == B
    assert folders(movie) == ["cells"]
    assert movie.location.children(".distnet/staging") == []


def test_every_label_image_stays_listed(movie: Movie) -> None:
    write_labels(movie, A, "one")
    LabelsWriter(labels_slot(movie, "half", A)).write(0, LABELS[:2])
    write_labels(movie, B, "two")
    assert movie.label_names() == ["one", "two"]
    ome = movie.location.group("labels").attrs.asdict()["ome"]
    assert ome == {"version": "0.5", "labels": ["one", "two"]}


def test_group_without_attributes_is_no_result(movie: Movie) -> None:
    """Other programs' writers, and older versions of this one, may leave one half-written."""
    store = movie.location.zarr_store()
    zarr.create_array(store, name="labels/half/s0", shape=SHAPE[::2], dtype="u4")
    assert result_digest(movie.location, "labels/half") is None
    labels_slot(movie, "half", A).check_free(overwrite=False)
    write_labels(movie, A, "whole")
    assert movie.label_names() == ["whole"]
    write_labels(movie, A, "half")
    np.testing.assert_array_equal(stored(movie, "half"), LABELS)


def test_label_image_of_another_program_is_listed_and_never_replaced_unasked(movie: Movie) -> None:
    store = movie.location.zarr_store()
    zarr.create_group(store, path="labels/theirs", attributes={"ome": {"version": "0.5"}})
    write_labels(movie, A, "ours")
    assert movie.label_names() == ["ours", "theirs"]
    assert result_digest(movie.location, "labels/theirs") == ""
    with pytest.raises(TargetExistsError):
        labels_slot(movie, "theirs", A).check_free(overwrite=False)


def test_part_of_a_shard_is_refused(movie: Movie) -> None:
    writer = LabelsWriter(labels_slot(movie, "cells", A))
    with pytest.raises(MisalignedWriteError):
        writer.write(0, LABELS[:1])
    with pytest.raises(MisalignedWriteError):
        writer.write(1, LABELS[1:3])


def test_maps_are_read_back_with_channels_and_windows(movie: Movie) -> None:
    maps = {
        name: np.random.default_rng(1).normal(size=(4, len(spec.channels), 6, 4)).astype(np.float32)
        for name, spec in MAPS.items()
    }
    writer = PredictionWriter(prediction_slot(movie, "net", A))
    for start in (0, 2):
        writer.write(start, {name: values[start : start + 2] for name, values in maps.items()})
    assert movie.predictions() == []
    writer.finish(dict.fromkeys(MAPS, (-30.0, 40.0)))
    assert movie.predictions() == ["net"]
    for name, values in maps.items():
        read = movie.prediction("net", name)
        np.testing.assert_array_equal(read.to_numpy(), values)
        assert read["c"].to_numpy().tolist() == list(MAPS[name].channels)
        ome = movie.location.group(f"predictions/net/{name}").attrs.asdict()["ome"]
        low, high = MAPS[name].window
        window = ome["omero"]["channels"][0]["window"]
        assert window == {"min": -30, "max": 40, "start": low, "end": high}


def test_groups_above_a_result_are_groups(movie: Movie) -> None:
    """A reader that goes down from the root meets a group on each level."""
    write_labels(movie, A)
    maps = {n: np.zeros((4, len(s.channels), 6, 4), np.float32) for n, s in MAPS.items()}
    writer = PredictionWriter(prediction_slot(movie, "net", B))
    for start in (0, 2):
        writer.write(start, {name: values[start : start + 2] for name, values in maps.items()})
    writer.finish(dict.fromkeys(MAPS, (0.0, 1.0)))
    group = movie.location.group()
    assert group["predictions/net/edm/s0"].shape == (4, 1, 6, 4)
    assert group["labels/cells/s0"].shape == (4, 6, 4)
    for path in ("labels", "predictions", "predictions/net"):
        assert isinstance(group[path], zarr.Group)


def test_dataset_of_another_program_is_never_written_into(tmp_path: Path) -> None:
    kept = Path(__file__).parents[2] / "data/ome-zarr-samples/neuroglancer_simple_0.5"
    before = {p: p.read_bytes() for p in kept.rglob("*") if p.is_file()}
    slot = labels_slot(open_movie(kept), "cells", A)
    with pytest.raises(WrongArgumentError, match="never altered"):
        LabelsWriter(slot)
    with pytest.raises(WrongArgumentError, match="never altered"):
        PredictionWriter(prediction_slot(open_movie(kept), "net", A))
    assert {p: p.read_bytes() for p in kept.rglob("*") if p.is_file()} == before


def test_group_of_a_result_says_what_it_was_derived_from(movie: Movie) -> None:
    write_labels(movie, A)
    assert movie.location.local is not None
    document = json.loads((movie.location.local / "labels/cells/zarr.json").read_text())
    own = {"schema_version": "1.0", "kind": "labels", "derived_from": A}
    assert document["attributes"]["distnet"] == own
    assert document["attributes"]["ome"]["image-label"]["source"] == {"image": "../../"}
