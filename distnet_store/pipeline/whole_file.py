"""How does a file beside a dataset appear whole or not at all?"""

from __future__ import annotations

from pathlib import Path

from distnet_store.store.location import storage_errors


def write_whole(file: Path, data: bytes) -> None:
    """Write a file over what was there; its folder is made where it is missing.

    Raises:
        StorageError: the disk refused.
    """
    with storage_errors(str(file)):
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.partial")
        partial.write_bytes(data)
        partial.replace(file)
