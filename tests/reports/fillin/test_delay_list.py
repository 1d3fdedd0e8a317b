"""滞后原因 in the offline workbook: the same reasons as on the page, in a drop-down that takes other texts too."""

import io

import pytest
from openpyxl import load_workbook

from reports.fillin.checking import RowState, check
from reports.fillin.layout import FORM
from reports.fillin.opening import open_fill_in
from tasks.rules.delays import reasons
from tests.support.factories import moment
from tests.support.workbooks import address, filled, issued

pytestmark = pytest.mark.any_database

NOW = moment("2016-10-10 09:00")
BEHIND = {"percent": 20, "progress": "已开展3次检查。"}


@pytest.fixture
def sent(lead, lead_agency, period):
    return issued(lead_agency, period, NOW)


def only(content):
    upload, fill_in = open_fill_in(content, NOW)
    [row] = check(upload, fill_in).rows
    return row


def test_the_drop_down_offers_what_the_page_offers_and_refuses_nothing(sent, period):
    sheet = load_workbook(io.BytesIO(sent))[FORM]
    [found] = [v for v in sheet.data_validations.dataValidation if address("delay_reason") in v.sqref]
    every = [reason for _, ready in reasons(period.ends_on) for reason in ready]
    assert (found.type, found.showErrorMessage) == ("list", False)
    assert found.formula1 == f'"{",".join(every)}"'
    assert len(found.formula1) - 2 <= 255


@pytest.mark.parametrize("reason", ["招标采购延期，预计12月底前赶上。", "设备到货晚，11月中旬赶上。"])
def test_a_reason_chosen_or_typed_is_taken(sent, reason):
    row = only(filled(sent, **BEHIND, delay_reason=reason))
    assert row.state == RowState.READY
    assert not row.messages
    assert row.content.delay_reason == reason


def test_who_is_behind_without_a_reason_is_told_so_at_the_cell(sent):
    [message] = only(filled(sent, **BEHIND)).messages
    assert message.startswith(f"{FORM}!{address('delay_reason')}：20%低于黄灯线")
