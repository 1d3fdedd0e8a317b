"""Old office formats → .docx or .xlsx, by LibreOffice where it is installed; else a sentence that says what to do."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from ..model import NoticeError

SECONDS = 10  # of the processor; a busy machine may take three times as long
MEGABYTES = 200  # of its own; what it maps of its program files comes on top
_LIMITED = (
    "import os, resource, sys\n"
    f"resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))\n"
    f"resource.setrlimit(resource.RLIMIT_DATA, ({MEGABYTES} << 20, {MEGABYTES} << 20))\n"
    "os.execv(sys.argv[1], sys.argv[1:])"
)
# Kind → what it is called, the filter that may open it (else any bytes are taken for a text), what it becomes.
_KINDS = {
    "doc": ("旧版 Word 文件（.doc）", "MS Word 97", "docx"),
    "wps": ("WPS 文字文件（.wps）", "MS Word 97", "docx"),
    "rtf": ("RTF 文件", "Rich Text Format", "docx"),
    "odt": ("ODT 文件", "writer8", "docx"),
    "xls": ("旧版 Excel 文件（.xls）", "MS Excel 97", "xlsx"),
    "et": ("WPS 表格文件（.et）", "MS Excel 97", "xlsx"),
    "ods": ("ODS 文件", "calc8", "xlsx"),
}
# No macro runs, nothing is fetched, no link is followed.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""  # noqa: E501


def converted(data: bytes, kind: str) -> bytes:
    """The file as .docx or .xlsx; NoticeError if LibreOffice isn't there, or can't open it in ten seconds."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    name, reads, target = _KINDS[kind]
    if not program:
        raise NoticeError(f"这是{name}，请用 Word 或 WPS 打开，另存为 .{target} 后再试")
    with tempfile.TemporaryDirectory(prefix="notice-") as folder:
        source, profile = Path(folder, f"notice.{kind}"), Path(folder, "profile")
        source.write_bytes(data)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS)
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
        _run([*command, f"--infilter={reads}", "--convert-to", target, "--outdir", folder, str(source)], folder)
        result = source.with_suffix(f".{target}")
        if not result.is_file():
            raise NoticeError(
                f"{name}没有转换成功（可能已损坏或设有密码），请用 Word 或 WPS 打开，另存为 .{target} 后再试"
            )
        return result.read_bytes()


def _run(command: list[str], folder: str) -> None:
    """In a group of its own, all of which ends when the time is up: the program starts others."""
    environment = {"PATH": os.defpath, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    environment |= dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), "http://127.0.0.1:9")  # nobody answers
    process = subprocess.Popen(
        [sys.executable, "-c", _LIMITED, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3 * SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
