"""How is a dataset opened in a window of napari, with buttons that save and undo?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distnet_store.errors import DistnetError, MissingExtraError
from distnet_store.pipeline.curation.import_edited import summary_lines
from distnet_store.pipeline.viewing.napari_layers import EditableCells, add_dataset, has_tracks
from distnet_store.pipeline.viewing.neuroglancer_state import shown_result
from distnet_store.store.movie import Movie

if TYPE_CHECKING:
    from napari import Viewer


def view_in_napari(movie: Movie, name: str | None = None, *, frame: int = 0) -> None:
    """Show a dataset in napari until its window is closed; edits are saved by a button, and can be undone.

    Results with tracks of our own datasets can be edited; everything else is shown.

    Raises:
        MissingExtraError: napari or its window library is not installed.
        NotFoundError: there is no such result.
        WrongArgumentError: the movie has no such frame.

    Example:
        >>> view_in_napari(open_movie("chamber10.ome.zarr"), "corrected")     # doctest: +SKIP
    """
    napari = _napari()
    with tempfile.TemporaryDirectory(prefix="distnet-store-") as folder:
        open_window(movie, name, Path(folder), frame=frame)
        napari.run()


def open_window(movie: Movie, name: str | None, folder: Path, *, frame: int = 0) -> Viewer:
    """Open the window and return it; `folder` holds the copy of the labels that is edited.

    Raises:
        MissingExtraError: napari or its window library is not installed.
        NotFoundError: there is no such result.
        WrongArgumentError: the movie has no such frame.
    """
    shown = shown_result(movie, name, frame)
    viewer: Viewer = _napari().Viewer(title=f"{movie.url} - distnet-store")
    add_dataset(viewer, movie, shown.name, frame)
    if movie.attributes is not None and has_tracks(movie, shown.name):
        for layer in movie.label_names():
            viewer.layers[layer].visible = False
        cells = EditableCells(viewer, movie, shown.name, folder)
        viewer.window.add_dock_widget(_buttons(cells), name="distnet-store", area="right")
    viewer.reset_view()
    return viewer


def _buttons(cells: EditableCells) -> Any:
    """Return a panel with a note, buttons, and a line that says what became of the last one."""
    from magicgui.widgets import Container, Label, LineEdit, PushButton

    note = LineEdit(label="note")
    said = Label(value="edit the cells, then save")

    def press(text: str, work: Callable[[], str]) -> PushButton:
        button = PushButton(text=text)

        def clicked() -> None:
            try:
                said.value = work()
            except DistnetError as error:
                said.value = str(error)

        button.changed.connect(clicked)
        return button

    def save() -> str:
        return "saved: " + "; ".join(summary_lines(cells.save(note.value)))

    def step(work: Callable[[], None], text: str) -> Callable[[], str]:
        def run() -> str:
            work()
            return text

        return run

    return Container(
        widgets=[
            note,
            press("Save", save),
            press("Undo", step(cells.undo, "undone")),
            press("Redo", step(cells.redo, "made again")),
            press("Discard unsaved", step(cells.refresh, "as it is stored")),
            said,
        ]
    )


def _napari() -> Any:
    try:
        import napari
        import qtpy  # noqa: F401 - raises where no window library is installed
    except ImportError as error:
        raise MissingExtraError(
            "napari is not installed, or has no window library",
            found=str(error),
            remedy='pip install "distnet-store[napari]"',
        ) from error
    return napari
