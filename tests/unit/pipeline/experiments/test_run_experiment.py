"""An experiment computes each condition once, goes on where it was stopped, and alters no dataset.

The network is replaced by the maps of the reference, blind at the top of the image.
"""

import pandas as pd
import pyarrow.parquet as pq
import pytest
from untrained_models import card_only

from distnet_store.errors import ModelMismatchError, TargetExistsError, WrongArgumentError
from distnet_store.pipeline.experiments import run_conditions as run_module
from distnet_store.pipeline.experiments.experiment_plan import plan_experiment
from distnet_store.pipeline.experiments.run_experiment import run_experiment
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.spec.parameters import EvaluationParameters, SegmentationParameters
from distnet_store.store.movie import open_movie

HIGH = SegmentationParameters(object_thickness=9, edm_threshold=3.5)


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def values(found, measure="segmentation_percent"):
    return [one.scores.measures[measure] for one in found.scored]


def dies(*_args, **_named):
    raise KeyboardInterrupt


def test_the_ablation_scores_each_window_without_and_with_correction(workplace):
    table = pd.read_csv(workplace.folder / "ablation.csv")
    rows = table[table.measure == "segmentation_percent"]
    assert rows.condition.tolist() == [
        *("wide-gap1", "wide-gap2", "wide-gap1-corrected", "wide-gap2-corrected"),
    ]
    assert rows.considered_frames.tolist() == [5] * 4
    assert rows.gap.tolist() == [1, 2, 1, 2]
    assert rows.window_frames.tolist() == [5, 7, 5, 7]
    assert rows.corrected.tolist() == [False, False, True, True]
    assert rows.dataset.unique().tolist() == ["c10"]
    assert rows.digest.nunique() == 4
    assert rows.value.tolist() == values(workplace.found)
    assert 0 < rows.value.iloc[0] < rows.value.iloc[1]  # the wider one is blind for more rows
    assert workplace.found.work.conditions == 4


def test_the_table_is_the_same_as_parquet_and_says_its_units(workplace):
    table = pq.read_table(workplace.folder / "ablation.parquet")
    written = pd.read_csv(workplace.folder / "ablation.csv")
    pd.testing.assert_frame_equal(table.to_pandas(), written, check_dtype=False)
    assert table.schema.field("frame_interval_s").metadata[b"unit"] == b"second"
    assert b"not available here" in table.schema.metadata[b"notes"]


def test_maps_are_discarded_once_both_conditions_are_scored(workplace):
    copy = open_movie(workplace.folder / "every-01.ome.zarr")
    assert copy.predictions() == []
    assert not (workplace.folder / "every-01.ome.zarr/predictions/wide-gap1").exists()
    assert {"wide-gap1", "wide-gap1-corrected", "wide-gap2"} <= set(copy.label_names())


def test_the_movie_has_its_reference_and_nothing_else(workplace):
    assert workplace.movie.label_names() == ["reference"]
    assert workplace.movie.predictions() == []
    assert {result for result, _ in workplace.movie.tables()} == {"reference"}


def test_a_second_run_computes_nothing_and_ends_the_same(workplace):
    before, calls = files_of(workplace.folder), list(workplace.network.calls)
    again = workplace.run("ablation", workplace.folder)
    assert workplace.found.work.units > 0
    assert (again.work.units, again.work.conditions) == (0, 0)
    assert workplace.network.calls == calls
    assert files_of(workplace.folder) == before


@pytest.mark.parametrize(
    ("operator", "fatal_call"), [("predict", 2), ("correct", 2), ("evaluate", 3)]
)
def test_a_stopped_run_goes_on_and_ends_the_same(
    workplace, tmp_path, monkeypatch, operator, fatal_call
):
    """Stopped in the second of two settings; with `evaluate`, at the third condition."""
    real, calls = getattr(run_module, operator), []

    def dies_late(*args, **named):
        calls.append(named)
        if len(calls) == fatal_call:
            raise KeyboardInterrupt
        return real(*args, **named)

    monkeypatch.setattr(run_module, operator, dies_late)
    with pytest.raises(KeyboardInterrupt):
        workplace.run("ablation", tmp_path)
    assert not (tmp_path / "ablation.csv").exists()
    monkeypatch.setattr(run_module, operator, real)
    rest = workplace.run("ablation", tmp_path)
    assert files_of(tmp_path) == files_of(workplace.folder)
    assert 0 < rest.work.conditions < 4
    assert rest.work.units < workplace.found.work.units


def test_maps_are_kept_on_request_and_discarded_by_a_later_call(workplace, tmp_path):
    workplace.run("window", tmp_path, gaps=(1,), keep_maps=True)
    assert open_movie(tmp_path / "every-01.ome.zarr").predictions() == ["wide-gap1"]
    again = workplace.run("window", tmp_path, gaps=(1,))
    assert again.work.conditions == 0
    assert open_movie(tmp_path / "every-01.ome.zarr").predictions() == []


def test_sub_sampling_judges_shorter_movies_and_ends_where_too_little_is_left(workplace, tmp_path):
    """Every frame was scored by the ablation; every third leaves two frames, every fourth one."""
    folder = workplace.copy_of_finished(tmp_path / "out")
    found = workplace.run("sampling", folder, every=(1, 3, 4))
    assert found.work.conditions == 2
    table = pd.read_csv(folder / "sampling.csv")
    cells = table[(table.measure == "reference_cells") & ~table.corrected]
    assert cells.every.tolist() == [1, 3]
    assert cells.frames.tolist() == [4, 2]
    assert cells.frame_interval_s.tolist() == [60, 180]
    assert cells.value.iloc[1] < cells.value.iloc[0]
    (note,) = [text for text in found.notes if "ends at every 3" in text]
    assert "every 4 leaves 1 of 4 frames" in note


def test_the_window_computes_the_gaps_that_are_new(workplace, tmp_path):
    folder = workplace.copy_of_finished(tmp_path / "out")
    found = workplace.run("window", folder, gaps=(1, 3))
    assert [one.condition.setting.gap for one in found.scored] == [1, 3, 1, 3]
    assert found.work.conditions == 2
    assert any("wide-gap3 (9 frames, the movie 4)" in note for note in found.notes)


def test_errors_counted_in_another_way_need_overwrite_and_only_evaluation(workplace, tmp_path):
    folder = workplace.copy_of_finished(tmp_path / "out")
    calls = list(workplace.network.calls)
    inner = EvaluationParameters(margin=5)
    with pytest.raises(TargetExistsError, match="--overwrite"):
        workplace.run("ablation", folder, evaluation=inner)
    again = workplace.run("ablation", folder, evaluation=inner, overwrite=True)
    assert workplace.network.calls == calls
    assert (again.work.units, again.work.conditions) == (0, 4)
    assert values(again, "reference_cells") != values(workplace.found, "reference_cells")


def test_a_result_whose_replacement_was_stopped_is_not_taken_for_the_old_one(
    workplace, tmp_path, monkeypatch
):
    """Another segmentation needs overwrite. Stopped before its evaluation, it leaves labels without
    scores; going back to the first parameters computes them anew."""
    folder = workplace.copy_of_finished(tmp_path / "out")
    with pytest.raises(TargetExistsError, match="wide-gap1"):
        workplace.run("window", folder, gaps=(1,), segmentation=HIGH)
    with monkeypatch.context() as patch:
        patch.setattr(run_module, "evaluate", dies)
        with pytest.raises(KeyboardInterrupt):
            workplace.run("window", folder, gaps=(1,), segmentation=HIGH, overwrite=True)
    again = workplace.run("window", folder, gaps=(1,), overwrite=True)
    assert again.work.units > 0
    assert values(again) == values(workplace.found)[::2]
    other = workplace.run("window", folder, gaps=(1,), segmentation=HIGH, overwrite=True)
    assert values(other) != values(again)


def test_a_model_that_has_changed_under_its_name_needs_overwrite(workplace, tmp_path):
    changed = card_only(tmp_path / "wide.safetensors", frames=5, gap=2, content=1.0)
    with pytest.raises(TargetExistsError, match="a model that has changed"):
        plan_experiment(
            workplace.movie, "ablation", workplace.folder, workplace.options_with(models=(changed,))
        )


def test_a_folder_of_another_movie_is_refused(workplace, chamber10, tmp_path):
    other = import_movie(
        chamber10.images[:2], tmp_path / "c10.ome.zarr", pixel_size_um=1, frame_interval_s=1
    )
    other = import_labels(other, chamber10.labels[:2].astype("int32"))
    with pytest.raises(TargetExistsError, match="another movie or reference"):
        plan_experiment(other, "ablation", workplace.folder, workplace.options)


def test_a_movie_of_several_channels_needs_a_choice(workplace, chamber10, tmp_path):
    both = chamber10.images[:2, None].repeat(2, axis=1)
    movie = import_movie(both, tmp_path / "c.ome.zarr", pixel_size_um=1, frame_interval_s=1)
    movie = import_labels(movie, chamber10.labels[:2].astype("int32"))
    with pytest.raises(ModelMismatchError, match="--channel"):
        plan_experiment(movie, "ablation", tmp_path / "out", workplace.options)


def test_a_plan_writes_nothing(workplace, tmp_path):
    plan = plan_experiment(workplace.movie, "ablation", tmp_path / "out", workplace.options)
    assert len(plan.conditions) == 4
    assert not (tmp_path / "out").exists()


def test_a_movie_too_short_for_any_condition_is_refused(workplace, tmp_path):
    with pytest.raises(WrongArgumentError, match="too short"):
        workplace.run("sampling", tmp_path, every=(7,))


def test_progress_counts_the_frames_of_all_operators(workplace, tmp_path):
    """One setting, six operators, four frames."""
    calls = []
    options = workplace.options_with(gaps=(1,))
    run_experiment(
        workplace.movie, "window", tmp_path, options, on_progress=lambda *call: calls.append(call)
    )
    done = [count for _, count, _ in calls]
    assert done == sorted(done)
    assert calls[-1] == ("window", 24, 24)
