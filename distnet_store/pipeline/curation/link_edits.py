"""How do the edits that change links, or say what is right, change a draft, and when are they refused?"""

from __future__ import annotations

from collections.abc import Sequence

from distnet_store.errors import InvalidLineageError, WrongArgumentError
from distnet_store.pipeline.curation.cell_address import cell_text
from distnet_store.pipeline.curation.draft import Draft
from distnet_store.pipeline.curation.edit_types import Confirm, Divide, Link, Swap, Unlink
from distnet_store.pipeline.curation.link_draft import LinkRow, Pair
from distnet_store.spec.curation_table import EditRecord

_CURATED = LinkRow("curated")


def link_cells(draft: Draft, edit: Link) -> EditRecord:
    """Link a cell to one in a later frame.

    Raises:
        NotFoundError: there is no such cell.
        InvalidLineageError: the link goes backwards, is there already, leads over frames, or makes a
            division or fusion, and it was not said that it may.
    """
    pair = draft.find(edit.source), draft.find(edit.target)
    _check_forward(draft, pair, gap=edit.gap)
    _check_new(draft, pair)
    others = [p for p in (*draft.links.out_of(pair[0]), *draft.links.into(pair[1])) if p != pair]
    if others and edit.others == "refuse":
        raise InvalidLineageError(
            "the link would make a division or a fusion",
            expected="an earlier cell without a link onward, a later one without a link back",
            found=_pairs_text(others),
            where=draft.stored.movie.url,
            remedy="say what becomes of these links: --others remove, or --others keep",
        )
    removed = draft.remove_links(others) if edit.others == "remove" else ()
    return _record("link", pair, draft.make_links([pair], _CURATED), removed)


def unlink_cells(draft: Draft, edit: Unlink) -> EditRecord:
    """Remove the link between two cells.

    Raises:
        NotFoundError: there is no such cell.
        InvalidLineageError: there is no such link.
    """
    pair = draft.find(edit.source), draft.find(edit.target)
    if draft.links.row(pair) is None:
        around = [*draft.links.out_of(pair[0]), *draft.links.into(pair[1])]
        raise InvalidLineageError(
            "there is no such link",
            expected=_pairs_text([pair]),
            found=_pairs_text(around) or "no links of these cells in that direction",
            where=draft.stored.movie.url,
            remedy="name the earlier cell first",
        )
    return _record("unlink", pair, (), draft.remove_links([pair]))


def divide_cell(draft: Draft, edit: Divide) -> EditRecord:
    """Make cells the daughters of a mother, and nothing else hers or theirs.

    Raises:
        NotFoundError: there is no such cell.
        InvalidLineageError: a daughter is not later than her mother, or frames lie between.
        WrongArgumentError: there are fewer than two daughters, or they are in different frames.
    """
    mother = draft.find(edit.mother)
    daughters = [draft.find(cell) for cell in edit.daughters]
    if len(set(daughters)) < 2 or len({cell >> 32 for cell in daughters}) > 1:
        raise WrongArgumentError(
            "these cannot be the daughters of a division",
            expected="two or more different cells of one frame",
            found=", ".join(map(cell_text, daughters)) or "none",
            where=draft.stored.movie.url,
            remedy="name the daughters in the first frame in which both are seen",
        )
    pairs = [(mother, cell) for cell in dict.fromkeys(daughters)]
    for pair in pairs:
        _check_forward(draft, pair, gap=edit.gap)
    around = {*draft.links.out_of(mother), *(p for d in daughters for p in draft.links.into(d))}
    removed = draft.remove_links(sorted(around.difference(pairs)))
    return _record("divide", [mother, *daughters], draft.make_links(pairs, _CURATED), removed)


def swap_tracks(draft: Draft, edit: Swap) -> EditRecord:
    """Exchange the links that lead to two cells of a frame.

    Raises:
        NotFoundError: there is no such cell.
        WrongArgumentError: they are one cell, or of different frames.
        InvalidLineageError: no link leads to either.
    """
    first, second = draft.find(edit.first), draft.find(edit.second)
    if first == second or first >> 32 != second >> 32:
        raise WrongArgumentError(
            "these cells cannot exchange their tracks",
            expected="two cells of the first frame in which the tracks are the wrong way round",
            found=f"{cell_text(first)} and {cell_text(second)}",
            where=draft.stored.movie.url,
            remedy="name each track by its cell of that frame",
        )
    into = {first: draft.links.into(first), second: draft.links.into(second)}
    swapped = {(source, second) for source, _ in into[first]}
    swapped |= {(source, first) for source, _ in into[second]}
    old = {*into[first], *into[second]}
    if swapped == old:
        raise InvalidLineageError(
            "there is nothing to exchange",
            expected="at least one of the cells with a link from an earlier cell of its own",
            found=_pairs_text(sorted(old)) or "no links to either",
            where=draft.stored.movie.url,
            remedy="swap in a later frame, or link the cells",
        )
    removed = draft.remove_links(sorted(old - swapped))
    made = draft.make_links(sorted(swapped), _CURATED)
    return _record("swap", [first, second], made, removed)


def confirm_cells(draft: Draft, edit: Confirm) -> EditRecord:
    """Say that cells are right, and the links between them.

    Raises:
        NotFoundError: there is no such cell, track or frame.
        WrongArgumentError: nothing is named.
    """
    cells = {draft.find(cell) for cell in edit.cells}
    cells |= {c for track in edit.tracks for c in draft.cells_of_track(track) if draft.is_there(c)}
    for t in edit.frames:
        cells.update(draft.cells_of_frame(t))
    if not cells and not edit.frames:
        raise WrongArgumentError(
            "nothing is confirmed",
            expected="cells, tracks or frames",
            found="none",
            remedy="name at least one, for example --frames 0:10",
        )
    inside = sorted(pair for cell in cells for pair in draft.links.out_of(cell) if pair[1] in cells)
    made: list[Pair] = []
    for pair in inside:
        row = draft.links.row(pair)
        if row is not None:
            made += draft.make_links(
                [pair], LinkRow("curated", row.residual, row.disagreement)
            ) or [pair]
    ordered = sorted(cells)
    return EditRecord(
        operation="confirm",
        t=min([*(cell >> 32 for cell in ordered), *edit.frames]),
        before=tuple(ordered),
        after=tuple(ordered),
        frames=tuple(sorted(set(edit.frames))),
        links_made=tuple(made),
    )


def _check_forward(draft: Draft, pair: Pair, *, gap: bool) -> None:
    steps = (pair[1] >> 32) - (pair[0] >> 32)
    if steps < 1:
        raise InvalidLineageError(
            "a link goes forward in time, from the parent to the child",
            expected="an earlier cell, then a later one",
            found=_pairs_text([pair]),
            where=draft.stored.movie.url,
            remedy="name the earlier cell first",
        )
    if steps > 1 and not gap:
        raise InvalidLineageError(
            "frames lie between the cells",
            expected="cells of neighbouring frames",
            found=f"{_pairs_text([pair])}, {steps - 1} frame(s) between",
            where=draft.stored.movie.url,
            remedy="draw the cell in the frames between, or allow it with --gap (gap=True)",
        )


def _check_new(draft: Draft, pair: Pair) -> None:
    if draft.links.row(pair) is not None:
        raise InvalidLineageError(
            "the cells are linked already",
            found=_pairs_text([pair]),
            where=draft.stored.movie.url,
            remedy="nothing needs to be done; `curate confirm` says that the link is right",
        )


def _pairs_text(pairs: Sequence[Pair]) -> str:
    return ", ".join(f"{cell_text(a)} → {cell_text(b)}" for a, b in pairs)


def _record(
    operation: str, cells: Sequence[int], made: Sequence[Pair], removed: Sequence[Pair]
) -> EditRecord:
    ids = tuple(cells)
    return EditRecord.model_validate(
        {
            "operation": operation,
            "t": min(cell >> 32 for cell in ids),
            "before": ids,
            "after": ids,
            "links_made": tuple(made),
            "links_removed": tuple(removed),
        }
    )
