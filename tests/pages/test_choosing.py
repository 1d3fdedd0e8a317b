"""What is chosen in a ledger goes on over its pages, orders and filters, and deeds begin with it; without scripts."""

import io
from datetime import date
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

from tasks.http.selection import MOST, keys_in, written
from tests.support.factories import make_agency, make_assignment, make_item


@pytest.mark.parametrize(
    ("keys", "text"), [([], ""), ([7], "7"), ([3, 4, 5, 9, 12, 11], "3-5.9.11-12"), ([2, 2, 1], "1-2")]
)
def test_keys_are_written_shortly_and_read_again(keys, text):
    assert written(keys) == text
    assert list(keys_in(text)) == sorted(set(keys))


@pytest.mark.parametrize("text", ["x", "5-3", "-", "1-x", "²", "1" * 40, "-5", "..", "'"])
def test_what_is_no_key_is_left_out(text):
    assert list(keys_in(text)) == []


def test_no_address_makes_more_keys_than_may_be_chosen():
    assert len(list(keys_in("1-9223372036854775807"))) == MOST


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def parts(plan, lead):
    """Forty-one parts in as many items: three pages."""
    agency = make_agency("省林业厅")
    return [lead, *(make_assignment(make_item(plan, due_on=date(2016, 12, 1)), agency) for _ in range(40))]


@pytest.fixture
def ledger(plan):
    return f"/plans/{plan.slug}/assignments/"


def sent(shown, /, **pressed):
    """What the form of the ledger sends, with the boxes as they are ticked and the button that was pressed."""
    controls = shown.all("//form[@id='ledger']//input[@name] | //tbody//input[@form='ledger']")
    boxed = ("checkbox", "radio")
    fields = [
        (one.get("name"), one.get("value") or "")
        for one in controls
        if one.get("type") not in boxed or one.get("checked") is not None
    ]
    return [*fields, *pressed.items()]


def ticked(page):
    return page.all("//tbody//input[@name='assignment' and @checked]/@value")


def goes_to(visitor, shown, /, *boxes, **pressed):
    """Ticks those boxes of the page and presses that button."""
    data = [*sent(shown, **pressed), *(("assignment", part.pk) for part in boxes)]
    query = "&".join(f"{name}={value}" for name, value in data)
    return visitor.get(f"{shown.url.partition('?')[0]}?{query}", 302).response.url


def test_what_is_ticked_stays_chosen_over_pages_orders_and_filters(as_coordinator, ledger, parts):
    page = as_coordinator.get(ledger)
    page = as_coordinator.get(goes_to(as_coordinator, page, parts[0], parts[2], page="2"))
    assert "已选2项，其中不在本页的2项" in page.text("//div[@id='chosen']")
    page = as_coordinator.get(goes_to(as_coordinator, page, parts[25], sort="-number"))
    assert ticked(page) == [str(parts[25].pk)]
    page = as_coordinator.get(goes_to(as_coordinator, page, agency=str(parts[0].agency_id)))
    assert (page.rows()[0][2], ticked(page)) == ("省商务厅", [str(parts[0].pk)])
    assert parse_qs(urlsplit(page.url).query)["sort"] == ["-number"]
    assert "已选3项，其中不在本页的2项" in page.text("//div[@id='chosen']")


def test_a_box_that_is_unticked_is_chosen_no_longer(as_coordinator, ledger, parts):
    page = as_coordinator.get(f"{ledger}?assignments={written(part.pk for part in parts[:25])}")
    fields = [(name, value) for name, value in sent(page, page="1") if value != str(parts[0].pk)]
    url = f"{ledger}?{'&'.join(f'{name}={value}' for name, value in fields)}"
    page = as_coordinator.get(as_coordinator.get(url, 302).response.url)
    assert "已选24项" in page.text("//div[@id='chosen']")
    assert str(parts[0].pk) not in ticked(page)


def test_all_that_the_filter_leaves_is_chosen_at_once_and_let_go_again(as_coordinator, ledger, parts):
    page = as_coordinator.get(f"{ledger}?agency={parts[1].agency_id}&assignments={parts[0].pk}")
    assert "全选筛选结果40项" in page.text("//div[@id='chosen']")
    page = as_coordinator.get(goes_to(as_coordinator, page, choose="all"))
    assert "已选41项" in page.text("//div[@id='chosen']")
    page = as_coordinator.get(goes_to(as_coordinator, page, choose="none"))
    assert (ticked(page), page.all("//input[@name='assignments']")) == ([], [])


def test_more_than_may_be_chosen_are_not_chosen_and_a_message_says_so(as_coordinator, ledger, parts, monkeypatch):
    monkeypatch.setattr("tasks.pages.ledger.answers.MOST", 30)
    page = as_coordinator.get(f"{ledger}?choose=all", follow=True)
    assert page.messages == ["筛选结果共41项，一次最多选30项，请先缩小筛选范围。"]
    assert ticked(page) == []
    thirty = written(part.pk for part in parts[:30])
    page = as_coordinator.get(f"{ledger}?assignments={thirty}&assignment={parts[35].pk}", follow=True)
    assert page.messages[-1] == "一次最多选30项，其余1项没有选上。"


def test_deeds_begin_with_what_is_chosen_on_all_pages(as_coordinator, ledger, plan, parts):
    page = as_coordinator.get(f"{ledger}?page=2&assignments={parts[0].pk}")
    urging = as_coordinator.get(goes_to(as_coordinator, page, parts[30], do="urge"))
    assert {row[1] for row in urging.rows("//tbody/tr")} == {"省商务厅", "省林业厅"}
    assert len(urging.all("//input[@name='assignment' and @checked]")) == 2
    dates = as_coordinator.get(goes_to(as_coordinator, page, parts[30], do="dates"))
    assert dates.title == "调整2项任务的完成时限"
    steering = as_coordinator.get(goes_to(as_coordinator, page, parts[30], do="steer"))
    assert len(steering.all("//input[@name='assignment' and @checked]")) == 2


def test_a_deed_without_a_choice_says_what_to_do(as_coordinator, ledger, parts):
    page = as_coordinator.get(f"{ledger}?do=urge&page=2", follow=True)
    assert page.messages == ["请先勾选，再批量办理。"]
    assert "第21—40条" in page.main


@pytest.mark.parametrize("sort", ["", "&sort=light"])
def test_what_is_chosen_is_taken_away_as_a_workbook(as_coordinator, ledger, parts, sort):
    url = as_coordinator.get(f"{ledger}?assignments={parts[40].pk}&assignment={parts[0].pk}&do=export{sort}", 302)
    content = b"".join(as_coordinator.client.get(url.response.url).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet.max_row == 3


def test_items_are_chosen_by_their_numbers(as_coordinator, plan, parts):
    items = f"/plans/{plan.slug}/items/"
    urging = as_coordinator.get(as_coordinator.get(f"{items}?items=1-2&item=41&do=urge", 302).response.url)
    assert len(urging.all("//input[@name='assignment' and @checked]")) == 3
    page = as_coordinator.get(f"{items}?items=1-30&page=2")
    assert "已选30项，其中不在本页的20项" in page.text("//div[@id='chosen']")
    assert as_coordinator.get(f"{items}?only=3.40").text("//section[@id='rows']//h2") == "2项任务"


def test_only_who_may_do_something_with_it_chooses_and_only_today(as_leader, as_coordinator, ledger, parts):
    for visitor, query in ((as_leader, f"assignment={parts[0].pk}"), (as_coordinator, "as_of=2016-10-01")):
        page = visitor.get(f"{ledger}?{query}")
        assert page.all("//input[@form='ledger']") == []
        assert page.all("//div[@id='chosen']") == []
