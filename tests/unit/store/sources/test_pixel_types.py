"""Pixels are stored in a type that holds them, or refused."""

import numpy as np
import pytest
from numpy.typing import DTypeLike

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.pixel_types import check_values, must_be_scanned, stored_type


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("bool", "uint8"),
        ("uint8", "uint8"),
        (">u2", "uint16"),
        ("int16", "int16"),
        ("uint32", "uint32"),
        ("int64", "int32"),
        ("uint64", "uint32"),
        ("float16", "float32"),
        (">f4", "float32"),
        ("float64", "float32"),
    ],
)
def test_each_type_has_one_it_is_stored_in(given: DTypeLike, stored: str) -> None:
    assert stored_type(np.dtype(given), "") == np.dtype(stored)


@pytest.mark.parametrize("given", ["complex64", "U3", "datetime64[s]"])
def test_what_is_no_real_number_is_refused(given: DTypeLike) -> None:
    with pytest.raises(InvalidDataError, match="pixels of this type cannot be stored"):
        stored_type(np.dtype(given), "movie.tif")


def test_only_pixels_that_may_not_fit_are_scanned() -> None:
    assert must_be_scanned(np.dtype("float32"))
    assert must_be_scanned(np.dtype("int64"))
    assert not must_be_scanned(np.dtype("uint32"))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_pixel_that_is_not_finite_is_named(value: float) -> None:
    frame = np.zeros((2, 3, 4), np.float32)
    frame[1, 2, 3] = value
    with pytest.raises(InvalidDataError, match="not a finite number") as caught:
        check_values(frame, np.dtype(np.float32), 5, "movie.tif")
    assert caught.value.found == f"{value} at channel 1, row 2, column 3"
    assert caught.value.where == "movie.tif, frame 5"


@pytest.mark.parametrize(
    ("value", "given", "stored"),
    [(2**31, "int64", "int32"), (2**40, "uint64", "uint32"), (1e39, "float64", "float32")],
)
def test_a_pixel_that_does_not_fit_is_refused(value: float, given: str, stored: str) -> None:
    frame = np.full((1, 1, 1), value, given)
    with pytest.raises(InvalidDataError, match="does not fit the type"):
        check_values(frame, np.dtype(stored), 0, "")
