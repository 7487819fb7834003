"""What do an experiment's scores look like? Three panels, as in the paper's figure 4."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from distnet_store.pipeline.experiments.conditions import ExperimentKind, Setting
from distnet_store.pipeline.experiments.result_table import ScoredCondition
from distnet_store.pipeline.experiments.wide_table import HEADLINES, Headline, percent_text

_COLORS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
"""Okabe and Ito's colours, which the colour-blind tell apart."""
_MARKERS: Final = ("o", "s", "^", "D", "v", "P")
_OFF_COLOR, _ON_COLOR = "#E69F00", "#0072B2"
_AXIS: Final[dict[ExperimentKind, str]] = {
    "window": "gap δ between considered frames (frames)",
    "sampling": "k, every k-th frame kept",
}
_INCHES: Final = (12.0, 4.6)

PictureFormat = Literal["png", "svg"]
PICTURE_FORMATS: Final[tuple[PictureFormat, ...]] = ("png", "svg")


def draw_experiment(
    kind: ExperimentKind, scored: Sequence[ScoredCondition], title: str
) -> dict[str, bytes]:
    """Return the picture of `experiment_figure` as files. The same scores give the same bytes."""
    figure = experiment_figure(kind, scored, title)
    return {form: _saved(figure, form) for form in PICTURE_FORMATS}


def experiment_figure(
    kind: ExperimentKind, scored: Sequence[ScoredCondition], title: str
) -> Figure:
    """Draw segmentation errors, tracking errors and incomplete lineages in per cent.

    Bars for the ablation, lines over δ or over the sub-sampling for the others. The counts that the
    percentages are of stand under the panels.
    """
    figure = Figure(figsize=_INCHES, dpi=130)
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(HEADLINES))
    for axes, headline in zip(panels, HEADLINES, strict=True):
        if kind == "ablation":
            _draw_bars(axes, scored, headline)
        else:
            _draw_lines(axes, kind, scored, headline)
        _finish_panel(axes, headline, scored)
    figure.suptitle(title, fontsize=12, parse_math=False)  # a $ in a name is no formula
    caption: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 7.5, "wrap": True}
    figure.text(0.5, 0.01, reference_caption(scored), **caption)
    place: dict[str, Any] = {"bbox_to_anchor": (0.5, 0.93), "ncols": 4}
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="upper center", frameon=False, fontsize=8, **place)
    figure.subplots_adjust(left=0.06, right=0.985, top=0.78, bottom=0.24, wspace=0.22)
    return figure


def reference_caption(scored: Sequence[ScoredCondition]) -> str:
    """Return the counts that the percentages are of, by sub-sampling where there are several."""
    by_every = {one.condition.setting.every: one.scores.measures for one in scored}
    texts = []
    for headline in HEADLINES:
        counts = [measures.get(headline.total) for measures in by_every.values()]
        texts.append(
            ", ".join("–" if n is None else f"{n:.0f}" for n in counts) + f" {headline.of}"
        )
    if len(by_every) == 1:
        return f"Reference: {', '.join(texts)}"
    every = ", ".join(map(str, by_every))
    return f"Reference at k = {every}: {'; '.join(texts)}"


def _draw_bars(axes: Any, scored: Sequence[ScoredCondition], headline: Headline) -> None:
    """Draw two bars, without and with correction, for each setting, with percentage and counts."""
    settings = {one.condition.setting.name: one.condition.setting for one in scored}
    place_of = {name: place for place, name in enumerate(settings)}
    for corrected, color, name in (
        (False, _OFF_COLOR, "correction off"),
        (True, _ON_COLOR, "correction on"),
    ):
        rows = [one for one in scored if one.condition.corrected == corrected]
        places = np.array([place_of[one.condition.setting.name] for one in rows])
        shift = 0.2 if corrected else -0.2
        heights = [one.scores.measures.get(headline.percent) or 0.0 for one in rows]
        bars = axes.bar(places + shift, heights, 0.38, color=color, label=name)
        texts = [percent_text(one.scores.measures, headline, "\n") for one in rows]
        axes.bar_label(bars, texts, fontsize=7, padding=2)
    axes.set_xticks(range(len(settings)), [_bar_name(s) for s in settings.values()], fontsize=7.5)
    axes.set_xlim(-0.8, len(settings) - 0.2)


def _bar_name(setting: Setting) -> str:
    shape = f"N = {setting.model.frames}, δ = {setting.gap}"
    return f"{setting.model.name}\n{shape}\nwindow {setting.window_frames} frames"


def _draw_lines(
    axes: Any, kind: ExperimentKind, scored: Sequence[ScoredCondition], headline: Headline
) -> None:
    """Draw a line for each model, dashed without correction and full with it."""
    series = _series(kind, scored)
    looks = list(dict.fromkeys(name for name, _ in series))
    for (name, corrected), rows in series.items():
        look = looks.index(name)
        color, marker = _COLORS[look % len(_COLORS)], _MARKERS[look % len(_MARKERS)]
        x = [_place(kind, one) for one in rows]
        percents = (one.scores.measures.get(headline.percent) for one in rows)
        y = [np.nan if percent is None else percent for percent in percents]
        axes.plot(
            x,
            y,
            color=color,
            marker=marker,
            linestyle="-" if corrected else "--",
            markersize=5 if corrected else 8,
            markerfacecolor=color if corrected else "white",
            zorder=3 if corrected else 2,
            label=f"{name}, correction {'on' if corrected else 'off'}",
            clip_on=False,
        )
    axes.set_xlabel(_AXIS[kind], fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.tick_params(axis="x", labelsize=8)


def _series(
    kind: ExperimentKind, scored: Sequence[ScoredCondition]
) -> dict[tuple[str, bool], list[ScoredCondition]]:
    """Return the conditions that one line joins, by the name of their line and whether corrected."""
    found: defaultdict[tuple[str, bool], list[ScoredCondition]] = defaultdict(list)
    for one in scored:
        setting = one.condition.setting
        name = f"{setting.model.name} (N = {setting.model.frames})"
        if kind == "sampling":
            name = f"{setting.model.name} (N = {setting.model.frames}, δ = {setting.gap})"
        found[name, one.condition.corrected].append(one)
    return dict(found)


def _place(kind: ExperimentKind, one: ScoredCondition) -> int:
    setting = one.condition.setting
    return setting.gap if kind == "window" else setting.every


def _finish_panel(axes: Any, headline: Headline, scored: Sequence[ScoredCondition]) -> None:
    known = (one.scores.measures.get(headline.percent) for one in scored)
    highest = max((percent for percent in known if percent is not None), default=0.0)
    axes.set_ylim(0, 1.25 * highest or 1)
    axes.set_title(f"{headline.title} (%)", fontsize=10)
    axes.tick_params(axis="y", labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _saved(figure: Figure, form: PictureFormat) -> bytes:
    """Return the picture without a date or random ids in it."""
    sink = io.BytesIO()
    metadata: dict[str, str | None] = {"Date": None} if form == "svg" else {}
    with mpl.rc_context({"svg.hashsalt": "distnet-store"}):
        figure.savefig(sink, format=form, metadata=metadata)
    return sink.getvalue()
