"""How does a script of cells (`# %%`) become a page?"""

from __future__ import annotations

import re
from pathlib import Path

_CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


def example_page(script: Path) -> str:
    """Return a script as Markdown: cells marked `[markdown]` as text, the others as code.

    The title is the first line of its docstring.
    """
    head, *cells = _CELL.split(script.read_text(encoding="utf-8"))
    title, _, text = head.strip().strip('"').strip().partition("\n")
    parts = [f"# {title.rstrip('.')}", text.strip(), f"The script is `examples/{script.name}`."]
    for mark, body in zip(cells[::2], cells[1::2], strict=True):
        parts.append(_text(body) if "[markdown]" in mark else f"```python\n{body.strip()}\n```")
    return "\n\n".join(part for part in parts if part) + "\n"


def _text(body: str) -> str:
    return "\n".join(re.sub(r"^# ?", "", line) for line in body.strip().splitlines())
