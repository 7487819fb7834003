"""Small random label images for Hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

label_images = hnp.arrays(
    np.int64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9),
    elements=st.sampled_from([0, 0, 1, 2, 2, 5, 300]),
)
"""Any pixels (y, x) of up to four labels: with holes, in pieces, at the border, or none at all."""


@st.composite
def boxes(draw: st.DrawFn, shape: tuple[int, int] = (9, 11), most: int = 5) -> np.ndarray:
    """Cells that are rectangles (y, x), labelled in any order; later ones lie over earlier ones."""
    labels = np.zeros(shape, dtype=np.int64)
    for label in draw(st.lists(st.integers(1, 9), unique=True, max_size=most)):
        y, x = draw(st.integers(0, shape[0] - 1)), draw(st.integers(0, shape[1] - 1))
        labels[y : y + draw(st.integers(1, 4)), x : x + draw(st.integers(1, 4))] = label
    return labels
