"""Whatever a person does in whatever order, the dataset stays valid, and all of it can be taken back."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from curated_movies import SHAPE, copied, digests, labels_tyx, write_movie
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from distnet_store.errors import DistnetError
from distnet_store.pipeline.curation.cell_address import Cell
from distnet_store.pipeline.curation.curation import movie_curation
from distnet_store.pipeline.curation.edit_types import (
    Confirm,
    Delete,
    Divide,
    Draw,
    Edit,
    Link,
    Merge,
    Split,
    Swap,
    Unlink,
)
from distnet_store.pipeline.curation.import_edited import import_edited
from distnet_store.store.movie import Movie
from distnet_store.store.validate import validate

FRAME = st.integers(0, 3)
CELL: st.SearchStrategy[Cell] = st.tuples(FRAME, st.integers(1, 5))
"""Most are there; labels over 3 come with edits."""

NEXT = st.tuples(st.integers(0, 2), st.integers(1, 4), st.integers(1, 4)).map(
    lambda c: ((c[0], c[1]), (c[0] + 1, c[2]))
)
"""Cells of neighbouring frames."""

POINT = st.tuples(st.integers(0, SHAPE[0] - 1), st.integers(0, SHAPE[1] - 1))
KEEPERS = st.sampled_from(["refuse", "drawn", "others"])
FOLLOW = st.sampled_from(["follow", "none"])


@st.composite
def in_frame(draw: st.DrawFn, least: int) -> tuple[Cell, ...]:
    t = draw(FRAME)
    labels = draw(st.lists(st.integers(1, 4), min_size=least, max_size=3, unique=True))
    return tuple((t, label) for label in labels)


@st.composite
def polygons(draw: st.DrawFn) -> list[tuple[float, float]]:
    (y, x), height, width = draw(POINT), draw(st.integers(1, 6)), draw(st.integers(1, 6))
    return [(y, x), (y, x + width), (y + height, x + width), (y + height, x)]


@st.composite
def columns_cut(draw: st.DrawFn) -> Split:
    x = draw(st.integers(2, 20))
    return Split(draw(CELL), line=[(0, x), (23, x)], links=draw(FOLLOW))


EDITS: st.SearchStrategy[Edit] = st.one_of(
    columns_cut(),
    st.builds(Split, CELL, seeds=st.lists(POINT, min_size=2, max_size=2)),
    st.builds(Merge, in_frame(2), apart=st.booleans()),
    st.builds(Delete, in_frame(1)),
    st.builds(Draw, t=FRAME, polygon=polygons(), overlap=KEEPERS, links=FOLLOW),
    st.builds(Draw, cell=CELL, polygon=polygons(), overlap=KEEPERS),
    NEXT.map(lambda pair: Unlink(*pair)),
    st.builds(
        lambda pair, others: Link(*pair, others=others),
        NEXT,
        st.sampled_from(["refuse", "remove", "keep"]),
    ),
    st.builds(Link, CELL, CELL, st.just("keep"), gap=st.booleans()),
    st.builds(lambda pair, other: Divide(pair[0], (pair[1], (pair[1][0], other))), NEXT, FRAME),
    in_frame(2).map(lambda cells: Swap(*cells[:2])),
    st.builds(Confirm, st.lists(CELL, max_size=2).map(tuple), frames=st.just(())),
    st.builds(Confirm, frames=st.lists(FRAME, min_size=1, max_size=2).map(tuple)),
)


def machine(template: Movie) -> type[RuleBasedStateMachine]:
    class Editing(RuleBasedStateMachine):
        """A person at work."""

        @initialize()
        def open_copy(self) -> None:
            self.folder = Path(tempfile.mkdtemp())
            self.movie = copied(template, self.folder)
            self.first = digests(self.movie)
            self.curation = movie_curation(self.movie, "cells", author="anna")

        @rule(edits=st.lists(EDITS, min_size=1, max_size=2))
        def edit(self, edits: list[Edit]) -> None:
            self._try(lambda: self.curation.apply(edits))

        @rule(steps=st.integers(1, 2))
        def undo(self, steps: int) -> None:
            self._try(lambda: self.curation.undo(steps))

        @rule()
        def redo(self) -> None:
            self._try(self.curation.redo)

        @rule(t=FRAME, hole=st.integers(1, 3), step=st.integers(-2, 2))
        def import_labels(self, t: int, hole: int, step: int) -> None:
            labels = labels_tyx() * 5
            labels[t] = np.roll(np.where(labels[t] == 5 * hole, 0, labels[t]), step, axis=1)
            self._try(lambda: import_edited(self.curation, labels))

        def _try(self, call) -> None:
            """Do it; what is refused changes nothing."""
            before = digests(self.movie, journal=True)
            try:
                call()
            except DistnetError:
                assert digests(self.movie, journal=True) == before

        def teardown(self) -> None:
            if not hasattr(self, "folder"):
                return
            report = validate(self.movie.url, deep=True)
            assert report.problems == (), report.problems
            last = digests(self.movie)
            in_force = sum(not row.undone for row in self.curation.history())
            if in_force:
                self.curation.undo(in_force)
                assert digests(self.movie) == self.first
                self.curation.redo(in_force)
                assert digests(self.movie) == last
            shutil.rmtree(self.folder)

    return Editing


@pytest.mark.parametrize("maps", [True, False])
def test_any_edits_leave_a_valid_dataset_and_can_all_be_undone(
    tmp_path: Path, *, maps: bool
) -> None:
    template = write_movie(tmp_path, maps=maps)
    run_state_machine_as_test(
        machine(template),
        settings=settings(max_examples=8 if maps else 5, stateful_step_count=6),
    )
