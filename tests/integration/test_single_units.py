"""Jobs that know nothing of one another compute a result unit by unit, in any order and at once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from distnet_store.errors import NotFoundError, TargetExistsError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.segment import segment, segmentation_operation
from distnet_store.pipeline.single_unit import carry_out_unit
from distnet_store.pipeline.targets import targets, targets_operation
from distnet_store.spec.parameters import SegmentationParameters

NAMES = ["t000000-000003", "t000003-000006", "t000006-000009", "t000009-000010"]


@pytest.fixture
def movie(chamber10, tmp_path, monkeypatch):
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 3)
    target = tmp_path / "movie.ome.zarr"
    movie = import_movie(chamber10.images, target, pixel_size_um=0.1, frame_interval_s=300)
    return import_labels(movie, chamber10.labels.astype(np.int32), links=chamber10.links)


def labels_in_parts(movie, name, run_all):
    targets(movie)
    operation = segmentation_operation(movie, prediction="targets", name=name)
    done = run_all(operation)
    assert [one.run is not None for one in done].count(True) == 1
    return np.asarray(movie.labels(name))


@pytest.mark.parametrize("order", [NAMES, NAMES[::-1]], ids=["in order", "backwards"])
def test_the_last_unit_finishes_the_result(movie, order):
    def one_by_one(operation):
        done = [carry_out_unit(operation, name) for name in order]
        assert [one.run is not None for one in done] == [False, False, False, True]
        assert [len(one.missing) for one in done] == [3, 2, 1, 0]
        return done

    parts = labels_in_parts(movie, "parts", one_by_one)
    segment(movie, prediction="targets", name="whole")
    np.testing.assert_array_equal(parts, np.asarray(movie.labels("whole")))


def test_jobs_at_once_finish_it_once(movie):
    def at_once(operation):
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda name: carry_out_unit(operation, name), NAMES))

    parts = labels_in_parts(movie, "parts", at_once)
    segment(movie, prediction="targets", name="whole")
    np.testing.assert_array_equal(parts, np.asarray(movie.labels("whole")))


def test_nothing_is_visible_before_the_last_unit(movie):
    operation = targets_operation(movie)
    for name in NAMES[:-1]:
        carry_out_unit(operation, name)
    assert movie.predictions() == []


def test_a_unit_is_computed_once(movie):
    operation = targets_operation(movie)
    assert not carry_out_unit(operation, NAMES[0]).was_whole
    assert carry_out_unit(operation, NAMES[0]).was_whole


def test_the_whole_run_goes_on_where_single_units_stopped(movie):
    carry_out_unit(targets_operation(movie), NAMES[2])
    assert targets(movie).units_computed == 3


def test_a_run_whose_finisher_died_is_finished_by_the_whole_run(movie):
    operation = targets_operation(movie)
    assert operation.plan.journal.claim_finish()  # a job that was killed just after
    done = [carry_out_unit(operation, name) for name in NAMES]
    assert [one.run for one in done] == [None] * 4
    assert movie.predictions() == []
    targets(movie)
    assert movie.predictions() == ["targets"]


def test_a_unit_that_is_not_there_is_told(movie):
    with pytest.raises(NotFoundError, match="no unit 't7'"):
        carry_out_unit(targets_operation(movie), "t7")


def test_another_result_is_not_replaced_unasked(movie):
    targets(movie)
    segment(movie, prediction="targets")
    other = segmentation_operation(
        movie, SegmentationParameters(min_object_area=11), prediction="targets"
    )
    with pytest.raises(TargetExistsError):
        carry_out_unit(other, NAMES[0])
    for name in NAMES:
        last = carry_out_unit(other, name, overwrite=True)
    assert last.run is not None
