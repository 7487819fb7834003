"""What may load when the package is imported, and when help is asked for? Counted, not timed."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "dask",
    "jax",
    "keras",
    "matplotlib",
    "numba",
    "numpy",
    "obstore",
    "pandas",
    "pyarrow",
    "scipy",
    "skimage",
    "tensorflow",
    "tifffile",
    "torch",
    "xarray",
    "zarr",
}
"""Packages that take from a tenth of a second to twenty seconds to load. Not pydantic, which Typer
loads by itself to describe the options of a command."""

COMMAND = Path(sys.executable).with_name("distnet-store")


def loaded_modules(*arguments: str) -> list[str]:
    """Return the modules that Python imports when it runs with these arguments."""
    command = [sys.executable, "-X", "importtime", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line for line in ended.stderr.splitlines() if line.startswith("import time:")]
    return [line.rsplit("|", 1)[1].strip() for line in lines[1:]]


def heavy(modules: list[str]) -> set[str]:
    return HEAVY & {module.partition(".")[0] for module in modules}


def test_the_measure_sees_a_heavy_package() -> None:
    assert heavy(loaded_modules("-c", "import distnet_store; distnet_store.open_movie"))


def test_importing_the_package_loads_nothing_heavy() -> None:
    modules = loaded_modules("-c", "import distnet_store")
    assert "distnet_store" in modules
    assert heavy(modules) == set()


def test_importing_the_package_loads_no_module_of_it() -> None:
    modules = loaded_modules("-c", "import distnet_store")
    assert [module for module in modules if module.startswith("distnet_store.")] == []


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["train", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    modules = loaded_modules(str(COMMAND), *arguments)
    assert "distnet_store.cli.app" in modules
    assert heavy(modules) == set()


def test_a_module_without_keras_in_it_loads_none() -> None:
    """Reading, linking and tables need no backend; only the network's own modules do."""
    code = "import distnet_store as d; d.open_movie, d.predict, d.segment, d.link, d.run, d.targets"
    modules = loaded_modules("-c", code)
    assert {"keras", "tensorflow"} & heavy(modules) == set()
