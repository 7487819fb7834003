"""Which links are wrong or missing, apart from errors of segmentation? (section 2.6 of the paper)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.carried_links import CarriedLinks, Parts, carry_links, list_parts
from distnet_store.metrics.correspondence import Correspondence
from distnet_store.metrics.counted_cells import CountedCells, within
from distnet_store.metrics.error_rows import Concerned, ErrorRows, error_rows, one_each
from distnet_store.metrics.gap_links import descends
from distnet_store.metrics.overlaps import Overlaps
from distnet_store.ops.link_rows import LinkRows
from distnet_store.ops.sorted_keys import is_among
from distnet_store.spec.parameters import EvaluationParameters


@dataclass(frozen=True)
class LinkedMovie:
    """Everything that the links of a result are judged by."""

    overlaps: Overlaps
    matches: Correspondence
    counted: CountedCells
    reference_links: LinkRows
    result_links: LinkRows
    parameters: EvaluationParameters


def link_errors(movie: LinkedMovie) -> list[ErrorRows]:
    """Return false negative links, false positive links and unlinked parts of all frame pairs."""
    parts = list_parts(movie.overlaps, movie.matches)
    carried = carry_links(movie.result_links, movie.reference_links, parts, movie.matches)
    ends = (parts.reference[carried.source], parts.reference[carried.target])
    owed = countable_links(movie)
    return [
        _false_negatives(movie, ends, owed),
        _false_positives(movie, parts, carried),
        *_unlinked_parts(movie, parts, carried, owed),
    ]


def countable_links(movie: LinkedMovie) -> NDArray[np.bool_]:
    """Return which links of the reference count where they are missing, in their order."""
    return _can_be_missed(movie) & inner_links(movie)


def inner_links(movie: LinkedMovie) -> NDArray[np.bool_]:
    """Return which links of the reference are between inner cells, in the frames."""
    source, target = movie.reference_links
    inner = movie.counted.inner_reference
    in_frames = within(movie.overlaps.reference.t[source], movie.counted.frames)
    return np.asarray(inner[source] & inner[target] & in_frames)


def _can_be_missed(movie: LinkedMovie) -> NDArray[np.bool_]:
    """Return which links of the reference can be false negatives at all: not those of missed cells."""
    source, target = movie.reference_links
    matched = movie.matches.of_reference > 0
    owed = {
        "symmetric": matched[source] & matched[target],
        "skip-earlier": matched[source],
        "skip-later": matched[target],
    }
    return np.asarray(owed[movie.parameters.unmatched_links])


def _false_negatives(
    movie: LinkedMovie, ends: tuple[NDArray[np.int64], NDArray[np.int64]], owed: NDArray[np.bool_]
) -> ErrorRows:
    source, target = movie.reference_links
    n = movie.overlaps.reference.size
    both = (ends[0] >= 0) & (ends[1] >= 0)
    found = np.sort(ends[0][both] * n + ends[1][both])
    missing = ~is_among(source * n + target, found)
    missing &= _can_be_missed(movie)
    source, target, owed = source[missing], target[missing], owed[missing]
    t = movie.overlaps.reference.t
    return error_rows(
        "false negative link",
        t[source],
        owed,
        {"reference": one_each(source), "reference_target": one_each(target)},
        target_t=t[target],
    )


def _false_positives(movie: LinkedMovie, parts: Parts, carried: CarriedLinks) -> ErrorRows:
    """Return one error per set of links that come from wrong links of the result."""
    wrong = _only_wrong(movie, parts, carried)
    origins, group = _united(wrong, parts, movie)
    error_of = group[np.searchsorted(origins, wrong.origin)]
    source, target = (ends[origins] for ends in movie.result_links)
    first = np.unique(group, return_index=True)[1]
    t = movie.overlaps.result.t
    counted = np.zeros(first.size, dtype=bool)
    counted[error_of[_inner_rows(movie, parts, wrong)]] = True
    counted &= within(t[source[first]], movie.counted.frames)
    return error_rows(
        "false positive link",
        t[source[first]],
        counted,
        {
            "result": _distinct(group, source),
            "result_target": _distinct(group, target),
            "reference": _known(error_of, parts.reference[wrong.source]),
            "reference_target": _known(error_of, parts.reference[wrong.target]),
        },
        target_t=t[target[first]],
    )


def _only_wrong(movie: LinkedMovie, parts: Parts, carried: CarriedLinks) -> CarriedLinks:
    """Return the carried links whose link of the result is an error."""
    excused = _skipped(movie)
    excused[carried.origin[_is_right(movie, parts, carried)]] = True
    rows = np.flatnonzero(~excused[carried.origin])
    return CarriedLinks(carried.source[rows], carried.target[rows], carried.origin[rows])


def _skipped(movie: LinkedMovie) -> NDArray[np.bool_]:
    """Return which links of the result are no errors because of a cell without a match."""
    source, target = movie.result_links
    unmatched = movie.matches.of_result == 0
    skipped = {
        "symmetric": np.zeros(source.size, dtype=bool),
        "skip-earlier": unmatched[source],
        "skip-later": unmatched[target],
    }
    return np.asarray(skipped[movie.parameters.unmatched_links])


def _is_right(movie: LinkedMovie, parts: Parts, carried: CarriedLinks) -> NDArray[np.bool_]:
    """Return whether each carried link is one of the reference's, or a gap over cells of one lineage."""
    source, target = parts.reference[carried.source], parts.reference[carried.target]
    n = movie.overlaps.reference.size
    known = np.sort(movie.reference_links[0] * n + movie.reference_links[1])
    both = (source >= 0) & (target >= 0)
    right = both & is_among(np.where(both, source * n + target, 0), known)
    gap = parts.t[carried.target] - parts.t[carried.source] > 1
    asked = np.flatnonzero(both & gap & ~right)
    right[asked] = descends(
        source[asked], target[asked], movie.reference_links, movie.overlaps.reference.t
    )
    return right


def _united(
    rows: CarriedLinks, parts: Parts, movie: LinkedMovie
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the wrong links of the result, ascending, and each one's error: those that became the same
    links after merging are one."""
    node = [_merged(ends, parts, movie) for ends in (rows.source, rows.target)]
    order = np.lexsort((node[1], node[0], rows.origin))
    origins, first = np.unique(rows.origin[order], return_index=True)
    sets: dict[bytes, int] = {}
    pairs = np.stack(node, axis=1)[order]
    group = [
        sets.setdefault(np.unique(own, axis=0).tobytes(), len(sets))
        for own in np.split(pairs, first[1:])
        if origins.size
    ]
    return origins, np.array(group, dtype=np.int64)


def _merged(ends: NDArray[np.int64], parts: Parts, movie: LinkedMovie) -> NDArray[np.int64]:
    """Return the cell that each part is after merging: a reference cell's position, or beyond them an
    unmatched result cell's."""
    reference = parts.reference[ends]
    unmatched = movie.overlaps.reference.size + parts.result[ends]
    return np.where(reference >= 0, reference, unmatched)


def _inner_rows(movie: LinkedMovie, parts: Parts, rows: CarriedLinks) -> NDArray[np.bool_]:
    """Return whether each carried link is between inner cells."""
    inner = np.concatenate([movie.counted.inner_reference, movie.counted.inner_result])
    ends = [_merged(end, parts, movie) for end in (rows.source, rows.target)]
    return np.asarray(inner[ends[0]] & inner[ends[1]])


def _known(row: NDArray[np.int64], reference: NDArray[np.int64]) -> Concerned:
    """Return the reference's cells that errors concern, those of unmatched cells (-1) left out."""
    return _distinct(row[reference >= 0], reference[reference >= 0])


def _distinct(row: NDArray[np.int64], cell: NDArray[np.int64]) -> Concerned:
    pairs = np.unique(np.stack([row, cell], axis=1), axis=0)
    return Concerned(pairs[:, 0], pairs[:, 1])


def _unlinked_parts(
    movie: LinkedMovie, parts: Parts, carried: CarriedLinks, owed: NDArray[np.bool_]
) -> list[ErrorRows]:
    """Return, of each pair of frames, the parts that were merged and have no link, on either side."""
    source, target = (ends[owed] for ends in movie.reference_links)
    t = movie.overlaps.reference.t
    forward = _Bare(source, t[target], carried.source, parts.t[carried.target])
    backward = _Bare(target, t[source], carried.target, parts.t[carried.source])
    earlier, later_t = _unlinked(movie.matches, forward)
    later, earlier_t = _unlinked(movie.matches, backward)
    cells = movie.matches.reference[earlier], movie.matches.reference[later]
    results = movie.matches.result[earlier], movie.matches.result[later]
    return [
        error_rows(
            "unlinked part",
            t[cells[0]],
            np.ones(earlier.size, dtype=bool),
            {"reference": one_each(cells[0]), "result": one_each(results[0])},
            target_t=later_t,
        ),
        error_rows(
            "unlinked part",
            earlier_t,
            np.ones(later.size, dtype=bool),
            {"reference_target": one_each(cells[1]), "result_target": one_each(results[1])},
            target_t=t[cells[1]],
        ),
    ]


@dataclass(frozen=True)
class _Bare:
    """The links of one direction: the reference's by cell and other frame, the result's by part and other frame."""

    cell: NDArray[np.int64]
    cell_other_t: NDArray[np.int64]
    part: NDArray[np.int64]
    part_other_t: NDArray[np.int64]


def _unlinked(matches: Correspondence, links: _Bare) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the matches that were merged and have no link to a frame to which their reference cell has one,
    and that frame."""
    wanted = np.unique(np.stack([links.cell, links.cell_other_t], axis=1), axis=0)
    cell, other_t = wanted[matches.of_reference[wanted[:, 0]] > 1].T
    count = matches.of_reference[cell]
    within_cell = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    part = np.repeat(np.searchsorted(matches.reference, cell), count) + within_cell
    other_t = np.repeat(other_t, count)
    n_times = int(max(links.part_other_t.max(initial=0), other_t.max(initial=0))) + 1
    linked = is_among(part * n_times + other_t, np.sort(links.part * n_times + links.part_other_t))
    return part[~linked], other_t[~linked]
