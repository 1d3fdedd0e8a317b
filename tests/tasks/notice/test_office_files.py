"""Old formats go through LibreOffice where it is installed: a program of its name stands for it here."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tasks.notice import NoticeError, read
from tasks.notice.files import office
from tests.support.notice_files import OLE, word

DOC = OLE + "WordDocument".encode("utf-16-le")
ODT = b"PK\x03\x04".ljust(30) + b"mimetypeapplication/vnd.oasis.opendocument.text"


def named_soffice(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (DOC, "通知.doc", r"旧版 Word 文件（.doc），请用 Word 或 WPS 打开，另存为 .docx"),
        (DOC, "通知.wps", "WPS 文字文件"),
        (OLE, "通知.doc", "另存为 .docx"),
        (b"{\\rtf1 }", "通知.doc", "RTF 文件"),
        (ODT, "通知.odt", "ODT 文件"),
        (OLE + "Workbook".encode("utf-16-le"), "表.xls", "另存为 .xlsx"),
    ],
)
def test_without_it_a_sentence_says_what_to_do(
    data: bytes, name: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoticeError, match=said):
        read(data, name)


def test_what_it_makes_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "made.docx").write_bytes(word("甲", "乙"))
    script = f'for last; do :; done; cp {tmp_path}/made.docx "${{last%.doc}}.docx"; echo "$@" > {tmp_path}/said'
    named_soffice(tmp_path, script, monkeypatch)
    assert read(DOC, "通知.doc") == "甲\n乙"
    said = (tmp_path / "said").read_text()
    assert "--headless" in said
    assert "-env:UserInstallation=file:///" in said
    assert "--infilter=MS Word 97" in said


def test_a_file_that_it_cannot_open_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named_soffice(tmp_path, "exit 1", monkeypatch)
    with pytest.raises(NoticeError, match="没有转换成功"):
        read(DOC, "通知.doc")


def test_its_time_is_limited_and_what_it_started_ends_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(office, "SECONDS", 0.1)
    named_soffice(tmp_path, f"(sleep 2; touch {tmp_path}/late) & sleep 60", monkeypatch)
    with pytest.raises(NoticeError, match="没有转换成功"):
        read(DOC, "通知.doc")
    assert os.system("sleep 2.5") == 0
    assert not (tmp_path / "late").exists()
