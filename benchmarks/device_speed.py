"""How many frames a second does a network predict on this device, by size, precision and batch?

    KERAS_BACKEND=jax python benchmarks/device_speed.py [--presets d2,d3] [--sizes 574x515,1024x1024]
        [--precisions float32,bfloat16] [--batches 1,4]

Networks with N = 7 and F = 128 and random weights: the arithmetic is the same. "network": windows predicted one after
the other, frames in memory, maps brought back to the host. "end to end": `distnet-store predict` from a dataset into
it, with checksums and compression, `--threads 4`, the network loaded and compiled before. Best of `--rounds`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.backend import require_backend
from distnet_store.model.file import save_model
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.predict import PredictUnit, predict
from distnet_store.spec.model_card import ModelCard
from distnet_store.spec.parameters import Precision, PredictionParameters

require_backend()

import keras  # noqa: E402 - the backend is chosen first

from distnet_store.model.network import build_network  # noqa: E402
from distnet_store.model.presets import preset  # noqa: E402
from distnet_store.model.streaming import StreamingPredictor  # noqa: E402
from distnet_store.model.tiled import Tiling, predict_frames  # noqa: E402


def network_seconds(
    model: Path, movie: NDArray[np.float32], precision: Precision, batch: int, rounds: int
) -> float:
    """Return the seconds a frame takes in the network, after a first pass that compiles it."""
    from distnet_store.model.file import load_model

    predictor = StreamingPredictor(load_model(model, precision).network, 1)
    tiling, times = Tiling(4096, 0, batch), range(len(movie))
    best = np.inf
    for k in range(rounds + 1):
        predictor.forget()
        start = time.perf_counter()
        predict_frames(predictor, times, lambda t: movie[t], len(movie), tiling)
        best = min(best, time.perf_counter() - start) if k else best
    return best / len(movie)


def whole_seconds(
    model: Path, folder: Path, parameters: PredictionParameters, rounds: int
) -> float:
    """Return the seconds a frame takes from the dataset back into it."""
    from distnet_store.store.movie import open_movie

    movie = open_movie(folder / "movie.ome.zarr")
    best = np.inf
    for k in range(rounds + 1):
        start = time.perf_counter()
        with mock.patch.object(PredictUnit, "_checked", return_value={}):  # random weights
            predict(movie, model, parameters, overwrite=True, workers=4, name=f"round{k}")
        best = min(best, time.perf_counter() - start) if k else best
    return best / movie.n_frames


def device() -> str:
    """Return what computes."""
    return (
        ", ".join(keras.distribution.list_devices())
        if keras.backend.backend() != "torch"
        else _torch()
    )


def _torch() -> str:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presets", default="d2,d3")
    parser.add_argument("--sizes", default="574x515,1024x1024")
    parser.add_argument("--precisions", default="float32,bfloat16")
    parser.add_argument("--batches", default="1,4")
    parser.add_argument("--frames", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    print(f"{keras.backend.backend()} on {device()}, {options.frames} frames; ms a frame")
    print(
        f"{'':6}{'size':>11}{'precision':>11}{'batch':>7}{'network':>9}{'end to end':>12}",
        flush=True,
    )
    for name in options.presets.split(","):
        for size in options.sizes.split(","):
            height, width = (int(side) for side in size.split("x"))
            frames = np.random.default_rng(0).random((options.frames, height, width), np.float32)
            with tempfile.TemporaryDirectory() as folder:
                model = Path(folder) / f"{name}.safetensors"
                config = preset(name)
                card = ModelCard(name=name, network=config, gap=1, object_thickness=9)
                save_model(model, card, build_network(config))
                import_movie(
                    frames,
                    Path(folder) / "movie.ome.zarr",
                    pixel_size_um="unknown",
                    frame_interval_s="unknown",
                )
                for precision in options.precisions.split(","):
                    for batch in map(int, options.batches.split(",")):
                        alone = network_seconds(model, frames, precision, batch, options.rounds)
                        chosen = PredictionParameters(precision=precision, batch=batch, tile=4096)
                        whole = whole_seconds(model, Path(folder), chosen, options.rounds)
                        print(
                            f"{name:6}{size:>11}{precision:>11}{batch:7}{1000 * alone:9.1f}{1000 * whole:12.1f}",
                            flush=True,
                        )


if __name__ == "__main__":
    main()
