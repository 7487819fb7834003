"""Which errors are there in a block of frames, and in the links that go out of it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError
from distnet_store.metrics import score_tables
from distnet_store.metrics.border import FrameShape
from distnet_store.metrics.cells import Cells
from distnet_store.metrics.correspondence import match_cells
from distnet_store.metrics.counted_cells import CountedCells, counted_cells
from distnet_store.metrics.error_rows import ErrorRows, in_block, join_errors
from distnet_store.metrics.link_errors import LinkedMovie, link_errors
from distnet_store.metrics.overlaps import Overlaps
from distnet_store.metrics.segmentation_errors import segmentation_errors
from distnet_store.ops.link_rows import LinkRows, MovieLinks, link_rows
from distnet_store.spec.parameters import EvaluationParameters


@dataclass(frozen=True)
class Rules:
    """How errors are counted in one movie.

    Attributes:
        parameters: the options.
        large_overlap_px: number of shared pixels above which two cells match in any case.
        shape: rows and columns of a frame.
        frames: the time points that count.
    """

    parameters: EvaluationParameters
    large_overlap_px: float
    shape: FrameShape
    frames: range


@dataclass(frozen=True)
class Block:
    """Frames from `t_start` to before `t_stop`, with as many after them as their links reach.

    Attributes:
        t_start: first time point.
        t_stop: time point after the last.
        overlaps: cells and overlaps of these frames and those after them.
        reference_links: (m, 4), all that go out of cells in `overlaps`, and lead to such; None without lineage.
        result_links: (k, 4), those that go out of the block's own frames.
    """

    t_start: int
    t_stop: int
    overlaps: Overlaps
    reference_links: MovieLinks | None
    result_links: MovieLinks

    def n_own(self, cells: Cells) -> int:
        """Return how many cells lie in the block's own frames; they are the first."""
        return int(np.searchsorted(cells.t, self.t_stop))


@dataclass(frozen=True)
class JudgedBlock:
    """The errors of a block.

    Attributes:
        errors: cells are positions in the block's overlaps.
        table: the same as rows of the `scores` table, nothing known of lineages.
        frames: counts by frame.
        pairs: counts by pair of frames.
        inner: (n,) bool, of the reference's cells in the block's own frames, those away from the border.
        counted: (n,) bool, of these those in the frames that count.
    """

    errors: ErrorRows
    table: pa.Table
    frames: pa.Table
    pairs: pa.Table
    inner: NDArray[np.bool_]
    counted: NDArray[np.bool_]


def judge_block(block: Block, rules: Rules) -> JudgedBlock:
    """Count the errors of a block.

    Raises:
        InvalidLineageError: a link names a cell that is not there, goes back in time or occurs twice.
        WrongArgumentError: the window reaches out of the frame.
    """
    overlaps = block.overlaps
    matches = match_cells(overlaps, rules.large_overlap_px)
    counted = _counted(block, rules)
    families = segmentation_errors(overlaps, matches, counted)
    movie = None
    if block.reference_links is not None:
        movie = LinkedMovie(
            overlaps,
            matches,
            counted,
            _checked(overlaps.reference, block.reference_links, "reference"),
            _checked(overlaps.result, block.result_links, "result"),
            rules.parameters,
        )
        families += link_errors(movie)
    errors = in_block(join_errors(families), block.t_start, block.t_stop)
    own = slice(block.n_own(overlaps.reference))
    return JudgedBlock(
        errors=errors,
        table=score_tables.error_table(errors, overlaps),
        frames=score_tables.frame_table(errors, overlaps, counted),
        pairs=score_tables.pair_table(errors, movie),
        inner=counted.inner_reference[own],
        counted=counted.reference[own],
    )


def _counted(block: Block, rules: Rules) -> CountedCells:
    """Return what counts: cells and links of the block's own frames."""
    start = min(max(block.t_start, rules.frames.start), block.t_stop)
    frames = range(start, max(min(block.t_stop, rules.frames.stop), start))
    return counted_cells(block.overlaps, rules.shape, frames, rules.parameters)


def _checked(cells: Cells, links: MovieLinks, side: str) -> LinkRows:
    try:
        return link_rows(cells.t, cells.label, links)
    except InvalidLineageError as error:
        raise InvalidLineageError(
            f"links and cells of the {side} contradict each other",
            expected=error.expected,
            found=error.found,
            remedy=error.remedy,
        ) from error
