"""How does an export appear at its target, whole or not at all, and never over something else?"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from distnet_store.errors import TargetExistsError
from distnet_store.store.location import storage_errors


@contextmanager
def new_target(
    target: str | Path, *, overwrite: bool, is_export: Callable[[Path], bool]
) -> Iterator[Path]:
    """Give a path beside the target to write a file or folder to, and move it to the target at the end.

    What is at the target stays if anything fails. It is replaced only if `overwrite` is set and `is_export` says
    that it is an earlier export; an empty folder counts as nothing.

    Raises:
        TargetExistsError: something else is there.
        StorageError: the disk refused.
    """
    final = Path(target).absolute()
    _require_free(final, overwrite=overwrite, is_export=is_export)
    partial = final.with_name(f".{final.name}.partial")
    _remove(partial)
    try:
        with storage_errors(str(final)):
            final.parent.mkdir(parents=True, exist_ok=True)
            yield partial
            _remove(final)
            partial.rename(final)
    finally:
        _remove(partial)


def _require_free(target: Path, *, overwrite: bool, is_export: Callable[[Path], bool]) -> None:
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if overwrite and is_export(target):
        return
    raise TargetExistsError(
        "the target exists",
        expected="a new path, or an earlier export of this format" if overwrite else "a new path",
        where=str(target),
        remedy="choose another target" if overwrite else "choose another, or give --overwrite",
    )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
