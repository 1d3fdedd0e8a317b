"""CAS, LDAP, 钉钉 and 飞书: each against a server on this machine that answers as they do."""

from functools import partial

import pytest
from django.test import Client

from agencies.models import SecurityEvent, User
from tests.pages.test_second_factor import PASSWORD
from tests.support.certificates import certificates
from tests.support.directory import BASE, READER, Office, directory_of
from tests.support.directory import PASSWORD as OF_DIRECTORY
from tests.support.factories import make_user, moment
from tests.support.reading import Page
from tests.support.signing_on import CLIENT, SECRET, DingTalkServer, FeishuServer, answering, cas_server, set_up

LOGIN, HELP = "/accounts/login/", "/help/"


@pytest.fixture
def ways(settings, monkeypatch):
    return partial(set_up, settings, monkeypatch)


@pytest.fixture
def user(db):
    return make_user("zhangsan", password=PASSWORD, display_name="张三")


def tied(user, way, subject):
    user.identities.create(way=way, subject=subject, linked_at=moment("2016-10-12"))


def is_in(client):
    return client.get(HELP).status_code == 200


def told(response, detail):
    """What the page says to whom it refuses; the security log has the detail."""
    assert SecurityEvent.objects.first().detail == detail
    return Page(response, LOGIN).text("//div[@class='signin']//*[@role='alert']")


def signed_in():
    event = SecurityEvent.objects.first()
    return event.kind, event.username, event.detail


# ── CAS ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def running_cas():
    with cas_server() as server:
        yield server


@pytest.fixture
def cas(running_cas, ways):
    running_cas.user, running_cas.number = "zhangsan", "1001"
    ways(CAS_SERVER=running_cas.url)
    return running_cas


def through_cas(cas, client, path="/accounts/cas/login/"):
    return client.get(cas.signs_on(client.get(path).url))


def test_by_cas_a_person_is_in_as_the_account_that_is_tied_to_the_user_it_names(user, cas):
    tied(user, "cas", "zhangsan")
    client = Client()
    page = Page(client.get(f"{LOGIN}?next={HELP}"), LOGIN)
    [button] = page.links("//nav[@aria-label='其他登录方式']")
    assert through_cas(cas, client, button.url).url == HELP
    assert is_in(client)
    assert signed_in() == ("signed_in", "zhangsan", "CAS")


def test_the_id_may_be_an_attribute_of_cas(user, cas, ways):
    tied(user, "cas", "1001")
    ways(CAS_ATTRIBUTE="number")
    assert through_cas(cas, Client()).url == "/"
    cas.number = ""
    assert "答复不合要求" in told(through_cas(cas, Client()), "CAS：认证服务器的答复不合要求")


def test_a_name_that_is_alike_is_no_identity_at_cas(user, cas):
    client = Client()
    refused = told(through_cas(cas, client), "CAS：标识 zhangsan 没有对应的账号")
    assert "请将标识 zhangsan 告知系统管理员登记" in refused
    assert not is_in(client)


def test_a_ticket_is_taken_once_from_the_browser_that_asked_for_it(user, cas):
    tied(user, "cas", "zhangsan")
    client = Client()
    back = cas.signs_on(client.get("/accounts/cas/login/").url)
    assert "不是从本页发起" in told(Client().get(back), "CAS：登录请求已过期，或不是从本页发起")
    assert client.get(back.partition("&ticket")[0]).status_code == 403
    back = cas.signs_on(client.get("/accounts/cas/login/").url)
    assert client.get(back.replace("ST-", "ST-0")).status_code == 403
    back = cas.signs_on(client.get("/accounts/cas/login/").url)
    assert client.get(back).url == "/"
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 403
    assert not is_in(client)


# ── LDAP ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def running_directory():
    with directory_of({"zhang.san": "id-1", "li.si": "id-2"}, certificates().server) as address:
        yield address


@pytest.fixture
def directory(running_directory, ways):
    environment = {"LDAP_BASE": BASE, "LDAP_BIND_DN": READER, "LDAP_BIND_PASSWORD": OF_DIRECTORY}
    ways(LDAP_SERVER=running_directory, LDAP_START_TLS="0", **environment)


def typed(username, password, client=None):
    return (client or Client()).post(LOGIN, {"username": username, "password": password, "next": HELP})


def test_by_the_directory_s_password_a_person_is_in_as_the_account_that_is_tied_to_them(user, directory):
    tied(user, "ldap", "id-1")
    client = Client()
    assert typed("zhang.san", OF_DIRECTORY, client).url == HELP
    assert is_in(client)
    assert signed_in() == ("signed_in", "zhangsan", "目录服务")
    assert typed("zhangsan", PASSWORD).url == HELP
    assert signed_in() == ("signed_in", "zhangsan", "")


@pytest.mark.parametrize("name", ["zhang.san", "zhang*", "*", "zhang.san)(uid=*", "nobody"])
def test_a_wrong_password_or_a_name_that_is_a_question_gets_the_common_answer(user, directory, name):
    tied(user, "ldap", "id-1")
    response = typed(name, "falsch" if name == "zhang.san" else OF_DIRECTORY)
    assert "请输入一个正确的" in told(response, "无此账号")


def test_whom_the_directory_knows_and_nobody_tied_is_told_their_id(user, directory):
    said = told(typed("li.si", OF_DIRECTORY), "目录服务：标识 id-2 没有对应的账号")
    assert said == "目录服务已确认您的身份，但本平台没有对应的账号，请将标识 id-2 告知系统管理员登记。"
    tied(user, "ldap", "id-2")
    User.objects.update(is_active=False)
    assert "您在本平台的账号已停用" in told(typed("li.si", OF_DIRECTORY), "目录服务：账号已停用")


def test_a_directory_that_cannot_be_reached_hinders_no_local_password(user, directory, ways, caplog):
    ways(LDAP_SERVER="ldap://127.0.0.1:1")
    assert typed("zhangsan", PASSWORD).url == HELP
    assert "目录服务无法访问" in told(typed("zhang.san", OF_DIRECTORY), "目录服务：无法访问")
    assert "The directory gives no answer" in caplog.text


def test_a_directory_to_which_the_product_may_not_speak_is_no_proof(user, directory, ways):
    tied(user, "ldap", "id-1")
    ways(LDAP_BIND_PASSWORD="falsch")
    assert "目录服务无法访问" in told(typed("zhang.san", OF_DIRECTORY), "目录服务：无法访问")


@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # Twisted's, of the test's server
def test_a_directory_is_told_passwords_once_it_encrypts_under_a_certificate_of_a_known_authority(
    user, directory, ways, monkeypatch, tmp_path
):
    tied(user, "ldap", "id-1")
    ways(LDAP_START_TLS="1")
    assert "目录服务无法访问" in told(typed("zhang.san", OF_DIRECTORY), "目录服务：无法访问")
    authorities = tmp_path / "authorities.pem"
    authorities.write_bytes(certificates().authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    with monkeypatch.context() as patched:
        patched.setattr(Office, "options", None)
        assert "目录服务无法访问" in told(typed("zhang.san", OF_DIRECTORY), "目录服务：无法访问")
    assert typed("zhang.san", OF_DIRECTORY).url == HELP
    assert signed_in() == ("signed_in", "zhangsan", "目录服务")


def test_a_certificate_for_another_host_is_refused(user, directory, running_directory, ways, monkeypatch, tmp_path):
    tied(user, "ldap", "id-1")
    authorities = tmp_path / "authorities.pem"
    authorities.write_bytes(certificates().authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    ways(LDAP_START_TLS="1", LDAP_SERVER=running_directory.replace("localhost", "127.0.0.1"))
    assert "目录服务无法访问" in told(typed("zhang.san", OF_DIRECTORY), "目录服务：无法访问")


# ── 钉钉, 飞书 ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("way", "kind", "name", "subject"),
    [("dingtalk", DingTalkServer, "钉钉", "union-1"), ("feishu", FeishuServer, "飞书", "on-1")],
    ids=["dingtalk", "feishu"],
)
def test_by_a_messenger_a_person_is_in_as_the_account_that_is_tied_to_them(user, ways, way, kind, name, subject):
    server = kind()
    with answering(server.routes) as peer:
        addresses = dict.fromkeys(("DINGTALK_LOGIN_URL", "DINGTALK_API_URL", "FEISHU_URL"), peer.url)
        ways(**addresses, **{f"{way.upper()}_LOGIN_CLIENT": CLIENT, f"{way.upper()}_LOGIN_SECRET": SECRET})
        client, to, back = Client(), f"/accounts/{way}/login/", f"/accounts/{way}/callback/"
        assert f"{name}登录" in Page(client.get(LOGIN), LOGIN).main
        refused = client.get(f"{back}?{server.signs_on(client.get(to).url)}")
        assert f"请将标识 {subject} 告知" in told(refused, f"{name}：标识 {subject} 没有对应的账号")
        tied(user, way, subject)
        query = server.signs_on(client.get(f"{to}?next={HELP}").url)
        assert Client().get(f"{back}?{query}").status_code == 403
        assert client.get(f"{back}?{query}").url == HELP
        assert is_in(client)
        assert signed_in() == ("signed_in", "zhangsan", name)
        server.person, client = {}, Client()
        refused = client.get(f"{back}?{server.signs_on(client.get(to).url)}")
        assert "答复不合要求" in told(refused, f"{name}：认证服务器的答复不合要求")
