"""A training run that is killed, stopped or out of room goes on, and ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from distnet_store.errors import (
    InvalidDataError,
    NotFoundError,
    StoppedError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.model.backend import require_backend
from distnet_store.model.file import read_card
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.train import train
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.spec.model_card import NetworkConfig

require_backend()

from small_disk import UNSHARE, can_mount  # noqa: E402 - the backend is chosen first
from small_network import use_small_network  # noqa: E402

from distnet_store.model.checkpoint_file import read_checkpoint, write_checkpoint  # noqa: E402

OPTIONS = TrainingOptions(
    network=NetworkConfig(levels=2, filters=34, frames=3),
    tile=(32, 24),
    batch=1,
    steps=3,
    epochs=3,
    learning_rate=1e-2,
)

COMMAND = """
import sys
from small_network import use_small_network
from distnet_store.cli.app import main
use_small_network(setattr)
main()
"""

FULL_DISK = """
import os, sys
from pathlib import Path
from small_network import use_small_network
from distnet_store.errors import StorageError
from distnet_store.pipeline.train import train
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.spec.model_card import NetworkConfig
from distnet_store.store.movie import open_movie

use_small_network(setattr)
disk, movie = Path(sys.argv[1]), open_movie(sys.argv[2])
options = TrainingOptions(
    NetworkConfig(levels=2, filters=34, frames=3), (32, 24), 1, steps=3, epochs=3, learning_rate=1e-2
)
target, filler = disk / "tiny.safetensors", disk / "filler"
before = {}

def fill(epoch, *_):
    if epoch == 2:
        before.update({p.name: p.read_bytes() for p in disk.iterdir()})
        room = os.statvfs(disk)
        filler.write_bytes(bytes(room.f_bavail * room.f_bsize - 4096))

try:
    train([movie], target, options, on_epoch=fill)
    sys.exit("nothing was refused")
except StorageError as error:
    print(error)
filler.unlink()
assert {p.name: p.read_bytes() for p in disk.iterdir()} == before
assert sorted(before) == ["tiny.checkpoint", "tiny.csv", "tiny.safetensors"]
train([movie], target, options, resume=True)
Path(sys.argv[3]).write_bytes(target.read_bytes())
"""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    use_small_network(monkeypatch.setattr)


@pytest.fixture(scope="module")
def movie(chamber10, tmp_path_factory):
    target = tmp_path_factory.mktemp("movie") / "c10.ome.zarr"
    made = import_movie(chamber10.images, target, pixel_size_um=0.1, frame_interval_s=1)
    return import_labels(made, chamber10.labels.astype(np.int32), links=chamber10.links)


@pytest.fixture(scope="module")
def unbroken(movie, tmp_path_factory):
    """The weights of a run that nothing stops."""
    target = tmp_path_factory.mktemp("unbroken") / "unbroken.safetensors"
    with pytest.MonkeyPatch.context() as patch:
        use_small_network(patch.setattr)
        train([movie], target, OPTIONS)
    return load_file(target)


def stop_after(epochs):
    """Return what asks a run to stop in the second step after so many epochs."""
    asked = iter([False] * (epochs * OPTIONS.steps + 1) + [True])
    return lambda: next(asked)


def assert_same_weights(target, unbroken):
    found = load_file(target)
    assert found.keys() == unbroken.keys()
    for name, value in unbroken.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


def started(folder, *words):
    """Start the command `train` with the small network in a process of its own."""
    script = folder / "command.py"
    script.write_text(COMMAND)
    cases = str(Path(__file__).parents[1] / "cases")
    return subprocess.Popen(
        [sys.executable, str(script), *map(str, words)],
        env={**os.environ, "PYTHONPATH": cases},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def words(movie, target, epochs=OPTIONS.epochs):
    options = "--frames 3 --filters 34 --tile 32,24 --batch 1 --steps 3 --learning-rate 1e-2"
    return ["train", movie.url, "--out", target, *options.split(), "--epochs", epochs]


def wait_for(process, file):
    while not file.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_a_killed_run_goes_on_and_ends_as_an_unbroken_one(movie, tmp_path, unbroken):
    target = tmp_path / "tiny.safetensors"
    process = started(tmp_path, *words(movie, target, epochs=100_000))
    wait_for(process, target.with_suffix(".checkpoint"))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = len(target.with_suffix(".csv").read_text().splitlines()) - 1
    options = replace(OPTIONS, epochs=max(OPTIONS.epochs, done + 1))
    card = train([movie], target, options, resume=True)
    assert card.training["epochs_done"] == options.epochs
    assert not target.with_suffix(".checkpoint").exists()
    if options != OPTIONS:  # it was too quick for us
        train([movie], tmp_path / "unbroken.safetensors", options)
        unbroken = load_file(tmp_path / "unbroken.safetensors")
    assert_same_weights(target, unbroken)


def test_a_signal_ends_the_run_at_a_step_and_says_how_it_goes_on(movie, tmp_path):
    target = tmp_path / "tiny.safetensors"
    curves = tmp_path / "curves"
    asked = (*words(movie, target, epochs=100_000), "--tensorboard", curves)
    process = started(tmp_path, *asked)
    wait_for(process, target.with_suffix(".checkpoint"))
    process.send_signal(signal.SIGTERM)
    shown, said = process.communicate()
    names, first, *_ = shown.splitlines()
    assert (names.split()[:2], first.split()[0]) == (["epoch", "loss"], "1")
    assert [file.stat().st_size > 0 for file in curves.iterdir()] == [True]
    assert process.returncode == StoppedError.exit_code
    assert "the training was stopped" in said
    assert "--resume" in said
    assert read_card(target).name == "tiny"


def test_a_stopped_run_keeps_its_log(movie, tmp_path, unbroken):
    target = tmp_path / "tiny.safetensors"
    for epochs in (1, 1):
        with pytest.raises(StoppedError, match="--resume"):
            train([movie], target, OPTIONS, resume=target.exists(), is_stopped=stop_after(epochs))
    train([movie], target, OPTIONS, resume=True)
    rows = target.with_suffix(".csv").read_text().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["1", "2", "3"]
    seconds = [float(row.split(",")[-1]) for row in rows]
    assert seconds == sorted(seconds)
    assert_same_weights(target, unbroken)


def test_a_full_disk_leaves_the_checkpoint_before_whole(movie, tmp_path, unbroken):
    if not can_mount():
        pytest.skip("no disk can be mounted here")
    disk, script, saved = (tmp_path / name for name in ("disk", "full.py", "saved.safetensors"))
    disk.mkdir()
    script.write_text(FULL_DISK)
    mount = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$1" "$4" "$5"'
    asked = [disk, sys.executable, script, movie.url, saved]
    done = subprocess.run(
        [str(UNSHARE), "-rm", "bash", "-c", mount, "bash", *map(str, asked)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "cases")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No space left" in done.stdout
    assert_same_weights(saved, unbroken)


def test_a_loss_that_is_no_number_keeps_the_checkpoint_and_the_model(movie, tmp_path):
    target = tmp_path / "tiny.safetensors"
    with pytest.raises(StoppedError):
        train([movie], target, OPTIONS, is_stopped=stop_after(1))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    checkpoint, run = read_checkpoint(target.with_suffix(".checkpoint"))
    rate = next(k for k, v in enumerate(checkpoint.optimizer) if v == np.float32(1e-2))
    checkpoint.optimizer[rate] = np.array(1e30, np.float32)
    write_checkpoint(target.with_suffix(".checkpoint"), checkpoint, run)
    steep = target.with_suffix(".checkpoint").read_bytes()
    with pytest.raises(InvalidDataError, match=r"c10.ome.zarr frames \d+, \d+, \d+"):
        train([movie], target, OPTIONS, resume=True)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert after == {**before, "tiny.checkpoint": steep}


def test_another_run_is_refused_with_what_differs(movie, tmp_path):
    target = tmp_path / "tiny.safetensors"
    with pytest.raises(StoppedError):
        train([movie], target, OPTIONS, is_stopped=stop_after(1))
    other = replace(OPTIONS, batch=2, seed=5, cache_mib=7)
    with pytest.raises(WrongArgumentError) as caught:
        train([movie], target, other, resume=True)
    assert caught.value.expected == "options.batch 1; options.seed 0"
    assert caught.value.found == "options.batch 2; options.seed 5"
    with pytest.raises(WrongArgumentError, match=r"validation\[0\].name c10"):
        train([movie], target, OPTIONS, validation=[movie], resume=True)
    target.unlink()
    with pytest.raises(TargetExistsError, match="--resume"):
        train([movie], target, OPTIONS)


def test_there_is_nothing_to_go_on_from(movie, tmp_path):
    with pytest.raises(NotFoundError, match="no checkpoint"):
        train([movie], tmp_path / "tiny.safetensors", OPTIONS, resume=True)
