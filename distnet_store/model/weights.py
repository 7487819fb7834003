"""Which array is which weight of the network?"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from distnet_store.errors import ModelMismatchError
from distnet_store.model.network import Network, network_layers


def named_variables(network: Network) -> dict[str, Any]:
    """Return the network's variables by a name that is the same on every backend.

    Example:
        >>> list(named_variables(network))[0]                 # doctest: +SKIP
        'encoder/down_0/convolution/kernel'
    """
    return {
        v.path: v
        for layer in network_layers(network)
        for v in layer.weights
        if "seed" not in v.path
    }


def get_weights(network: Network) -> dict[str, NDArray[np.float32]]:
    """Return the values of all weights by name."""
    return {
        name: np.asarray(ops.convert_to_numpy(v.value), dtype=np.float32)
        for name, v in named_variables(network).items()
    }


def set_weights(network: Network, arrays: dict[str, NDArray[np.float32]], where: str) -> None:
    """Give the network these weights.

    Raises:
        ModelMismatchError: a weight is missing, unknown, of another shape, or not finite.
    """
    variables = named_variables(network)
    problems = [f"{name} is missing" for name in variables.keys() - arrays.keys()]
    problems += [f"{name} is unknown" for name in arrays.keys() - variables.keys()]
    for name in variables.keys() & arrays.keys():
        if tuple(variables[name].shape) != arrays[name].shape:
            problems.append(f"{name} is {arrays[name].shape}, not {tuple(variables[name].shape)}")
        elif not np.isfinite(arrays[name]).all():
            problems.append(f"{name} is not finite")
    if problems:
        raise ModelMismatchError(
            "the weights do not fit the model", found="; ".join(sorted(problems)[:5]), where=where
        )
    for name, variable in variables.items():
        variable.assign(arrays[name])
