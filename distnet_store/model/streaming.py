"""How is a movie predicted frame by frame, each frame being encoded once? (METHOD.md section 2)"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
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
        """Take the network's two calls, one that encodes a frame and one that predicts from encoded ones."""
        self._config = network.config
        self._gap = gap
        self._pairs = frame_pairs(network.config.frames)
        self._encode, self._decode = network.streaming_calls
        self._encoded: OrderedDict[int, _Encoded] = OrderedDict()
        self.encoded_frames = 0

    def predict(self, t: int, read: ReadFrame, n_frames: int) -> Maps:
        """Return the maps of time point t of a movie of `n_frames` frames, all of one size."""
        return self.predict_batch([t], read, n_frames)[0]

    def predict_batch(self, times: Sequence[int], read: ReadFrame, n_frames: int) -> list[Maps]:
        """Return the maps of several time points, whose windows go through the network together."""
        windows = [window_frames(t, self._config.frames, self._gap, n_frames) for t in times]
        frames = [[self._frame(t, read) for t in window] for window in windows]
        self._let_go(len(times))
        inputs = [self._inputs(coded) for coded in frames]
        outputs = self._decode([_together(one) for one in zip(*inputs, strict=True)])
        whole = {name: keras.ops.convert_to_numpy(outputs[name]) for name in MAPS}
        return [
            {name: crop(whole[name][k], coded[0].shape) for name in MAPS}
            for k, coded in enumerate(frames)
        ]

    def forget(self) -> None:
        """Empty the ring buffer, as between two movies or two tiles."""
        self._encoded.clear()

    def _inputs(self, coded: list[_Encoded]) -> list[Any]:
        """Return the decoding model's inputs for one window: features, then the halves of each pair."""
        pairs = (half for a, b in self._pairs for half in (coded[a].earlier, coded[b].later))
        return [*(one.features for one in coded), *pairs]

    def _frame(self, t: int, read: ReadFrame) -> _Encoded:
        """Return a frame's encoding, from the buffer where possible."""
        if t not in self._encoded:
            image = read(t)
            padded = pad_to_multiple(image, 2**self._config.levels)[np.newaxis, ..., np.newaxis]
            features, earlier, later = self._encode([padded])
            height, width = image.shape
            self._encoded[t] = _Encoded(features, earlier, later, (height, width))
            self.encoded_frames += 1
        self._encoded.move_to_end(t)
        return self._encoded[t]

    def _let_go(self, n_windows: int) -> None:
        capacity = (self._config.frames - 3) * self._gap + 2 + n_windows
        while len(self._encoded) > capacity:
            self._encoded.popitem(last=False)


@dataclass(frozen=True)
class _Encoded:
    """What the network keeps of a frame, as tensors (1, y, x, F): features, and its halves of pairs."""

    features: Any
    earlier: Any
    later: Any
    shape: tuple[int, int]


def _together(tensors: Sequence[Any]) -> Any:
    """Return tensors of one window each as one of several."""
    return tensors[0] if len(tensors) == 1 else keras.ops.concatenate(list(tensors), axis=0)


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
        return {name: crop(outputs[name][0], (height, width)) for name in MAPS}


def pad_to_multiple(image: NDArray[np.float32], multiple: int) -> NDArray[np.float32]:
    """Repeat the last row and column of an image (y, x) until both sides are multiples.

    Example:
        >>> pad_to_multiple(np.ones((5, 8), np.float32), 4).shape
        (8, 8)
    """
    return np.pad(image, [(0, -side % multiple) for side in image.shape], mode="edge")


def crop(output: Any, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return a map (y, x, c) as (c, y, x) without the padding."""
    whole = np.asarray(output, dtype=np.float32)[: shape[0], : shape[1]]
    return np.ascontiguousarray(np.moveaxis(whole, -1, 0))
