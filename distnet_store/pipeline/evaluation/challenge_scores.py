"""How does a result score by the measures of the Cell Tracking Challenge?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.challenge import MEASURES, Measure, challenge_measures
from distnet_store.metrics.challenge_frames import FrameMatches, name_by_tracks
from distnet_store.metrics.overlaps import count_overlaps
from distnet_store.metrics.track_matches import TrackMatches, match_tracks
from distnet_store.ops.challenge_tracks import ChallengeTracks, challenge_tracks
from distnet_store.pipeline.evaluation.sides import Side
from distnet_store.store.sources.label_frames import checked_labels

_OF_CELLS: tuple[Measure, ...] = ("SEG", "DET")


def challenge_scores(
    matches: Sequence[FrameMatches], reference: Side, result: Side
) -> tuple[Mapping[str, float | None], list[str]]:
    """Return the measures by name, and notes on what they had to leave out.

    `matches` are those of all frames, in order. Without links on both sides only the measures of
    cells are returned.

    Raises:
        InvalidLineageError: tracks or links contradict the labels.
    """
    is_linked = reference.links is not None and result.links is not None
    tracks = [
        _tracks(reference, [frame.reference_label for frame in matches]),
        _tracks(result, [frame.result_label for frame in matches]),
    ]
    values = challenge_measures(
        name_by_tracks(matches, tracks[0].of_object, tracks[1].of_object),
        tracks[0].table,
        tracks[1].table,
        segmentation=_own_masks(reference, result),
        measures=MEASURES if is_linked else _OF_CELLS,
    )
    notes = [
        f"{side.name} has {own.n_parents_dropped} fusion link(s) that the measures of the Cell "
        "Tracking Challenge cannot hold: they were computed without these"
        for side, own in zip((reference, result), tracks, strict=True)
        if own.n_parents_dropped and is_linked
    ]
    gaps = [
        f"{side.name} has tracks with gaps: the measures of the Cell Tracking Challenge take what "
        "follows a gap as a track of its own, a child of what was before"
        for side, own in zip((reference, result), tracks, strict=True)
        if is_linked and side.tracks is not None and len(own.table) > len(side.tracks)
    ]
    return values, notes + gaps


def _tracks(side: Side, labels: Sequence[NDArray[np.int64]]) -> ChallengeTracks:
    """Return the tracks of all cells, given by the labels of each frame."""
    label = np.concatenate([np.empty(0, np.int64), *labels])
    if side.tracks is not None and not _gaps(side.tracks, label.size):
        return ChallengeTracks(label, side.tracks, 0)
    t = np.repeat(np.arange(len(labels)), [frame.size for frame in labels])
    links = np.empty((0, 4), np.int64) if side.links is None else side.links
    return challenge_tracks(t, label, links)


def _gaps(tracks: NDArray[np.int64], n_cells: int) -> int:
    """Return in how many frames a track is absent between its first and its last."""
    return int((tracks[:, 2] - tracks[:, 1] + 1).sum()) - n_cells


def _own_masks(reference: Side, result: Side) -> list[TrackMatches] | None:
    """Return the matches in the frames of which the challenge has masks of its own for SEG."""
    if reference.segmentation is None:
        return None
    read: Mapping[int, Callable[[], NDArray[np.generic]]] = reference.segmentation
    return [
        match_tracks(count_overlaps(_checked(mask(), t, result), result.read(t)))
        for t, mask in read.items()
    ]


def _checked(mask: NDArray[np.generic], t: int, result: Side) -> NDArray[np.int64]:
    return checked_labels(mask, result.shape[1:], t, "the masks in SEG").astype(np.int64)
