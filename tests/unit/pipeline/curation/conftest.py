"""Tiny movies that are made once and copied for each test that edits one."""

from pathlib import Path

import pytest
from curated_movies import copied, write_movie

from distnet_store.store.movie import Movie


@pytest.fixture(scope="session")
def linked_movie(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    return write_movie(tmp_path_factory.mktemp("linked"))


@pytest.fixture(scope="session")
def imported_movie(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    return write_movie(tmp_path_factory.mktemp("imported"), maps=False)


@pytest.fixture
def movie(linked_movie: Movie, tmp_path: Path) -> Movie:
    return copied(linked_movie, tmp_path)


@pytest.fixture
def plain_movie(imported_movie: Movie, tmp_path: Path) -> Movie:
    return copied(imported_movie, tmp_path)
