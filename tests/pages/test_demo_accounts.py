"""The demonstration's sign-in page lists the accounts that really sign in with the common password, and no others."""

import pytest
from lxml import html

from agencies.models import User
from tasks.workflow.handover import hand_over
from tests.support.factories import moment


@pytest.fixture
def listed(demo, client):
    def names():
        page = html.fromstring(client.get("/accounts/login/").content.decode())
        return [code.text for code in page.xpath("//table//code")]

    return names


def test_all_accounts_of_the_story_are_listed_and_sign_in(listed, settings):
    names = listed()
    assert names[:3] == ["coordinator", "leader", "admin"]
    assert len(names) == User.objects.count()
    assert User.objects.get(username="zhijian").check_password(settings.DEMO_PASSWORD)


def test_who_handed_over_and_who_took_over_are_not(listed):
    administrator, old = User.objects.get(username="admin"), User.objects.get(username="zhijian")
    hand_over(
        old=old,
        new_name="张三",
        new_username="zhangsan",
        password="k7mp-w3xh-9dte",
        reason="岗位调整",
        by=administrator,
        at=moment("2016-10-12 10:00"),
    )
    assert {"zhijian", "zhangsan"} & set(listed()) == set()


def test_who_changed_the_password_is_not(listed):
    leader = User.objects.get(username="leader")
    leader.set_password("另一个密码2016")
    leader.save()
    assert "leader" not in listed()
    assert "coordinator" in listed()
