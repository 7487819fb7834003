"""Ranges of bytes, as RFC 9110 describes them."""

import pytest

from distnet_store.pipeline.viewing.byte_range import UnsatisfiableRangeError, asked_bytes


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=2-5", (2, 6)),
        ("bytes=2-", (2, 10)),
        ("bytes=2-99", (2, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        (None, None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,4-5", None),
        ("items=0-1", None),
    ],
)
def test_of_ten_bytes(header, expected):
    assert asked_bytes(header, 10) == expected


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_what_lies_behind_the_end_is_refused(header):
    with pytest.raises(UnsatisfiableRangeError):
        asked_bytes(header, 10)


def test_of_an_empty_file_no_byte_can_be_asked_for():
    with pytest.raises(UnsatisfiableRangeError):
        asked_bytes("bytes=0-", 0)
