"""From the published notice to rows, once and only once."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import date

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from agencies.models import Agency, AgencyAlias, AgencyGroup, GroupMembership
from tasks.importing import free_slug, import_notice, inferred_due_date, order_of_precedence
from tasks.models import (
    ActionItem,
    Assignment,
    Indicator,
    ItemRevision,
    LegalBasis,
    Measure,
    Plan,
    ReminderRule,
    Section,
)
from tasks.notice import AssistRule, Item, Notice, NoticeError, Responsible
from tasks.notice import Indicator as FoundIndicator
from tasks.notice import Section as NoticeSection
from tests.factories import make_agency, make_group, make_plan, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW, LATER = moment("2016-05-24 09:00"), moment("2017-01-01 09:00")
MEMBERS = "试点工作领导小组"
RULE = AssistRule(MEMBERS, f"{MEMBERS}其他成员单位协助")


def everything():
    """Every row of the product, keys included; but for the rules that come with an empty database."""
    models = [model for model in apps.get_models() if model._meta.app_label in ("agencies", "tasks", "reports")]
    models.remove(ReminderRule)
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def make_task(number, leads, assists=(), rule=None):
    return Item(
        number=number,
        label=f"（{number}）",
        title=f"任务{number}",
        text=f"（{number}）任务{number}。",
        start=0,
        end=0,
        responsibility_start=None,
        leads=tuple(Responsible(name, is_collective=name.startswith("各")) for name in leads),
        assists=tuple(Responsible(name) for name in assists),
        assist_rule=rule,
        measures=(),
        indicators=(),
    )


def make_notice(*tasks, **fields):
    defaults = {
        "document_number": "皖试〔2018〕9号",
        "title": "某省人民政府办公厅关于印发试点工作方案的通知",
        "issuer": "某省人民政府办公厅",
        "issued_on": date(2018, 3, 1),
        "legal_bases": (),
        "sections": (NoticeSection(1, "试点", 0, 0, tasks),),
        "problems": (),
        "text": "试点工作方案全文。",
    }
    return Notice(**{**defaults, **fields})


def named(role, item):
    return [a.agency.name for a in item.assignments.filter(role=role).order_by("pk")]


# ── the published notice ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_notice_has_three_sections_and_seventeen_items(notice_plan):
    assert [section.items.count() for section in notice_plan.sections.all()] == [6, 5, 6]
    assert [section.number for section in notice_plan.sections.all()] == [1, 2, 3]
    assert [item.number for item in notice_plan.items.all()] == list(range(1, 18))
    assert [str(item)[:8] for item in notice_plan.items.all()[:2]] == ["（一）深入开展质", "（二）积极推动质"]


def test_the_notice_names_24_agencies_as_79_leads_and_90_infer_as_assisting(notice_plan):
    assignments = Assignment.objects.filter(item__plan=notice_plan)
    assert Agency.objects.count() == 24
    assert assignments.filter(role="lead", is_inferred=False).count() == 79
    assert assignments.filter(role="assist", is_inferred=True).count() == 90
    assert assignments.count() == 79 + 90


def test_the_notice_has_seven_indicators_and_three_legal_bases(notice_plan):
    indicators = Indicator.objects.filter(item__plan=notice_plan)
    assert [(i.item.number, i.name, int(i.target), i.unit) for i in indicators.order_by("start")] == [
        (3, "安徽省政府质量奖企业", 5, "家"),
        (3, "安徽名牌", 170, "个"),
        (3, "安徽省著名商标", 400, "件"),
        (3, "安徽工业精品", 100, "个"),
        (3, "省优“黄山杯”", 90, "项"),
        (3, "安徽老字号", 30, "个"),
        (10, "领导干部（含国企）质量品牌升级研讨班", 1, "期"),
    ]
    bases = LegalBasis.objects.filter(plan=notice_plan).values_list("document_number", flat=True)
    assert list(bases) == ["国办发〔2016〕18号", "皖发〔2015〕13号", "皖政〔2013〕19号"]


def test_the_plan_keeps_the_whole_notice_and_its_sum(notice_plan, notice_file):
    published = notice_file.read_text(encoding="utf-8")
    assert notice_plan.notice_text == published
    assert notice_plan.notice_sha256 == hashlib.sha256(published.encode()).hexdigest()
    assert (notice_plan.document_number, notice_plan.slug) == ("皖政办秘〔2016〕76号", "2016-76")
    assert (notice_plan.issuer, notice_plan.issued_on) == ("安徽省人民政府办公厅", date(2016, 5, 24))
    assert notice_plan.title in published
    assert notice_plan.name == "贯彻质量发展纲要推进质量安徽建设2016年行动计划"


def test_every_stored_text_is_its_slice_of_the_notice(notice_plan):
    text = notice_plan.notice_text
    items = ActionItem.objects.filter(plan=notice_plan)
    measures = Measure.objects.filter(item__plan=notice_plan)
    assert all(item.text == text[item.start : item.end] for item in items)
    assert all(measure.text == text[measure.start : measure.end] for measure in measures)
    assert all(item.text.startswith(f"{item.label}{item.title}") and item.text.endswith("）") for item in items)
    assert all(measure.item.start < measure.start < measure.end < measure.item.end for measure in measures)
    for indicator in Indicator.objects.filter(item__plan=notice_plan):
        printed = text[indicator.start : indicator.end]
        assert indicator.name in indicator.item.text
        assert f"{int(indicator.target)}{indicator.unit}" in printed.replace("一期", "1期")
    for section in Section.objects.filter(plan=notice_plan):
        assert section.title in text[section.start : section.end]
        assert all(section.start < item.start < item.end <= section.end for item in section.items.all())


def test_no_agency_is_lost_or_invented(notice_plan, notice_file):
    """The closing brackets, read anew in the plainest way: names between commas, before 按职责分工 or 负责."""
    closings = re.findall(
        r"（([^（）]*?)(?:按职责分工)?负责(，[^（）]*协助)?）\n", notice_file.read_text(encoding="utf-8")
    )
    assert len(closings) == 17
    printed = {name for names, _ in closings for name in names.split("、")}
    assert {agency.name for agency in Agency.objects.all()} == printed
    items = notice_plan.items.prefetch_related("assignments__agency")
    assert [named("lead", item) for item in items] == [names.split("、") for names, _ in closings]
    assert [item.assist_rule for item in items] == [rule.removeprefix("，") for _, rule in closings]


def test_other_members_assist_where_the_notice_says_so(notice_plan):
    group = AgencyGroup.objects.get()
    assert group.name == "省质量工作领导小组"
    assert group.memberships.filter(is_inferred=True).count() == group.memberships.count() == 24
    for item in notice_plan.items.all():
        leads, assists = set(named("lead", item)), set(named("assist", item))
        everyone = set(Agency.objects.values_list("name", flat=True))
        assert assists == (everyone - leads if item.assist_rule else set())
        assert (item.assist_group == group) == bool(item.assist_rule)


def test_every_item_is_inferred_to_be_due_at_the_end_of_the_plan_s_year(notice_plan):
    revisions = ItemRevision.objects.filter(item__plan=notice_plan)
    assert {(r.due_on, r.is_inferred, r.recorded_at) for r in revisions} == {
        (date(2016, 12, 31), True, moment("2016-05-24"))
    }
    assert revisions.count() == 17
    assert notice_plan.due_on == date(2016, 12, 31)


def test_agencies_are_listed_in_their_fixed_precedence(notice_plan):
    names = list(Agency.objects.values_list("name", flat=True))
    assert names[0] == "省发展改革委"
    for item in notice_plan.items.all():
        ranks = [names.index(name) for name in named("lead", item)]
        assert ranks == sorted(ranks)


# ── again, and otherwise ─────────────────────────────────────────────────────────────────────────────────────────


def test_importing_the_same_notice_again_changes_nothing(notice, notice_plan, coordinator):
    before = everything()
    assert import_notice(notice, by=coordinator, at=LATER) == (notice_plan, False)
    assert everything() == before


def test_a_new_plan_is_reported_as_new(notice):
    plan, is_new = import_notice(notice, by=None, at=NOW)
    assert is_new
    assert plan.imported_at == NOW


def test_another_text_under_the_same_number_is_refused_and_writes_nothing(notice, notice_plan):
    before = everything()
    for text in (notice.text + "。", notice.text.replace("170个", "171个")):
        with pytest.raises(NoticeError, match="皖政办秘〔2016〕76号已经导入，但与本文件全文不一致；未作任何改动。"):
            import_notice(replace(notice, text=text), by=None, at=LATER)
    assert everything() == before


def test_a_second_plan_stands_beside_the_first_and_shares_its_agencies(notice_plan):
    plan, is_new = import_notice(make_notice(make_task(1, ["省质监局", "省信访局"])), by=None, at=LATER)
    assert is_new
    assert Plan.objects.count() == 2
    assert Agency.objects.count() == 25
    assert Agency.objects.last().name == "省信访局"
    assert named("lead", plan.items.get()) == ["省质监局", "省信访局"]


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


def test_an_agency_is_known_by_its_alias(notice):
    renamed = make_agency("省市场监管局")
    AgencyAlias.objects.create(agency=renamed, name="省质监局")
    plan, _ = import_notice(notice, by=None, at=NOW)
    assert not Agency.objects.filter(name="省质监局").exists()
    assert Agency.objects.count() == 24
    assert renamed.assignments.filter(role="lead").count() == 16
    assert str(plan.items.get(number=9).assignments.get(role="lead").agency) == "省市场监管局"


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


def test_collective_names_are_marked_and_are_no_members():
    import_notice(make_notice(make_task(1, ["各市人民政府", "省甲厅"], rule=RULE)), by=None, at=NOW)
    assert {a.name: a.is_collective for a in Agency.objects.all()} == {"各市人民政府": True, "省甲厅": False}
    assert [m.agency.name for m in GroupMembership.objects.all()] == ["省甲厅"]


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
    "item": {"number", "title", "text", "leads", "assists", "assist_rule", "measures", "indicators"},
    "indicator": {"name", "target", "unit"},
}


@pytest.fixture
def wrong_file(tmp_path):
    path = tmp_path / "天气.txt"
    path.write_text("今天天气很好。\n", encoding="utf-8")
    return path


def test_parse_notice_prints_what_was_promised_and_writes_nothing(notice_file, capsys):
    call_command("parse_notice", str(notice_file))
    said = json.loads(capsys.readouterr().out)
    assert said.keys() >= PROMISED["plan"]
    for section in said["sections"]:
        assert section.keys() >= PROMISED["section"]
        for item in section["items"]:
            assert item.keys() >= PROMISED["item"]
            assert all(indicator.keys() >= PROMISED["indicator"] for indicator in item["indicators"])
    assert (said["document_number"], said["issued_on"]) == ("皖政办秘〔2016〕76号", "2016-05-24")
    assert [len(section["items"]) for section in said["sections"]] == [6, 5, 6]
    item = said["sections"][0]["items"][5]
    assert (item["leads"], item["assists"]) == (["省质监局", "省旅游局"], [])
    assert item["assist_rule"] == "省质量工作领导小组其他成员单位协助"
    assert {"name": "安徽名牌", "target": 170, "unit": "个"} in said["sections"][0]["items"][2]["indicators"]
    assert not Plan.objects.exists()


def test_import_notice_run_twice_changes_nothing(notice_file, capsys):
    call_command("import_notice", str(notice_file))
    assert capsys.readouterr().out == ("已导入皖政办秘〔2016〕76号：3个部分，17项任务，负责79条，协助90条。\n")
    before = everything()
    call_command("import_notice", str(notice_file))
    assert capsys.readouterr().out == "皖政办秘〔2016〕76号已经导入，未作任何改动。\n"
    assert everything() == before


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


def test_import_notice_refuses_a_changed_file_and_writes_nothing(notice_file, tmp_path):
    call_command("import_notice", str(notice_file))
    before = everything()
    changed = tmp_path / "改过.txt"
    changed.write_text(notice_file.read_text(encoding="utf-8").replace("170个", "171个"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"改过\.txt：皖政办秘〔2016〕76号已经导入，但与本文件全文不一致"):
        call_command("import_notice", str(changed))
    assert everything() == before


def test_two_targets_of_one_name_in_an_item_are_two_indicators():
    found = [FoundIndicator("机械化率", 70, "%", 0, 1), FoundIndicator("机械化率", 75, "%", 1, 2)]
    task = replace(make_task(1, ["甲局"]), indicators=(*found, FoundIndicator("农机站", 3, "个", 2, 3)))
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
