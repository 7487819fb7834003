"""How does an operator's result (labels or maps) come into a dataset, whole or not at all?

A result is built in staging, in a folder of its own digest, and comes to its place when it is whole.
Its group's metadata come last. Nothing is built in its place: the Zarr library makes groups on the way
to an array, and two interrupted runs with other parameters would go on in each other's arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import TargetExistsError
from distnet_store.spec import ngff
from distnet_store.spec.dataset import ResultAttributes
from distnet_store.spec.maps import MAPS, MapName
from distnet_store.spec.table_spec import TableName
from distnet_store.store import paths
from distnet_store.store.copied_shards import ShardCopy
from distnet_store.store.curation_journal import CurationJournal, edits_in_force
from distnet_store.store.digest import digest_texts
from distnet_store.store.location import Location
from distnet_store.store.movie import Movie
from distnet_store.store.ngff_write import (
    ImagePlan,
    MultiscaleWriter,
    describe_image,
    halving_of,
    write_group,
)
from distnet_store.store.result_digest import result_digest as result_digest  # for callers, too
from distnet_store.store.tables import drop_table

ResultKind = Literal["map", "labels", "tracks-labels", "reference", "table"]


@dataclass(frozen=True)
class ResultSlot:
    """The place of one result: the group `path`, and the digest of the run that fills it."""

    movie: Movie
    path: str
    digest: str
    kind: ResultKind

    @property
    def is_whole(self) -> bool:
        """Whether this very result stands there already."""
        return self._standing == self.digest

    @property
    def base(self) -> str:
        """Where it is built: in staging, or at its path where this very result stands already."""
        return self.path if self.is_whole else paths.staging(self.digest, self.path)

    def check_free(self, *, overwrite: bool, discard_curation: bool = False) -> None:
        """Return if the result may be written.

        Raises:
            TargetExistsError: another result stands there and `overwrite` is not set, or it holds edits
                by a person and `discard_curation` is not set.
        """
        if not self.is_whole and not discard_curation and self.kind not in ("map", "table"):
            require_no_edits(self.movie, self._name)
        if self._standing not in (None, self.digest) and not overwrite:
            raise TargetExistsError(
                f"{self.path} exists and was made with other parameters or inputs",
                where=self.movie.url,
                remedy=f"give the new one another name ({self._option}), or replace it with --overwrite",
            )

    def finish(self, base: str, attributes: dict[str, object]) -> None:
        """Write the group's metadata at `base` and put it in its place."""
        own = ResultAttributes(kind=self.kind, derived_from=self.digest).model_dump(mode="json")
        write_group(self.movie.location, base, {**attributes, "distnet": own})
        if base != self.path:
            _require_group(self.movie.location, self.path.partition("/")[0])
            self.movie.location.move(base, self.path)
            self.movie.location.delete(paths.staging(self.digest, "").rstrip("/"))
            self._forget_curation()

    def _forget_curation(self) -> None:
        """Remove the journal of edits in what stood here before, and the table that tells of them.

        Where only the links are others, what was taken over from the result before holds still: it is all
        that the table has where no edit is in force.
        """
        if self.kind == "map":
            return
        location, name = self.movie.location, self._name
        holds = self.kind == "tracks-labels" and not edits_in_force(location, name)
        if not holds and location.exists(paths.table_file(name, "curation")):
            drop_table(location, name, "curation")
        CurationJournal(location, name).forget()

    @property
    def _name(self) -> str:
        """Name of the result that the labels, or the track ids painted from them, belong to."""
        return self.path.removeprefix(f"{paths.LABELS}/").removesuffix(paths.TRACKS_SUFFIX)

    @property
    def _option(self) -> str:
        """Which option of the commands names it."""
        return "`predict --name`, `run --prediction`" if self.kind == "map" else "--name"

    @property
    def _standing(self) -> str | None:
        return result_digest(self.movie.location, self.path)


def require_no_edits(movie: Movie, name: str) -> None:
    """Return unless a result holds edits by a person, which would be lost if it were replaced.

    Raises:
        TargetExistsError: it does.
    """
    edits = edits_in_force(movie.location, name)
    if edits:
        raise TargetExistsError(
            f"{len(edits)} edit(s) by a person in {name!r} would be lost",
            expected="a result that nobody has edited",
            found=f"the last one is a {edits[-1].operation} at t = {edits[-1].t}",
            where=movie.url,
            remedy="give the new result another --name; `distnet-store curate history` lists the edits, "
            "and --overwrite --discard-curation gives them up",
        )


def give_up_edits(movie: Movie, name: str, *, discard_curation: bool) -> None:
    """Remove the journal of edits in a result whose tables are made anew, and the table that tells of them.

    Raises:
        TargetExistsError: there are edits and `discard_curation` is not set.
    """
    if not discard_curation:
        require_no_edits(movie, name)
    if movie.location.exists(paths.table_file(name, "curation")):
        drop_table(movie.location, name, "curation")
    CurationJournal(movie.location, name).forget()


def set_result_digest(location: Location, path: str, digest: str) -> None:
    """Say from what the content of a result's group comes now; nothing else of it changes.

    Raises:
        FileNotFoundError: there is no such group.
    """
    attributes = location.group(path).attrs.asdict()
    own = attributes.get("distnet")
    if isinstance(own, dict) and own.get("derived_from") != digest:
        write_group(location, path, {**attributes, "distnet": {**own, "derived_from": digest}})


def labelled_digest(labels: str | None, links: str | None) -> str:
    """Return a digest that changes when labels or their links do, from the digests of both.

    It is "" where nothing says when the labels change: they are another program's, or not there.

    Example:
        >>> labelled_digest("", None), len(labelled_digest("5f0c", None))
        ('', 40)
    """
    return digest_texts([labels, links or ""]) if labels else ""


class LabelsWriter:
    """Writes one label image (t, y, x), whole shards at a time; visible after `finish`."""

    def __init__(self, slot: ResultSlot) -> None:
        """Create the arrays, or open those that another process has created."""
        self._slot = slot
        self._base = slot.base
        self._plan = labels_plan(slot.movie)
        self._image = MultiscaleWriter(
            slot.movie.location, self._base, self._plan, opening="shared"
        )

    @property
    def frames_per_shard(self) -> int:
        """Time points in a shard; `write` takes whole shards."""
        return self._plan.frames_per_shard

    def write(self, t_start: int, labels: NDArray[np.integer]) -> None:
        """Write whole shards of labels (t, y, x)."""
        self._image.write(t_start, labels.astype(np.uint32, copy=False))

    def copies_of(self, name: str) -> ShardCopy:
        """Return how this image takes over shards of the label image `name`."""
        return ShardCopy(self._slot.movie.location, paths.label_image(name), self._base)

    def finish(self, more: Mapping[str, object] | None = None) -> None:
        """Make the label image visible; `more` are attributes of its group beside those of every image."""
        name = self._slot.path.rsplit("/", 1)[-1]
        ome = ngff.to_attribute(describe_image(name, self._plan, labels=True))
        self._slot.finish(self._base, {"ome": ome, **(more or {})})
        _list_labels(self._slot.movie)


class PredictionWriter:
    """Writes the four maps of one prediction, whole shards at a time; visible after `finish`."""

    def __init__(self, slot: ResultSlot) -> None:
        """Create the arrays, or open those that another process has created."""
        self._slot = slot
        self._base = slot.base
        self._plans = {name: map_plan(slot.movie, name) for name in MAPS}
        self._images = {
            name: MultiscaleWriter(
                slot.movie.location, f"{self._base}/{name}", plan, opening="shared"
            )
            for name, plan in self._plans.items()
        }

    def write(self, t_start: int, maps: dict[MapName, NDArray[np.float32]]) -> None:
        """Write whole shards of every map (t, c, y, x)."""
        for name, image in self._images.items():
            image.write(t_start, maps[name])

    def finish(self, extremes: dict[MapName, tuple[float, float]]) -> None:
        """Make the maps visible; `extremes` are each one's least and largest value."""
        for name, image in self._images.items():
            own = ResultAttributes(kind="map", derived_from=self._slot.digest).model_dump(
                mode="json"
            )
            ome = describe_image(name, self._plans[name], omero=_map_omero(name, extremes[name]))
            image.finish(ome, {"distnet": own})
        self._slot.finish(self._base, {"maps": list(MAPS)})
        _list_predictions(self._slot.movie)


def labels_plan(movie: Movie) -> ImagePlan:
    """Return how a label image of this movie is laid out."""
    frames, _, height, width = movie.shape
    per_shard = movie.require_writable().frames_per_shard
    return ImagePlan(
        "tyx", (frames, height, width), np.uint32, movie.scale, per_shard, halving_of(labels=True)
    )


def map_plan(movie: Movie, name: MapName) -> ImagePlan:
    """Return how a prediction map of this movie is laid out."""
    frames, _, height, width = movie.shape
    shape = (frames, len(MAPS[name].channels), height, width)
    return ImagePlan(
        "tcyx", shape, np.float32, movie.scale, movie.require_writable().frames_per_shard
    )


def labels_slot(movie: Movie, name: str, digest: str, kind: ResultKind = "labels") -> ResultSlot:
    """Return the place of a label image."""
    return ResultSlot(movie, paths.label_image(name), digest, kind)


def table_slot(movie: Movie, result: str, table: TableName, digest: str) -> ResultSlot:
    """Return the place of a table that one run makes; a table is written whole, at its place."""
    return ResultSlot(movie, paths.table(result, table), digest, "table")


def prediction_slot(movie: Movie, name: str, digest: str) -> ResultSlot:
    """Return the place of a prediction."""
    return ResultSlot(movie, paths.prediction(name), digest, "map")


def _require_group(location: Location, path: str) -> None:
    """Make a group unless it is there."""
    if not location.exists(f"{path}/{paths.ROOT_METADATA}"):
        write_group(location, path, {})


def _list_labels(movie: Movie) -> None:
    """Write the list of label images from what is there, so that no name is ever lost.

    As with tables, who writes looks again after that: another process may have finished one meanwhile.
    """
    names, written = _whole_labels(movie.location), None
    while names != written:
        listing = ngff.to_attribute(ngff.OmeLabels(labels=tuple(names)))
        write_group(movie.location, paths.LABELS, {"ome": listing})
        names, written = _whole_labels(movie.location), names


def _list_predictions(movie: Movie) -> None:
    """Write the list of predictions from what is there, as `_list_labels` does."""
    names, written = movie.predictions(), None
    while names != written:
        write_group(movie.location, paths.PREDICTIONS, {"predictions": names})
        names, written = movie.predictions(), names


def _whole_labels(location: Location) -> list[str]:
    names = location.children(paths.LABELS)
    return [n for n in names if result_digest(location, paths.label_image(n)) is not None]


def _map_omero(name: MapName, extremes: tuple[float, float]) -> ngff.Omero:
    low, high = MAPS[name].window
    window = ngff.Window(min=min(low, extremes[0]), max=max(high, extremes[1]), start=low, end=high)
    channels = MAPS[name].channels
    return ngff.Omero(
        channels=tuple(
            ngff.Channel(label=c, window=window, active=i < 3) for i, c in enumerate(channels)
        )
    )
