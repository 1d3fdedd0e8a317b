"""What a backup refuses to be, and what is refused as one."""

import errno
import gzip
import io
import sqlite3
import tarfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler

from agencies.changes import CHAIN
from qa_plan.backup import databases, making, postgres, restoring, sqlite
from qa_plan.backup.archive import Damaged, Manifest, Writer, checked, members
from qa_plan.backup.databases import has_begun, is_behind
from qa_plan.backup.making import archives, back_up
from qa_plan.datafolder import alone_on
from qa_plan.version import VERSION
from tasks.models import Heartbeat
from tests.support.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

AT = datetime(2016, 10, 12, 2, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ASKED = "SELECT 3, 'head'"
BOOK = Manifest("1.0.0", AT.isoformat(), "sqlite", False, True, "head", 3, {"tasks": ["0001_initial"]})


def packed(**parts: bytes) -> bytes:
    """An archive as it is written, with those members."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        writer = Writer(tar)
        for name, data in parts.items():
            writer.add(name, io.BytesIO(data), len(data))
        writer.end(BOOK)
    return target.getvalue()


def look(data: bytes) -> Manifest:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
        return checked(tar)


def test_an_archive_says_what_it_is_of_and_any_tar_opens_it():
    data = packed(database=b"rows", paper=b"x" * 3000)
    manifest = look(data)
    assert (manifest.head, manifest.changes, [part.name for part in manifest.parts]) == (
        "head",
        3,
        ["database", "paper"],
    )
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        assert [info.name for info, _ in members(tar)] == ["database", "paper", "manifest.json"]


def test_an_altered_a_shortened_and_a_mixed_archive_are_refused():
    whole = packed(database=b"rows" * 1000)
    altered = bytearray(whole)
    altered[1000] ^= 1
    for data, reason in (
        (bytes(altered), "database 的内容或大小已改变"),
        (whole[:4700] + bytes(1024), "没有清单"),
        (whole[:2500], "不完整"),
        (packed(a=b"1")[:1024] + whole, "缺失|与清单不符"),
        (packed(database=b"rows")[:1024] + packed(other=b"rows")[1024:], "与清单不符|缺失"),
    ):
        with pytest.raises(Damaged, match=reason):
            look(data)


class Dumping:
    """A database whose dump is those bytes."""

    data = b"rows"

    @classmethod
    def dump(cls, connection, target: Path, asked: str):
        target.write_bytes(cls.data)
        with connection.cursor() as cursor:
            cursor.execute(asked)
            return cursor.fetchone()


@pytest.fixture
def quick(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(making, "kind_of", lambda connection: Dumping)


def test_the_newest_backups_stay_and_nothing_else_in_the_folder_is_touched(quick, tmp_path):
    default_storage.save("evidence/ab/纪要.pdf", ContentFile(b"paper"))
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "qa-plan-notes.txt").write_text("mine")
    (folder / ".making-left").mkdir()  # of one that was killed
    made = [back_up(folder, at=AT, asked=ASKED, keep=2) for _ in range(3)]
    assert [each.removed for each in made] == [0, 0, 1]
    assert [path.name for path in archives(folder)] == ["qa-plan-20161012-023001.tar", "qa-plan-20161012-023002.tar"]
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith((".m", "qa-plan-n"))) == [
        "qa-plan-notes.txt"
    ]
    assert [part.name for part in made[-1].manifest.parts] == ["database", "files/evidence/ab/纪要.pdf"]
    assert "database" not in made[-1].manifest.head
    assert (made[-1].manifest.changes, made[-1].manifest.head) == (3, "head")


def test_a_backup_that_breaks_off_leaves_nothing_and_says_why(quick, monkeypatch, tmp_path):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Dumping, "dump", full)
    with pytest.raises(CommandError, match=r"备份没有完成，.+无法写入（磁盘已满）"):
        back_up(tmp_path, at=AT, asked=ASKED, keep=2)
    assert [path for path in tmp_path.iterdir() if path.name.startswith((".making", "qa-plan"))] == []


def test_a_disk_that_fills_up_under_the_copy_of_sqlite_is_said_to_be_full(monkeypatch, tmp_path):
    connect = sqlite3.connect
    with closing(connect(":memory:")) as large:
        large.execute("CREATE TABLE t AS SELECT zeroblob(100000)")

        def small(path):
            opened = connect(path)
            opened.execute("PRAGMA max_page_count = 5")
            return opened

        monkeypatch.setattr(sqlite3, "connect", small)
        with pytest.raises(OSError, match="full") as refusal:
            sqlite.dump(Mock(connection=large), tmp_path / "database", ASKED)
    assert refusal.value.errno == errno.ENOSPC


def test_a_sound_backup_is_not_called_broken_where_the_disk_is_full(monkeypatch, tmp_path):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    dumped = tmp_path / "database"
    with gzip.open(dumped, "wb") as file:
        file.write(b"SQLite format 3")
    monkeypatch.setattr(sqlite.shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        sqlite.refusal_of(connection, dumped)


def test_a_dump_that_is_none_is_refused(tmp_path):
    dumped = tmp_path / "database"
    for data in (b"rows", gzip.compress(b"rows" * 1000), gzip.compress(b"rows" * 1000)[:-9]):
        dumped.write_bytes(data)
        assert sqlite.refusal_of(connection, dumped) == "备份中的数据库无法打开", data[:4]


def test_a_file_that_cannot_be_read_is_named_and_not_the_folder_blamed(quick, monkeypatch, tmp_path):
    default_storage.save("evidence/ab/纪要.pdf", ContentFile(b"paper"))

    def refused(name):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(default_storage, "open", refused)
    with pytest.raises(CommandError, match=r"备份没有完成，文件 evidence/ab/纪要\.pdf 无法读取（没有权限）"):
        back_up(tmp_path / "backups", at=AT, asked=ASKED, keep=2)


def test_a_file_in_the_place_of_the_folder_is_said_to_be_one(quick, tmp_path):
    (tmp_path / "backups").write_text("mine")
    with pytest.raises(CommandError, match="无法写入（已有同名的文件）"):
        back_up(tmp_path / "backups", at=AT, asked=ASKED, keep=2)


def test_two_backups_into_one_folder_at_a_time_are_one(quick, tmp_path):
    with alone_on(tmp_path, making.LOCK), pytest.raises(CommandError, match="另一个备份正在写入"):
        back_up(tmp_path, at=AT, asked=ASKED, keep=2)


def test_the_key_goes_along_only_where_it_is_asked_for(quick, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "secret_key").write_text("s3cret")
    names = [
        [part.name for part in back_up(tmp_path, at=AT, asked=ASKED, keep=0, with_key=with_key).manifest.parts]
        for with_key in (False, True)
    ]
    assert names == [["database"], ["database", "secret_key"]]


@pytest.fixture
def backup(quick, tmp_path) -> Path:
    return back_up(tmp_path / "backups", at=AT, asked=ASKED, keep=1).path


@pytest.fixture
def at_rest(monkeypatch):
    """Nobody else is there, and nothing may be touched."""
    monkeypatch.setattr(postgres, "others", lambda connection: 0)
    monkeypatch.setattr(restoring, "restore", lambda *arguments: pytest.fail("It was touched."))


def test_an_installation_with_accounts_is_only_replaced_when_told(backup, at_rest):
    make_user("coordinator")
    with pytest.raises(CommandError, match=r"系统中已有数据，未作改动。.+--replace"):
        call_command("restore", backup)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"engine": "oracle"}, "备份来自 oracle 数据库"),
        ({"is_demo": True}, "演示数据与正式数据不能互相恢复"),
        (
            {"migrations": {"tasks": ["0999_later"]}, "version": "9.9"},
            r"版本 9\.9 制作，本版本没有其中的 tasks\.0999_later",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_touched(at_rest, tmp_path, monkeypatch, changes, reason):
    fits = {**vars(BOOK), "engine": connection.vendor}
    monkeypatch.setattr(f"{__name__}.BOOK", Manifest(**{**fits, **changes}))
    path = tmp_path / "qa-plan-20161012-000000.tar"
    path.write_bytes(packed(database=b"rows"))
    with pytest.raises(CommandError, match=reason):
        call_command("restore", path, replace=True)


def test_what_is_no_backup_is_said_in_a_sentence(at_rest, tmp_path):
    (tmp_path / "letter.tar").write_bytes(b"Dear all" * 200)
    for path, reason in (
        (tmp_path / "letter.tar", "不能使用：文件不完整或不是备份文件。现有数据未作改动。"),
        (tmp_path / "none.tar", "文件或文件夹不存在"),
        (tmp_path, "中没有备份文件"),
    ):
        with pytest.raises(CommandError, match=reason):
            call_command("restore", path)


def test_nothing_is_restored_while_the_installation_runs(backup, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with alone_on(tmp_path), pytest.raises(CommandError, match="系统正在运行，请先停止"):
        call_command("restore", backup)


def test_a_stored_file_is_written_back_under_its_name_and_left_where_it_is_the_same(quick):
    default_storage.save("evidence/a.pdf", ContentFile(b"same"))
    default_storage.save("evidence/b.pdf", ContentFile(b"otherwise"))
    data = packed(a=b"same", b=b"as it was", c=b"gone")
    before = default_storage.get_modified_time("evidence/a.pdf")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for info, content in members(tar):
            restoring._put(f"evidence/{info.name}.pdf", info.size, content)
    assert [default_storage.open(f"evidence/{name}.pdf").read() for name in "abc"] == [b"same", b"as it was", b"gone"]
    assert default_storage.get_modified_time("evidence/a.pdf") == before


class Bucket(Storage):
    """A storage without paths, that keeps all of a file or nothing."""

    def __init__(self, folder):
        self.kept = {}

    def exists(self, name):
        return name in self.kept

    def size(self, name):
        return len(self.kept[name])

    def delete(self, name):
        del self.kept[name]

    def _open(self, name, mode):
        return io.BytesIO(self.kept[name])

    def _save(self, name, content):
        self.kept[name] = content.read()
        return name


@pytest.mark.parametrize("storage", [FileSystemStorage, Bucket])
def test_a_stored_file_stays_until_its_replacement_is_whole(tmp_path, monkeypatch, storage):
    storage = storage(tmp_path)
    monkeypatch.setattr(restoring, "default_storage", storage)
    storage.save("a.pdf", ContentFile(b"older"))
    cut = Mock(wraps=io.BytesIO(b"newer"))
    cut.read.side_effect = OSError(28, "No space left on device")
    with pytest.raises(OSError, match="No space"):
        restoring._put("a.pdf", 6, cut)
    assert storage.open("a.pdf").read() == b"older"
    restoring._put("a.pdf", 5, io.BytesIO(b"newer"))
    assert storage.open("a.pdf").read() == b"newer"


def test_only_what_was_not_touched_is_said_to_be(backup):
    said = r"^恢复没有完成（磁盘已满），处理后请用备份文件 .+ 重新恢复。$"
    with pytest.raises(CommandError, match=said), restoring.opened(backup):
        raise OSError(28, "No space left on device")
    with pytest.raises(CommandError, match=r"^恢复没有完成（备份文件在写入期间被改动）"), restoring.opened(backup):
        raise tarfile.ReadError


def test_a_database_of_another_version_is_refused_in_one_sentence():
    MigrationRecorder(connection).record_applied("tasks", "0003_accepted_progress")
    with pytest.raises(
        CommandError, match=r"不能由本版本使用：其中有本版本没有的迁移 tasks\.0003_accepted_progress（共1个）"
    ):
        call_command("migrate", verbosity=0)


@pytest.mark.parametrize(
    ("said", "version"),
    [("pg_dump (PostgreSQL) 16.4 (Debian 16.4-1.pgdg120+1)", 16), ("pg_dump (PostgreSQL) 18beta1", 18), ("", 0)],
)
def test_the_version_of_postgres_s_programs_is_read(tmp_path, said, version):
    program = tmp_path / "pg_dump"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    assert postgres.version_of(str(program)) == version


def test_an_upgrade_wants_all_stopped_only_where_the_tables_change(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("tasks.management.commands.upgrade.Command._back_up", lambda *arguments: tmp_path)
    monkeypatch.setattr("tasks.management.commands.upgrade.Command._examine", lambda *arguments: None)
    with alone_on(tmp_path):
        call_command("upgrade", tmp_path, stdout=io.StringIO())
        recorded = MigrationRecorder(connection)
        recorded.record_unapplied("tasks", max(name for app, name in recorded.applied_migrations() if app == "tasks"))
        with pytest.raises(CommandError, match="系统正在运行，请先停止"):
            call_command("upgrade", tmp_path, stdout=io.StringIO())


def test_only_a_database_that_will_change_is_behind():
    assert not is_behind(connection)
    recorded = MigrationRecorder(connection)
    recorded.record_unapplied("tasks", max(name for app, name in recorded.applied_migrations() if app == "tasks"))
    assert is_behind(connection)


def test_a_first_migration_that_was_broken_off_leaves_nothing_to_back_up(tmp_path):
    handler = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "half")}})
    half = handler["default"]
    MigrationExecutor(half).migrate([("agencies", "0001_initial")])
    with half.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {CHAIN}")
    assert (has_begun(half), is_behind(half)) == (False, False)
    half.close()


def test_a_backup_can_be_made_where_the_tables_are_that_it_asks():
    assert {CHAIN, Heartbeat._meta.db_table} == databases.ASKED
    assert has_begun(connection)


def test_a_fault_of_the_installation_is_told_after_an_upgrade_that_is_done(settings, tmp_path, monkeypatch):
    def told(name, *arguments, **options):
        if name == "check_installation":
            raise CommandError("安装有错误。")

    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("tasks.management.commands.upgrade.call_command", told)
    monkeypatch.setattr("tasks.management.commands.upgrade.Command._back_up", lambda *arguments: tmp_path)
    out, err = io.StringIO(), io.StringIO()
    call_command("upgrade", tmp_path, stdout=out, stderr=err)
    assert out.getvalue().startswith(f"已是版本 {VERSION}，升级数据库0步。")
    assert "升级已经完成，不必退回。安装有错误。" in err.getvalue()


def test_a_backup_tells_its_installation_s_key_from_any_other(quick, settings, tmp_path):
    ours = back_up(tmp_path, at=AT, asked=ASKED, keep=0).manifest.key
    assert ours == making.key_fingerprint()
    settings.SECRET_KEY = "another" * 10
    assert ours != making.key_fingerprint()
    assert settings.SECRET_KEY not in ours
