"""`distnet-store simulate`: a movie of cells that never were, with exact labels and lineages."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, Output, OverwriteOption
from .simulation_job import SimulationJob


def simulate(
    target: Annotated[
        str, typer.Argument(help="Dataset to make, NAME.ome.zarr; with --movies, folder.")
    ],
    kind: Annotated[
        str, typer.Option(help="rods, as bacteria; or cells, that spread, crawl and round up.")
    ] = "rods",
    contrast: Annotated[
        str | None,
        typer.Option(
            help="phase or fluorescence; phase, or drawn by --movies, where it is not said."
        ),
    ] = None,
    movies: Annotated[
        int | None,
        typer.Option(
            help="Make so many movies in the folder TARGET, each with parameters of its own, drawn at random "
            "from wide ranges; --set NAME=NUMBER fixes one for all."
        ),
    ] = None,
    frames: Annotated[
        int | None,
        typer.Option(help="Number of frames; 50 unless said otherwise, with --movies 12."),
    ] = None,
    size_px: Annotated[
        str | None,
        typer.Option(
            "--size",
            help="Height and width in pixels, HEIGHTxWIDTH; 256x256 unless said otherwise.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another movie.")] = 0,
    bright: Annotated[
        bool | None,
        typer.Option(
            "--bright/--dark",
            help="Phase contrast: cells are bright, or dark; dark, or drawn by --movies, where it is not said.",
        ),
    ] = None,
    drift: Annotated[
        str | None, typer.Option(help="Drift of the picture in pixels per frame, DY,DX.")
    ] = None,
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
            "generation_frames, speed_px, irregular, arms, granules, filled, ball, pixel_size_um, frame_interval_s. "
            "Imaging: strength, blur_px, halo, uneven_light, noise, debris, bleaching, flicker.",
        ),
    ] = None,
    shapes: Annotated[
        str | None,
        typer.Option(
            help="Draw these cells: a dataset with labels, or label images (TIFF, folder). "
            "Size, number of frames and motion are theirs."
        ),
    ] = None,
    links: Annotated[
        str | None,
        typer.Option(help="With --shapes: their links, man_track.txt or a CSV table."),
    ] = None,
    shapes_labels: Annotated[
        str, typer.Option(help="With --shapes: name of the labels in a dataset.")
    ] = "reference",
    magnification: Annotated[
        float | None,
        typer.Option(
            help="With --shapes: by how much the cells are magnified; with --movies drawn from 0.5 to 2."
        ),
    ] = None,
    pixel_size: Annotated[
        float | None,
        typer.Option(
            help="With --shapes: micrometer per pixel of the given labels, before magnification."
        ),
    ] = None,
    frame_interval: Annotated[
        float | None, typer.Option(help="With --shapes: seconds between the given frames.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the labels.")] = "reference",
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a simulated movie, or many: pixels, exact labels, links and lineages. The same options make the same."""
    job = SimulationJob(
        kind=kind,
        contrast=contrast,
        frames=frames,
        size_px=size_px,
        seed=seed,
        bright=bright,
        drift=drift,
        jumps=tuple(jumps or ()),
        settings=tuple(settings or ()),
        shapes=shapes,
        links=links,
        shapes_labels=shapes_labels,
        magnification=magnification,
        pixel_size=pixel_size,
        frame_interval=frame_interval,
        name=name,
        overwrite=overwrite,
    )
    output = Output(as_json=as_json)
    job.check_options()
    if movies is None:
        job.carry_out(job.parameters(), target, output)
    else:
        job.carry_out_many(movies, target, output)
