"""Which frames of a label image did a person look through, where it was not all of them?"""

from __future__ import annotations

from collections.abc import Sequence

from distnet_store.errors import InvalidDatasetError
from distnet_store.store import paths
from distnet_store.store.location import Location

ANNOTATED_FRAMES = "annotated_frames"
"""Attribute of a label image: a list of [first, stop] time points; without it all frames count."""


def annotated_attribute(runs: Sequence[range]) -> dict[str, object]:
    """Return the attribute that names runs of frames.

    Example:
        >>> annotated_attribute([range(0, 4)])
        {'annotated_frames': [[0, 4]]}
    """
    return {ANNOTATED_FRAMES: [[run.start, run.stop] for run in runs]}


def annotated_frames(location: Location, name: str, n_frames: int) -> tuple[range, ...]:
    """Return the runs of frames of a label image that count, ascending: all where nothing is said.

    Raises:
        InvalidDatasetError: what is said is no list of runs inside the movie, one after the other.
    """
    path = paths.label_image(name)
    try:
        found = location.group(path).attrs.asdict().get(ANNOTATED_FRAMES)
    except FileNotFoundError:  # who reads the labels says that there are none
        found = None
    if found is None:
        return (range(n_frames),)
    pairs = found if isinstance(found, list) else []
    ends = [end for pair in pairs if isinstance(pair, list) for end in pair]
    whole = [end for end in ends if isinstance(end, int)]
    runs = tuple(range(first, stop) for first, stop in zip(whole[::2], whole[1::2], strict=False))
    is_list = bool(pairs) and all(isinstance(p, list) and len(p) == 2 for p in pairs)
    if not is_list or ends != sorted(set(whole)) or whole[0] < 0 or whole[-1] > n_frames:
        raise InvalidDatasetError(
            "the list of annotated frames cannot be used",
            expected=f"[[first, stop], …] ascending, from 0 to {n_frames}",
            found=str(found)[:80],
            where=f"{location.url}/{path}, attributes.{ANNOTATED_FRAMES}",
            remedy="run `distnet-store curate publish --overwrite`, or import the labels again",
        )
    return runs
