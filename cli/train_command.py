"""`distnet-store train`: a model file from labelled datasets."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, Output, OverwriteOption


def train(
    datasets: Annotated[list[str], typer.Argument(help="Datasets with labels to learn from.")],
    out: Annotated[str, typer.Option(help="Model file to write, *.safetensors.")],
    validation: Annotated[
        list[str] | None, typer.Option(help="Dataset held back to choose the best epoch by.")
    ] = None,
    initial: Annotated[
        str | None,
        typer.Option(
            "--from", help="Model to start from, by name or file, instead of random weights."
        ),
    ] = None,
    preset: Annotated[
        str, typer.Option(help="Shape of the network: small, d2, d3 or d4.")
    ] = "small",
    filters: Annotated[
        int | None, typer.Option(help="Feature filters F, instead of the preset's.")
    ] = None,
    frames: Annotated[
        int | None, typer.Option(help="Considered frames N, odd, instead of the preset's.")
    ] = None,
    gaps: Annotated[str, typer.Option(help="Gaps δ to draw from, for example 1 or 1,2,3.")] = "1",
    tile: Annotated[str, typer.Option(help="Tile height,width in pixels.")] = "256,256",
    batch: Annotated[int, typer.Option(min=1, help="Windows in a step.")] = 4,
    steps: Annotated[int, typer.Option(min=1, help="Steps in an epoch.")] = 200,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs.")] = 1000,
    learning_rate: Annotated[float, typer.Option(min=0, help="Adam's learning rate.")] = 2e-4,
    schedule: Annotated[str, typer.Option(help="plateau or cosine.")] = "plateau",
    loss_reduction: Annotated[
        str, typer.Option(help="mean-over-cells or sum-over-all.")
    ] = "mean-over-cells",
    channel: Annotated[int | None, typer.Option(help="Image channel to read.")] = None,
    labels: Annotated[str, typer.Option(help="Name of the labels to learn from.")] = "reference",
    seed: Annotated[int, typer.Option(help="Seed of weights and samples.")] = 0,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Train a network on one or several datasets and write a model file."""
    from distnet_store.model.presets import preset as find_preset
    from distnet_store.pipeline.train import TrainingOptions
    from distnet_store.pipeline.train import train as run_training
    from distnet_store.store.movie import open_movie

    from .choices import integers, one_of, pair

    shape = find_preset(preset)
    changed = {k: v for k, v in {"filters": filters, "frames": frames}.items() if v is not None}
    options = TrainingOptions(
        network=type(shape).model_validate({**shape.model_dump(), **changed}),
        tile=pair(tile, "--tile"),
        batch=batch,
        gaps=integers(gaps, "--gaps"),
        steps=steps,
        epochs=epochs,
        learning_rate=learning_rate,
        schedule=one_of(schedule, ("plateau", "cosine"), "--schedule"),
        loss_reduction=one_of(
            loss_reduction, ("mean-over-cells", "sum-over-all"), "--loss-reduction"
        ),
        seed=seed,
        channel=channel,
        labels=labels,
    )
    output = Output(as_json=as_json)
    with output.progress() as progress:

        def after_epoch(epoch: int, total: int, losses: dict[str, float]) -> None:
            progress("train", epoch, total)
            output.event("epoch", {"epoch": epoch, **losses})
            output.line(f"epoch {epoch}: " + ", ".join(f"{k} {v:.3f}" for k, v in losses.items()))

        card = run_training(
            [open_movie(path) for path in datasets],
            out,
            options,
            validation=[open_movie(path) for path in validation or []],
            initial=initial,
            overwrite=overwrite,
            on_epoch=after_epoch,
        )
    output.event("trained", {"model": out, **card.model_dump(mode="json")})
    output.line(f"{out}: best epoch {card.training['best_epoch']}")
