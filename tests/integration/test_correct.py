"""Correction of a real chamber with faults put in: mended beside the source, repeatable, resumable, valid."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from correction_cases import halved, same_cells
from judgements import assert_same_as_reference

from distnet_store.errors import NotFoundError, TargetExistsError, WrongArgumentError
from distnet_store.pipeline import correct as correct_module
from distnet_store.pipeline import corrected_tables
from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.curation.curation import movie_curation
from distnet_store.pipeline.curation.edit_types import Confirm
from distnet_store.pipeline.explain.explain import explain
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.targets import targets
from distnet_store.spec.parameters import CorrectionParameters
from distnet_store.store.digest import digest_array
from distnet_store.store.movie import open_movie
from distnet_store.store.results import LabelsWriter
from distnet_store.store.validate import validate

COMMAND = str(Path(sys.executable).with_name("distnet-store"))


def faulty(labels):
    """Four faults: cells 3 and 4 are one at 1; 3 is two at 4; the young 12 and 14 are one at 8; 10 is two at 6."""
    labels = labels.astype(np.int32)
    labels[1][labels[1] == 4] = 3
    labels[4] = halved(labels[4], 3, 90, axis=0)
    labels[6] = halved(labels[6], 10, 90, axis=0)
    labels[8][labels[8] == 14] = 12
    return labels


def make_movie(chamber, target, labels=None):
    """Import a chamber; the maps are those of its reference, the labels of `cells` are the faulty ones."""
    movie = import_movie(chamber.images, target, pixel_size_um=0.1, frame_interval_s=300)
    movie = import_labels(movie, chamber.labels.astype(np.int32), links=chamber.links)
    targets(movie)
    movie = import_labels(movie, faulty(chamber.labels) if labels is None else labels, "cells")
    link(movie, prediction="targets")
    return movie


@pytest.fixture(scope="module", params=[64, 3], ids=["one shard", "four shards"])
def movie(chamber10, tmp_path_factory, request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", request.param)
        made = make_movie(chamber10, tmp_path_factory.mktemp("correct") / "c10.ome.zarr")
        correct(made, prediction="targets")
    return made


@pytest.fixture
def fresh(chamber10, tmp_path):
    return make_movie(chamber10, tmp_path / "fresh.ome.zarr")


def labels_of(movie, name):
    return movie.labels(name).to_numpy()


def tables_of(movie, name):
    return {
        table: movie.read_table(name, table).to_pydict()
        for result, table in movie.tables()
        if result == name
    }


def test_every_fault_is_mended(movie, chamber10):
    assert not same_cells(labels_of(movie, "cells"), chamber10.labels)
    assert same_cells(labels_of(movie, "corrected"), chamber10.labels)
    assert_same_as_reference(movie, "corrected", cells=53, links=48)


def test_the_source_stays_as_it_was(movie, chamber10):
    assert np.array_equal(labels_of(movie, "cells"), faulty(chamber10.labels))
    assert "edits" not in tables_of(movie, "cells")


def test_frames_without_faults_are_copied(movie, chamber10):
    unchanged = [t for t in range(10) if t not in (1, 4, 6, 8)]
    before, after = labels_of(movie, "cells"), labels_of(movie, "corrected")
    assert np.array_equal(before[unchanged], after[unchanged])


def test_every_edit_is_told_with_its_cells(movie):
    edits = movie.read_table("corrected", "edits").to_pandas()
    assert Counter(edits["rule"]) == {"merge tracks": 2, "split track": 2}
    assert edits["t_first"].tolist() == edits["t_last"].tolist()
    split = edits[edits["rule"] == "split track"].set_index("t_first")
    before, after = split.loc[1, ["object_ids_before", "object_ids_after"]]
    assert [(i >> 32, i & 0xFFFFFFFF) for i in before] == [(1, 3)]
    assert {(int(i) >> 32, int(i) & 0xFFFFFFFF) for i in after} == {(1, 3), (1, 6)}
    present = set(movie.read_table("corrected", "objects")["object_id"].to_pylist())
    assert present.issuperset(int(i) for row in edits["object_ids_after"] for i in row)


def test_objects_are_those_of_the_labels_and_measured_anew(movie):
    objects = movie.read_table("corrected", "objects").to_pandas()
    labels = labels_of(movie, "corrected")
    for row in objects.itertuples():
        cell = labels[row.t] == row.label
        assert cell.sum() == row.area
        mean = movie.frame(row.t)[0][cell].mean()
        np.testing.assert_allclose(row.intensity_mean_c0, mean, rtol=1e-6)
    assert len(objects) == sum(np.unique(frame).size - 1 for frame in labels)


def test_links_that_nothing_touched_are_the_same(movie):
    before, after = (
        movie.read_table(name, "links").to_pandas().set_index(["source_id", "target_id"])
        for name in ("cells", "corrected")
    )
    far = [pair for pair in before.index if not {pair[0] >> 32, pair[1] >> 32} & {1, 4, 6, 8}]
    columns = ["origin", "residual", "disagreement"]
    assert len(far) == 5
    assert before.loc[far, columns].equals(after.loc[far, columns])


def test_new_links_are_as_good_as_the_maps_say(movie, chamber10, tmp_path):
    """The maps are right, so every link of the mended cells has the residual that linking would give."""
    right = import_labels(movie, labels_of(movie, "corrected"), "relinked", overwrite=True)
    link(right, prediction="targets", name="relinked", overwrite=True)
    key = ["source_id", "target_id"]
    one, other = (
        right.read_table(name, "links").to_pandas().set_index(key).sort_index()
        for name in ("corrected", "relinked")
    )
    assert one.index.equals(other.index)
    assert one["kind"].equals(other["kind"])
    np.testing.assert_allclose(one["disagreement"], other["disagreement"], atol=1e-5)
    np.testing.assert_allclose(one["residual"], other["residual"], atol=0.5)


def test_the_result_is_valid(movie):
    problems = [p for p in validate(movie.url).problems if "relinked" not in p.place]
    assert problems == []


def test_the_same_call_again_does_nothing(movie):
    again = correct(movie, prediction="targets")
    assert again.units_computed == 0
    assert again.record.counts["split track"] == 2
    assert again.record.counts["cells"] == 53


def test_correcting_the_corrected_result_changes_nothing(movie):
    run = correct(movie, prediction="targets", name="corrected", corrected="twice", overwrite=True)
    assert run.record.counts["frames changed"] == 0
    assert np.array_equal(labels_of(movie, "twice"), labels_of(movie, "corrected"))
    once, twice = tables_of(movie, "corrected"), tables_of(movie, "twice")
    assert str(once["tracks"]) == str(twice["tracks"])
    assert str(once["objects"]) == str(twice["objects"])
    assert twice["edits"]["edit"] == []


def test_other_parameters_need_another_name_or_overwrite(fresh):
    correct(fresh, prediction="targets")
    never = CorrectionParameters(contact_px=0)
    with pytest.raises(TargetExistsError, match="--overwrite"):
        correct(fresh, never, prediction="targets")
    run = correct(fresh, never, prediction="targets", overwrite=True)
    assert run.record.counts["merge tracks"] == 0


def test_an_interrupted_run_goes_on_and_ends_the_same(chamber10, tmp_path, monkeypatch):
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 3)
    whole, broken = (make_movie(chamber10, tmp_path / f"{n}.ome.zarr") for n in ("whole", "broken"))
    correct(whole, prediction="targets")
    real, calls = correct_module.apply_changes, []

    def dies_on_the_way(*args):
        calls.append(args)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(correct_module, "apply_changes", dies_on_the_way)
    with pytest.raises(KeyboardInterrupt):
        correct(broken, prediction="targets")
    assert "corrected" not in open_movie(broken.url).label_names()
    monkeypatch.setattr(correct_module, "apply_changes", real)
    assert 0 < correct(broken, prediction="targets").units_computed < 4
    for name in ("corrected", "corrected-tracks"):
        assert digest_array(labels_of(broken, name)) == digest_array(labels_of(whole, name))
    assert str(tables_of(broken, "corrected")) == str(tables_of(whole, "corrected"))


def test_a_bound_that_is_hit_is_told(fresh):
    run = correct(fresh, CorrectionParameters(max_rounds=1), prediction="targets")
    assert "stopped after 1 rounds" in run.record.warnings[0]


def test_what_cannot_be_corrected_is_refused(fresh):
    with pytest.raises(WrongArgumentError, match="in its place"):
        correct(fresh, prediction="targets", corrected="cells")
    with pytest.raises(NotFoundError, match="link"):
        correct(fresh, prediction="targets", name="reference")
    with pytest.raises(NotFoundError, match="segment"):
        correct(fresh, prediction="targets", name="nothing")
    targets(fresh, name="others", labels="cells")
    with pytest.raises(WrongArgumentError, match="another prediction"):
        correct(fresh, prediction="others")
    assert "corrected" not in fresh.label_names()


def test_the_command_tells_what_was_done(fresh):
    words = [COMMAND, "correct", fresh.url, "--prediction", "targets", "--to", "other", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    event = json.loads(done.stdout.splitlines()[-1])
    assert (event["target"], event["counts"]["split track"]) == ("other", 2)


def test_shards_without_changes_are_copied_and_not_read(chamber10, tmp_path, monkeypatch):
    """With a shard for each frame only the four wrong ones are decoded for the labels."""
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 1)
    movie = make_movie(chamber10, tmp_path / "c10.ome.zarr")
    written = []
    real = LabelsWriter.write
    monkeypatch.setattr(
        LabelsWriter,
        "write",
        lambda self, t, labels: (written.append((self._base, t)), real(self, t, labels))[1],
    )
    correct(movie, prediction="targets")
    assert sorted(t for base, t in written if not base.endswith("tracks")) == [1, 4, 6, 8]
    assert same_cells(labels_of(movie, "corrected"), chamber10.labels)
    assert list(validate(movie.url).problems) == []


def test_only_cells_that_correction_made_are_measured(fresh, monkeypatch):
    measured = []
    real = corrected_tables.measure_objects
    monkeypatch.setattr(
        corrected_tables,
        "measure_objects",
        lambda labels, *rest, **part: (measured.append(labels), real(labels, *rest, **part))[1],
    )
    correct(fresh, prediction="targets")
    assert [np.unique(labels[labels > 0]).size for labels in measured] == [1] * 6
    assert all(
        labels[0].any() and labels[:, 0].any() for labels in measured
    )  # no more than its box


def test_what_a_person_confirmed_is_kept_and_told_in_the_result(fresh):
    """Frame 4 is confirmed with its over-segmented cell: its halves are not merged, and the facts are inherited."""
    movie_curation(fresh, "cells", author="a person").apply([Confirm(frames=(4,))])
    run = correct(fresh, prediction="targets")
    assert run.record.counts["merge tracks"] == 1
    labels = labels_of(fresh, "corrected")
    assert np.array_equal(labels[4], faulty(labels_of(fresh, "reference"))[4])
    assert tables_of(fresh, "corrected")["curation"] == tables_of(fresh, "cells")["curation"]
    again = correct(fresh, prediction="targets", name="corrected", corrected="twice")
    assert again.record.counts["frames changed"] == 0


def test_edits_are_explained_on_a_page_or_in_a_folder_without_correcting_again(movie, tmp_path):
    (page,) = explain(movie, tmp_path / "edits.html")
    text = page.read_text()
    assert text.count("data:image/png;base64,") == 4
    assert "split track, frame 1" in text
    assert "merge tracks, frame 4" in text
    assert 'src="http' not in text
    files = explain(movie, tmp_path / "folder", most=1)
    assert [file.name for file in files] == ["index.html", "sheet-01.png"]
    assert files[1].read_bytes()[:4] == b"\x89PNG"
    assert "1 of 4 edits" in files[0].read_text()


def test_what_cannot_be_explained_is_refused(fresh, tmp_path):
    with pytest.raises(WrongArgumentError, match="html"):
        explain(fresh, tmp_path / "edits.pdf")
    with pytest.raises(NotFoundError, match="correct"):
        explain(fresh, tmp_path / "edits.html", name="cells")
    correct(fresh, prediction="targets")
    import_labels(fresh, labels_of(fresh, "reference").astype(np.int32), "cells", overwrite=True)
    with pytest.raises(NotFoundError, match="made anew"):
        explain(fresh, tmp_path / "edits.html")


def test_the_command_explains(fresh, tmp_path):
    page = tmp_path / "edits.html"
    words = [COMMAND, "correct", fresh.url, "--prediction", "targets", "--explain", str(page)]
    subprocess.run(words, capture_output=True, text=True, check=True, timeout=120)
    assert page.stat().st_size > 1000
