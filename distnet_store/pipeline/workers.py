"""Who computes the work units: this process, its threads, other processes, or a cluster?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from distnet_store.errors import MissingExtraError, WorkerLostError, WrongArgumentError
from distnet_store.pipeline.units import Unit

if TYPE_CHECKING:
    from distributed import Client

Result = TypeVar("Result")

_PATIENCE_S: Final = 15
"""Seconds in which a scheduler must answer."""

OnDashboard = Callable[[str], None]
"""Called with the address of the page that shows what the workers do."""


@dataclass(frozen=True)
class Workers:
    """Who works, which changes nothing of a result. At most one of the three is chosen.

    Attributes:
        threads: threads of this process that work side by side.
        processes: processes on this machine, one thread each; 0 for none.
        scheduler: address of a running dask scheduler whose workers do it, for example
            ``tcp://10.0.0.5:8786``; they need this package, and the dataset under the same path or URL.
        resources: what each unit takes of the worker's dask resources, for example ``{"GPU": 1}``.

    Example:
        >>> Workers(processes=4).n_at_once
        4
    """

    threads: int = 1
    processes: int = 0
    scheduler: str | None = None
    resources: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a choice that contradicts itself."""
        chosen = [self.threads > 1, self.processes > 0, self.scheduler is not None]
        if self.threads < 1 or self.processes < 0 or sum(chosen) > 1:
            raise WrongArgumentError(
                "it is not clear who should work",
                expected="threads (at least 1), or processes, or the address of a scheduler",
                found=f"threads {self.threads}, processes {self.processes}, scheduler {self.scheduler}",
                remedy="give one of --threads, --workers and --scheduler",
            )

    @property
    def n_at_once(self) -> int | None:
        """Number of units that are computed at once, None where a cluster decides."""
        return None if self.scheduler else max(self.threads, self.processes)


def as_workers(workers: Workers | int) -> Workers:
    """Return the workers that a number of threads stands for, or what was given.

    Example:
        >>> as_workers(3).threads
        3
    """
    return Workers(threads=workers) if isinstance(workers, int) else workers


@dataclass(frozen=True)
class Crew:
    """Workers that have been started: threads of this process, or those of a dask client."""

    workers: Workers
    client: Client | None = None

    def run(self, task: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        """Compute units; give the results in the order in which they end.

        Raises:
            WorkerLostError: workers ended again and again while they computed the same unit.
        """
        if self.client is None:
            return _in_threads(task, units, self.workers.threads)
        return _on_cluster(self.client, task, units, self.workers.resources)


@contextmanager
def start_crew(workers: Workers, on_dashboard: OnDashboard | None = None) -> Iterator[Crew]:
    """Start workers and end those that were started here when the block ends.

    Tasks go to other processes by pickle, so they must be values: no open files, no closures over them.

    Raises:
        MissingExtraError: processes or a cluster are asked for and dask.distributed is not installed.
        WorkerLostError: the scheduler does not answer.
    """
    if workers.scheduler is None and not workers.processes:
        yield Crew(workers)
        return
    with _client(workers) as client:
        if on_dashboard is not None and client.dashboard_link:
            on_dashboard(client.dashboard_link)
        yield Crew(workers, client)


def _in_threads(
    task: Callable[[Unit], Result], units: Sequence[Unit], threads: int
) -> Iterator[Result]:
    if threads == 1:
        yield from map(task, units)
        return
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(task, unit) for unit in units]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _on_cluster(
    client: Client,
    task: Callable[[Unit], Result],
    units: Sequence[Unit],
    resources: Mapping[str, float],
) -> Iterator[Result]:
    from distributed import KilledWorker
    from distributed import as_completed as as_they_end

    futures = client.map(task, units, pure=False, resources=dict(resources) or None)
    try:
        for future in as_they_end(futures):  # type: ignore[no-untyped-call] # distributed annotates in part
            yield future.result()
    except KilledWorker as error:
        raise WorkerLostError(
            "workers ended again and again while they computed the same unit",
            found=str(error).splitlines()[0],
            remedy="give each worker more memory, or fewer workers; the same call goes on where it stopped",
        ) from error
    finally:
        client.cancel(futures)  # type: ignore[no-untyped-call] # distributed annotates in part


@contextmanager
def _client(workers: Workers) -> Iterator[Client]:
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "processes and clusters need dask.distributed",
            found="it is not installed",
            remedy='pip install "distnet-store[cluster]", or use --threads',
        ) from error
    if workers.scheduler is not None:
        with _connected(workers.scheduler) as client:
            yield client
        return
    with (
        LocalCluster(  # type: ignore[no-untyped-call] # distributed annotates in part
            n_workers=workers.processes,
            threads_per_worker=1,
            resources=dict(workers.resources) or None,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.ERROR,  # the nannies tell of each worker that ends slowly
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call] # distributed annotates in part
    ):
        yield client


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    from distributed import Client

    try:
        client = Client(address, timeout=_PATIENCE_S)  # type: ignore[no-untyped-call] # distributed annotates in part
    except (OSError, TimeoutError, ValueError) as error:
        raise WorkerLostError(
            "the scheduler does not answer",
            expected="the address of a running dask scheduler, for example tcp://10.0.0.5:8786",
            found=f"{address}: {error}",
            remedy="start it with `dask scheduler`, and workers with `dask worker ADDRESS`",
        ) from error
    with client:
        yield client
