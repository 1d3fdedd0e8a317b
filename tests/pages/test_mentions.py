"""「@姓名」 in an internal comment reaches the colleague as if he had been ticked; any other name is only text."""

from datetime import date

import pytest

from tasks.models import Comment, Message
from tasks.rules.mentions import named_in
from tests.support.factories import file_report, make_user, moment


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@张科 请核实", {"张科"}),
        ("请＠张科核实", {"张科"}),
        ("@张科长请核实", {"张科长"}),
        ("@张科和@李处一起看", {"张科", "李处"}),
        ("@张", set()),
        ("张科请核实", set()),
        ("@ 张科", set()),
        ("@Li Lei，请核实", {"Li Lei"}),
        ("@Li Lei请核实", {"Li Lei"}),
        ("@Li Leilei", set()),
        ("@统筹员(一)请核实", {"统筹员(一)"}),
        ("", set()),
    ],
)
def test_a_name_behind_an_at_sign_is_read(text, named):
    assert named_in(text, ["张科", "张科长", "李处", "Li Lei", "统筹员(一)", ""]) == named


def test_nobody_is_named_where_there_is_nobody():
    assert named_in("@张科", []) == set()


# ── on the page ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def url(lead, period):
    return f"/reviews/{file_report(lead, 40, at=moment('2016-10-10')).pk}/"


def say(visitor, url, text, **more):
    return visitor.post(f"{url}comments/", text=text, **more)


def told():
    return sorted(message.recipient.username for message in Message.objects.select_related("recipient"))


def test_who_is_named_gets_a_message_and_stands_below_the_comment(as_coordinator, visitor, url):
    zhang = make_user("zhang", display_name="张科")
    make_user("li", display_name="李处")
    say(as_coordinator, url, "@张科 请核实面积。")
    assert told() == ["zhang"]
    assert list(Comment.objects.get().mentions.all()) == [zhang]
    assert "提到您：@张科 请核实面积。" in visitor(zhang).get("/messages/").main
    assert "@姓名" in as_coordinator.get(url).text("//section[@id='comments']//form")


def test_who_is_named_and_ticked_is_told_once(as_coordinator, url):
    zhang = make_user("zhang", display_name="张科")
    say(as_coordinator, url, "@张科@张科", mentions=[zhang.pk])
    assert told() == ["zhang"]


def test_only_who_may_read_it_is_told(as_coordinator, coordinator, url, lead_liaison, leader):
    """An agency's liaison, the leadership, a colleague who has left, a stranger, the writer: only text."""
    make_user("gone", display_name="王科", is_active=False)
    names = (lead_liaison.display_name, leader.display_name, "王科", "某某", coordinator.display_name)
    say(as_coordinator, url, "".join(f"@{name} " for name in names))
    assert told() == []
    assert not Comment.objects.get().mentions.exists()
    assert "@某某" in as_coordinator.get(url).text("//section[@id='comments']//li")


def test_of_two_of_one_name_both_are_told(as_coordinator, url):
    make_user("zhang1", display_name="张科")
    make_user("zhang2", display_name="张科")
    say(as_coordinator, url, "@张科 请核实。")
    assert told() == ["zhang1", "zhang2"]
