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
        resources: what a unit that runs a network takes of a worker's dask resources, for example
            ``{"GPU": 1}``; only workers that have it compute such units.

    Example:
        >>> Workers(processes=4).threads
        1
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


@dataclass(frozen=True)
class Needs:
    """What a worker must have to compute a unit.

    Attributes:
        memory_bytes: memory, about; 0 where it is not known.
        is_network: whether a network is run, which takes the resources that the workers were asked for.
    """

    memory_bytes: int = 0
    is_network: bool = False


@dataclass(frozen=True)
class Crew:
    """Workers that have been started: threads of this process, or those of a dask client.

    Several runs may give them work at the same time, from threads of their own.
    """

    workers: Workers
    client: Client | None = None
    threads: ThreadPoolExecutor | None = None

    @property
    def n_at_once(self) -> int:
        """Number of units that are computed at once."""
        if self.client is not None:
            return max(1, sum(self.client.nthreads().values()))  # type: ignore[no-untyped-call] # distributed annotates in part
        return self.workers.threads

    def run(
        self, task: Callable[[Unit], Result], units: Sequence[Unit], needs: Needs | None = None
    ) -> Iterator[Result]:
        """Compute units; give the results in the order in which they end.

        Raises:
            WorkerLostError: workers ended again and again while they computed the same unit.
            WrongArgumentError: no worker has the memory or the resources that a unit needs.
        """
        if self.client is not None:
            needs = needs or Needs()
            resources = self.workers.resources if needs.is_network else {}
            _check_workers(self.client, resources, needs.memory_bytes)
            return _on_cluster(self.client, task, units, resources)
        return map(task, units) if self.threads is None else _in_threads(self.threads, task, units)


Staff = Workers | Crew | int
"""Who works: workers to start, a crew that has been started for several runs, or a number of threads."""


@contextmanager
def start_crew(workers: Staff, on_dashboard: OnDashboard | None = None) -> Iterator[Crew]:
    """Start workers and end those that were started here when the block ends.

    Tasks go to other processes by pickle, so they must be values: no open files, no closures over them.

    Raises:
        MissingExtraError: processes or a cluster are asked for and dask.distributed is not installed.
        WorkerLostError: the scheduler does not answer.
    """
    if isinstance(workers, Crew):
        yield workers
        return
    if isinstance(workers, int):
        workers = Workers(threads=workers)
    if workers.scheduler is None and not workers.processes:
        if workers.threads == 1:
            yield Crew(workers)
            return
        with ThreadPoolExecutor(workers.threads) as threads:
            yield Crew(workers, threads=threads)
        return
    with _client(workers) as client:
        if on_dashboard is not None and client.dashboard_link:
            on_dashboard(client.dashboard_link)
        yield Crew(workers, client)


def _in_threads(
    pool: ThreadPoolExecutor, task: Callable[[Unit], Result], units: Sequence[Unit]
) -> Iterator[Result]:
    futures = [pool.submit(task, unit) for unit in units]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


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


def _check_workers(client: Client, wanted: Mapping[str, float], memory_bytes: int) -> None:
    """Refuse what none of the workers has: it would be waited for without end, or end worker after worker."""
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    if not workers:  # they may come later
        return
    offers = [worker["resources"] for worker in workers]
    if not any(all(o.get(name, 0) >= amount for name, amount in wanted.items()) for o in offers):
        raise WrongArgumentError(
            "no worker has the resources that a network is to take",
            expected=", ".join(f"{name}={amount:g}" for name, amount in wanted.items()),
            found=f"{len(offers)} worker(s), the first with {offers[0] or 'none'}",
            remedy="start workers with `dask worker ADDRESS --resources GPU=1`, or leave --resource out",
        )
    most = max(worker["memory_limit"] or float("inf") for worker in workers)
    if most < memory_bytes:
        raise WrongArgumentError(
            "a work unit needs more memory than a worker may use",
            expected=f"about {memory_bytes / 2**30:.1f} GiB for each worker",
            found=f"at most {most / 2**30:.1f} GiB, {len(offers)} worker(s)",
            remedy="start fewer workers, give each more memory, or predict with a smaller --tile",
        )


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
