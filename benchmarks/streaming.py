"""How much faster is prediction when each frame is encoded once, and how much of the machine does it use?

    python benchmarks/streaming.py [--preset d2] [--side 256] [--frames 20]

Networks with random weights: the arithmetic is the same. Three ways predict the same frames of the same movie in one
process, one after the other, several times in turn: streaming, whole windows (every window encoded anew), and whole
windows through `model.predict`, as a simple script would. Best times. The machine's peak is measured by multiplying
large matrices with the same backend in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.backend import require_backend
from distnet_store.ops.window import window_frames

require_backend()

import keras  # noqa: E402 - the backend is chosen first

from distnet_store.model.network import Network, build_network  # noqa: E402
from distnet_store.model.presets import preset  # noqa: E402
from distnet_store.model.streaming import PlainPredictor, StreamingPredictor  # noqa: E402

Predict = Callable[[int], object]


def seconds_per_frame(predict: Predict, frames: range) -> float:
    """Return the mean time of some frames, after one that prepares what is made once."""
    predict(frames.start - 1)
    start = time.perf_counter()
    for t in frames:
        predict(t)
    return (time.perf_counter() - start) / len(frames)


def naive_predict(network: Network, movie: NDArray[np.float32]) -> Predict:
    """Return a loop's body that hands one window after the other to `model.predict`."""
    model = network.plain_model()

    def predict(t: int) -> object:
        times = window_frames(t, network.config.frames, 1, len(movie))
        return model.predict(movie[times][np.newaxis, ..., np.newaxis], verbose=0)

    return predict


def peak_rate() -> float:
    """Return the operations per second of a product of large matrices, multiplications and additions."""
    side = 2048
    matrix = keras.ops.convert_to_tensor(np.ones((side, side), np.float32))
    product = keras.ops.matmul
    best = np.inf
    for _ in range(4):
        start = time.perf_counter()
        np.asarray(product(matrix, matrix))
        best = min(best, time.perf_counter() - start)
    return float(2 * side**3 / best)


def operations(model: object, inputs: list[tuple[int, ...]]) -> float:
    """Return the multiplications and additions of a model's convolutions and products for one call."""
    from tensorflow import TensorSpec, float32, function
    from tensorflow.python.profiler.model_analyzer import profile
    from tensorflow.python.profiler.option_builder import ProfileOptionBuilder

    specs = [TensorSpec(shape, float32) for shape in inputs]
    graph = function(lambda *x: model(x[0] if len(x) == 1 else list(x))).get_concrete_function(  # type: ignore[operator]
        *specs
    )
    options = ProfileOptionBuilder(ProfileOptionBuilder.float_operation())
    return float(profile(graph.graph, options=options.with_empty_output().build()).total_float_ops)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="d2")
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    network = build_network(preset(options.preset))
    config, side = network.config, options.side
    movie = np.random.default_rng(0).random((options.frames + 8, side, side), np.float32)
    n_frames = len(movie)

    streaming, plain = StreamingPredictor(network, 1), PlainPredictor(network, 1)
    ways: dict[str, Predict] = {
        "streaming": lambda t: streaming.predict(t, lambda k: movie[k], n_frames),
        "whole windows": lambda t: plain.predict(t, lambda k: movie[k], n_frames),
        "model.predict": naive_predict(network, movie),
    }
    frames = range(4, 4 + options.frames)
    best = dict.fromkeys(ways, np.inf)
    peak = 0.0
    for _ in range(options.rounds):
        peak = max(peak, peak_rate())
        for name, predict in ways.items():
            streaming.forget()
            best[name] = min(best[name], seconds_per_frame(predict, frames))

    coarse = side // 2**config.levels
    filters, pairs = config.filters, 2 * config.frames - 4
    encode, decode = network.frame_model(), network.window_model()
    of_frame = operations(encode, [(1, side, side, 1)])
    of_window = operations(decode, [(1, coarse, coarse, filters)] * (config.frames + 2 * pairs))
    of_plain = operations(network.plain_model(), [(1, config.frames, side, side, 1)])
    print(
        f"{options.preset}: N = {config.frames}, F = {filters}, {side} × {side}, {keras.backend.backend()}; "
        f"matrix products: {peak / 1e9:.0f} Gflop/s"
    )
    print(f"{'':15}{'s a frame':>10}{'times streaming':>17}{'Gflop':>8}{'of the peak':>13}")
    for name, work in {
        "streaming": of_frame + of_window,
        "whole windows": of_plain,
        "model.predict": of_plain,
    }.items():
        share = work / best[name] / peak
        print(
            f"{name:15}{best[name]:10.3f}{best[name] / best['streaming']:17.2f}{work / 1e9:8.1f}{share:13.0%}"
        )


if __name__ == "__main__":
    main()
