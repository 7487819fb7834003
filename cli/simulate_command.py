"""`distnet-store simulate`: a movie of cells that never were, with exact labels and lineages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .choices import decimals, one_of, size
from .output import JsonOption, Output, OverwriteOption

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from distnet_store.store.movie import Movie


def simulate(
    target: Annotated[str, typer.Argument(help="Dataset to make, NAME.ome.zarr.")],
    kind: Annotated[
        str, typer.Option(help="rods, as bacteria; or cells, that spread, crawl and round up.")
    ] = "rods",
    contrast: Annotated[str, typer.Option(help="phase or fluorescence.")] = "phase",
    frames: Annotated[
        int | None, typer.Option(help="Number of frames; 50 unless said otherwise.")
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
        bool, typer.Option("--bright", help="Phase contrast: cells are bright, not dark.")
    ] = False,
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
            "generation_frames, speed_px, pixel_size_um, frame_interval_s. "
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
        float | None, typer.Option(help="With --shapes: by how much the cells are magnified.")
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
    """Write a simulated movie: pixels, exact labels, links and lineages. The same options make the same movie."""
    from distnet_store.ops.simulation.movie_parameters import (
        CONTRASTS,
        KINDS,
        simulation_parameters,
    )
    from distnet_store.ops.simulation.shape_parameters import shape_parameters
    from distnet_store.pipeline.simulate import simulate as simulate_lives
    from distnet_store.pipeline.simulate_shapes import simulate_shapes

    output = Output(as_json=as_json)
    look: dict[str, Any] = {"kind": one_of(kind, KINDS, "--kind"), "seed": seed, "bright": bright}
    look |= {"contrast": one_of(contrast, CONTRASTS, "--contrast"), "settings": settings or ()}
    of_shapes = {"--links": links, "--pixel-size": pixel_size, "--frame-interval": frame_interval}
    of_shapes["--magnification"] = magnification
    of_life = {"--frames": frames, "--size": size_px, "--drift": drift, "--jump": jumps}
    write: Callable[..., Movie]
    if shapes is None:
        _refuse(of_shapes, "is for given shapes only", "give --shapes LABELS, or leave it out")
        parameters = simulation_parameters(
            **look,
            n_frames=50 if frames is None else frames,
            shape_px=size(size_px or "256x256", "--size"),
            drift_px=decimals(drift or "0,0", 2, "--drift"),
            jumps=[decimals(text, 3, "--jump") for text in jumps or ()],
        )
        write = partial(simulate_lives, target, parameters)
    else:
        _refuse(of_life, "follows from the given shapes", "leave it out, or leave --shapes out")
        write = partial(
            simulate_shapes,
            shapes,
            target,
            shape_parameters(**look, magnification=magnification or 1.0),
            links=links,
            labels=shapes_labels,
            pixel_size_um=pixel_size,
            frame_interval_s=frame_interval,
        )
    with output.progress() as progress:
        movie = write(name=name, overwrite=overwrite, on_progress=progress)
    height, width = movie.shape[2:]
    output.event(
        "simulated", {"target": target, "shape_tcyx": movie.shape, "labels": movie.label_names()}
    )
    output.line(
        f"{target}: simulated {kind}, {contrast}, {movie.n_frames} frames, {height} × {width} pixels, "
        f"labels {name!r}"
    )


def _refuse(options: Mapping[str, object], why: str, remedy: str) -> None:
    """Raise for the first option that was given."""
    from distnet_store.errors import WrongArgumentError

    for option, value in options.items():
        if value is not None:
            raise WrongArgumentError(f"{option} {why}", found=f"{option} {value}", remedy=remedy)
