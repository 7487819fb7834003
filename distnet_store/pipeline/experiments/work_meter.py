"""How far is an experiment of many conditions, as one count of frames?"""

from __future__ import annotations

from distnet_store.pipeline.execute import Progress


class WorkMeter:
    """Adds up the frames of all operators under one name."""

    def __init__(self, name: str, total: int, on_progress: Progress | None) -> None:
        """Count up to `total` frames of work; an operator on a frame is one."""
        self._name = name
        self._total = total
        self._on_progress = on_progress
        self._done = 0

    def step(self, n_frames: int) -> Progress:
        """Return the callback of the next operator, which has so many frames before it."""
        before = self._done
        self._done += n_frames

        def report(_operator: str, done: int, total: int) -> None:
            self._report(before + n_frames * done // max(total, 1))

        return report

    def arrive(self, done: int) -> None:
        """Say that so many frames are behind, whatever was left out on the way."""
        self._done = done
        self._report(done)

    def _report(self, done: int) -> None:
        if self._on_progress is not None:
            self._on_progress(self._name, done, self._total)
