"""Files with a format of their own are parsed in a process of its own, which may take ten seconds and 300 MB.

Whatever a file does to a parser (loops, fills memory, crashes it) ends there, with a sentence for who chose the file.
"""

from __future__ import annotations

import importlib
import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

from ..model import NoticeError
from .contents import LONGEST_TEXT, Contents

SECONDS = 9  # of the processor
GRACE = 1
MEGABYTES = 300
_ENDED_BY_LIMITS = (signal.SIGXCPU, signal.SIGKILL)
_ROOT = Path(__file__).resolve().parents[3]
_DAMAGED = "文件无法打开，可能已损坏；请用 Word 或 WPS 打开后另存为 .docx 再试"
_TOO_MUCH = "文件内容过于庞大或复杂，不像是通知正文"


def read_confined(reader: str, data: bytes) -> Contents:
    """What the module of that name in this package reads from the bytes."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, reader, str(SECONDS)],
            input=data,
            capture_output=True,
            timeout=SECONDS + GRACE,
            cwd=_ROOT,
        )
    except subprocess.TimeoutExpired:
        raise NoticeError(_TOO_MUCH) from None
    if done.returncode:
        raise NoticeError(_TOO_MUCH if -done.returncode in _ENDED_BY_LIMITS else _DAMAGED)
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise NoticeError(answer["refused"])
    return Contents.from_json(answer)


def main(reader: str, seconds: int) -> None:
    """In the child: limits first, then the file from standard input; the answer is one JSON object."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1024**2, MEGABYTES * 1024**2))
    try:
        found = importlib.import_module(f"{__package__}.{reader}").contents(sys.stdin.buffer.read())
        if found.length() > LONGEST_TEXT:
            raise NoticeError(_TOO_MUCH)
        answer = found.as_json()
    except NoticeError as error:
        answer = {"refused": str(error)}
    except (MemoryError, RecursionError):
        answer = {"refused": _TOO_MUCH}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
