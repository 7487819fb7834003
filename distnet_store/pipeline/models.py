"""Which models come with the package, and what does a name or path stand for?"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from distnet_store.errors import NotFoundError
from distnet_store.model.file import SUFFIX

_FOLDER = "models"


def bundled_models() -> dict[str, Path]:
    """Return the models that come with the package, by name."""
    folder = Path(str(files("distnet_store") / _FOLDER))
    return {path.name.removesuffix(SUFFIX): path for path in sorted(folder.glob(f"*{SUFFIX}"))}


def find_model(name: str | Path) -> Path:
    """Return the file of a model: a bundled one by name, any other by path.

    Raises:
        NotFoundError: it is neither.
    """
    bundled = bundled_models()
    if str(name) in bundled:
        return bundled[str(name)]
    path = Path(name)
    if path.is_file():
        return path
    raise NotFoundError(
        f"there is no model {str(name)!r}",
        expected=f"one of {', '.join(bundled) or 'none'}, or the path of a {SUFFIX} file",
        remedy="`distnet-store train` makes one",
    )
