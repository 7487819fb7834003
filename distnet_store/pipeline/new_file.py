"""May a file be written under this name?"""

from __future__ import annotations

from pathlib import Path

from distnet_store.errors import TargetExistsError, WrongArgumentError


def checked_file(path: Path, suffix: str, content: str, *, overwrite: bool) -> Path:
    """Return the path of a file to write, `content` saying in words what it will be.

    Raises:
        WrongArgumentError: the path does not end with `suffix`.
        TargetExistsError: the file exists and `overwrite` is not set.

    Example:
        >>> checked_file(Path("sheet.png"), ".png", "a picture", overwrite=True).name
        'sheet.png'
    """
    if path.suffix != suffix:
        raise WrongArgumentError(
            f"this cannot be the name of {content}", expected=f"*{suffix}", found=path.name
        )
    if path.exists() and not overwrite:
        raise TargetExistsError(
            "the file exists", where=str(path), remedy="choose another, or --overwrite"
        )
    return path
