"""What should a person see of a training run that is done? A page beside the model: card, curves, worst frames."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.model.file import Model
from distnet_store.model.training_parameters import SEGMENTATION_ERRORS, TRACKING_ERRORS
from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.ops.two_outlines import paint_sides
from distnet_store.pipeline.model_report import model_page
from distnet_store.pipeline.training_movies import movie_name
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.training_scores import JudgedRun, judged_runs
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.spec.model_card import ModelCard
from distnet_store.spec.parameters import PercentileNormalisation
from distnet_store.store.movie import Movie

_WORST: Final = 4
_PANELS: Final = {
    "loss": ("loss", "val_loss"),
    "errors, %": (SEGMENTATION_ERRORS, TRACKING_ERRORS),
}
_FRAME_ERRORS: Final = (
    "false_negatives",
    "false_positives",
    "over_segmentations",
    "under_segmentations",
)
_DPI: Final = 120


@dataclass(frozen=True)
class WorstFrame:
    """A frame with errors: its movie and time point, their number, and a picture (y, x, 3) of 0 to 1."""

    movie: str
    t: int
    errors: int
    picture: NDArray[np.float32]


def worst_frames(
    movies: Sequence[Movie], model: Model, options: TrainingOptions
) -> list[WorstFrame]:
    """Return the held-back frames with most errors of segmentation, the worst first; none without errors."""
    runs = (run for movie in movies for run in judged_runs(movie, model, options))
    found = [one for run in runs for one in _worst_of(run, options)]
    return sorted(found, key=lambda one: -one.errors)[:_WORST]


def write_training_page(
    path: Path,
    card: ModelCard,
    history: Sequence[dict[str, float]],
    worst: Sequence[WorstFrame] = (),
) -> Path:
    """Write `NAME.md` beside a model file, with `NAME-curves.png` and `NAME-worst.png`; return the page.

    Raises:
        StorageError: the disk refused.
    """
    lines = [model_page(card, file_bytes=path.stat().st_size)]
    curves = path.with_name(f"{path.stem}-curves.png")
    write_whole(curves, draw_curves(history))
    lines += ["## Curves", "", f"![Losses and errors of each epoch]({curves.name})", ""]
    if worst:
        picture = path.with_name(f"{path.stem}-worst.png")
        write_whole(picture, draw_worst(worst))
        lines += [
            "## Held-back frames with most errors",
            "",
            "Orange: the reference; blue: what the network finds.",
            "",
            f"![Outlines]({picture.name})",
            "",
        ]
    page = path.with_suffix(".md")
    write_whole(page, "\n".join(lines).encode())
    return page


def draw_curves(history: Sequence[dict[str, float]]) -> bytes:
    """Return a picture (PNG) of the losses and errors of each epoch."""
    shown = {
        title: known
        for title, names in _PANELS.items()
        if (known := [name for name in names if any(name in values for values in history)])
    }
    figure = Figure(figsize=(5 * len(shown), 3.2), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    for axis, (title, names) in zip(
        np.atleast_1d(figure.subplots(1, len(shown))), shown.items(), strict=True
    ):
        for name in names:
            epochs = [k for k, values in enumerate(history, start=1) if name in values]
            axis.plot(epochs, [history[k - 1][name] for k in epochs], ".-", label=name)
        axis.set(title=title, xlabel="epoch", ylim=(0, None))
        axis.legend()
    return _png(figure)


def draw_worst(worst: Sequence[WorstFrame]) -> bytes:
    """Return a picture (PNG) of frames side by side."""
    figure = Figure(figsize=(3 * len(worst), 4), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    for axis, one in zip(np.atleast_1d(figure.subplots(1, len(worst))), worst, strict=True):
        axis.imshow(one.picture, interpolation="nearest")
        axis.set_title(f"{one.movie}\nframe {one.t}: {one.errors} errors", fontsize=8)
        axis.set_axis_off()
    return _png(figure)


def _worst_of(run: JudgedRun, options: TrainingOptions) -> Iterator[WorstFrame]:
    table = run.evaluation.frames
    errors = np.sum([table[name].to_numpy() for name in _FRAME_ERRORS], axis=0)
    places = table["t"].to_numpy()
    for k in np.argsort(-errors, kind="stable")[:_WORST]:
        if errors[k]:
            t = run.times[int(places[k])]
            picture = _painted(run, int(places[k]), options)
            yield WorstFrame(movie_name(run.movie), t, int(errors[k]), picture)


def _painted(run: JudgedRun, place: int, options: TrainingOptions) -> NDArray[np.float32]:
    t = run.times[place]
    pixels = run.movie.frame(t)[options.channel or 0]
    gray = np.clip(
        scale_to_range(pixels, *percentile_range(pixels, PercentileNormalisation())), 0, 1
    )
    picture = np.repeat(gray[..., np.newaxis], 3, axis=-1).astype(np.float32)
    truth = run.movie.labels_frame(options.labels, t).astype(np.int64)
    return paint_sides(picture, (truth, run.labels[place].astype(np.int64)), ([], []), 1, faint=1.0)


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
