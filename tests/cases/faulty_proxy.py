"""A proxy in front of a server that fails some requests: with 503, or by closing the connection."""

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Faults:
    """Counts requests and bytes, and says which requests fail: every `every`-th, in one of three ways by turns.

    503; the connection closed before the request is done; or closed after it was done, so that its answer is lost.
    """

    KINDS = ("503", "close", "lose answer")

    def __init__(self, every: int) -> None:
        self.every = every
        self.requests = 0
        self.failed = 0
        self.by_kind: Counter[str] = Counter()
        self.bytes_sent = 0
        self.bytes_received = 0
        self._lock = threading.Lock()

    def next(self, method: str, path: str, size: int) -> str:
        with self._lock:
            self.requests += 1
            self.by_kind["LIST" if "list-type=2" in path else method] += 1
            self.bytes_sent += size
            if self.requests % self.every:
                return "pass"
            self.failed += 1
            return self.KINDS[self.failed % 3]


@contextmanager
def faulty_proxy(address: str, faults: Faults) -> Iterator[str]:
    """Serve `address` on loopback with faults; return the proxy's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = _read_body(self)
            what = faults.next(self.command, self.path, len(body))
            if what == "close":
                self.close_connection = True
            elif what == "lose answer":
                _ask(address, self, body)
                self.close_connection = True
            elif what == "503":
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                faults.bytes_received += _forward(self, address, body)

        def log_message(self, *_: object) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}"
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()


def _read_body(handler: BaseHTTPRequestHandler) -> bytes:
    return handler.rfile.read(int(handler.headers.get("Content-Length", 0)))


def _ask(
    address: str, handler: BaseHTTPRequestHandler, body: bytes
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request(handler.command, handler.path, body, dict(handler.headers))
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def _forward(handler: BaseHTTPRequestHandler, address: str, body: bytes) -> int:
    """Hand a request on; return the size of the answer."""
    answer, data = _ask(address, handler, body)
    handler.send_response(answer.status)
    skipped = {"transfer-encoding", "connection", "server", "date"}
    for name, value in answer.getheaders():
        if name.lower() not in skipped and not (name.lower() == "content-length" and data):
            handler.send_header(name, value)
    if data:
        handler.send_header("Content-Length", str(len(data)))
    elif answer.getheader("Content-Length") is None:
        handler.send_header("Content-Length", "0")
    handler.end_headers()
    handler.wfile.write(data)
    return len(data)
