"""Which tree do tools see that look at files instead of importing? The one that a wheel installs.

`cli/` and `schemas/` lie beside `distnet_store/` and are installed inside it. Tools that walk the
folder, such as mypy and import-linter, would miss them. This script lays the packages out as they
are installed, as links in a temporary folder, and runs a command there:

    python tools/as_installed.py lint-imports
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lay_out(root: Path, folder: Path) -> None:
    """Link every top-level part of the packages of `root` to its installed place in `folder`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    places = project["tool"]["setuptools"]["package-dir"]
    package = min(places, key=len)
    (folder / package).mkdir()
    for entry in (root / places[package]).iterdir():
        (folder / package / entry.name).symlink_to(entry)
    for name, source in places.items():
        if name != package:
            (folder / name.replace(".", "/")).symlink_to(root / source)
    (folder / "pyproject.toml").symlink_to(root / "pyproject.toml")


def main(command: list[str]) -> int:
    """Run the command in the tree and return its exit status."""
    program = Path(sys.executable).parent / command[0]  # of this environment, activated or not
    with tempfile.TemporaryDirectory() as folder:
        lay_out(ROOT, Path(folder))
        return subprocess.run([program, *command[1:]], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
