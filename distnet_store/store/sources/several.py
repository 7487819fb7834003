"""Which movies does a folder or pattern name, where each of its entries is one, and what are their datasets called?"""

from __future__ import annotations

from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import Final

import natsort

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.store.sources.image_header import IMAGE_SUFFIXES

_ENDINGS: Final = (".ome.tiff", ".ome.tif", ".ome.zarr")
_MOVIE_FILES: Final = (IMAGE_SUFFIXES | {".btf", ".tf8"}) - {".png"}


@dataclass(frozen=True)
class NamedSource:
    """One of several movies.

    Attributes:
        path: what is imported.
        dataset: the dataset's path in the folder of all, such as ``plate1/well_A01.ome.zarr``.
    """

    path: Path
    dataset: str

    def beside(self, template: str) -> str:
        """Return a path in which {folder} and {name} stand for the movie's folder, and its name without ending.

        Raises:
            WrongArgumentError: something else is in braces, or nothing is: it would be the same for all movies.

        Example:
            >>> NamedSource(Path("raw/a.ome.tif"), "a.ome.zarr").beside("{folder}/masks/{name}.tif")
            'raw/masks/a.tif'
        """
        values = {"folder": str(self.path.parent), "name": name_without_ending(self.path.name)}
        try:
            filled = template.format_map(values)
        except (KeyError, ValueError, IndexError, AttributeError):
            filled = template
        if filled == template:
            raise WrongArgumentError(
                "this path does not differ from movie to movie",
                expected="{name} or {folder} in it, and nothing else in braces",
                found=template,
                remedy="for example '{folder}/{name}_masks.tif'",
            )
        return filled


def movies_in(source: str | Path) -> tuple[NamedSource, ...]:
    """Return the movies of a folder (TIFF files and folders, also OME-Zarr), or all that a pattern names.

    A dataset has the movie's path below the folder in which the pattern begins, so that files of the same name in
    several folders stay apart. Hidden entries are left out.

    Raises:
        NotFoundError: there are none.
        WrongArgumentError: two of them would become the same dataset.

    Example:
        >>> [one.dataset for one in movies_in("plate/*/phase.tif")]        # doctest: +SKIP
        ['A01/phase.ome.zarr', 'A02/phase.ome.zarr']
    """
    text = str(source)
    if has_magic(text) and not Path(text).exists():
        found = [Path(path) for path in glob(text, recursive=True)]  # noqa: PTH207 - patterns with folders
        parts = Path(text).parts
        root = Path(*parts[: next(k for k, part in enumerate(parts) if has_magic(part))])
    else:
        root = Path(text)
        found = [path for path in root.glob("[!.]*") if _may_be_a_movie(path)]
    if not found:
        raise NotFoundError(
            "there are no movies",
            expected="a folder of TIFF files, folders of images, or OME-Zarr; or a pattern that names them",
            where=text,
            remedy="check the path; quote a pattern, such as 'movies/*.tif'",
        )
    movies = [NamedSource(path, _dataset_of(path, root)) for path in natsort.natsorted(found)]
    _refuse_same_names(movies)
    return tuple(movies)


def _may_be_a_movie(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in _MOVIE_FILES


def _dataset_of(path: Path, root: Path) -> str:
    below = path.relative_to(root)
    return below.with_name(f"{name_without_ending(below.name)}.ome.zarr").as_posix()


def name_without_ending(name: str) -> str:
    """Return a file's or folder's name without the ending of its format.

    Example:
        >>> name_without_ending("well.A01.ome.tif")
        'well.A01'
    """
    lower = name.lower()
    ending = next((e for e in _ENDINGS if lower.endswith(e)), None)
    if ending is None and Path(lower).suffix in (_MOVIE_FILES | {".png", ".zarr"}):
        ending = Path(lower).suffix
    return name[: -len(ending)] if ending else name


def _refuse_same_names(movies: list[NamedSource]) -> None:
    first: dict[str, Path] = {}
    for movie in movies:
        other = first.setdefault(movie.dataset, movie.path)
        if other != movie.path:
            raise WrongArgumentError(
                "two movies would become the same dataset",
                expected="names that differ by more than their ending",
                found=f"{other.name} and {movie.path.name}",
                where=str(movie.path.parent),
                remedy="name them by a pattern that takes one of them, or rename one",
            )
