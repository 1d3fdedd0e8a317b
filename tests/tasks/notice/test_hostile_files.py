"""No file takes more than ten seconds or 300 MB, whatever it does to a parser."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.notice import NoticeError, read
from tasks.notice.files import confined
from tests.support.notice_files import archive, ofd, pdf, relationships, sheet, word, workbook
from tests.support.resource_usage import resource_usage

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MB = 1024**2


def deep(element: str, text: str, depth: int = 100_000) -> str:
    return f"<{element}>" * depth + text + f"</{element}>" * depth


def word_of(body: str) -> bytes:
    return word(parts={"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"})


def entities(of: Callable[[str], bytes]) -> bytes:
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return of(f'<!DOCTYPE x [<!ENTITY a0 "甲">{names}]><x>&a9;</x>')


def crowd() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for number in range(40_000):
            target.writestr(str(number), b"")
    return buffer.getvalue()


BOMBS: dict[str, Callable[[], bytes]] = {
    "a part of zeros": lambda: word(parts={"word/document.xml": bytes(80 * MB)}),
    "entities in Word": lambda: entities(lambda text: word(parts={"word/document.xml": text})),
    "entities in relations": lambda: entities(lambda text: word(parts={"_rels/.rels": text})),
    "entities in a workbook": lambda: entities(
        lambda text: archive(
            {"_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")), "xl/workbook.xml": text}
        )
    ),
    "entities in OFD": lambda: entities(lambda text: archive({"OFD.xml": text})),
    "millions of paragraphs": lambda: word_of("<w:p/>" * (50 * MB // 6)),
    "millions of attributes": lambda: word_of('<w:p w:a="" w:b="" w:c=""/>' * 2 * MB),
    "deep paragraphs": lambda: word_of(deep("w:sdt", "<w:p/>")),
    "deep tables": lambda: word_of("<w:tbl><w:tr><w:tc>" * 80 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 80),
    "much text": lambda: word_of(f"<w:p><w:r><w:t>{'甲' * 9 * MB}</w:t></w:r></w:p>"),
    "many members": crowd,
    "a workbook's last cell": lambda: workbook(sheet(merged=["A1:XFD1048576"] * 1000) + "<r/>"),
    "a deep page": lambda: b"<html>" + b"<div>" * (2 * MB) + b"x",
    "an unclosed comment": lambda: b"<html>" + b"<!--" * (3 * MB),
    "unclosed tags": lambda: b"<html>" + b"<a " * (3 * MB),
    "a wide page table": lambda: b"<html><table>" + b"<tr><td colspan=1000 rowspan=1000>x" * 100_000,
    "many pages": lambda: pdf(*([] for _ in range(2000))),
    "a page of many signs": lambda: pdf([(10, 10 + n % 800, 9, "甲乙丙丁" * 400) for n in range(400)]),
    "a long OFD line": lambda: ofd([(10, 10, 5, "甲" * 9 * MB)]),
    "many OFD pieces": lambda: ofd([(10, n % 290, 5, "甲") for n in range(150_000)]),
}


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bombs")
    paths = {}
    for number, (name, made) in enumerate(BOMBS.items()):
        paths[name] = folder / str(number)
        paths[name].write_bytes(made())
    return paths


@pytest.mark.long
def test_no_file_takes_more_than_its_seconds_or_300_megabytes(bombs: dict[str, Path]) -> None:
    """Ten seconds in all; here one of the processor, as the limit holds whatever it is."""
    assert confined.SECONDS + confined.GRACE <= 10
    imports = (
        "import resource; from tasks.notice import NoticeError, read\n"
        "from tasks.notice.files import confined\n"
        "confined.SECONDS = 1\n"
        "def used(path):\n"
        "    try: read(path)\n"
        "    finally:\n"
        "        child = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "        assert child.ru_utime + child.ru_stime < 2, child.ru_utime\n"
        "        assert child.ru_maxrss < 300 * 1024, child.ru_maxrss\n"
    )
    found = resource_usage(imports, "used(path)", bombs.values())
    for name, each in zip(bombs, found, strict=True):
        assert each.raised in ("", "NoticeError"), name
        assert each.seconds < 5, name
        assert each.megabytes < 100, name
    refused = {name for name, each in zip(bombs, found, strict=True) if each.raised}
    assert refused >= {
        name for name in BOMBS if name.startswith(("entities", "a part", "millions", "much", "many pages"))
    }


def test_a_parser_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "SECONDS", 0)
    monkeypatch.setattr(confined, "GRACE", 0.01)
    with pytest.raises(NoticeError, match="过于庞大或复杂"):
        read(word("甲"))


def test_what_takes_all_its_time_is_called_too_much_and_not_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "SECONDS", 1)
    monkeypatch.setattr(confined, "GRACE", 30)
    with pytest.raises(NoticeError, match="过于庞大或复杂"):
        read(b"<html>" + b"<!--" * 50_000)


def test_a_parser_that_crashes_says_that_the_file_is_damaged() -> None:
    with pytest.raises(NoticeError, match="可能已损坏"):
        confined.read_confined("no_such_reader", b"")
