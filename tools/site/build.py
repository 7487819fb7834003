"""Build the documentation site: `python tools/site/build.py FOLDER` writes FOLDER/html.

With `--check` it only looks for faults.

Its pages are README, CHANGELOG, docs/, the scripts of examples/, the help of every command, and the docstrings of
the public names. Every warning is an error, so that no link is broken. Nothing is fetched, and the site needs no
network.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from sphinx.cmd.build import main as sphinx

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from command_pages import command_pages  # noqa: E402 - of this folder
from example_pages import example_page  # noqa: E402
from reference_pages import reference_pages  # noqa: E402

_GUIDE = (
    *("linking", "correction", "viewing", "curation", "training", "lineages", "measurements"),
    *("analyses", "neighbours", "evaluation", "experiments", "exchange", "scaling"),
    *("format", "architecture", "benchmarks"),
)
"""Pages of docs/ in the order in which they are read; those not named come after."""

_LINK = re.compile(r"\]\(([^)#:\s]+)\)")
"""A link to a file of the repository."""


def assemble(folder: Path) -> None:
    """Write the site's sources into a folder, laid out as the repository is, so that its links hold."""
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "CHANGELOG.md", folder)
    shutil.copy(HERE / "conf.py", folder)
    _bring_linked_files(folder)
    _write(folder / "commands", command_pages())
    _write(folder / "reference", reference_pages())
    scripts = sorted((ROOT / "examples").glob("*.py"))
    _write(folder / "examples", {script.stem: example_page(script) for script in scripts})
    decisions = sorted(path.stem for path in (ROOT / "docs/decisions").glob("*.md"))
    own = {path.stem for path in (ROOT / "docs").glob("*.md")}
    guide = [name for name in _GUIDE if name in own] + sorted(own - {*_GUIDE})
    _index(folder / "docs/decisions", "Decisions", decisions)
    _index(folder / "commands", "Commands", command_pages())
    _index(folder / "reference", "Python", reference_pages())
    _index(folder / "examples", "Examples", [script.stem for script in scripts])
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = readme.replace("](docs/decisions/)", "](docs/decisions/index.md)")
    readme = re.sub(r"\]\((examples/\w+)\.py\)", r"](\1.md)", readme)
    tree = _toctree([f"docs/{name}" for name in guide], caption="Guide")
    more = ["examples/index", "commands/index", "reference/index", "docs/decisions/index"]
    more += [
        *(f"docs/models/{path.stem}" for path in (ROOT / "docs/models").glob("*.md")),
        "CHANGELOG",
    ]
    (folder / "index.md").write_text(f"{readme}\n{tree}\n{_toctree(more, caption='More')}", "utf-8")


def build(folder: Path, builder: str = "html") -> int:
    """Build the site anew in `folder`/html, and return Sphinx's exit code; the builder dummy writes nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "source"
    source.mkdir(parents=True)
    assemble(source)
    return run_sphinx(source, folder / "html", builder)


def run_sphinx(source: Path, target: Path, builder: str) -> int:
    """Return the exit code of Sphinx for a folder of pages; it is not 0 where there was a warning."""
    doctrees = target.with_name("doctrees")
    options = ["-W", "--keep-going", "-q", "-b", builder, "-d", str(doctrees)]
    return int(sphinx([*options, str(source), str(target)]))


def _bring_linked_files(folder: Path) -> None:
    """Copy the sources that pages name, so that the site has them to download."""
    for page in list(folder.rglob("*.md")):
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            place = (page.parent / target).resolve()
            own = ROOT / place.relative_to(folder) if place.is_relative_to(folder) else place
            if own.is_file() and own.suffix != ".md" and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(own, place)


def _write(folder: Path, pages: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _index(folder: Path, title: str, names: Iterable[str]) -> None:
    (folder / "index.md").write_text(f"# {title}\n\n{_toctree(names)}", encoding="utf-8")


def _toctree(names: Iterable[str], caption: str = "") -> str:
    options = [f":caption: {caption}", ":hidden:"] if caption else []
    return "\n".join(["```{toctree}", ":maxdepth: 1", *options, "", *names, "```", ""])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":")[0])
    parser.add_argument("folder", type=Path, help="folder to make anew")
    parser.add_argument("--check", action="store_true", help="write no pages")
    given = parser.parse_args()
    sys.exit(build(given.folder.resolve(), "dummy" if given.check else "html"))
