"""Tails as neuroglancer reads them, frame by frame."""

import json
import struct

import numpy as np
import pytest

from distnet_store.pipeline.viewing.tail_content import TailContent

neuroglancer = pytest.importorskip("neuroglancer")
LINE = struct.Struct("<6fI3BB")


@pytest.fixture(scope="module")
def content(short_chamber):
    return TailContent(short_chamber, "cells")


def whole(content, key):
    return content.read(key, 0, content.size(key))


def lines_of(content, t):
    """Return the lines of a frame, and their ids, by the words of the format's description."""
    data = whole(content, f"frames/0_0_{t}")
    (count,) = struct.unpack_from("<Q", data)
    lines = [LINE.unpack_from(data, 8 + rank * LINE.size) for rank in range(count)]
    ids = struct.unpack_from(f"<{count}Q", data, 8 + count * LINE.size)
    assert len(data) == 8 + count * (LINE.size + 8)
    return lines, ids


def test_each_frame_has_the_links_that_lead_to_it_and_those_before(content, short_chamber):
    links = short_chamber.read_table("cells", "links")["target_t"].to_numpy()
    for t in range(3):
        lines, ids = lines_of(content, t)
        assert len(lines) == np.isin(links, range(t + 1)).sum()
        assert len(set(ids)) == len(ids)
        assert {line[2] for line in lines} | {line[5] for line in lines} <= {float(t)}
        assert sorted(line[-1] for line in lines) == sorted(t - s for s in links if s <= t)


def test_a_line_goes_from_centre_to_centre_in_the_colour_of_the_cell(content, short_chamber):
    objects = short_chamber.read_table("cells", "objects").to_pandas().set_index("object_id")
    links = short_chamber.read_table("cells", "links").to_pandas()
    expected = {
        (
            *(objects.loc[link.source_id, ["centre_x", "centre_y"]]),
            *(objects.loc[link.target_id, ["centre_x", "centre_y"]]),
            objects.loc[link.target_id, "track_id"],
        )
        for link in links.itertuples()
        if link.target_t <= 2
    }
    lines, _ = lines_of(content, 2)
    assert {(x0, y0, x1, y1, track) for x0, y0, _, x1, y1, _, track, *_ in lines} == expected
    for line in lines:
        track, red, green, blue = line[6:10]
        shown = neuroglancer.segment_colors.hex_string_from_segment_id(0, track)
        assert shown == f"#{red:02x}{green:02x}{blue:02x}"


def test_the_index_says_what_there_is(content, short_chamber):
    info = json.loads(whole(content, "info"))
    n_frames, _, height, width = short_chamber.shape
    assert info["upper_bound"] == [width - 0.5, height - 0.5, n_frames - 0.5]
    assert list(info["dimensions"]) == ["x", "y", "t"]
    (level,) = info["spatial"]
    assert level["grid_shape"] == [1, 1, n_frames]
    assert level["limit"] == max(len(lines_of(content, t)[0]) for t in range(n_frames))


def test_a_line_is_found_by_its_id(content):
    lines, ids = lines_of(content, 2)
    for line, number in zip(lines, ids, strict=True):
        assert LINE.unpack(whole(content, f"by_id/{number}")) == line


@pytest.mark.parametrize("key", ["", "frames/0_0_3", "frames/1_0_0", "by_id/99999999999", "x"])
def test_there_is_nothing_else(content, key):
    with pytest.raises(FileNotFoundError):
        content.size(key)
