"""What should a person look at first in a result? The list of its flags, made anew where they do not hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.flags import make_flags, read_flags, write_flags
from distnet_store.spec.review_tables import FlagKind
from distnet_store.store.movie import Movie


@dataclass(frozen=True)
class FlagFilter:
    """Which flags are meant: those that fulfil all that is given.

    Attributes:
        kind: of this kind, be it not the first.
        object_ids: about one of these cells.
        least_score: of at least this score.
        limit: the first so many of what is left.
    """

    kind: FlagKind | None = None
    object_ids: NDArray[np.int64] | None = None
    least_score: float = 0.0
    limit: int | None = None


@dataclass(frozen=True)
class Review:
    """Flags by rank; `total` is the number of all, and `made` says whether they were made now."""

    flags: pa.Table
    total: int
    made: bool


def review(movie: Movie, name: str, chosen: FlagFilter | None = None) -> Review:
    """Return the flags of a result that a filter lets through, the most doubtful first.

    Flags that are not there, or were made from other links, are made and written first; in a dataset
    of another program they are made only.

    Raises:
        NotFoundError: the result has no tables.
    """
    chosen = chosen or FlagFilter()
    flags, made = _holding_flags(movie, name)
    kept = np.asarray(flags["score"].to_numpy() >= chosen.least_score)
    if chosen.kind is not None:
        kept &= _is_of_kind(flags, chosen.kind)
    if chosen.object_ids is not None:
        kept &= _concerns(flags, chosen.object_ids)
    return Review(flags.filter(pa.array(kept)).slice(0, chosen.limit), flags.num_rows, made)


def _holding_flags(movie: Movie, name: str) -> tuple[pa.Table, bool]:
    try:
        return read_flags(movie, name), False
    except NotFoundError:
        made = make_flags(movie, name) if movie.attributes is None else write_flags(movie, name)
        return made, True


def _is_of_kind(flags: pa.Table, kind: FlagKind) -> NDArray[np.bool_]:
    own = pc.equal(flags["kind"].cast(pa.string()), kind)
    listed = [kind in (also or "").split(", ") for also in flags["also"].to_pylist()]
    return np.asarray(own.to_numpy() | np.array(listed, np.bool_))


def _concerns(flags: pa.Table, object_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    target = flags["target_id"].fill_null(-1).to_numpy()
    return np.asarray(
        np.isin(flags["object_id"].to_numpy(), object_ids) | np.isin(target, object_ids)
    )
