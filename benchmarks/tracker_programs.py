"""Which links do other programs find in label images? Run by benchmarks/trackers.py with their own interpreters.

Usage: PYTHON tracker_programs.py NAME LABELS.npy LINKS.npy; prints the CPU seconds of tracking, imports left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

Links = list[tuple[int, int, int, int]]


def laptrack_overlap(labels: np.ndarray, *, splits: bool = True) -> Links:
    """Return LapTrack's links by the overlap of masks, its cut-offs as documented; divisions where `splits`."""
    import pandas as pd
    from laptrack import OverLapTrack

    tracker = OverLapTrack(
        cutoff=0.9,
        gap_closing_cutoff=False,
        splitting_cutoff=0.9 if splits else False,
        merging_cutoff=False,
    )
    tracks, divided, _ = tracker.predict_overlap_dataframe(list(labels))
    return _lap_links(pd.DataFrame(tracks).reset_index(), divided)


def laptrack_centroid(labels: np.ndarray, *, diameters: float = 1.5) -> Links:
    """Return LapTrack's links by distance of centroids, cut off at so many cell diameters."""
    import pandas as pd
    from laptrack import LapTrack
    from skimage.measure import regionprops

    rows = [
        (t, region.label, *region.centroid, region.area)
        for t, frame in enumerate(labels)
        for region in regionprops(frame)
    ]
    table = pd.DataFrame(rows, columns=["frame", "label", "y", "x", "area"])
    reach = diameters * 2 * np.sqrt(table["area"].median() / np.pi)
    tracker = LapTrack(
        cutoff=reach**2, splitting_cutoff=reach**2, merging_cutoff=False, gap_closing_cutoff=False
    )
    tracks, splits, _ = tracker.predict_dataframe(
        table, coordinate_cols=["y", "x"], frame_col="frame", only_coordinate_cols=False
    )
    return _lap_links(tracks.reset_index(drop=True), splits)


def _lap_links(tracks, splits) -> Links:
    tracks = tracks.rename(columns={"frame_y": "frame"}).sort_values("frame")
    ends = {
        track: list(zip(rows["frame"], rows["label"], strict=True))
        for track, rows in tracks.groupby("track_id")
    }
    links = [(*a, *b) for cells in ends.values() for a, b in pairwise(cells)]
    if len(splits):
        links += [
            (*ends[parent][-1], *ends[child][0])
            for parent, child in zip(
                splits["parent_track_id"], splits["child_track_id"], strict=True
            )
        ]
    return links


def btrack(labels: np.ndarray) -> Links:
    """Return btrack's links with the motion and hypotheses of its published cell configuration."""
    from btrack import BayesianTracker
    from btrack.utils import segmentation_to_objects
    from skimage.measure import regionprops

    regions = [regionprops(frame) for frame in labels]
    places = [np.array([region.centroid for region in frame]).reshape(-1, 2) for frame in regions]

    def label_at(t: int, y: float, x: float) -> int:
        """btrack gives places back with less precision than it was given."""
        return regions[t][np.square(places[t] - [y, x]).sum(axis=1).argmin()].label

    with BayesianTracker(verbose=False) as tracker:
        tracker.configure(_BTRACK)
        tracker.append(segmentation_to_objects(labels))
        tracker.volume = ((0, labels.shape[2]), (0, labels.shape[1]))
        tracker.track(step_size=100)
        tracker.optimize()
        tracks = tracker.tracks
    cells = {
        track.ID: [
            (int(t), label_at(int(t), y, x))
            for t, x, y, dummy in zip(track.t, track.x, track.y, track.dummy, strict=True)
            if not dummy
        ]
        for track in tracks
    }
    links = [(*a, *b) for own in cells.values() for a, b in pairwise(own)]
    born = [
        (track.parent, track.ID) for track in tracks if cells.get(track.parent) and cells[track.ID]
    ]
    return links + [
        (*cells[parent][-1], *cells[child][0]) for parent, child in born if parent != child
    ]


_BTRACK = {
    "motion_model": {
        "name": "cell_motion",
        "dt": 1.0,
        "measurements": 3,
        "states": 6,
        "accuracy": 7.5,
        "prob_not_assign": 0.001,
        "max_lost": 1,
        "A": np.eye(6) + np.eye(6, k=3),
        "H": np.eye(3, 6),
        "P": 150.0 * np.diag([0.1, 0.1, 0.1, 1.0, 1.0, 1.0]),
        "G": 15.0 * np.array([[0.5, 0.5, 0.5, 1.0, 1.0, 1.0]]),
        "R": 5.0 * np.eye(3),
    },
    "hypothesis_model": {
        "name": "cell_hypothesis",
        "hypotheses": ["P_FP", "P_init", "P_term", "P_link", "P_branch", "P_dead"],
        "lambda_time": 5.0,
        "lambda_dist": 3.0,
        "lambda_link": 10.0,
        "lambda_branch": 50.0,
        "eta": 1e-10,
        "theta_dist": 20.0,
        "theta_time": 5.0,
        "dist_thresh": 40.0,
        "time_thresh": 2.0,
        "apop_thresh": 5,
        "segmentation_miss_rate": 0.1,
        "apoptosis_rate": 0.001,
        "relax": True,
    },
}

PROGRAMS: dict[str, Callable[[np.ndarray], Links]] = {
    "laptrack-overlap": laptrack_overlap,
    "laptrack-overlap-whole": partial(laptrack_overlap, splits=False),
    "laptrack-centroid": laptrack_centroid,
    "laptrack-centroid-far": partial(laptrack_centroid, diameters=3),
    "btrack": btrack,
}


def main(name: str, labels: str, links: str) -> None:
    """Track, write the links and print the seconds."""
    frames = np.load(labels)
    start = time.process_time()
    found = PROGRAMS[name](frames)
    seconds = time.process_time() - start
    np.save(links, np.unique(np.array(found, np.int64).reshape(-1, 4), axis=0))
    print(seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
