"""How is an existing OME-Zarr image, or a label image in it, taken as a source?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from distnet_store.errors import NotFoundError
from distnet_store.store.location import locate
from distnet_store.store.ngff_layout import frame_reader
from distnet_store.store.ngff_read import (
    open_image_group,
    open_level,
    read_label_layout,
    read_movie_layout,
)
from distnet_store.store.sources.source import LabelSource, MovieSource


def open_ome_zarr(target: str | Path) -> MovieSource:
    """Open an OME-Zarr image, on a disk or in a bucket, as a movie.

    Raises:
        NotADatasetError: there is no image, or a plate, a collection or a label image.
        SchemaVersionError: it follows an OME-NGFF version that cannot be read.
        InvalidDataError: its metadata are wrong, or it is a 3-D stack.
    """
    where = str(target)
    group = open_image_group(locate(target))
    layout = read_movie_layout(group, where)
    return MovieSource(
        shape=layout.shape_tcyx,
        dtype=layout.dtype,
        channel_names=layout.channel_names,
        pixel_size_um=layout.pixel_size_um,
        frame_interval_s=layout.frame_interval_s,
        format="ome-zarr",
        files=(_name(where),),
        read=frame_reader(open_level(group, layout.levels[0], where), layout),
    )


def open_ome_zarr_labels(target: str | Path, name: str | None = None) -> LabelSource:
    """Open a label image, without links: the one at the path, or the named one beside an image.

    Without a name, an image must have exactly one label image.

    Raises:
        NotFoundError: there is no label image of that name, or several without a name.
        NotADatasetError: there is no OME-Zarr image.
        InvalidDataError: its pixels are no integers, or its metadata are wrong.
    """
    location = locate(target)
    group = open_image_group(location)
    path = "" if _is_label_image(group.attrs.asdict()) else f"labels/{_chosen(target, name)}"
    where = f"{str(target).rstrip('/')}/{path}".rstrip("/")
    group = open_image_group(location, path) if path else group
    layout = read_label_layout(group, where)
    frames, _, height, width = layout.shape_tcyx
    read = frame_reader(open_level(group, layout.levels[0], where), layout)
    return LabelSource(
        shape=(frames, height, width),
        read=lambda t: read(t)[0],
        links=None,
        format="ome-zarr",
        files=(_name(where),),
    )


def _chosen(target: str | Path, name: str | None) -> str:
    names = read_movie_layout(open_image_group(locate(target)), str(target)).label_names
    if name in names or (name is None and len(names) == 1):
        return name or names[0]
    raise NotFoundError(
        "which label image is meant is not clear" if name is None else f"no label image {name!r}",
        expected="the name of a label image",
        found=", ".join(names) or "no label images",
        where=str(target),
        remedy="give the path of the label image itself: IMAGE/labels/NAME",
    )


def _is_label_image(attributes: Mapping[str, object]) -> bool:
    ome = attributes.get("ome", attributes)
    return isinstance(ome, dict) and "image-label" in ome


def _name(where: str) -> str:
    return where.rstrip("/").rsplit("/", 1)[-1]
