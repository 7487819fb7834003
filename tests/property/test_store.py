"""Is what was written read back, whatever the shape, the type and the cut into shards?"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from distnet_store.spec.dataset import Provenance
from distnet_store.spec.tables import arrow_schema
from distnet_store.store.location import locate
from distnet_store.store.movie import open_movie
from distnet_store.store.movie_writer import create_movie
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.results import LabelsWriter, labels_slot
from distnet_store.store.tables import read_table, write_table
from distnet_store.store.validate import validate

PIXELS = st.sampled_from(["uint8", "uint16", "uint32", "int16", "float32", "float64"])
SHAPES = st.tuples(
    st.integers(1, 6), st.integers(1, 3), st.integers(1, 9) | st.just(258), st.integers(1, 9)
)
SIZES = st.floats(1e-3, 1e3)
FEW = settings(max_examples=20)  # each writes some twenty files


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@st.composite
def movies(draw: st.DrawFn) -> np.ndarray:
    dtype, shape = np.dtype(draw(PIXELS)), draw(SHAPES)
    elements = {"allow_nan": False, "allow_infinity": False} if dtype.kind == "f" else {}
    return draw(hnp.arrays(dtype, shape, elements=hnp.from_dtype(dtype, **elements)))


@FEW
@given(frames=movies(), per_shard=st.integers(1, 4), size=SIZES, interval=SIZES | st.none())
def test_movie_and_labels_are_read_back(
    frames: np.ndarray, per_shard: int, size: float, interval: float | None
) -> None:
    labels = (frames[:, 0] != 0).astype(np.int64) * 7
    shards = mock.patch("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", per_shard)
    with folder() as place, shards:
        writer = create_movie(
            place / "a.ome.zarr",
            shape=frames.shape,
            dtype=frames.dtype,
            channel_names=tuple(map(str, range(frames.shape[1]))),
            scale=PixelScale((size, size), interval),
            provenance=Provenance(format="array"),
        )
        for start in range(0, len(frames), writer.frames_per_shard):
            writer.write(start, frames[start : start + writer.frames_per_shard])
        made = writer.finish()
        slot = labels_slot(made, "cells", "d" * 40)
        result = LabelsWriter(slot)
        for start in range(0, len(frames), result.frames_per_shard):
            result.write(start, labels[start : start + result.frames_per_shard])
        result.finish()
        movie = open_movie(place / "a.ome.zarr")
        assert movie.dtype == frames.dtype
        np.testing.assert_array_equal(movie.image().to_numpy(), frames)
        np.testing.assert_array_equal(movie.labels("cells").to_numpy(), labels)
        assert movie.scale == PixelScale((size, size), interval)
        assert validate(place / "a.ome.zarr").problems == ()


@FEW
@given(rows=st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(-(2**63), 2**63 - 1))))
def test_table_is_read_back(rows: list[tuple[int, int]]) -> None:
    columns = {"t": [t for t, _ in rows], "row": [row for _, row in rows]}
    table = pa.table(columns, schema=arrow_schema("frame_index"))
    with folder() as place:
        write_table(locate(place), "cells", "frame_index", table, derived_from="")
        assert read_table(locate(place), "cells", "frame_index").equals(table)
