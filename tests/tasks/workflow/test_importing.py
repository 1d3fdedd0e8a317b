"""From the published notice to rows, once and only once."""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency, AgencyAlias, AgencyGroup, GroupMembership
from tasks.models import Assignment, DutyAgency, Indicator, ItemRevision, Plan
from tasks.notice import AssistRule, parse
from tasks.notice import Indicator as FoundIndicator
from tasks.notice import Section as NoticeSection
from tasks.workflow.importing import free_slug, import_notice, inferred_due_date
from tasks.workflow.named_agencies import order_of_precedence
from tests.support.factories import make_agency, make_group, make_plan, moment
from tests.support.proofs import TEXT
from tests.support.small_notices import MEMBERS, RULE, everything, make_notice, make_task, named

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = moment("2016-05-24 09:00")


# ── a plan and its items ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_plan_is_reported_as_new():
    plan, is_new = import_notice(make_notice(make_task(1, ["省甲厅"])), by=None, at=NOW)
    assert is_new
    assert plan.imported_at == NOW


def test_items_are_numbered_through_the_plan(coordinator):
    first, second = make_task(1, ["省甲厅"]), make_task(1, ["省乙厅"])
    sections = (NoticeSection(1, "一", 0, 0, (first,)), NoticeSection(2, "二", 0, 0, (second,)))
    plan, _ = import_notice(make_notice(sections=sections), by=coordinator, at=NOW)
    assert [(item.number, item.label, item.section.number) for item in plan.items.all()] == [
        (1, "（1）", 1),
        (2, "（1）", 2),
    ]
    assert {a.recorded_by for a in Assignment.objects.all()} == {coordinator}
    assert {r.recorded_by for r in ItemRevision.objects.all()} == {coordinator}


def test_assisting_agencies_that_are_named_are_not_inferred():
    import_notice(make_notice(make_task(1, ["省甲厅"], ["省乙厅"])), by=None, at=NOW)
    assert [(a.agency.name, a.role, a.is_inferred) for a in Assignment.objects.order_by("pk")] == [
        ("省甲厅", "lead", False),
        ("省乙厅", "assist", False),
    ]


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_agency_is_known_by_its_alias():
    renamed = make_agency("省市场监管局")
    AgencyAlias.objects.create(agency=renamed, name="省质监局")
    plan, _ = import_notice(make_notice(make_task(1, ["省质监局"]), make_task(2, ["省甲厅"])), by=None, at=NOW)
    assert [agency.name for agency in Agency.objects.all()] == ["省市场监管局", "省甲厅"]
    assert [(item.number, named("lead", item)) for item in plan.items.all()] == [
        (1, ["省市场监管局"]),
        (2, ["省甲厅"]),
    ]


def test_one_agency_under_two_names_is_one_member():
    agency = make_agency("省市场监管局")
    AgencyAlias.objects.create(agency=agency, name="省质监局")
    notice = make_notice(
        make_task(1, ["省市场监管局"]), make_task(2, ["省质监局"]), make_task(3, ["省甲厅"], rule=RULE)
    )
    import_notice(notice, by=None, at=NOW)
    assert [m.agency.name for m in GroupMembership.objects.order_by("pk")] == ["省市场监管局", "省甲厅"]


def test_one_agency_under_two_names_in_one_item_is_assigned_once():
    agency = make_agency("省市场监管局")
    AgencyAlias.objects.create(agency=agency, name="省质监局")
    import_notice(make_notice(make_task(1, ["省市场监管局", "省质监局"])), by=None, at=NOW)
    assert Assignment.objects.get().agency == agency


def test_two_forms_of_one_office_in_a_notice_are_one_agency():
    tasks = [
        make_task(1, ["市市场监管局"]),
        make_task(2, ["市场监管局", "市市场监管局"]),
        make_task(3, ["市发展和改革委员会"]),
    ]
    aliases = {"市场监管局": "市市场监管局", "市发展和改革委员会": "市发改委"}
    notice = make_notice(*tasks, make_task(4, ["市发改委"]), aliases=aliases)
    plan, _ = import_notice(notice, by=None, at=NOW)
    assert [named("lead", item) for item in plan.items.all()] == [
        ["市市场监管局"],
        ["市市场监管局"],
        ["市发改委"],
        ["市发改委"],
    ]
    # a form without a level means another office in another notice
    assert [(alias.name, alias.agency.name) for alias in AgencyAlias.objects.all()] == [
        ("市发展和改革委员会", "市发改委")
    ]


def test_collective_names_are_marked_and_are_no_members():
    import_notice(make_notice(make_task(1, ["各市人民政府", "省甲厅"], rule=RULE)), by=None, at=NOW)
    assert {a.name: a.is_collective for a in Agency.objects.all()} == {"各市人民政府": True, "省甲厅": False}
    assert [m.agency.name for m in GroupMembership.objects.all()] == ["省甲厅"]


def test_a_collective_name_leads_nothing_and_the_duty_still_names_it():
    beside, alone = make_task(1, ["各市人民政府", "省甲厅"]), make_task(2, ["各市人民政府"])
    tasks = [beside, alone, make_task(3, ["省甲厅"], ["各部门"])]
    plan, _ = import_notice(make_notice(*tasks), by=None, at=NOW)
    first, second, third = plan.items.order_by("number")
    assert [named("lead", item) for item in (first, second, third)] == [["省甲厅"], [], ["省甲厅"]]
    assert named("assist", third) == ["各部门"]
    read = parse(TEXT.replace("省司法厅负责", "各市人民政府负责"))
    plan, _ = import_notice(read, by=None, at=NOW)
    item = plan.items.get(number=3)
    assert named("lead", item) == ["省市场监管局"]
    assert DutyAgency.objects.filter(duty__item=item, agency__name="各市人民政府", role="lead").exists()


def test_one_that_the_register_holds_for_a_single_office_leads(db):
    make_agency("各市人民政府")
    plan, _ = import_notice(make_notice(make_task(1, ["各市人民政府"])), by=None, at=NOW)
    assert named("lead", plan.items.get()) == ["各市人民政府"]


def test_new_agencies_are_listed_after_those_already_known():
    make_agency("省丙厅", ordinal=7)
    import_notice(make_notice(make_task(1, ["省甲厅", "省丙厅", "省乙厅"])), by=None, at=NOW)
    assert list(Agency.objects.values_list("name", "ordinal")) == [("省丙厅", 7), ("省甲厅", 8), ("省乙厅", 9)]


def test_members_that_coordinators_have_entered_are_kept(other_agency):
    group = make_group(other_agency, name=MEMBERS)
    plan, _ = import_notice(make_notice(make_task(1, ["省甲厅"], rule=RULE)), by=None, at=NOW)
    assert [(m.agency, m.is_inferred) for m in group.memberships.all()] == [(other_agency, False)]
    assert named("assist", plan.items.get()) == [other_agency.name]


def test_other_members_without_a_group_are_kept_as_a_rule_only():
    rule = AssistRule("", "其他成员单位协助")
    plan, _ = import_notice(make_notice(make_task(1, ["省甲厅"], rule=rule)), by=None, at=NOW)
    item = plan.items.get()
    assert (item.assist_rule, item.assist_group) == ("其他成员单位协助", None)
    assert not AgencyGroup.objects.exists()


@pytest.mark.parametrize(
    ("lists", "order"),
    [
        ([], ""),
        (["甲乙丙"], "甲乙丙"),
        (["甲乙", "乙丙"], "甲乙丙"),
        (["乙丙", "甲乙"], "甲乙丙"),  # 甲 comes before 乙 although it was mentioned later
        (["甲丙", "甲乙丙"], "甲乙丙"),
        (["甲", "乙", "丙"], "甲乙丙"),  # open: as mentioned
        (["乙", "甲丙"], "乙甲丙"),
        (["丙甲", "乙甲"], "丙乙甲"),
        (["甲乙", "乙甲"], "甲乙"),  # contradiction: as mentioned
        (["丙乙", "甲丙", "乙甲"], "丙乙甲"),
    ],
)
def test_order_of_precedence_keeps_the_order_of_every_list(lists, order):
    assert order_of_precedence([list(names) for names in lists]) == list(order)


@pytest.mark.parametrize(
    ("title", "due_on"),
    [
        ("关于印发2016年行动计划的通知", date(2016, 12, 31)),
        ("关于印发质量提升三年行动方案（2016—2018年）的通知", date(2018, 12, 31)),
        ("关于印发2016年、2017年重点工作的通知", date(2017, 12, 31)),
        ("关于印发质量提升行动方案的通知", date(2016, 12, 31)),  # no year: that of issue
        ("关于贯彻2015年工作部署的通知", date(2016, 12, 31)),  # nothing is due before it was issued
    ],
)
def test_a_due_date_is_inferred_from_the_last_year_in_the_title(title, due_on):
    assert inferred_due_date(title, date(2016, 5, 24)) == due_on


def test_addresses_of_plans_are_short_and_free():
    assert free_slug("皖政办秘〔2016〕76号", date(2016, 5, 24)) == "2016-76"
    assert free_slug("皖政办秘〔2016〕第76号", date(2017, 1, 9)) == "2017-76"
    assert free_slug("无文号", date(2016, 5, 24)) == "2016-0524"
    for slug in ("2016-76", "2016-763"):
        make_plan(slug=slug)
    assert free_slug("皖政办秘〔2016〕7号", date(2016, 5, 24)) == "2016-7"
    assert free_slug("皖政办〔2016〕76号", date(2016, 5, 24)) == "2016-76-2"
    make_plan(slug="2016-76-2")
    assert free_slug("皖政〔2016〕76号", date(2016, 5, 24)) == "2016-76-3"


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────

PROMISED = {
    "plan": {"document_number", "title", "issuer", "issued_on", "legal_bases", "sections"},
    "section": {"number", "title", "items"},
    "item": {
        *("number", "title", "text", "start", "end", "leads", "assists", "assist_rule", "deadline", "duties"),
        *("measures", "indicators"),
    },
    "duty": {"start", "end", "ending", "leads", "assists", "assist_rule", "deadline"},
    "indicator": {"name", "target", "unit"},
}


@pytest.fixture
def wrong_file(tmp_path):
    path = tmp_path / "天气.txt"
    path.write_text("今天天气很好。\n", encoding="utf-8")
    return path


def test_parse_notice_prints_what_was_promised_and_writes_nothing(notice_file, capsys):
    call_command("parse_notice", str(notice_file))
    parsed = json.loads(capsys.readouterr().out)
    assert parsed.keys() >= PROMISED["plan"]
    for section in parsed["sections"]:
        assert section.keys() >= PROMISED["section"]
        for item in section["items"]:
            assert item.keys() >= PROMISED["item"]
            assert all(duty.keys() >= PROMISED["duty"] for duty in item["duties"])
            assert all(indicator.keys() >= PROMISED["indicator"] for indicator in item["indicators"])
    assert (parsed["document_number"], parsed["issued_on"]) == ("皖政办秘〔2016〕76号", "2016-05-24")
    assert [len(section["items"]) for section in parsed["sections"]] == [6, 5, 6]
    item = parsed["sections"][0]["items"][5]
    assert (item["leads"], item["assists"]) == (["省质监局", "省旅游局"], [])
    assert item["assist_rule"] == "省质量工作领导小组其他成员单位协助"
    assert {"name": "安徽名牌", "target": 170, "unit": "个"} in parsed["sections"][0]["items"][2]["indicators"]
    assert not Plan.objects.exists()


def test_import_notice_says_what_it_has_imported(notice_file, capsys):
    call_command("import_notice", str(notice_file))
    assert capsys.readouterr().out == "已导入皖政办秘〔2016〕76号：3个部分，17项任务，负责79条，协助90条。\n"
    assert Plan.objects.get().items.count() == 17


def without_head(path, tmp_path):
    bare = tmp_path / "无头.txt"
    text = path.read_text(encoding="utf-8").replace("（皖政办秘〔2016〕76号）", "").replace("2016年5月24日", "")
    bare.write_text(text, encoding="utf-8")
    return str(bare)


def test_what_the_head_lacks_is_asked_for_and_may_be_given(notice_file, tmp_path, capsys):
    bare = without_head(notice_file, tmp_path)
    with pytest.raises(CommandError) as caught:
        call_command("import_notice", bare)
    for asked in ("没有找到发文字号", "--number", "没有找到成文日期", "--date"):
        assert asked in str(caught.value)
    assert not any(everything().values())
    given = {"number": "皖政办秘[2016]76号", "date": date(2016, 5, 24)}
    call_command("import_notice", bare, **given)
    call_command("import_notice", bare, **given)
    assert capsys.readouterr().out.splitlines()[-1] == "皖政办秘〔2016〕76号已经导入，未作任何改动。"
    plan = Plan.objects.get()
    assert (plan.document_number, plan.issued_on, plan.items.count()) == ("皖政办秘〔2016〕76号", date(2016, 5, 24), 17)


@pytest.mark.parametrize("command", ["parse_notice", "import_notice"])
def test_a_file_that_is_no_notice_is_refused_with_what_is_missing(command, wrong_file):
    with pytest.raises(CommandError) as caught:
        call_command(command, str(wrong_file))
    for missing in ("天气.txt", "发文字号", "标题", "发文机关", "成文日期", "正文"):
        assert missing in str(caught.value)
    assert not any(everything().values())


@pytest.mark.parametrize("command", ["parse_notice", "import_notice"])
def test_a_file_that_is_not_there_is_refused(command, tmp_path):
    with pytest.raises(CommandError, match=r"没有\.txt：找不到文件"):
        call_command(command, str(tmp_path / "没有.txt"))
    with pytest.raises(CommandError, match="文件夹"):
        call_command(command, str(tmp_path))


def test_two_targets_of_one_name_in_an_item_are_two_indicators():
    indicators = [FoundIndicator("机械化率", 70, "%", 0, 1), FoundIndicator("机械化率", 75, "%", 1, 2)]
    task = replace(make_task(1, ["甲局"]), indicators=(*indicators, FoundIndicator("农机站", 3, "个", 2, 3)))
    import_notice(make_notice(task), by=None, at=NOW)
    names = Indicator.objects.order_by("start").values_list("name", "target")
    assert list(names) == [("机械化率（70%）", 70), ("机械化率（75%）", 75), ("农机站", 3)]


def test_sections_whose_printed_number_repeats_are_counted():
    sections = tuple(
        NoticeSection(number, title, 0, 0, (make_task(number, ["省财政厅"]),))
        for number, title in ((1, "甲"), (2, "乙"), (2, "丙"))
    )
    plan, _ = import_notice(make_notice(sections=sections), by=None, at=NOW)
    assert list(plan.sections.values_list("number", "title")) == [(1, "甲"), (2, "乙"), (3, "丙")]


def test_a_name_in_two_spellings_is_one_agency_and_the_other_spelling_its_alias():
    one, other = "磨憨-磨丁合作区管委会", "磨憨—磨丁合作区管委会"
    tasks = make_task(1, [one]), make_task(2, [other])
    import_notice(make_notice(*tasks, aliases={other: one}), by=None, at=NOW)
    [agency] = Agency.objects.all()
    assert agency.name == one
    assert agency.aliases.get().name == other
    assert agency.assignments.count() == 2
