"""Do imports point one way, and would the check notice one that does not?"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "tools/as_installed.py"), "lint-imports", "--no-logo"]
    return subprocess.run(
        [*command, "--no-cache"], capture_output=True, text=True, check=False, cwd=root
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the source tree that a test may break."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.safetensors")
    for folder in ("distnet_store", "cli", "schemas", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_layer_imports_only_from_those_under_it() -> None:
    ended = lint_imports(ROOT)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2 kept, 0 broken" in ended.stdout


@pytest.mark.parametrize(
    ("module", "line", "says"),
    [
        (
            "distnet_store/store/paths.py",
            "import distnet_store.pipeline.units",
            "distnet_store.store is not allowed to import distnet_store.pipeline",
        ),
        (
            "distnet_store/metrics/links.py",
            "import distnet_store.store.paths",
            "distnet_store.metrics is not allowed to import distnet_store.store",
        ),
        (
            "distnet_store/pipeline/units.py",
            "import distnet_store.cli.app",
            "distnet_store.pipeline is not allowed to import distnet_store.cli",
        ),
        (
            "distnet_store/ops/segmentation/segment.py",
            "import zarr",
            "distnet_store.ops is not allowed to import zarr",
        ),
        (
            "distnet_store/spec/version.py",
            "import logging",
            "distnet_store.spec is not allowed to import logging",
        ),
    ],
)
def test_an_import_upwards_or_of_a_framework_is_refused(
    tree: Path, module: str, line: str, says: str
) -> None:
    with (tree / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    ended = lint_imports(tree)
    assert ended.returncode == 1
    assert says in ended.stdout
