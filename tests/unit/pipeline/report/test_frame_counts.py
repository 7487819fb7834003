"""Cells and events of every frame."""

import numpy as np
import pytest

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.report.frame_counts import counts_figure, frame_counts

SIZE = 40


def square(frame, y, x, label):
    frame[y : y + 5, x : x + 5] = label


@pytest.fixture
def movie(tmp_path):
    """A cell that divides after frame 1; a second that is lost after frame 0; a third that appears in frame 2."""
    labels = np.zeros((4, SIZE, SIZE), np.int32)
    for t in range(4):
        if t < 2:
            square(labels[t], 10, 10, 1)
        else:
            square(labels[t], 8, 6, 1)
            square(labels[t], 8, 14, 2)
            square(labels[t], 30, 30, 3)
    square(labels[0], 30, 8, 2)
    links = np.array([[0, 1, 1, 1], [1, 1, 2, 1], [1, 1, 2, 2], *([2, n, 3, n] for n in (1, 2, 3))])
    made = import_movie(
        np.zeros((4, SIZE, SIZE), np.float32) + np.arange(SIZE, dtype=np.float32),
        tmp_path / "a.ome.zarr",
        axes="tyx",
        pixel_size_um=0.1,
        frame_interval_s=60,
    )
    return import_labels(made, labels, "cells", links=links)


def test_each_frame_is_counted(movie):
    counts = frame_counts(movie, "cells").to_pydict()
    assert counts == {
        "t": [0, 1, 2, 3],
        "cells": [2, 1, 3, 3],
        "divisions": [0, 0, 1, 0],
        "appeared": [0, 0, 1, 0],
        "lost": [0, 1, 0, 0],
    }


def test_the_figure_shows_them_over_time(movie):
    figure = counts_figure(movie, frame_counts(movie, "cells"))
    above, below = figure.axes
    assert above.lines[0].get_ydata().tolist() == [2, 1, 3, 3]
    assert below.get_xlabel() == "time (s)"
    assert [text.get_text() for text in below.get_legend().get_texts()] == [
        "divisions",
        "appear in mid-field",
        "lost",
    ]
