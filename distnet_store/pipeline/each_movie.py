"""How is the same work done on every movie of a collection, past those on which it fails?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Generic, TypeVar

from distnet_store.store.collection import Collection
from distnet_store.store.movie import Movie

Result = TypeVar("Result")


@dataclass(frozen=True)
class Outcome(Generic[Result]):
    """What became of one movie: a result, or the error that ended its work.

    Attributes:
        name: the dataset's path in the collection.
    """

    name: str
    result: Result | None = None
    error: Exception | None = None


def on_each(
    collection: Collection, work: Callable[[Movie], Result], *, at_once: int = 1
) -> Iterator[Outcome[Result]]:
    """Do work on each movie, `at_once` of them side by side; give outcomes in the order in which they end.

    An error ends the work on its movie only.

    Example:
        >>> movies = open_collection("movies")                            # doctest: +SKIP
        >>> with start_crew(Workers(processes=4)) as crew:                # doctest: +SKIP
        ...     options = RunOptions(workers=crew)
        ...     for outcome in on_each(movies, lambda movie: run(movie, options), at_once=4):
        ...         print(outcome.name, outcome.error or "whole")
    """
    return outcomes(collection.names, lambda name: work(collection.open(name)), at_once=at_once)


def outcomes(
    names: Sequence[str], work: Callable[[str], Result], *, at_once: int = 1
) -> Iterator[Outcome[Result]]:
    """Do work on each name, as `on_each` does on movies."""

    def attempt(name: str) -> Outcome[Result]:
        try:
            return Outcome(name, result=work(name))
        except Exception as error:  # whatever it is, the other movies are not to blame
            return Outcome(name, error=error)

    if at_once == 1:
        yield from map(attempt, names)
        return
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(attempt, name) for name in names]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)
