"""Laws of comparing a result with a reference."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from label_strategies import boxes
from lineage_strategies import lineages

from distnet_store.metrics.links import compare_links
from distnet_store.metrics.matching import Matches, match_iou

PERMUTATION = st.permutations(range(1, 10))
ALL = np.arange(1, 10)


@given(boxes(), boxes())
def test_matches_are_those_that_comparing_every_pair_finds(reference, result):
    pairs = {}
    for a in np.unique(reference[reference > 0]):
        for b in np.unique(result[result > 0]):
            both = ((reference == a) & (result == b)).sum()
            either = ((reference == a) | (result == b)).sum()
            if both / either > 0.5:
                pairs[a] = (b, both / either)
    matches = match_iou(reference, result)
    assert matches.reference_labels.tolist() == [*pairs]
    assert matches.result_labels.tolist() == [b for b, _ in pairs.values()]
    assert matches.iou.tolist() == [iou for _, iou in pairs.values()]
    assert {*matches.unmatched_reference} == {*np.unique(reference[reference > 0])} - {*pairs}
    partners = {b for b, _ in pairs.values()}
    assert {*matches.unmatched_result} == {*np.unique(result[result > 0])} - partners


@given(boxes(), boxes(), PERMUTATION)
def test_relabelling_transposing_and_exchanging_change_no_match(reference, result, new):
    table = np.array([0, *new])
    plain = match_iou(reference, result)
    pairs = {*zip(plain.reference_labels, plain.result_labels, plain.iou, strict=True)}
    renamed = match_iou(reference, table[result])
    names = {(a, table[b], iou) for a, b, iou in pairs}
    assert {
        *zip(renamed.reference_labels, renamed.result_labels, renamed.iou, strict=True)
    } == names
    turned = match_iou(reference.T, result.T)
    assert {*zip(turned.reference_labels, turned.result_labels, turned.iou, strict=True)} == pairs
    back = match_iou(result, reference)
    assert {*zip(back.result_labels, back.reference_labels, back.iou, strict=True)} == pairs


def complete_matches(tables: np.ndarray) -> dict[int, Matches]:
    """Match label i of the reference with label tables[t, i] of the result, in every frame."""
    none = np.empty(0, np.int64)
    return {t: Matches(ALL, table[1:], np.ones(9), none, none) for t, table in enumerate(tables)}


@given(lineages(), st.lists(PERMUTATION, min_size=5, max_size=5), st.integers(0, 2**14 - 1))
def test_links_are_compared_through_the_matches(lineage, permutations, kept):
    """A result with some of the reference's links, under other labels: those are correct."""
    tables = np.array([[0, *new] for new in permutations])
    renamed = lineage.links.copy()
    for t, label in ((0, 1), (2, 3)):
        renamed[:, label] = tables[renamed[:, t], renamed[:, label]]
    keep = np.array([bool(kept >> i & 1) for i in range(len(renamed))], dtype=bool)
    comparison = compare_links(lineage.links, renamed[keep], complete_matches(tables))
    assert comparison.correct.tolist() == lineage.links[keep].tolist()
    assert comparison.missed.tolist() == lineage.links[~keep].tolist()
    assert comparison.extra.size == comparison.unmatched.size == 0

    exchanged = compare_links(lineage.links[keep], renamed, complete_matches(tables))
    assert exchanged.extra.tolist() == renamed[~keep].tolist()
    assert exchanged.missed.size == 0

    blind = compare_links(lineage.links, renamed, {})
    assert len(blind.missed) == len(blind.unmatched) == len(lineage.links)
