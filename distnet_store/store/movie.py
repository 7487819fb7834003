"""How is a dataset opened, looked into and added to? One object for one movie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as pads
import xarray as xr
import zarr
from numpy.typing import NDArray
from pydantic import ValidationError

from distnet_store.errors import InvalidDatasetError, NotFoundError, WrongArgumentError
from distnet_store.spec.dataset import DistnetAttributes
from distnet_store.spec.maps import MAPS, MapName
from distnet_store.spec.review_tables import SelectionKind
from distnet_store.spec.table_spec import TableName
from distnet_store.spec.version import check_readable
from distnet_store.store import paths, selections, tables
from distnet_store.store.lazy_array import lazy_image
from distnet_store.store.lineage import Lineage
from distnet_store.store.location import Location, locate
from distnet_store.store.ngff_layout import FrameReader
from distnet_store.store.ngff_read import (
    ImageLayout,
    frame_reader,
    open_image_group,
    open_level,
    read_image_layout,
    read_label_layout,
    read_movie_layout,
)
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.selections import Selection

LabelsReader = Callable[[int], NDArray[np.integer]]
"""Returns the labels (y, x) of a time point."""

MapReader = Callable[[int, int], NDArray[np.float32]]
"""Returns a prediction map (t, c, y, x) of the time points from a first to before a last one."""


@dataclass(frozen=True)
class Movie:
    """One dataset: an image with axes t, c, y, x and what was computed from it.

    `attributes` is None for a dataset of another writer, which can be read but is never written into.

    Example:
        >>> movie = open_movie("chamber10.ome.zarr")                      # doctest: +SKIP
        >>> movie.image().isel(t=0, c=0)                                  # doctest: +SKIP
        >>> movie.table("cells", "tracks").to_table().to_pandas()         # doctest: +SKIP
    """

    location: Location
    layout: ImageLayout
    attributes: DistnetAttributes | None

    def __getstate__(self) -> dict[str, object]:
        """Return what goes to another process: the place and what it says of itself, no open arrays."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def url(self) -> str:
        """Path or URL under which the dataset was opened."""
        return self.location.url

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Number of time points, channels, rows and columns."""
        return self.layout.shape_tcyx

    @property
    def n_frames(self) -> int:
        """Number of time points."""
        return self.shape[0]

    @property
    def n_channels(self) -> int:
        """Number of channels."""
        return self.shape[1]

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Data type of the pixels."""
        return np.dtype(self.layout.levels[0].dtype)

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Names of the channels."""
        return self.layout.channel_names

    @property
    def pixel_size_um(self) -> tuple[float, float] | None:
        """Height and width of a pixel in micrometer, or None where unknown."""
        return self.layout.pixel_size_um

    @property
    def frame_interval_s(self) -> float | None:
        """Seconds between frames, or None where unknown."""
        return self.layout.frame_interval_s

    @property
    def scale(self) -> PixelScale:
        """Pixel size and frame interval together."""
        return PixelScale(self.pixel_size_um, self.frame_interval_s)

    @cached_property
    def _read_frame(self) -> FrameReader:
        group = open_image_group(self.location)
        return frame_reader(open_level(group, self.layout.levels[0], self.url), self.layout)

    def frame(self, t: int) -> NDArray[np.generic]:
        """Return the pixels (c, y, x) of one time point, at full resolution."""
        return self._read_frame(t)

    def image(self, level: int = 0) -> xr.DataArray:
        """Return the image (t, c, y, x) of a pyramid level, lazily, with physical coordinates.

        Raises:
            NotFoundError: there is no such level.
        """
        return lazy_image(self.location, "", self.layout, level)

    def label_names(self) -> list[str]:
        """Return the names of the label images that are whole."""
        try:
            attributes = self.location.group(paths.LABELS).attrs.asdict()
        except FileNotFoundError:
            return []
        listed = attributes.get("ome", attributes)
        names = listed.get("labels", []) if isinstance(listed, dict) else []
        return [str(name) for name in names] if isinstance(names, list) else []

    def labels(self, name: str, level: int = 0) -> xr.DataArray:
        """Return a label image (t, y, x), lazily, with physical coordinates.

        Raises:
            NotFoundError: there is no such label image or level.
        """
        path = self._labels_path(name)
        layout = read_label_layout(open_image_group(self.location, path), f"{self.url}/{path}")
        return lazy_image(self.location, path, layout, level).isel(c=0, drop=True).rename(name)

    def labels_frame(self, name: str, t: int) -> NDArray[np.integer]:
        """Return the labels (y, x) of one time point."""
        return self.labels_reader(name)(t)

    def labels_reader(self, name: str) -> LabelsReader:
        """Return a function that reads the labels (y, x) of a time point; the image is opened once.

        Raises:
            NotFoundError: there is no such label image.
        """
        path = self._labels_path(name)
        group = open_image_group(self.location, path)
        layout = read_label_layout(group, f"{self.url}/{path}")
        read = frame_reader(open_level(group, layout.levels[0], self.url), layout)
        return lambda t: np.asarray(read(t)[0], np.uint32)

    def predictions(self) -> list[str]:
        """Return the names of the predictions that are whole."""
        names = (
            self._listed_predictions()
            if self.location.is_web
            else self.location.children(paths.PREDICTIONS)
        )
        return [
            n for n in names if self.location.exists(f"{paths.prediction(n)}/{paths.ROOT_METADATA}")
        ]

    def _listed_predictions(self) -> list[str]:
        """Return the predictions that their group names, which a web server does not list."""
        try:
            names = self.location.group(paths.PREDICTIONS).attrs.asdict().get("predictions")
        except FileNotFoundError:
            return []
        return [str(name) for name in names] if isinstance(names, list) else []

    def prediction(self, name: str, map_name: MapName, level: int = 0) -> xr.DataArray:
        """Return a prediction map (t, c, y, x), lazily, with physical coordinates.

        Raises:
            NotFoundError: there is no such prediction, map or level.
        """
        path = self._map_path(name, map_name)
        layout = read_image_layout(self.location.group(path), f"{self.url}/{path}")
        return lazy_image(self.location, path, layout, level).rename(map_name)

    def map_frames(
        self, name: str, map_name: MapName, t_start: int, t_stop: int
    ) -> NDArray[np.float32]:
        """Return a prediction map (t, c, y, x) of some time points."""
        return self.map_reader(name, map_name)(t_start, t_stop)

    def map_reader(self, name: str, map_name: MapName) -> MapReader:
        """Return a function that reads a map (t, c, y, x) of time points start to stop; it is opened once.

        Raises:
            NotFoundError: there is no such prediction or map.
        """
        path = self._map_path(name, map_name)
        group = open_image_group(self.location, path)
        level = read_image_layout(group, f"{self.url}/{path}").levels[0]
        array = open_level(group, level, f"{self.url}/{path}")
        return lambda start, stop: np.asarray(array[start:stop], dtype=np.float32)

    def tables(self) -> list[tuple[str, TableName]]:
        """Return (result, table) of every table."""
        return tables.table_names(self.location)

    def table(self, result: str, name: TableName) -> pads.Dataset:
        """Return a table as an Arrow dataset; nothing is read until it is filtered or scanned.

        Raises:
            NotFoundError: the result has no such table.
        """
        return tables.open_table(self.location, result, name)

    def read_table(
        self, result: str, name: TableName, columns: list[str] | None = None
    ) -> pa.Table:
        """Return a table, or some columns of it, in memory."""
        return tables.read_table(self.location, result, name, columns=columns)

    def lineage(self, result: str) -> Lineage:
        """Return who descends from whom in a result; nothing is read until it is asked."""
        return Lineage(self.location, result)

    def selections(self, result: str) -> list[Selection]:
        """Return the named selections of a result, by name."""
        return selections.read_selections(self.location, result)

    def save_selection(
        self,
        result: str,
        name: str,
        object_ids: Iterable[int],
        *,
        kind: SelectionKind = "cells",
        note: str | None = None,
        overwrite: bool = False,
    ) -> Selection:
        """Save cells under a name: these alone, or with kind tracks the whole tracks that hold them.

        Raises:
            WrongArgumentError: it cannot be a name, there is no cell, or the dataset is another program's.
            NotFoundError: the result has no such cells.
            TargetExistsError: there is a selection of this name and `overwrite` is not set.
            ConflictError: another process has been writing selections for long.
        """
        self.require_writable()
        return selections.save_selection(
            self.location,
            result,
            name,
            object_ids=object_ids,
            kind=kind,
            note=note,
            overwrite=overwrite,
        )

    def delete_selection(self, result: str, name: str) -> None:
        """Delete a selection; the cells stay as they are.

        Raises:
            NotFoundError: there is none of this name.
            WrongArgumentError: the dataset is another program's.
        """
        self.require_writable()
        selections.delete_selection(self.location, result, name)

    def require_writable(self) -> DistnetAttributes:
        """Return the dataset's attributes if results may be written into it.

        Raises:
            WrongArgumentError: the dataset is another program's, or on a web server.
        """
        if self.location.is_web:
            raise WrongArgumentError(
                "nothing can be written to a web server",
                where=self.url,
                remedy="copy the dataset to a disk, or open it by the address of its bucket",
            )
        if self.attributes is None:
            raise WrongArgumentError(
                "this dataset was written by another program and is never altered",
                where=self.url,
                remedy="`distnet-store import` copies it into a dataset of its own",
            )
        return self.attributes

    def _labels_path(self, name: str) -> str:
        if name not in self.label_names():
            raise NotFoundError(
                f"there is no label image {name!r}",
                found=", ".join(self.label_names()) or "no label images",
                where=self.url,
                remedy="run `distnet-store segment` or import labels first, or name another",
            )
        return paths.label_image(name)

    def _map_path(self, name: str, map_name: MapName) -> str:
        if name not in self.predictions() or map_name not in MAPS:
            raise NotFoundError(
                f"there is no prediction {name!r} with a map {map_name!r}",
                found=", ".join(self.predictions()) or "no predictions",
                where=self.url,
                remedy="run `distnet-store predict` first, or name another",
            )
        return paths.prediction(name, map_name)


def open_movie(target: str | Path) -> Movie:
    """Open a dataset on a disk or in a bucket: this one's, or any OME-Zarr image of version 0.4 or 0.5.

    Raises:
        NotADatasetError: there is no OME-Zarr image there.
        SchemaVersionError: it follows a schema of another major version.
        InvalidDatasetError: its own attributes are damaged.
    """
    location = locate(target)
    group = open_image_group(location)
    return Movie(
        location, read_movie_layout(group, str(target)), read_attributes(group, str(target))
    )


def read_attributes(group: zarr.Group, where: str) -> DistnetAttributes | None:
    """Return the ``distnet`` attribute of a dataset's root, None where another program wrote it.

    Raises:
        SchemaVersionError: its schema is of another major version.
        InvalidDatasetError: it lacks a field or has a wrong one.
    """
    found = group.attrs.asdict().get("distnet")
    if found is None:
        return None
    check_readable(str(found.get("schema_version")) if isinstance(found, dict) else "", where)
    try:
        return DistnetAttributes.model_validate(found)
    except ValidationError as error:
        raise InvalidDatasetError(
            "the dataset's own attributes are damaged",
            found="; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()),
            where=f"{where}/zarr.json, attributes.distnet",
            remedy="restore zarr.json, or import the movie again",
        ) from error
