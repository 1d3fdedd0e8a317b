"""节点 on its pages: planned and confirmed by the office, reported by the agency, read by everyone."""

from datetime import date

import pytest

from tasks.models import Milestone, MilestoneDone, MilestonePlan, MilestoneReview, MilestoneWithdrawal
from tests.support.factories import make_measure, make_milestone, milestone_done, moment, move_to
from tests.support.uploads import PDF, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def planned(lead, lead_liaison):
    return make_milestone(lead.item)


def text(response):
    return response.content.decode()


def new_url(item):
    return f"/plans/{item.plan.slug}/items/{item.number}/milestones/new/"


def test_a_coordinator_plans_one_on_the_item_s_page(as_coordinator, lead):
    measure = make_measure(lead.item)
    sent = {
        "name": "印发方案",
        "planned_on": "2016-11-15",
        "agency": lead.agency_id,
        "measure": measure.pk,
        "reason": "",
    }
    response = as_coordinator.client.post(new_url(lead.item), sent, follow=True)
    made = Milestone.objects.get()
    assert (made.agency, made.measure, made.plans.get().planned_on) == (lead.agency, measure, date(2016, 11, 15))
    assert "已为（1）新增节点“印发方案”" in text(response)
    assert "计划中" in text(response)
    assert "举措1" in text(response)


def test_what_is_missing_is_said_at_its_field(as_coordinator, lead):
    response = as_coordinator.client.post(new_url(lead.item), {"agency": "999999"})
    assert response.status_code == 422
    for message in ("请填写节点名称。", "请填写计划日期。", "请选择承担该任务的单位。"):
        assert message in text(response)
    assert not Milestone.objects.exists()


def test_a_move_keeps_the_old_place_in_sight(as_coordinator, planned):
    url = f"/milestones/{planned.pk}/move/"
    sent = {"planned_on": "2016-11-15", "reason": "汛期顺延", "basis": "1"}
    for _ in range(2):  # sent twice is one move
        assert as_coordinator.client.post(url, sent).status_code == 302
    assert MilestonePlan.objects.count() == 2
    item_page = text(as_coordinator.client.get(planned.item.get_absolute_url()))
    assert "<del>2016-09-30</del>" in item_page
    assert "汛期顺延" in text(as_coordinator.client.get(planned.get_absolute_url()))
    before = text(as_coordinator.client.get(f"{planned.get_absolute_url()}?as_of=2016-10-11"))
    assert "汛期顺延" not in before
    assert "逾期未完成" in before


def test_a_stale_page_is_refused(as_coordinator, planned):
    move_to(planned, date(2016, 12, 1), at=moment("2016-10-01"))
    response = as_coordinator.client.post(f"/milestones/{planned.pk}/withdraw/", {"reason": "不办了", "basis": "1"})
    assert response.status_code == 422
    assert "内容已被更新，本次未保存：该节点已有变动" in text(response)
    assert not MilestoneWithdrawal.objects.exists()


def test_the_agency_reports_it_done_with_proof_and_the_office_confirms(as_lead, as_coordinator, as_other, planned):
    url = f"/milestones/{planned.pk}/done/"
    sent = {"done_on": "2016-10-10", "words": "文件已印发。", "basis": "1"}
    refused = as_lead.client.post(url, sent)
    assert refused.status_code == 422
    assert "报节点完成须附佐证材料。" in text(refused)
    response = as_lead.client.post(url, {**sent, "evidence": uploaded("印发件.pdf", PDF)}, follow=True)
    assert "已完成待确认" in text(response)
    assert MilestoneDone.objects.get().evidence.get().name == "印发件.pdf"
    assert "文件已印发。" not in text(as_other.client.get(planned.get_absolute_url()))
    review = f"/milestones/{planned.pk}/review/"
    assert "文件已印发。" in text(as_coordinator.client.get(review))
    done = as_coordinator.client.post(review, {"verdict": "confirmed", "comment": "", "basis": "2"}, follow=True)
    assert "已确认" in text(done)
    assert "文件已印发。" in text(as_other.client.get(planned.get_absolute_url()))


def test_sending_back_says_why_and_the_agency_reads_it(as_coordinator, as_lead, as_other, planned, lead):
    milestone_done(planned, lead, at=moment("2016-10-10"))
    review = f"/milestones/{planned.pk}/review/"
    assert as_coordinator.client.post(review, {"verdict": "sent_back", "basis": "2"}).status_code == 422
    assert (
        as_coordinator.client.post(review, {"verdict": "sent_back", "comment": "缺印发件", "basis": "2"}).status_code
        == 302
    )
    assert not MilestoneReview.objects.get().is_confirmed
    assert "缺印发件" in text(as_lead.client.get(planned.get_absolute_url()))
    assert "缺印发件" not in text(as_other.client.get(planned.get_absolute_url()))
    assert "上次所报已退回" in text(as_lead.client.get("/my/milestones/"))


def test_an_agency_finds_what_it_has_to_do_and_nobody_else_s(as_lead, as_other, planned):
    page = text(as_lead.client.get("/my/milestones/"))
    assert f"/milestones/{planned.pk}/done/" in page
    assert "逾期12天" in page
    assert "没有待完成的节点。" in text(as_other.client.get("/my/milestones/"))
    assert "/my/milestones/" in text(as_lead.client.get("/my/"))


def test_what_is_done_with_a_milestone_is_offered_to_those_who_may(as_coordinator, as_lead, as_other, planned):
    item = planned.item.get_absolute_url()
    assert f"/milestones/{planned.pk}/move/" in text(as_coordinator.client.get(item))
    assert f"/milestones/{planned.pk}/done/" in text(as_lead.client.get(item))
    for page in (text(as_other.client.get(item)), text(as_lead.client.get(f"{item}?as_of=2016-10-11"))):
        assert f"/milestones/{planned.pk}/done/" not in page
        assert f"/milestones/{planned.pk}/move/" not in page


def test_a_name_is_text_and_nothing_else(as_coordinator, planned, lead):
    make_milestone(lead.item, "<b>粗</b>\"'")
    for url in (lead.item.get_absolute_url(), f"/plans/{lead.item.plan.slug}/roadmap/"):
        assert "<b>粗</b>" not in text(as_coordinator.client.get(url))


def test_the_item_s_record_tells_what_became_of_a_milestone(as_coordinator, as_other, planned, lead, coordinator):
    move_to(planned, date(2016, 11, 15), at=moment("2016-09-14 10:00"))
    done = milestone_done(planned, lead, at=moment("2016-10-10 10:00"), on=date(2016, 10, 9))
    MilestoneReview.objects.create(
        done=done, is_confirmed=False, comment="缺印发件", recorded_at=moment("2016-10-11 10:00")
    )
    url = planned.item.get_absolute_url()
    page = text(as_coordinator.client.get(url))
    for line in (
        "设节点“印发方案”，2016-09-30完成",
        "节点“印发方案”改期至2016-11-15",
        "省商务厅报节点“印发方案”2016-10-09完成",
        "退回省商务厅节点“印发方案”的完成情况",
        "缺印发件",
    ):
        assert line in page, line
    assert "缺印发件" not in text(as_other.client.get(url))
