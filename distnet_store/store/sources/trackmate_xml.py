"""Which cells and links does a file of TrackMate hold?

Such a file has all spots, frame by frame, with positions in physical units; the links of all tracks; which tracks
its user keeps (`FilteredTracks`); and the size of the image and its pixels. A spot may have an outline, as points
around its position. External entities and document types, which it never has, are refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, MissingMetadataError
from distnet_store.store.ngff_units import length_um
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.sources.cell_graph import CellGraph, forward_edges

LABEL_FEATURE: Final = "DISTNET_LABEL"
"""Feature of a spot in which our export keeps the value of the cell's pixels."""


@dataclass
class _Found:
    """What was read so far; positions and outlines are in the file's units."""

    units: str | None = None
    image: dict[str, str] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)
    t: list[int] = field(default_factory=list)
    places: list[tuple[float, float, float, float]] = field(default_factory=list)
    labels: list[int | None] = field(default_factory=list)
    rings: list[NDArray[np.float64]] = field(default_factory=list)
    n_hidden_spots: int = 0
    edges: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    kept_tracks: set[str] | None = None


def read_trackmate(path: Path, shape: tuple[int, int, int], scale: PixelScale) -> CellGraph:
    """Read a file of TrackMate for a movie of `shape` (t, y, x).

    The pixel size is the file's own; where it has none, and units of length, that of the movie's `scale`. Spots that
    a filter hides, and links of tracks that are filtered out, are left out and told. Links are turned to lead forward
    in time, since TrackMate's have no direction.

    Raises:
        InvalidDataError: it is no whole file of TrackMate, declares entities, or is that of another image.
        MissingMetadataError: nobody says how large a pixel is.
    """
    found = _parsed(path)
    size = _pixel_size(found, scale, str(path))
    _check_image(found.image, shape, str(path))
    places = np.array(found.places, np.float64).reshape(-1, 4)
    _check_flat(places[:, 2], str(path))
    yx = np.round(places[:, [1, 0]] / size, 6)
    is_labelled = bool(found.labels) and all(label is not None for label in found.labels)
    graph = CellGraph(
        where=str(path),
        word="spot",
        ids=np.array(found.ids, np.int64),
        t=np.array(found.t, np.int64),
        edges=np.empty((0, 2), np.int64),
        yx=yx,
        radius_px=places[:, 3] / float(np.mean(size)),
        labels=np.array(found.labels, np.int64) if is_labelled else None,
        rings=_rings(found.rings, yx, size),
    )
    return _with_edges(graph, found)


def _parsed(path: Path) -> _Found:
    found = _Found()
    try:
        for element, frame, track in _elements(path):
            _take(found, element, frame, track)
    except ParseError as error:
        raise _invalid(
            "this XML is damaged or cut short", "a whole file", str(error), path
        ) from error
    except DefusedXmlException as error:
        raise _invalid(
            "this XML declares a document type or entities, which TrackMate never does",
            "plain XML",
            str(error),
            path,
        ) from error
    except (KeyError, ValueError, OverflowError) as error:
        raise _invalid(
            "an element of this file lacks an attribute, or it is no number",
            "spots with ID, POSITION_X and POSITION_Y, edges with both ends",
            str(error),
            path,
        ) from error
    return found


def _elements(path: Path) -> Iterator[tuple[Element, str, str]]:
    """Yield each element when it is complete, with the frame and track that it lies in, and empty it afterwards."""
    frame = track = ""
    is_first = True
    for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if is_first and element.tag != "TrackMate":
                raise _invalid(
                    "this is no file of TrackMate", "<TrackMate>", f"<{element.tag}>", path
                )
            is_first = False
            if element.tag == "SpotsInFrame":
                frame = element.attrib["frame"]
            elif element.tag == "Track":
                track = element.attrib["TRACK_ID"]
        else:
            yield element, frame, track
            element.clear()


def _take(found: _Found, element: Element, frame: str, track: str) -> None:
    values = element.attrib
    if element.tag == "Spot":
        _take_spot(found, element, frame)
    elif element.tag == "Edge":
        ends = (_whole(values["SPOT_SOURCE_ID"]), _whole(values["SPOT_TARGET_ID"]))
        found.edges.setdefault(track, []).append(ends)
    elif element.tag == "TrackID":
        found.kept_tracks = (found.kept_tracks or set()) | {values["TRACK_ID"]}
    elif element.tag == "FilteredTracks" and found.kept_tracks is None:
        found.kept_tracks = set()
    elif element.tag == "ImageData":
        found.image = dict(values)
    elif element.tag == "Model":
        found.units = values.get("spatialunits")


def _take_spot(found: _Found, spot: Element, frame: str) -> None:
    values = spot.attrib
    if values.get("VISIBILITY", "1") == "0":
        found.n_hidden_spots += 1
        return
    found.ids.append(_whole(values["ID"]))
    found.t.append(_whole(frame))
    x, y = float(values["POSITION_X"]), float(values["POSITION_Y"])
    z, radius = float(values.get("POSITION_Z", "0")), float(values.get("RADIUS", "0"))
    found.places.append((x, y, z, radius))
    label = values.get(LABEL_FEATURE)
    found.labels.append(None if label is None else _whole(label))
    points = (spot.text or "").split() if "ROI_N_POINTS" in values else []
    found.rings.append(np.array(points, np.float64).reshape(-1, 2))


def _whole(text: str) -> int:
    """Return a whole number of at most 64 bits; TrackMate may write 3 as 3.0."""
    return int(np.int64(int(text.removesuffix(".0"))))


def _pixel_size(found: _Found, scale: PixelScale, where: str) -> NDArray[np.float64]:
    """Return the height and width of a pixel in the file's unit."""
    own = [float(found.image.get(name, "nan")) for name in ("pixelheight", "pixelwidth")]
    if all(size > 0 for size in own):
        return np.array(own)
    unit_um = length_um(1.0, found.units)
    if unit_um is None and found.units == "pixel":
        return np.ones(2)
    if unit_um is None or scale.pixel_size_um is None:
        raise MissingMetadataError(
            "nobody says how large a pixel of this file is",
            expected="pixelwidth and pixelheight in its ImageData, or a movie with a pixel size",
            found=f"spatialunits {found.units!r}",
            where=where,
            remedy="import the movie with --pixel-size",
        )
    return np.array(scale.pixel_size_um) / unit_um


def _check_image(image: Mapping[str, str], shape: tuple[int, int, int], where: str) -> None:
    names = ("height", "width")
    known = {name: int(image[name]) for name in names if image.get(name, "").isdigit()}
    expected = dict(zip(names, shape[1:], strict=True))
    if any(size not in (0, expected[name]) for name, size in known.items()):
        raise InvalidDataError(
            "the file of TrackMate is that of an image of another size",
            expected=f"{shape[1]} rows and {shape[2]} columns",
            found=", ".join(f"{name} {size}" for name, size in known.items()),
            where=where,
            remedy="give the file of this movie",
        )


def _check_flat(z: NDArray[np.float64], where: str) -> None:
    if z.size and np.ptp(z) > 0:
        raise InvalidDataError(
            "the spots lie in several planes",
            expected="a movie of one plane",
            found=f"POSITION_Z from {z.min():g} to {z.max():g}",
            where=where,
            remedy="track a projection of the stack",
        )


def _rings(
    rings: list[NDArray[np.float64]], yx: NDArray[np.float64], size: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...] | None:
    """Return the outlines (k, 2) as y, x in pixels; None if there are none at all."""
    if not any(len(ring) for ring in rings):
        return None
    return tuple(ring[:, ::-1] / size + place for ring, place in zip(rings, yx, strict=True))


def _with_edges(graph: CellGraph, found: _Found) -> CellGraph:
    """Return the graph with the links of the tracks that are kept, and what was left out."""
    kept = found.kept_tracks
    names = [name for name in found.edges if kept is None or name in kept]
    edges = [edge for name in names for edge in found.edges[name]]
    left_out = [found.edges[name] for name in found.edges if name not in names]
    notes = []
    if left_out:
        notes.append(
            f"{sum(map(len, left_out))} links of {len(left_out)} tracks were left out, which TrackMate's filters hide"
        )
    if found.n_hidden_spots:
        notes.append(f"{found.n_hidden_spots} spots were left out, which TrackMate's filters hide")
    graph = dataclasses.replace(
        graph, edges=np.array(edges, np.int64).reshape(-1, 2), notes=tuple(notes)
    )
    return dataclasses.replace(graph, edges=forward_edges(graph))


def _invalid(problem: str, expected: str, found: str, path: Path) -> InvalidDataError:
    return InvalidDataError(
        problem,
        expected=expected,
        found=found,
        where=str(path),
        remedy="save the file again with TrackMate",
    )
