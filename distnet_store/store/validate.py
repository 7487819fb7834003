"""What is wrong with a dataset? Every problem, with its place, its kind and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import zarr
from pydantic import ValidationError
from zarr.errors import ContainsArrayError

from distnet_store.errors import NotADatasetError, SchemaVersionError
from distnet_store.spec.dataset import CONVENTION, DistnetAttributes
from distnet_store.spec.version import SCHEMA_VERSION, check_readable, parse_version
from distnet_store.store import paths
from distnet_store.store.location import Location, locate
from distnet_store.store.movie import Movie
from distnet_store.store.ngff_kind import ome_attributes, refuse_other_kinds
from distnet_store.store.ngff_layout import ImageLayout
from distnet_store.store.ngff_levels import open_array
from distnet_store.store.ngff_read import open_image_group, read_movie_layout
from distnet_store.store.validate_chunks import check_chunks
from distnet_store.store.validate_images import check_image, check_own_pyramid
from distnet_store.store.validate_pixels import check_pixels
from distnet_store.store.validate_report import Kind, Problem, Report, field_problems, problems_of
from distnet_store.store.validate_results import check_labels, check_predictions
from distnet_store.store.validate_runs import check_runs
from distnet_store.store.validate_tables import check_tables

__all__ = ["Kind", "Problem", "Report", "validate"]

_RESTORE = "restore zarr.json, or import the movie again"


def validate(target: str | Path, *, deep: bool = False) -> Report:
    """Return every problem of a dataset; `deep` also reads all pixels, labels and compares them.

    A dataset of another program is checked for what it is, an OME-Zarr image with labels. Damaged
    content is a problem in the report and never an exception.

    Raises:
        NotADatasetError: there is no OME-Zarr image at the path, or it is a plate or a collection.
        StorageError: the disk or bucket refused.
    """
    location = locate(target)
    try:
        group = open_image_group(location)
    except NotADatasetError as error:
        if isinstance(error.__cause__, ContainsArrayError) or not _has_metadata(location):
            raise
        return Report(str(target), tuple(problems_of(error, "metadata", location.url)))
    document = group.attrs.asdict()
    is_own = _is_own(location, document)
    if not is_own:
        _refuse_other_kinds(group, str(target))
    problems = _check(location, group, document if is_own else None, deep=deep)
    return Report(str(target), tuple(problems))


def _has_metadata(location: Location) -> bool:
    return any(location.exists(key) for key in (paths.ROOT_METADATA, ".zgroup"))


def _is_own(location: Location, document: Mapping[str, object]) -> bool:
    """Return whether this program made the dataset, be its root's attributes damaged or not."""
    if location.children(paths.PRIVATE):
        return True
    found = document.get("distnet")
    return found is not None and not (isinstance(found, Mapping) and "kind" in found)


def _refuse_other_kinds(group: zarr.Group, where: str) -> None:
    """Return if the group may be a movie's image.

    Raises:
        NotADatasetError: it is a plate, a collection, a label image, or no image at all.
    """
    ome = ome_attributes(group, where)
    refuse_other_kinds(group, ome, where)
    if "image-label" in ome:
        read_movie_layout(group, where)


def _check(
    location: Location, group: zarr.Group, own: Mapping[str, object] | None, *, deep: bool
) -> list[Problem]:
    """Check one dataset; `own` are the root's attributes, None for another program's."""
    image = check_image(location, "", read_movie_layout)
    problems = list(image.problems)
    attributes = None
    if own is not None:
        attributes, found = _own_attributes(own)
        problems += found
    if image.layout is None:
        return problems
    problems += check_labels(location, image.layout, own=own is not None)
    if own is None:
        return problems
    frames, channels = image.layout.shape_tcyx[:2]
    problems += check_own_pyramid(image.layout, ".")
    problems += check_predictions(location, image.layout)
    problems += check_tables(location, channels, frames)
    if attributes is None:
        return problems
    problems += _check_shards(group, image.layout, attributes)
    problems += check_runs(location, attributes.image_digest)
    if deep:
        damaged = check_chunks(location)
        movie = Movie(location, image.layout, attributes)
        problems += damaged or check_pixels(movie, attributes.image_digest)
    return problems


def _own_attributes(
    document: Mapping[str, object],
) -> tuple[DistnetAttributes | None, list[Problem]]:
    """Return the attribute ``distnet`` if it can be used, and what is wrong with it."""
    problems = _check_convention(document)
    found = document.get("distnet")
    version = str(found.get("schema_version")) if isinstance(found, Mapping) else ""
    try:
        check_readable(version)
        if parse_version(version) > parse_version(SCHEMA_VERSION):
            text = (
                f"the schema is {version}, this program knows {SCHEMA_VERSION} and leaves the rest"
            )
            problems.append(Problem(".", "version", text, "", "note"))
    except SchemaVersionError as error:
        return None, [*problems, *problems_of(error, "version", "")]
    try:
        return DistnetAttributes.model_validate(found), problems
    except ValidationError as error:
        return None, problems + field_problems(error, ".", _RESTORE)


def _check_convention(document: Mapping[str, object]) -> list[Problem]:
    """Warn if the attribute is not announced among the Zarr conventions."""
    listed = document.get("zarr_conventions")
    entries = listed if isinstance(listed, list) else []
    if any(isinstance(e, Mapping) and e.get("uuid") == CONVENTION["uuid"] for e in entries):
        return []
    text = "zarr_conventions has no entry for distnet"
    return [Problem(".", "attributes", text, _RESTORE, "warning")]


def _check_shards(
    group: zarr.Group, layout: ImageLayout, attributes: DistnetAttributes
) -> list[Problem]:
    """Check that the pixels are sharded as the attributes say, on which every writer relies."""
    array = open_array(group, layout.levels[0].path, layout.where)[0]
    found = (array.shards or array.chunks)[layout.axes.index("t")]
    if found == attributes.frames_per_shard:
        return []
    text = (
        f"a shard holds {found} frames, distnet.frames_per_shard is {attributes.frames_per_shard}"
    )
    return [Problem(".", "attributes", text, _RESTORE)]
