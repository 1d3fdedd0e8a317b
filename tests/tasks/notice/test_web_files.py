"""A saved page reads as a browser shows it, without the site around it."""

from __future__ import annotations

import pytest

from tasks.notice import parse, read
from tasks.notice.files import web
from tasks.notice.files.document import composed
from tests.support.notice_build import notice

TEXT = notice("一、甲类工作", "（一）甲事项。做一。（省财政厅负责）")


def lines(page: str) -> list[str]:
    return composed(web.contents(page.encode())).text.split("\n")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("gb18030", "gb2312"), ("utf-8", ""), ("gb18030", ""), ("utf-16", "")],
)
def test_a_page_is_read_in_its_encoding(encoding: str, declared: str) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    body = TEXT.strip().replace("\n", "<br>")
    page = f"<!DOCTYPE html><html><head>{meta}<title>无</title></head><body>{body}</body></html>"
    text = read(page.encode(encoding), "通知.html")
    assert text == TEXT.strip()
    assert parse(text).items[0].title == "甲事项"


def test_an_old_word_file_that_is_a_page_is_read_as_one() -> None:
    assert read(b"<html><body><p>\xe7\x94\xb2</p></body></html>", "通知.doc") == "甲"


def test_blocks_are_lines_and_what_runs_within_them_is_not() -> None:
    page = "<html><div>甲<b>乙</b><span>丙</span></div><ul><li>丁<li>戊</ul><p>己<p>庚</html>"
    assert lines(page) == ["甲乙丙", "丁", "戊", "己", "庚"]


def test_what_is_not_shown_is_left_out() -> None:
    page = (
        "<html><head><title>题</title><style>p{}</style></head><script>x</script><noscript>密</noscript><!-- 密 -->"
        "<p>甲<span style='display: none'>密</span></p><p hidden>密</p><div style='visibility:hidden'><p>密</p></div>"
        "<p>软\u00ad连&shy;字</p></html>"
    )
    assert lines(page) == ["甲", "软连字"]


def test_lines_of_links_alone_lead_elsewhere() -> None:
    path = "<ul><li><a href='/'>首页</a> &gt; <a href='/a'>公文</a></ul>"
    assert lines(f"<html>{path}<p>甲<a href='/b'>乙</a>。</p><a href='/c'>上一篇</a></html>") == ["甲乙。"]


def test_line_breaks_are_lines_but_not_within_a_sentence() -> None:
    assert lines("<html><p>（一）推广。面积占比<br>达到30%。<br>（二）认证。</p></html>") == [
        "（一）推广。面积占比达到30%。",
        "（二）认证。",
    ]


def test_tables_are_lines_with_cells_parted_by_tabs() -> None:
    page = "<html><table><tr><td rowspan=2>甲<td colspan=2>乙</tr><tr><td>丙<td><p>丁<p>戊</tr></table></html>"
    assert lines(page) == ["甲\t乙", "丙\t丁", "戊"]
