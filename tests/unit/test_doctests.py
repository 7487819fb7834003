"""Do the examples in docstrings say the truth? Those marked SKIP need a dataset or a model."""

import doctest
import importlib
import inspect
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]


def package_folder(package: str) -> Path:
    places: dict[str, str] = SETUPTOOLS["package-dir"]
    name = max((p for p in places if f"{package}.".startswith(f"{p}.")), key=len)
    return ROOT / places[name] / package.removeprefix(name).replace(".", "/").lstrip("/")


def module_names() -> list[str]:
    """Return every module of the package whose source holds an example."""
    return [
        f"{package}.{path.stem}".removesuffix(".__init__")
        for package in SETUPTOOLS["packages"]
        for path in sorted(package_folder(package).glob("*.py"))
        if ">>>" in path.read_text(encoding="utf-8")
    ]


def compiled_functions(module: ModuleType) -> Iterator[doctest.DocTest]:
    """Return the examples of numba's functions, which doctest does not see as functions."""
    for name, thing in vars(module).items():
        function = getattr(thing, "py_func", None)
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            yield from doctest.DocTestFinder().find(function, name, module, vars(module))


@pytest.mark.parametrize("name", module_names())
def test_the_examples_of_a_module_are_true(name: str) -> None:
    module = importlib.import_module(name)
    tests = [*doctest.DocTestFinder().find(module), *compiled_functions(module)]
    runner = doctest.DocTestRunner(verbose=False)
    said: list[str] = []
    for test in tests:
        runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_every_package_is_searched() -> None:
    """The folders of `cli` and `schemas` are found, and modules of every layer hold examples."""
    assert package_folder("distnet_store.cli") == ROOT / "cli"
    assert package_folder("distnet_store.store.sources") == ROOT / "distnet_store/store/sources"
    found = {name.split(".")[1] for name in module_names()}
    assert {"cli", "errors", "ops", "pipeline", "store"} <= found
