"""Contrast and colour, as any writer may have put them down."""

import pytest
import zarr

from distnet_store.spec.ngff import Window
from distnet_store.store.channel_display import ChannelDisplay, channel_displays

WINDOW = {"min": 0, "max": 255, "start": 10, "end": 90}


def group_with(attributes):
    return zarr.create_group({}, attributes=attributes)


@pytest.mark.parametrize("wrap", [lambda omero: {"ome": {"omero": omero}}, lambda o: {"omero": o}])
def test_what_is_written_down_is_shown_in_versions_04_and_05(wrap):
    channels = [{"color": "00FF00", "window": WINDOW}, {"window": {"start": -1.5, "end": 2}}]
    assert channel_displays(group_with(wrap({"channels": channels})), ("a", "b")) == (
        ChannelDisplay("a", "00FF00", Window(min=0, max=255, start=10, end=90)),
        ChannelDisplay("b", "FFFFFF", Window(min=-1.5, max=2, start=-1.5, end=2)),
    )


@pytest.mark.parametrize(
    "channel",
    [
        {},
        None,
        {"color": "green", "window": "0-255"},
        {"color": 255, "window": {"start": 5}},
        {"window": {"start": 5, "end": 5}},
        {"window": {"start": 9, "end": 5}},
        {"window": {"start": "0", "end": 5}},
        {"window": {"start": True, "end": 5}},
    ],
)
def test_what_cannot_be_used_is_left_out(channel):
    found = channel_displays(group_with({"omero": {"channels": [channel]}}), ("a",))
    assert found == (ChannelDisplay("a"),)


@pytest.mark.parametrize(
    "attributes", [{}, {"ome": 3}, {"omero": []}, {"omero": {"channels": [{"window": WINDOW}]}}]
)
def test_without_a_line_for_each_channel_nothing_is_known_of_any(attributes):
    found = channel_displays(group_with(attributes), ("a", "b"))
    assert found == (ChannelDisplay("a"), ChannelDisplay("b"))


def test_limits_hold_the_window():
    narrow = {"min": 20, "max": 30, "start": 10, "end": 90}
    (found,) = channel_displays(group_with({"omero": {"channels": [{"window": narrow}]}}), ("a",))
    assert found.window == Window(min=10, max=90, start=10, end=90)
