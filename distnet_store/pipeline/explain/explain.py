"""What did correction do? Every edit as a picture before and after, on a page or on sheets.

All of it comes from the table of edits and both label images: nothing is computed again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.pipeline.explain.edit_crops import CorrectedPair, crop_edits
from distnet_store.pipeline.explain.edit_page import edits_page
from distnet_store.pipeline.explain.edit_pictures import sheet_png
from distnet_store.pipeline.explain.edit_rows import edits_about, largest_first, read_edits
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.store import paths
from distnet_store.store.journal import run_records
from distnet_store.store.movie import Movie
from distnet_store.store.result_digest import result_digest

DEFAULT_MOST: Final = 50
EDITS_PER_SHEET: Final = 10


def explain(
    movie: Movie,
    target: Path,
    *,
    name: str = "corrected",
    most: int = DEFAULT_MOST,
    about: NDArray[np.int64] | None = None,
) -> list[Path]:
    """Draw the edits of the corrected result `name`, those of most cells first; return the files.

    With `about`, object ids of the result before correction, only edits of one of these cells.

    A target that ends in ``.html`` becomes one page with all pictures in it; any other is a folder that
    gets ``index.html`` and sheets ``sheet-01.png`` and so on.

    Raises:
        NotFoundError: the result has no edits table, or the result it was made from is gone or changed.
        WrongArgumentError: the target ends in another suffix.
        StorageError: a file cannot be written.

    Example:
        >>> explain(open_movie("chamber10.ome.zarr"), Path("edits.html"))      # doctest: +SKIP
        [PosixPath('edits.html')]
    """
    check_explain_target(target)
    rows = edits_about(read_edits(movie, name), about)
    pair = CorrectedPair(movie, corrected_from(movie, name), name)
    crops = crop_edits(pair, largest_first(rows, most))
    which = "" if about is None else ", of the selected cells"
    title = f"Edits of {name}, made from {pair.before}{which}"
    page = edits_page(title, crops, len(rows)).encode()
    if target.suffix.lower() == ".html":
        write_whole(target, page)
        return [target]
    files = {target / "index.html": page}
    for number, start in enumerate(range(0, max(len(crops), 1), EDITS_PER_SHEET), start=1):
        sheet = sheet_png(title, crops[start : start + EDITS_PER_SHEET])
        files[target / f"sheet-{number:02}.png"] = sheet
    for file, data in files.items():
        write_whole(file, data)
    return list(files)


def check_explain_target(target: Path) -> None:
    """Return if pictures can be written there.

    Raises:
        WrongArgumentError: it ends in another suffix than .html.
    """
    if target.suffix and target.suffix.lower() != ".html":
        raise WrongArgumentError(
            "edits are explained on a page or in a folder",
            expected="a file that ends in .html, or a folder",
            found=target.name,
            remedy="choose another name",
        )


def corrected_from(movie: Movie, name: str) -> str:
    """Return the name of the result that a corrected one was made from.

    Raises:
        NotFoundError: nothing says which it was, or it is gone or was made anew since.
    """
    standing = result_digest(movie.location, paths.table(name, "edits"))
    for record in run_records(movie.location):
        if record.operator == "correct" and record.run_digest == standing:
            before = str(record.parameters["labels"])
            found = result_digest(movie.location, paths.label_image(before))
            if found == record.inputs["labels"]:
                return before
            raise _not_there(movie, name, f"{before!r} is gone or was made anew since")
    raise _not_there(movie, name, "no record of its correction")


def _not_there(movie: Movie, name: str, found: str) -> NotFoundError:
    return NotFoundError(
        f"the cells before the correction of {name!r} are not there",
        expected="the result that it was made from, as it was then",
        found=found,
        where=movie.url,
        remedy="correct again",
    )
