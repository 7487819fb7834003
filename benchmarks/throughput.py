"""How fast are pixels and maps written and read, against the bare bytes and against other writers of OME-Zarr?

    python benchmarks/throughput.py [--frames 64] [--folder FOLDER]

The movie is real (T98G cells, 16-bit phase contrast as the camera gave it, two frames side by side), in memory and with
the same pyramid for all. Each way runs several times in turn in one process, and the best time counts. ngff-zarr takes
part where it is installed.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import dask.array as da
import numpy as np
import tifffile
from numpy.typing import NDArray

from distnet_store.ops.pyramid import level_shapes
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.spec.maps import MAPS, MapName
from distnet_store.store.movie import Movie
from distnet_store.store.results import PredictionWriter, prediction_slot

MIB = 2**20
Way = Callable[[Path], object]


def real_movie(data: Path, n_frames: int) -> NDArray[np.uint16]:
    """Return frames (t, c, y, x) of 1024 × 1024 pixels, played forth and back."""
    frames = tifffile.imread(data / "t98g-phase" / "movie.tif")
    pairs = np.concatenate([frames[:-1], frames[1:]], axis=1)
    there_and_back = [*range(len(pairs)), *range(len(pairs) - 2, 0, -1)]
    times = [there_and_back[t % len(there_and_back)] for t in range(n_frames)]
    return pairs[times][:, None]


def ours(movie: NDArray[np.uint16]) -> Way:
    """Import an array with pyramid, metadata, checksums and digests."""
    return lambda path: import_movie(movie, path, pixel_size_um=0.1, frame_interval_s=300)


def ome_zarr_py(
    movie: NDArray[np.uint16], chunks: tuple[int, ...], method: str, *, by_dask: bool
) -> Way:
    """Write the same levels by ome-zarr-py."""
    from ome_zarr.scale import Methods
    from ome_zarr.writer import write_image

    factors = [2**k for k in range(1, len(level_shapes(*movie.shape[2:])))]
    pixels = da.from_array(movie, chunks=(16, *movie.shape[1:])) if by_dask else movie

    def write(path: Path) -> None:
        options = {"chunks": chunks}
        write_image(
            pixels,
            str(path),
            scale_factors=factors,
            method=Methods[method],
            axes="tcyx",
            storage_options=options,
        )

    return write


def ngff_zarr(movie: NDArray[np.uint16], chunks: tuple[int, ...]) -> Way:
    """Write the same levels by ngff-zarr."""
    import ngff_zarr as nz

    factors = [{"y": 2**k, "x": 2**k} for k in range(1, len(level_shapes(*movie.shape[2:])))]

    def write(path: Path) -> None:
        image = nz.to_ngff_image(movie, dims=("t", "c", "y", "x"))
        scales = nz.to_multiscales(
            image,
            factors,
            chunks=dict(zip("tcyx", chunks, strict=True)),
            method=nz.Methods.ITKWASM_BIN_SHRINK,
        )
        nz.to_ngff_zarr(str(path), scales, version="0.5")

    return write


def best_of(ways: dict[str, Way], folder: Path, rounds: int) -> dict[str, float]:
    """Return the best time of each way of writing, in turn; what is written is deleted."""
    best = dict.fromkeys(ways, np.inf)
    for _ in range(rounds):
        for name, way in ways.items():
            path = folder / "written.ome.zarr"
            start = time.perf_counter()
            way(path)
            best[name] = min(best[name], time.perf_counter() - start)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return best


def show(title: str, times: dict[str, float], n_bytes: int, compared: str) -> None:
    """Print a table of rates."""
    print(f"\n{title}, {n_bytes / MIB:.0f} MiB")
    print(f"{'':26}{'s':>8}{'MiB/s':>8}{'times ' + compared:>22}")
    for name, seconds in times.items():
        rate = n_bytes / MIB / seconds
        print(f"{name:26}{seconds:8.2f}{rate:8.0f}{seconds / times[compared]:22.2f}")


def writing(folder: Path, movie: NDArray[np.uint16], rounds: int) -> None:
    """Compare ways to write a movie."""
    chunks = (1, 1, *(min(side, 512) for side in movie.shape[2:]))
    ways: dict[str, Way] = {
        "distnet-store": ours(movie),
        "ome-zarr-py, its default": ome_zarr_py(movie, chunks, "RESIZE", by_dask=False),
        "ome-zarr-py, means": ome_zarr_py(movie, chunks, "LOCAL_MEAN", by_dask=False),
        "ome-zarr-py, means, dask": ome_zarr_py(movie, chunks, "LOCAL_MEAN", by_dask=True),
    }
    try:
        ways["ngff-zarr"] = ngff_zarr(movie, chunks)
    except ModuleNotFoundError:
        print("ngff-zarr is not installed here")
    ways["numpy.save"] = lambda path: np.save(path.open("wb"), movie)
    show(
        "A movie with its pyramid",
        best_of(ways, folder, rounds),
        movie.nbytes,
        compared="distnet-store",
    )


def maps_and_frames(folder: Path, movie: NDArray[np.uint16], rounds: int) -> None:
    """Compare writing and reading of maps and frames with the bare bytes."""
    dataset = import_movie(movie, folder / "maps.ome.zarr", pixel_size_um=1, frame_interval_s=1)
    per_shard = dataset.require_writable().frames_per_shard
    maps = example_maps(movie, per_shard)
    n_bytes = sum(values.nbytes for values in maps.values())

    def write(_path: Path) -> None:
        PredictionWriter(prediction_slot(dataset, "p", "0" * 64)).write(0, maps)
        _path.touch()

    def save(path: Path) -> None:
        with path.open("wb") as file:
            for values in maps.values():
                np.save(file, values)

    times = best_of({"distnet-store": write, "numpy.save": save}, folder, rounds)
    show("Maps of a work unit, written", times, n_bytes, compared="numpy.save")

    saved = folder / "frames.npy"
    np.save(saved, movie)
    ways: dict[str, Way] = {
        "distnet-store": lambda path: (read_all(dataset), path.touch()),
        "numpy.load": lambda path: (np.load(saved), path.touch()),
    }
    times = best_of(ways, folder, rounds)
    show("Frames, read", times, movie.nbytes, compared="numpy.load")


def example_maps(movie: NDArray[np.uint16], n_frames: int) -> dict[MapName, NDArray[np.float32]]:
    """Return maps as rounded as those that are stored, made of the movie's pixels."""
    from distnet_store.ops.precision import round_mantissa

    frames = movie[:n_frames].astype(np.float32) / 65535
    return {
        name: round_mantissa(np.repeat(frames, len(spec.channels), axis=1))
        for name, spec in MAPS.items()
    }


def read_all(movie: Movie) -> None:
    """Read every frame, one after the other."""
    for t in range(movie.n_frames):
        movie.frame(t)


def memory_folder() -> Path | None:
    """Return Linux' folder in memory, None where there is none: a disk's own speed hides the differences."""
    folder = Path("/dev/shm")  # noqa: S108 - nothing in it is trusted
    return folder if folder.is_dir() else None


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=64)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", type=Path, default=memory_folder(), help="where is written")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    movie = real_movie(options.data, options.frames)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        writing(Path(name), movie, options.rounds)
        maps_and_frames(Path(name), movie, options.rounds)


if __name__ == "__main__":
    main()
