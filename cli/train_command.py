"""`distnet-store train`: a model file from labelled datasets."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, Output, OverwriteOption


def train(
    datasets: Annotated[list[str], typer.Argument(help="Datasets with labels to learn from.")],
    out: Annotated[str | None, typer.Option(help="Model file to write, *.safetensors.")] = None,
    preview: Annotated[
        str | None,
        typer.Option(
            help="Picture to write, *.png, of samples and what they teach; trains nothing."
        ),
    ] = None,
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
    learn: Annotated[
        str, typer.Option(help="all, or segmentation: only EDM and GDCM, from single frames.")
    ] = "all",
    dropout: Annotated[
        float | None,
        typer.Option(
            help="Part of the features left out while learning, instead of the network's."
        ),
    ] = None,
    channel: Annotated[int | None, typer.Option(help="Image channel to read.")] = None,
    labels: Annotated[str, typer.Option(help="Name of the labels to learn from.")] = "reference",
    weight: Annotated[
        list[float] | None,
        typer.Option(help="How often a dataset is drawn; once for each, in their order."),
    ] = None,
    ignore: Annotated[
        str | None, typer.Option(help="Label image of regions that teach nothing.")
    ] = None,
    divisions: Annotated[
        str,
        typer.Option(help="auto: movies without divisions teach no missing links; known: they do."),
    ] = "auto",
    augment: Annotated[
        list[str] | None,
        typer.Option(help="Limit of a random change, as shift_px=20; may be repeated."),
    ] = None,
    object_thickness: Annotated[
        float | None,
        typer.Option(
            help="Magnify each dataset so that its cells are this wide, in pixels, and predict so, too."
        ),
    ] = None,
    cache_mib: Annotated[
        int, typer.Option(min=0, help="Memory for decoded frames of all datasets, in MiB.")
    ] = 1024,
    choose: Annotated[
        str, typer.Option(help="Epoch to keep: least errors or least loss on held-back datasets.")
    ] = "errors",
    score_every: Annotated[
        int, typer.Option(min=1, help="Epochs between two counts of the held-back errors.")
    ] = 1,
    patience: Annotated[
        int | None, typer.Option(min=1, help="End when so many epochs were no better.")
    ] = None,
    checkpoint_every: Annotated[
        int, typer.Option(min=1, help="Epochs between two checkpoints.")
    ] = 1,
    accumulate: Annotated[
        int, typer.Option(min=1, help="Steps whose gradients are averaged before weights change.")
    ] = 1,
    precision: Annotated[
        str, typer.Option(help="In which the network computes: float32, bfloat16 or float16.")
    ] = "float32",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint of a stopped run.")
    ] = False,
    devices: Annotated[
        int, typer.Option(min=1, help="GPUs that share each batch; needs the backend JAX.")
    ] = 1,
    seed: Annotated[int, typer.Option(help="Seed of weights and samples.")] = 0,
    tensorboard: Annotated[
        str | None, typer.Option(help="Folder for TensorBoard's event files, with all curves.")
    ] = None,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Train a network on one or several datasets and write a model file."""
    from distnet_store.errors import WrongArgumentError
    from distnet_store.model.presets import preset as find_preset
    from distnet_store.pipeline.train import train as run_training
    from distnet_store.pipeline.training_options import TrainingOptions
    from distnet_store.pipeline.training_preview import preview_training
    from distnet_store.store.movie import open_movie

    from .augmentation_option import chosen_augmentation
    from .choices import integers, one_of, pair
    from .epoch_table import EpochTable
    from .stop_signals import stop_signals

    if (out is None) == (preview is None):
        raise WrongArgumentError(
            "say what to write", expected="--out MODEL.safetensors or --preview SHEET.png"
        )

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
        learn=one_of(learn, ("all", "segmentation"), "--learn"),
        dropout=dropout,
        channel=channel,
        labels=labels,
        weights=tuple(weight) if weight else None,
        ignore=ignore,
        divisions=one_of(divisions, ("auto", "known"), "--divisions"),
        augmentation=chosen_augmentation(augment or []),
        cache_mib=cache_mib,
        choose=one_of(choose, ("errors", "loss"), "--choose"),
        score_every=score_every,
        patience=patience,
        checkpoint_every=checkpoint_every,
        accumulate=accumulate,
        compute_precision=one_of(precision, ("float32", "bfloat16", "float16"), "--precision"),
        object_thickness=object_thickness,
        devices=devices,
    )
    output = Output(as_json=as_json)
    movies = [open_movie(path) for path in datasets]
    if preview is not None:
        sheet = preview_training(movies, preview, options, initial=initial, overwrite=overwrite)
        output.event("previewed", {"picture": str(sheet)})
        output.line(f"{sheet}: what samples look like, and what they teach")
        return
    table = EpochTable(output.line)
    with output.progress() as progress, stop_signals() as is_stopped:

        def after_step(done: int, total: int) -> None:
            if done * 100 // total > (done - 1) * 100 // total:  # each hundredth
                progress("train", done, total)

        def after_epoch(epoch: int, _total: int, values: dict[str, float]) -> None:
            output.event("epoch", {"epoch": epoch, **values})
            table.add(epoch, values)

        card = run_training(
            movies,
            str(out),
            options,
            validation=[open_movie(path) for path in validation or []],
            initial=initial,
            overwrite=overwrite,
            resume=resume,
            on_epoch=after_epoch,
            on_step=after_step,
            is_stopped=is_stopped,
            tensorboard=tensorboard,
        )
    output.event("trained", {"model": out, **card.model_dump(mode="json")})
    output.line(f"{out}: best epoch {card.training['best_epoch']}")
