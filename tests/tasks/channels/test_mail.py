"""电子邮件 against a mail server on this machine: what arrives, who refuses what, and servers that misbehave."""

import email
import email.policy
import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tasks.channels import NotSent
from tasks.channels.mail import Mail, server_refuses_sender
from tests.support.peers import outgoing

PASSWORD = "pass-SECRET-9"
PERSON = "zhangsan@example.gov.cn"


class Sink:
    """Takes mail, or answers as it is told."""

    def __init__(self):
        self.mails, self.to_sender, self.to_recipient, self.to_data = [], "250 OK", "250 OK", "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.to_sender.startswith("250"):
            envelope.mail_from = address
        return self.to_sender

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server, session, envelope):
        if self.to_data.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.to_data


@pytest.fixture(scope="module")
def controller():
    controller = Controller(Sink(), hostname="127.0.0.1", port=0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def sink(controller, settings):
    reach(settings, controller.port)
    controller.handler.__init__()
    return controller.handler


def reach(settings, port, **changes):
    settings.EMAIL_BACKEND = "tasks.channels.bounded_smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.CHANNEL_TIMEOUT = settings.EMAIL_TIMEOUT = 0.3
    settings.CHANNEL_SECONDS = 0.4
    for name, value in changes.items():
        setattr(settings, name, value)


def send(**changes):
    return Mail().send(outgoing(address=PERSON, **changes))


def refusal(**changes):
    with pytest.raises(NotSent) as caught:
        send(**changes)
    return caught.value


def test_text_and_html_arrive_under_a_message_id_that_stays_the_same(sink, settings):
    settings.DEFAULT_FROM_EMAIL = "noreply@qa.example.gov.cn"
    assert [send().reference for _ in range(2)] == ["d1@qa.example.gov.cn"] * 2
    first, second = sink.mails
    assert first["Message-ID"] == second["Message-ID"] == "<d1@qa.example.gov.cn>"
    assert (first["Subject"], first["To"], first["From"]) == ("督办提醒：逾期1项", PERSON, "noreply@qa.example.gov.cn")
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_body(("plain",)).get_content().splitlines() == ["张三：", "逾期1项。"]
    assert first.get_body(("html",)).get_content().strip() == "<p>张三：</p>"


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        ("550 no such user", True),
        ("550 5.1.1 mailbox unknown", True),
        ("552 5.2.2 mailbox full", True),
        ("553 bad name", True),
        ("451 try later", False),
        ("421 too busy", False),
        ("554 5.7.1 relay access denied", False),
        ("550 5.1.8 sender's domain not found", False),
        ("553 sender address rejected", False),
        ("550 5.7.23 SPF", False),
    ],
)
def test_only_the_recipient_s_own_fault_is_for_good(sink, answer, permanent):
    sink.to_recipient = answer
    refused = refusal()
    assert (refused.permanent, answer[:3] in refused.reason, sink.mails) == (permanent, True, [])


@pytest.mark.parametrize(("answer", "permanent"), [("554 spam", False), ("552 too large", True), ("452 full", False)])
def test_refused_content_is_for_good_where_the_message_is_too_large(sink, answer, permanent):
    sink.to_data = answer
    refused = refusal()
    assert (refused.permanent, answer[:3] in refused.reason) == (permanent, True)


@pytest.mark.parametrize(
    ("to_sender", "to_recipient", "said"),
    [
        ("250 OK", "250 OK", ""),
        ("250 OK", "550 5.1.1 noreply is no mailbox", ""),
        ("553 5.1.8 domain of sender not found", "250 OK", "发件地址被拒绝，代码 553"),
        ("250 OK", "554 5.7.1 relay access denied", "发件地址被拒绝，代码 554"),
    ],
)
def test_the_server_is_asked_whether_it_takes_the_sender_and_gets_no_mail(sink, to_sender, to_recipient, said):
    sink.to_sender, sink.to_recipient = to_sender, to_recipient
    answer = server_refuses_sender()
    assert (answer.startswith(said), bool(answer), sink.mails) == (True, bool(said), [])


@pytest.mark.parametrize("address", ["", "13800000000"])
def test_without_an_address_nothing_is_tried(sink, address):
    with pytest.raises(NotSent) as caught:
        Mail().send(outgoing(address=address))
    assert caught.value.permanent


@pytest.mark.parametrize(
    "changes", [{"address": "a@b.cn\nBcc: c@d.cn"}, {"subject": "提醒\r\nBcc: c@d.cn"}, {"address": "a@" + "长" * 99}]
)
def test_a_line_break_adds_no_header(sink, changes):
    with pytest.raises(NotSent) as caught:
        Mail().send(outgoing(**{"address": PERSON, **changes}))
    assert caught.value.permanent
    assert sink.mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_refused_password_is_for_now_and_in_no_reason(settings, caplog):
    def says_it_again(server, session, envelope, mechanism, data):
        return AuthResult(success=False, handled=False, message=f"535 no: {data.password.decode()}")

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(
        Sink(), "127.0.0.1", port=port, authenticator=says_it_again, auth_require_tls=False, auth_required=True
    )
    controller.start()
    try:
        reach(settings, port, EMAIL_HOST_USER="qa", EMAIL_HOST_PASSWORD=PASSWORD)
        caplog.set_level(logging.DEBUG)
        refused = refusal()
    finally:
        controller.stop()
    assert (refused.permanent, "535" in refused.reason, refused.__context__) == (False, True, None)
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # the server's own
    assert PASSWORD not in "".join(traceback.format_exception(refused) + ours)


# ── servers that misbehave ───────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def talking(behave: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """The port of a server that does this with its connections, and nothing else."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    behave(connection, over)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def hangs(connection, over):
    over.wait(20)


def hangs_later(connection, over):
    connection.sendall(b"220 ready\r\n")
    over.wait(20)


def drips(connection, over):
    while not over.wait(0.02):
        connection.sendall(b"2")


def talks_http(connection, over):
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def half_closes(connection, over):
    connection.sendall(b"220 ready\r\n")
    connection.shutdown(socket.SHUT_WR)
    over.wait(20)


def closes_at_once(connection, over):
    pass


def says_goodbye(connection, over):
    connection.sendall(b"421 closing\r\n")


@pytest.mark.parametrize("behave", [hangs, hangs_later, drips, talks_http, half_closes, closes_at_once, says_goodbye])
def test_a_server_that_misbehaves_holds_nobody_for_long_and_is_tried_again(settings, behave):
    with talking(behave) as port:
        reach(settings, port)
        started = time.monotonic()
        refused = refusal()
    assert time.monotonic() - started < 15  # it would be for ever
    assert not refused.permanent
    assert refused.__context__ is None


def test_tls_with_a_server_that_has_none_is_refused_in_time(settings):
    with talking(hangs) as port:
        reach(settings, port, EMAIL_USE_SSL=True)
        assert not refusal().permanent


def test_nobody_listens(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        reach(settings, taken.getsockname()[1])
        assert refusal().reason == "邮件服务器拒绝连接。"
