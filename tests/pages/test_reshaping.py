"""拆分 and 合并 in the browser: chosen, looked at, confirmed; and what the old item's page says afterwards."""

from datetime import date

import pytest
from django.urls import reverse

from tasks.models import ActionItem, Measure, Message, Reshaping
from tests.support.factories import accepted_report, file_report, make_item, moment

BY = "会议纪要〔2016〕5号"
TEXT = "提升质量。开展抽查。开展培训。"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def item(plan):
    plan.notice_text = TEXT
    plan.save()
    item = make_item(plan, title="提升质量", label="（五）", text=TEXT, start=0, end=len(TEXT))
    for number, words in enumerate(("开展抽查。", "开展培训。"), 1):
        start = TEXT.index(words)
        Measure.objects.create(item=item, number=number, text=words, start=start, end=start + len(words))
    return item


def basis_in(page):
    return page.one("//input[@name='basis']").get("value")


def chosen(lead):
    return {
        **{"unit_0": "1", "unit_1": "2", "title_1": "抽查", "title_2": "培训", "reason": BY},
        **{"due_1": "2016-12-31", "due_2": "2016-12-31"},
        **{f"role_{number}_{lead.pk}": "lead" for number in (1, 2)},
    }


def test_a_coordinator_splits_an_item_after_seeing_what_comes_of_it(as_coordinator, item, lead, period, lead_liaison):
    accepted_report(lead, 40, at=moment("2016-10-01"))
    form = as_coordinator.get(item.get_absolute_url()).link("拆分").url
    page = as_coordinator.post(form, 200, action="preview", **chosen(lead))
    assert "任务1项 → 2项" in page.main
    assert "三季度应报：1份 → 2份" in page.main
    assert "通知省商务厅：承担（五）之一负责、（五）之二负责" in page.main
    assert not Reshaping.objects.exists()
    sent = {**chosen(lead), "action": "confirm", "basis": basis_in(page)}
    for _ in range(2):  # sent twice is one deed
        assert "（五）已拆分为2项" in as_coordinator.post_and_follow(form, **sent).main
    assert Reshaping.objects.count() == 1
    assert [each.title for each in item.plan.items.filter(ended_at=None).order_by("place")] == ["抽查", "培训"]


def test_old_and_new_lead_to_each_other_and_past_days_have_the_old_one(as_coordinator, item, lead, period):
    form = reverse("tasks:item-split", args=[item.plan.slug, item.number])
    page = as_coordinator.post(form, 200, action="preview", **chosen(lead))
    old = as_coordinator.post_and_follow(form, **chosen(lead), action="confirm", basis=basis_in(page))
    assert "本任务拆分为" in old.main
    assert "本任务不再计入任何统计" in old.main
    new = ActionItem.objects.get(title="抽查")
    assert "由（五）提升质量拆分而来" in as_coordinator.get(new.get_absolute_url()).main.replace(" ", "")
    assert "负责单位" in as_coordinator.get(f"{item.get_absolute_url()}?as_of=2016-10-11").main
    early = as_coordinator.get(f"{new.get_absolute_url()}?as_of=2016-10-11")
    assert "尚无本任务" in early.main
    ledger = reverse("tasks:item-list", args=[item.plan.slug])
    assert "抽查" in as_coordinator.get(ledger).main
    assert "提升质量" not in as_coordinator.get(ledger).text("//table")
    assert "提升质量" in as_coordinator.get(f"{ledger}?as_of=2016-10-11").text("//table")


def test_a_title_that_is_missing_is_asked_for_at_its_field(as_coordinator, item, lead):
    form = reverse("tasks:item-split", args=[item.plan.slug, item.number])
    page = as_coordinator.post(form, 422, action="preview", **{**chosen(lead), "title_2": ""})
    assert "请填写新任务的标题" in page.main
    page = as_coordinator.post(form, 422, action="preview", **{**chosen(lead), "unit_1": "1"})
    assert "请至少分为两项" in page.main


def test_an_item_of_one_sentence_is_not_split(as_coordinator, plan):
    page = as_coordinator.get(reverse("tasks:item-split", args=[plan.slug, make_item(plan).number]))
    assert "不能再拆分" in page.main


def test_items_are_merged_and_a_stale_confirmation_is_refused(as_coordinator, item, lead, period):
    other = make_item(item.plan, title="宣传", label="（六）")
    form = as_coordinator.get(item.get_absolute_url()).link("合并").url
    what = {"items": str(other.number), "title": "质量提升", "due_on": "2016-12-31", "reason": BY}
    page = as_coordinator.post(form, 200, action="preview", **what)
    assert "任务2项 → 1项" in page.main
    accepted_report(lead, 40, at=moment("2016-10-12 08:00"))
    stale = as_coordinator.post(form, 422, action="confirm", basis=basis_in(page), **what)
    assert "请重新核对后再确认" in stale.main
    page = as_coordinator.post(form, 200, action="preview", **what)
    sent = {**what, "action": "confirm", "basis": basis_in(page)}
    for _ in range(2):
        assert "2项任务已合并" in as_coordinator.post_and_follow(form, **sent).main
    [made] = item.plan.items.filter(ended_at=None)
    assert (made.label, made.title) == ("（五）（六）", "质量提升")


# ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def form(item):
    return reverse("tasks:item-split", args=[item.plan.slug, item.number])


def split_by(visitor, form, lead):
    page = visitor.post(form, 200, action="preview", **chosen(lead))
    visitor.post(form, **chosen(lead), action="confirm", basis=basis_in(page))


def test_the_agency_s_first_page_says_what_became_of_its_task_until_it_was_looked_at(
    as_coordinator, as_lead, lead, period, form
):
    split_by(as_coordinator, form, lead)
    [row] = as_lead.get("/my/").texts("//section[@aria-labelledby='waiting-t']//li[contains(., '任务已调整')]")
    assert "任务（五）拆分为（五）之一、（五）之二，你单位承担" in row
    [message] = Message.objects.filter(recipient=as_lead.user)
    as_lead.post(f"/messages/{message.pk}/")
    assert "任务已调整" not in as_lead.get("/my/").main


def test_a_report_that_goes_on_shows_when_it_was_filed(as_coordinator, as_lead, lead, period, form):
    filed = file_report(lead, 40, at=moment("2016-10-10 10:00"))
    split_by(as_coordinator, form, lead)
    for going_on in filed.continuations.all():
        assert "2016-10-10 10:00" in as_lead.get(f"/my/reports/{going_on.report_id}/").main
        assert "10月10日 10:00" in as_coordinator.get(f"/reviews/{going_on.report_id}/").text("//article/div[1]")
    assert set(as_coordinator.get("/reviews/").texts("//td[contains(@class, 'duecell')]")) == {"10-10 2天"}


def test_the_old_item_is_no_more_steered_and_says_where_to_go(as_coordinator, item, lead, period, form):
    split_by(as_coordinator, form, lead)
    steer = reverse("tasks:item-steer", args=[item.plan.slug, item.number])
    for page in (as_coordinator.get(steer, 409), as_coordinator.post(steer, 409, action="preview", add_1="1")):
        assert "本任务已拆分，不能再调整责任单位，未作改动。" in page.main
        assert page.link("（五）之一抽查").url == ActionItem.objects.get(title="抽查").get_absolute_url()


def test_as_long_as_nothing_was_filed_since_the_old_page_says_how_to_go_back(
    as_coordinator, as_lead, item, lead, period, form
):
    split_by(as_coordinator, form, lead)
    new = ActionItem.objects.get(title="抽查")
    page = as_coordinator.get(item.get_absolute_url())
    assert "如拆分有误" in page.main
    assert page.link("合并").url == reverse("tasks:item-merge", args=[item.plan.slug, new.number])
    assert "如拆分有误" not in as_lead.get(item.get_absolute_url()).main
    file_report(new.assignments.get(), 50, at=moment("2016-10-12 19:00"))
    assert "如拆分有误" not in as_coordinator.get(item.get_absolute_url()).main
