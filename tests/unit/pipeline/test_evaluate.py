"""Are a result's errors counted, stored, read again and replaced as they should?"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from evaluated_movies import (
    DAMAGED_LINKS,
    DAMAGES,
    LINKS,
    B,
    damaged_labels,
    make_movie,
    reference_labels,
)

from distnet_store.errors import (
    InvalidDataError,
    NotFoundError,
    StorageError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.pipeline.evaluate import evaluate
from distnet_store.pipeline.evaluation.evaluate_results import Contest, Judging, evaluate_results
from distnet_store.pipeline.evaluation.score_files import write_score_files
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.spec.parameters import EvaluationParameters
from distnet_store.store import tables
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.tables import write_table
from distnet_store.store.validate import validate

TOLERANT = EvaluationParameters(mitosis_tolerance=2)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_movie(tmp_path_factory.mktemp("evaluate") / "small.ome.zarr").url


@pytest.fixture
def movie(made_once: str, tmp_path: Path) -> Movie:
    """A dataset that a test may write into."""
    return open_movie(shutil.copytree(made_once, tmp_path / "small.ome.zarr"))


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_the_figures_are_those_worked_out_by_hand(movie: Movie) -> None:
    values = evaluate(movie).values
    assert {name: values[name] for name in DAMAGES} == DAMAGES


def test_a_perfect_result_has_no_errors(movie: Movie) -> None:
    scores = evaluate(movie, name="reference")
    assert scores.errors.num_rows == 0
    assert [scores.values[name] for name in ("SEG", "TRA", "CHOTA", "f1_iou50")] == [1, 1, 1, 1]


def test_every_error_is_a_row_with_its_place_and_cells(movie: Movie) -> None:
    rows = evaluate(movie).errors.to_pylist()
    kinds = [(row["t"], row["kind"]) for row in rows]
    assert kinds == [
        (0, "false negative link"),
        (0, "unlinked part"),
        (1, "over-segmentation"),
        (1, "unlinked part"),
        (2, "false negative"),
        (3, "false positive"),
    ]
    split = rows[2]
    assert (split["reference_labels"], split["result_labels"]) == ([1], [1, 7])
    assert [split[f"bbox_{side}"] for side in ("y0", "x0", "y1", "x1")] == [11, 8, 19, 28]


def test_stored_scores_are_read_again_and_nothing_is_written(movie: Movie) -> None:
    first = evaluate(movie)
    before = files(Path(movie.url))
    again = evaluate(open_movie(movie.url))
    assert (first.stored, first.computed, again.stored, again.computed) == (True, True, True, False)
    assert again.measures.equals(first.measures)
    assert again.errors.to_pylist() == first.errors.to_pylist()
    assert again.notes == first.notes
    assert files(Path(movie.url)) == before


def test_other_parameters_are_refused_unless_scores_may_be_replaced(movie: Movie) -> None:
    evaluate(movie)
    before = files(Path(movie.url))
    with pytest.raises(TargetExistsError, match="--overwrite"):
        evaluate(movie, TOLERANT)
    assert files(Path(movie.url)) == before
    assert evaluate(movie, TOLERANT, overwrite=True).computed
    assert not evaluate(movie, TOLERANT).computed


def test_scores_of_labels_that_have_changed_are_replaced(movie: Movie) -> None:
    evaluate(movie)
    movie = import_labels(movie, reference_labels(), "cells", links=LINKS, overwrite=True)
    scores = evaluate(movie)
    assert scores.computed
    assert scores.values["segmentation_errors"] == 0
    assert movie.read_table("cells", "scores").num_rows == 0


def test_scores_of_links_that_have_changed_are_replaced(movie: Movie) -> None:
    evaluate(movie)
    movie = import_labels(movie, damaged_labels(), "cells", links=LINKS[:1], overwrite=True)
    assert evaluate(movie).values["false_negative_links"] == 3


@pytest.mark.parametrize("side", ["reference", "result"])
def test_without_links_only_cells_are_judged_and_that_is_said(tmp_path: Path, side: str) -> None:
    movie = make_movie(tmp_path / "small.ome.zarr", links=side == "result")
    if side == "result":
        movie = import_labels(movie, damaged_labels(), "cells", overwrite=True)
    scores = evaluate(movie)
    name = "reference" if side == "reference" else "cells"
    assert scores.notes[0].startswith(f"{name} has no links: only its cells were judged")
    assert scores.values["segmentation_errors"] == 3
    links = ("reference_links", "tracking_errors", "tracking_percent", "lineages", "TRA")
    assert [scores.values[measure] for measure in links] == [None] * 5
    assert (
        scores.values["SEG"] == 6 / 8
    )  # B is missing once, and no part of A has more than half of it
    assert scores.values["DET"] is not None
    assert evaluate(movie).notes == scores.notes


def test_a_linked_result_without_any_link_is_not_taken_for_one_that_was_never_linked(
    movie: Movie,
) -> None:
    """Its tables then come from another run than its labels."""
    for path in Path(movie.url).glob("tables/cells/*/zarr.json"):
        document = json.loads(path.read_text())
        document["attributes"]["distnet"]["derived_from"] = "a" * 40
        path.write_text(json.dumps(document))
    empty = movie.read_table("cells", "links").slice(0, 0)
    write_table(movie.location, "cells", "links", empty, derived_from="a" * 40)
    assert evaluate(movie).values["reference_links"] == 6


@pytest.mark.parametrize(
    ("shape", "text"), [((3, 48, 64), "3 frames"), ((4, 48, 60), "60 columns")]
)
def test_sides_of_different_size_are_refused_and_nothing_is_written(
    movie: Movie, tmp_path: Path, shape: tuple[int, int, int], text: str
) -> None:
    part = tuple(slice(size) for size in shape)
    other = import_movie(
        np.zeros(shape, np.uint8), tmp_path / "b.ome.zarr", pixel_size_um=1, frame_interval_s=1
    )
    import_labels(other, reference_labels()[part])
    before = files(Path(movie.url))
    with pytest.raises(InvalidDataError, match=text):
        evaluate(movie, reference_target=tmp_path / "b.ome.zarr")
    assert files(Path(movie.url)) == before


def test_nothing_is_written_on_request(movie: Movie) -> None:
    before = files(Path(movie.url))
    assert not evaluate(movie, store=False).stored
    assert files(Path(movie.url)) == before


def test_scores_of_labels_that_another_program_wrote_are_not_stored(movie: Movie) -> None:
    """Nothing would tell when they change."""
    path = Path(movie.url) / "labels/reference/zarr.json"
    document = json.loads(path.read_text())
    del document["attributes"]["distnet"]
    path.write_text(json.dumps(document))
    scores = evaluate(open_movie(movie.url))
    assert (scores.stored, scores.values["segmentation_errors"]) == (False, 3)


def test_a_reference_in_another_dataset_is_stored_and_never_called_stale(
    movie: Movie, tmp_path: Path
) -> None:
    other = open_movie(shutil.copytree(movie.url, tmp_path / "b.ome.zarr"))
    assert evaluate(movie, reference_target=other.url).stored
    assert not evaluate(movie, reference_target=other).computed
    assert validate(movie.url).problems == ()


@pytest.mark.parametrize("table", ["scores", "measures"])
def test_scores_whose_writing_was_stopped_are_computed_anew(
    movie: Movie, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """The table's data are written, and the group's metadata are not."""
    whole = evaluate(movie)
    write = tables.write_group

    def stop(location, path, attributes):
        if path == f"tables/cells/{table}":
            raise StorageError("the disk is full")
        write(location, path, attributes)

    monkeypatch.setattr(tables, "write_group", stop)
    with pytest.raises(StorageError):
        evaluate(movie, TOLERANT, overwrite=True)
    monkeypatch.undo()
    again = evaluate(movie)
    assert again.computed
    assert again.measures.equals(whole.measures)
    assert validate(movie.url).problems == ()


def test_scores_by_another_reference_are_not_replaced_unasked(movie: Movie) -> None:
    """Both still hold: it is a choice, which of them stands in the dataset."""
    by_itself = evaluate(movie, reference="cells")
    with pytest.raises(TargetExistsError, match="by another reference"):
        evaluate(movie)
    assert evaluate(movie, reference="cells").measures.equals(by_itself.measures)
    assert evaluate(movie, overwrite=True).stored


def test_the_same_dataset_under_another_path_is_the_same(
    movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(movie.url).parent)
    evaluate(movie, reference_target=Path(movie.url).name)
    assert not evaluate(movie).computed


def test_it_is_said_which_figures_a_window_is_for(movie: Movie) -> None:
    part = EvaluationParameters(frames=(0, 2))
    assert any("whole movie" in note for note in evaluate(movie, part, store=False).notes)
    assert evaluate(movie, store=False).notes == ()


# Several results, and label images without a dataset


def test_results_are_judged_in_the_order_of_their_names(movie: Movie) -> None:
    judged = evaluate_results(Contest(movie.url, ("reference", "cells")))
    assert [one.scores.result for one in judged] == ["reference", "cells"]
    assert [one.images is not None for one in judged] == [True, True]


def test_an_unknown_result_is_refused_before_the_first_is_judged(movie: Movie) -> None:
    before = files(Path(movie.url))
    with pytest.raises(NotFoundError, match="'none'"):
        evaluate_results(Contest(movie.url, ("cells", "none")))
    assert files(Path(movie.url)) == before


def write_challenge(folder: Path, labels: np.ndarray, table: str) -> str:
    """Write label images and table as a result of the Cell Tracking Challenge."""
    folder.mkdir()
    for t, frame in enumerate(labels):
        tifffile.imwrite(folder / f"mask{t:03}.tif", frame.astype(np.uint16))
    (folder / "res_track.txt").write_text(table)
    return str(folder)


WHOLE_TABLE = "1 0 3 0\n2 0 3 0\n"


def test_a_folder_of_the_challenge_is_judged_by_a_dataset_and_the_other_way_round(
    movie: Movie, tmp_path: Path
) -> None:
    folder = write_challenge(tmp_path / "01_RES", reference_labels(), WHOLE_TABLE)
    (one,) = evaluate_results(Contest(folder, against=movie.url))
    assert (one.scores.result, one.scores.reference) == ("01_RES", "reference")
    assert (one.scores.values["segmentation_errors"], one.scores.values["TRA"]) == (0, 1)
    (back,) = evaluate_results(Contest(movie.url, against=folder))
    assert {name: back.scores.values[name] for name in DAMAGES} == DAMAGES
    assert not back.scores.stored


def test_an_empty_frame_of_a_folder_is_a_frame_without_cells(movie: Movie, tmp_path: Path) -> None:
    labels = reference_labels()
    labels[3] = 0
    folder = write_challenge(tmp_path / "01_RES", labels, "1 0 2 0\n2 0 2 0\n")
    (one,) = evaluate_results(Contest(folder, against=movie.url))
    assert one.scores.values["false_negatives"] == 2


def test_a_track_with_a_gap_is_judged_and_it_is_said_what_the_challenge_makes_of_it(
    movie: Movie, tmp_path: Path
) -> None:
    labels = reference_labels()
    labels[2][labels[2] == B] = 0
    folder = write_challenge(tmp_path / "01_RES", labels, WHOLE_TABLE)
    (one,) = evaluate_results(Contest(folder, against=movie.url))
    assert one.scores.values["tracking_errors"] == 0  # the paper's rules know gaps
    assert one.scores.notes[0].startswith("01_RES has tracks with gaps")


def test_label_images_without_a_table_take_their_links_from_one(
    movie: Movie, tmp_path: Path
) -> None:
    path, table = tmp_path / "labels.tif", tmp_path / "links.csv"
    tifffile.imwrite(
        path, damaged_labels().astype(np.uint16), imagej=True, metadata={"axes": "TYX"}
    )
    rows = [",".join(map(str, row)) for row in DAMAGED_LINKS.tolist()]
    table.write_text("\n".join(["t_source,label_source,t_target,label_target", *rows]))
    (one,) = evaluate_results(Contest(str(path), against=movie.url, links=str(table)))
    assert {name: one.scores.values[name] for name in DAMAGES} == DAMAGES
    (bare,) = evaluate_results(Contest(str(path), against=movie.url))
    assert bare.scores.values["tracking_errors"] is None


@pytest.mark.parametrize(
    ("contest", "text"),
    [
        ({"results": ("cells",), "against": "{movie}"}, "is one result"),
        ({}, "no reference beside them"),
        ({"target": "{movie}", "links": "links.csv"}, "have their links"),
        ({"target": "{movie}", "against": "{folder}", "reference": "truth"}, "is one reference"),
        ({"against": "{movie}", "links": "links.csv"}, "bring their own links"),
        ({"target": "{movie}", "reference_links": "links.csv"}, "bring their own links"),
    ],
)
def test_words_that_would_have_no_meaning_are_refused(
    movie: Movie, tmp_path: Path, contest: dict, text: str
) -> None:
    folder = write_challenge(tmp_path / "01_RES", reference_labels(), WHOLE_TABLE)
    places = {"movie": movie.url, "folder": folder}
    words = {k: v.format(**places) if isinstance(v, str) else v for k, v in contest.items()}
    with pytest.raises(WrongArgumentError, match=text):
        evaluate_results(Contest(**{"target": folder, **words}))


# Files


def test_tables_are_written_for_spreadsheets(movie: Movie, tmp_path: Path) -> None:
    paths = write_score_files(tmp_path / "new" / "tables", evaluate(movie))
    names = ["errors", "measures", "frames", "pairs", "lineages"]
    assert [path.name for path in paths] == [f"cells-{name}.csv" for name in names]
    errors, measures, frames, pairs, lineages = (path.read_text().splitlines() for path in paths)
    assert len(errors) == 7
    assert '"over-segmentation",1,true,false,"1","1 7","","","1"' in errors[3]
    assert '"movie",,,,"segmentation_percent",37.5,"percent","paper"' in measures
    assert frames[2] == "1,2,3,0,0,1,0"
    assert pairs[1] == "0,1,2,0,1,1"
    assert lineages == ['"reference_track_id","errors"', "1,3", "2,2"]


def test_tables_of_an_unlinked_result_have_their_header(tmp_path: Path) -> None:
    movie = make_movie(tmp_path / "small.ome.zarr", links=False)
    paths = write_score_files(tmp_path, evaluate(movie, store=False))
    assert paths[3].read_text().splitlines() == ['"t","target_t"']


def test_progress_is_told_for_every_frame(movie: Movie) -> None:
    told: list[tuple[str, int, int]] = []
    evaluate_results(Contest(movie.url), Judging(on_progress=lambda *args: told.append(args)))
    assert told == [("evaluate", t, 4) for t in (1, 2, 3, 4)]
