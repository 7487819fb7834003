"""Which ready-made network shapes are there?"""

from __future__ import annotations

from distnet_store.errors import NotFoundError
from distnet_store.spec.model_card import NetworkConfig

PRESETS: dict[str, NetworkConfig] = {
    "d2": NetworkConfig(levels=2, filters=128, frames=7),
    "d3": NetworkConfig(levels=3, filters=128, frames=7),
    "d4": NetworkConfig(levels=4, filters=128, frames=7),
    "small": NetworkConfig(levels=2, filters=48, frames=3),
}
"""By name: the paper's two, one for larger cells, and one that is quick without an accelerator."""


def preset(name: str) -> NetworkConfig:
    """Return a ready-made shape.

    Raises:
        NotFoundError: there is none of this name.

    Example:
        >>> preset("d2").filters
        128
    """
    if name not in PRESETS:
        raise NotFoundError(f"there is no preset {name!r}", expected=", ".join(PRESETS))
    return PRESETS[name]
