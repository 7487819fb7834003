"""What should a person know of a model before using it? The card as a page."""

from __future__ import annotations

from typing import Any

from distnet_store.spec.model_card import ModelCard


def model_page(card: ModelCard, *, file_bytes: int, scores: str = "") -> str:
    """Return a model's card as Markdown: shape, data, training, losses, and scores where given."""
    network, training = card.network, card.training
    shape = f"D{network.levels}, N = {network.frames}, F = {network.filters}, δ = {card.gap}"
    lines = [
        f"# Model `{card.name}`",
        "",
        f"- Network: {shape}; file of {file_bytes / 1e6:.1f} MB",
        f"- Cells: typically {card.object_thickness} px wide; pixel size {card.pixel_size_um or 'unknown'} µm",
        f"- Normalisation: percentiles {card.normalisation.low} to {card.normalisation.high} of each frame",
        *_training_lines(training),
    ]
    if scores:
        lines += ["", "## Scores", "", "```", scores.strip(), "```"]
    return "\n".join(lines) + "\n"


def _training_lines(training: dict[str, Any]) -> list[str]:
    options = ", ".join(f"{name} {value}" for name, value in training.get("options", {}).items())
    losses = ", ".join(f"{name} {value:.3f}" for name, value in training.get("losses", {}).items())
    return [
        f"- Trained on: {_movies(training.get('movies', []))}",
        f"- Held back to choose the epoch: {_movies(training.get('validation', []))}",
        f"- Options: {options}",
        f"- Backend: {training.get('backend', 'unknown')}; {training.get('seconds', 0)} s; "
        f"finished {training.get('finished', '')}",
        f"- Best epoch: {training.get('best_epoch', '')}; its losses: {losses}",
    ]


def _movies(movies: list[dict[str, Any]]) -> str:
    listed = [f"{movie['name']} {tuple(movie['shape_tcyx'])}" for movie in movies]
    return ", ".join(listed) or "none"
