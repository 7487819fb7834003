"""Which mask in a folder belongs to which image, where programs and people name them in many ways?

A mask has its image's name, or that name with a word for masks before or after it; an image may have
a word for images: `a.tif` and `a.png`, `a.tif` and `a_cp_masks.tif`, `02_image.tif` and `02_labels.tif`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import natsort

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.store.sources.image_header import IMAGE_SUFFIXES
from distnet_store.store.sources.several import NamedSource, name_without_ending

_MASK_WORDS: Final = "cp_masks|masks?|labels?|segmentation|seg|instances|annotations?|gt"
_IMAGE_WORDS: Final = "images?|img|raw"
_OTHER_WORDS: Final = "flows|probabilities|prob"
"""Of files that Cellpose and others write beside masks."""
_SHOWN: Final = 5
"""So many names are shown in an error."""
_SUFFIXES: Final = IMAGE_SUFFIXES | {".btf", ".tf8", ".npy", ".npz"}


def paired_masks(
    movies: Sequence[NamedSource], folder: str | Path
) -> tuple[tuple[NamedSource, Path], ...]:
    """Return each movie with its mask in a folder; where both lie in one folder, masks are no movies.

    Raises:
        NotFoundError: there are no masks.
        WrongArgumentError: a movie has no mask or several, or a mask has no movie.

    Example:
        >>> paired_masks(movies_in("stills"), "masks")                    # doctest: +SKIP
        ((NamedSource(path=PosixPath('stills/a.tif'), dataset='a.ome.zarr'), PosixPath('masks/a_mask.png')),)
    """
    place = Path(folder)
    masks = [path for path in place.glob("[!.]*") if path.suffix.lower() in _SUFFIXES]
    if any(one.path.parent.resolve() == place.resolve() for one in movies):
        masks = [path for path in masks if _has_word(path, _MASK_WORDS)]
        movies = [one for one in movies if not _has_word(one.path, f"{_MASK_WORDS}|{_OTHER_WORDS}")]
    else:
        masks = [path for path in masks if not _has_word(path, _OTHER_WORDS)]
    if not masks:
        raise NotFoundError(
            "there are no masks in this folder",
            expected="label images as TIFF, PNG or NumPy, named as their images, such as a_mask.tif for a.tif",
            where=str(place),
            remedy="check the path given with --labels",
        )
    found = {one: _masks_of(one.path, masks) for one in movies}
    _refuse_faults(found, masks, place)
    return tuple((one, own[0]) for one, own in found.items())


def _masks_of(image: Path, masks: Sequence[Path]) -> list[Path]:
    """Return the masks of an image; those that have its whole name go before those that have its core."""
    name = name_without_ending(image.name)
    whole = [mask for mask in masks if name in _names(mask, _MASK_WORDS)]
    if whole:
        return whole
    core = _names(image, _IMAGE_WORDS)[-1]
    return [mask for mask in masks if core in _names(mask, _MASK_WORDS)]


def _names(path: Path, words: str) -> tuple[str, str]:
    """Return a file's name without ending, and what is left of it without a word before or after it.

    Example:
        >>> _names(Path("02_labels.tif"), _MASK_WORDS)
        ('02_labels', '02')
    """
    is_array = path.suffix.lower() in {".npy", ".npz"}
    name = path.stem if is_array else name_without_ending(path.name)
    core = re.sub(rf"[ _.-]?({words})$", "", name, flags=re.IGNORECASE)
    if core == name:
        core = re.sub(rf"^({words})([ _.-]|(?=\d))", "", name, flags=re.IGNORECASE)
    return name, core or name


def _has_word(path: Path, words: str) -> bool:
    name, core = _names(path, words)
    return name != core


def _refuse_faults(
    found: dict[NamedSource, list[Path]], masks: Sequence[Path], folder: Path
) -> None:
    lacking = [one.path.name for one, own in found.items() if not own]
    several = [f"{one.path.name} ({_listed(own)})" for one, own in found.items() if len(own) > 1]
    used = {mask for own in found.values() for mask in own}
    left = [mask for mask in masks if mask not in used]
    faults = []
    if lacking:
        faults.append(f"{len(lacking)} images without a mask: {_shown(lacking)}")
    if several:
        faults.append(f"{len(several)} images with several masks: {_shown(several)}")
    if left:
        faults.append(f"{len(left)} masks without an image: {_listed(left)}")
    if faults:
        raise WrongArgumentError(
            "images and masks do not pair up by their names",
            expected="one mask for each image, named as the image, with or without a word such as mask or labels",
            found="; ".join(faults),
            where=str(folder),
            remedy="rename or move what is named there, or say how masks are called with "
            "--labels '{folder}/../masks/{name}.tif'",
        )


def _listed(paths: Iterable[Path]) -> str:
    return _shown([path.name for path in paths])


def _shown(names: Iterable[str]) -> str:
    ordered = natsort.natsorted(names)
    rest = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(ordered[:_SHOWN]) + rest
