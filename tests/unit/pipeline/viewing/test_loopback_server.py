"""The server gives out what it was given, whole or in ranges, to this computer only."""

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from distnet_store.errors import StorageError
from distnet_store.pipeline.viewing.dataset_content import DatasetContent
from distnet_store.pipeline.viewing.loopback_server import LoopbackServer
from distnet_store.store.location import locate

DATA = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A folder with a file in it, a secret beside it, and a link in it that leads there."""
    root = tmp_path_factory.mktemp("served")
    folder = root / "movie.ome.zarr"
    (folder / "s0").mkdir(parents=True)
    (folder / "zarr.json").write_text('{"zarr_format": 3}')
    (folder / "s0" / "a chunk").write_bytes(DATA)
    (folder / "empty").write_bytes(b"")
    (root / "secret").write_text("secret")
    (folder / "link").symlink_to(root / "secret")
    content = DatasetContent(locate(folder))
    with LoopbackServer({"data": content}, allowed_origins=("https://viewer.example",)) as server:
        yield server


def ask(server, path, method="GET", **headers):
    """Return status, headers and body; underscores in names stand for hyphens."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def test_a_key_is_given_out_whole(served):
    status, headers, body = ask(served, "/data/s0/a%20chunk")
    assert (status, body) == (200, DATA)
    assert headers["Content-Type"] == "application/octet-stream"
    status, headers, body = ask(served, "/data/zarr.json?v=1")
    assert (status, body) == (200, b'{"zarr_format": 3}')
    assert headers["Content-Type"] == "application/json"
    assert ask(served, "/data/empty")[::2] == (200, b"")


def test_parts_of_a_key_are_given_out(served):
    status, headers, body = ask(served, "/data/s0/a%20chunk", Range="bytes=-164")
    assert (status, body) == (206, DATA[-164:])
    assert headers["Content-Range"] == f"bytes {len(DATA) - 164}-{len(DATA) - 1}/{len(DATA)}"
    status, headers, _ = ask(served, "/data/s0/a%20chunk", Range=f"bytes={len(DATA)}-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{len(DATA)}")


def test_head_says_the_size_and_sends_nothing(served):
    status, headers, body = ask(served, "/data/s0/a%20chunk", "HEAD")
    assert (status, int(headers["Content-Length"]), body) == (200, len(DATA), b"")


@pytest.mark.parametrize(
    "path",
    [
        "/data/missing",
        "/data/s0",
        "/data/",
        "/",
        "/other/zarr.json",
        "/data/../secret",
        "/data/%2e%2e/secret",
        "/data/s0/..%2f..%2fsecret",
        "/data//etc/passwd",
        "/data/..%5csecret",
        "/data/zarr.json%00",
        "/data/link",
    ],
)
def test_what_is_not_in_the_dataset_is_not_found(served, path):
    status, _, body = ask(served, path)
    assert (status, body) == (404, b"")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_nothing_can_be_written(served, method):
    assert ask(served, "/data/zarr.json", method)[0] == 501


def test_pages_of_this_computer_and_those_named_may_read(served):
    for origin in ("http://127.0.0.1:9000", "http://localhost:1", "https://viewer.example"):
        status, headers, _ = ask(served, "/data/zarr.json", Origin=origin)
        assert (status, headers["Access-Control-Allow-Origin"]) == (200, origin)
        status, headers, _ = ask(served, "/data/zarr.json", "OPTIONS", Origin=origin)
        assert (status, headers["Access-Control-Allow-Headers"]) == (204, "Range")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1.example:80"},
    ],
)
def test_other_pages_are_refused(served, headers):
    for method in ("GET", "OPTIONS"):
        status, answer, body = ask(served, "/data/zarr.json", method, **headers)
        assert (status, body) == (403, b"")
        assert "Access-Control-Allow-Origin" not in answer


def test_it_listens_on_the_loopback_address_only(served):
    assert served.url.startswith("http://127.0.0.1:")
    port = int(served.url.rpartition(":")[2])
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", port))  # another address of this computer


def test_many_requests_at_once_are_answered(served):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(served, "/data/s0/a%20chunk")[2], range(64)))
    assert answers == [DATA] * 64


def test_a_port_in_use_is_told(served):
    port = int(served.url.rpartition(":")[2])
    with pytest.raises(StorageError, match=r"(?s)could not start.*--port"):
        LoopbackServer({}, port=port)


def test_it_stops_when_it_is_closed(tmp_path):
    with LoopbackServer({"data": DatasetContent(locate(tmp_path))}) as server:
        assert ask(server, "/data/x")[0] == 404
    with pytest.raises(ConnectionRefusedError):
        ask(server, "/data/x")
