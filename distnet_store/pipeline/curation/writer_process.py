"""Is the program that began to write an edit still at work?

An edit that was begun and whose writer is gone is finished by the next one who opens the result. While
the writer lives nobody else touches it. Of a process on another host only the age of the edit tells.
"""

from __future__ import annotations

import datetime
import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from distnet_store.spec.curation_table import CurationEntry
from distnet_store.store.digest import digest_texts

ABANDONED_AFTER_S = 600
"""Seconds after which an edit that was begun on another host is taken for abandoned."""

_at_work: set[tuple[str, str, int]] = set()
_lock = threading.Lock()


def writer_name() -> str:
    """Return the name of this process: a digest of the host's name, and the process number."""
    return f"{digest_texts([platform.node()])[:8]}-{os.getpid()}"


@contextmanager
def writing(url: str, result: str, number: int) -> Iterator[None]:
    """Keep in mind that this process is writing an entry, as long as it does."""
    key = (url, result, number)
    with _lock:
        _at_work.add(key)
    try:
        yield
    finally:
        with _lock:
            _at_work.discard(key)


def is_at_work(url: str, result: str, entry: CurationEntry) -> bool:
    """Return whether the writer of an entry may still be writing it."""
    own_host, own_process = writer_name().split("-")
    host, _, process = entry.writer.partition("-")
    if host != own_host or not process.isdigit():
        return age_s(entry) < ABANDONED_AFTER_S
    if process == own_process:
        with _lock:
            return (url, result, entry.number) in _at_work
    if os.name == "nt":  # there, the call that asks after a process ends it
        return age_s(entry) < ABANDONED_AFTER_S
    return _is_alive(int(process))


def age_s(entry: CurationEntry) -> float:
    """Return how many seconds ago an entry was made."""
    made = datetime.datetime.fromisoformat(entry.time)
    return (datetime.datetime.now(datetime.UTC) - made).total_seconds()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
