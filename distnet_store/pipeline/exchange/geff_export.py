"""How does a result become a graph in the Graph Exchange File Format (GEFF 1.3)?

A node is a cell in a frame, an edge a link. Spec: https://liveimagetrackingtools.org/geff
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
from geff_spec import Axis, DisplayHint, GeffMetadata, PropMetadata, RelatedObject
from numpy.typing import NDArray

from distnet_store.errors import TargetExistsError
from distnet_store.pipeline.exchange.geff_columns import AXES, Property, properties, texts_in
from distnet_store.spec.table_spec import TableName
from distnet_store.store import paths
from distnet_store.store.location import Location, is_remote, locate, storage_errors
from distnet_store.store.movie import Movie
from distnet_store.store.movie_writer import put_in_place
from distnet_store.store.ngff_write import write_group

_ROWS_PER_CHUNK: Final = 2**18


@dataclass(frozen=True)
class GeffExport:
    """What was written, and what was left out.

    Attributes:
        n_nodes, n_edges: cells and links.
        left_out: columns of text, as TABLE.COLUMN; all others are properties of nodes and edges.
    """

    n_nodes: int
    n_edges: int
    left_out: tuple[str, ...]


def export_geff(
    movie: Movie, target: str | Path, name: str = "cells", *, overwrite: bool = False
) -> GeffExport:
    """Write the lineage graph of a result as a Zarr group such as `tracks.geff`, on a disk or in a bucket.

    Node ids are object ids. Axes are t in frames and the centroid's y and x in pixels, with the scale to seconds and
    micrometers where it is known. The label image is named as a related object. One column is in memory.

    Raises:
        NotFoundError: there is no such result, or it has no tables.
        TargetExistsError: something is at the target and `overwrite` is not set, or it is no GEFF on a disk.
        StorageError: the disk or bucket refused.

    Example:
        >>> export_geff(open_movie("movie.ome.zarr"), "tracks.geff", "corrected")    # doctest: +SKIP
        GeffExport(n_nodes=526, n_edges=523, left_out=('objects.category_backward', ...))
    """
    text = str(target)
    _require_free(text, overwrite=overwrite)
    if is_remote(text):
        return _write(movie, name, locate(text), text)
    final = Path(text.removeprefix("file://")).absolute()
    partial = final.with_name(f".{final.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        done = _write(movie, name, locate(partial, create=True), str(final))
        with storage_errors(text):
            put_in_place(partial, final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return done


def _require_free(target: str, *, overwrite: bool) -> None:
    place = locate(target)
    is_there = bool(place.children("")) if place.local is None else place.local.exists()
    is_geff = place.exists(paths.ROOT_METADATA) and "geff" in place.group().attrs
    if is_there and not (overwrite and is_geff and place.local is not None):
        raise TargetExistsError(
            "the target exists",
            expected="a new path, or a GEFF on a disk" if overwrite else "a new path",
            where=target,
            remedy="choose another target" if overwrite else "choose another, or give --overwrite",
        )


def _write(movie: Movie, name: str, place: Location, target: str) -> GeffExport:
    nodes = _ids(movie, name, "objects", ["object_id"])[:, 0]
    edges = _ids(movie, name, "links", ["source_id", "target_id"])
    with storage_errors(target):
        _array(place, "nodes/ids", nodes)
        _array(place, "edges/ids", edges)
        axes: dict[str, Axis] = {}
        of_nodes: dict[str, PropMetadata] = {}
        for one in properties(movie, name, "objects"):
            of_nodes[one.name] = _property(place, "nodes", one)
            if one.name in AXES:
                axes[one.name] = _axis(movie, one)
        of_edges = {
            one.name: _property(place, "edges", one) for one in properties(movie, name, "links")
        }
        document = GeffMetadata(
            directed=True,
            axes=[axes[axis] for axis in AXES],
            node_props_metadata=of_nodes,
            edge_props_metadata=of_edges,
            track_node_props={"tracklet": "track_id", "lineage": "lineage_id"},
            related_objects=[_labels(movie, name, target)],
            display_hints=DisplayHint(
                display_horizontal="x", display_vertical="y", display_time="t"
            ),
        )
        write_group(place, "", {"geff": document.model_dump(mode="json", exclude_none=True)})
    left_out = (*texts_in(movie, name, "objects"), *texts_in(movie, name, "links"))
    return GeffExport(len(nodes), len(edges), left_out)


def _ids(movie: Movie, name: str, table: TableName, columns: list[str]) -> NDArray[np.uint64]:
    found = movie.read_table(name, table, columns)
    return np.stack([found[column].to_numpy() for column in columns], axis=1).astype(np.uint64)


def _property(place: Location, kind: str, one: Property) -> PropMetadata:
    """Write a property's arrays and return what is said of it."""
    _array(place, f"{kind}/props/{one.name}/values", one.values)
    if one.missing is not None:
        _array(place, f"{kind}/props/{one.name}/missing", one.missing)
    return PropMetadata(
        identifier=one.name,
        dtype=str(one.values.dtype),
        varlength=False,
        unit=one.unit,
        description=one.description,
    )


def _axis(movie: Movie, one: Property) -> Axis:
    size = movie.pixel_size_um
    scales = {
        "t": movie.frame_interval_s,
        "y": size[0] if size else None,
        "x": size[1] if size else None,
    }
    scale, is_time = scales[one.name], one.name == "t"
    physical = "second" if is_time else "micrometer"
    return Axis(
        name=one.name,
        type="time" if is_time else "space",
        unit="frame" if is_time else "pixel",
        min=float(one.values.min()) if one.values.size else None,
        max=float(one.values.max()) if one.values.size else None,
        scale=scale,
        scaled_unit=physical if scale is not None else None,
    )


def _labels(movie: Movie, name: str, target: str) -> RelatedObject:
    """Return where the cells' pixels are: from the graph's folder if both are on a disk, else the whole path."""
    image = paths.label_image(name)
    if movie.location.local is None or is_remote(target):
        path = f"{movie.url.rstrip('/')}/{image}"
    else:
        path = Path(os.path.relpath(movie.location.local / image, target)).as_posix()
    return RelatedObject(type="labels", path=path, node_prop="label")


def _array(place: Location, path: str, values: NDArray[Any]) -> None:
    rows = max(1, min(len(values), _ROWS_PER_CHUNK))
    array = zarr.create_array(
        place.zarr_store(),
        name=path,
        shape=values.shape,
        chunks=(rows, *values.shape[1:]),
        dtype=values.dtype,
        zarr_format=3,
    )
    if len(values):
        array[...] = values
