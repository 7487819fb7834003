"""Which conditions each kind of experiment compares, and what is refused before anything is read."""

import pytest
from untrained_models import card_only

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.pipeline.experiments.conditions import (
    ExperimentOptions,
    conditions_of,
    plan_settings,
)
from distnet_store.spec.parameters import EvaluationParameters


@pytest.fixture
def wide(tmp_path):
    return card_only(tmp_path / "wide.safetensors", frames=7, gap=3)


def found(kind, *models, **options):
    settings = plan_settings(kind, ExperimentOptions(models=models or ("bacteria",), **options))
    return [(s.name, s.every, s.window_frames) for s in settings]


def test_the_ablation_runs_a_model_with_its_own_window_and_narrowed(wide):
    """N = 7 and δ = 3 look at 15 frames, as in table 2; δ = 1 at 7."""
    assert found("ablation", wide) == [("wide-gap1", 1, 7), ("wide-gap3", 1, 15)]


def test_a_model_whose_own_gap_is_1_has_one_window(tmp_path):
    dense = card_only(tmp_path / "dense.safetensors", frames=5, gap=1)
    assert found("ablation", dense) == [("dense-gap1", 1, 5)]


def test_windows_of_several_models_stand_in_order(wide):
    names = [name for name, _, _ in found("ablation", wide, "bacteria")]
    assert names == ["bacteria-gap1", "wide-gap1", "wide-gap3"]


def test_the_window_runs_over_ten_gaps_by_default(wide):
    assert found("window", wide) == [(f"wide-gap{gap}", 1, 4 * gap + 3) for gap in range(1, 11)]


def test_a_model_of_three_frames_is_run_once_beside_a_wider_one(wide):
    names = [name for name, _, _ in found("window", "bacteria", wide, gaps=(1, 2))]
    assert names == ["bacteria-gap1", "wide-gap1", "wide-gap2"]


def test_every_window_of_three_frames_is_the_same_and_refused():
    with pytest.raises(WrongArgumentError, match="bacteria with N = 3"):
        plan_settings("window", ExperimentOptions())


def test_sub_sampling_goes_from_1_to_10_with_gap_1_as_in_the_paper(wide):
    assert found("sampling", wide) == [("wide-gap1", every, 7) for every in range(1, 11)]


def test_each_setting_is_scored_without_and_with_correction(wide):
    settings = plan_settings("ablation", ExperimentOptions(models=(wide,)))
    names = [condition.name for condition in conditions_of(settings)]
    assert names == ["wide-gap1", "wide-gap3", "wide-gap1-corrected", "wide-gap3-corrected"]


def test_a_model_file_with_a_strange_name_gives_a_name_that_a_path_can_hold(tmp_path):
    strange = card_only(tmp_path / f"-my model (2) {'x' * 60}.safetensors", frames=3)
    ((name, _, _),) = found("ablation", strange)
    assert name == "my-model-2-xxxxxxxxxxxxxxxxxxxxx-gap1"


def test_two_models_of_one_name_are_refused(tmp_path):
    files = [card_only(tmp_path / folder / "same.safetensors", frames=3) for folder in "ab"]
    with pytest.raises(WrongArgumentError, match="a name of its own"):
        found("ablation", *files)


def test_no_model_is_refused():
    with pytest.raises(WrongArgumentError, match="no model"):
        plan_settings("ablation", ExperimentOptions(models=()))


def test_a_missing_model_is_refused():
    with pytest.raises(NotFoundError, match="there is no model 'nothing'"):
        found("ablation", "nothing")


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("ablation", {"every": (1, 2)}, "'sampling' only"),
        ("sampling", {"every": (0, 1)}, "begin at 1"),
        ("ablation", {"gaps": (0,)}, "begin at 1"),
        ("sampling", {"evaluation": EvaluationParameters(frames=(0, 5))}, "other frames"),
    ],
)
def test_options_that_do_not_fit_are_refused(kind, options, says):
    with pytest.raises(WrongArgumentError, match=says):
        found(kind, **options)
