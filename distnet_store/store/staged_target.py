"""How do several steps make one new dataset, so that nothing is there if one of them fails?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distnet_store.store.location import is_remote, storage_errors
from distnet_store.store.movie_writer import check_target, put_in_place


@contextmanager
def staged_target(target: str, *, overwrite: bool = False) -> Iterator[str]:
    """Yield a place to make a dataset in; it comes to `target` when the block ends without error.

    On a disk the place is beside the target; an old dataset stays whole until the new one takes its
    place, and a failure leaves everything as it was. In a bucket it is the target itself.

    Raises:
        TargetExistsError: something is at the target and `overwrite` is not set.
        StorageError: the disk refused.

    Example:
        >>> with staged_target("movie.ome.zarr") as place:                    # doctest: +SKIP
        ...     import_labels(import_movie("movie.tif", place), "masks.tif")
    """
    check_target(target, overwrite=overwrite)
    if is_remote(target):
        yield target
        return
    final = Path(target.removeprefix("file://")).absolute()
    folder = final.with_name(f".{final.name}.incoming")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield str(folder / final.name)
        with storage_errors(target):
            put_in_place(folder / final.name, final)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
