"""Does the window that a viewer shows cover the frames, whatever their order?"""

import numpy as np
import pytest

from distnet_store.store.contrast import ContrastRange


def window_of(*blocks: np.ndarray):
    contrast = ContrastRange()
    for block in blocks:
        contrast.add(block)
    return contrast.window()


def test_window_holds_the_extremes_and_the_percentiles() -> None:
    frame = np.arange(1001.0).reshape(1, 1, 1001)
    window = window_of(frame)
    assert (window.min, window.max, window.start, window.end) == (0, 1000, 5, 995)


def test_blocks_in_any_cut_give_the_same_window() -> None:
    frames = np.random.default_rng(0).normal(size=(6, 20, 20)).astype(np.float32)
    whole = window_of(frames)
    assert window_of(frames[4:], frames[:4]) == whole
    assert window_of(frames[:4], frames[4:]) == whole


def test_large_frames_keep_their_extremes_and_nearly_their_percentiles() -> None:
    frame = np.random.default_rng(0).gamma(2, 100, (1, 900, 1100)).astype(np.float32)
    frame[0, 1, 1] = -5
    window = window_of(frame)
    low, high = np.percentile(frame, [0.5, 99.5])
    assert (window.min, window.max) == (-5, frame.max())
    assert abs(window.start - low) < 0.02 * (high - low)
    assert abs(window.end - high) < 0.05 * (high - low)


@pytest.mark.parametrize("value", [0, 7])
def test_constant_image_gets_a_window_of_width_one(value: int) -> None:
    window = window_of(np.full((2, 4, 4), value, np.uint16))
    assert (window.min, window.max) == (value, value + 1)
    assert (window.start, window.end) == (value, value + 1)
