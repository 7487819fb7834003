"""How do viewers on this computer read what lies on a disk or in a bucket? By a server for them alone.

It listens on the loopback address only, answers GET and HEAD, and writes nothing. Pages of this computer may read
from it, and those whose origin was named; a page from elsewhere that finds the port, also by a name that it makes
point here, is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Protocol, Self
from urllib.parse import unquote, urlsplit

from distnet_store.errors import DistnetError, StorageError
from distnet_store.pipeline.viewing.byte_range import UnsatisfiableRangeError, asked_bytes

HOST: Final = "127.0.0.1"
_LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Content(Protocol):
    """What stands under one word of the server's addresses. It is asked from several threads at once."""

    def size(self, key: str) -> int:
        """Return the number of bytes of a key.

        Raises:
            FileNotFoundError: there is no such key.
        """

    def read(self, key: str, start: int, stop: int) -> bytes:
        """Return the bytes of a key from `start` to before `stop`."""


class LoopbackServer:
    """Serves contents read-only under ``http://127.0.0.1:PORT/WORD/KEY`` until it is closed.

    Attributes:
        url: the address, without a slash at the end.

    Example:
        >>> with LoopbackServer({"data": content}) as server:             # doctest: +SKIP
        ...     requests.get(f"{server.url}/data/zarr.json").json()
    """

    def __init__(
        self,
        contents: Mapping[str, Content],
        *,
        port: int = 0,
        allowed_origins: tuple[str, ...] = (),
    ) -> None:
        """Start to listen, on a free port for 0; `allowed_origins` are web sites that may read as well.

        Raises:
            StorageError: the port is in use, or may not be used.
        """
        handler = partial(_Handler, dict(contents), frozenset(allowed_origins))
        try:
            self._server = _Server((HOST, port), handler)
        except (OSError, OverflowError) as error:
            raise StorageError(
                "the server could not start",
                expected=f"a free port of {HOST}",
                found=f"port {port}: {getattr(error, 'strerror', None) or error}",
                remedy="name another --port, or none: a free one is found",
            ) from error
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop to listen."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # a browser opens many connections at once


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept: a viewer asks for hundreds of chunks
    timeout = 60

    def __init__(
        self, contents: dict[str, Content], origins: frozenset[str], *request: object
    ) -> None:
        self._contents = contents
        self._origins = origins
        super().__init__(*request)  # type: ignore[arg-type] # what socketserver gives

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_OPTIONS(self) -> None:
        if self._is_welcome():
            self._send(HTTPStatus.NO_CONTENT, {})

    def log_message(self, *words: object) -> None:
        """Say nothing: the terminal belongs to the command."""

    def _answer(self, *, with_body: bool) -> None:
        if not self._is_welcome():
            return
        try:
            content, key = self._find()
            size = content.size(key)
            span = asked_bytes(self.headers.get("Range"), size)
            start, stop = span or (0, size)
            body = content.read(key, start, stop) if with_body and stop > start else b""
        except UnsatisfiableRangeError:
            self._send(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"}
            )
        except FileNotFoundError:
            self._send(HTTPStatus.NOT_FOUND, {})
        except (DistnetError, OSError) as error:
            self._send(HTTPStatus.BAD_GATEWAY, {}, str(error).encode())
        else:
            headers = {"Content-Length": str(stop - start), "Content-Type": _content_type(key)}
            if span is None:
                self._send(HTTPStatus.OK, headers, body)
            else:
                headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
                self._send(HTTPStatus.PARTIAL_CONTENT, headers, body)

    def _find(self) -> tuple[Content, str]:
        """Return the content that an address names, and the key in it."""
        word, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        parts = key.split("/")
        if word not in self._contents or "\\" in key or "\0" in key or {"", ".", ".."} & set(parts):
            raise FileNotFoundError(self.path)
        return self._contents[word], key

    def _is_welcome(self) -> bool:
        """Return whether the request comes from this computer or an origin that was named; else refuse it."""
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if host in _LOCAL_NAMES and self._allowed_origin() is not None:
            return True
        self._send(HTTPStatus.FORBIDDEN, {})
        return False

    def _allowed_origin(self) -> str | None:
        """Return the origin that may read, "" for a request of no page, None for one that may not."""
        origin = self.headers.get("Origin", "")
        known = origin in self._origins or urlsplit(origin).hostname in _LOCAL_NAMES
        return origin if known or not origin else None

    def _send(self, status: HTTPStatus, headers: Mapping[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        if origin := self._allowed_origin():
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
            self.send_header("Access-Control-Allow-Headers", "Range")
            self.send_header("Access-Control-Expose-Headers", "Content-Length, Content-Range")
        self.send_header("Vary", "Origin")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header(
            "Cache-Control", "no-cache"
        )  # results may be replaced while they are shown
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)


def _content_type(key: str) -> str:
    is_text = key.endswith((".json", ".zattrs", ".zgroup", ".zarray", "/info")) or key == "info"
    return "application/json" if is_text else "application/octet-stream"
