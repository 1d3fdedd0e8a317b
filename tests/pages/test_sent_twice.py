"""A form that is sent twice (a double click, back and again) is one deed: no second row, and no page of errors."""

from datetime import date

import pytest
from django.apps import apps

from agencies.models import Change
from tasks.models import ReportDraft
from tests.support.factories import (
    file_report,
    instruction_answer,
    make_agency,
    make_evidence,
    make_group,
    make_instruction,
    make_request,
    make_urge,
    moment,
    sign_receipt,
    standard_rules,
)

LONG_AGO = moment("2016-10-10 10:00")


@pytest.fixture(autouse=True)
def october(settings, tmp_path):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    settings.MEDIA_ROOT = tmp_path


class Scene:
    """What is there, and who does what: each deed gives who sends, where to, and what."""

    def __init__(self, plan, lead, period, coordinator_at, lead_at):
        self.plan, self.lead, self.period = plan, lead, period
        self.office, self.agency = coordinator_at, lead_at
        sign_receipt(lead, at=moment("2016-05-26 09:00"))

    def confirmed(self, url, **typed):
        page = self.office.post(url, 200, **typed)
        return self.office, url, {**page.values(), **typed, "action": "confirm"}

    def filled(self, visitor, url, **typed):
        return visitor, url, {**visitor.get(url).values(), **typed}

    def due_date(self):
        return self.confirmed(f"{self.lead.item.get_absolute_url()}amend/", due_on="2016-11-30", reason="同步")

    def due_dates(self):
        typed = {"item": [self.lead.item.number], "due_on": "2016-11-30", "reason": "同步"}
        return self.confirmed(f"/plans/{self.plan.slug}/items/dates/", **typed)

    def closing(self):
        typed = {"kind": "closed", "reason": "相符", "unproven": "会议验收"}
        return self.confirmed(f"/assignments/{self.lead.pk}/close/", **typed)

    def suspending(self):
        return self.confirmed(f"/assignments/{self.lead.pk}/close/", kind="suspended", reason="省政府同意")

    def decision(self):
        asked = make_request(self.lead, at=LONG_AGO)
        return self.office, f"/requests/{asked.pk}/", {"verdict": "refused", "comment": "佐证不足"}

    def completion(self):
        paper = make_evidence(self.lead, at=LONG_AGO)
        sent = {"kind": "completion", "reason": "完成", "evidence_kept": paper.pk}
        return self.agency, f"/assignments/{self.lead.pk}/requests/new/", sent

    def extension(self):
        sent = {"kind": "extension", "reason": "推迟", "due_on": "2017-03-31"}
        return self.agency, f"/assignments/{self.lead.pk}/requests/new/", sent

    def receipt(self):
        return self.agency, "/my/receipts/", {"all": "1"}

    def review(self):
        report = file_report(self.lead, 60, at=LONG_AGO)
        return self.office, f"/reviews/{report.pk}/", {"verdict": "sent_back", "comment": "请补充", "seen": 0}

    def comment(self):
        report = file_report(self.lead, 60, at=LONG_AGO)
        return self.office, f"/reviews/{report.pk}/comments/", {"text": "请核实数据"}

    def urge(self):
        sent = {"assignment": self.lead.pk, "text": "请抓紧。", "reply_by": "2016-10-19"}
        return self.office, f"/urges/new/?assignment={self.lead.pk}", sent

    def reply(self):
        return self.agency, f"/urges/{make_urge(self.lead, at=LONG_AGO).pk}/", {"text": "已抓紧"}

    def lock(self):
        return self.office, f"{self.period.get_absolute_url()}lock/", {"turn": "锁定", "reason": "通报已印发"}

    def waiver(self):
        return self.office, f"/assignments/{self.lead.pk}/waivers/2016Q3/", {"turn": "免报", "reason": "机构改革"}

    def settings(self):
        return self.filled(self.office, f"/plans/{self.plan.slug}/settings/", soon_days="20", reason="从严")

    def weights(self):
        url = f"{self.lead.item.get_absolute_url()}weights/"
        return self.filled(self.office, url, **{f"weight_{self.lead.pk}": "3"}, reason="牵头")

    def calendar(self):
        url = f"/plans/{self.plan.slug}/periods/2016Q4/revise/"
        return self.filled(self.office, url, opens_on="2016-12-22", reason="顺延", action="save")

    def new_rule(self):
        sent = {"kind": "due", "name": "提前三周", "offset": "-18", "audience": "leadership", "is_active": "on"}
        return self.office, "/reminders/rules/new/", {**sent, "reason": "新增"}

    def changed_rule(self):
        rule = standard_rules()["due-7"]
        sent = {"name": "提前八天", "offset": "-8", "audience": rule.audience, "is_active": "on", "reason": "提前"}
        return self.office, f"/reminders/rules/{rule.pk}/", sent

    def members(self):
        url, sent = f"/groups/{make_group().pk}/", {"member": [make_agency("省林业厅").pk]}
        page = self.office.post(url, 200, action="preview", **sent)
        return self.office, url, {**sent, "action": "confirm", "basis": page.values()["basis"]}

    def report(self):
        url = f"/my/{self.lead.pk}/"
        return self.filled(self.agency, url, percent="98", progress="已完成抽检。", action="submit")

    def draft(self):
        url = f"/my/{self.lead.pk}/"
        return self.filled(self.agency, url, percent="98", progress="写了一半", action="save")

    def instruction(self):
        typed = {"assignment": [self.lead.pk], "leader": "省领导", "document": "阅批单3号", "text": "请抓紧。"}
        return self.filled(self.office, f"{self.lead.item.get_absolute_url()}instruct/", **typed)

    def instruction_reply(self):
        made = make_instruction(self.lead, at=LONG_AGO)
        return self.filled(self.agency, made.get_absolute_url(), text="已办。")

    def instruction_noted(self):
        made = make_instruction(self.lead, at=LONG_AGO)
        given = instruction_answer(made, at=LONG_AGO)
        return self.office, f"{made.get_absolute_url()}noted/{given.pk}/", {"text": "可行。"}


DEEDS = [name for name in vars(Scene) if not name.startswith("_") and name not in ("confirmed", "filled")]


def counted():
    """How many rows there are of everything that a deed could write, drafts' versions included."""
    models = [model for label in ("tasks", "agencies") for model in apps.get_app_config(label).get_models()]
    rows = {model.__name__: model._default_manager.count() for model in models}
    return rows | {"settled": Change.objects.count(), "drafts": list(ReportDraft.objects.values_list("progress"))}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_second_time_it_writes_nothing_and_is_no_error(plan, lead, period, as_coordinator, as_lead, deed):
    visitor, url, sent = getattr(Scene(plan, lead, period, as_coordinator, as_lead), deed)()
    before = counted()
    first = visitor.client.post(url, sent)
    assert first.status_code in (200, 302)
    done = counted()
    assert done != before or deed == "receipt"
    second = visitor.client.post(url, sent)
    assert second.status_code == first.status_code
    assert counted() == done
