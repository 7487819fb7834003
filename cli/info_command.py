"""`distnet-store info`: what a dataset holds, or which models there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from distnet_store.errors import WrongArgumentError

from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew

_COMPARED = ("frames", "height × width, pixels", "pixel size, µm", "frame interval, s", "labels")
"""What the closing table of a collection shows of each dataset."""


def info(
    dataset: Annotated[
        str | None, typer.Argument(help=f"{DATASET_HELP} Any OME-Zarr image will do.")
    ] = None,
    models: Annotated[
        bool, typer.Option("--models", help="List the bundled models instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what is in a dataset: image, predictions, labels, tables, runs. With --models, the bundled models."""
    output = Output(as_json=as_json)
    if models:
        _show_models(output)
    elif dataset is not None:
        on_movies(dataset, output, _show_dataset)
    else:
        raise WrongArgumentError(
            "there is nothing to show", remedy="name a dataset, or give --models"
        )


def _show_dataset(dataset: str, output: Output, _crew: Crew) -> dict[str, object]:
    from distnet_store.pipeline.describe import describe_movie
    from distnet_store.store.movie import open_movie

    found = describe_movie(open_movie(dataset))
    output.event("info", found)
    output.table(dataset, ("", ""), [(key, _text(value)) for key, value in found.items()])
    return {key: _text(found[key]) for key in _COMPARED}


def _show_models(output: Output) -> None:
    from distnet_store.model.file import read_card
    from distnet_store.pipeline.models import bundled_models

    cards = {name: read_card(path) for name, path in bundled_models().items()}
    output.event("models", {name: card.model_dump(mode="json") for name, card in cards.items()})
    rows = [
        (
            name,
            f"D{c.network.levels}",
            c.network.frames,
            c.network.filters,
            c.gap,
            c.object_thickness,
        )
        for name, c in cards.items()
    ]
    output.table(
        "", ("model", "encoder", "frames N", "filters F", "gap δ", "cell thickness, px"), rows
    )


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    return "unknown" if value is None else str(value)
