"""Which movies a folder or pattern names, and their datasets' names."""

from pathlib import Path

import pytest

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.store.sources.several import NamedSource, movies_in


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def datasets(source: str | Path) -> list[str]:
    return [one.dataset for one in movies_in(source)]


def test_a_folder_has_movies_in_natural_order_and_nothing_else(tmp_path: Path) -> None:
    touch(tmp_path, "t10.tif", "t2.ome.tiff", "T3.TIF", "readme.txt", "thumb.png", ".hidden.tif")
    touch(tmp_path, "frames/000.png", "old.ome.zarr/zarr.json", ".cache/x.tif")
    assert datasets(tmp_path) == [
        *("T3.ome.zarr", "frames.ome.zarr", "old.ome.zarr", "t2.ome.zarr", "t10.ome.zarr"),
    ]


def test_a_pattern_keeps_the_folders_below_its_beginning(tmp_path: Path) -> None:
    touch(tmp_path, "plate/A1/phase.tif", "plate/A2/phase.tif", "plate/A2/gfp.tif")
    assert datasets(f"{tmp_path}/plate/*/phase.tif") == ["A1/phase.ome.zarr", "A2/phase.ome.zarr"]
    assert datasets(f"{tmp_path}/**/gfp.tif") == ["plate/A2/gfp.ome.zarr"]


def test_a_folder_with_a_bracket_in_its_name_is_no_pattern(tmp_path: Path) -> None:
    touch(tmp_path, "day[1]/a.tif")
    assert datasets(tmp_path / "day[1]") == ["a.ome.zarr"]


def test_movies_that_would_be_one_dataset_are_refused(tmp_path: Path) -> None:
    touch(tmp_path, "a.tif", "a.tiff")
    with pytest.raises(WrongArgumentError, match="same dataset") as caught:
        movies_in(tmp_path)
    assert caught.value.found == "a.tif and a.tiff"


@pytest.mark.parametrize("source", ["empty", "missing", "empty/*.tif"])
def test_no_movies_are_told(tmp_path: Path, source: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match="no movies"):
        movies_in(f"{tmp_path}/{source}")


def test_what_lies_beside_a_movie_has_its_name() -> None:
    movie = NamedSource(Path("raw/well 1/a.b.ome.tif"), "a.b.ome.zarr")
    assert movie.beside("{folder}/masks/{name}.tif") == "raw/well 1/masks/a.b.tif"


@pytest.mark.parametrize("template", ["masks.tif", "{well}/masks.tif", "{", "{0}", "{name.x}"])
def test_a_path_that_is_the_same_for_all_is_refused(template: str) -> None:
    with pytest.raises(WrongArgumentError, match="from movie to movie"):
        NamedSource(Path("a.tif"), "a.ome.zarr").beside(template)
