"""On paper: 1000 movies of 1000 frames, 64 workers, one bucket. What saturates first, and what does it cost?

    python benchmarks/bucket_model.py [--seconds-per-frame 1.0]

Requests of a unit come from `benchmarks/bucket_workers.py`, scaled to a unit's frames where a step reads singly;
sizes from the arrays' shapes and from how well maps (3.25) and pixels (1.6) were compressed when codecs were compared.
Prices and limits are those of a large provider's standard class; 30 ms for a request, one after the other in a worker.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

MOVIES, FRAMES, SIDE, WORKERS = 1000, 1000, 512, 64
FRAMES_PER_UNIT = 16
MAP_CHANNELS = 12
MAP_RATIO, PIXEL_RATIO = 3.25, 1.6
PUTS_PER_SECOND, GETS_PER_SECOND = 3500, 5500
"""Requests that a prefix of a bucket takes before it asks clients to slow down."""
DOLLARS_PER_PUT, DOLLARS_PER_GET = 5e-6, 0.4e-6
DOLLARS_PER_GB_MONTH = 0.023
GIGABYTE = 1e9


@dataclass(frozen=True)
class Step:
    """One step's load for a unit: requests, gigabytes each way, and seconds of work per frame."""

    name: str
    puts: float
    gets: float
    written: float
    read: float
    seconds_per_frame: float


def steps(predict_seconds: float) -> list[Step]:
    """Return the steps of `run`."""
    frame = SIDE**2 / GIGABYTE
    maps = MAP_CHANNELS * 4 * frame / MAP_RATIO * FRAMES_PER_UNIT
    pixels = 2 * frame / PIXEL_RATIO * FRAMES_PER_UNIT
    labels = 4 * frame / 40 * FRAMES_PER_UNIT
    halo = (
        FRAMES_PER_UNIT + 6
    ) / FRAMES_PER_UNIT  # a window of seven frames reaches over both ends
    pyramid = 4 / 3
    return [
        Step("predict", 20, 60, maps * pyramid, pixels * halo, predict_seconds),
        Step("segment", 8, 30, labels * pyramid, maps * 2 / MAP_CHANNELS, 0.06),
        Step("link", 10, 16 * 12, 0.0005, maps * 11 / MAP_CHANNELS + pixels + labels, 0.1),
    ]


def main() -> None:
    """Print the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds-per-frame", type=float, nargs="*", default=(1.0, 0.02))
    units = MOVIES * -(-FRAMES // FRAMES_PER_UNIT)
    print(
        f"{MOVIES} movies × {FRAMES} frames of {SIDE} × {SIDE}: {units} units a step, {WORKERS} workers"
    )
    for seconds in parser.parse_args().seconds_per_frame:
        print(f"\npredict at {seconds:g} s a frame and worker")
        heads = ("hours", "PUT/s", "GET/s", "GB/s out", "GB/s in", "requests, $")
        print(f"{'step':9}" + "".join(f"{head:>13}" for head in heads))
        for step in steps(seconds):
            busy = step.seconds_per_frame * FRAMES_PER_UNIT
            latency = 0.03 * (step.gets + step.puts)  # one after the other within a worker
            rate = WORKERS / (busy + latency)
            dollars = units * (step.puts * DOLLARS_PER_PUT + step.gets * DOLLARS_PER_GET)
            figures = (
                units / rate / 3600,
                rate * step.puts,
                rate * step.gets,
                rate * step.written,
                rate * step.read,
                dollars,
            )
            print(f"{step.name:9}" + "".join(f"{figure:13.2f}" for figure in figures))
            if rate * step.puts > PUTS_PER_SECOND or rate * step.gets > GETS_PER_SECOND:
                print(
                    f"{'':9}beyond what one prefix takes: {PUTS_PER_SECOND} PUT/s, {GETS_PER_SECOND} GET/s"
                )
    stored = units * sum(step.written for step in steps(1))
    print(
        f"\nstored: {stored / 1000:.1f} TB, {stored * DOLLARS_PER_GB_MONTH:.0f} $ a month, nearly all of it maps"
    )


if __name__ == "__main__":
    main()
