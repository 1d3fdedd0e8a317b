"""The demonstration: the plan as it would have stood on 2016-10-12, the same every time, and never beside real data."""

import json
import re
from collections import Counter, defaultdict
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from agencies.models import Agency, Role, User
from qa_plan import clock
from tasks.demo.playing import ACCOUNTS, DemoError, load_demo
from tasks.models import (
    AgencyRequest,
    Assignment,
    Closure,
    Correspondence,
    DailySnapshot,
    ImportFinding,
    ImportRevision,
    ItemCorrection,
    ItemRevision,
    LightChange,
    LocalDuty,
    PeriodLock,
    PeriodRevision,
    Plan,
    PlannedSteering,
    PlannedSteeringEnd,
    PlanRevision,
    ProgressReport,
    ReportDraft,
    ReportWithdrawal,
    RequestWithdrawal,
    Reshaping,
    Waiver,
    WeightRevision,
)
from tasks.models.facts import Fact
from tasks.rules.status import Light
from tasks.standing.rollup import item_standings, standings_from_queryset, total
from tests.support.factories import make_plan, moment
from tests.support.installation import models

pytestmark = pytest.mark.django_db

DAY = date(2016, 10, 12)
EVENING = moment("2016-10-12 18:00")


# ── what it shows ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_plan_stands_at_71_4_percent_with_two_red_and_four_yellow_items(demo):
    rows = standings_from_queryset(Assignment.objects.as_of(clock.now()), demo, clock.today())
    items = item_standings(demo.items.all(), rows, demo, clock.today())
    whole = total(items)
    assert (whole.count, f"{whole.percent:.1f}") == (17, "71.4")
    assert [whole.lights[light] for light in Light] == [2, 4, 2, 8, 0, 1, 0, 0]  # as they are listed


# The story changes neither settings, weights nor the calendar, and what was read of the notice is right.
LEFT_AS_IMPORTED = (
    *(PlanRevision, WeightRevision, PeriodRevision, ItemCorrection, ImportFinding, ImportRevision),
    *(ReportWithdrawal, RequestWithdrawal),
    *(Reshaping, PlannedSteering, PlannedSteeringEnd),
    *(Correspondence, LocalDuty),
)


def test_it_stands_still_on_its_evening(demo):
    assert clock.now() == EVENING
    facts = [model for model in models() if issubclass(model, Fact) and model._meta.app_label == "tasks"]
    assert len(facts) >= 5
    for model in (*facts, Assignment):
        assert model.objects.exists() or model in LEFT_AS_IMPORTED, model
        assert not model.objects.filter(recorded_at__gt=EVENING).exists()
    assert not ReportDraft.objects.filter(saved_at__gt=EVENING).exists()


def test_it_has_history_to_show(demo):
    """Waiting, accepted and sent-back reports, drafts, moved due dates, a curve and changes of the lights."""
    verdicts = Counter(ProgressReport.objects.as_of(EVENING).values_list("verdict", flat=True))
    assert min(verdicts[None], verdicts["accepted"], verdicts["sent_back"]) > 0
    assert ReportDraft.objects.exists()
    assert ItemRevision.objects.filter(is_inferred=False).exists()
    assert [period.code for period in demo.periods.order_by("code")] == ["2016Q2", "2016Q3"]
    days = list(DailySnapshot.objects.order_by("day").values_list("day", flat=True))
    assert (days[0], days[-1], len(days)) == (date(2016, 5, 24), date(2016, 10, 11), 141)
    assert {change.light for change in LightChange.objects.all()} == {"red", "yellow", "blue", "green", "grey"}


def test_every_turn_that_an_assignment_can_take_is_in_the_story(demo):
    """Asked, granted, refused and open requests; a suspension; a period locked, unlocked and locked again."""
    answers = Counter(AgencyRequest.objects.values_list("kind", "decision__is_granted"))
    assert answers == {
        ("decline", False): 1,
        ("extension", True): 1,
        ("extension", False): 1,
        ("extension", None): 1,
        ("completion", True): 1,
        ("completion", None): 1,
    }
    assert Closure.objects.filter(kind="suspended").count() == 1
    assert Waiver.objects.get().period.code == "2016Q2"
    assert list(PeriodLock.objects.order_by("pk").values_list("is_locked", flat=True)) == [True, False, True]
    assert [draft.assignment.agency.name for draft in ReportDraft.objects.exclude(handed_in_at=None)] == ["省旅游局"]


def test_every_agency_says_whom_to_call_at_numbers_that_ring_nobody(demo):
    for agency in Agency.objects.all():
        assert [contact.what for contact in agency.contacts] == ["联络员", "负责人"], agency
        assert all(one.telephone.startswith("0551-0") for one in agency.contacts if one.telephone), agency


def test_it_has_an_account_for_every_role_and_agency(demo):
    office = {"coordinator": Role.COORDINATOR, "leader": Role.LEADER, "admin": Role.ADMINISTRATOR}
    assert {user.username: user.role for user in User.objects.filter(agency=None)} == office
    heads = User.objects.filter(role=Role.APPROVER)
    assert [(head.username, head.agency.name) for head in heads] == [("lvyou-fuzeren", "省旅游局")]
    assert [agency.name for agency in Agency.objects.filter(requires_consent=True)] == ["省旅游局"]
    liaisons = User.objects.exclude(agency=None).exclude(role=Role.APPROVER)
    assert {user.agency for user in liaisons} == set(Agency.objects.all())
    assert {user.role for user in liaisons} == {Role.LIAISON}
    assert User.objects.get(username="zhijian").agency.name == "省质监局"
    assert User.objects.get(username="zhijian").check_password(django_settings.DEMO_PASSWORD)


def test_no_agency_repeats_a_sentence_of_another(demo):
    """Texts that were made for one agency read as if they were its own."""
    fields = ("progress", "problems", "next_steps", "delay_reason")
    agencies_by_sentence = defaultdict(set)
    for report in ProgressReport.objects.select_related("assignment__agency"):
        for field in fields:
            for sentence in re.split(r"[。；！\n]", getattr(report, field)):
                agencies_by_sentence[sentence.strip()].add(report.assignment.agency.name)
    agencies_by_sentence.pop("")
    assert len(agencies_by_sentence) > 300
    assert {sentence: names for sentence, names in agencies_by_sentence.items() if len(names) > 1} == {}


# ── loaded again, and earlier ────────────────────────────────────────────────────────────────────────────────────────


def test_loading_it_again_changes_nothing(demo, capsys):
    before = [list(model._default_manager.order_by("pk").values()) for model in models()]
    assert load_demo(on=DAY) == demo
    call_command("load_demo")
    assert capsys.readouterr().out == "演示数据已就绪：皖政办秘〔2016〕76号，截至2016-10-12。\n"
    assert [list(model._default_manager.order_by("pk").values()) for model in models()] == before


@pytest.mark.any_database
def test_on_an_earlier_day_the_story_has_not_gone_further(settings):
    settings.QA_PLAN_DEMO = True
    load_demo(on=date(2016, 5, 31))
    end = clock.end_of(date(2016, 5, 31))
    for model in (model for model in models() if issubclass(model, Fact)):
        assert not model.objects.filter(recorded_at__gt=end).exists(), model
    assert not ReportDraft.objects.exists()
    assert DailySnapshot.objects.latest("day").day == date(2016, 5, 30)


# ── never beside real data ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def nothing_written():
    yield
    assert not User.objects.exists()
    assert not Agency.objects.exists()


def test_a_real_installation_refuses_it(settings, nothing_written):
    settings.QA_PLAN_DEMO = False
    with pytest.raises(DemoError, match="这不是演示环境（QA_PLAN_DEMO 未开启），不能载入演示数据。"):
        load_demo(on=DAY)
    with pytest.raises(CommandError, match="这不是演示环境"):
        call_command("load_demo")
    assert not Plan.objects.exists()


def test_a_database_with_another_plan_refuses_it(settings, nothing_written):
    settings.QA_PLAN_DEMO = True
    plan = make_plan()
    with pytest.raises(DemoError, match="数据库中已有其他行动计划，不与演示数据混用。"):
        load_demo(on=DAY)
    with pytest.raises(CommandError, match="数据库中已有其他行动计划"):
        call_command("load_demo")
    assert list(Plan.objects.all()) == [plan]


def test_every_account_of_the_story_is_an_agency_of_the_notice(notice):
    accounts = json.loads(ACCOUNTS.read_text(encoding="utf-8"))
    named = {unit.name for item in notice.items for unit in item.leads}
    assert set(accounts) == named
    assert len(set(accounts.values())) == len(accounts)
