"""Work is cut at shards, and windows of time are read as people write them."""

import pytest

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.units import Unit, cut_units, parse_window


def test_units_cover_the_movie_once():
    units = cut_units(35, 16)
    assert [(u.t_start, u.t_stop) for u in units] == [(0, 16), (16, 32), (32, 35)]
    assert sorted(u.name for u in units) == [u.name for u in units]
    assert cut_units(1, 16) == [Unit(0, 1)]


@pytest.mark.parametrize(
    ("text", "window"), [("10:50", (10, 50)), (":7", (0, 7)), ("7:", (7, 60)), (":", (0, 60))]
)
def test_windows(text, window):
    assert parse_window(text, 60) == window


@pytest.mark.parametrize("text", ["5", "9:9", "9:3", "0:61", "-3:5", "a:b"])
def test_other_texts_are_refused(text):
    with pytest.raises(WrongArgumentError, match="window of time"):
        parse_window(text, 60)
