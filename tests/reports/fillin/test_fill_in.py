"""The offline workbook: out with what is known, back with what was written, and nothing moved quietly."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from agencies.models import Agency, Change, Role
from reports.fillin.checking import RowState, check, require_agency, require_period
from reports.fillin.layout import FIRST_ROW, FORM, META, READINGS
from reports.fillin.opening import open_fill_in
from reports.fillin.reading import FilledWorkbook, read_workbook
from reports.fillin.taking import RowRefused, take_rows, tokens
from reports.fillin.workbook import describe_fill_in
from reports.xlsx import WorkbookRefused, to_bytes
from tasks.models import ProgressReport, ReportDraft
from tasks.workflow import save_draft
from tests.support.downloaded import (
    NOW,
    WHOLE,
    downloaded,
    filled_in,
    item,
    lead,
    lead_agency,
    lead_liaison,
    period,
    plan,
    sent,
)
from tests.support.factories import (
    accepted_report,
    close,
    file_report,
    lock,
    make_agency,
    make_assignment,
    make_draft,
    make_evidence,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    make_user,
    moment,
    review,
    withdraw,
)
from tests.support.workbooks import address, edited, filled, filled_rows, issued

__all__ = [
    "downloaded",
    "filled_in",
    "item",
    "lead",
    "lead_agency",
    "lead_liaison",
    "period",
    "plan",
    "sent",
]
pytestmark = pytest.mark.django_db
# What touches more of the database than the rows that every workbook is made of.
any_database = pytest.mark.any_database


@pytest.fixture
def agency(lead_agency):
    return lead_agency


def checked(content, at=NOW):
    upload, fill_in = open_fill_in(content, at)
    return check(upload, fill_in)


def only(content):
    [row] = checked(content).rows
    return row


# ── out ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_holds_the_agency_s_own_rows_and_nobody_else_s(agency, period, item, assist, lead):
    make_assignment(make_item(item.plan), make_agency("别的厅"))
    sheet = load_workbook(io.BytesIO(issued(agency, period, NOW)))[FORM]
    assert [cell.value for cell in sheet["B"][3:]] == [item.title]
    assert "别的厅" not in issued(agency, period, NOW).decode("latin-1")
    assert [cell.value for cell in sheet[3]][:8] == [
        "序号",
        "任务",
        "角色",
        "完成时限",
        "时限出处",
        "上次进度（%）",
        "上次进展",
        "本期进度（%）",
    ]


def test_it_says_why_a_report_was_sent_back(agency, period, lead):
    review(file_report(lead, 40, at=moment("2016-10-08")), "sent_back", comment="请补充数据。")
    sheet = load_workbook(io.BytesIO(issued(agency, period, NOW)))[FORM]
    assert sheet[address("returned")].value == "请补充数据。"


@any_database
def test_everything_known_is_filled_in(agency, period, item, lead, lead_liaison):
    indicator = make_indicator(item)
    accepted_report(lead, 60, at=moment("2016-07-10"), period="2016Q2", readings={indicator: 90}, progress="上季的话")
    workbook = load_workbook(io.BytesIO(issued(agency, period, NOW)))
    sheet, readings = workbook[FORM], workbook[READINGS]
    assert sheet[address("due_on")].value.date() == date(2016, 12, 31)
    assert sheet[address("due_source")].value == "推定"
    assert (sheet[address("last_percent")].value, sheet[address("last_progress")].value) == (60, "上季的话")
    assert (sheet[address("percent")].value, sheet[address("progress")].value) == (60, None)
    assert [cell.value for cell in readings[4]][2:7] == ["安徽名牌", "个", 170, 90, 90]
    make_draft(lead, by=lead_liaison, at=NOW, percent=75, progress="草稿", readings={str(indicator.pk): "120.50"})
    workbook = load_workbook(io.BytesIO(issued(agency, period, NOW)))
    assert (workbook[FORM][address("percent")].value, workbook[FORM][address("progress")].value) == (75, "草稿")
    assert workbook[READINGS]["G4"].value == 120.5


def test_only_what_the_agency_may_write_is_unlocked(sent):
    workbook = load_workbook(io.BytesIO(sent))
    sheet = workbook[FORM]
    is_open = {cell.column_letter for cell in sheet[4] if not cell.protection.locked}
    assert is_open == set("HIJKLMN")
    assert sheet.protection.sheet
    assert [name for name in workbook.sheetnames if workbook[name].sheet_state == "hidden"] == [META]
    assert [letter for letter in "ABNOPQR" if sheet.column_dimensions[letter].hidden] == ["O", "Q", "R"]


@any_database
def test_what_ended_is_not_in_it(agency, period, item, lead):
    ended, gone = make_assignment(make_item(item.plan), agency), make_assignment(make_item(item.plan), agency)
    close(ended, at=moment("2016-09-01"))
    withdraw(gone, at=moment("2016-09-01"))
    sheet = load_workbook(io.BytesIO(issued(agency, period, NOW)))[FORM]
    assert sheet.max_row == 4


def test_the_same_facts_give_the_same_workbook(agency, period):
    assert issued(agency, period, NOW) == issued(agency, period, NOW)


# ── back: what it would change ───────────────────────────────────────────────────────────────────────────────────


def test_an_untouched_workbook_changes_nothing(sent):
    assert only(sent).state == RowState.BLANK


def test_what_was_filled_in_is_shown_beside_what_is_there(filled_in):
    row = only(filled_in)
    assert (row.state, row.messages) == (RowState.READY, [])
    assert [(each.title, each.web, each.file) for each in row.differences] == [
        ("本期进度（%）", "0", "80"),
        ("本期进展", "", "已开展3次检查。"),
    ]


@pytest.mark.parametrize("value", [85.0, " ８５％\n"])
def test_a_percentage_is_understood_however_it_was_written(sent, value):
    assert only(filled(sent, percent=value, progress="话")).content.percent == 85


def test_a_cell_that_a_program_shows_as_percentage_is_understood(sent):
    def change(workbook):
        workbook[FORM][address("percent")].value = 0.85
        workbook[FORM][address("percent")].number_format = "0%"
        workbook[FORM][address("progress")].value = "话"

    assert only(edited(sent, change)).content.percent == 85


@pytest.mark.parametrize("due", [42735, "２０１６年12月31日 "])
def test_the_due_date_may_come_back_in_any_spelling(sent, due):
    assert only(filled(sent, due_on=due, **WHOLE)).state == RowState.READY


def test_a_due_date_that_was_changed_is_answered_with_the_way_to_an_extension(sent):
    row = only(filled(sent, due_on="2017-01-31", **WHOLE))
    assert row.messages == ["填报!D4：完成时限为2016-12-31，不能在填报表中修改；确需延期的，请在任务页提出申请。"]
    assert only(filled(sent, due_on="9/10/2016", **WHOLE)).messages[0].startswith("填报!D4：“9/10/2016”分不清月和日")


WRONG = [
    ({"percent": 101, "progress": "话"}, "填报!H{}：进度应为0到100之间的整数。"),
    ({"percent": "八成", "progress": "话"}, "填报!H{}：“八成”不是数字，请用阿拉伯数字填写，如65。"),
    ({"percent": 0.85, "progress": "话"}, "填报!H{}：进度应为0到100之间的整数。"),
    ({"percent": None, "progress": "话"}, "填报!H{}：请填写进度。"),
    ({"percent": 80}, "填报!I{}：请填写进展情况。"),
    ({"percent": 5, "progress": "话"}, "填报!L{}：5%低于黄灯线"),
    ({**WHOLE, "unchanged": "也许"}, "填报!N{}：请从下拉列表中选择原因，有变化的留空。"),
]


def test_a_message_names_its_cell(agency, period, item):
    for _ in WRONG[1:]:
        make_assignment(make_item(item.plan), agency)
    content = filled_rows(issued(agency, period, NOW), [values for values, _ in WRONG])
    for number, (row, (_, message)) in enumerate(zip(checked(content).rows, WRONG, strict=True), FIRST_ROW):
        [said] = row.messages
        assert said.startswith(message.format(number))


def test_a_text_longer_than_the_form_takes_is_refused_at_its_cell(sent):
    [said] = only(filled(sent, percent=80, progress="长" * 2001)).messages
    assert said.startswith("填报!I4：")
    assert "2000" in said


def test_a_lower_percentage_needs_its_reason(agency, period, lead):
    accepted_report(lead, 85, at=moment("2016-07-10"), period="2016Q2")
    sent = issued(agency, period, NOW)
    assert only(filled(sent, **WHOLE)).messages == ["填报!M4：80%低于上次通过的85%，请写明回调原因。"]
    assert only(filled(sent, **WHOLE, lower_reason="核减重复数")).messages == []


def test_a_late_report_of_an_earlier_period_needs_none_here_as_on_the_web(agency, plan, period, lead, lead_liaison):
    accepted_report(lead, 85, at=moment("2016-10-01"))
    workbook = filled(issued(agency, make_period(plan, "2016Q2"), NOW), **WHOLE)
    found = checked(workbook)
    assert found.rows[0].messages == []
    take_rows(found, tokens(found, RowState.READY), files=True, by=lead_liaison, at=NOW)
    assert (ProgressReport.objects.latest("pk").percent, ProgressReport.objects.latest("pk").lower_reason) == (80, "")


@any_database
def test_a_task_without_change_takes_one_cell(agency, period, lead, lead_liaison):
    accepted_report(lead, 85, at=moment("2016-07-10"), period="2016Q2", progress="上季的话")
    workbook = filled(issued(agency, period, NOW), unchanged="按计划推进，未到下一节点")
    found = checked(workbook)
    take_rows(found, tokens(found, RowState.READY), files=True, by=lead_liaison, at=NOW)
    report = ProgressReport.objects.latest("pk")
    assert report.is_unchanged
    assert report.progress == "无变化原因：按计划推进，未到下一节点\n上季的话"
    assert only(workbook).state == RowState.SAME


def test_a_plain_yes_asks_for_the_reason(agency, period, lead):
    accepted_report(lead, 85, at=moment("2016-07-10"), period="2016Q2", progress="上季的话")
    sent = issued(agency, period, NOW)
    assert only(filled(sent, unchanged="是")).messages == ["填报!I4：请写明无变化的原因。"]
    assert only(filled(sent, unchanged="是", progress="等待部署")).content.progress == "无变化原因：等待部署\n上季的话"


@any_database
def test_readings_are_read_from_their_own_sheet(agency, period, item, lead, lead_liaison):
    indicator = make_indicator(item)
    sent = issued(agency, period, NOW)
    assert only(filled(sent, **WHOLE, reading="许多")).messages == ["指标读数!G4：“许多”不是数字。"]
    assert only(filled(sent, **WHOLE, reading=-1)).messages == ["指标读数!G4：累计值不能小于0。"]
    assert only(filled(sent, **WHOLE, reading="１，２００．５")).content.readings == {indicator.pk: Decimal("1200.5")}


# ── back: whose it is ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_of_another_agency_names_its_owner(sent, other_agency):
    with pytest.raises(WorkbookRefused, match="这是省商务厅的填报表，不能由省水利厅上传"):
        require_agency(read_workbook(sent), other_agency)


def test_a_file_of_another_period_or_plan_says_which(sent, plan):
    with pytest.raises(WorkbookRefused, match="这是2016Q3报告期的填报表，此处应上传2016Q2的"):
        require_period(read_workbook(sent), make_period(plan, "2016Q2"))
    with pytest.raises(WorkbookRefused, match="另一行动计划"):
        require_period(read_workbook(sent), make_period(make_plan(), "2016Q3"))


def set_cell(sheet, place, value):
    return lambda workbook: workbook[sheet].__setitem__(place, value)


@pytest.mark.parametrize("place", ["B1", "B2", "B3", "B4", "B5", "B6", "A7", "B7", "C7"])
def test_an_altered_identity_is_recognised(sent, place):
    with pytest.raises(WorkbookRefused, match="重新下载"):
        read_workbook(edited(sent, set_cell(META, place, "0")))  # an id that nothing has


def test_an_altered_id_or_version_of_a_row_is_recognised(sent):
    found = checked(filled(sent, **WHOLE, assignment="0"))
    assert found.rows == []
    assert found.filled.strays[0].startswith("填报!A4：任务标识已被改动")
    assert "行版本已被改动" in only(filled(sent, **WHOLE, version="7-7")).messages[0]


def test_a_file_without_its_hidden_sheet_is_not_ours(sent):
    with pytest.raises(WorkbookRefused, match="不是由本系统生成"):
        read_workbook(edited(sent, lambda workbook: workbook.remove(workbook[META])))


def test_a_row_copied_twice_is_taken_neither_time(sent):
    def twice(workbook):
        sheet = workbook[FORM]
        for cell in list(sheet[4]):
            sheet.cell(5, cell.column, cell.value)

    [row] = checked(edited(sent, twice)).rows
    assert row.state == RowState.WRONG
    assert "同一项任务" in row.messages[0]


@any_database
def test_a_locked_period_takes_no_file(sent, period):
    lock(period, at=moment("2016-10-09"))
    with pytest.raises(WorkbookRefused, match="三季度报告期已于10月9日锁定"):
        open_fill_in(sent, NOW)


@any_database
def test_what_ended_after_the_download_says_so(filled_in, lead):
    close(lead, at=moment("2016-10-09"))
    assert "该任务已办结、中止或不再由本单位承担" in only(filled_in).messages[0]


# ── conflicts ────────────────────────────────────────────────────────────────────────────────────────────────────


@any_database
def test_what_changed_on_the_web_since_is_a_conflict_with_all_three(filled_in, lead, period, lead_liaison):
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"percent": 70, "progress": "网上的话"})
    row = only(filled_in)
    assert row.state == RowState.CONFLICT
    assert [(each.base, each.web, each.file) for each in row.differences] == [
        ("0", "70", "80"),
        ("", "网上的话", "已开展3次检查。"),
    ]


@any_database
def test_a_row_that_the_file_left_alone_gives_way_to_the_web(sent, lead, period, lead_liaison):
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"percent": 70, "progress": "网上的话"})
    assert only(sent).state == RowState.SAME


def test_both_having_written_the_same_is_no_conflict(filled_in, lead, period, lead_liaison):
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields=WHOLE)
    assert only(filled_in).state == RowState.SAME


@any_database
def test_a_conflict_is_taken_only_by_the_one_who_chose_it_and_saw_the_latest(filled_in, lead, period, lead_liaison):
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"percent": 70, "progress": "网上的话"})
    found = checked(filled_in)
    assert tokens(found, RowState.READY) == []
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"progress": "又改了"})
    with pytest.raises(RowRefused, match="已有人保存"):
        take_rows(found, tokens(found, RowState.CONFLICT), files=False, by=lead_liaison, at=NOW)
    assert ReportDraft.objects.get().progress == "又改了"
    again = checked(filled_in)
    take_rows(again, tokens(again, RowState.CONFLICT), files=False, by=lead_liaison, at=NOW)
    assert ReportDraft.objects.get().progress == "已开展3次检查。"


# ── taking ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def three(agency, period, item):
    """A workbook of three rows: the first good, the second wrong, the third good."""
    for _ in range(2):
        make_assignment(make_item(item.plan), agency)
    rows = [WHOLE, {"percent": 101, "progress": "多了"}, {"percent": 90, "progress": "第三项"}]
    return filled_rows(issued(agency, period, NOW), rows)


@any_database
def test_good_rows_are_taken_while_bad_ones_wait(three, lead_liaison):
    found = checked(three)
    assert [row.state for row in found.rows] == [RowState.READY, RowState.WRONG, RowState.READY]
    take_rows(found, tokens(found, RowState.READY), files=True, by=lead_liaison, at=NOW)
    assert [report.percent for report in ProgressReport.objects.order_by("pk")] == [80, 90]
    assert [row.state for row in checked(three).rows] == [RowState.SAME, RowState.WRONG, RowState.SAME]


@any_database
def test_all_that_is_taken_together_has_one_request_in_the_record(three, lead_liaison):
    found = checked(three)
    take_rows(found, tokens(found, RowState.READY), files=True, by=lead_liaison, at=NOW)
    assert [change.action for change in Change.objects.all()] == ["报送", "报送"]


@any_database
def test_if_one_row_can_t_be_taken_none_is(three, lead, period, lead_liaison):
    found = checked(three)
    last = found.rows[2].row.assignment
    save_draft(assignment=last, period=period, by=lead_liaison, at=NOW, fields={"progress": "插进来"})
    with pytest.raises(RowRefused, match="填报!A6"):
        take_rows(found, tokens(found, RowState.READY), files=True, by=lead_liaison, at=NOW)
    assert not ProgressReport.objects.exists()


@any_database
def test_an_incomplete_row_can_be_kept_as_a_draft_and_not_be_filed(sent, lead_liaison):
    found = checked(filled(sent, percent=5, progress="才开始"))
    with pytest.raises(RowRefused, match="补全后才能报送"):
        take_rows(found, tokens(found, RowState.READY), files=True, by=lead_liaison, at=NOW)
    take_rows(found, tokens(found, RowState.READY), files=False, by=lead_liaison, at=NOW)
    assert ReportDraft.objects.get().percent == 5


@any_database
def test_where_the_head_consents_a_liaison_s_rows_are_handed_in(filled_in, agency, lead_liaison, approver):
    Agency.objects.update(requires_consent=True)
    found = checked(filled_in)
    take_rows(found, tokens(found, RowState.READY), files=True, by=lead_liaison, at=NOW)
    assert not ProgressReport.objects.exists()
    assert ReportDraft.objects.get().handed_in_by == lead_liaison


@any_database
def test_evidence_on_the_web_goes_along_with_what_a_workbook_files(sent, lead, period, lead_liaison):
    """A draft's with the report that it becomes, a report's with the one that takes its place."""
    evidence = make_evidence(lead, at=NOW)
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"evidence": [evidence]})
    for percent in (80, 85):
        found = checked(filled(sent, percent=percent, progress="话"))
        take_rows(found, tokens(found, RowState.READY, RowState.CONFLICT), files=True, by=lead_liaison, at=NOW)
        report = ProgressReport.objects.latest("pk")
        assert (report.percent, list(report.evidence.all())) == (percent, [evidence])


def test_an_upload_waits_as_it_was_read(three):
    upload = read_workbook(three)
    assert FilledWorkbook.from_json(upload.as_json()) == upload


def test_errors_come_back_as_the_same_workbook_and_it_can_be_sent_again(three):
    found = checked(three)
    book = describe_fill_in(found.fill_in, identity=found.filled.identity, texts=found.texts, marks=found.marks)
    returned = to_bytes(book)
    sheet = load_workbook(io.BytesIO(returned))[FORM]
    assert [sheet[f"O{row}"].value for row in (4, 5, 6)] == ["可导入", "进度应为0到100之间的整数。", "可导入"]
    assert not sheet.column_dimensions["N"].hidden
    assert sheet["H5"].fill.start_color.rgb != sheet["H4"].fill.start_color.rgb
    assert sheet["H5"].value == 101
    again = checked(filled(returned, 1, percent=70, progress="改好了"))
    assert [row.state for row in again.rows] == [RowState.READY] * 3


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def command(settings):
    settings.QA_PLAN_TODAY = NOW.date()

    def run(*args):
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command(*args, stdout=out, stderr=err)
        except CommandError as error:
            return 1, f"{out.getvalue()}{err.getvalue()}{error}"
        return 0, out.getvalue()

    return run


@any_database
def test_the_commands_write_a_workbook_and_read_it_back(command, agency, period, lead_liaison, tmp_path):
    path = tmp_path / "填报.xlsx"
    assert command("build_fill_in", "--agency", "省商务厅", "--period", "2016Q3", "--out", str(path))[0] == 0
    assert command("read_fill_in", str(path))[0] == 0
    path.write_bytes(filled(path.read_bytes(), **WHOLE))
    code, said = command("read_fill_in", str(path))
    assert (code, ProgressReport.objects.count()) == (0, 0)
    assert "本期进度（%）：0 → 80" in said
    code, said = command("read_fill_in", str(path), "--commit")
    assert (code, ProgressReport.objects.get().recorded_by) == (0, lead_liaison)
    assert command("read_fill_in", str(path), "--commit")[0] == 0
    assert ProgressReport.objects.count() == 1


@any_database
def test_read_fill_in_writes_nothing_while_anything_is_wrong(command, three, lead_liaison, tmp_path):
    path = tmp_path / "填报.xlsx"
    path.write_bytes(three)
    code, said = command("read_fill_in", str(path), "--commit")
    assert (code, ProgressReport.objects.count()) == (1, 0)
    assert "填报!H5：进度应为0到100之间的整数。" in said
    assert command("read_fill_in", str(path), "--commit", "--good-rows")[0] == 1
    assert ProgressReport.objects.count() == 2


def test_read_fill_in_writes_in_the_name_of_somebody_of_the_agency(command, filled_in, agency, lead_liaison, tmp_path):
    path = tmp_path / "填报.xlsx"
    path.write_bytes(filled_in)
    stranger = make_user(role=Role.LIAISON)
    second = make_user(role=Role.LIAISON, agency=agency)
    assert "请用--by指明" in command("read_fill_in", str(path), "--commit")[1]
    assert "不是省商务厅的在用账号" in command("read_fill_in", str(path), "--commit", "--by", stranger.username)[1]
    assert not ProgressReport.objects.exists()
    assert command("read_fill_in", str(path), "--commit", "--by", second.username, "--draft")[0] == 0
    assert ReportDraft.objects.get().saved_by == second


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("--agency", "无此厅", "--period", "2016Q3"), "没有名为"),
        (("--agency", "省商务厅", "--period", "2019Q3"), "报告期"),
        (("--agency", "省商务厅", "--period", "2016Q3", "--plan", "none"), "none"),
        (("--agency", "省商务厅", "--period", "2016Q4"), "才开放填报"),
        (("--agency", "省水利厅", "--period", "2016Q3"), "没有需要填报的任务"),
    ],
)
def test_build_fill_in_says_what_it_can_t_do(command, agency, period, plan, other_agency, tmp_path, args, word):
    make_period(plan, "2016Q4")
    code, said = command("build_fill_in", *args, "--out", str(tmp_path / "x.xlsx"))
    assert code == 1
    assert word in said
    assert not list(tmp_path.iterdir())


@any_database
def test_a_refiled_report_shows_what_was_filed(agency, period, lead):
    file_report(lead, 66, at=moment("2016-10-09"), progress="已报的话")
    assert only(issued(agency, period, NOW)).state == RowState.SAME
    assert load_workbook(io.BytesIO(issued(agency, period, NOW)))[FORM][address("progress")].value == "已报的话"
