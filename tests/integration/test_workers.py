"""Threads, processes and a cluster give the same result, also when a worker is killed."""

import os
import signal
import sys
from pathlib import Path

import cloudpickle
import dask
import numpy as np
import pytest

pytest.importorskip("distributed")

from distributed import LocalCluster, Nanny, Scheduler, SpecCluster, get_worker

from distnet_store.errors import WorkerLostError, WrongArgumentError
from distnet_store.pipeline import workers as workers_module
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.segment import segment
from distnet_store.pipeline.targets import targets
from distnet_store.pipeline.units import Unit
from distnet_store.pipeline.workers import Needs, Workers, start_crew
from distnet_store.spec.maps import MAPS

UNITS = [Unit(t, t + 1) for t in range(6)]


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 3)


@pytest.fixture(autouse=True)
def sent_by_value():
    """Workers cannot import this file, so its functions travel whole."""
    module = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(module)
    yield
    cloudpickle.unregister_pickle_by_value(module)


def make_movie(chamber, target):
    movie = import_movie(chamber.images, target, pixel_size_um=0.1, frame_interval_s=300)
    return import_labels(movie, chamber.labels.astype(np.int32), links=chamber.links)


class KillsItsFirstWorker:
    """Ends its process with SIGKILL the first time that it computes unit 3."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, unit: Unit) -> int:
        flag = self.folder / "killed"
        if unit.t_start == 3 and not flag.exists():
            flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return unit.t_start


def always_dies(_unit: Unit) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def result(movie, name):
    maps = [np.asarray(movie.prediction(name, kind)) for kind in MAPS]
    return [*maps, np.asarray(movie.labels(name))]


def compute(movie, name, workers):
    seen = []
    for run in (
        targets(movie, name=name, workers=workers, on_progress=lambda *call: seen.append(call)),
        segment(movie, prediction=name, name=name, workers=workers),
    ):
        assert run.units_computed == run.record.units == 4
    assert seen[-1] == ("targets", 10, 10)
    return result(movie, name)


def test_processes_give_the_bytes_that_one_thread_gives(chamber10, tmp_path):
    movie = make_movie(chamber10, tmp_path / "movie.ome.zarr")
    alone = compute(movie, "alone", Workers())
    together = compute(movie, "together", Workers(processes=2))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_cluster_that_is_there_is_used_and_left_running(chamber10, tmp_path):
    movie = make_movie(chamber10, tmp_path / "movie.ome.zarr")
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        workers = Workers(scheduler=cluster.scheduler_address, resources={"GPU": 1})
        run = targets(movie, workers=workers)  # runs no network, so it needs no GPU
        assert run.units_computed == 4
        assert len(cluster.scheduler.workers) == 1
        with (
            pytest.raises(WrongArgumentError, match="no worker has the resources"),
            start_crew(workers) as crew,
        ):
            list(crew.run(name_of_worker, UNITS, Needs(is_network=True)))
        with (
            pytest.raises(WrongArgumentError, match="more memory than a worker may use") as error,
            start_crew(workers) as crew,
        ):
            list(crew.run(name_of_worker, UNITS, Needs(memory_bytes=2**50)))
        assert "1048576.0 GiB" in error.value.expected


def name_of_worker(_unit: Unit) -> str:
    return str(get_worker().name)


def test_a_network_runs_where_the_resource_is():
    plain, with_gpu = ({"cls": Nanny, "options": {"nthreads": 1}} for _ in range(2))
    with_gpu["options"]["resources"] = {"GPU": 1}
    with SpecCluster(
        workers={"plain": plain, "gpu": with_gpu},
        scheduler={"cls": Scheduler, "options": {"dashboard": False}},
    ) as cluster:
        cluster.wait_for_workers(2)
        workers = Workers(scheduler=cluster.scheduler_address, resources={"GPU": 1})
        with start_crew(workers) as crew:
            assert crew.n_at_once == 2
            assert set(crew.run(name_of_worker, UNITS, Needs(is_network=True))) == {"gpu"}
            assert set(crew.run(name_of_worker, UNITS)) == {"gpu", "plain"}


def test_a_killed_worker_is_replaced_and_every_unit_is_computed(tmp_path):
    with start_crew(Workers(processes=2)) as crew:
        assert sorted(crew.run(KillsItsFirstWorker(tmp_path), UNITS)) == list(range(6))
    assert (tmp_path / "killed").exists()


def test_a_unit_that_ends_every_worker_is_told():
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        pytest.raises(WorkerLostError, match="again and again"),
        start_crew(Workers(processes=2)) as crew,
    ):
        list(crew.run(always_dies, UNITS[:1]))


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(workers_module, "_PATIENCE_S", 1)
    with (
        pytest.raises(WorkerLostError, match="does not answer"),
        start_crew(Workers(scheduler="tcp://127.0.0.1:9")),
    ):
        pass


@pytest.mark.parametrize(
    "choice", [{"threads": 0}, {"threads": 2, "processes": 2}, {"processes": 2, "scheduler": "x"}]
)
def test_an_unclear_choice_is_refused(choice):
    with pytest.raises(WrongArgumentError, match="who should work"):
        Workers(**choice)
