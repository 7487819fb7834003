"""A dataset is shown in a real browser: the cells at their places, in the colours of their tracks."""

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import matplotlib.image
import numpy as np
import pytest
from s3_servers import environment, make_bucket, running_server

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.viewing.view import view
from distnet_store.store.movie import open_movie

neuroglancer = pytest.importorskip("neuroglancer")
SAMPLES = Path(__file__).parents[1] / "data" / "ome-zarr-samples"
COMMAND = Path(sys.executable).with_name("distnet-store")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SOFTWARE_GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PATIENCE_MS = 60_000


def make_movie(chamber, target):
    movie = import_movie(chamber.images, target, pixel_size_um=0.065, frame_interval_s=300)
    import_labels(movie, chamber.labels.astype(np.int32), "cells")
    link(movie, prediction=None, name="cells", overwrite=True)
    return open_movie(target)


@pytest.fixture(scope="module")
def movie(chamber10, tmp_path_factory):
    return make_movie(chamber10, tmp_path_factory.mktemp("view") / "chamber10.ome.zarr")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", *SOFTWARE_GL]
        )
        yield found
        found.close()


class Looked:
    """What a page showed when nothing more was being loaded: its picture, its errors, its requests."""

    def __init__(self, browser, shown, folder, until):
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        self.errors, self.answers = [], []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.errors.append(line.text))
        page.on("response", lambda answer: self.answers.append((answer.status, answer.url)))
        page.goto(shown.url)
        for _ in range(PATIENCE_MS // 250):
            page.wait_for_timeout(250)
            if until(self):
                break
        page.wait_for_timeout(1500)  # what has come is drawn
        box = page.locator(".neuroglancer-rendered-data-panel").first.bounding_box()
        self.middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.screenshot(path=folder / "page.png")
        self.picture = matplotlib.image.imread(folder / "page.png")[:, :, :3]
        self.layers = page.inner_text(".neuroglancer-layer-panel")
        page.close()

    @property
    def chunks(self):
        """Addresses of the pixels that were read."""
        return [u for status, u in self.answers if status in {200, 206} and "/c/" in u]

    def color_at(self, movie, y, x, scale):
        """Return the colour of a pixel of the frame; `scale` is its size on the screen."""
        height, width = movie.shape[2:]
        column = self.middle[0] + (x - (width - 1) / 2) * scale
        row = self.middle[1] + (y - (height - 1) / 2) * scale
        return self.picture[round(row), round(column)]


def errors_of(looked):
    """Return what the page complained of, but for the icon that the viewer's own server lacks."""
    missing = [u for status, u in looked.answers if status >= 400 and "favicon" not in u]
    known = [text for text in looked.errors if "404" in text]
    assert len(known) <= 1
    return [*missing, *(text for text in looked.errors if "404" not in text)]


def test_the_page_shows_the_cells_of_the_frame(movie, browser, tmp_path):
    frame = 3
    with view(movie, "cells", frame=frame) as shown:
        assert shown.layers == ("channel 0", "[cells]", "cells-tracks", "tails")
        looked = Looked(
            browser,
            shown,
            tmp_path,
            lambda page: (
                any("/tails/frames" in u for _, u in page.answers) and len(page.chunks) >= 2
            ),
        )
    assert errors_of(looked) == []
    assert all(name in looked.layers for name in ("channel 0", "cells-tracks", "tails"))
    scale = 600 / movie.shape[2]
    cells = (
        movie.table("cells", "objects")
        .to_table(columns=["t", "track_id", "bbox_y0", "bbox_y1", "centre_y", "centre_x"])
        .to_pandas()
    )
    cells = cells[cells.t == frame]
    assert len(cells) >= 5
    image = np.asarray(movie.frame(frame)[0])
    for cell in cells.itertuples():  # beside the tail, which runs through the centre
        color = looked.color_at(movie, cell.centre_y, cell.centre_x + 2, scale)
        expected = neuroglancer.segment_colors.hex_string_from_segment_id(0, cell.track_id)
        overlaid = np.array([int(expected[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        assert alike(color, overlaid), (cell, color, overlaid)
    outside = looked.color_at(movie, 1, 1, scale)
    assert np.ptp(outside) < 0.02, "the background is grey"
    assert image.shape == movie.shape[2:]


def alike(color, overlaid):
    """Return whether a grey pixel with a colour over it, of 30 %, can look like this."""
    grey = (color - 0.3 * overlaid) / 0.7
    return np.ptp(grey) < 0.06 and -0.05 < grey.mean() < 1.05


def test_a_dataset_of_another_program_is_shown(browser, tmp_path):
    with view(open_movie(SAMPLES / "mobie_blobs.ome.zarr")) as shown:
        looked = Looked(
            browser,
            shown,
            tmp_path,
            lambda page: any("/data/" in u and "0/0" in u for _, u in page.answers),
        )
    top, left = int(looked.middle[1]) - 200, int(looked.middle[0]) - 200
    blobs = looked.picture[top : top + 400, left : left + 400, 0]
    assert 0.1 < (blobs > 0.5).mean() < 0.6
    assert (blobs < 0.3).mean() > 0.2


def test_a_dataset_in_a_bucket_is_shown(chamber10, browser, tmp_path, monkeypatch):
    with running_server("moto", tmp_path) as address:
        make_bucket(address, "movies")
        for name, value in environment(address).items():
            monkeypatch.setenv(name, value)
        there = make_movie(chamber10, "s3://movies/chamber10.ome.zarr")
        with view(there, "cells") as shown:
            looked = Looked(browser, shown, tmp_path, lambda page: len(page.chunks) >= 2)
    assert errors_of(looked) == []
    assert len({u.rpartition("/data/")[2] for u in looked.chunks}) == 2  # image and tracks


@pytest.fixture
def command():
    """Start `distnet-store view`; give the process and what it says first."""
    started = []

    def start(*arguments):
        words = [COMMAND, "view", "--no-browser", *arguments]
        process = subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # a shell that starts the tests in the background has them ignore Ctrl-C, and so their children
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def fetched(url):
    """Return what lies at an address of this computer."""
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=20)) as connection:
        connection.request("GET", parts.path)
        return connection.getresponse().read()


def test_the_command_serves_until_it_is_interrupted(movie, command):
    process = command(movie.url, "--json", "--frame", "2")
    said = json.loads(process.stdout.readline())
    assert said["event"] == "view"
    assert said["layers"] == ["channel 0", "[cells]", "cells-tracks", "tails"]
    assert json.loads(fetched(f"{said['data_url']}/zarr.json"))["zarr_format"] == 3
    assert b"neuroglancer" in fetched(said["url"])
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (["--name", "others"], 11, "no result 'others'"),
        (["--frame", "99"], 2, "no such frame"),
        (["--port", "IN_USE"], 9, "could not start"),
    ],
)
def test_what_cannot_be_shown_is_told(movie, command, arguments, exit_code, words):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = command(movie.url, *(port if word == "IN_USE" else word for word in arguments))
        _, said = process.communicate(timeout=60)
    assert (process.returncode, words in said) == (exit_code, True), said
