import numpy as np

from distnet_store.ops.curated_facts import CuratedFacts
from distnet_store.ops.linking.curated_links import standing_links


def facts(links=(), unlinked=()) -> CuratedFacts:
    pairs = [np.array(rows, np.int64).reshape(-1, 2) for rows in (links, unlinked)]
    return CuratedFacts(np.empty(0, np.int64), *pairs)


FOUND = np.array([[1, 11], [1, 12], [2, 12], [3, 13]])


def test_a_forbidden_link_falls_and_no_other():
    assert standing_links(FOUND, facts(unlinked=[(1, 12)])).tolist() == [True, False, True, True]


def test_a_told_way_on_leaves_no_other_way_on_and_no_other_origin():
    """1 becomes 12 and nothing else; 12 comes from 1 and from nothing else."""
    assert standing_links(FOUND, facts(links=[(1, 12)])).tolist() == [False, False, False, True]


def test_without_facts_all_stand():
    assert standing_links(FOUND, facts()).all()
    assert standing_links(FOUND[:0], facts(links=[(1, 12)])).size == 0
