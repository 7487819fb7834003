"""Which cells and links does a graph in the Graph Exchange File Format (GEFF 1) hold?

Spec: https://liveimagetrackingtools.org/geff. Only the properties that are needed are read: time and place, which its
axes name, the label of each cell's pixels, and outlines.
"""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
from geff_spec import GeffMetadata
from numpy.typing import NDArray
from pydantic import ValidationError
from zarr.errors import ContainsArrayError

from distnet_store.errors import (
    InvalidDataError,
    InvalidLineageError,
    NotFoundError,
    SchemaVersionError,
)
from distnet_store.store.location import is_remote, locate
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.sources.cell_graph import CellGraph, forward_edges, listed
from distnet_store.store.sources.geff_axes import frames_of, pixels_of, space_axes, time_axis

_SEGMENTATION: Final = "seg_id"
"""Property that holds the label of a cell by convention, where no related object names another."""

Metadata = Mapping[str, Any]


def read_geff(target: str | Path, scale: PixelScale) -> CellGraph:
    """Read a graph, on a disk or in a bucket, for a movie of this scale.

    Labels are the property that the related label images name, else `seg_id`. Without either, cells have places:
    the axes of space, in pixels or in a unit of length.

    Raises:
        NotFoundError: there is no Zarr group.
        SchemaVersionError: it is not of version 1.
        InvalidDataError: its metadata are not those of a GEFF, have no axes, or name properties that are not there.
        InvalidLineageError: a node has no label or place, or a time between frames.
        MissingMetadataError: it is in physical units, and the movie's are not known.
    """
    where = str(target)
    group = _group(target)
    told = _metadata(group, where)
    axes = told["axes"] or []
    ids = _array(group, "nodes/ids", where).astype(np.int64)
    time = time_axis(axes, where)
    related = _labels_object(told)
    graph = CellGraph(
        where=where,
        word="node",
        ids=ids,
        t=frames_of(_values(group, time["name"], where), time, scale.frame_interval_s, where),
        edges=_edges(group, where),
        masks=_masks(related, target),
        labels=_labels(group, told, related, where),
    )
    if not told["directed"]:
        graph = dataclasses.replace(graph, edges=forward_edges(graph))
    if graph.labels is not None and told["polygon"] is None:
        return graph
    return _with_places(graph, group, told, scale)


def _group(target: str | Path) -> zarr.Group:
    try:
        group = locate(target).group()
    except (FileNotFoundError, ContainsArrayError) as error:
        raise NotFoundError(
            "there is no graph", expected="a Zarr group", where=str(target), remedy="check the path"
        ) from error
    except ValueError as error:
        raise _invalid(
            "the graph's metadata are damaged", "JSON", str(error), str(target)
        ) from error
    if not isinstance(group.attrs.get("geff"), Mapping):
        raise _invalid("this Zarr group is no GEFF", "attributes geff", "none", str(target))
    return group


def _metadata(group: zarr.Group, where: str) -> Metadata:
    own = group.attrs["geff"]
    version = own.get("geff_version") if isinstance(own, Mapping) else None
    if not re.match(r"1\.\d", str(version)):
        raise SchemaVersionError(
            "this version of GEFF cannot be read",
            expected="geff_version 1.x",
            found=repr(version),
            where=where,
            remedy="write it again with a program that writes GEFF 1",
        )
    try:
        with warnings.catch_warnings():  # on units and names that only readers of other kinds need
            warnings.simplefilter("ignore")
            told: Metadata = GeffMetadata.model_validate(own).model_dump()
            return told
    except ValidationError as error:
        texts = [
            f"{'.'.join(map(str, one['loc'])) or 'geff'}: {one['msg']}" for one in error.errors()
        ]
        raise _invalid(
            "its metadata are not those of a GEFF", "the specification's", listed(texts), where
        ) from error


def _array(group: zarr.Group, path: str, where: str) -> NDArray[np.generic]:
    found = group.get(path)
    if not isinstance(found, zarr.Array):
        raise _invalid("the graph lacks an array", path, "none of this name", where)
    try:
        return np.asarray(found[...])
    except (ValueError, RuntimeError, OSError) as error:  # those of its many codecs
        raise _invalid("an array of the graph is damaged", path, str(error), where) from error


def _edges(group: zarr.Group, where: str) -> NDArray[np.int64]:
    if "edges/ids" not in group:  # a graph may have none
        return np.empty((0, 2), np.int64)
    edges = _array(group, "edges/ids", where)
    if edges.shape[1:] != (2,):
        raise _invalid("the edges have another form", "shape (m, 2)", str(edges.shape), where)
    return edges.astype(np.int64)


def _values(group: zarr.Group, name: str, where: str) -> NDArray[np.generic]:
    """Return a property that every node has."""
    values = _array(group, f"nodes/props/{name}/values", where)
    missing = group.get(f"nodes/props/{name}/missing")
    if isinstance(missing, zarr.Array) and (without := np.flatnonzero(missing[...])).size:
        ids = _array(group, "nodes/ids", where)
        raise InvalidLineageError(
            f"nodes lack their {name}",
            expected="a value for each node",
            found=listed([f"node {ids[row]}" for row in without]),
            where=where,
            remedy="correct it in the program that wrote the file",
        )
    n_nodes = _array(group, "nodes/ids", where).shape
    if values.dtype.kind not in "iufb" or values.shape != n_nodes:
        found = f"{values.dtype} of shape {values.shape}"
        raise _invalid(
            f"the property {name} is no number", f"a number per node, {n_nodes}", found, where
        )
    return values


def _labels_object(told: Metadata) -> Mapping[str, Any] | None:
    """Return the related object that is label images, if there is one."""
    found = [one for one in told["related_objects"] or () if one["type"] == "labels"]
    return found[0] if len(found) == 1 else None


def _labels(
    group: zarr.Group, told: Metadata, related: Mapping[str, Any] | None, where: str
) -> NDArray[np.int64] | None:
    name = related and (related["node_prop"] or related["label_prop"])
    if not name and _SEGMENTATION in told["node_props_metadata"]:
        name = _SEGMENTATION
    if not name:
        return None
    values = _values(group, name, where)
    if values.dtype.kind not in "iu":
        raise _invalid(f"the labels {name} are no integers", "integers", str(values.dtype), where)
    return values.astype(np.int64)


def _masks(related: Mapping[str, Any] | None, target: str | Path) -> str | None:
    """Return the path of the label images that the graph names, if it lies beside the graph or in it.

    The name comes from a file: it must not lead anywhere else.
    """
    if related is None or is_remote(str(target)):
        return None
    folder = Path(str(target).removeprefix("file://")).resolve()
    place = (folder / related["path"]).resolve()
    return str(place) if place.is_relative_to(folder.parent) else None


def _with_places(
    graph: CellGraph, group: zarr.Group, told: Metadata, scale: PixelScale
) -> CellGraph:
    where = graph.where
    y, x, *others = space_axes(told["axes"], told["display_hints"] or {}, where)
    for axis in others:
        _check_flat(_values(group, axis["name"], where), axis["name"], where)
    sizes = scale.pixel_size_um or (None, None)
    yx = np.stack(
        [
            pixels_of(_values(group, axis["name"], where), axis, size, where)
            for axis, size in zip((y, x), sizes, strict=True)
        ],
        axis=1,
    )
    radius = None
    if told["sphere"] is not None:
        radius = pixels_of(_values(group, told["sphere"], where), x, sizes[1], where)
    graph = dataclasses.replace(graph, yx=np.round(yx, 6), radius_px=radius)
    if told["polygon"] is None:
        return graph
    space = [axis["name"] for axis in told["axes"] if axis["type"] == "space"]
    columns = [space.index(axis["name"]) for axis in (y, x)]
    rings = [
        np.stack(
            [
                pixels_of(ring[:, column], axis, size, where) + place[index]
                for index, (column, axis, size) in enumerate(
                    zip(columns, (y, x), sizes, strict=True)
                )
            ],
            axis=1,
        )
        for ring, place in zip(
            _of_any_length(group, told["polygon"], len(space), where), yx, strict=True
        )
    ]
    return dataclasses.replace(graph, rings=tuple(rings))


def _of_any_length(
    group: zarr.Group, name: str, n_columns: int, where: str
) -> list[NDArray[np.generic]]:
    """Return a property whose values are arrays (k, columns) of different length, empty where it is missing."""
    path = f"nodes/props/{name}"
    values = _array(group, f"{path}/values", where).astype(np.int64)
    data = _array(group, f"{path}/data", where)
    if values.ndim != 2 or values.shape[1] != 3 or (values[:, 2] != n_columns).any():
        raise _invalid(
            f"the outlines {name} have another form",
            f"points of {n_columns} coordinates",
            f"an array of shape {values.shape}",
            where,
        )
    found = [data[start : start + k * n].reshape(k, n) for start, k, n in values.tolist()]
    missing = group.get(f"{path}/missing")
    if not isinstance(missing, zarr.Array):
        return found
    gone = np.asarray(missing[...]).tolist()
    return [one[:0] if is_gone else one for one, is_gone in zip(found, gone, strict=True)]


def _check_flat(values: NDArray[np.generic], name: str, where: str) -> None:
    if values.size and np.ptp(values.astype(np.float64)) > 0:
        raise _invalid(
            "the nodes lie in several planes",
            "a movie of one plane",
            f"different values of {name}",
            where,
        )


def _invalid(problem: str, expected: str, found: str, where: str) -> InvalidDataError:
    return InvalidDataError(
        problem,
        expected=expected,
        found=found,
        where=where,
        remedy="write it again; `geff validate` of the package geff tells what is wrong",
    )
