"""How does a file of exported labels say that it holds some of the cells only?"""

from __future__ import annotations

from typing import Final

from pydantic import Field

from distnet_store.spec.dataset import SpecModel
from distnet_store.spec.version import SCHEMA_VERSION

EXPORT_ATTRIBUTE: Final = "distnet_export"
"""Attribute of an exported OME-Zarr image, a `LabelExport`."""
EXPORT_ENDING: Final = ".cells.json"
"""What is added to the name of a TIFF or NumPy file for the file beside it, a `LabelExport`."""


class LabelExport(SpecModel):
    """Which cells a file of exported labels holds; a file without it holds all of its result."""

    schema_version: str = SCHEMA_VERSION
    result: str = Field(description="the result that they are of")
    cells: tuple[int, ...] = Field(description="object ids (t · 2³² + label), ascending")
