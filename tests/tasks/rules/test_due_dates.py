"""Where a due date comes from is decided once, for rows and for facts alike."""

from datetime import date

import pytest

from tasks.rules.due_dates import NOT_WRITTEN, DueSource, reason_of, source_of, source_words
from tests.support.factories import make_item, moment, revise

SOURCES = [
    (True, "", DueSource.INFERRED),
    (False, "6月底前完成", DueSource.WRITTEN),
    (False, "", DueSource.SET),
    (True, "6月底前完成", DueSource.INFERRED),
]


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize(("is_inferred", "words", "source"), SOURCES)
def test_the_database_decides_as_the_rule_does(is_inferred, words, source):
    assert source_of(is_inferred=is_inferred, words=words) == source
    revision = revise(make_item(), date(2016, 6, 30), at=moment("2016-06-01"), is_inferred=is_inferred, due_words=words)
    revision.refresh_from_db()
    assert revision.due_source == source


def test_only_what_is_written_is_quoted():
    assert source_words("written", "6月底前完成") == "公文载明“6月底前完成”"
    assert source_words("written", None) == "公文载明"
    assert (source_words("inferred", ""), source_words("set", ""), source_words(None, None)) == ("推定", "调整", "")


def test_a_reason_quotes_the_notice_in_one_line_or_says_that_it_is_silent():
    assert reason_of("6月底前\n完成") == "公文载明“6月底前 完成”"
    assert len(reason_of("很" * 1000)) <= 500
    assert reason_of("") == NOT_WRITTEN == "公文未写完成时限，按计划年度年末推定"
