"""Does memory depend on a movie's length, and does it stay below what is announced?

Each step runs in a process of its own, whose peak is read when it ends, on a short and on a long movie of the same
frames: real mother-machine chambers side by side, played forth and back.

    python benchmarks/memory.py --frames 100 2000
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

DATA = Path(__file__).parents[1] / "examples" / "data" / "mother-machine"
MIB = 2**20
STEPS = ("import", "predict", "segment", "link", "correct")


def field_of_chambers() -> NDArray[np.float32]:
    """Return frames (t, y, x): all chambers of the examples side by side, as long as the shortest is high."""
    images = [tifffile.imread(path) for path in sorted(DATA.glob("*/img_phase.tif"))]
    height = min(image.shape[1] for image in images)
    return np.concatenate([image[:, :height] for image in images], axis=2).astype(np.float32)


def write_movie(folder: Path, n_frames: int) -> None:
    """Write a stack of `n_frames` frames that go forth and back through the chambers'."""
    frames = field_of_chambers()
    turn = np.concatenate([frames, frames[-2:0:-1]])
    with tifffile.TiffWriter(folder / f"{n_frames}.tif", bigtiff=True) as file:
        for t in range(n_frames):
            file.write(turn[t % len(turn)], contiguous=True)


def peak_of(words: list[str]) -> int:
    """Run a command and return the peak of its resident memory in bytes."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return usage.ru_maxrss * 1024


def announced(dataset: str) -> dict[str, int | None]:
    """Return what each step says that it needs, in bytes."""
    from distnet_store.pipeline.plan import plan_steps
    from distnet_store.pipeline.run import RunOptions
    from distnet_store.spec.parameters import SegmentationParameters
    from distnet_store.store.movie import open_movie

    options = RunOptions(segmentation=SegmentationParameters())  # as the command `segment`
    return {one.step: one.memory_bytes for one in plan_steps(open_movie(dataset), options)}


def measure(folder: Path, n_frames: int) -> dict[str, int]:
    """Return the peak of each step on a movie of this length."""
    command = str(Path(sys.executable).with_name("distnet-store"))
    dataset = str(folder / f"{n_frames}.ome.zarr")
    source = str(folder / f"{n_frames}.tif")
    words = {
        "import": [source, dataset, "--pixel-size", "0.1", "--frame-interval", "300"],
        **{step: [dataset] for step in STEPS[1:]},
    }
    return {step: peak_of([command, step, *words[step]]) for step in STEPS}


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, nargs=2, default=(100, 2000))
    short, long = parser.parse_args().frames
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peaks = {}
        for n_frames in (short, long):
            write_movie(folder, n_frames)
            peaks[n_frames] = measure(folder, n_frames)
        says = announced(str(folder / f"{long}.ome.zarr"))
        height, width = field_of_chambers().shape[1:]
    print(f"frames of {height} × {width}, peak of the resident memory of each step, MiB")
    print(f"{'step':10}{short:>8}{long:>8}{'ratio':>8}{'announced':>11}")
    for step in STEPS:
        one, other = peaks[short][step], peaks[long][step]
        said = says.get(step)
        text = "" if said is None else f"{said / MIB:.0f}"
        print(f"{step:10}{one / MIB:8.0f}{other / MIB:8.0f}{other / one:8.2f}{text:>11}")


if __name__ == "__main__":
    main()
