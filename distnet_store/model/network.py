"""How are the layers put together into the network? (METHOD.md section 2)"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
from keras import layers

from distnet_store.model.layers.combine import Combine
from distnet_store.model.layers.decoder import Decoder
from distnet_store.model.layers.encoder import Encoder
from distnet_store.model.layers.pair_blender import PairBlender
from distnet_store.model.layers.residual import ResidualConvolution
from distnet_store.model.on_device import Call, on_device
from distnet_store.ops.window import frame_pairs
from distnet_store.spec.model_card import NetworkConfig
from distnet_store.spec.parameters import Precision

PAIR_KERNEL = 5


@dataclass(frozen=True)
class Network:
    """The network's shared layers, and the ways to run them.

    `training_model` predicts every frame and pair of a window. `frame_model` and `window_model` together
    predict the centre frame only, each frame being encoded once (exact streaming). `still_model` learns what
    single frames teach. All share their weights. Maps are lists in the order of `spec.maps`' channels: see
    `window_model`.
    """

    config: NetworkConfig
    encoder: Encoder
    pair_blender: PairBlender
    blend_frames: Combine
    blend_pairs: Combine
    blend_all: Combine
    blender: tuple[ResidualConvolution, ...]
    extract_frames: tuple[Any, ...]
    extract_pairs: tuple[Any, ...]
    combine_frame: Combine
    combine_pair: Combine
    edm: Decoder
    gdcm: Decoder
    displacement: Decoder
    multiplicity: Decoder
    precision: Precision = "float32"

    @property
    def centre(self) -> int:
        """Position of the centre frame in the window."""
        return (self.config.frames - 1) // 2

    def training_model(self) -> Any:
        """Return the model of a whole window.

        Input: (batch, N, y, x, 1) float. Output, a dict: ``edm`` and ``gdcm`` (batch, N, y, x, 1);
        ``displacement`` (batch, 2N-4, y, x, 4) and ``multiplicity`` (batch, 2N-4, y, x, 6), channels as in
        `spec.maps` but for each pair: backward as read on the later frame's cells, forward as read on the
        earlier's.
        """
        frames = self.config.frames
        window = keras.Input((frames, None, None, 1), name="window")
        images = [window[:, k] for k in range(frames)]
        encoded = [self.encoder(image) for image in images]
        pairs = [self.pair_blender([encoded[a], encoded[b]]) for a, b in frame_pairs(frames)]
        blended = self._blend(encoded, pairs)
        seen = [self._frame_feature(blended, encoded[k], k) for k in range(frames)]
        linked = [self._pair_feature(blended, pair, k) for k, pair in enumerate(pairs)]
        outputs = {
            "edm": _stack([self.edm(f)[0] for f in seen]),
            "gdcm": _stack([self.gdcm(f)[0] for f in seen]),
            "displacement": _stack([_concatenate(self.displacement(f)) for f in linked]),
            "multiplicity": _stack([_concatenate(self.multiplicity(f)) for f in linked]),
        }
        return keras.Model(window, outputs, name="training")

    def still_model(self) -> Any:
        """Return the model of a window that shows one frame, which predicts only its EDM and GDCM.

        What all frames have in common is computed once, so that a sample costs about a fifth of that of
        `training_model`. Input: (batch, 1, y, x, 1) float. Output, a dict: ``edm`` and ``gdcm``
        (batch, 1, y, x, 1), as the centre frame's.
        """
        frame = keras.Input((1, None, None, 1), name="frame")
        encoded = self.encoder(frame[:, 0])
        pair = self.pair_blender([encoded, encoded])
        n = self.config.frames
        blended = self._blend([encoded] * n, [pair] * len(frame_pairs(n)))
        seen = self._frame_feature(blended, encoded, self.centre)
        outputs = {"edm": _stack([self.edm(seen)[0]]), "gdcm": _stack([self.gdcm(seen)[0]])}
        return keras.Model(frame, outputs, name="still")

    def see_all_as_centre(self) -> None:
        """Let the features of every frame of the window be extracted as the centre frame's are.

        After `still_model` has learnt, only the centre's are of use; no prediction depends on the others'.
        """
        learnt = self.extract_frames[self.centre].get_weights()
        for layer in self.extract_frames:
            layer.set_weights(learnt)

    def plain_model(self) -> Any:
        """Return the model that reads a whole window and predicts its centre frame.

        Input: (batch, N, y, x, 1) float. Output as of `window_model`.
        """
        frames = self.config.frames
        window = keras.Input((frames, None, None, 1), name="window")
        encoded = [self.encoder(window[:, k]) for k in range(frames)]
        pairs = [self.pair_blender([encoded[a], encoded[b]]) for a, b in frame_pairs(frames)]
        return keras.Model(window, self._centre_maps(encoded, pairs), name="plain")

    def frame_model(self) -> Any:
        """Return the model that encodes one frame.

        Input: (batch, y, x, 1) float. Output: the features, and the frame's half of a pair as the earlier
        and as the later, each (batch, y/2**levels, x/2**levels, F).
        """
        image = keras.Input((None, None, 1), name="frame")
        features = self.encoder(image)
        halves = [self.pair_blender.earlier(features), self.pair_blender.later(features)]
        return keras.Model(image, [features, *halves], name="frame")

    def window_model(self) -> Any:
        """Return the model that predicts the centre frame from encoded frames.

        Input: N features, then for each of the 2N-4 pairs the earlier and the later half. Output, a dict:
        ``edm`` and ``gdcm`` (batch, y, x, 1), ``displacement`` (batch, y, x, 4), ``multiplicity``
        (batch, y, x, 6), channels as in `spec.maps`.
        """
        frames, filters = self.config.frames, self.config.filters
        encoded = [keras.Input((None, None, filters), name=f"frame_{k}") for k in range(frames)]
        halves = [
            [
                keras.Input((None, None, filters), name=f"pair_{a}_{b}_{role}")
                for role in ("earlier", "later")
            ]
            for a, b in frame_pairs(frames)
        ]
        pairs = [layers.Activation("relu")(layers.Add()(both)) for both in halves]
        inputs = [*encoded, *(half for both in halves for half in both)]
        return keras.Model(inputs, self._centre_maps(encoded, pairs), name="window")

    @cached_property
    def streaming_calls(self) -> tuple[Call, Call]:
        """Calls of `frame_model` and `window_model`, compiled once for all movies that this network predicts.

        XLA is left to JAX: measured slower than plain TensorFlow on a CPU.
        """
        with computing_in(self.precision):
            return on_device(self.frame_model()), on_device(self.window_model())

    def _centre_maps(self, encoded: list[Any], pairs: list[Any]) -> dict[str, Any]:
        centre = self.centre
        blended = self._blend(encoded, pairs)
        seen = self._frame_feature(blended, encoded[centre], centre)
        before = self._pair_feature(blended, pairs[centre - 1], centre - 1)
        after = self._pair_feature(blended, pairs[centre], centre)
        return {
            "edm": self.edm(seen)[0],
            "gdcm": self.gdcm(seen)[0],
            "displacement": _concatenate(_both_ways(self.displacement, before, after)),
            "multiplicity": _concatenate(_both_ways(self.multiplicity, before, after)),
        }

    def _blend(self, encoded: list[Any], pairs: list[Any]) -> Any:
        x = self.blend_all([self.blend_frames(encoded), self.blend_pairs(pairs)])
        for layer in self.blender:
            x = layer(x)
        return x

    def _frame_feature(self, blended: Any, encoded: Any, position: int) -> Any:
        return self.combine_frame([self.extract_frames[position](blended), encoded])

    def _pair_feature(self, blended: Any, pair: Any, position: int) -> Any:
        return self.combine_pair([self.extract_pairs[position](blended), pair])


@contextmanager
def computing_in(precision: Precision) -> Iterator[None]:
    """Let layers that are made in the block compute in this precision; their weights are float32 in any case."""
    with _policy_lock:
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy(precision if precision == "float32" else f"mixed_{precision}")
        try:
            yield
        finally:
            keras.config.set_dtype_policy(before)


_policy_lock = threading.RLock()  # the policy is one for all threads


def build_network(config: NetworkConfig, precision: Precision = "float32") -> Network:
    """Return a new network of this shape with random weights, built in full.

    With another `precision` than float32 all but the last layer of each map computes in it.

    Example:
        >>> from distnet_store.model.presets import preset
        >>> build_network(preset("d2")).training_model().count_params()   # doctest: +SKIP
        19675554
    """
    with computing_in(precision):
        network = _new_network(config, precision)
        network.training_model()  # builds every layer
    return network


def _new_network(config: NetworkConfig, precision: Precision) -> Network:
    frames, filters, levels = config.frames, config.filters, config.levels
    width = filters * frames // 2
    dropout, half = config.dropout, filters // 2
    return Network(
        config=config,
        encoder=Encoder(levels, filters, dropout=dropout, name="encoder"),
        pair_blender=PairBlender(filters, kernel=PAIR_KERNEL, name="pair_blender"),
        blend_frames=Combine(width, name="blend_frames"),
        blend_pairs=Combine(width, name="blend_pairs"),
        blend_all=Combine(width, name="blend_all"),
        blender=tuple(
            ResidualConvolution(3, width, dropout=dropout, name=f"blender_{k}") for k in range(3)
        ),
        extract_frames=tuple(_extraction(filters, f"extract_frame_{k}") for k in range(frames)),
        extract_pairs=tuple(
            _extraction(filters, f"extract_pair_{k}") for k in range(2 * frames - 4)
        ),
        combine_frame=Combine(filters, name="combine_frame"),
        combine_pair=Combine(filters, name="combine_pair"),
        edm=Decoder(levels, half, heads=1, dropout=dropout, name="edm"),
        gdcm=Decoder(levels, half, heads=1, dropout=dropout, name="gdcm"),
        displacement=Decoder(levels, half, heads=4, dropout=dropout, name="displacement"),
        multiplicity=Decoder(
            levels, half, heads=2, channels=3, softmax=True, dropout=dropout, name="multiplicity"
        ),
        precision=precision,
    )


def network_layers(network: Network) -> list[Any]:
    """Return all layers with weights, in a fixed order."""
    return [
        network.encoder,
        network.pair_blender,
        network.blend_frames,
        network.blend_pairs,
        network.blend_all,
        *network.blender,
        *network.extract_frames,
        *network.extract_pairs,
        network.combine_frame,
        network.combine_pair,
        network.edm,
        network.gdcm,
        network.displacement,
        network.multiplicity,
    ]


def _extraction(filters: int, name: str) -> Any:
    return layers.Conv2D(filters, 1, padding="same", activation="relu", name=name)


def _both_ways(decoder: Decoder, before: Any, after: Any) -> list[Any]:
    """Return the backward heads of the pair before and the forward heads of the pair after."""
    half = decoder.heads // 2
    return [*decoder(before)[:half], *decoder(after)[half:]]


def _concatenate(maps: list[Any]) -> Any:
    return layers.Concatenate(axis=-1)(maps)


def _stack(maps: list[Any]) -> Any:
    return keras.ops.stack(maps, axis=1)
