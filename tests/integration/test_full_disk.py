"""A disk that is full stops a step with a message; what was there stays whole, and the next call goes on."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_disk import UNSHARE, can_mount

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.segment import segment
from distnet_store.pipeline.targets import targets
from distnet_store.store.movie import open_movie

# Runs where it may mount a small disk of its own, which nobody else sees.
ON_A_SMALL_DISK = """
set -e
mount -t tmpfs -o size=3m tmpfs "$1"
cp -r "$2" "$1/movie.ome.zarr"
free=$(df --output=avail -k "$1" | tail -1)
head -c $(( (free - $3) * 1024 )) /dev/zero > "$1/filler"
exec "$4" "$5" "$1" "$6"
"""

STEPS = """
import json, sys, hashlib
from pathlib import Path
from distnet_store.errors import StorageError
from distnet_store.pipeline.link import link
from distnet_store.pipeline.segment import segment
from distnet_store.pipeline.targets import targets
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate

disk, step = Path(sys.argv[1]), sys.argv[2]
movie = open_movie(disk / "movie.ome.zarr")
do = {
    "targets": lambda: targets(movie, name="again"),
    "segment": lambda: segment(movie, prediction="targets", name="again"),
    "link": lambda: link(movie, prediction="targets"),
}[step]
try:
    do()
    said = "nothing"
except StorageError as error:
    said = str(error)
sound = validate(movie.url, deep=True).is_valid
(disk / "filler").unlink()
do()
files = [path for path in Path(movie.url).rglob("*") if path.is_file()]
digests = {
    str(path.relative_to(movie.url)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
}
print(json.dumps({"said": said, "sound": sound, "digests": digests}))
"""


pytestmark = pytest.mark.skipif(not can_mount(), reason="no disk can be mounted here")


@pytest.fixture(scope="module")
def source(chamber10, tmp_path_factory):
    target = tmp_path_factory.mktemp("source") / "movie.ome.zarr"
    movie = import_movie(chamber10.images, target, pixel_size_um=0.1, frame_interval_s=300)
    import_labels(movie, chamber10.labels.astype(np.int32), links=chamber10.links)
    targets(movie)
    segment(movie, prediction="targets")
    return target


def digests_under(dataset: Path, part: str) -> dict[str, str]:
    files = [path for path in (dataset / part).rglob("*") if path.is_file()]
    return {
        str(path.relative_to(dataset)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.mark.parametrize(
    ("step", "room_kb", "part"),
    [
        ("targets", 60, "predictions/again"),
        ("segment", 8, "labels/again"),
        ("link", 12, "tables/cells"),
    ],
)
def test_the_next_call_ends_as_if_nothing_had_happened(source, tmp_path, step, room_kb, part):
    disk, script = tmp_path / "disk", tmp_path / "steps.py"
    disk.mkdir()
    script.write_text(STEPS)
    words = [disk, source, room_kb, sys.executable, script, step]
    done = subprocess.run(
        [str(UNSHARE), "-rm", "bash", "-c", ON_A_SMALL_DISK, "bash", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert "No space left" in found["said"]
    assert "free some space" in found["said"]
    assert found["sound"]

    undisturbed = Path(shutil.copytree(source, tmp_path / "undisturbed.ome.zarr"))
    movie = open_movie(undisturbed)
    if step == "targets":
        targets(movie, name="again")
    elif step == "segment":
        segment(movie, prediction="targets", name="again")
    else:
        link(movie, prediction="targets")
    expected = digests_under(undisturbed, part)
    assert expected
    assert {k: v for k, v in found["digests"].items() if k.startswith(f"{part}/")} == expected
