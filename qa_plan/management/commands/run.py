"""`manage.py run`: the whole product with one command, until Ctrl-C."""

import gc
import http.client
import io
import socket
import sys
import time
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser
from django.db import connection, connections
from django.shortcuts import resolve_url

from qa_plan.addresses import is_loopback, public_site
from qa_plan.backup.databases import is_behind, refuse_foreign
from qa_plan.commands import OfficeCommand, cause_of
from qa_plan.datafolder import alone_on, trial
from qa_plan.supervisor import Program, ProgramEnded, run_together, say

HOST = "127.0.0.1"
# Redis serves worker processes. A queue in the file system is polled, by threads, and knows no other workers.
WITH_REDIS = "--pool prefork"
WITH_FILES = "--pool threads --without-gossip --without-mingle --without-heartbeat"
BUFFERED = "--worker-class qa_plan.web.Worker"
QUIET_WEB = "--graceful-timeout 10 --log-level warning --no-control-socket"
CELERY = "-m celery --skip-checks -A qa_plan -q"  # this command has looked, before it began anything
AS_ROOT = "-W ignore::UserWarning:celery.platforms"  # whoever starts this as root is in a container, or knows


class Command(OfficeCommand):
    help = "准备数据库，同时运行网页、后台任务和定时程序，按 Ctrl-C 停止。"
    requires_system_checks = []  # once the port is known to be free

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=HOST, help="监听地址；0.0.0.0 允许其他机器访问，主机名写入 ALLOWED_HOSTS")
        parser.add_argument("--port", type=int, default=8000, help="端口，默认8000")

    def handle(self, *, host: str, port: int, **options: object) -> None:
        with alone_on(settings.VAR_DIR) as alone, reserved(host, port) as listener, suppress(KeyboardInterrupt):
            if not alone:
                raise CommandError(
                    f"数据目录 {settings.VAR_DIR} 已有一套系统在运行，请先停止，或以 QA_PLAN_VAR 另设目录。"
                )
            if hindrance := trial(settings.VAR_DIR):
                raise CommandError(f"数据目录 {settings.VAR_DIR} 无法写入（{hindrance}），请处理后重新启动。")
            self.check()
            gc.freeze()  # what is loaded need not be taken apart at the end
            prepare()
            Thread(target=announce, args=(host, port, setup_address(host, port)), daemon=True).start()
            try:
                run_together(programs(listener))
            except ProgramEnded as ended:
                raise CommandError(
                    f"{ended.program.name} 意外退出（代码{ended.code}），已全部停止。"
                    f"原因见上面以 {ended.program.name} 开头的各行。"
                ) from ended
        say("已停止。")


def reserved(host: str, port: int) -> socket.socket:
    """A socket bound to the port. The web server inherits it, so from here on nobody else can take the port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as refusal:
        listener.close()
        raise CommandError(
            f"端口 {port} 不可用（{cause_of(refusal)}），请用 make run PORT=8001 换一个端口。"
        ) from refusal
    return listener


def prepare() -> None:
    """Brings the database up to date and, in a demonstration, fills it once. Safe to repeat, and to interrupt."""
    say("正在准备数据库……")
    refuse_foreign(connection)
    if settings.EMBEDDED and not settings.QA_PLAN_DEMO and is_behind(connection):
        call_command("backup")
    call_command("migrate", verbosity=0, interactive=False)
    if settings.QA_PLAN_DEMO:
        call_command("load_demo", if_empty=True)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if not settings.WHITENOISE_USE_FINDERS:
        call_command("collectstatic", verbosity=0, interactive=False)
    connections.close_all()


def programs(listener: socket.socket) -> list[Program]:
    fd = listener.fileno()
    pool = WITH_REDIS if settings.REDIS_URL else WITH_FILES
    web = f"-m gunicorn qa_plan.wsgi --bind fd://{fd} --preload --workers 2 --threads 4 {BUFFERED} {QUIET_WEB}"
    worker = f"{AS_ROOT} {CELERY} worker --loglevel WARNING --concurrency 2 {pool}"
    beat = f"{CELERY} beat --loglevel WARNING --pidfile="
    polite = ("nice", "-n", "10", *python(worker))  # pages come first: people wait for them
    return [Program("web", python(web), (fd,)), Program("worker", polite), Program("beat", python(beat))]


def python(arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments.split())


def site_of(host: str, port: int) -> str:
    """Where people open the product: as it is configured, else at the host on which it listens, else here."""
    here = f"http://{host}:{port}"
    site = public_site(f"http://{HOST}:{port}" if is_loopback(here) else here)
    is_direct = host != HOST and not (settings.HTTPS or settings.SITE_URL_GIVEN)  # with no proxy before it
    return f"{site}:{port}" if is_direct and urlsplit(site).port is None else site


def setup_address(host: str, port: int) -> str:
    """Where the first account is made, for as long as there is none; "" afterwards."""
    said = io.StringIO()
    call_command("setup_address", if_empty=True, site=site_of(host, port), stdout=said)
    connections.close_all()
    return said.getvalue().strip()


def announce(host: str, port: int, first_account: str = "") -> None:
    """Says where the product is as soon as a page really answers; an empty one, where its first account is made."""
    while not answers(port):
        time.sleep(0.1)
    say(f"已就绪，请用浏览器打开；按 Ctrl-C 停止。Ready at {site_of(host, port)}/")
    if first_account:
        say(f"设立首个账号（一次性地址，24小时内有效）：{first_account}")


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", resolve_url(settings.LOGIN_URL))
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
