"""What reading a file takes, each in a process of its own: seconds of the processor, and megabytes at most."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
# The parent imports what is called, once; each child is forked from it and starts with a fresh mark of most memory.
PROGRAM = """
import json, os, re, sys, time
from pathlib import Path
imports, call, *paths = sys.argv[1:]
names = {}
exec(imports, names)
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
for path in paths:
    if not os.fork():
        before, start, raised = most(), time.process_time(), ""
        try:
            eval(call, {**names, "path": path})
        except Exception as error:
            raised = type(error).__name__
        print(json.dumps([time.process_time() - start, most() - before, raised]), flush=True)
        os._exit(0)
    os.wait()
"""


class ResourceUsage(NamedTuple):
    seconds: float
    megabytes: float
    raised: str  # the exception's name, or ""


def resource_usage(imports: str, call: str, paths: Iterable[Path]) -> list[ResourceUsage]:
    """Of that expression, in which `path` is each path in turn."""
    command = [sys.executable, "-c", PROGRAM, imports, call, *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return [ResourceUsage(*json.loads(line)) for line in done.stdout.splitlines()]
