"""`distnet-store curate`: edit cells and links of a result by hand, with a history that can be undone."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import typer

from .choices import one_of
from .curate_exchange_command import export, import_, publish
from .curate_history_command import finish, history, redo, undo
from .curate_options import (
    AnyCellsArgument,
    AuthorOption,
    CellArgument,
    CellsArgument,
    DatasetArgument,
    DryRunOption,
    GapOption,
    NameOption,
    NoLinksOption,
    NoteOption,
    cell_of,
    cells_of,
    edit,
    opened,
    points_of,
    with_selection,
)
from .output import JsonOption, Output
from .selection_notes import SelectionOption

OVERLAPS = ("refuse", "drawn", "others")
OTHER_LINKS = ("refuse", "remove", "keep")


def split(
    dataset: DatasetArgument,
    cell: CellArgument,
    line: Annotated[
        str | None, typer.Option(help="Cut along a line through these points: Y,X Y,X …")
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Cut where parts meet that grow from these points: Y,X Y,X …")
    ] = None,
    parts: Annotated[
        str | None, typer.Option(help="Cut as an image of the frame has it: a number per part.")
    ] = None,
    no_links: NoLinksOption = False,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Cut a cell into two (or more, by points or an image); the largest part keeps its label."""
    from distnet_store.pipeline.curation.drawn_image import read_drawn
    from distnet_store.pipeline.curation.edit_types import Split

    wanted = Split(
        cell_of(cell),
        line=points_of(line),
        seeds=points_of(seeds),
        parts=None if parts is None else read_drawn(parts),
        links="none" if no_links else "follow",
    )
    output = Output(as_json=as_json)
    edit(output, opened(dataset, name, author), [wanted], note=note, dry_run=dry_run)


def merge(
    dataset: DatasetArgument,
    cells: CellsArgument,
    apart: Annotated[
        bool, typer.Option("--apart", help="Though they lie in different places.")
    ] = False,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make one cell of several in a frame; the largest keeps its label, all links stay."""
    from distnet_store.pipeline.curation.edit_types import Merge

    output, wanted = Output(as_json=as_json), Merge(cells_of(cells), apart)
    edit(output, opened(dataset, name, author), [wanted], note=note, dry_run=dry_run)


def delete(
    dataset: DatasetArgument,
    cells: AnyCellsArgument = None,
    selection: SelectionOption = None,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove cells with their links."""
    from distnet_store.pipeline.curation.edit_types import Delete

    output, curation = Output(as_json=as_json), opened(dataset, name, author)
    wanted = Delete(with_selection(curation, cells or (), selection))
    edit(output, curation, [wanted], note=note, dry_run=dry_run)


def draw(
    dataset: DatasetArgument,
    t: Annotated[int | None, typer.Option("--t", help="Frame of a new cell.")] = None,
    cell: Annotated[str | None, typer.Option(help="Cell that gets a new shape.")] = None,
    polygon: Annotated[str | None, typer.Option(help="Its corners: Y,X Y,X Y,X …")] = None,
    mask: Annotated[
        str | None, typer.Option(help="Image of the frame that is not 0 where the cell is.")
    ] = None,
    value: Annotated[
        int | None, typer.Option(min=1, help="Take only this value of the mask.")
    ] = None,
    overlap: Annotated[
        str, typer.Option(help="Who keeps pixels of other cells: refuse, drawn or others.")
    ] = "refuse",
    no_links: NoLinksOption = False,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Draw a new cell, or a new shape for one, as a polygon or a mask."""
    from distnet_store.pipeline.curation.drawn_image import read_drawn
    from distnet_store.pipeline.curation.edit_types import Draw

    image = None if mask is None else read_drawn(mask)
    wanted = Draw(
        t=t,
        cell=None if cell is None else cell_of(cell),
        polygon=points_of(polygon),
        mask=None if image is None else (image != 0 if value is None else image == value),
        overlap=cast(
            "Literal['refuse', 'drawn', 'others']", one_of(overlap, OVERLAPS, "--overlap")
        ),
        links="none" if no_links else "follow",
    )
    output = Output(as_json=as_json)
    edit(output, opened(dataset, name, author), [wanted], note=note, dry_run=dry_run)


def link(
    dataset: DatasetArgument,
    source: CellArgument,
    target: CellArgument,
    others: Annotated[
        str,
        typer.Option(
            help="Links that would make a division or fusion of it: refuse, remove, keep."
        ),
    ] = "refuse",
    gap: GapOption = False,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Link a cell to one in a later frame."""
    from distnet_store.pipeline.curation.edit_types import Link

    chosen = cast("Literal['refuse', 'remove', 'keep']", one_of(others, OTHER_LINKS, "--others"))
    output, wanted = Output(as_json=as_json), Link(cell_of(source), cell_of(target), chosen, gap)
    edit(output, opened(dataset, name, author), [wanted], note=note, dry_run=dry_run)


def unlink(
    dataset: DatasetArgument,
    source: CellArgument,
    target: CellArgument,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove the link between two cells."""
    from distnet_store.pipeline.curation.edit_types import Unlink

    output, wanted = Output(as_json=as_json), Unlink(cell_of(source), cell_of(target))
    edit(output, opened(dataset, name, author), [wanted], note=note, dry_run=dry_run)


def divide(
    dataset: DatasetArgument,
    mother: CellArgument,
    daughters: CellsArgument,
    gap: GapOption = False,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say that a cell divides into others: she has these links onward only, they have hers only."""
    from distnet_store.pipeline.curation.edit_types import Divide

    output, wanted = Output(as_json=as_json), Divide(cell_of(mother), cells_of(daughters), gap)
    edit(output, opened(dataset, name, author), [wanted], note=note, dry_run=dry_run)


def swap(
    dataset: DatasetArgument,
    first: CellArgument,
    second: CellArgument,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Exchange two tracks from a frame on; name each by its cell of that frame."""
    from distnet_store.pipeline.curation.edit_types import Swap

    output, wanted = Output(as_json=as_json), Swap(cell_of(first), cell_of(second))
    edit(output, opened(dataset, name, author), [wanted], note=note, dry_run=dry_run)


def confirm(
    dataset: DatasetArgument,
    cells: AnyCellsArgument = None,
    track: Annotated[list[int] | None, typer.Option(help="A whole track; repeatable.")] = None,
    frames: Annotated[
        str | None, typer.Option(help="Whole frames: FIRST:STOP, or a single one.")
    ] = None,
    selection: SelectionOption = None,
    name: NameOption = "corrected",
    note: NoteOption = "",
    author: AuthorOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say that cells, and the links between them, are right, so that no rule changes them."""
    from distnet_store.pipeline.curation.edit_types import Confirm, parse_frames

    output, curation = Output(as_json=as_json), opened(dataset, name, author)
    chosen = with_selection(curation, cells or (), selection)
    wanted = Confirm(chosen, tuple(track or ()), parse_frames(frames))
    edit(output, curation, [wanted], note=note, dry_run=dry_run)


curate = typer.Typer(
    name="curate",
    help="Edit cells and links of a result by hand; undo, redo, and exchange with other programs.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
curate.command("split")(split)
curate.command("merge")(merge)
curate.command("delete")(delete)
curate.command("draw")(draw)
curate.command("link")(link)
curate.command("unlink")(unlink)
curate.command("divide")(divide)
curate.command("swap")(swap)
curate.command("confirm")(confirm)
curate.command("undo")(undo)
curate.command("redo")(redo)
curate.command("history")(history)
curate.command("finish")(finish)
curate.command("export")(export)
curate.command("import")(import_)
curate.command("publish")(publish)
