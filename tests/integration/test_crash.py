"""A process that is killed in the middle leaves nothing that looks whole, and the next call goes on."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.targets import plan_targets, targets
from distnet_store.spec.maps import MAPS
from distnet_store.store.movie import open_movie

RUN = """
import sys
import distnet_store.pipeline.targets as operator
from distnet_store.pipeline.workers import Workers
from distnet_store.store.movie import open_movie

if __name__ == "__main__":
    workers = Workers(processes=int(sys.argv[2])) if sys.argv[2] != "0" else 1
    operator.targets(open_movie(sys.argv[1]), workers=workers)
"""


@pytest.fixture
def movie(chamber10, tmp_path, monkeypatch):
    monkeypatch.setattr("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", 1)
    target = tmp_path / "movie.ome.zarr"
    movie = import_movie(chamber10.images, target, pixel_size_um=0.1, frame_interval_s=300)
    return import_labels(movie, chamber10.labels.astype(np.int32), links=chamber10.links)


def start_and_kill(movie, tmp_path, *, processes, after):
    """Start the operator in a process of its own and kill it when so many units are marked."""
    script = tmp_path / "run.py"
    script.write_text(RUN)
    journal = plan_targets(movie, labels="reference").journal
    driver = subprocess.Popen(
        [sys.executable, script, movie.url, str(processes)], start_new_session=True
    )
    while len(journal.markers()) < after:
        assert driver.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)
    driver.send_signal(signal.SIGKILL)
    driver.wait()


@pytest.mark.parametrize(("processes", "after"), [(0, 1), (0, 6), (2, 4)])
def test_a_killed_driver_is_taken_up_by_the_next_call(movie, tmp_path, processes, after):
    start_and_kill(movie, tmp_path, processes=processes, after=after)
    assert open_movie(movie.url).predictions() == []
    run = targets(movie)
    assert 0 < run.units_computed <= 10 - after
    targets(movie, name="undisturbed")
    for kind in MAPS:
        np.testing.assert_array_equal(
            movie.prediction("targets", kind), movie.prediction("undisturbed", kind)
        )
