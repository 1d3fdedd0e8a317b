"""外部身份: who ties an account to whom another server knows, and what is on record of it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Change, ExternalIdentity, SecurityEvent
from agencies.security_events import SecurityEvent as Event
from tasks.models import Message
from tests.support.factories import make_user, moment
from tests.support.reading import Page

NAME = "省统一身份认证"


@pytest.fixture(autouse=True)
def _way(settings):
    settings.EXTERNAL_WAYS = {"oidc": NAME}


@pytest.fixture
def user(db):
    return make_user("zhangsan", display_name="张三", last_login=moment("2016-10-11"))


def address_of(user):
    return f"/admin/agencies/user/{user.pk}/change/"


def sent(page, **typed):
    """The form of the account as a browser sends it, with what was typed or ticked in the rows of identities."""
    chosen = {}
    for select in page.all("//main//form//select[not(contains(@name, '__prefix__'))]"):
        [value] = select.xpath(".//option[@selected]/@value") or select.xpath(".//option[1]/@value")
        chosen[select.get("name")] = value
    return {**page.values(), **chosen, **{f"identities-{name}": value for name, value in typed.items()}}


def ran(*arguments, **options):
    out = StringIO()
    call_command("identities", *arguments, stdout=out, **options)
    return out.getvalue()


def test_an_administrator_ties_and_unties_on_record_and_the_person_is_told(user, administrator, visitor):
    visitor = visitor(administrator)
    url = address_of(user)
    page = visitor.get(url)
    assert "外部身份" in page.main
    visitor.post(url, **sent(page, **{"0-subject": "1001"}))
    identity = ExternalIdentity.objects.get()
    assert (identity.user, identity.way, identity.subject) == (user, "oidc", "1001")
    change = Change.objects.first()
    assert (change.action, change.by, change.new) == ("登记外部身份", administrator, {"identity": f"{NAME} 1001"})
    assert SecurityEvent.objects.first().detail == "登记外部身份：张三"
    assert SecurityEvent.objects.first().kind == Event.Kind.ACCOUNT
    assert "登记外部身份" in Message.objects.get(recipient=user).text
    series = user.session_series
    page = visitor.get(url)
    assert "1001" in page.main
    visitor.post(url, **sent(page, **{"0-DELETE": "on"}))
    assert not ExternalIdentity.objects.exists()
    assert Change.objects.first().old == {"identity": f"{NAME} 1001"}
    user.refresh_from_db()
    assert user.session_series == series + 1
    assert "外部身份" in Page(visitor.client.get("/changes/"), "/changes/").source


def test_what_is_tied_to_another_or_is_no_id_is_refused_at_its_field(user, administrator, visitor):
    make_user("lisi", display_name="李四").identities.create(way="oidc", subject="1001", linked_at=moment("2016-10-11"))
    visitor, url = visitor(administrator), address_of(user)
    page = visitor.get(url)
    for subject, told in (("1001", "该标识已登记在李四（lisi）名下。"), ("1\u200b", "唯一标识须为1至191个可见字符。")):
        refused = visitor.post(url, 200, **sent(page, **{"0-subject": subject}))
        assert told in refused.main
    assert ExternalIdentity.objects.count() == 1


def test_the_page_says_nothing_of_it_where_nobody_comes_from_outside(user, administrator, visitor, settings):
    settings.EXTERNAL_WAYS = {}
    assert "外部身份" not in visitor(administrator).get(address_of(user)).main
    user.identities.create(way="oidc", subject="1001", linked_at=moment("2016-10-11"))
    assert "1001" in visitor(administrator).get(address_of(user)).main


def test_where_powers_are_apart_the_accounts_of_the_three_are_tied_by_who_keeps_rights(user, settings, visitor):
    settings.ADMINISTRATORS_JOINED = False
    people = {role: make_user(role, role=role) for role in ("administrator", "security", "auditor")}
    for who, whose, may in (
        ("administrator", user, True),
        ("security", user, False),
        ("security", people["auditor"], True),
    ):
        page = visitor(people[who]).get(address_of(whose))
        assert bool(page.all("//input[@name='identities-0-subject']")) == may, (who, whose)
    auditors = address_of(people["auditor"])
    assert visitor(people["administrator"]).get(auditors).all("//input[@name='identities-0-subject']") == []


def test_a_command_ties_one_or_a_list_twice_the_same_and_lists_and_unties(user, tmp_path):
    make_user("lisi", display_name="李四")
    assert ran("oidc", "zhangsan", "1001") == "登记1个，0个此前已登记。\n"
    people = tmp_path / "名单.csv"
    people.write_text("\ufeff用户名,唯一标识\nzhangsan,1001\nlisi, 1002\n\n", encoding="utf-8")
    assert ran("oidc", list=people) == "登记1个，1个此前已登记。\n"
    assert ran() == "oidc\tlisi\t1002\t李四\noidc\tzhangsan\t1001\t张三\n"
    assert Change.objects.filter(action="登记外部身份", by=None).count() == 2
    assert ran("oidc", "lisi", remove=True) == f"已取消李四（lisi）的1个{NAME}标识，其会话一并终止。\n"
    assert ran("oidc", "lisi", remove=True) == "李四没有登记该方式的标识。\n"
    assert ran() == "oidc\tzhangsan\t1001\t张三\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("zhangsan,1001\nnobody,1002", "没有用户名为nobody的账号"),
        ("zhangsan,1001\nlisi", "名单第2行应为两列"),
        ("zhangsan,1001\nlisi,1001", "lisi：该标识已登记在张三（zhangsan）名下"),
    ],
)
def test_a_list_with_one_wrong_row_ties_nobody(user, tmp_path, text, told):
    make_user("lisi")
    people = tmp_path / "list.csv"
    people.write_text(text)
    with pytest.raises(CommandError, match=told):
        ran("oidc", list=people)
    assert not ExternalIdentity.objects.exists()


def test_the_command_says_what_is_missing_or_wrong(user, tmp_path):
    for arguments, options, told in (
        (("cas", "zhangsan", "1001"), {}, "没有启用“cas”这种登录方式"),
        (("oidc", "zhangsan"), {}, "请写明用户名和唯一标识"),
        (("oidc",), {"list": tmp_path / "missing.csv"}, "文件或文件夹不存在"),
    ):
        with pytest.raises(CommandError, match=told):
            ran(*arguments, **options)
