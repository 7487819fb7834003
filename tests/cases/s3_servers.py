"""Two S3 servers of different makers, on loopback, for tests of datasets in a bucket."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

SERVERS = ("moto", "ministack")
_PATIENCE_S = 60


@contextmanager
def running_server(kind: str, folder: Path) -> Iterator[str]:
    """Start a server and return its address; its output goes to a file in `folder`."""
    port = _free_port()
    command = {
        "moto": [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        "ministack": [sys.executable, "-m", "ministack"],
    }[kind]
    environment = {
        **os.environ,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SERVICES": "s3",
        "TMPDIR": str(folder),
    }
    with (folder / f"{kind}.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(server, address, folder / f"{kind}.log")
            yield address
        finally:
            server.kill()
            server.wait()


def make_bucket(address: str, name: str) -> None:
    """Create a bucket by an unsigned request, which both servers allow."""
    status = _ask(address, "PUT", f"/{name}")
    if status != HTTPStatus.OK:
        raise RuntimeError(f"no bucket: {status}")


def environment(address: str) -> dict[str, str]:
    """Return the variables by which a client finds the server."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def _ask(address: str, method: str, path: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=_PATIENCE_S)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            _ask(address, "GET", "/")
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
