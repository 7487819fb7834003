"""How is a dataset shown in a browser on this computer?"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from distnet_store.pipeline.viewing.dataset_content import DatasetContent
from distnet_store.pipeline.viewing.loopback_server import HOST, Content, LoopbackServer
from distnet_store.pipeline.viewing.neuroglancer_state import (
    layer_names,
    neuroglancer_state,
    shown_result,
)
from distnet_store.pipeline.viewing.plain_metadata import WithMetadata, plain_metadata
from distnet_store.pipeline.viewing.tail_content import TailContent, missing_neuroglancer
from distnet_store.store.movie import Movie

if TYPE_CHECKING:
    from neuroglancer import Viewer


@dataclass(frozen=True)
class View:
    """A dataset that is being shown; closing it ends that.

    Attributes:
        url: the page to open in a browser.
        data_url: the address of the dataset, for any other viewer on this computer.
        layers: names of the layers from the back, those that are hidden at first in brackets.
    """

    url: str
    data_url: str
    layers: tuple[str, ...]
    server: LoopbackServer
    viewer: Viewer

    def close(self) -> None:
        """Stop to serve the dataset."""
        self.server.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


def view(
    movie: Movie,
    name: str | None = None,
    *,
    frame: int = 0,
    port: int = 0,
    allowed_origins: tuple[str, ...] = (),
) -> View:
    """Serve a dataset to this computer only, and set up a viewer with image, maps, labels and tails of cells.

    `name` is the result that is visible at first, `frame` the time point. Nothing is written, and nothing is read
    but what the browser asks for, also from a bucket. Pages of `allowed_origins` may read the dataset as well.

    Raises:
        MissingExtraError: neuroglancer is not installed.
        NotFoundError: there is no such result.
        WrongArgumentError: the movie has no such frame.
        StorageError: the port is in use.

    Example:
        >>> with view(open_movie("chamber10.ome.zarr")) as shown:         # doctest: +SKIP
        ...     webbrowser.open(shown.url)
        ...     input("Enter closes it")
    """
    shown = shown_result(movie, name, frame)
    contents = {"data": _data(movie)}
    if {(shown.name, "objects"), (shown.name, "links")} <= set(movie.tables()):
        contents["tails"] = TailContent(movie, shown.name)
    viewer = _viewer()
    server = LoopbackServer(contents, port=port, allowed_origins=allowed_origins)
    data_url = f"{server.url}/data"
    tails = f"{server.url}/tails" if "tails" in contents else None
    state = neuroglancer_state(movie, data_url, shown, tails=tails)
    viewer.set_state(state)
    return View(viewer.get_viewer_url(), data_url, tuple(layer_names(state)), server, viewer)


def _data(movie: Movie) -> Content:
    """Return what is served of a dataset; one of another program gets metadata that viewers understand."""
    content = DatasetContent(movie.location)
    return content if movie.attributes else WithMetadata(content, plain_metadata(movie))


def _viewer() -> Viewer:
    try:
        import neuroglancer
    except ModuleNotFoundError as error:
        raise missing_neuroglancer() from error
    neuroglancer.set_server_bind_address(HOST, 0)
    return neuroglancer.Viewer()
