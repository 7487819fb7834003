"""`distnet-store import`: a movie, its labels, or both, into a dataset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .each_movie import on_collection
from .output import JsonOption, Output, OverwriteOption
from .physical import parse_interval, parse_pixel_size

if TYPE_CHECKING:
    from distnet_store.store.movie import Movie
    from distnet_store.store.sources.several import NamedSource

Unknown = Literal["unknown"]


def import_(
    source: Annotated[
        str, typer.Argument(help="TIFF, folder or pattern of images, CTC folder, or OME-Zarr.")
    ],
    target: Annotated[
        str, typer.Argument(help="Dataset to make, NAME.ome.zarr; with --each, folder or prefix.")
    ],
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
        str | None,
        typer.Option(
            help="Label images to import as well: TIFF, CTC folder, NumPy; or a file with cells and links: "
            "TrackMate XML with outlines, GEFF that names its masks."
        ),
    ] = None,
    links: Annotated[
        str | None,
        typer.Option(help="Their links: man_track.txt, a CSV table, TrackMate XML, or a GEFF."),
    ] = None,
    labels_name: Annotated[str, typer.Option(help="Name of the imported labels.")] = "reference",
    each: Annotated[
        bool,
        typer.Option(
            "--each",
            help="SOURCE is a folder or pattern of movies: each becomes a dataset in the folder TARGET. "
            "--labels may be a folder of masks, which are matched by their names; "
            "in --labels and --links, {folder} and {name} stand for a movie's folder and name.",
        ),
    ] = False,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Copy a movie into a new dataset, in bounded memory, with pyramid and metadata; with --each, many."""
    output = Output(as_json=as_json)
    job = _Import(
        pixel_size_um=parse_pixel_size(pixel_size),
        frame_interval_s=parse_interval(frame_interval),
        axes=axes,
        channel_names=channel_names.split(",") if channel_names else None,
        labels=labels,
        links=links,
        labels_name=labels_name,
        overwrite=overwrite,
    )
    if each:
        _import_each(source, target, job, output)
    else:
        job.carry_out(source, target, output)


@dataclass(frozen=True)
class _Import:
    """What the command line says of a movie's import."""

    pixel_size_um: float | tuple[float, float] | Unknown | None
    frame_interval_s: float | Unknown | None
    axes: str | None
    channel_names: list[str] | None
    labels: str | None
    links: str | None
    labels_name: str
    overwrite: bool

    def carry_out(self, source: str | Path, target: str, output: Output) -> Movie:
        """Import a movie, and its labels where there are any, and say so."""
        from distnet_store.pipeline.import_labels import import_labels
        from distnet_store.pipeline.import_movie import import_movie
        from distnet_store.store.staged_target import staged_target

        labels, links = self._sources()
        notes: list[str] = []
        with (
            output.progress() as progress,
            staged_target(target, overwrite=self.overwrite) as place,
        ):
            movie = import_movie(
                source,
                place,
                pixel_size_um=self.pixel_size_um,
                frame_interval_s=self.frame_interval_s,
                axes=self.axes,
                channel_names=self.channel_names,
                on_progress=progress.of("import"),
            )
            if labels is not None:
                movie = import_labels(
                    movie,
                    labels,
                    self.labels_name,
                    links=links,
                    on_progress=progress.of("labels"),
                    on_note=notes.append,
                )
        output.event(
            "imported",
            {
                "target": target,
                "shape_tcyx": movie.shape,
                "labels": movie.label_names(),
                "notes": notes,
            },
        )
        frames, channels, height, width = movie.shape
        output.line(f"{target}: {frames} frames, {channels} channel(s), {height} × {width} pixels")
        for note in notes:
            output.line(f"note: {note}")
        return movie

    def _sources(self) -> tuple[str | None, str | None]:
        """Return labels and links; a file that has both may stand for either.

        Raises:
            WrongArgumentError: there are links, and no labels that they link.
        """
        from distnet_store.errors import WrongArgumentError
        from distnet_store.store.sources.cell_graph_labels import graph_format

        if self.labels is not None or self.links is None:
            return self.labels, self.links
        if graph_format(self.links) is not None:
            return self.links, None
        raise WrongArgumentError(
            "links were given without the labels that they link",
            expected="--labels beside --links",
            found=f"--links {self.links} alone",
            remedy="give the label images as well",
        )

    def of(self, source: NamedSource) -> _Import:
        """Return the import of one of several movies: its own labels and links."""
        return replace(
            self,
            labels=self.labels and source.beside(self.labels),
            links=self.links and source.beside(self.links),
        )

    def with_mask(self, source: NamedSource, mask: Path) -> _Import:
        """Return the import of one of several movies whose mask was found."""
        links = self.links and source.beside(self.links)
        return replace(self, labels=str(mask), links=links)


def _import_each(source: str, target: str, job: _Import, output: Output) -> None:
    """Import each movie of a folder or pattern; datasets that are there are left as they are."""
    from distnet_store.pipeline.workers import Crew, Workers
    from distnet_store.store.collection import Collection
    from distnet_store.store.location import locate
    from distnet_store.store.paths import ROOT_METADATA
    from distnet_store.store.sources.mask_pairs import paired_masks
    from distnet_store.store.sources.several import movies_in

    found = movies_in(source)
    if job.labels is not None and Path(job.labels).is_dir():
        pairs = paired_masks(found, job.labels)
        movies = {one.dataset: one for one, _ in pairs}
        jobs = {one.dataset: job.with_mask(one, mask) for one, mask in pairs}
    else:
        movies = {one.dataset: one for one in found}
        jobs = {name: job.of(movie) for name, movie in movies.items()}
    made = Collection(target, tuple(sorted(movies)))
    named = {made.url_of(name): name for name in movies}

    def work(dataset: str, output: Output, _crew: Crew) -> dict[str, object]:
        name = named[dataset]
        if not job.overwrite and locate(dataset).exists(ROOT_METADATA):
            output.line("there already: left as it is")
            return {"frames": 0}
        movie = jobs[name].carry_out(movies[name].path, dataset, output)
        return {"frames": movie.n_frames}

    on_collection(made, output, work, Crew(Workers()))
