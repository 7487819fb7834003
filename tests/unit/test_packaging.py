"""Does a built wheel hold exactly what the tree holds, and does it work without the tree?"""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
PLACES = {
    "distnet_store": "distnet_store",
    "cli": "distnet_store/cli",
    "schemas": "distnet_store/schemas",
}
"""Folders of the tree, and where each is installed."""


def installed_files(folder: str) -> set[str]:
    """Return the files of a folder of the tree, under the names that they have when installed."""
    root = ROOT / folder
    files = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {
        f"{PLACES[folder]}/{path.as_posix()}"
        for path in files
        if "__pycache__" not in path.parts and not path.name.startswith(".")
    }


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the tree, so that no earlier build gets into it."""
    source = tmp_path_factory.mktemp("source")
    for folder in PLACES:
        shutil.copytree(
            ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    ended = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (path,) = (source / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="session")
def wheel_files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_python(site: Path, *arguments: str) -> str:
    """Run Python on the unpacked wheel, away from the tree."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=site,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_list_of_packages_is_the_tree() -> None:
    folders = {
        Path(name).parent
        for place in PLACES
        for name in installed_files(place)
        if name.endswith(".py")
    }
    assert sorted(SETUPTOOLS["packages"]) == sorted(".".join(folder.parts) for folder in folders)


def test_every_package_has_an_init() -> None:
    files = {name for place in PLACES for name in installed_files(place)}
    missing = [
        p for p in SETUPTOOLS["packages"] if f"{p.replace('.', '/')}/__init__.py" not in files
    ]
    assert missing == []


@pytest.mark.parametrize("folder", sorted(PLACES))
def test_the_wheel_holds_every_file_of_the_tree(folder: str, wheel_files: set[str]) -> None:
    assert installed_files(folder) - wheel_files == set()


def test_the_wheel_holds_nothing_else(wheel_files: set[str]) -> None:
    tree = {name for folder in PLACES for name in installed_files(folder)}
    others = {name for name in wheel_files - tree if ".dist-info/" not in name}
    assert others == set()


@pytest.mark.parametrize("name", ["py.typed", "__init__.pyi"])
def test_the_wheel_carries_its_types(name: str, wheel_files: set[str]) -> None:
    assert f"distnet_store/{name}" in wheel_files


def test_the_wheel_carries_the_bundled_model_and_the_schemas(wheel_files: set[str]) -> None:
    assert "distnet_store/models/bacteria.safetensors" in wheel_files
    assert "distnet_store/schemas/v1.0/dataset.json" in wheel_files
    assert "distnet_store/schemas/v1.0/tables/objects.arrows" in wheel_files


def test_the_wheel_carries_the_licence_and_the_command(unpacked: Path) -> None:
    (info,) = unpacked.glob("*.dist-info")
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert (info / "licenses/LICENSE").read_text(encoding="utf-8") == licence
    commands = (info / "entry_points.txt").read_text(encoding="utf-8")
    assert "distnet-store = distnet_store.cli.app:main" in commands


def test_the_unpacked_wheel_imports_and_finds_its_model(unpacked: Path) -> None:
    code = "import distnet_store as d; print(d.__file__); print(*d.bundled_models().values())"
    module, model = run_python(unpacked, "-c", code).splitlines()
    assert Path(module) == unpacked / "distnet_store/__init__.py"
    assert Path(model).is_relative_to(unpacked)


def test_the_command_of_the_unpacked_wheel_shows_its_help(unpacked: Path) -> None:
    code = "from distnet_store.cli import app; print(app.__file__); app.main()"
    out = run_python(unpacked, "-c", code, "--help")
    assert out.splitlines()[0] == str(unpacked / "distnet_store/cli/app.py")
    assert "import" in out


def test_every_constraint_is_an_exact_version_and_nothing_else() -> None:
    """No addresses, no hashes, no options: those belong to the machine that installs."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    assert [line for line in pins if not _is_pin(line)] == []


def _is_pin(line: str) -> bool:
    pin, _, marker = line.partition(" ; ")
    name, _, version = pin.partition("==")
    bounds = marker.split(" and ") if marker else []
    return (
        name.replace("-", "").isalnum()
        and version[:1].isdigit()
        and not set(version) & set(" *,@/")
        and all(bound.startswith("python_version ") for bound in bounds)
    )


def test_every_requirement_has_a_constraint() -> None:
    """Of those that hold on the platform for which the constraints were made."""
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0] for line in constraints}
    asked = [*PROJECT["project"]["dependencies"]]
    for extra in ("tensorflow", "dev"):
        asked += PROJECT["project"]["optional-dependencies"][extra]
    platform = {"sys_platform": "linux", "platform_machine": "x86_64"}
    needed = [
        requirement.name
        for requirement in map(Requirement, asked)
        if requirement.marker is None or requirement.marker.evaluate(platform)
    ]
    assert set(needed) - pinned == set()
