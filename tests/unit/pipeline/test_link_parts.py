"""Are the rows of work units read back as they were written, in the order of the units?"""

from pathlib import Path

import numpy as np

from distnet_store.ops.linking import PairLinkage
from distnet_store.pipeline.link_parts import LinkParts
from distnet_store.pipeline.table_assembly import joined_columns
from distnet_store.pipeline.units import cut_units
from distnet_store.store.location import locate


def frame(t: int, labels: list[int]) -> dict[str, np.ndarray]:
    return {
        "t": np.full(len(labels), t, np.int32),
        "label": np.array(labels, np.int32),
        "area": np.array(labels, np.float32) / 3,
        "touches_border": np.array(labels) % 2 == 0,
        "category_forward": np.array(labels, np.int8) % 3,
    }


def linkage(*pairs: tuple[int, int]) -> PairLinkage:
    real = np.arange(len(pairs), dtype=np.float32)
    links = np.array(pairs, np.int64).reshape(-1, 2)
    return PairLinkage(links, np.ones(len(pairs), np.int8), real, real + np.nan)


def test_parts_are_joined_in_the_order_of_the_units(tmp_path: Path) -> None:
    """Also where a unit has no cells and no links."""
    parts, units = LinkParts(locate(tmp_path, create=True), "runs/a"), cut_units(6, 2)
    frames = [
        frame(0, [1, 2]),
        frame(1, [4]),
        frame(2, []),
        frame(3, []),
        frame(4, [7]),
        frame(5, [8]),
    ]
    linkages = {
        0: linkage((1, 4), (2, 4)),
        1: linkage(),
        2: linkage(),
        3: linkage(),
        4: linkage((7, 8)),
    }
    for unit in reversed(units):
        times = range(unit.t_start, unit.t_stop)
        out = {t: linkages[t] for t in times if t in linkages}
        parts.write(unit, [frames[t] for t in times], out)
    objects, links = parts.read(units)
    for name, values in joined_columns(frames).items():
        np.testing.assert_array_equal(objects[name], values)
        assert objects[name].dtype == values.dtype
    assert links.links.tolist() == [[0, 1, 1, 4], [0, 2, 1, 4], [4, 7, 5, 8]]
    assert links.links.dtype == np.int64
    assert links.residual.tolist() == [0, 1, 0]
    assert np.isnan(links.disagreement).all()
    assert links.origin.dtype == np.int8
