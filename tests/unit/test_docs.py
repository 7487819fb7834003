"""Do the documents speak of things that exist, and does no file name a place of somebody's machine?"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

import distnet_store
from distnet_store.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
MANUAL = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
"""The documents that users read."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)|<img [^>]*src=\"([^\"]+)\"")
_FOREIGN = re.compile(
    r"(?<![\w.~*}])/(?:root|work|opt)/|/home/\w|index[-_]url\b|find[-_]links\b|[p]ypi\.org|[p]ythonhosted"
)


def commands() -> dict[str, typer.core.TyperCommand]:
    """Return every command by its words; those of a group have two."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    found: dict[str, typer.core.TyperCommand] = {}
    for name, command in group.commands.items():
        own = command.commands if isinstance(command, typer.core.TyperGroup) else {"": command}
        found |= {f"{name} {word}".strip(): one for word, one in own.items()}
    return found


def blocks(*languages: str) -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in DOCUMENTS if path.is_file()]
    return [
        body for text in texts for language, body in _BLOCK.findall(text) if language in languages
    ]


def shell_lines() -> list[str]:
    """Return the command lines of all documents, continued lines joined and comments cut off."""
    text = "\n".join(blocks("sh", "bash", "console", "shell")).replace("\\\n", " ")
    return [line.removeprefix("$ ").partition(" #")[0].strip() for line in text.splitlines()]


def options_of(command: typer.core.TyperCommand) -> set[str]:
    own = {name for parameter in command.params for name in parameter.opts}
    return own | {"--help", "-h", "--debug"}


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "docs/architecture.md"])
def test_the_document_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_python_blocks_parse_and_use_names_that_exist() -> None:
    used = set()
    for block in blocks("python"):
        used |= set(_names_used(ast.parse(block)))
    assert used, "no document shows the library in Python"
    assert used - set(distnet_store.__all__) == set()


def _names_used(tree: ast.AST) -> Iterator[str]:
    """Yield the names that an example takes from the front door."""
    aliases = {"distnet_store"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {a.asname for a in node.names if a.name == "distnet_store" and a.asname}
        elif isinstance(node, ast.ImportFrom) and node.module == "distnet_store":
            yield from (name.name for name in node.names)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in aliases:
                yield attribute


def test_command_lines_name_commands_and_options_that_exist() -> None:
    known, seen = commands(), 0
    for line in shell_lines():
        program, *words = line.split() or [""]
        if Path(program).name != "distnet-store" or words[:1] in ([], ["--help"], ["-h"]):
            continue
        seen += 1
        name = words[0] if words[0] in known else " ".join(words[:2])
        assert name in known, line
        options = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert options - options_of(known[name]) == set(), line
    assert seen, "no document shows the command line"


def test_make_targets_in_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS if path.is_file())
    mentioned = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    assert {"demo", "test"} <= mentioned
    assert mentioned - targets == set()


def test_every_make_target_is_in_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
    assert set(phony.split()) - set(re.findall(r"'make ([a-z]+)", makefile)) == {"help"}


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_and_each_of_its_parameters_have_help(name: str) -> None:
    command = commands()[name]
    assert command.help
    silent = [p.name for p in command.params if not getattr(p, "help", None)]
    assert silent == []


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_is_in_the_manual(name: str) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in MANUAL if path.is_file())
    last = name.rpartition(" ")[2]
    assert re.search(rf"distnet-store {name}\b|`{last}`", text)


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in DOCUMENTS
        if path.is_file()
        for target in _local_links(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def _local_links(text: str) -> list[str]:
    found = [link or image for link, image in _LINK.findall(text)]
    return [target for target in found if "://" not in target and not target.startswith("mailto:")]


def test_no_file_names_a_place_of_somebodys_machine() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in _texts()
        for number, line in enumerate(text.splitlines(), 1)
        if _FOREIGN.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    ["see " + "/".join(["", "root", "x"]), "--extra-index" + "-url x", "/".join(["", "work", "m"])],
)
def test_the_search_sees_such_places(line: str) -> None:
    assert _FOREIGN.search(line)


def _texts() -> Iterator[tuple[str, str]]:
    """Yield the name and text of every text file that is or would be committed."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    ended = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        pytest.skip("this is no git clone")
    for name in filter(None, ended.stdout.split("\0")):
        data = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in data[:8192]:
            yield name, data.decode("utf-8", errors="replace")
