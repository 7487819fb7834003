"""Which cells touch the border, at each margin and in a window?"""

import numpy as np
import pytest

from distnet_store.errors import WrongArgumentError
from distnet_store.metrics.border import inner_cells
from distnet_store.metrics.overlaps import count_overlaps
from distnet_store.spec.parameters import EvaluationParameters

FRAME = np.zeros((7, 9), int)
FRAME[0, 4] = 1  # first row
FRAME[3, 0] = 2  # first column
FRAME[6, 4] = 3  # last row
FRAME[3, 8] = 4  # last column
FRAME[1, 1] = 5  # one pixel away from two sides
FRAME[3, 4] = 6  # the middle
CELLS = count_overlaps(FRAME, FRAME).reference


@pytest.mark.parametrize(
    ("parameters", "inner"),
    [
        ({}, [5, 6]),
        ({"margin": 1}, [6]),
        ({"margin": 2}, [6]),
        ({"margin": 3}, []),
        ({"margin": None}, [1, 2, 3, 4, 5, 6]),
        ({"window": (0, 7, 0, 9)}, [5, 6]),
        ({"window": (1, 7, 1, 9)}, [6]),
        ({"window": (1, 7, 1, 9), "margin": None}, [3, 4, 5, 6]),
        ({"window": (3, 4, 4, 5), "margin": None}, [6]),
        ({"window": (3, 4, 4, 5)}, []),
    ],
)
def test_cells_that_do_not_touch(parameters, inner):
    found = inner_cells(CELLS, (7, 9), EvaluationParameters(**parameters))
    assert CELLS.label[found].tolist() == inner


def test_a_window_that_reaches_out_of_the_frame_is_refused():
    with pytest.raises(WrongArgumentError, match=r"7 rows and 9 columns\n  found: 0:8, 0:9"):
        inner_cells(CELLS, (7, 9), EvaluationParameters(window=(0, 8, 0, 9)))
