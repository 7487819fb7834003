import numpy as np

from distnet_store.ops.object_ids import object_ids
from distnet_store.spec.tables import object_id


def test_ids_of_many_cells_are_those_of_each():
    t, label = np.array([0, 1, 1_999_999], np.int32), np.array([1, 2**31 - 1, 5], np.int32)
    expected = [object_id(a, b) for a, b in zip(t.tolist(), label.tolist(), strict=True)]
    assert object_ids(t, label).tolist() == expected
