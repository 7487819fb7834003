"""`distnet-store segment`: labels from a prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import DiscardCurationOption, JsonOption, Output, OverwriteOption
from .run_output import show_run
from .worker_options import SchedulerOption, ThreadsOption, WorkersOption, chosen_workers

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew
    from distnet_store.spec.parameters import SegmentationParameters
    from distnet_store.store.movie import Movie


def segment(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    thickness: Annotated[
        float | None,
        typer.Option(
            min=0.1, help="Typical width of a cell in pixels; default: the prediction's, or 6."
        ),
    ] = None,
    edm_threshold: Annotated[
        float, typer.Option(help="Pixels of a cell have a larger EDM than this.")
    ] = 0.0,
    min_peak_edm: Annotated[
        float, typer.Option(help="A cell's largest EDM is at least this, in pixels.")
    ] = 1.0,
    min_area: Annotated[
        int, typer.Option(min=0, help="Smaller regions are merged or removed, in pixels.")
    ] = 10,
    merge_criterion: Annotated[
        float, typer.Option(min=0, max=1, help="Amplitude ratio under which regions merge.")
    ] = 1e-3,
    prediction: Annotated[str, typer.Option(help="Prediction to read.")] = "distnet",
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    overwrite: OverwriteOption = False,
    discard_curation: DiscardCurationOption = False,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Segment every frame from its EDM and GDCM."""
    from distnet_store.pipeline.segment import default_segmentation
    from distnet_store.pipeline.segment import segment as run_segmentation
    from distnet_store.spec.parameters import SegmentationParameters
    from distnet_store.store.movie import open_movie

    def parameters_for(movie: Movie) -> SegmentationParameters:
        wide = thickness or default_segmentation(movie, prediction).object_thickness
        return SegmentationParameters(
            object_thickness=wide,
            edm_threshold=edm_threshold,
            min_peak_edm=min_peak_edm,
            min_object_area=min_area,
            merge_criterion=merge_criterion,
        )

    def segment_one(path: str, output: Output, crew: Crew) -> dict[str, object]:
        movie = open_movie(path)
        with output.progress() as progress:
            done = run_segmentation(
                movie,
                parameters_for(movie),
                prediction=prediction,
                name=name,
                overwrite=overwrite,
                discard_curation=discard_curation,
                workers=crew,
                on_progress=progress,
            )
        return show_run(output, done)

    chosen = chosen_workers(workers, threads, scheduler)
    on_movies(dataset, Output(as_json=as_json), segment_one, chosen)
