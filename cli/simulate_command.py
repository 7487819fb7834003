"""`distnet-store simulate`: a movie of cells that never were, with exact labels and lineages."""

from __future__ import annotations

from typing import Annotated

import typer

from .choices import decimals, one_of, size
from .output import JsonOption, Output, OverwriteOption


def simulate(
    target: Annotated[str, typer.Argument(help="Dataset to make, NAME.ome.zarr.")],
    kind: Annotated[
        str, typer.Option(help="rods, as bacteria; or cells, that spread, crawl and round up.")
    ] = "rods",
    contrast: Annotated[str, typer.Option(help="phase or fluorescence.")] = "phase",
    frames: Annotated[int, typer.Option(help="Number of frames.")] = 50,
    size_px: Annotated[
        str, typer.Option("--size", help="Height and width in pixels, HEIGHTxWIDTH.")
    ] = "256x256",
    seed: Annotated[int, typer.Option(help="Another seed makes another movie.")] = 0,
    bright: Annotated[
        bool, typer.Option("--bright", help="Phase contrast: cells are bright, not dark.")
    ] = False,
    drift: Annotated[
        str, typer.Option(help="Drift of the picture in pixels per frame, DY,DX.")
    ] = "0,0",
    jumps: Annotated[
        list[str] | None,
        typer.Option(
            "--jump",
            help="Jump of the stage in pixels, T,DY,DX: from frame T - 1 to T. May repeat.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="NAME=NUMBER, may repeat. Cells: coverage (0.1 sparse, 0.7 dense), width_px, "
            "generation_frames, speed_px, pixel_size_um, frame_interval_s. "
            "Imaging: strength, blur_px, halo, uneven_light, noise, debris, bleaching.",
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the labels.")] = "reference",
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a simulated movie: pixels, exact labels, links and lineages. The same options make the same movie."""
    from distnet_store.ops.simulation.movie_parameters import (
        CONTRASTS,
        KINDS,
        simulation_parameters,
    )
    from distnet_store.pipeline.simulate import simulate as write_movie

    parameters = simulation_parameters(
        kind=one_of(kind, KINDS, "--kind"),
        contrast=one_of(contrast, CONTRASTS, "--contrast"),
        n_frames=frames,
        shape_px=size(size_px, "--size"),
        seed=seed,
        bright=bright,
        drift_px=decimals(drift, 2, "--drift"),
        jumps=[decimals(text, 3, "--jump") for text in jumps or ()],
        settings=settings or (),
    )
    output = Output(as_json=as_json)
    with output.progress() as progress:
        movie = write_movie(
            target, parameters, name=name, overwrite=overwrite, on_progress=progress
        )
    height, width = movie.shape[2:]
    output.event(
        "simulated", {"target": target, "shape_tcyx": movie.shape, "labels": movie.label_names()}
    )
    output.line(
        f"{target}: simulated {kind}, {contrast}, {movie.n_frames} frames, {height} × {width} pixels, "
        f"labels {name!r}"
    )
