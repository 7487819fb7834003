"""How many errors does a result make: in cells, in links and in lineages? (section 2.6 of the paper)

The rules stand in docs/decisions/0009-evaluation-rules.md. Frames are judged in blocks, so that memory
holds a few frames' cells, one entry per error, and six bytes per cell of the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.metrics import score_tables
from distnet_store.metrics.border import counted_window
from distnet_store.metrics.correspondence import large_overlap_px
from distnet_store.metrics.counted_cells import counted_frames
from distnet_store.metrics.error_counts import ErrorCounts, count_errors
from distnet_store.metrics.error_rows import ErrorRows, join_errors, moved_cells, with_forgiven
from distnet_store.metrics.judged_block import Block, JudgedBlock, Rules, judge_block
from distnet_store.metrics.lineage_errors import Lineages, concerned_tracks, judge_lineages
from distnet_store.metrics.link_source import ArrayLinks, LinkSource
from distnet_store.metrics.mitosis_tolerance import forgiven_errors
from distnet_store.metrics.overlaps import Overlaps, count_overlaps, join_overlaps
from distnet_store.metrics.reference_tracks import ReferenceTracks
from distnet_store.ops.chain_stream import ChainStream
from distnet_store.ops.link_rows import MovieLinks
from distnet_store.spec.parameters import EvaluationParameters

BLOCK_FRAMES: Final = 16
"""Frames that are judged together: enough that a step costs little, few enough that memory stays small."""


@dataclass(frozen=True)
class Evaluation:
    """A result judged by a reference.

    Attributes:
        counts: the sums over the movie.
        errors: one row per error, with the columns of the `scores` table.
        frames: per frame that counts: t, reference_cells, result_cells and the four kinds of errors.
        pairs: per pair of frames: t, target_t, reference_links and the three kinds of errors.
        lineages: per track of the reference: track_id, t_first, t_last, counted, errors, complete.
        large_overlap_px: number of shared pixels above which two cells match in any case.
        parameters: how errors were counted.
    """

    counts: ErrorCounts
    errors: pa.Table
    frames: pa.Table
    pairs: pa.Table
    lineages: pa.Table
    large_overlap_px: float
    parameters: EvaluationParameters


@dataclass(frozen=True)
class JudgedMovie:
    """What a result and a reference are, as far as they are compared.

    Attributes:
        size: frames, rows, columns.
        overlaps: returns the cells and overlaps of a time point; called once for each, in order.
        reference_links: None where the reference has no lineage, or the result no links.
        result_links: links of the result.
        large_overlap_px: number of shared pixels above which two cells match in any case.
    """

    size: tuple[int, int, int]
    overlaps: Callable[[int], Overlaps]
    reference_links: LinkSource | None
    result_links: LinkSource | None
    large_overlap_px: float


def evaluate_labels(
    frames: Iterable[tuple[NDArray[np.integer], NDArray[np.integer]]],
    reference_links: MovieLinks | None,
    result_links: MovieLinks | None,
    *,
    parameters: EvaluationParameters | None = None,
    block_frames: int = BLOCK_FRAMES,
) -> Evaluation:
    """Judge the label images and links of a result by those of a reference.

    `frames` gives (reference, result) labels (y, x) of the time points 0, 1, …; one pair is held at
    a time, and then what was measured of its cells. Links are (m, 4): time point and label of the
    earlier cell, then of the later one; None for a reference that has none, whose result is judged by
    its cells only. `block_frames` changes nothing but memory and time.

    Raises:
        InvalidDataError: there is no frame, or frames differ in shape.
        InvalidLineageError: a link names a cell that is not there, goes back in time or occurs twice.
        WrongArgumentError: the window or the frames of the parameters reach out of the movie.

    Example:
        >>> cell, none = np.array([[3]]), np.empty((0, 4), np.int64)
        >>> counts = evaluate_labels(
        ...     [(cell, cell), (cell, 0 * cell)],
        ...     np.array([[0, 3, 1, 3]]),
        ...     none,
        ...     parameters=EvaluationParameters(margin=None),
        ... ).counts
        >>> counts.false_negatives, counts.false_negative_links, counts.incomplete_lineages
        (1, 0, 1)
    """
    parameters = parameters or EvaluationParameters()
    shapes: list[tuple[int, int]] = []
    overlaps = [_counted_frame(pair, shapes) for pair in frames]
    if not overlaps:
        raise InvalidDataError(
            "there is nothing to evaluate", expected="frames of a movie", found="no frame"
        )
    n = len(overlaps)
    areas = np.concatenate([frame.reference.area for frame in overlaps])
    movie = JudgedMovie(
        size=(n, *shapes[0]),
        overlaps=overlaps.__getitem__,
        reference_links=_array_links(reference_links, n, "reference"),
        result_links=_array_links(result_links, n, "result"),
        large_overlap_px=large_overlap_px(areas, parameters),
    )
    return evaluate_movie(movie, parameters, block_frames=block_frames)


def evaluate_movie(
    movie: JudgedMovie, parameters: EvaluationParameters, *, block_frames: int = BLOCK_FRAMES
) -> Evaluation:
    """Judge a result whose frames and links are read as they are needed.

    Raises:
        InvalidLineageError: a link names a cell that is not there, goes back in time or occurs twice.
        WrongArgumentError: the window or the frames of the parameters reach out of the movie.
    """
    n_frames, height, width = movie.size
    frames = counted_frames(n_frames, parameters)
    counted_window((height, width), parameters)  # refused before a frame is read
    rules = Rules(parameters, movie.large_overlap_px, (height, width), frames)
    blocks = _Blocks(movie)
    judged = _Judged()
    for t_start in range(0, n_frames, block_frames):
        block = blocks.read(t_start, min(t_start + block_frames, n_frames))
        judged.add(block, judge_block(block, rules))
    return judged.finish(rules, has_links=movie.reference_links is not None)


class _Blocks:
    """Reads each frame once and forgets it when no later block needs it."""

    def __init__(self, movie: JudgedMovie) -> None:
        self._movie = movie
        self._frames: dict[int, Overlaps] = {}

    def read(self, t_start: int, t_stop: int) -> Block:
        reference = self._going_out(self._movie.reference_links, t_start, t_stop)
        result = self._going_out(self._movie.result_links, t_start, t_stop)
        ends = [links[:, 2].max() for links in (reference, result) if len(links)]
        last = int(max([t_stop - 1, *ends]))
        if last > t_stop:  # a gap: what descends from what over it
            later = self._going_out(self._movie.reference_links, t_stop, last)
            reference = np.concatenate([reference, later[later[:, 2] <= last]])
        self._frames = {t: frame for t, frame in self._frames.items() if t >= t_start}
        for t in range(t_start, last + 1):
            if t not in self._frames:
                self._frames[t] = self._movie.overlaps(t)
        overlaps = join_overlaps([self._frames[t] for t in range(t_start, last + 1)], t_start)
        known = None if self._movie.reference_links is None else reference
        return Block(t_start, t_stop, overlaps, known, result)

    @staticmethod
    def _going_out(links: LinkSource | None, t_start: int, t_stop: int) -> MovieLinks:
        return np.empty((0, 4), np.int64) if links is None else links.going_out(t_start, t_stop)


class _Judged:
    """Puts the blocks of a movie together."""

    def __init__(self) -> None:
        self._blocks: list[JudgedBlock] = []
        self._errors: list[ErrorRows] = []
        self._chains: list[NDArray[np.int32]] = []
        self._stream = ChainStream()
        self._first_cell = [0]
        self._n_result = 0

    def add(self, block: Block, judged: JudgedBlock) -> None:
        """Take the next block up."""
        cells, links = block.overlaps.reference, block.reference_links
        n_before, n_own = self._first_cell[-1], block.n_own(cells)
        if links is not None:
            own = links[links[:, 0] < block.t_stop]
            chain = self._stream.add(cells.t[:n_own], cells.label[:n_own], own, block.t_stop)
            self._chains.append(chain.astype(np.int32))
        edges = np.arange(block.t_start + 1, block.t_stop + 1)
        self._first_cell += (n_before + np.searchsorted(cells.t, edges)).tolist()
        self._errors.append(moved_cells(judged.errors, n_before, self._n_result))
        self._n_result += block.n_own(block.overlaps.result)
        self._blocks.append(judged)

    def finish(self, rules: Rules, *, has_links: bool) -> Evaluation:
        """Judge the lineages and return everything."""
        errors = join_errors(self._errors)
        table = pa.concat_tables([block.table for block in self._blocks]).combine_chunks()
        lineages: Lineages | None = None
        if has_links:
            tracks = self._tracks()
            forgiven = forgiven_errors(errors, tracks, rules.parameters.mitosis_tolerance)
            errors = with_forgiven(errors, forgiven)
            lineages = judge_lineages(tracks, errors)
            table = score_tables.with_lineages(table, errors, concerned_tracks(errors, tracks))
        frames = pa.concat_tables([block.frames for block in self._blocks]).combine_chunks()
        pairs = pa.concat_tables([block.pairs for block in self._blocks]).combine_chunks()
        return Evaluation(
            counts=count_errors(frames, pairs, lineages),
            errors=table,
            frames=frames,
            pairs=pairs,
            lineages=score_tables.lineage_table(lineages),
            large_overlap_px=rules.large_overlap_px,
            parameters=rules.parameters,
        )

    def _tracks(self) -> ReferenceTracks:
        forest, track_id = self._stream.finish()
        return ReferenceTracks(
            of_cell=track_id.astype(np.int32)[np.concatenate(self._chains)],
            inner=np.concatenate([block.inner for block in self._blocks]),
            counted=np.concatenate([block.counted for block in self._blocks]),
            first_cell=np.array(self._first_cell),
            forest=forest,
        )


def _counted_frame(
    pair: tuple[NDArray[np.integer], NDArray[np.integer]], shapes: list[tuple[int, int]]
) -> Overlaps:
    reference, result = pair
    shapes.append((reference.shape[0], reference.shape[1]))
    if shapes[-1] != shapes[0]:
        raise InvalidDataError(
            "the frames differ in shape",
            expected=f"shape {shapes[0]}, as frame 0",
            found=f"shape {shapes[-1]} in frame {len(shapes) - 1}",
        )
    return count_overlaps(reference, result)


def _array_links(links: MovieLinks | None, n_frames: int, side: str) -> ArrayLinks | None:
    return None if links is None else ArrayLinks(links, n_frames=n_frames, side=side)
