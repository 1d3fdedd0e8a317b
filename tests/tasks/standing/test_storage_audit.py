"""Taking stock: what is missing or altered is named, and what nobody uses can be swept away."""

import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.support import uploads
from tests.support.factories import moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOW = moment("2016-10-12 10:00")


@pytest.fixture
def kept(lead, lead_liaison, settings, tmp_path):
    """Two files, and where they lie."""
    settings.MEDIA_ROOT = tmp_path
    made = [
        uploads.kept(lead, lead_liaison, at=NOW),
        uploads.kept(lead, lead_liaison, at=NOW, name="照片.jpg", data=uploads.JPG),
    ]
    return [tmp_path / evidence.blob.file.name for evidence in made]


def verify(*options):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_evidence", *options, stdout=out, stderr=err)
    except CommandError as error:
        return str(error), err.getvalue()
    return out.getvalue(), err.getvalue()


def left_over(folder: Path, *, days: float) -> Path:
    """What a process left that was killed in the middle of an upload, so many days ago."""
    path = folder / "rest"
    path.write_bytes(b"half")
    then = time.time() - days * 86400
    os.utime(path, (then, then))
    return path


def test_whole_files_are_counted(kept):
    assert verify() == ("共2个文件，全部完好。\n", "")


def test_nothing_stored_is_nothing_wrong(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert verify() == ("共0个文件，全部完好。\n", "")


def test_a_missing_and_an_altered_file_are_named(kept):
    minutes, photo = kept
    minutes.unlink()
    photo.write_bytes(b"other")
    said, named = verify()
    assert said == "2个文件有问题。"
    assert [line.split("：")[0] for line in named.splitlines()] == ["文件缺失", "文件内容与登记的校验码不符"]
    assert "（纪要.pdf）" in named
    assert "（照片.jpg）" in named


def test_what_nobody_uses_is_named_and_swept_away_when_asked(kept):
    rest = left_over(kept[0].parent, days=2)
    assert f"无人使用：evidence/{rest.parent.name}/rest" in verify()[0]
    assert rest.exists()
    assert f"已删除：evidence/{rest.parent.name}/rest" in verify("--sweep")[0]
    assert not rest.exists()
    assert all(path.exists() for path in kept)


def test_an_upload_under_way_is_left_alone(kept):
    rest = left_over(kept[0].parent, days=0.5)
    assert verify("--sweep")[0] == "共2个文件，全部完好。\n"
    assert rest.exists()
