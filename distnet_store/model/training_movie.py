"""What does training need of one labelled movie?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.ops.augmentation.geometry import LabelledFrame
from distnet_store.ops.window_links import MovieLinks


@dataclass(frozen=True)
class TrainingMovie:
    """One labelled movie: readers of a frame's pixels and labels (y, x), and its links (n, 4).

    `runs` are the frames whose labels count, ascending; None: all. No window leaves its run. `ignored`
    reads an image (y, x) of the regions that teach nothing, where it is not 0. A movie is drawn as often
    as its `weight` says. Where divisions are not known, as in movies with identities alone, a cell
    without a link may have divided: its multiplicity teaches nothing. Samples show it magnified by
    `magnification`.
    """

    name: str
    n_frames: int
    image: Callable[[int], NDArray[np.generic]]
    labels: Callable[[int], NDArray[np.integer]]
    links: MovieLinks
    runs: tuple[range, ...] | None = None
    ignored: Callable[[int], NDArray[np.integer]] | None = None
    weight: float = 1.0
    divisions_known: bool = True
    magnification: float = 1.0

    @property
    def labelled_runs(self) -> tuple[range, ...]:
        """The runs of frames whose labels count."""
        return (range(self.n_frames),) if self.runs is None else self.runs

    def frame(self, t: int) -> LabelledFrame:
        """Return a frame with its labels, and where these count.

        Raises:
            InvalidDataError: they do not have one size, or a pixel is no number.
        """
        image, labels = self.image(t), self.labels(t)
        known = np.ones(labels.shape, np.bool_) if self.ignored is None else self.ignored(t) == 0
        for name, other in (("labels", labels), ("ignored regions", known)):
            if other.shape != image.shape:
                raise InvalidDataError(
                    f"the {name} do not match the image",
                    expected=f"{image.shape} pixels",
                    found=f"{other.shape}",
                    where=f"{self.name}, frame {t}",
                )
        if image.dtype.kind == "f" and not np.isfinite(image).all():
            raise InvalidDataError(
                "a frame has pixels that are no numbers", where=f"{self.name}, frame {t}"
            )
        return LabelledFrame(image, labels, known)


def has_divisions(links: MovieLinks) -> bool:
    """Say whether a cell has two links to later ones.

    Example:
        >>> has_divisions(np.array([[0, 1, 1, 1], [0, 1, 1, 2]]))
        True
    """
    _, counts = np.unique(links[:, :2], axis=0, return_counts=True)
    return bool((counts > 1).any())
