"""Write the page of a model file for docs/models: python tools/model_page.py MODEL SCORES.txt PAGE.md

SCORES.txt is the output of benchmarks/development_split.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

from distnet_store.model.file import read_card
from distnet_store.pipeline.model_report import model_page


def main(model: str, scores: str, page: str) -> None:
    """Write the page."""
    path = Path(model)
    text = Path(scores).read_text()
    Path(page).write_text(model_page(read_card(path), file_bytes=path.stat().st_size, scores=text))


if __name__ == "__main__":
    main(*sys.argv[1:4])
