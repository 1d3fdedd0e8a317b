"""The same facts give the same files, whatever the server's time zone, language and hash seed."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from reports.quarter import canonical
from tests.support import demonstration

BUILD = """
import hashlib, locale, sys
from pathlib import Path
import django
django.setup()
locale.setlocale(locale.LC_ALL, "")
from django.conf import settings
from reports.briefing import compose, to_docx
from reports.quarter import restore
from reports.quarter.book import build_workbook
snapshot = restore(Path(sys.argv[1]).read_bytes())
briefing = to_docx(compose(snapshot, {}, settings.COORDINATING_OFFICE), snapshot.definition.as_of)
for content in (build_workbook(snapshot), briefing):
    print(hashlib.sha256(content).hexdigest())
"""


@pytest.mark.parametrize(
    ("zone", "language", "seed"),
    [("America/Los_Angeles", "C", "0"), ("Asia/Shanghai", "C.UTF-8", "1")],
)
def test_files_are_the_same_under_every_zone_language_and_seed(demo, tmp_path: Path, zone, language, seed):
    facts = tmp_path / "facts.json"
    facts.write_bytes(canonical(demonstration.snapshot()))
    given = {"TZ": zone, "LC_ALL": language, "PYTHONHASHSEED": seed, "PYTHONUTF8": "0"}
    given |= {"PYTHONPATH": str(settings.BASE_DIR)}
    command = [sys.executable, "-c", BUILD, str(facts)]
    out = subprocess.run(command, env={**os.environ, **given}, check=True, capture_output=True, text=True, timeout=120)
    own = [hashlib.sha256(made()).hexdigest() for made in (demonstration.workbook, demonstration.briefing)]
    assert out.stdout.split()[:2] == own
