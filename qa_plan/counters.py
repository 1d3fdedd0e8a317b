"""What the web processes of one host have answered, counted together: by view and kind of status, with their seconds.

The counters lie in memory that processes share: in a file of RUNTIME_DIRECTORY, where the services of a host have one,
else among those forked from the one that loaded this, as gunicorn does with `--preload`. Each kind of page has its own
place from the start, so that nothing is ever allocated.
"""

import fcntl
import mmap
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from struct import Struct
from typing import IO, NamedTuple

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

KINDS = (2, 3, 4, 5)  # of statuses: 2xx …
OTHER = "other"  # of no view: pages that aren't there
ROW = Struct(f"{len(KINDS)}Qd")
PLACES = 1024  # for views; there are some two hundred
SIZE = PLACES * ROW.size


class Answered(NamedTuple):
    view: str
    counts: tuple[int, ...]  # by KINDS
    seconds: float


class _Shared:
    """Memory and a lock that a killed process gives back: one of the operating system's, for processes and threads."""

    def __init__(self, folder: str = "") -> None:
        self.threads = threading.Lock()
        if folder:
            with suppress(OSError):  # full, read-only or not there: then each service counts for itself
                self.file = _opened(Path(folder))
                self.memory = mmap.mmap(self.file.fileno(), SIZE)
                return
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - held for as long as the process lives
        self.memory = mmap.mmap(-1, SIZE)

    def add(self, place: int, kind: int, seconds: float) -> None:
        with self.threads:
            fcntl.lockf(self.file, fcntl.LOCK_EX)
            try:
                *counts, sum_ = ROW.unpack_from(self.memory, place * ROW.size)
                counts[kind] += 1
                ROW.pack_into(self.memory, place * ROW.size, *counts, sum_ + seconds)
            finally:
                fcntl.lockf(self.file, fcntl.LOCK_UN)

    def row(self, place: int) -> tuple[tuple[int, ...], float]:
        *counts, seconds = ROW.unpack_from(self.memory, place * ROW.size)
        return tuple(counts), seconds


def _opened(folder: Path) -> IO[bytes]:
    """The file of this version's places, made where there is none; it has all its room, so that no disk fills up.

    Files of other versions go, unless a service of theirs still counts in them: each holds its own for as long.
    """
    name = "answered-" + sha256(repr((ROW.format, list(places()))).encode()).hexdigest()[:16]
    file = (folder / name).open("a+b")
    fcntl.flock(file, fcntl.LOCK_SH)
    os.posix_fallocate(file.fileno(), 0, SIZE)
    for other in folder.glob("answered-*"):
        if other.name != name:
            _give_up(other)
    return file


def _give_up(path: Path) -> None:
    """Removes the file, where nobody holds it."""
    with suppress(OSError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


@cache
def shared() -> _Shared:
    """Made once; before processes are forked that shall count together."""
    return _Shared(settings.RUNTIME_DIR)


@cache
def places() -> dict[str, int]:
    """The place of each view, by its name."""
    names = sorted({OTHER, *_names(get_resolver().url_patterns)})[:PLACES]
    return {name: place for place, name in enumerate(names)}


def _names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield f"{prefix}{pattern.name}"


def count(view: str, status: int, seconds: float) -> None:
    known = places()
    shared().add(known.get(view, known[OTHER]), KINDS.index(min(max(status // 100, 2), 5)), seconds)


def answered() -> list[Answered]:
    """What was counted since the processes started, or since the file that they share was made.

    Views that nobody asked for are left out.
    """
    rows = ((name, *shared().row(place)) for name, place in places().items())
    return [Answered(name, counts, seconds) for name, counts, seconds in rows if any(counts)]
