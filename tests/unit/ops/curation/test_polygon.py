"""A polygon covers the pixels whose centres it encloses, inside the frame only."""

import numpy as np
import pytest

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.curation.polygon import polygon_mask


def test_a_square_covers_its_pixels_and_no_others() -> None:
    expected = np.zeros((6, 7), bool)
    expected[1:4, 2:6] = True
    assert np.array_equal(polygon_mask([(1, 2), (1, 5), (3, 5), (3, 2)], (6, 7)), expected)


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([(1, 1), (2, 2)], "no polygon"),
        ([(0, 0), (0, 3), (9, 3)], "outside the frame"),
        ([(0.2, 0.2), (0.2, 0.4), (0.4, 0.4)], "covers no pixel"),
    ],
)
def test_what_is_no_shape_in_the_frame_is_refused(
    points: list[tuple[float, float]], reason: str
) -> None:
    with pytest.raises(WrongArgumentError, match=reason):
        polygon_mask(points, (6, 7))
