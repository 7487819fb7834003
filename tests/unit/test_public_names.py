"""The front door: a name here is a promise, so that adding or removing one takes a change of this list."""

import ast
from pathlib import Path

import pytest

import distnet_store

PUBLIC_NAMES = {
    "Analysis",
    "AnalysisOptions",
    "Augmentation",
    "Collection",
    "CorrectionParameters",
    "Crew",
    "Confirm",
    "Curation",
    "Delete",
    "Divide",
    "Draw",
    "EvaluationParameters",
    "ExperimentOptions",
    "FlagFilter",
    "Imaging",
    "LeftOutWarning",
    "Link",
    "LinkingParameters",
    "MeasurementParameters",
    "Merge",
    "Movie",
    "NeighbourParameters",
    "Outcome",
    "OutlineParameters",
    "Population",
    "PredictionParameters",
    "RandomMovies",
    "ReportOptions",
    "RunOptions",
    "Scores",
    "SegmentationParameters",
    "SelectionWarning",
    "ShapeParameters",
    "SimulationParameters",
    "Split",
    "StageMotion",
    "Swap",
    "TrackAt",
    "TrainingOptions",
    "Workers",
    "Unlink",
    "View",
    "__version__",
    "analyse",
    "bundled_models",
    "correct",
    "errors",
    "evaluate",
    "explain",
    "export_bacmman",
    "export_challenge",
    "export_csv",
    "export_geff",
    "export_napari",
    "export_trackmate",
    "export_labels",
    "export_outlines",
    "find_model",
    "import_edited",
    "import_labels",
    "import_movie",
    "lazy_prediction",
    "lazy_segmentation",
    "link",
    "load_model",
    "on_each",
    "measure",
    "open_collection",
    "movie_curation",
    "neighbours",
    "open_movie",
    "outlines",
    "predict",
    "preview_training",
    "publish_reference",
    "review",
    "run",
    "run_experiment",
    "segment",
    "start_crew",
    "selected_objects",
    "simulate",
    "simulate_shapes",
    "targets",
    "train",
    "validate",
    "view",
    "view_in_napari",
    "write_analyses",
    "write_report",
}


def test_the_public_names_are_these() -> None:
    assert set(distnet_store.__all__) == PUBLIC_NAMES


def test_dir_lists_the_public_names_before_any_is_loaded() -> None:
    assert set(dir(distnet_store)) >= PUBLIC_NAMES


@pytest.mark.parametrize("name", sorted(PUBLIC_NAMES))
def test_each_name_is_what_its_module_defines(name: str) -> None:
    thing = getattr(distnet_store, name)
    assert getattr(thing, "__name__", name).rsplit(".", 1)[-1] == name
    assert thing.__doc__


def test_a_name_that_is_not_public_is_refused() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        distnet_store.no_such_name  # noqa: B018 - the access is what fails


def test_the_front_door_holds_no_logic() -> None:
    """Imports and the lazy loader's one assignment; the names stand in the stub."""
    tree = ast.parse(Path(str(distnet_store.__file__)).read_text(encoding="utf-8"))
    kinds = [type(node) for node in tree.body]
    assert kinds == [ast.Expr, ast.Import, ast.Assign]
