"""A web server on loopback that serves a folder as servers of files do: whole files and ranges, no listings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """Serve a folder; give the server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            path = folder / self.path.lstrip("/")
            if not path.is_file():
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            data = path.read_bytes()
            wanted = self.headers.get("Range")
            if wanted is None:
                self.send_response(HTTPStatus.OK)
            else:
                start, stop = _span(wanted, len(data))
                self.send_response(HTTPStatus.PARTIAL_CONTENT)
                self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(data)}")
                data = data[start:stop]
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", '"one"')
            self.send_header("Last-Modified", "Wed, 01 Jul 2026 12:00:00 GMT")
            self.end_headers()
            if with_body:
                self.wfile.write(data)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _span(wanted: str, size: int) -> tuple[int, int]:
    """Return start and stop of a header such as ``bytes=0-99``, ``bytes=100-`` or ``bytes=-8``."""
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    if not first:
        return size - int(last), size
    return int(first), min(int(last) + 1, size) if last else size
