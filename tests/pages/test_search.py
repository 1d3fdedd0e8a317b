"""搜索: every word by itself, over all that one may see and nothing else, the same on both databases."""

from datetime import date

import pytest
from django.db import connection

from agencies.models import Agency
from tasks.models import Plan, ProgressReport
from tasks.models.searching import Holds, Spells, holding
from tasks.pages.search import questions
from tests.support.factories import (
    accepted_report,
    answer,
    comment_on,
    file_report,
    make_draft,
    make_evidence,
    make_instruction,
    make_item,
    make_milestone,
    make_urge,
    moment,
)

pytestmark = pytest.mark.any_database
FILED = moment("2016-10-10 09:00")


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


def kinds(page):
    return page.texts("//main//section//h2")


def found(page):
    return page.texts("//main//ol[@class='found']/li/p[1]/*[1]")


def test_two_words_are_found_wherever_each_stands(as_leader, lead):
    accepted_report(lead, at=FILED, progress="已举办质量研讨班。", next_steps="落实第二期场地。")
    page = as_leader.get("/search/?q=研讨班 场地")
    assert kinds(page) == ["进展报告"]
    assert page.texts("//main//mark") == ["研讨班", "场地"]
    assert kinds(as_leader.get("/search/?q=研讨班 没有的词")) == []


def test_items_and_notices_agencies_and_people_are_found(as_leader, lead):
    item = make_item(lead.item.plan, title="培育奇珍品牌")
    assert found(as_leader.get("/search/?q=奇珍")) == [str(item)]
    assert "单位" in kinds(as_leader.get(f"/search/?q={lead.agency.name}"))
    assert "公文" in kinds(as_leader.get(f"/search/?q={lead.item.plan.document_number}"))
    assert "人员" in kinds(as_leader.get(f"/search/?q={as_leader.user.display_name}"))


def test_a_task_is_found_by_a_leader_s_word_on_it_by_those_who_may_read_that(as_coordinator, as_lead, as_other, lead):
    make_instruction(lead, at=FILED, text="请抓紧整改甲乙丙。")
    for visitor in (as_coordinator, as_lead):
        page = visitor.get("/search/?q=整改甲乙丙")
        assert (kinds(page), found(page)) == (["任务"], [str(lead.item)])
        assert page.texts("//p[@class='place']") == ["批示：请抓紧整改甲乙丙。"]
    assert kinds(as_other.get("/search/?q=整改甲乙丙")) == []


def test_drafts_and_internal_comments_stay_at_home(as_coordinator, as_lead, lead, lead_liaison):
    report = file_report(lead, at=FILED)
    comment_on(report, "内部意见甲乙丙", at=FILED)
    make_draft(lead, by=lead_liaison, at=FILED, progress="草稿甲乙丙")
    for person in (as_coordinator, as_lead):
        assert kinds(person.get("/search/?q=甲乙丙")) == []


def test_an_agency_is_found_by_whom_to_call_there(as_other, lead_agency):
    Agency.objects.filter(pk=lead_agency.pk).update(liaison_name="张明", liaison_telephone="0551-62999999")
    page = as_other.get("/search/?q=张明")
    assert page.text("//ol[@class='found']/li").startswith(lead_agency.name)
    assert "联络员 张明 0551-62999999" in page.main


def test_another_agencys_report_is_found_only_once_it_was_accepted(as_lead, as_other, as_coordinator, lead):
    file_report(lead, at=FILED, progress="待审的子丑寅卯")
    assert kinds(as_lead.get("/search/?q=子丑寅卯")) == ["进展报告"]
    assert kinds(as_coordinator.get("/search/?q=子丑寅卯")) == ["进展报告"]
    assert kinds(as_other.get("/search/?q=子丑寅卯")) == []


def test_an_urge_is_found_by_its_own_agency_and_those_who_oversee(as_lead, as_other, as_leader, lead):
    answer(make_urge(lead, at=FILED), at=moment("2016-10-11 09:00"), text="辰巳午未已补报。")
    assert kinds(as_lead.get("/search/?q=辰巳午未")) == ["催办"]
    assert kinds(as_leader.get("/search/?q=辰巳午未")) == ["催办"]
    assert kinds(as_other.get("/search/?q=辰巳午未")) == []


def test_evidence_of_nothing_handed_in_is_its_agencys_alone(as_lead, as_leader, lead):
    make_evidence(lead, "申酉戌亥.pdf", at=FILED)
    assert kinds(as_lead.get("/search/?q=申酉戌亥")) == ["佐证材料"]
    assert kinds(as_leader.get("/search/?q=申酉戌亥")) == []


def test_milestones_are_found(as_leader, lead):
    make_milestone(lead.item, name="天干地支验收", at=FILED)
    assert kinds(as_leader.get("/search/?q=天干 验收")) == ["节点"]


def test_signs_that_mean_something_to_a_database_are_only_signs(as_leader, lead):
    accepted_report(lead, at=FILED, progress="完成100%，见a_b文件\\甲。")
    for word in ("100%", "a_b", "A_B", "\\甲", "’", "'"):
        is_there = word not in ("’", "'")
        assert bool(kinds(as_leader.get(f"/search/?q={word.replace('%', '%25')}"))) == is_there, word
    assert not kinds(as_leader.get("/search/?q=axb"))


def test_one_sign_alone_is_not_sought_in_the_reports(as_leader, lead):
    accepted_report(lead, at=FILED, progress="已举办质量研讨班。")
    alone = as_leader.get("/search/?q=班")
    assert "进展报告" not in kinds(alone)
    assert "请输入两个字以上的词" in alone.main
    beside = as_leader.get("/search/?q=班 研讨")
    assert "进展报告" in kinds(beside)
    assert "请输入两个字以上的词" not in beside.main


def test_nothing_typed_asks_nothing(as_leader):
    page = as_leader.get("/search/?q=%20")
    assert kinds(page) == []
    assert "草稿和内部意见不在其内" in page.main


def test_one_kind_is_paged(as_leader, lead):
    plan: Plan = lead.item.plan
    for number in range(22):
        make_item(plan, title=f"戊己庚辛{number}")
    page = as_leader.get("/search/?q=戊己庚辛")
    assert len(found(page)) == 5
    page = as_leader.get("/search/?q=戊己庚辛&kind=items")
    assert len(found(page)) == 20
    assert len(found(as_leader.get(page.link("下一页").url))) == 2


@pytest.mark.parametrize("upto", [1, 2, 6])
def test_reports_are_found_however_old_each_once_and_the_newest_first(monkeypatch, leader, lead, upto):
    monkeypatch.setattr(questions, "RECENT", 3)
    filed = [
        accepted_report(lead, at=FILED, progress=text) for text in ("戊己", "无", "戊己", "庚辛", "无", "戊己", "无")
    ]
    for words, wanted in ((["戊己"], [5, 2, 0]), (["庚辛"], [3]), (["壬癸"], []), (["戊己", "无"], [])):
        asked = questions.Asked(leader, words, moment("2016-10-12"), upto)
        rows = list(questions.reports(asked)[:upto])
        assert rows == [filed[place] for place in wanted][:upto]


@pytest.mark.parametrize("lookup", [Holds, Spells])
@pytest.mark.parametrize("word", ["质", "质量", "量第", "质量 第一", "Q"])
def test_the_answer_is_plain_containment(lead, word, lookup):
    texts = ["质量第一", "第一质量", "质 量", "quality", ""]
    for text in texts:
        accepted_report(lead, at=FILED, progress=text)
    rows = ProgressReport.objects.filter(holding(word.split(), "progress", "problems", lookup=lookup))
    wanted = [text for text in texts if all(one.lower() in text.lower() for one in word.split())]
    assert sorted(rows.values_list("progress", flat=True)) == sorted(wanted)


def test_only_words_of_two_signs_take_texts_apart_into_pairs():
    """For one sign that leaves no row out: 22,000 tasks took six seconds."""
    asked = {word: str(ProgressReport.objects.filter(holding([word], "progress")).query) for word in ("质", "质量")}
    assert "bigrams" not in asked["质"]
    assert ("bigrams" in asked["质量"]) == (connection.vendor == "postgresql")
