"""How do the edits of a correction become one HTML page that needs nothing else?"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from typing import Final

from distnet_store.pipeline.explain.edit_caption import edit_title, evidence
from distnet_store.pipeline.explain.edit_crops import EditCrop
from distnet_store.pipeline.explain.edit_pictures import crop_png

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 80rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .25rem; border-top: 1px solid var(--line); padding-top: 1rem; }
p { margin: .25rem 0 .75rem; max-width: 60rem; }
img { max-width: 100%; height: auto; display: block; image-rendering: pixelated; }
"""

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{summary}</p>
<main>
{sections}
</main>
</body>
</html>
"""

_LEGEND: Final = (
    "The upper row of each picture shows the cells before correction, the lower one after it, one frame a column. "
    "Cells of the edit are filled; a cell has one colour in all frames. Some cells of a later round are not in the "
    "upper row, since an earlier edit made them."
)


def edits_page(title: str, crops: Sequence[EditCrop], n_edits: int) -> str:
    """Return the page; `n_edits` are there, of which `crops` are shown."""
    return _PAGE.format(
        title=escape(title),
        style=_STYLE,
        summary=f"{len(crops)} of {n_edits} edits, those of most cells first. {_LEGEND}"
        if n_edits
        else "<b>There are none.</b>",
        sections="\n".join(map(_section, crops)),
    )


def _section(crop: EditCrop) -> str:
    data = b64encode(crop_png(crop)).decode("ascii")
    height, width = crop.picture.shape[:2]
    heading, text = escape(edit_title(crop.row)), escape(evidence(crop.row))
    return (
        f'<section><h2 id="edit-{crop.row["edit"]}">{heading}</h2>\n<p>{text}</p>\n'
        f'<img src="data:image/png;base64,{data}" width="{width}" height="{height}" '
        f'alt="Cells before and after edit {heading}" loading="lazy"></section>'
    )
