"""How is a movie predicted frame by frame, each frame being encoded once? (METHOD.md section 2)"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.network import Network
from distnet_store.ops.window import frame_pairs, window_frames
from distnet_store.spec.maps import MAPS, MapName

ReadFrame = Callable[[int], NDArray[np.float32]]
"""Returns the normalised pixels (y, x) of a time point."""

Maps = dict[MapName, NDArray[np.float32]]
"""The four maps of one frame, each (c, y, x), channels as in `spec.maps`."""


class StreamingPredictor:
    """Predicts frames in any order; consecutive ones share all encodings in a bounded ring buffer.

    The result does not depend on what was predicted before: a frame is encoded alone, in the same way,
    whichever window it is needed for.
    """

    def __init__(self, network: Network, gap: int) -> None:
        """Take the network's two models, one that encodes a frame and one that predicts from encoded ones."""
        self._config = network.config
        self._gap = gap
        self._pairs = frame_pairs(network.config.frames)
        self._encode, self._decode = network.streaming_models
        self._capacity = (network.config.frames - 3) * gap + 3
        self._encoded: OrderedDict[int, list[Any]] = OrderedDict()
        self.encoded_frames = 0

    def predict(self, t: int, read: ReadFrame, n_frames: int) -> Maps:
        """Return the maps of time point t of a movie of `n_frames` frames, all of one size."""
        times = window_frames(t, self._config.frames, self._gap, n_frames)
        shape, coded = self._window(times, read)
        halves = [coded[side][1 + role] for pair in self._pairs for role, side in enumerate(pair)]
        outputs = self._decode.predict_on_batch([*(c[0] for c in coded), *halves])
        return {name: crop(outputs[name], shape) for name in MAPS}

    def forget(self) -> None:
        """Empty the ring buffer, as between two movies or two tiles."""
        self._encoded.clear()

    def _window(self, times: list[int], read: ReadFrame) -> tuple[tuple[int, int], list[list[Any]]]:
        coded = [self._frame(t, read) for t in times]
        while len(self._encoded) > self._capacity:
            self._encoded.popitem(last=False)
        return coded[0][3], coded

    def _frame(self, t: int, read: ReadFrame) -> list[Any]:
        """Return a frame's features, its two halves and its shape, from the buffer where possible."""
        if t not in self._encoded:
            image = read(t)
            batch = pad_to_multiple(image, 2**self._config.levels)[np.newaxis, ..., np.newaxis]
            self._encoded[t] = [*self._encode.predict_on_batch(batch), image.shape]
            self.encoded_frames += 1
        self._encoded.move_to_end(t)
        return self._encoded[t]


class PlainPredictor:
    """Predicts each frame from its whole window, encoding all of it anew: the definition, and slower."""

    def __init__(self, network: Network, gap: int) -> None:
        """Build the model."""
        self._config = network.config
        self._gap = gap
        self._model = network.plain_model()
        self._model.compile(jit_compile=False)  # as the streaming models

    def predict(self, t: int, read: ReadFrame, n_frames: int) -> Maps:
        """Return the maps of time point t of a movie of `n_frames` frames, all of one size."""
        images = [read(k) for k in window_frames(t, self._config.frames, self._gap, n_frames)]
        padded = [pad_to_multiple(image, 2**self._config.levels) for image in images]
        outputs = self._model.predict_on_batch(np.stack(padded)[np.newaxis, ..., np.newaxis])
        height, width = images[0].shape
        return {name: crop(outputs[name], (height, width)) for name in MAPS}


def pad_to_multiple(image: NDArray[np.float32], multiple: int) -> NDArray[np.float32]:
    """Repeat the last row and column of an image (y, x) until both sides are multiples.

    Example:
        >>> pad_to_multiple(np.ones((5, 8), np.float32), 4).shape
        (8, 8)
    """
    return np.pad(image, [(0, -side % multiple) for side in image.shape], mode="edge")


def crop(output: Any, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return a batch of one (1, y, x, c) as (c, y, x) without the padding."""
    whole = np.asarray(output, dtype=np.float32)[0, : shape[0], : shape[1]]
    return np.ascontiguousarray(np.moveaxis(whole, -1, 0))
