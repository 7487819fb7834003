"""Correction of a real chamber that was linked over gaps, or by its masks alone."""

from dataclasses import dataclass

import numpy as np
import pytest
from correction_cases import chain_links, discs, halved

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.targets import targets
from distnet_store.spec.parameters import LinkingParameters
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate


@dataclass(frozen=True)
class Chamber:
    """Images and labels (t, y, x), and links (m, 4)."""

    images: np.ndarray
    labels: np.ndarray
    links: np.ndarray


def made(chamber, target, labels):
    """Import a chamber; the maps are those of its reference, the labels of `cells` are other ones."""
    movie = import_movie(chamber.images, target, pixel_size_um=0.1, frame_interval_s=300)
    movie = import_labels(movie, chamber.labels.astype(np.int32), links=chamber.links)
    targets(movie)
    return import_labels(movie, labels, "cells")


def with_gaps(chamber):
    """Cell 3 is missing in frame 2, and is found as halves in frame 4."""
    labels = chamber.labels.astype(np.int32)
    labels[2][labels[2] == 3] = 0
    labels[4] = halved(labels[4], 3, 90, axis=0)
    return labels


def gaps_of(movie, name):
    rows = movie.read_table(name, "links").to_pylist()
    ends = [(row["source_id"], row["target_id"]) for row in rows if row["kind"] == "gap"]
    return [(a >> 32, a & 0xFFFFFFFF, b >> 32, b & 0xFFFFFFFF) for a, b in ends]


def test_links_over_gaps_stay_and_faults_elsewhere_are_mended(chamber10, tmp_path):
    movie = made(chamber10, tmp_path / "c10.ome.zarr", with_gaps(chamber10))
    link(movie, LinkingParameters(max_gap=1), prediction="targets")
    assert gaps_of(movie, "cells") == [(1, 3, 3, 3)]
    run = correct(movie, prediction="targets")
    assert run.record.counts["merge tracks"] == 1
    assert gaps_of(movie, "corrected") == [(1, 3, 3, 3)]
    cells = movie.read_table("corrected", "objects").to_pandas()
    own = cells[cells["track_id"] == cells.query("t == 1 and label == 3")["track_id"].item()]
    assert sorted(own["t"]) == [0, 1, 3, 4]
    assert [p for p in validate(movie.url).problems if p.severity == "error"] == []


def test_a_gap_goes_on_to_the_whole_of_a_cell_found_as_halves_after_it(tmp_path):
    truth = np.stack([discs((40, 60), {1: (15 + t % 2, 15, 8), 2: (25, 42, 9)}) for t in range(7)])
    movie = Chamber(truth.astype(np.float32), truth, chain_links(truth))
    labels = truth.copy()
    labels[2][labels[2] == 1] = 0
    labels[3] = halved(labels[3], 1, 90, axis=0)
    movie = made(movie, tmp_path / "discs.ome.zarr", labels)
    link(movie, LinkingParameters(max_gap=1), prediction="targets")
    assert gaps_of(movie, "cells") in ([(1, 1, 3, 1)], [(1, 1, 3, 90)])
    assert correct(movie, prediction="targets").record.counts["merge tracks"] == 1
    whole = int(np.unique(movie.labels("corrected").to_numpy()[3][truth[3] == 1]).item())
    assert gaps_of(movie, "corrected") == [(1, 1, 3, whole)]


def test_labels_linked_by_masks_alone_are_refused_with_what_to_do(chamber10, tmp_path):
    movie = made(chamber10, tmp_path / "c10.ome.zarr", with_gaps(chamber10))
    link(movie, prediction=None)
    with pytest.raises(NotFoundError, match="without --from-masks"):
        correct(movie, prediction="targets")
    assert "corrected" not in open_movie(movie.url).label_names()
    link(movie, prediction="targets", overwrite=True)
    assert correct(movie, prediction="targets").record.counts["merge tracks"] == 1
