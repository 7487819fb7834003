"""Correction is the same however the frames are cut into write units, and however many processes linked them."""

import numpy as np
import pytest
from correction_cases import halved

from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.targets import targets
from distnet_store.pipeline.workers import Workers

TABLES = ("objects", "links", "tracks", "edits")


def corrected(chamber, target, workers):
    movie = import_movie(chamber.images, target, pixel_size_um=0.1, frame_interval_s=300)
    movie = import_labels(movie, chamber.labels.astype(np.int32), links=chamber.links)
    targets(movie)
    labels = chamber.labels.astype(np.int32)
    labels[2][labels[2] == 4] = 3
    labels[3][labels[3] == 4] = 3  # over the edge of a unit
    labels[6] = halved(labels[6], 10, 90, axis=0)
    movie = import_labels(movie, labels, "cells")
    link(movie, prediction="targets", workers=workers)
    run = correct(movie, prediction="targets")
    return movie, run


def contents(movie):
    labels = [movie.labels(name).to_numpy() for name in ("corrected", "corrected-tracks")]
    return labels, [movie.read_table("corrected", table) for table in TABLES]


@pytest.mark.parametrize(
    ("frames_per_shard", "workers"),
    [(3, Workers()), (1, Workers(threads=2)), (3, Workers(processes=2))],
    ids=["four units", "ten units, threads", "four units, processes"],
)
def test_neither_write_units_nor_workers_change_the_result(
    chamber10, tmp_path, monkeypatch, frames_per_shard, workers
):
    if workers.processes > 1:
        pytest.importorskip("distributed")
    whole, run = corrected(chamber10, tmp_path / "whole.ome.zarr", Workers())
    assert (run.record.units, run.record.counts["frames changed"]) == (1, 3)
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", frames_per_shard)
    cut, other = corrected(chamber10, tmp_path / "cut.ome.zarr", workers)
    assert other.record.units == -(-10 // frames_per_shard)
    for one, two in zip(*(contents(movie)[0] for movie in (whole, cut)), strict=True):
        np.testing.assert_array_equal(one, two)
    for one, two in zip(*(contents(movie)[1] for movie in (whole, cut)), strict=True):
        assert one.equals(two)
