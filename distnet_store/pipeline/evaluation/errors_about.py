"""Which errors of a result concern some of its cells?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_ENDS = (("t", "result_labels"), ("target_t", "result_target_labels"))


def errors_about(errors: pa.Table, cells: NDArray[np.int64]) -> pa.Table:
    """Return the rows of a `scores` table that concern one of some cells of the result, in their order.

    `cells` (n,) are object ids. An error that concerns no cell of the result, as a missed cell without
    links, is not among them.

    Example:
        >>> errors = pa.table({"t": [0, 1], "target_t": [1, None], "result_labels": [[], [7]],
        ...                    "result_target_labels": [[7], []]})
        >>> errors_about(errors, np.array([(1 << 32) + 7])).num_rows
        2
    """
    wanted = np.zeros(errors.num_rows, np.bool_)
    for time, labels in _ENDS:
        rows = pc.list_parent_indices(errors[labels]).to_numpy()
        t = errors[time].fill_null(0).to_numpy().astype(np.int64)[rows]
        ids = (t << 32) + pc.list_flatten(errors[labels]).to_numpy().astype(np.int64)
        wanted[rows[np.isin(ids, cells)]] = True
    return errors.filter(pa.array(wanted))
