"""`distnet-store import`: a movie, its labels, or both, into a dataset."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, Output, OverwriteOption
from .physical import parse_interval, parse_pixel_size


def import_(
    source: Annotated[
        str, typer.Argument(help="TIFF, folder or pattern of images, CTC folder, or OME-Zarr.")
    ],
    target: Annotated[str, typer.Argument(help="Dataset to make, NAME.ome.zarr.")],
    pixel_size: Annotated[
        str | None,
        typer.Option(
            help="Micrometer, one side or HEIGHT,WIDTH; or 'unknown'. Default: the source's metadata."
        ),
    ] = None,
    frame_interval: Annotated[
        str | None,
        typer.Option(help="Seconds between frames, or 'unknown'. Default: the source's metadata."),
    ] = None,
    axes: Annotated[
        str | None, typer.Option(help="Order of the source's axes, for example tyx or tcyx.")
    ] = None,
    channel_names: Annotated[
        str | None, typer.Option(help="Names of the channels, separated by commas.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="Label images to import as well: TIFF, CTC folder.")
    ] = None,
    links: Annotated[
        str | None, typer.Option(help="Their links: man_track.txt or a CSV table.")
    ] = None,
    labels_name: Annotated[str, typer.Option(help="Name of the imported labels.")] = "reference",
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Copy a movie into a new dataset, in bounded memory, with pyramid and metadata."""
    from distnet_store.pipeline.import_labels import import_labels
    from distnet_store.pipeline.import_movie import import_movie
    from distnet_store.store.staged_target import staged_target

    output = Output(as_json=as_json)
    with output.progress() as progress, staged_target(target, overwrite=overwrite) as place:
        movie = import_movie(
            source,
            place,
            pixel_size_um=parse_pixel_size(pixel_size),
            frame_interval_s=parse_interval(frame_interval),
            axes=axes,
            channel_names=channel_names.split(",") if channel_names else None,
            on_progress=progress.of("import"),
        )
        if labels is not None:
            movie = import_labels(
                movie,
                labels,
                labels_name,
                links=links,
                on_progress=progress.of("labels"),
            )
    output.event(
        "imported", {"target": target, "shape_tcyx": movie.shape, "labels": movie.label_names()}
    )
    frames, channels, height, width = movie.shape
    output.line(f"{target}: {frames} frames, {channels} channel(s), {height} × {width} pixels")
