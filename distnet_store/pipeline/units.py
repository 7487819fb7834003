"""Into which work units is an operator's work cut? One unit is one shard of time points."""

from __future__ import annotations

from dataclasses import dataclass

from distnet_store.errors import WrongArgumentError


@dataclass(frozen=True, order=True)
class Unit:
    """Time points `t_start` up to, not including, `t_stop`."""

    t_start: int
    t_stop: int

    @property
    def name(self) -> str:
        """Id of the unit, which sorts in the order of time.

        Example:
            >>> Unit(0, 16).name
            't000000-000016'
        """
        return f"t{self.t_start:06d}-{self.t_stop:06d}"


def cut_units(n_frames: int, frames_per_unit: int) -> list[Unit]:
    """Cut a movie into units of whole shards.

    Example:
        >>> [unit.name for unit in cut_units(20, 16)]
        ['t000000-000016', 't000016-000020']
    """
    starts = range(0, n_frames, frames_per_unit)
    return [Unit(start, min(start + frames_per_unit, n_frames)) for start in starts]


def parse_window(text: str, n_frames: int) -> tuple[int, int]:
    """Read a window of time points such as ``10:50``; either side may be left out.

    Raises:
        WrongArgumentError: it is no window, or lies outside the movie.

    Example:
        >>> parse_window("10:", 50)
        (10, 50)
    """
    first, colon, last = text.partition(":")
    try:
        start, stop = int(first or 0), int(last or n_frames)
    except ValueError:
        start, stop = -1, -1
    if not colon or not 0 <= start < stop <= n_frames:
        raise WrongArgumentError(
            "this is no window of time points",
            expected=f"START:STOP with 0 <= START < STOP <= {n_frames}",
            found=repr(text),
        )
    return start, stop
