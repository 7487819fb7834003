"""What does a network get to see and to learn, before hours are spent on it?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.model.file import read_card
from distnet_store.model.samples import Sample, SampleBatches
from distnet_store.ops.window import frame_pairs
from distnet_store.pipeline.frame_cache import MIB, FrameCache
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.new_file import checked_file
from distnet_store.pipeline.training_movies import check_ignored, training_movies
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.store.movie import Movie

_PANELS: Final = ("previous", "image", "labels", "EDM", "GDCM", "displacement", "multiplicity")
_PANEL_IN: Final = 2.6
_TITLE_IN: Final = 0.45
_DPI: Final = 110
_MULTIPLICITY: Final = ListedColormap(["#20242c", "#e0a030", "#4aa3df", "#d0417e"])
_UNKNOWN: Final = ListedColormap(["#b02020"])


def preview_training(
    movies: Sequence[Movie],
    target: str | Path,
    options: TrainingOptions,
    *,
    initial: str | Path | None = None,
    samples: int = 4,
    overwrite: bool = False,
) -> Path:
    """Write a picture (PNG) of augmented samples with their targets, and train nothing.

    Each row is a sample: the frame before the centre, the centre frame, its labels, EDM, GDCM, backward
    displacement as arrows from each cell's place to where it came from, and backward multiplicity
    (yellow none, blue one, magenta many). Dark red covers what teaches nothing. The samples are
    drawn as a training run with these options, and from the model `initial`, draws them.

    Returns:
        The picture's path.

    Raises:
        WrongArgumentError: there is no movie, or the file is no PNG.
        TargetExistsError: the file exists and `overwrite` is not set.
        NotFoundError: a movie lacks labels, their tables, or the channel; none has the ignored regions; or
            there is no model `initial`.
        InvalidDataError: labels do not match their image.

    Source: METHOD.md sections 3 and 4.

    Example:
        >>> preview_training([movie], "sheet.png", options)  # doctest: +SKIP
        PosixPath('sheet.png')
    """
    path = checked_file(Path(target), ".png", "a picture", overwrite=overwrite)
    if not movies:
        raise WrongArgumentError(
            "there is no movie to show", remedy="name at least one dataset with labels"
        )
    if initial is not None:
        options = replace(options, network=read_card(find_model(initial)).network)
    check_ignored(movies, options)
    cache = FrameCache(options.cache_mib * MIB)
    drawn = SampleBatches(
        training_movies(movies, options, cache),
        options.network,
        replace(options.sampling, learn="all"),
    )
    rng = np.random.default_rng([options.seed, 1, 0])
    write_whole(path, draw_samples([drawn.sample(rng) for _ in range(samples)]))
    return path


def draw_samples(samples: Sequence[Sample]) -> bytes:
    """Return a picture (PNG) of samples with their targets, one in a row."""
    height, width = samples[0].window.images.shape[1:]
    panel_height = _PANEL_IN * height / width
    size = (len(_PANELS) * _PANEL_IN, len(samples) * (panel_height + _TITLE_IN))
    figure = Figure(figsize=size, dpi=_DPI, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(samples), len(_PANELS), squeeze=False)
    for row, sample in zip(grid, samples, strict=True):
        _draw_sample(row, sample)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()


def _draw_sample(axes: Sequence[Any], sample: Sample) -> None:
    centre = len(sample.times) // 2
    pair = frame_pairs(len(sample.times)).index((centre - 1, centre))
    images, labels, known = sample.window
    targets = {name: values[pair] for name, values in sample.targets.items() if values.ndim == 4}
    for axis, name in zip(axes, _PANELS, strict=True):
        axis.set_title(name, fontsize=8)
        axis.set_xticks([])
        axis.set_yticks([])
    axes[0].set_title(f"{sample.movie}, frame {sample.times[centre - 1]}", fontsize=8)
    axes[1].set_title(f"frame {sample.times[centre]}", fontsize=8)
    for axis, k in ((axes[0], centre - 1), (axes[1], centre), (axes[5], centre)):
        axis.imshow(images[k], cmap="gray", vmin=-0.2, vmax=1.2)
    shown = np.where(labels[centre] > 0, labels[centre] * 7 % 20 + 1, 0)
    axes[2].imshow(
        np.ma.masked_equal(shown, 0), cmap="tab20", vmin=1, vmax=20, interpolation="none"
    )
    axes[3].imshow(sample.targets["edm"][centre, ..., 0], cmap="magma")
    axes[4].imshow(sample.targets["gdcm"][centre, ..., 0], cmap="magma")
    _draw_arrows(axes[5], labels[centre], targets["displacement"])
    axes[6].imshow(
        _categories(labels[centre], targets["multiplicity"]),
        cmap=_MULTIPLICITY, vmin=0, vmax=3, interpolation="none",
    )  # fmt: skip
    for axis in axes[1:]:
        axis.imshow(
            np.ma.masked_where(known[centre], np.zeros(known[centre].shape)),
            cmap=_UNKNOWN, alpha=0.6, interpolation="none",
        )  # fmt: skip


def _draw_arrows(axis: Any, labels: NDArray[np.int32], displacement: NDArray[np.float32]) -> None:
    """Draw an arrow from the middle of each cell that is taught its backward displacement."""
    for label in np.unique(labels[displacement[..., 4] > 0]):
        y, x = np.argwhere(labels == label).mean(axis=0)
        step_y, step_x = displacement[labels == label][0, :2]
        axis.annotate(
            "",
            (x + step_x, y + step_y),
            (x, y),
            arrowprops={"arrowstyle": "->", "color": "#f0c000"},
        )


def _categories(
    labels: NDArray[np.int32], multiplicity: NDArray[np.float32]
) -> NDArray[np.integer]:
    """Return 1 none, 2 one, 3 many where backward multiplicity is taught, 0 elsewhere."""
    backward = multiplicity[..., :3]
    taught = (labels > 0) & (backward > 0).any(axis=-1)
    return np.where(taught, backward.argmax(axis=-1) + 1, 0)
