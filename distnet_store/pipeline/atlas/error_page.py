"""How does an error atlas become one HTML page that needs nothing else?"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import Final

from distnet_store.pipeline.atlas.atlas_content import Atlas, AtlasSection
from distnet_store.pipeline.atlas.error_caption import caption
from distnet_store.pipeline.atlas.error_crops import ErrorCrop, SideName
from distnet_store.pipeline.atlas.error_pictures import SIDE_COLORS, crop_png
from distnet_store.spec.judgement_tables import ErrorKind
from distnet_store.spec.parameters import EvaluationParameters

ERROR_MEANINGS: Final[dict[ErrorKind, str]] = {
    "false negative": "A cell of the reference that no cell of the result matches.",
    "false positive": "A cell of the result that matches no cell of the reference.",
    "over-segmentation": "One cell of the reference became several in the result.",
    "under-segmentation": "Several cells of the reference became one in the result.",
    "false negative link": "A link of the reference between found cells that the result lacks (dashed).",
    "false positive link": "A link of the result that the reference does not have (bold).",
    "unlinked part": "A part of a split cell was left without the link that its cell has (dashed).",
}

_ALT: Final = (
    "Pixels around the error; outlines of the reference in orange, of the result in blue: "
)

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --dim: #666; }
@media (prefers-color-scheme: dark) { :root { --dim: #aaa; } }
* { box-sizing: border-box; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 80rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .25rem; border-top: 1px solid var(--line); padding-top: 1rem; }
p { margin: .25rem 0 .75rem; max-width: 45rem; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.swatch { display: inline-block; width: .9em; height: .9em; border-radius: 2px; }
.crops { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); }
figure { margin: 0; }
img { max-width: 100%; height: auto; display: block; image-rendering: pixelated; }
figcaption { font-size: .85rem; color: var(--dim); margin-top: .3rem; overflow-wrap: anywhere; }
summary { cursor: pointer; }
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
<header>
<h1>{title}</h1>
<p>The result <b>{result}</b> was compared with the reference <b>{reference}</b>.</p>
{legend}
{counts}
{parameters}
</header>
<main>
{sections}
</main>
</body>
</html>
"""


def atlas_page(atlas: Atlas) -> str:
    """Return the atlas as HTML: what was compared and how, counts by kind, and the pictures."""
    shown = [section for section in atlas.sections if section.crops]
    return _PAGE.format(
        title=escape(atlas.title),
        style=_STYLE,
        result=escape(atlas.result),
        reference=escape(atlas.reference),
        legend=_legend() if shown else "<p><b>There are no errors.</b></p>",
        counts=_counts(atlas),
        parameters=_parameters(atlas.parameters),
        sections="\n".join(map(_section, shown)),
    )


def _legend() -> str:
    words: dict[SideName, str] = {
        "reference": "the reference's cells and links are orange",
        "result": "the result's are blue",
    }
    entries = [
        f'<span class="swatch" style="background:{_hex(side)}"></span> {words[side]}'
        for side in words
    ]
    return (
        f"<p>{'; '.join(entries)}. The cells concerned have strong outlines; the wrong ones are filled. "
        "Where both agree, the result's outline lies just inside the reference's. "
        "Links lead from the left frame to the right one.</p>"
    )


def _hex(side: SideName) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in SIDE_COLORS[side])


def _counts(atlas: Atlas) -> str:
    rows = [
        f'<tr><td>{_link(section)}</td><td class="number">{section.count}</td>'
        f'<td class="number">{section.rows}</td><td class="number">{len(section.crops)}</td></tr>'
        for section in atlas.sections
    ]
    head = "<tr><th>error</th><th>counted</th><th>places</th><th>shown</th></tr>"
    return f"<nav><table>{head}{''.join(rows)}</table></nav>"


def _link(section: AtlasSection) -> str:
    name = escape(section.kind)
    return f'<a href="#{_anchor(section.kind)}">{name}</a>' if section.crops else name


def _anchor(kind: ErrorKind) -> str:
    return kind.replace(" ", "-")


def _parameters(parameters: EvaluationParameters) -> str:
    values = parameters.model_dump()
    rows = [
        f"<tr><td>{escape(name)}</td><td>{escape(str(values[name]))}</td>"
        f"<td>{escape(field.description or '')}</td></tr>"
        for name, field in type(parameters).model_fields.items()
    ]
    return f"<details><summary>How errors were counted</summary><table>{''.join(rows)}</table></details>"


def _section(section: AtlasSection) -> str:
    figures = "\n".join(map(_figure, section.crops))
    rest = section.rows - len(section.crops)
    more = f" {rest} more are not shown." if rest else ""
    return (
        f'<section id="{_anchor(section.kind)}"><h2>{escape(section.kind)}: {section.count}</h2>\n'
        f"<p>{escape(ERROR_MEANINGS[section.kind])}{more}</p>\n"
        f'<div class="crops">\n{figures}\n</div></section>'
    )


def _figure(crop: ErrorCrop) -> str:
    text = escape(caption(crop.row))
    data = b64encode(crop_png(crop)).decode("ascii")
    height, width = crop.picture.shape[:2]
    return (
        f'<figure><img src="data:image/png;base64,{data}" width="{width}" height="{height}" '
        f'alt="{escape(_ALT)}{text}" loading="lazy"><figcaption>{text}</figcaption></figure>'
    )
