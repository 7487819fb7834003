"""What does napari show of a dataset, and how do edits made there come back into it?

Cells are painted, erased, filled and split with napari's own tools; `EditableCells.save` finds what changed and applies
it as one edit of `curation`, so that it is validated, journalled and can be undone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import zarr
from numpy.typing import NDArray

from distnet_store.pipeline.curation.curation import Curation, movie_curation
from distnet_store.pipeline.curation.import_edited import ImportSummary, import_edited
from distnet_store.pipeline.viewing.neuroglancer_state import TAIL_FRAMES, visible_labels
from distnet_store.spec.maps import MAPS
from distnet_store.store import paths
from distnet_store.store.channel_display import channel_displays
from distnet_store.store.movie import Movie

if TYPE_CHECKING:
    from napari.components import ViewerModel

_COLUMNS: Final = ("track_id", "t", "centre_y", "centre_x")
_SHOWN: Final = ("label", "area", "lineage_id")


def add_dataset(viewer: ViewerModel, movie: Movie, name: str, frame: int = 0) -> None:
    """Add image, maps (hidden) and label images of a dataset to a napari viewer, lazily.

    The label image of `name` is visible; that which holds its tracks where there is one.

    Example:
        >>> viewer = napari.Viewer()                                          # doctest: +SKIP
        >>> add_dataset(viewer, open_movie("chamber10.ome.zarr"), "cells")    # doctest: +SKIP
    """
    _add_channels(viewer, movie)
    _add_maps(viewer, movie)
    visible = visible_labels(movie, name)
    for labels in movie.label_names():
        data = movie.labels(labels).data
        viewer.add_labels(
            data, name=labels, scale=_scale(movie), visible=labels == visible, opacity=0.4
        )
    viewer.dims.axis_labels = ("t", "y", "x")
    viewer.dims.set_point(0, frame)
    if movie.pixel_size_um is not None:
        viewer.scale_bar.visible = True


def has_tracks(movie: Movie, name: str) -> bool:
    """Return whether a result has what is shown as tracks and can be edited."""
    return {(name, "objects"), (name, "tracks")} <= set(movie.tables())


class EditableCells:
    """The cells of a result in a napari viewer: a label layer to be edited, and their tracks and lineages.

    The layer's values are track ids, so that a cell keeps its colour; a new value is a new cell. It is a copy in
    `folder`, frame by frame, so that a long movie needs no memory.

    Example:
        >>> cells = EditableCells(viewer, movie, "corrected", Path("scratch"))    # doctest: +SKIP
        >>> cells.labels.data[3, 40:44, 8:12] = 0                                 # doctest: +SKIP
        >>> cells.save("debris")                                                  # doctest: +SKIP
    """

    def __init__(self, viewer: ViewerModel, movie: Movie, name: str, folder: Path) -> None:
        """Copy the labels and add both layers.

        Raises:
            ConflictError: another program is writing an edit.
            WrongArgumentError: the dataset is another program's.
        """
        self.movie = movie
        self.name = name
        self.curation: Curation = movie_curation(movie, name)
        t, _, height, width = movie.shape
        self._copy = zarr.create_array(
            str(folder / "labels.zarr"),
            shape=(t, height, width),
            chunks=(1, height, width),
            dtype="uint32",
            overwrite=True,
        )
        self._fill()
        scale = _scale(movie)
        self.labels: Any = viewer.add_labels(
            self._copy, name=f"{name}: edit", scale=scale, opacity=0.4
        )
        data, features = self._points()
        self.tracks: Any = viewer.add_tracks(
            data,
            name=f"{name}: tracks",
            scale=scale,
            graph=self._graph(),
            features=features,
            tail_length=TAIL_FRAMES,
        )
        viewer.layers.selection.active = self.labels  # so that the brush paints cells

    def save(self, note: str = "") -> ImportSummary:
        """Apply what was changed as one edit, and show the result with its new links.

        Raises:
            ConflictError: somebody else has changed the result; `refresh` takes up what they did.
            InvalidDataError: most cells are gone.
        """
        summary = import_edited(self.curation, self._copy, note=note)
        self.refresh()
        return summary

    def undo(self) -> None:
        """Take the last edit back.

        Raises:
            ConflictError: somebody else has changed the result.
            NotFoundError: there is none.
        """
        self.curation.undo()
        self.refresh()

    def redo(self) -> None:
        """Make the edit again that was undone last.

        Raises:
            ConflictError: somebody else has changed the result.
            NotFoundError: there is none.
        """
        self.curation.redo()
        self.refresh()

    def refresh(self) -> None:
        """Show the result as it is stored; what was not saved is gone."""
        self.curation.refresh()
        self._fill()
        self.labels.refresh()
        self.tracks.graph = {}  # of tracks that may not be there any more
        self.tracks.data, self.tracks.features = self._points()
        self.tracks.graph = self._graph()

    def _fill(self) -> None:
        read = self.movie.labels_reader(visible_labels(self.movie, self.name))
        for t in range(self.movie.n_frames):
            self._copy[t] = read(t)

    def _points(self) -> tuple[NDArray[np.float64], dict[str, NDArray[Any]]]:
        """Return track id, t, y, x of every cell, in the order of tracks, and what else is known of it."""
        table = self.movie.read_table(self.name, "objects", [*_COLUMNS, *_SHOWN])
        points = np.column_stack([table[column].to_numpy() for column in _COLUMNS])
        return points.astype(np.float64), {column: table[column].to_numpy() for column in _SHOWN}

    def _graph(self) -> dict[int, list[int]]:
        """Return the parents of each track that has some."""
        table = self.movie.read_table(self.name, "tracks", ["track_id", "parents"])
        pairs = zip(table["track_id"].to_pylist(), table["parents"].to_pylist(), strict=True)
        return {track: parents for track, parents in pairs if parents}


def _add_channels(viewer: ViewerModel, movie: Movie) -> None:
    """Add a layer for each channel, with all levels of the pyramid."""
    levels = [movie.image(level) for level in range(len(movie.layout.levels))]
    displays = channel_displays(movie.location.group(), movie.channel_names)
    for channel, display in enumerate(displays):
        window = display.window
        viewer.add_image(
            [level.isel(c=channel).data for level in levels],
            multiscale=True,
            name=display.name,
            scale=_scale(movie),
            colormap=f"#{display.color}" if len(displays) > 1 else "gray",
            blending="additive",
            contrast_limits=None if window is None else (window.start, window.end),
        )


def _add_maps(viewer: ViewerModel, movie: Movie) -> None:
    for prediction in movie.predictions():
        for name in MAPS:
            if not movie.location.exists(
                f"{paths.prediction(prediction, name)}/{paths.ROOT_METADATA}"
            ):
                continue
            found = movie.prediction(prediction, name)
            for channel, label in enumerate(found.coords["c"].to_numpy()):
                viewer.add_image(
                    found.isel(c=channel).data,
                    name=f"{prediction}: {label}",
                    scale=_scale(movie),
                    visible=False,
                    colormap="viridis",
                    contrast_limits=MAPS[name].window,
                )


def _scale(movie: Movie) -> tuple[float, float, float]:
    """Return the steps of t, y, x: frames, and micrometer where they are known."""
    height, width = movie.pixel_size_um or (1.0, 1.0)
    return 1.0, height, width
