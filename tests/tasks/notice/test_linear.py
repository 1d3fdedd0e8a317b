"""The time that reading takes grows with the length of the text, whatever is repeated in it."""

from __future__ import annotations

import time

import pytest

from tasks.notice import parse
from tests.support.notice_build import notice

LONGEST_SECONDS = 2  # a second on an idle machine; what is quadratic takes more than a minute
REPEATED = [
    "〔2016〕76号",
    "1.加快",
    "1.加快\n",
    "（一）乙。做好工作。（省财政厅、省水利厅牵头，省教育厅配合，6月底前完成）\n",
    "（省财政厅负责）",
    "责任单位：省财政厅\n",
    "责任单位：省财政厅、",
    "省财政厅、",
    "2020年3月5日\n",
    "6月底前",
    "列第一位者为牵头单位，",
    "《关于某事的通知》（国发〔2019〕1号）",
    "某省人民政府关于某事的通知\n某政发〔2019〕12号\n",
    "附件\n",
    "（",
    '"',
    " ",
]


def seconds(text: str) -> float:
    start = time.process_time()
    parse(text)
    return time.process_time() - start


@pytest.mark.parametrize("words", REPEATED, ids=lambda words: words.strip()[:12] or "blank")
def test_a_hundred_kilobytes_of_anything_are_read_at_once(words: str) -> None:
    repeated = words * (100_000 // len(words.encode()))
    assert seconds(notice("一、甲", "（一）乙。做。（省财政厅负责）", repeated)) < LONGEST_SECONDS
