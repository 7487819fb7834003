"""Arrays, in memory or lazy, are taken by their axes."""

import dask.array as da
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.store.sources.arrays import labels_from_array, movie_from_array

SIZES = {"t": 4, "c": 2, "z": 1, "y": 5, "x": 6}


@given(
    axes=st.sampled_from(["", "t", "c", "z", "tc", "tz", "cz", "tcz"]).flatmap(
        lambda outer: st.permutations(outer + "yx").map("".join)
    )
)
def test_any_order_of_axes_reads_the_same_frames(axes: str) -> None:
    shape = tuple(SIZES[axis] for axis in axes)
    array = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    expected = np.moveaxis(
        array.reshape(shape + (1,) * (5 - len(axes))),
        [*range(len(axes)), *range(len(axes), 5)],
        ["tczyx".index(axis) for axis in axes]
        + ["tczyx".index(a) for a in "tczyx" if a not in axes],
    )[:, :, 0]
    source = movie_from_array(array, axes=axes)
    assert source.shape == expected.shape
    for t in range(source.shape[0]):
        np.testing.assert_array_equal(source.read(t), expected[t])


def test_without_axes_three_dimensions_are_frames_and_four_have_channels() -> None:
    assert movie_from_array(np.zeros((4, 5, 6))).shape == (4, 1, 5, 6)
    assert movie_from_array(np.zeros((4, 2, 5, 6))).channel_names == ("channel 0", "channel 1")


def test_a_dask_array_is_computed_frame_by_frame() -> None:
    computed: list[int] = []

    def load(
        block: NDArray[np.uint16], block_info: dict[int, dict[str, object]]
    ) -> NDArray[np.uint16]:
        computed.append(block_info[0]["chunk-location"][0])
        return block

    array = da.map_blocks(
        load, da.zeros((4, 5, 6), chunks=(1, 5, 6), dtype=np.uint16), dtype=np.uint16
    )
    computed.clear()
    source = movie_from_array(array)
    assert computed == []
    source.read(2)
    assert computed == [2]


@pytest.mark.parametrize("axes", ["tcyx", "tyy", "qyx", "tcz", ""])
def test_axes_that_do_not_fit_are_refused(axes: str) -> None:
    with pytest.raises(WrongArgumentError, match="axes do not fit"):
        movie_from_array(np.zeros((4, 5, 6, 7, 8)[: 5 if not axes else 3]), axes=axes or None)


def test_a_stack_along_z_is_refused() -> None:
    with pytest.raises(InvalidDataError, match="3-D stack given as a movie"):
        movie_from_array(np.zeros((4, 5, 6)), axes="zyx")


def test_labels_have_no_channels() -> None:
    with pytest.raises(InvalidDataError, match="labels have no channels"):
        labels_from_array(np.zeros((4, 2, 5, 6), np.uint16), axes="tcyx")
    assert labels_from_array(np.zeros((4, 5, 6), np.uint16)).shape == (4, 5, 6)
