"""What do the errors of a result look like? Examples of each kind, on one page or one sheet.

The page is a single file: pictures are inside it, there is no script, and nothing is loaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, get_args

import pyarrow as pa

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.atlas.atlas_content import Atlas, AtlasSection
from distnet_store.pipeline.atlas.error_crops import crop_errors
from distnet_store.pipeline.atlas.error_order import error_list, examples
from distnet_store.pipeline.atlas.error_page import atlas_page
from distnet_store.pipeline.atlas.error_sheet import draw_sheet
from distnet_store.pipeline.evaluation.sides import Side
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.spec.judgement_tables import ErrorKind
from distnet_store.spec.parameters import EvaluationParameters
from distnet_store.store.movie import Movie

ATLAS_SUFFIXES: Final = (".html", ".png")
EXAMPLES_PER_KIND: Final = 24


def write_atlas(
    path: Path,
    reference: Side,
    result: Side,
    errors: pa.Table,
    *,
    images: Movie | None,
    parameters: EvaluationParameters | None = None,
    per_kind: int = EXAMPLES_PER_KIND,
    title: str = "",
) -> Path:
    """Draw examples of each kind of error, the worst first and from all over the movie; replace the file.

    A `.html` file becomes a page, a `.png` file a sheet. `errors` is the `scores` table of the
    comparison, `parameters` how it was made; `images` gives the raw pixels of its first channel.

    Raises:
        WrongArgumentError: the file is neither.
        StorageError: the file cannot be written.
    """
    check_atlas_path(path)
    rows = error_list(errors)
    sections = []
    for kind in get_args(ErrorKind):
        own = [row for row in rows if row["kind"] == kind]
        crops = crop_errors(examples(own, per_kind), reference, result, images)
        count = sum(row["count"] for row in own if row["counted"])
        sections.append(AtlasSection(kind, count, len(own), crops))
    atlas = Atlas(
        title=title or f"Errors of {result.name}",
        reference=reference.name,
        result=result.name,
        parameters=parameters or EvaluationParameters(),
        sections=sections,
    )
    is_sheet = path.suffix.lower() == ".png"
    write_whole(path, draw_sheet(atlas) if is_sheet else atlas_page(atlas).encode())
    return path


def check_atlas_path(path: Path) -> None:
    """Return if an atlas can have this name.

    Raises:
        WrongArgumentError: it ends in neither .html nor .png.
    """
    if path.suffix.lower() not in ATLAS_SUFFIXES:
        raise WrongArgumentError(
            "an atlas is a page or a picture",
            expected="a file that ends in " + " or ".join(ATLAS_SUFFIXES),
            found=path.name,
            remedy="choose another name",
        )
