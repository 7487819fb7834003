"""How many more errors does a model make on movies that look unlike those it was trained on?

Usage: python benchmarks/robustness.py --model mother-machine=bacteria [--model SET=MODEL ...]
       [--prediction [SET=]JSON ...] [--changes inverted,noisy] [--frames N] [--work FOLDER] [--json]

The development frames, which no model was fitted to, are judged as they are and after one change each:

- inverted: bright for dark;
- smaller, larger: resampled to 0.7 and 1.5 times the size, labels as well; the model is told nothing;
- noisy: white noise is added so that each frame has twice the standard deviation that its own is estimated to have;
- every second: every second frame is left out, and links are composed (no stills).

Results are those after correction, of stills before. With `--frames` the first ones of each movie only.
Options and figures are as of development_scores.py.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import scipy.ndimage as ndi
from agreement import Agreement, markdown_table, together
from development_frames import DataSet, LabelledMovie
from model_arguments import add_model_arguments, named_subjects, work_folder
from model_results import Subject, judge_movie
from numpy.typing import NDArray

Frame = NDArray[np.generic]


@dataclass(frozen=True)
class Row:
    """What one model did on one data set after one change."""

    data_set: DataSet
    one: Subject
    change: str
    counts: Agreement


def as_it_is(movie: LabelledMovie) -> LabelledMovie:
    """Return the movie."""
    return movie


def inverted(movie: LabelledMovie) -> LabelledMovie:
    """Return a movie whose brightest pixel is the darkest."""
    low, high = movie.image.min(), movie.image.max()
    return replace(movie, image=(high - (movie.image - low)).astype(movie.image.dtype))


def resized(factor: float) -> Callable[[LabelledMovie], LabelledMovie]:
    """Return a change of the size of all cells; those that vanish lose their links."""

    def change(movie: LabelledMovie) -> LabelledMovie:
        image = np.stack([_resampled(frame.astype(np.float32), factor) for frame in movie.image])
        labels = np.stack(
            [
                ndi.zoom(frame, factor, order=0, grid_mode=True, mode="nearest")
                for frame in movie.labels
            ]
        )
        there = {
            (t, label) for t, frame in enumerate(labels) for label in np.unique(frame).tolist()
        }
        ends = movie.links.reshape(-1, 2, 2).tolist()
        kept = np.array([{tuple(a), tuple(b)} <= there for a, b in ends], bool)
        return replace(movie, image=image, labels=labels, links=movie.links[kept])

    return change


def noisy(movie: LabelledMovie) -> LabelledMovie:
    """Return a movie whose noise has twice the standard deviation."""
    random = np.random.default_rng(0)
    frames = [
        frame + np.sqrt(3) * noise_of(frame) * random.standard_normal(frame.shape)
        for frame in movie.image.astype(np.float32)
    ]
    return replace(movie, image=np.stack(frames).astype(np.float32))


def noise_of(frame: Frame) -> float:
    """Return the standard deviation of a frame's white noise (y, x), by a difference that smooth shapes do not have.

    Source: J. Immerkær, Fast noise variance estimation, 1996; the median in the place of the mean, for edges.

    Example:
        >>> noise = np.random.default_rng(0).normal(0, 2, (200, 200))
        >>> round(noise_of(noise + np.arange(200)), 1)
        2.0
    """
    mask = np.outer([1, -2, 1], [1, -2, 1])  # its squares add up to 36
    response = ndi.convolve(frame.astype(np.float32), mask.astype(np.float32))[1:-1, 1:-1]
    return float(np.median(np.abs(response)) / 0.6745 / 6)


def every_second(movie: LabelledMovie) -> LabelledMovie:
    """Return a movie without its odd frames."""
    return movie.every(2)


CHANGES: dict[str, Callable[[LabelledMovie], LabelledMovie]] = {
    "none": as_it_is,
    "inverted": inverted,
    "smaller": resized(0.7),
    "larger": resized(1.5),
    "noisy": noisy,
    "every-second": every_second,
}


def rows_of(
    subjects: Sequence[tuple[DataSet, Subject]], changes: Sequence[str], options: argparse.Namespace
) -> list[Row]:
    """Return a row for each model, data set and change that it can have."""
    rows = []
    with work_folder(options) as work:
        for data_set, one in subjects:
            movies = [
                first(movie, options.frames) for movie in data_set.read(options.data, "judge")
            ]
            state = "before" if data_set.truth == "none" else "after"
            for name in changes:
                if name == "every-second" and data_set.truth == "none":
                    continue
                found = [judge_movie(one, data_set, CHANGES[name](movie), work) for movie in movies]
                rows.append(Row(data_set, one, name, together(part[state] for part in found)))
    return rows


def first(movie: LabelledMovie, n_frames: int | None) -> LabelledMovie:
    """Return the first frames of a movie, all for None."""
    if n_frames is None:
        return movie
    links = movie.links[movie.links[:, 2] < n_frames]
    return replace(movie, image=movie.image[:n_frames], labels=movie.labels[:n_frames], links=links)


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_model_arguments(parser)
    parser.add_argument("--changes", default=",".join(CHANGES))
    parser.add_argument("--frames", type=int)
    options = parser.parse_args()
    changes = options.changes.split(",")
    if unknown := set(changes) - set(CHANGES):
        parser.error(f"no change {', '.join(unknown)}; there are {', '.join(CHANGES)}")
    rows = rows_of(named_subjects(options), changes, options)
    print(as_json(rows) if options.json else as_text(rows))


def as_text(rows: Sequence[Row]) -> str:
    """Return the table in Markdown."""
    return markdown_table(
        ("frames", "model", "change"),
        [((row.data_set.name, row.one.name, row.change), row.counts, row.data_set) for row in rows],
    )


def as_json(rows: Sequence[Row]) -> str:
    """Return a list of objects."""
    listed = [
        {
            "frames": row.data_set.name,
            "model": row.one.name,
            "options": json.loads(row.one.options),
            "change": row.change,
            **row.counts.figures(row.data_set),
            "counts": asdict(row.counts),
        }
        for row in rows
    ]
    return json.dumps(listed, indent=1)


def _resampled(frame: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    if factor < 1:  # what the coarser pixels cannot show would come back as a pattern
        frame = ndi.gaussian_filter(frame, 0.5 * np.sqrt(1 / factor**2 - 1))
    return np.asarray(ndi.zoom(frame, factor, order=3, grid_mode=True, mode="nearest"))


if __name__ == "__main__":
    main()
