"""Do our scores equal those of two other programs, on real cells with known errors?"""

import csv
from functools import cache
from pathlib import Path

import pytest
from challenge_movies import read_movie, score

from distnet_store.metrics.challenge import Scores

FOLDER = Path(__file__).parents[1] / "data" / "metrics-reference"
VARIANTS = sorted(path.name.removeprefix("RES_") for path in FOLDER.glob("RES_*"))
NOT_COUNTED = {
    *("variant", "Valid", "MOTA", "HOTA", "IDF1", "MTML", "FAF", "TP", "FP", "FN", "IDSW"),
    *("MULTI-ASSIGNMENTS", "Precision", "Recall", "IDP", "IDR", "IDTP", "IDFP", "IDFN", "MT", "ML"),
    *("Frames", "BC", "BIO", "OP_CLB"),  # the last three are empty: theirs are BC(i) and so on
}
TRACCURACY_NAMES = {
    "AOGM": "AOGM",
    "fp_nodes": "AOGM_FP",
    "fn_nodes": "AOGM_FN",
    "ns_nodes": "AOGM_NS",
    "fp_edges": "AOGM_ED",
    "fn_edges": "AOGM_EA",
    "ws_edges": "AOGM_EC",
    "TRA": "TRA",
    "DET": "DET",
    "LNK": "LNK",
    "Frame Buffer 0 Division Recall": "recall_div(0)",
    "Frame Buffer 0 Division Precision": "precision_div(0)",
    "Frame Buffer 0 Division F1": "BC(0)",
    "Frame Buffer 0 True Positive Divisions": "tp_div(0)",
    "Frame Buffer 0 False Positive Divisions": "fp_div(0)",
    "Frame Buffer 0 False Negative Divisions": "fn_div(0)",
    "Frame Buffer 1 Division Recall": "recall_div(1)",
    "Frame Buffer 1 True Positive Divisions": "tp_div(1)",
}


@cache
def scores(variant: str) -> Scores:
    reference = read_movie(FOLDER / "01_GT" / "TRA", "man_track", "man_track.txt")
    result = read_movie(FOLDER / f"RES_{variant}" / "01_RES", "mask", "res_track.txt")
    return score(reference, result)


def table(name: str) -> dict[str, dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        return {row["variant"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_score_of_py_ctcmetrics_is_met(variant):
    theirs = table("reference_py-ctcmetrics-1.3.3.csv")[variant]
    expected = {name: float(theirs[name]) for name in theirs.keys() - NOT_COUNTED}
    ours = {name: scores(variant)[name] for name in expected}
    assert ours == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_traccuracy_counts_alike_is_met(variant):
    theirs = table("reference_traccuracy.csv")[variant]
    expected = {
        ours: float(theirs[name])
        for name, ours in TRACCURACY_NAMES.items()
        if theirs[name] != "nan"  # precision and F1 without any division in the result
    }
    ours = {name: scores(variant)[name] for name in expected}
    assert ours == pytest.approx(expected, rel=1e-12)


def test_there_are_eight_results():
    assert len(VARIANTS) == 8
