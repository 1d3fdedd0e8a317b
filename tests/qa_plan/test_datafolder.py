"""What is wrong with an installation's folder is one sentence, at the start."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from django.core.exceptions import ImproperlyConfigured

from qa_plan import datafolder
from qa_plan.datafolder import alone_on, data_folder, secret_key, trial
from tests.services.server import free_port
from tests.support.processes import marked_environment


def test_a_folder_is_made_with_those_above_it(tmp_path):
    assert data_folder(str(tmp_path / "a" / "b")).is_dir()


def test_a_folder_that_cannot_be_made_is_told_with_its_cause(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="路径中有一段不是文件夹"):
        data_folder(str(tmp_path / "file" / "var"))


def test_a_folder_that_takes_no_files_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda folder, wanted: False)  # root may write into any folder of the tests
    with pytest.raises(ImproperlyConfigured, match="不可写"):
        data_folder(str(tmp_path))


def test_the_key_is_made_once_and_is_its_owners(tmp_path):
    key = secret_key(tmp_path)
    assert len(key) == 50
    assert secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_whoever_starts_at_the_same_moment_has_the_same_key(tmp_path):
    keys = []
    starts = [Thread(target=lambda: keys.append(secret_key(tmp_path))) for _ in range(20)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(keys) == 20
    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", ["", "\n", "  "])
def test_an_empty_key_is_refused_with_what_to_do(tmp_path, content):
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(ImproperlyConfigured, match="备份"):
        secret_key(tmp_path)


def test_a_full_disk_is_known_by_trying(tmp_path, monkeypatch):
    assert trial(tmp_path) == ""
    assert trial(tmp_path / "gone") == "文件或文件夹不存在"

    def is_full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(datafolder.os, "fsync", is_full)
    assert trial(tmp_path) == "磁盘已满"


def test_one_installation_runs_upon_a_folder_at_a_time(tmp_path):
    with alone_on(tmp_path) as first:
        assert first
        with alone_on(tmp_path) as second:
            assert not second
    with alone_on(tmp_path) as later:
        assert later


def run(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "run", "--port", str(free_port())],
        env=marked_environment(DATABASE_URL=None, REDIS_URL=None, SECRET_KEY=None, QA_PLAN_VAR=str(folder)),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_second_run_upon_the_same_data_says_so_and_starts_nothing(tmp_path):
    with alone_on(tmp_path):
        ended = run(tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "已有一套系统在运行" in ended.stderr


def test_an_empty_key_ends_a_command_in_one_line(tmp_path):
    (tmp_path / "secret_key").touch()
    ended = run(tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "是空的" in ended.stderr
