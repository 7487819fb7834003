"""How is a stack of label images, with the table that links them, read?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, NotFoundError
from distnet_store.store.sources.link_table import check_links, read_link_table
from distnet_store.store.sources.man_track import links_of_tracks, read_man_track
from distnet_store.store.sources.source import LabelSource, MovieSource
from distnet_store.store.sources.tiff import open_tiff


def open_label_stack(path: Path, *, axes: str | None = None) -> LabelSource:
    """Open a TIFF file of labels, without links.

    Raises:
        NotFoundError: there is no such file.
        InvalidDataError: it is no whole TIFF, or has several channels or planes.
    """
    return labels_from_movie(open_tiff(path, axes=axes), str(path))


def labels_from_movie(movie: MovieSource, where: str) -> LabelSource:
    """Take a movie whose pixels are labels as label images, without links.

    Raises:
        InvalidDataError: it has several channels.
    """
    frames, channels, height, width = movie.shape
    if channels != 1:
        raise InvalidDataError(
            "labels have no channels",
            expected="axes t, y, x",
            found=f"{channels} channels",
            where=where,
            remedy="give one label image per frame",
        )
    return LabelSource(
        shape=(frames, height, width),
        read=lambda t: movie.read(t)[0],
        links=None,
        format=movie.format,
        files=movie.files,
    )


def read_links(
    links: str | Path | NDArray[np.int64], cells: list[NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Return checked links from `man_track.txt`, a CSV table of links, or an array of them.

    A `.csv` file is a table with the columns t_source, label_source, t_target, label_target; any
    other file is a table of tracks of the Cell Tracking Challenge. `cells` are the labels that each
    frame shows.

    Raises:
        NotFoundError: there is no such table.
        InvalidLineageError: the links contradict the labels or one another.
    """
    if not isinstance(links, str | Path):
        check_links(links, cells, "links")
        return links.astype(np.int64, copy=False)
    path = Path(links)
    if not path.is_file():
        raise NotFoundError(
            "there is no such table of links", where=str(path), remedy="check the path"
        )
    if path.suffix.lower() != ".csv":
        return links_of_tracks(read_man_track(path), cells, str(path))
    table = read_link_table(path)
    check_links(table, cells, str(path))
    return table
