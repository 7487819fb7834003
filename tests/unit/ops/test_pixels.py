"""Scaling, rounding, pyramids, tiles and outlines do what their first sentences say."""

from fractions import Fraction

import numpy as np
import pytest

from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.ops.outlines import enlarge, outline_pixels
from distnet_store.ops.precision import round_mantissa
from distnet_store.ops.pyramid import halve_mean, halve_nearest, level_shapes
from distnet_store.ops.tiles import ALIGNMENT_PX, blend_weight, cut_tiles
from distnet_store.spec.parameters import PercentileNormalisation


def test_percentiles_become_0_and_1_without_clipping():
    image = np.arange(101, dtype=np.uint16).reshape(1, -1)
    low, high = percentile_range(image, PercentileNormalisation(low=10, high=60))
    assert (low, high) == (10, 60)
    scaled = scale_to_range(image, low, high)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled[0, [10, 60, 100]], [0, 1, 1.8], rtol=1e-6)


def test_a_constant_image_becomes_zero():
    assert not scale_to_range(np.full((2, 2), 7), 7.0, 7.0).any()


@pytest.mark.parametrize("value", [0.0, -1.0, 1 / 3, 1e-20, -12345.678, 65504.0, 1e30])
def test_rounding_keeps_ten_bits(value):
    exact = np.float32(value)
    rounded = round_mantissa(np.array([exact]))[0]
    assert abs(rounded - exact) <= abs(exact) * 2**-11
    assert not (rounded.view(np.uint32) & np.uint32(0x1FFF))


def test_rounding_agrees_with_half_precision_where_that_is_normal():
    values = np.random.default_rng(0).normal(0, 10, 1000).astype(np.float32)
    np.testing.assert_array_equal(
        round_mantissa(values), values.astype(np.float16).astype(np.float32)
    )


def test_levels_halve_until_small():
    assert level_shapes(207, 24) == [(207, 24)]
    assert level_shapes(574, 515) == [(574, 515), (287, 258), (144, 129)]


def test_means_and_picked_pixels_have_the_shapes_of_the_next_level():
    block = np.array([[[1, 3, 10], [5, 7, 20], [100, 100, 30]]], np.uint8)
    assert halve_mean(block).tolist() == [[[4, 15], [100, 30]]]
    assert halve_mean(block).dtype == np.uint8
    assert halve_nearest(block).tolist() == [[[1, 10], [100, 30]]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32])
def test_means_of_whole_numbers_are_exact_up_to_the_ends_of_their_type(dtype):
    ends = np.iinfo(dtype)
    near = np.concatenate([np.arange(5), -np.arange(5)]).tolist()
    values = [ends.max - abs(n) for n in near] + [ends.min + abs(n) for n in near]
    values += [n for n in near if ends.min <= n]
    picked = np.random.default_rng(0).integers(len(values), size=(2, 400))
    block = np.array([[values[i] for i in row] for row in picked], dtype)
    fours = [[int(v) for v in block[:, x : x + 2].ravel()] for x in range(0, 400, 2)]
    assert halve_mean(block)[0].tolist() == [round(Fraction(sum(four), 4)) for four in fours]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_means_of_the_largest_floats_do_not_overflow(dtype):
    block = np.full((2, 2), np.finfo(dtype).max, dtype)
    assert halve_mean(block) == np.finfo(dtype).max


@pytest.mark.parametrize(("height", "width"), [(100, 90), (513, 512), (2048, 1111), (3000, 700)])
def test_tiles_cover_a_frame_aligned_and_not_too_large(height, width):
    tiles = cut_tiles(height, width, 512, 128)
    weight = np.zeros((height, width))
    for tile in tiles:
        assert tile.y0 % ALIGNMENT_PX == tile.x0 % ALIGNMENT_PX == 0
        assert max(tile.y1 - tile.y0, tile.x1 - tile.x0) <= 512 + ALIGNMENT_PX
        weight[tile.slices] += blend_weight(tile, height, width, 128)
    assert weight.min() > 0


def test_a_tile_weighs_full_at_the_frames_border():
    (tile,) = cut_tiles(64, 64, 512, 128)
    np.testing.assert_array_equal(blend_weight(tile, 64, 64, 128), 1)


def test_outlines_are_inside_cells_and_not_at_the_border():
    labels = np.array([[1, 1, 1], [1, 1, 0], [2, 2, 2]])
    assert outline_pixels(labels).tolist() == [
        [False, False, True],
        [True, True, False],
        [True, True, True],
    ]


def test_enlarging_repeats_pixels():
    assert enlarge(np.array([[1, 2]]), 2).tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]
