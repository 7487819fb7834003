"""How does a label image take over shards of another that it has unchanged, without decoding them?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from distnet_store.store import paths
from distnet_store.store.location import Location

_SHARDS = "c"
"""Folder of an array's shards, in the order of axes, the first of which is time."""


@dataclass(frozen=True)
class ShardCopy:
    """Copies shards of the image `source` to the image `target` of one dataset."""

    location: Location
    source: str
    target: str

    @cached_property
    def is_possible(self) -> bool:
        """Whether both have the same levels with the same shape, type, shards and compression."""
        levels = self._levels(self.target)
        return levels == self._levels(self.source) and all(
            self._layout(self.source, level) == self._layout(self.target, level) for level in levels
        )

    def copy(self, number: int) -> None:
        """Copy the shards of all levels at a place along time; one that is not there is all background.

        Raises:
            StorageError: the disk or bucket refused.
        """
        for level in self._levels(self.source):
            place = f"{level}/{_SHARDS}/{number}"
            self.location.delete(f"{self.target}/{place}")
            for key in self.location.list_keys(f"{self.source}/{place}"):
                data = self.location.read(key)
                self.location.write(self.target + key.removeprefix(self.source), data)

    def _levels(self, image: str) -> list[str]:
        return self.location.children(image)

    def _layout(self, image: str, level: str) -> object:
        document = json.loads(self.location.read(f"{image}/{level}/{paths.ROOT_METADATA}"))
        return {name: value for name, value in document.items() if name != "attributes"}
