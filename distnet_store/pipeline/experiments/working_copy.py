"""How does an experiment get datasets of its own, with every k-th frame, from one that it never alters?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError, TargetExistsError, WrongArgumentError
from distnet_store.ops.sampled_links import sample_links
from distnet_store.pipeline.evaluation.sides import Side, dataset_side
from distnet_store.pipeline.experiments.conditions import sampled_name
from distnet_store.pipeline.experiments.read_record import read_record
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.spec.dataset import SpecModel
from distnet_store.store.location import is_remote
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.sources.source import LabelSource, MovieSource
from distnet_store.store.staged_target import staged_target

SOURCE_FILE = "source.json"
"""Says of which movie and reference a folder's experiments are."""


class SourceRecord(SpecModel):
    """What the working datasets of a folder were made from."""

    dataset: str
    image_digest: str
    reference: str
    reference_digest: str


@dataclass(frozen=True)
class ExperimentSource:
    """The movie and the reference of an experiment; only read."""

    movie: Movie
    reference: Side

    @property
    def name(self) -> str:
        """Name of the dataset without folders and endings."""
        last = self.movie.url.rstrip("/").rsplit("/", 1)[-1]
        return last.removesuffix(".zarr").removesuffix(".ome")

    @property
    def record(self) -> SourceRecord:
        """What the working datasets depend on."""
        return SourceRecord(
            dataset=self.name,
            image_digest=self.movie.require_writable().image_digest,
            reference=self.reference.name,
            reference_digest=self.reference.digest,
        )

    def n_frames(self, every: int) -> int:
        """Return how many frames are left of the movie."""
        return -(-self.movie.n_frames // every)


def open_experiment_source(movie: Movie, reference: str) -> ExperimentSource:
    """Return the movie with its reference.

    Raises:
        NotFoundError: it has no such labels.
        WrongArgumentError: the dataset is another program's.
    """
    movie.require_writable()  # for the digest of its pixels; nothing is written
    if reference not in movie.label_names():
        raise NotFoundError(
            f"there is no reference {reference!r}",
            found=", ".join(movie.label_names()) or "no label images",
            where=movie.url,
            remedy="import it with `distnet-store import … --labels … --links …`",
        )
    return ExperimentSource(movie, dataset_side(movie, reference))


def experiment_folder(folder: str | Path) -> Path:
    """Return the folder of an experiment's files.

    Raises:
        WrongArgumentError: it is in a bucket.
    """
    if is_remote(str(folder)):
        raise WrongArgumentError(
            "an experiment's folder is on a disk",
            found=str(folder),
            remedy="give a local folder; the dataset itself may be in a bucket",
        )
    return Path(folder)


def check_folder(source: ExperimentSource, folder: Path) -> None:
    """Return if the folder is free for experiments on this movie and reference.

    Raises:
        TargetExistsError: it holds those of others.
        WrongArgumentError: it lies in the dataset, which is only read.
        InvalidDatasetError: its record is damaged.
    """
    _require_outside(source, folder)
    found = read_record(folder / SOURCE_FILE, SourceRecord)
    if found is not None and found != source.record:
        raise TargetExistsError(
            "the folder holds experiments on another movie or reference",
            expected=f"{source.name}, reference {source.reference.name!r}, as they are now",
            found=f"{found.dataset}, reference {found.reference!r}"
            + (", with other pixels, labels or links" if found.dataset == source.name else ""),
            where=str(folder),
            remedy="choose another --out",
        )


def _require_outside(source: ExperimentSource, folder: Path) -> None:
    if is_remote(source.movie.url):
        return
    dataset, place = Path(source.movie.url).resolve(), folder.resolve()
    if place.is_relative_to(dataset):
        raise WrongArgumentError(
            "an experiment's folder cannot lie in the dataset, which is only read",
            found=str(folder),
            where=source.movie.url,
            remedy="choose another --out",
        )


def claim_folder(source: ExperimentSource, folder: Path) -> None:
    """Make the folder and write down of which movie its experiments are."""
    file = folder / SOURCE_FILE
    if not file.is_file():
        write_whole(file, source.record.model_dump_json(indent=1).encode())


def dataset_path(folder: Path, every: int) -> Path:
    """Return where the working dataset of every k-th frame is."""
    return folder / f"{sampled_name(every)}.ome.zarr"


def working_copy(source: ExperimentSource, folder: Path, every: int) -> Movie:
    """Return the dataset of every k-th frame with its reference; make it where it is not there.

    It holds the image, and the reference's labels with links composed through its lineage. The time
    between frames is k times as long.
    """
    target = dataset_path(folder, every)
    if not target.is_dir():
        with staged_target(str(target)) as place:
            movie = import_movie(
                _sampled_movie(source, every),
                place,
                pixel_size_um=None if source.movie.pixel_size_um else "unknown",
                frame_interval_s=None if source.movie.frame_interval_s else "unknown",
            )
            import_labels(movie, _sampled_labels(source, every))
    return open_movie(target)


def _sampled_movie(source: ExperimentSource, every: int) -> MovieSource:
    movie = source.movie
    interval = movie.frame_interval_s

    def read(t: int) -> NDArray[np.generic]:
        return movie.frame(t * every)

    return MovieSource(
        shape=(source.n_frames(every), *movie.shape[1:]),
        dtype=movie.dtype,
        channel_names=movie.channel_names,
        pixel_size_um=movie.pixel_size_um,
        frame_interval_s=None if interval is None else interval * every,
        format="ome-zarr",
        files=(source.name,),
        read=read,
    )


def _sampled_labels(source: ExperimentSource, every: int) -> LabelSource:
    side = source.reference

    def read(t: int) -> NDArray[np.generic]:
        return side.read(t * every)

    return LabelSource(
        shape=(source.n_frames(every), *side.shape[1:]),
        read=read,
        links=None if side.links is None else sample_links(side.links, every),
        format="ome-zarr",
        files=(source.name,),
    )
