"""Segment and track cells in 2-D time-lapse microscopy; keep everything in one OME-Zarr dataset.

Each name loads its module when it is first used; ``__init__.pyi`` says which.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
