"""滞后原因 on the report form: one of a list, typed, or both; never none where the rule asks for one."""

from datetime import date

import pytest

from tasks.models import ProgressReport, ReportDraft
from tests.support.factories import accepted_report, make_draft, moment

CHOSEN = "招标采购延期，预计12月底前赶上。"
BEHIND = {"action": "submit", "period": "2016Q3", "percent": "20", "progress": "举办培训12期。"}


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def url(lead, period):
    return f"/my/{lead.pk}/"


def test_a_reason_that_is_chosen_is_enough(as_lead, url):
    as_lead.post(url, **BEHIND, delay_choice=CHOSEN)
    assert ProgressReport.objects.get().delay_reason == CHOSEN


def test_what_is_typed_beside_it_goes_along(as_lead, url):
    as_lead.post(url, **BEHIND, delay_choice=CHOSEN, delay_reason="设备已重新挂网。")
    assert ProgressReport.objects.get().delay_reason == f"{CHOSEN}\n设备已重新挂网。"


def test_neither_chosen_nor_typed_is_refused_and_the_list_is_open_to_choose_from(as_lead, url):
    page = as_lead.post(url, 422, **BEHIND)
    assert list(page.errors) == ["delay_reason"]
    assert page.all("//details[@open][.//select[@name='delay_choice']]")
    assert page.all("//select[@name='delay_choice']/optgroup/@label") == ["10月底前赶上", "12月底前赶上"]


def test_what_is_chosen_stays_chosen_where_the_report_is_refused(as_lead, url):
    page = as_lead.post(url, 422, **(BEHIND | {"progress": ""}), delay_choice=CHOSEN)
    assert page.all("//select[@name='delay_choice']//option[@selected]/@value") == [CHOSEN]


def test_what_is_not_on_the_list_is_refused_at_its_field(as_lead, url):
    page = as_lead.post(url, 422, **BEHIND, delay_choice="太忙", delay_reason="已写明。")
    assert page.errors == {"delay_choice": "请选择列出的原因，或直接填写。"}
    assert not ProgressReport.objects.exists()


def test_a_draft_keeps_it_as_the_text_that_it_is(as_lead, url):
    """Saved while typing, and once more from the same page: it stands there once."""
    sent = BEHIND | {"action": "draft", "delay_choice": CHOSEN}
    as_lead.post(url, **sent)
    assert ReportDraft.objects.get().delay_reason == CHOSEN
    page = as_lead.get(url)
    assert page.values()["delay_reason"].strip() == CHOSEN
    as_lead.post(url, **(page.values() | {"action": "submit", "delay_choice": CHOSEN}))
    assert ProgressReport.objects.get().delay_reason == CHOSEN


def test_without_change_a_chosen_reason_stands_before_the_last_one(as_lead, url, lead):
    accepted_report(lead, 20, at=moment("2016-07-12"), period="2016Q2", delay_reason="缺设备。")
    as_lead.post(url, **(BEHIND | {"progress": ""}), unchanged="按计划推进，未到下一节点", delay_choice=CHOSEN)
    assert ProgressReport.objects.latest("pk").delay_reason == CHOSEN


def test_of_two_writers_each_reads_the_reason_that_the_other_chose(as_lead, url, lead, approver):
    basis = as_lead.get(url).values()["basis"]
    make_draft(lead, by=approver, at=moment("2016-10-11"), progress="别人写的", delay_reason="缺设备。")
    page = as_lead.post(url, 409, **BEHIND, basis=basis, delay_choice=CHOSEN)
    assert CHOSEN in page.main
    assert "缺设备。" in page.main
