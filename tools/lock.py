"""Which exact versions are installed? Asks pip, with several Pythons, and writes `constraints.txt`.

    python tools/lock.py python3.11 python3.12

Each argument is an interpreter whose pip resolves the package with the extras `tensorflow` and
`dev`; nothing is installed. The newest Python's versions also hold for those after it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from itertools import groupby, pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("tensorflow", "dev")
HEADER = """\
# The versions that `make demo`, `make test` and continuous integration install: the package with the
# extras "tensorflow" and "dev", resolved with Python {pythons} on {platform}. The last of these
# versions also stand for newer Pythons. Written by `make lock`; not to be edited.
"""

Version = tuple[int, int]


def requirements() -> list[str]:
    """Return what pyproject.toml asks for, with the extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for extra in EXTRAS for name in project["optional-dependencies"][extra]]
    return [*project["dependencies"], *extras]


def resolve(python: str) -> tuple[Version, str, dict[str, str]]:
    """Return an interpreter's version, its platform, and the version of each distribution."""
    with tempfile.TemporaryDirectory() as folder:
        report_file = Path(folder) / "report.json"
        options = ("--dry-run", "--ignore-installed", "--quiet", "--disable-pip-version-check")
        command = [python, "-m", "pip", "install", *options, "--report", str(report_file)]
        subprocess.run([*command, *requirements()], check=True)
        report = json.loads(report_file.read_text(encoding="utf-8"))
    environment = report["environment"]
    major, minor = environment["python_version"].split(".")
    found = {
        re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower(): item["metadata"]["version"]
        for item in report["install"]
    }
    platform = f"{environment['platform_system']} {environment['platform_machine']}"
    return (int(major), int(minor)), platform, found


def markers(versions: list[Version]) -> dict[Version, tuple[str, str]]:
    """Return, for each Python in ascending order, the marker's lower and upper bound; "" is none.

    Example:
        >>> markers([(3, 11), (3, 12)])[(3, 11)]
        ('', 'python_version < "3.12"')
    """
    lower = {b: f'python_version >= "{b[0]}.{b[1]}"' for _, b in pairwise(versions)}
    upper = {a: f'python_version < "{b[0]}.{b[1]}"' for a, b in pairwise(versions)}
    return {version: (lower.get(version, ""), upper.get(version, "")) for version in versions}


def constraint_lines(resolved: dict[Version, dict[str, str]]) -> list[str]:
    """Return one line for each distribution and run of Pythons that take the same version of it."""
    pythons = sorted(resolved)
    bounds = markers(pythons)
    lines = []
    for name in sorted({name for found in resolved.values() for name in found}):
        for version, group in groupby(pythons, key=lambda python: resolved[python].get(name)):
            run = list(group)
            marker = " and ".join(filter(None, (bounds[run[0]][0], bounds[run[-1]][1])))
            if version is not None:
                lines.append(f"{name}=={version}" + (f" ; {marker}" if marker else ""))
    return lines


def main(pythons: list[str]) -> int:
    """Write constraints.txt; return 2 if no interpreter is named."""
    if not pythons:
        sys.stderr.write(f"usage: {Path(__file__).name} PYTHON...\n")
        return 2
    answers = [resolve(python) for python in pythons]
    resolved = {version: found for version, _, found in answers}
    names = " and ".join(f"{major}.{minor}" for major, minor in sorted(resolved))
    lines = constraint_lines(resolved)
    header = HEADER.format(pythons=names, platform=answers[0][1])
    (ROOT / "constraints.txt").write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"constraints.txt: {len(lines)} lines\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
