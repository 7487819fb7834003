"""Is the documentation site whole: a page for each command and public name, and no link that is broken?"""

import subprocess
import sys
from pathlib import Path

import pytest

import distnet_store

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools" / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's sources, which Sphinx has read without a warning; `make docs` also writes the pages."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(TOOLS / "build.py"), "--check", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return folder / "source"


def test_every_command_has_a_page_with_its_options(site: Path) -> None:
    pages = {path.stem for path in (site / "commands").glob("*.md")}
    assert {"link", "outlines", "curate-split", "index"} <= pages
    text = (site / "commands" / "link.md").read_text(encoding="utf-8")
    assert "| `--max-gap` | `0` | Join tracks over" in text
    assert "| `DATASET` | required |" in text


def test_every_public_name_has_a_page(site: Path) -> None:
    pages = {path.stem for path in (site / "reference").glob("*.md")} - {"index"}
    names = {name.removeprefix("class-") for name in pages}
    assert names == set(distnet_store.__all__) - {"__version__"}
    assert len({name.lower() for name in pages}) == len(pages)


def test_the_fields_of_parameters_are_told(site: Path) -> None:
    text = (site / "reference" / "class-LinkingParameters.md").read_text(encoding="utf-8")
    assert "| `max_gap` | `0` | frames that a cell may be missing" in text


def test_every_page_of_the_repository_is_in_the_site(site: Path) -> None:
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.md")}
    own = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert own <= pages
    index = (site / "index.md").read_text(encoding="utf-8")
    missing = [name for name in own if name.count("/") == 1 and name[:-3] not in index]
    assert missing == []


def test_a_broken_link_is_an_error(tmp_path: Path) -> None:
    """The check above would pass with any site if warnings were none."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "index.md").write_text("# A\n\nSee [there](nowhere.md).\n", encoding="utf-8")
    (source / "conf.py").write_text((TOOLS / "conf.py").read_text(encoding="utf-8"), "utf-8")
    code = (
        f"import sys; sys.path.insert(0, {str(TOOLS)!r}); import build; from pathlib import Path; "
        f"sys.exit(build.run_sphinx(Path({str(source)!r}), Path({str(tmp_path / 'html')!r}), 'dummy'))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "nowhere.md" in ended.stderr
