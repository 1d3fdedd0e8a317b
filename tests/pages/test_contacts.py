"""单位联系人 and 通讯录: kept by the agency and by coordinators, shown beside agencies, printed, taken away."""

import io
from datetime import date

import openpyxl
import pytest

from agencies.models import Agency, AgencyGroup, Change, GroupMembership
from tests.support.factories import (
    file_report,
    make_assignment,
    make_instruction,
    make_item,
    make_request,
    make_urge,
    moment,
)

NOW = moment("2016-10-12 10:00")
TYPED = {
    "liaison_name": "张明",
    "liaison_office": "质量处",
    "liaison_telephone": "0551-62999999转801",
    "head_name": "李强",
    "head_office": "副厅长",
    "head_telephone": "",
}


@pytest.fixture(autouse=True)
def stage(settings):
    settings.QA_PLAN_TODAY = NOW.date()


def url_of(agency):
    return f"/agencies/{agency.pk}/contacts/"


@pytest.fixture
def known(lead_agency):
    Agency.objects.filter(pk=lead_agency.pk).update(**TYPED)
    lead_agency.refresh_from_db()
    return lead_agency


@pytest.fixture
def typed(as_lead, lead_agency):
    """What the page sends, with what it was made from."""
    basis = as_lead.get(url_of(lead_agency)).one("//input[@name='basis']").get("value")
    return {**TYPED, "basis": basis}


def test_the_agency_keeps_them_and_what_they_were_is_on_record(as_lead, lead_agency, typed):
    page = as_lead.post_and_follow(url_of(lead_agency), **typed)
    assert "联系人已更新" in page.text("//ul[@class='messages']")
    assert all(words in page.main for words in ("张明", "质量处", "0551-62999999转801", "李强"))
    change = Change.objects.get(action="登记单位联系人")
    assert (change.agency, change.old["liaison_name"], change.new["liaison_name"]) == (lead_agency, "", "张明")
    assert "head_telephone" not in change.new


def test_sent_twice_it_is_one_deed(as_lead, lead_agency, typed):
    for _ in range(2):
        as_lead.post(url_of(lead_agency), **typed)
    assert Change.objects.filter(action="登记单位联系人").count() == 1


def test_a_form_made_before_somebody_else_changed_them_is_refused(as_lead, as_coordinator, lead_agency, typed):
    as_coordinator.post(url_of(lead_agency), **typed)
    page = as_lead.post(url_of(lead_agency), 422, **{**typed, "liaison_name": "王芳"})
    assert "内容已被更新，本次未保存" in page.main
    assert Agency.objects.get(pk=lead_agency.pk).liaison_name == "张明"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("liaison_telephone", "同上", "电话只填号码"),
        ("liaison_name", "", "请填写姓名。"),
        ("head_name", "李" * 51, "50"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(as_lead, lead_agency, typed, field, value, said):
    page = as_lead.post(url_of(lead_agency), 422, **{**typed, field: value})
    assert list(page.errors) == [field]
    assert said in page.errors[field]


def test_another_agency_and_the_leadership_read_and_don_t_write(as_other, as_leader, lead_agency):
    for visitor in (as_other, as_leader):
        visitor.get(url_of(lead_agency), 403)
        assert lead_agency.name in visitor.get("/agencies/contacts/").main


def test_whom_to_call_stands_beside_the_agency(as_coordinator, lead, plan, known, period):
    in_plan = plan.get_absolute_url()
    urge, instruction = make_urge(lead, at=NOW), make_instruction(lead, at=NOW)
    asked = make_request(lead, "extension", due_on=date(2016, 12, 1), at=NOW)
    pages = [lead.item.get_absolute_url(), f"{in_plan}agencies/{known.pk}/", f"{in_plan}periods/2016Q3/unfiled/"]
    pages += [f"/urges/{urge.pk}/", f"/instructions/{instruction.pk}/", f"/requests/{asked.pk}/"]
    report = file_report(make_assignment(make_item(plan), known), 70, at=NOW)
    for url in (*pages, f"/reviews/{report.pk}/"):
        page = as_coordinator.get(url)
        assert "联络员 张明" in page.main, url
        assert page.one("//a[@href='tel:055162999999801']").text == "0551-62999999转801", url


def test_whom_to_call_at_an_assisting_agency_unfolds_below_their_list(as_coordinator, lead, assist):
    url = lead.item.get_absolute_url()
    assert "协助单位联系人" not in as_coordinator.get(url).main
    Agency.objects.filter(pk=assist.agency_id).update(**TYPED)
    page = as_coordinator.get(url)
    assert page.text("//details[summary[contains(., '协助单位联系人')]]//li").startswith(assist.agency.name)


def test_the_directory_lists_members_by_their_group_and_the_others_below(as_lead, known, assist):
    group = AgencyGroup.objects.create(name="省质量工作领导小组")
    GroupMembership.objects.create(group=group, agency=known)
    page = as_lead.get("/agencies/contacts/")
    assert page.texts("//h2") == ["省质量工作领导小组成员单位", "其他单位"]
    assert page.texts("(//table)[1]//th[@scope='row']") == [known.name]


def test_it_is_taken_along_as_a_workbook(as_lead, known):
    response = as_lead.client.get("/agencies/contacts.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    row = next(row for row in sheet.iter_rows(values_only=True) if known.name in row)
    assert row[2:8] == ("张明", "质量处", "0551-62999999转801", "李强", "副厅长", None)


def test_nobody_reads_telephones_without_an_account(client, known):
    for url in ("/agencies/contacts/", "/agencies/contacts.xlsx", url_of(known)):
        assert client.get(url).status_code == 302
