"""Which version of the package is installed? Apart, because reading metadata takes a tenth of a second."""

from importlib.metadata import version

__version__ = version("distnet-store")
