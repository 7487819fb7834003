"""Look-ups of keys among sorted ones."""

import numpy as np

from distnet_store.ops.sorted_keys import is_among


def test_keys_are_found_also_at_both_ends_and_twice():
    assert is_among(np.array([1, 4, 4, 9]), np.array([1, 4, 4, 9])).all()


def test_keys_before_between_and_after_are_not_found():
    assert not is_among(np.array([0, 2, 10]), np.array([1, 4, 9])).any()


def test_nothing_is_among_nothing():
    assert not is_among(np.array([0, 3]), np.empty(0, np.int64)).any()
    assert is_among(np.empty((0, 2), np.int64), np.array([1])).shape == (0, 2)
