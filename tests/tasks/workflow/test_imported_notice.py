"""The published notice, imported once: every row that came of it, and what a second import changes: nothing."""

import hashlib
import re
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency, AgencyGroup
from qa_plan import clock
from tasks.models import ActionItem, Assignment, Indicator, ItemRevision, LegalBasis, Measure, Plan, Section
from tasks.notice import NoticeError
from tasks.workflow.importing import import_notice
from tests.support.factories import moment
from tests.support.small_notices import everything, make_notice, make_task, named

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LATER = moment("2017-01-01 09:00")


@pytest.fixture(scope="module")
def notice_plan(rows_of_module, notice):
    """For all tests of this module, each of which is rolled back to it."""
    plan, is_new = import_notice(notice, by=None, at=clock.at(notice.issued_on))
    assert is_new
    return plan


# ── what it says ─────────────────────────────────────────────────────────────────────────────────────────────────


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


def test_import_notice_says_that_the_same_file_changes_nothing(notice_plan, notice_file, capsys):
    before = everything()
    call_command("import_notice", str(notice_file))
    assert capsys.readouterr().out == "皖政办秘〔2016〕76号已经导入，未作任何改动。\n"
    assert everything() == before


def test_import_notice_refuses_a_changed_file_and_writes_nothing(notice_plan, notice_file, tmp_path):
    before = everything()
    changed = tmp_path / "改过.txt"
    changed.write_text(notice_file.read_text(encoding="utf-8").replace("170个", "171个"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"改过\.txt：皖政办秘〔2016〕76号已经导入，但与本文件全文不一致"):
        call_command("import_notice", str(changed))
    assert everything() == before
