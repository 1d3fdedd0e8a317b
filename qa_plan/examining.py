"""What is wrong with an installation's settings and its machine, found before people find it. No rows are asked."""

import resource
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.template.defaultfilters import filesizeformat
from kombu.exceptions import OperationalError

from qa_plan.addresses import is_loopback
from qa_plan.backup.databases import kind_of, migrations_of, pending_migrations, unknown_migrations
from qa_plan.celery import app
from qa_plan.checks import sender_refusal
from qa_plan.commands import cause_of
from qa_plan.datafolder import trial
from qa_plan.signon import LDAP

OK, WARN, FAIL = "正常", "注意", "错误"
OLDEST_POSTGRES = 140000
FREE_WARN, FREE_FAIL = 5 * 1024**3, 512 * 1024**2  # bytes
DESCRIPTORS = 4096  # a web process may have 2,000 connections
KEY_LENGTH = 50
CLOCKS_APART = 5  # seconds


class Line(NamedTuple):
    """One thing that was looked at: how it is, and what to do where it isn't as it should be."""

    verdict: str
    what: str
    advice: str = ""


def one(what: str, *, fail: str = "", warn: str = "") -> Line:
    """The worse of what was found, else that it is well."""
    return Line(FAIL, what, fail) if fail else Line(WARN, what, warn) if warn else Line(OK, what)


def of_settings() -> Iterator[Line]:
    serves = not settings.EMBEDDED
    yield one("调试页（DEBUG）", fail="请关闭 DEBUG：出错页会显示内部信息。" if settings.DEBUG else "")
    yield _key()
    yield _hosts()
    yield one(
        "加密传输（HTTPS）",
        warn="没有启用 HTTPS，口令在网络上以明文传输；确为隔离内网的可以不理会。"
        if serves and not settings.HTTPS
        else "",
    )
    behind = settings.BEHIND_PROXY or not settings.HTTPS
    yield one("前置代理（BEHIND_PROXY）", warn="" if behind else _proxy_advice())
    yield _site()
    yield one("发件地址（EMAIL_FROM）", fail=sender_refusal())
    yield one(
        "演示模式（QA_PLAN_DEMO）",
        warn="这是演示系统：登录页列出账号和口令，日期固定。正式使用请设 QA_PLAN_DEMO=0。"
        if settings.QA_PLAN_DEMO
        else "",
    )
    if settings.EXTERNAL_SERVERS:
        yield one("外部登录", warn=_outside_advice())
    frozen = settings.QA_PLAN_TODAY is not None and not settings.QA_PLAN_DEMO
    yield one("系统日期（QA_PLAN_TODAY）", fail="日期被固定，期限和提醒都不会推进，请取消设置。" if frozen else "")


def _key() -> Line:
    key, what = settings.SECRET_KEY, "密钥（SECRET_KEY）"
    if len(key) < KEY_LENGTH or len(set(key)) < 5 or key.startswith("django-insecure"):
        return Line(FAIL, what, f"密钥太弱，请换成{KEY_LENGTH}个以上随机字符，所有人员须重新登录。")
    path = settings.VAR_DIR / "secret_key"
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Line(WARN, what, f"其他用户可以读取 {path}，请执行 chmod 600。")
    return Line(OK, what)


def _hosts() -> Line:
    hosts, what = settings.ALLOWED_HOSTS, "允许的主机名（ALLOWED_HOSTS）"
    if not hosts:
        return Line(FAIL, what, "没有设置，任何页面都打不开；请写上使用的域名或地址。")
    return one(what, warn="“*”允许任何主机名，请写上使用的域名或地址。" if "*" in hosts else "")


def _proxy_advice() -> str:
    return "启用了 HTTPS 而没有设 BEHIND_PROXY：TLS 由前置代理终止的，请设为1，否则会反复跳转。"


def _outside_advice() -> str:
    """Over a connection that isn't encrypted somebody on the way can say that it was anybody."""
    starts_tls = settings.DIRECTORY is not None and settings.DIRECTORY.starts_tls
    plain = [
        settings.EXTERNAL_WAYS.get(way, way)
        for way, server in settings.EXTERNAL_SERVERS.items()
        if server.startswith(("http://", "ldap://")) and not is_loopback(server) and not (way == LDAP and starts_tls)
    ]
    return f"{'、'.join(plain)}没有加密，途中的人可以冒充任何人，请改用 https:// 或 ldaps://。" if plain else ""


def _site() -> Line:
    said = f"消息中的链接指向本机（{settings.SITE_URL}），收到的人打不开，请设 SITE_URL。"
    return one("链接地址（SITE_URL）", warn=said if is_loopback(settings.SITE_URL) and not settings.EMBEDDED else "")


def of_machine() -> Iterator[Line]:
    folder = settings.VAR_DIR
    hindrance = trial(folder)
    yield one(f"数据目录 {folder}", fail=f"无法写入（{hindrance}）。" if hindrance else "")
    yield _room(folder)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = soft != resource.RLIM_INFINITY and soft < DESCRIPTORS
    yield one(
        "可同时打开的文件数", warn=f"只有{soft}，请以 ulimit -n 或 LimitNOFILE 调到{DESCRIPTORS}以上。" if few else ""
    )
    yield one("文件存储", fail=_storage())
    if not settings.WHITENOISE_USE_FINDERS:
        there = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
        yield one("静态文件", fail="" if there else "尚未整理，页面打不开：请执行 manage.py collectstatic --noinput。")
    office = shutil.which("soffice") or shutil.which("libreoffice")
    yield Line(OK, "旧格式公文", "" if office else "没有装 LibreOffice，doc、wps 等旧格式须先另存为 docx。")
    yield one("后台队列", fail=broker_refusal())


def _room(folder: Path) -> Line:
    free = shutil.disk_usage(folder).free
    said = f"只剩 {filesizeformat(free)}，请清理或扩容。"
    return one("磁盘空间", fail=said if free < FREE_FAIL else "", warn=said if free < FREE_WARN else "")


def _storage() -> str:
    """Why evidence can't be stored; "" where a file can be written, read and removed."""
    try:
        name = default_storage.save("check-installation", ContentFile(b"trial"))
        try:
            with default_storage.open(name) as file:
                return "" if file.read() == b"trial" else "写入后读出的内容不同。"
        finally:
            default_storage.delete(name)
    except Exception as error:  # each storage has errors of its own
        return f"佐证材料无法写入（{cause_of(error) if isinstance(error, OSError) else type(error).__name__}）。"


def broker_refusal() -> str:
    """Why no job can be queued, in Chinese; "" where the broker answers."""
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0.1, timeout=2)
    except (OperationalError, OSError):
        return "连接不上，请检查 REDIS_URL 和 Redis 服务。"
    return ""


def of_database() -> Iterator[Line]:
    """Raises DatabaseError where it can't be reached."""
    connection.ensure_connection()
    yield Line(OK, "数据库连接")
    if connection.vendor == "postgresql":
        yield from _of_postgres()
    else:
        yield one("数据库类型", warn="" if settings.EMBEDDED else "多人使用请用 PostgreSQL。")
    if unknown := unknown_migrations(migrations_of(connection)):
        yield Line(FAIL, "数据库结构", f"由其他版本建立或升级（{unknown[0]}），请换用相应的版本。")
    else:
        behind = pending_migrations(connection)
        yield one("数据库结构", fail=f"差{behind}步未升级，请停止系统后运行 manage.py upgrade。" if behind else "")
    missing = kind_of(connection).programs(connection)
    yield one("备份程序", fail=missing)


def _of_postgres() -> Iterator[Line]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), now()")
        version, encoding, theirs = cursor.fetchone()
    yield one("数据库版本", fail="低于 PostgreSQL 14，请升级数据库。" if version < OLDEST_POSTGRES else "")
    yield one("数据库编码", fail=f"是 {encoding}，请以 UTF8 编码重建数据库。" if encoding != "UTF8" else "")
    apart = abs(time.time() - theirs.timestamp())
    yield one(
        "时钟", warn=f"本机与数据库主机的时钟相差{int(apart)}秒，请启用时间同步。" if apart > CLOCKS_APART else ""
    )


def looked_at() -> Iterator[Line]:
    """All of it; a database that can't be reached is one line of it."""
    yield from of_settings()
    yield from of_machine()
    try:
        yield from of_database()
    except DatabaseError as error:
        yield Line(FAIL, "数据库连接", f"连接不上，请检查 DATABASE_URL 和数据库服务（{str(error).strip()[:200]}）。")
