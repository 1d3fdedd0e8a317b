"""A form that is sent twice (a double click, back and again) is one deed: no second row, and no page of errors."""

from datetime import date
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import Workbook

from agencies.models import Change
from tasks.models import Measure, ReportDraft
from tests.support.factories import (
    close,
    file_report,
    instruction_answer,
    lock,
    make_agency,
    make_assignment,
    make_evidence,
    make_group,
    make_instruction,
    make_item,
    make_measure,
    make_milestone,
    make_milestone_wish,
    make_request,
    make_urge,
    milestone_done,
    moment,
    plan_withdrawal,
    sign_receipt,
    standard_rules,
)
from tests.support.proofs import ITEMS, TEXT, make_proof

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

    @property
    def item_url(self):
        return self.lead.item.get_absolute_url()

    @property
    def plan_url(self):
        return f"/plans/{self.plan.slug}/"

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

    def suspending_of_the_item(self):
        make_assignment(self.lead.item, make_agency("省林业厅"))
        return self.confirmed(f"{self.item_url}suspend/", kind="suspended", reason="省政府同意")

    def resuming_of_the_item(self):
        close(self.lead, "suspended", at=LONG_AGO)
        return self.confirmed(f"{self.item_url}suspend/", kind="reopened", reason="条件具备")

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

    def milestone_proposed(self):
        sent = {"kind": "milestone", "name": "印发方案", "planned_on": "2016-11-30", "whose": "own", "reason": "已定"}
        return self.agency, f"/assignments/{self.lead.pk}/requests/new/", sent

    def milestone_taken_over(self):
        asked = make_milestone_wish(self.lead, at=LONG_AGO)
        sent = {"verdict": "granted", "name": "印发方案", "planned_on": "2016-12-10", "comment": "另定"}
        return self.office, f"/requests/{asked.pk}/", sent

    def receipt(self):
        make_assignment(make_item(self.plan), self.lead.agency)
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

    # ── who answers ──

    def steering(self):
        other = make_agency("省林业厅").pk
        typed = {f"do_{self.lead.pk}": "replace", f"to_{self.lead.pk}": other, "reason": "纪要"}
        return self.confirmed(f"{self.item_url}responsibility/", **typed)

    def steering_of_many(self):
        second = make_assignment(make_item(self.plan), self.lead.agency)
        typed = {"assignment": [self.lead.pk, second.pk], "do": "assist", "reason": "纪要"}
        return self.confirmed(f"{self.plan_url}responsibility/", **typed)

    def steering_on_a_later_day(self):
        typed = {f"do_{self.lead.pk}": "withdraw", "effective_on": "2016-12-01", "reason": "纪要"}
        return self.confirmed(f"{self.item_url}responsibility/", **typed)

    def steering_taken_back(self):
        return self.office, f"/responsibility/{plan_withdrawal(self.lead, at=LONG_AGO).pk}/", {"reason": "缓办"}

    def changed_role(self):
        return self.confirmed(f"{self.item_url}responsibility/", **{f"do_{self.lead.pk}": "role", "reason": "纪要"})

    def split(self):
        item, words = self.lead.item, ("开展抽查。", "开展培训。")
        item.text = self.plan.notice_text = "".join(words)
        item.end = len(item.text)
        item.save()
        self.plan.save()
        for number, each in enumerate(words, 1):
            start = item.text.index(each)
            Measure.objects.create(item=item, number=number, text=each, start=start, end=start + len(each))
        typed = {"unit_0": "1", "unit_1": "2", "title_1": "抽查", "title_2": "培训", "reason": "纪要"}
        typed |= {"due_1": "2016-12-31", "due_2": "2016-12-31"}
        typed |= {f"role_{number}_{self.lead.pk}": "lead" for number in (1, 2)}
        return self.confirmed(f"{self.item_url}split/", **typed)

    def merger(self):
        other = make_assignment(make_item(self.plan), self.lead.agency).item
        typed = {"items": [other.number], "title": "合并后的任务", "due_on": "2016-12-31", "reason": "纪要"}
        return self.confirmed(f"{self.item_url}merge/", **typed)

    def correction(self):
        self.lead.item.text = self.plan.notice_text = "提升质量。开展抽查。"
        self.lead.item.end = len(self.plan.notice_text)
        self.lead.item.save()
        self.plan.save()
        return self.filled(self.office, f"{self.item_url}correction/", title="提升质量", reason="标题读错")

    # ── 节点 ──

    def milestone(self):
        sent = {"name": "印发方案", "planned_on": "2016-11-30"}
        return self.filled(self.office, f"{self.item_url}milestones/new/", **sent)

    def milestones_of_the_notice(self):
        measure = make_measure(self.lead.item, "完成首批审查。")
        Measure.objects.filter(pk=measure.pk).update(due_on=date(2016, 11, 30), due_words="11月底前", due_start=1)
        return self.office, f"{self.plan_url}roadmap/propose/", {"proposal": [f"m{measure.pk}-20161130"]}

    def milestone_moved(self):
        url = f"/milestones/{make_milestone(self.lead.item).pk}/move/"
        return self.filled(self.office, url, planned_on="2016-12-10", reason="顺延")

    def milestone_withdrawn(self):
        return self.filled(self.office, f"/milestones/{make_milestone(self.lead.item).pk}/withdraw/", reason="不办了")

    def milestone_done(self):
        paper, url = make_evidence(self.lead, at=LONG_AGO), f"/milestones/{make_milestone(self.lead.item).pk}/done/"
        return self.filled(self.agency, url, done_on="2016-10-10", words="已印发。", evidence_kept=paper.pk)

    def milestone_confirmed(self):
        made = make_milestone(self.lead.item)
        milestone_done(made, self.lead, at=LONG_AGO)
        return self.filled(self.office, f"/milestones/{made.pk}/review/", verdict="confirmed", comment="")

    # ── importing ──

    def notice(self):
        return self.office, "/plans/import/", {"text": TEXT}

    def proof_corrected(self):
        draft = make_proof(by=self.office.user, at=LONG_AGO)
        return (
            self.office,
            f"{draft.get_absolute_url()}items/{ITEMS[0]}/",
            {"kind": "title", "basis": 0, "words": "完善"},
        )

    def proof_confirmed(self):
        draft = make_proof(TEXT.replace("2018", "2016"), by=self.office.user, at=LONG_AGO)
        return self.office, f"{draft.get_absolute_url()}confirm/", {"basis": 0}

    # ── accounts, periods ──

    def accounts(self):
        page = self.office.post("/accounts/people/", 200, workbook=SimpleUploadedFile("名单.xlsx", people_list()))
        return self.office, "/accounts/people/open/", page.values()

    def unlock(self):
        lock(self.period, at=LONG_AGO)
        return self.office, f"{self.period.get_absolute_url()}lock/", {"turn": "解锁", "reason": "补报"}

    def frequency(self):
        return self.filled(self.office, f"{self.plan_url}settings/", frequency="month", reason="按月调度")

    def no_period(self):
        return self.filled(self.office, f"{self.plan_url}periods/2016Q4/revise/", reason="并入年报", action="drop")


def people_list():
    """One new person of the lead agency."""
    book, target = Workbook(), BytesIO()
    book.active.append(["单位", "姓名", "手机", "邮箱", "角色", "用户名"])
    book.active.append(["省商务厅", "张三", "", "", "联络员", ""])
    book.save(target)
    return target.getvalue()


HELPERS = ("confirmed", "filled", "item_url", "plan_url")
DEEDS = [name for name in vars(Scene) if not name.startswith("_") and name not in HELPERS]


def counted():
    """How many rows there are of everything that a deed could write, drafts' versions included."""
    tables = [
        model._meta.db_table for label in ("tasks", "agencies") for model in apps.get_app_config(label).get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in tables)}")
        rows = dict(zip(tables, cursor.fetchone(), strict=True))
    return rows | {"settled": Change.objects.count(), "drafts": list(ReportDraft.objects.values_list("progress"))}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_second_time_it_writes_nothing_and_is_no_error(plan, lead, period, as_coordinator, as_lead, deed):
    visitor, url, sent = getattr(Scene(plan, lead, period, as_coordinator, as_lead), deed)()
    before = counted()
    first = visitor.client.post(url, sent)
    assert first.status_code in (200, 302)
    done = counted()
    assert done != before
    second = visitor.client.post(url, sent)
    assert second.status_code == first.status_code
    assert counted() == done
