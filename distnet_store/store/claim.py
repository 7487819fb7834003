"""Who is writing a result just now, and is that process still alive?

A claim is a numbered key, created only if absent, so that two processes never hold the same number. The
highest number counts, and lower ones are deleted. Its holder writes the time into it again and again; a claim
that was not renewed for a while is stale, and the next number may be taken.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from uuid import uuid4

from distnet_store.errors import ConflictError, StorageError
from distnet_store.spec.runs import ClaimRecord
from distnet_store.store.location import Location

RENEWED_EVERY_S = 20.0
"""A holder renews its claim this often."""
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES: Final = Path("/proc/self/ns/pid")

STALE_AFTER_S = 120.0
"""A claim that was not renewed for so long belongs to a process that is gone; clocks may differ by less."""


_held_here: Final[set[str]] = set()
"""Tokens of the claims that blocks of this process hold just now."""


@dataclass(frozen=True)
class Claim:
    """The right to write one result, held by this process.

    Attributes:
        folder: key prefix of the result's claims.
        number: number of the claim.
        token: what no other claim has.
    """

    location: Location
    folder: str
    number: int
    token: str

    @property
    def key(self) -> str:
        """Key of the claim."""
        return _key(self.folder, self.number)

    def renew(self, *, released: bool = False) -> None:
        """Write that the holder is alive, or has ended."""
        self.location.write(self.key, self.record(released=released))

    def record(self, *, released: bool = False) -> bytes:
        """Return what the claim's key holds: who this process is, and the time."""
        holder = ClaimRecord(
            host=socket.gethostname(),
            machine=_machine(),
            process=os.getpid(),
            token=self.token,
            renewed=time.time(),
            released=released,
        )
        return holder.model_dump_json().encode()

    def check(self) -> None:
        """Return if this is still the claim that counts.

        Raises:
            ConflictError: another process took this one for dead and went on in its place.
        """
        numbers = _numbers(self.location, self.folder)
        if numbers and numbers[-1] > self.number:
            raise ConflictError(
                "another process goes on with this run",
                expected="to be the only one that writes this result",
                found=f"this process was not heard of for {STALE_AFTER_S:.0f} s, and another took over",
                where=f"{self.location.url}/{self.folder}",
                remedy="let the other one finish",
            )


@contextmanager
def claimed(location: Location, folder: str) -> Iterator[Claim]:
    """Hold the claim in `folder` while the block runs, renewing it.

    Raises:
        ConflictError: another process holds it, and has been heard of lately.
    """
    token = uuid4().hex
    _held_here.add(token)
    try:
        with _renewed(_take(location, folder, token)) as claim:
            yield claim
    finally:
        _held_here.discard(token)


@contextmanager
def _renewed(claim: Claim) -> Iterator[Claim]:
    ended = threading.Event()
    renewal = threading.Thread(target=_renew_until, args=(claim, ended), daemon=True)
    renewal.start()
    try:
        yield claim
    finally:
        ended.set()
        renewal.join()
        with suppress(StorageError):  # it becomes stale by itself
            claim.renew(released=True)


def _take(location: Location, folder: str, token: str) -> Claim:
    """Take the next number; what others take or delete meanwhile means a new beginning."""
    while True:
        numbers = _numbers(location, folder)
        with suppress(FileNotFoundError):  # its holder ended, and the next one deleted it
            if claim := _take_after(location, folder, numbers, token):
                return claim


def _take_after(location: Location, folder: str, numbers: list[int], token: str) -> Claim | None:
    """Take the number after some; None where others went further meanwhile.

    Where two went further, the next number is free again: of what was listed long ago nothing follows.
    """
    if numbers:
        holder = ClaimRecord.model_validate_json(location.read(_key(folder, numbers[-1])))
        if not holder.released and not _is_dead(holder):
            raise _held(location, folder, holder)
    claim = Claim(location, folder, numbers[-1] + 1 if numbers else 1, token)
    if not location.take(claim.key, claim.record()):
        holder = ClaimRecord.model_validate_json(location.read(claim.key))
        raise _held(location, folder, holder)
    if _numbers(location, folder)[-1] > claim.number:
        location.delete(claim.key)
        return None
    for number in numbers:
        location.delete(_key(folder, number))
    return claim


def _key(folder: str, number: int) -> str:
    return f"{folder}/{number:06d}.json"


def _numbers(location: Location, folder: str) -> list[int]:
    names = [key.rsplit("/", 1)[-1] for key in location.list_keys(folder)]
    return sorted(int(name.removesuffix(".json")) for name in names)


def _is_dead(holder: ClaimRecord) -> bool:
    """Return whether a holder is gone: not heard of for long, or a process of this machine that has ended."""
    if time.time() - holder.renewed > STALE_AFTER_S:
        return True
    if holder.machine != _machine():
        return False
    if (
        holder.process == os.getpid()
    ):  # ours; if no block holds it, a full disk did not take the release
        return holder.token not in _held_here
    return not _runs(holder.process)


@cache
def _machine() -> str:
    """Return what tells this machine, or container, from all others: process numbers mean the same in it."""
    parts = [socket.gethostname()]
    with suppress(OSError):  # other systems than Linux have the host's name only
        parts += [_BOOT.read_text(encoding="ascii").strip(), str(_PROCESSES.readlink())]
    return " ".join(parts)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _renew_until(claim: Claim, ended: threading.Event) -> None:
    while not ended.wait(RENEWED_EVERY_S):
        with suppress(StorageError):  # the next time may go better
            claim.renew()


def _held(location: Location, folder: str, holder: ClaimRecord) -> ConflictError:
    return ConflictError(
        "another process is writing this result",
        expected="one writer at a time",
        found=f"process {holder.process} on {holder.host}, heard of "
        f"{max(time.time() - holder.renewed, 0):.0f} s ago",
        where=f"{location.url}/{folder}",
        remedy=f"wait until it has finished; if it was killed, try again after {STALE_AFTER_S:.0f} s",
    )
