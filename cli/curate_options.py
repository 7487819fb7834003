"""Which options do all commands of `curate` share, and how are cells and points written?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from distnet_store.errors import WrongArgumentError

from .selection_notes import selected_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distnet_store.pipeline.curation.cell_address import Cell
    from distnet_store.pipeline.curation.curation import Curation
    from distnet_store.pipeline.curation.edit_types import Edit

    from .output import Output

DatasetArgument = Annotated[str, typer.Argument(help="Dataset with a linked result.")]
CellsArgument = Annotated[
    list[str], typer.Argument(help="Cells: T:LABEL, TRACK@T, or an object_id.")
]
AnyCellsArgument = Annotated[
    list[str] | None, typer.Argument(help="Cells: T:LABEL, TRACK@T, or an object_id.")
]
CellArgument = Annotated[str, typer.Argument(help="Cell: T:LABEL, TRACK@T, or an object_id.")]
NameOption = Annotated[str, typer.Option(help="Result to edit, in its place.")]
NoteOption = Annotated[str, typer.Option(help="Why, for the history.")]
AuthorOption = Annotated[
    str | None,
    typer.Option(envvar="DISTNET_AUTHOR", help="Who edits; default: the user of this computer."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Check the edit and say what it would do.")
]
NoLinksOption = Annotated[
    bool, typer.Option("--no-links", help="Leave the cells that are made without links.")
]
GapOption = Annotated[bool, typer.Option("--gap", help="Allow frames between the cells.")]


def cell_of(text: str) -> Cell:
    """Return the cell that a text names."""
    from distnet_store.pipeline.curation.cell_address import parse_cell

    return parse_cell(text)


def cells_of(texts: Sequence[str]) -> tuple[Cell, ...]:
    """Return the cells that texts name."""
    return tuple(cell_of(text) for text in texts)


def with_selection(
    curation: Curation, cells: Sequence[str], selection: str | None
) -> tuple[Cell, ...]:
    """Return the cells that texts name, or those of a selection.

    Raises:
        WrongArgumentError: both are given, or the selection has no cell that is there.
    """
    chosen = selected_cells(curation.movie, curation.name, selection)
    if chosen is None:
        return cells_of(cells)
    if cells or not chosen.size:
        raise WrongArgumentError(
            "the cells are named twice" if cells else "no cell of the selection is there any more",
            expected="cells, or a selection that holds some",
            found=f"--selection {selection}" + (f" and {' '.join(cells)}" if cells else ""),
            remedy="leave one of them out" if cells else "select cells again",
        )
    return tuple(chosen.tolist())


def points_of(text: str | None) -> list[tuple[float, float]] | None:
    """Return points written as ``Y,X Y,X``, None where nothing is written.

    Raises:
        WrongArgumentError: it has another form.

    Example:
        >>> points_of("10,4 12.5,4")
        [(10.0, 4.0), (12.5, 4.0)]
    """
    if text is None:
        return None
    try:
        pairs = [[float(number) for number in point.split(",")] for point in text.split()]
        return [(y, x) for y, x in pairs]
    except ValueError as error:
        raise WrongArgumentError(
            "these are no points",
            expected='Y,X Y,X … in pixels, for example "10,4 12.5,4"',
            found=repr(text),
            remedy="put the points between quotes, with a space between them",
        ) from error


def opened(dataset: str, name: str, author: str | None) -> Curation:
    """Open what edits a result."""
    from distnet_store.pipeline.curation.curation import movie_curation
    from distnet_store.store.movie import open_movie

    return movie_curation(open_movie(dataset), name, author=author)


def edit(
    output: Output, curation: Curation, edits: Sequence[Edit], *, note: str, dry_run: bool
) -> None:
    """Make edits and say in a line each what they did."""
    from distnet_store.pipeline.curation.carry_out import edit_text

    with output.progress() as progress:
        records = curation.apply(
            edits, note=note, dry_run=dry_run, on_progress=progress.of("curate")
        )
    for record in records:
        output.event("edit", {**record.model_dump(mode="json"), "dry_run": dry_run})
        links = f"{len(record.links_made)} link(s) made, {len(record.links_removed)} removed"
        output.line(f"{'would ' if dry_run else ''}{edit_text(record)}; {links}")
