"""Are 1, 2 and 4 worker processes on a bucket the same, and what does a bucket have to do for a work unit?

    python benchmarks/bucket_workers.py [--server moto]

Real mother-machine chambers side by side, in a bucket of an S3 server on loopback, which is slower than real ones and
takes cores from the workers: the times show no more than that nothing stands still. Requests and bytes are counted
by a proxy before the server.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "cases"))

from faulty_proxy import Faults, faulty_proxy
from s3_servers import SERVERS, environment, make_bucket, running_server

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.segment import segment
from distnet_store.pipeline.targets import targets
from distnet_store.pipeline.workers import Crew, Workers, start_crew
from distnet_store.store import ngff_write, paths
from distnet_store.store.movie import Movie, open_movie

DATA = Path(__file__).parents[1] / "examples" / "data" / "mother-machine"
NEVER = 10**9
STEPS = ("targets", "segment", "link")


def real_movie() -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int64]]:
    """Return images, labels (t, y, x) and links of the chambers side by side."""
    from real_chambers import read_chamber

    images, labels, links = [], [], []
    n_labels = 0
    chambers = [read_chamber(path.name) for path in sorted(DATA.glob("chamber*"))]
    height = min(image.shape[2] for image, _, _ in chambers)
    for image, label, link_rows in chambers:
        images.append(image[:, 0, :height])
        inside = label[:, :height]
        labels.append(np.where(inside > 0, inside + n_labels, 0))
        present = {(t, value) for t in range(len(inside)) for value in np.unique(inside[t])}
        rows = [
            r for r in link_rows.tolist() if (r[0], r[1]) in present and (r[2], r[3]) in present
        ]
        links += [(a, b + n_labels, c, d + n_labels) for a, b, c, d in rows]
        n_labels += int(label.max())
    return (
        np.concatenate(images, axis=2),
        np.concatenate(labels, axis=2).astype(np.int32),
        np.array(links, np.int64),
    )


def run_steps(movie: Movie, crew: Crew) -> None:
    """Compute targets, segment and link."""
    targets(movie, workers=crew)
    segment(movie, prediction="targets", workers=crew)
    link(movie, prediction="targets", workers=crew)


def digest_of(movie: Movie) -> str:
    """Return the digest of all keys and bytes but those that hold times."""
    state = hashlib.sha256()
    for key in movie.location.list_keys(""):
        if not key.startswith(f"{paths.PRIVATE}/") and key != paths.ROOT_METADATA:
            state.update(key.encode() + movie.location.read(key))
    return state.hexdigest()[:16]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=SERVERS, default="moto")
    parser.add_argument("--processes", type=int, nargs="*", default=(1, 2, 4))
    options = parser.parse_args()
    server = options.server
    ngff_write.MAX_FRAMES_PER_SHARD = 1  # ten units a step, of which each worker gets several
    images, labels, links = real_movie()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(server, Path(folder)) as address,
    ):
        make_bucket(address, "movies")
        print(
            f"{server}; {len(images)} frames of {images.shape[1]} × {images.shape[2]}, a unit each"
        )
        print(f"{'processes':>9}{'s':>8}  digest of the results")
        for processes in options.processes:
            os.environ.update(environment(address))
            target = f"s3://movies/{processes}.ome.zarr"
            movie = import_movie(images, target, pixel_size_um=0.1, frame_interval_s=300)
            import_labels(movie, labels, links=links)
            with start_crew(Workers(processes=processes)) as crew:
                start = time.perf_counter()
                run_steps(movie, crew)
                seconds = time.perf_counter() - start
            print(f"{processes:9}{seconds:8.1f}  {digest_of(open_movie(target))}", flush=True)
        for frames_per_unit in (1, len(images)):
            ngff_write.MAX_FRAMES_PER_SHARD = frames_per_unit
            count_requests(address, images, labels, links)


def count_requests(
    address: str,
    images: NDArray[np.float32],
    labels: NDArray[np.int32],
    links: NDArray[np.int64],
) -> None:
    """Print the requests and bytes of each step, for all its units and for the rest."""
    per_unit = ngff_write.MAX_FRAMES_PER_SHARD
    print(f"\nrequests for {len(images)} frames, {per_unit} in a unit")
    heads = "".join(f"{kind:>6}" for kind in ("PUT", "GET", "HEAD", "LIST"))
    print(f"{'step':10}{heads}{'other':>7}{'sent kB':>9}{'received kB':>13}")
    target = f"s3://movies/counted{per_unit}.ome.zarr"
    os.environ.update(environment(address))
    movie = import_movie(images, target, pixel_size_um=0.1, frame_interval_s=300)
    import_labels(movie, labels, links=links)
    for step in STEPS:
        faults = Faults(every=NEVER)
        with faulty_proxy(address, faults) as proxy:
            os.environ["AWS_ENDPOINT_URL"] = proxy
            counted = open_movie(target)
            if step == "targets":
                targets(counted)
            elif step == "segment":
                segment(counted, prediction="targets")
            else:
                link(counted, prediction="targets")
        known = ("PUT", "GET", "HEAD", "LIST")
        other = faults.requests - sum(faults.by_kind[kind] for kind in known)
        counts = "".join(f"{faults.by_kind[kind]:6}" for kind in known)
        print(
            f"{step:10}{counts}{other:7}{faults.bytes_sent / 1e3:9.0f}{faults.bytes_received / 1e3:13.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
