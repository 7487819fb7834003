"""Does the movie's own scatter say how strange a value is, whatever its outliers are?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distnet_store.ops.review.chance import is_strange, tail_of
from distnet_store.ops.review.track_medians import group_medians


def test_an_exponential_sample_gives_its_own_chances():
    values = np.random.default_rng(0).exponential(2.0, 100_000)
    tail = tail_of(values, least_scale=0.01)
    assert tail.scale == pytest.approx(2.0, rel=0.03)
    expected = len(values) * np.exp(-10.0 / 2.0)
    assert np.exp(tail.log_chance(np.array([10.0])))[0] == pytest.approx(expected, rel=0.2)


def test_five_per_cent_of_outliers_change_little():
    values = np.random.default_rng(0).exponential(1.0, 10_000)
    spoiled = values.copy()
    spoiled[:500] = 1e6
    assert tail_of(spoiled, 0.01).scale == pytest.approx(tail_of(values, 0.01).scale, rel=0.5)


def test_equal_values_have_the_least_scale_and_unknown_ones_do_not_count():
    tail = tail_of(np.array([1.0, 1.0, np.nan]), least_scale=0.5)
    assert (tail.count, tail.median, tail.scale) == (2, 1.0, 0.5)
    assert tail_of(np.array([np.nan]), 0.5).count == 0


def test_strange_is_what_is_rare_and_beyond_nine_in_ten():
    assert is_strange(np.log([8.9, 9.1]), count=1000).tolist() == [True, False]
    assert is_strange(np.log([0.9, 1.1]), count=10).tolist() == [True, False]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-9, 9)), max_size=20))
def test_group_medians_are_lower_medians(rows):
    group = np.array([g for g, _ in rows], int)
    values = np.array([v for _, v in rows], float)
    found = group_medians(values, group, 4)
    for number in range(4):
        own = sorted(v for g, v in rows if g == number)
        expected = own[(len(own) - 1) // 2] if own else np.nan
        np.testing.assert_equal(found[number], expected)
