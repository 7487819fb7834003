"""Laws of the challenge's measures."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from challenge_movies import movie_pairs, relabelled, score, write_folders
from ctc_metrics.scripts.evaluate import evaluate_sequence
from hypothesis import given
from hypothesis import strategies as st

from distnet_store.metrics.challenge import MEASURES

DERIVED = {"precision_div", "recall_div", "OP_CSB", "OP_CTB", "BIO", "OP_CLB"}
"""Scores that py-ctcmetrics has not, or under other conditions."""


@given(movie_pairs())
def test_every_measure_equals_what_py_ctcmetrics_reads_from_files(pair):
    scores = score(*pair)
    wanted = [name for name in MEASURES if scores.get(name, 0) is not None]
    with tempfile.TemporaryDirectory() as folder:
        theirs = evaluate_sequence(*write_folders(Path(folder), *pair), wanted, threads=1)
    ours = {name: value for name, value in scores.items() if name.split("(")[0] not in DERIVED}
    assert ours.keys() - theirs.keys() <= {"LNK", "CCA"}
    for name in ours.keys() & theirs.keys():
        assert ours[name] == theirs[name], name


@given(movie_pairs(), st.integers(0, 2**32 - 1))
def test_labels_and_the_order_of_rows_change_no_score(pair, seed):
    names = np.random.default_rng(seed)
    others = [relabelled(movie, np.append(0, names.permutation(60) + 1)) for movie in pair]
    plain, other = score(*pair), score(*others)
    assert {name for name in plain if plain[name] is None} == {
        name for name in other if other[name] is None
    }
    numbers = {name: value for name, value in plain.items() if value is not None}
    assert {name: other[name] for name in numbers} == pytest.approx(numbers, rel=1e-12)
