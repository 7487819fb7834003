import numpy as np

from distnet_store.ops.lineage_order import lineage_order


def test_two_trees_are_numbered_root_by_root():
    """0 has children 2 and 4, 2 has child 5; 1 has child 3."""
    parent = np.array([-1, -1, 0, 1, 0, 2])
    order = lineage_order(parent, np.array([True, False, False, False, False, False]))
    assert order.rank.tolist() == [1, 5, 2, 6, 4, 3]
    assert order.subtree_end.tolist() == [4, 6, 3, 6, 4, 3]
    assert order.lineage.tolist() == [1, 5, 1, 5, 1, 1]
    assert order.generation.tolist() == [0, 0, 1, 0, 1, 1]


def test_work_grows_with_the_nodes_not_with_nodes_times_levels(monkeypatch):
    """Counted: the nodes that the levels touch, for a comb of 2000 levels."""
    n = 2000
    parent = np.concatenate([[-1], np.arange(n - 1)])
    touched = []
    plain = np.add.at
    fake = type("add", (), {"at": lambda a, i, b: (touched.append(i.size), plain(a, i, b))})
    monkeypatch.setattr("distnet_store.ops.lineage_order.np.add", fake)
    lineage_order(parent, np.ones(n, bool))
    assert sum(touched) == n - 1
