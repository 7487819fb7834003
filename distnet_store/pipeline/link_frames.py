"""What are the cells of consecutive frames, and which links are there between neighbouring ones?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
from distnet_store.ops.linking import FrameCells, PairLinkage, link_pair
from distnet_store.ops.linking.frame_cells import unpredicted_cells
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.spec.maps import MapName
from distnet_store.spec.parameters import LinkingParameters
from distnet_store.store.movie import LabelsReader, MapReader, Movie

_MAPS: tuple[MapName, ...] = ("edm", "displacement", "multiplicity")


def link_frames(
    movie: Movie,
    labels: str,
    prediction: str | None,
    *,
    times: range,
    parameters: LinkingParameters,
) -> tuple[list[ObjectColumns], dict[int, PairLinkage]]:
    """Measure the cells of consecutive frames and link each pair of neighbours, also out of the last.

    With no prediction the columns that come from one are left out.
    """
    read = _FrameReader.open(movie, labels, prediction)
    columns: list[ObjectColumns] = []
    linkages: dict[int, PairLinkage] = {}
    before = None
    for t in range(times.start, min(times.stop + 1, movie.n_frames)):
        measured, cells = _measured(read, t)
        if before is not None:
            linkages[t - 1] = link_pair(before, cells, parameters)
        if t < times.stop:
            columns.append({"t": np.full(len(measured["label"]), t, np.int32), **measured})
        before = cells
    return columns, linkages


@dataclass(frozen=True)
class _FrameReader:
    """What cells are measured from, each opened once; `maps` is empty where there is no prediction."""

    image: Callable[[int], NDArray[np.generic]]
    labels: LabelsReader
    maps: Mapping[MapName, MapReader]

    @classmethod
    def open(cls, movie: Movie, labels: str, prediction: str | None) -> _FrameReader:
        kinds = () if prediction is None else _MAPS
        maps = {kind: movie.map_reader(str(prediction), kind) for kind in kinds}
        return cls(movie.frame, movie.labels_reader(labels), maps)


def _measured(read: _FrameReader, t: int) -> tuple[ObjectColumns, FrameCells]:
    frame = read.labels(t)
    measured = measure_objects(frame, read.image(t))
    if not read.maps:
        centres = np.column_stack([measured["centre_y"], measured["centre_x"]]).astype(np.float64)
        return measured, unpredicted_cells(frame, measured["label"].astype(np.int64), centres)
    maps = {kind: read_map(t, t + 1)[0] for kind, read_map in read.maps.items()}
    measured |= measure_predictions(frame, maps)
    return measured, frame_cells(frame, measured)
