"""Which frames and which pairs of frames does the network look at? (METHOD.md section 1)"""

from __future__ import annotations


def frame_offsets(frames: int, gap: int) -> list[int]:
    """Return the considered frames, as offsets from the centre frame.

    `frames` is N, odd and at least 3; `gap` is δ, the distance between frames away from the centre.

    Example:
        >>> frame_offsets(7, 3)
        [-7, -4, -1, 0, 1, 4, 7]
    """
    side = (frames - 3) // 2
    after = [1 + step * gap for step in range(side + 1)]
    return [-offset for offset in reversed(after)] + [0] + after


def frame_pairs(frames: int) -> list[tuple[int, int]]:
    """Return the pairs (earlier, later) of positions in the window: 2N - 4 of them.

    First the N - 1 consecutive ones, then those of the centre with each frame that is not beside it.

    Example:
        >>> frame_pairs(5)
        [(0, 1), (1, 2), (2, 3), (3, 4), (0, 2), (2, 4)]
    """
    centre = (frames - 1) // 2
    consecutive = [(k, k + 1) for k in range(frames - 1)]
    before = [(k, centre) for k in range(centre - 1)]
    after = [(centre, k) for k in range(centre + 2, frames)]
    return consecutive + before + after


def window_frames(t: int, frames: int, gap: int, n_frames: int) -> list[int]:
    """Return the time points of the window around t; beyond the ends the first or last frame repeats.

    Example:
        >>> window_frames(0, 5, 2, 10)
        [0, 0, 0, 1, 3]
    """
    return [min(max(t + offset, 0), n_frames - 1) for offset in frame_offsets(frames, gap)]
