"""A network of six small layers that learns what the real one does: its graph is built in a second, not in a minute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
from keras import layers


@dataclass(frozen=True)
class SmallNetwork:
    """Stands in for `Network` where training alone is looked at: inputs and outputs are the same, N = 3."""

    frames: int = 3

    @cached_property
    def layers(self) -> dict[str, Any]:
        """One layer for all maps, with dropout and batch normalisation as the real one has, and one for each map."""
        return {
            "seen": layers.Conv2D(8, 3, padding="same", activation="relu", name="seen"),
            "drop": layers.SpatialDropout2D(0.2, name="drop"),
            "norm": layers.BatchNormalization(name="norm"),
            "edm": layers.Conv2D(1, 1, name="edm", dtype="float32"),
            "gdcm": layers.Conv2D(1, 1, name="gdcm", dtype="float32"),
            "displacement": layers.Conv2D(4, 1, name="displacement", dtype="float32"),
            "multiplicity": layers.Conv2D(6, 1, name="multiplicity", dtype="float32"),
        }

    def training_model(self) -> Any:
        """Return the model of a whole window, as `Network.training_model` does."""
        window = keras.Input((self.frames, None, None, 1), name="window")
        image = keras.ops.moveaxis(window[..., 0], 1, -1)
        some = self.layers
        seen = some["norm"](some["drop"](some["seen"](image)))
        counts = {"edm": self.frames, "gdcm": self.frames}
        counts |= dict.fromkeys(("displacement", "multiplicity"), 2 * self.frames - 4)
        maps = {name: some[name](seen) for name in counts}
        maps["multiplicity"] = layers.Softmax(dtype="float32")(maps["multiplicity"])
        return keras.Model(
            window, {k: keras.ops.stack([maps[k]] * n, axis=1) for k, n in counts.items()}
        )

    def still_model(self) -> Any:
        """Return the model of single frames, as `Network.still_model` does."""
        frame = keras.Input((1, None, None, 1), name="frame")
        some = self.layers
        seen = some["norm"](
            some["drop"](some["seen"](keras.ops.repeat(frame[:, 0], self.frames, axis=-1)))
        )
        return keras.Model(
            frame, {k: keras.ops.stack([some[k](seen)], axis=1) for k in ("edm", "gdcm")}
        )

    def see_all_as_centre(self) -> None:
        """Do nothing: there is one layer for all frames."""


def use_small_network(patch: Any) -> None:
    """Let `train` make this network instead of the real one; `patch` is `setattr` or that of pytest's monkeypatch."""
    from distnet_store.model import training, weights

    patch(training, "build_network", lambda *_, **__: SmallNetwork())
    patch(weights, "network_layers", lambda network: list(network.layers.values()))
