"""`distnet-store curate export`, `import`, `publish`: labels to another program and back, and to training."""

from __future__ import annotations

from typing import Annotated

import typer

from .curate_options import (
    AuthorOption,
    DatasetArgument,
    DryRunOption,
    NameOption,
    NoteOption,
    opened,
)
from .output import DiscardCurationOption, JsonOption, Output, OverwriteOption
from .selection_notes import SelectionOption, selected_cells


def export(
    dataset: DatasetArgument,
    target: Annotated[
        str, typer.Argument(help="Labels over t, y, x to write: a .tif, .npy or .zarr.")
    ],
    name: NameOption = "corrected",
    selection: SelectionOption = None,
    by_track: Annotated[
        bool, typer.Option("--by-track", help="Write track ids, so that a cell keeps its colour.")
    ] = False,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the labels as a TIFF, NumPy file or OME-Zarr, to edit them in napari or another program."""
    from distnet_store.pipeline.curation.export_labels import export_labels
    from distnet_store.store.movie import open_movie

    output, movie = Output(as_json=as_json), open_movie(dataset)
    cells = selected_cells(movie, name, selection)
    with output.progress() as progress:
        path = export_labels(
            movie,
            name,
            target,
            by_track=by_track,
            cells=cells,
            overwrite=overwrite,
            on_progress=progress.of("export"),
        )
    output.event("export", {"name": name, "target": path})
    output.line(f"{name} → {path}")


def import_(
    dataset: DatasetArgument,
    source: Annotated[
        str, typer.Argument(help="Edited labels: .tif, .npy or .zarr over t, y, x, a folder …")
    ],
    name: NameOption = "corrected",
    selection: SelectionOption = None,
    axes: Annotated[
        str | None, typer.Option(help="Axes of the file, for example tyx, if it names none.")
    ] = None,
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    delete_missing: Annotated[
        bool,
        typer.Option("--delete-missing", help="Delete missing cells, even more than a third."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find what another program changed of the labels, cell by cell, and apply it as one edit."""
    from distnet_store.pipeline.curation.import_edited import import_edited, summary_lines

    output, curation = Output(as_json=as_json), opened(dataset, name, author)
    cells = selected_cells(curation.movie, name, selection)
    with output.progress() as progress:
        found = import_edited(
            curation,
            source,
            axes=axes,
            cells=cells,
            note=note,
            dry_run=dry_run,
            delete_missing=delete_missing,
            on_progress=progress.of("compare"),
        )
    values = {"same": found.same, "renumbered": found.renumbered, "frames": found.frames}
    more = {"limited_to": found.limited_to, "dry_run": dry_run}
    edits = [record.model_dump(mode="json") for record in found.edits]
    output.event("import", {**values, **found.counts, **more, "edits": edits})
    output.line("; ".join(summary_lines(found)) + (" (nothing written)" if dry_run else ""))


def publish(
    dataset: DatasetArgument,
    name: NameOption = "corrected",
    target: Annotated[
        str, typer.Option("--to", help="Name of the labels that `train` reads.")
    ] = "reference",
    overwrite: OverwriteOption = False,
    discard_curation: DiscardCurationOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a reference for training of the frames in which every cell is confirmed."""
    from distnet_store.pipeline.curation.publish_reference import publish_reference
    from distnet_store.store.movie import open_movie

    output = Output(as_json=as_json)
    with output.progress() as progress:
        done = publish_reference(
            open_movie(dataset),
            name,
            target=target,
            overwrite=overwrite,
            discard_curation=discard_curation,
            on_progress=progress.of("publish"),
        )
    runs = [[run.start, run.stop] for run in done.runs]
    output.event("publish", {"target": target, "frames": runs, **done.counts})
    text = ", ".join(f"{start}:{stop}" for start, stop in runs)
    output.line(
        f"{name} → {target}: frames {text}; {done.counts['objects']} cells, "
        f"{done.counts['links']} links"
    )
