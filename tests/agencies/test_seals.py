"""Beside the chains: an SM3 for each row where the settings ask for it, and signed ends that lie elsewhere."""

import hashlib
import json
import stat
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from agencies import changes, security
from agencies.changes import hash_of, note, recording
from agencies.models import Change, ChangeChain, SecurityEvent
from agencies.seals import own_public_key
from agencies.security import Kind, give_up_old, record
from qa_plan.bounds import digest_at_hand
from tests.support.factories import make_agency, make_user, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = moment("2016-10-12 10:00")


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"


def say(*actions):
    agency = make_agency()
    for action in actions:
        with recording():
            note(action, agency, by=None, at=NOW)


@contextmanager
def unguarded():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE agencies_change DISABLE TRIGGER facts_stay")
        else:
            cursor.execute("DROP TRIGGER agencies_change_no_update")
    yield


def verified(**options):
    out = StringIO()
    call_command("verify_changes", stdout=out, **options)
    return out.getvalue().splitlines()


def reckoned_anew():
    """As somebody does it who has the database's password: the whole record with other words, one chain again."""
    last, rows = changes.START, list(Change.objects.order_by("pk"))
    for row in rows:
        row.reason, row.previous_hash = "改写", last
        row.hash = last = hash_of(row)
    with unguarded():
        for row in reversed(rows):
            row.save()
    ChangeChain.objects.update(head=last)


# ── SM3 ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_have_an_sm3_only_while_the_settings_ask_for_it_and_all_of_them_hold(settings):
    say("甲")
    settings.RECORD_SM3 = True
    say("乙", "丙")
    settings.RECORD_SM3 = False
    say("丁")
    settings.RECORD_SM3 = True
    say("戊")
    have = [bool(row.sm3) for row in Change.objects.order_by("pk")]
    assert have == [False, True, True, False, True]
    verdict = changes.verify()
    assert (verdict.count, verdict.problem, verdict.sm3) == (5, "", Change.objects.first().sm3)
    assert f"（SM3：{verdict.sm3}）" in verified()[0]


@pytest.mark.parametrize(
    ("altered", "named"), [({"sm3": "0" * 64}, 1), ({"sm3": None}, 2)], ids=["another", "taken away"]
)
def test_an_sm3_that_was_altered_or_taken_away_is_missed(settings, altered, named):
    settings.RECORD_SM3 = True
    say("甲", "乙", "丙")
    rows = list(Change.objects.order_by("pk"))
    with unguarded():
        Change.objects.filter(pk=rows[1].pk).update(**altered)
    assert changes.verify().broken == rows[named]


def test_a_last_sm3_that_is_gone_is_missed(settings):
    settings.RECORD_SM3 = True
    say("甲", "乙")
    with unguarded():
        Change.objects.filter(pk=Change.objects.first().pk).update(sm3=None)
    assert changes.verify().problem == "末尾的SM3校验码与登记的不符"


def test_the_sm3_of_the_security_log_goes_on_where_old_rows_were_given_up(settings):
    settings.RECORD_SM3 = True
    user = make_user()
    for days in (900, 800, 10):
        record(Kind.SIGNED_IN, by=user, at=NOW - timedelta(days=days))
    assert security.verify().problem == ""
    assert give_up_old(at=NOW) == 2
    verdict = security.verify()
    assert (verdict.count, verdict.before, verdict.problem) == (1, 2, "")
    assert verdict.sm3 == SecurityEvent.objects.get().sm3


def test_a_python_without_sm3_refuses_to_start_in_one_sentence(monkeypatch):
    def absent(name):
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", absent)
    assert digest_at_hand(False) is False
    with pytest.raises(ImproperlyConfigured, match="OpenSSL 不提供 SM3"):
        digest_at_hand(True)


# ── signed ends ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signed_end_is_found_again_when_rows_came_after_it(settings, tmp_path):
    settings.RECORD_SM3 = True
    say("甲")
    record(Kind.SIGNED_IN, by=make_user(), at=NOW)
    file = tmp_path / "末行.json"
    assert f"公钥{own_public_key()}" in verified(sign=file)[-1]
    kept = settings.KEYS_DIR / "record_signing_key"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (kept, file)] == [0o600, 0o600]
    say("乙")
    assert verified(check=file)[-1].endswith("当时的末行均仍在。")


def test_nothing_is_signed_over_what_was_signed_before(tmp_path):
    file = tmp_path / "末行.json"
    verified(sign=file)
    before = file.read_bytes()
    with pytest.raises(CommandError, match="已存在"):
        verified(sign=file)
    assert file.read_bytes() == before


def test_a_record_that_was_reckoned_anew_holds_by_itself_and_not_against_what_was_signed(tmp_path):
    say("甲", "乙")
    file = tmp_path / "末行.json"
    verified(sign=file)
    reckoned_anew()
    assert changes.verify().problem == ""
    with pytest.raises(CommandError, match="签名之后记录被重写过"):
        verified(check=file)


def test_a_signed_file_that_was_altered_or_that_another_key_signed_is_refused(settings, tmp_path):
    file, other = tmp_path / "末行.json", tmp_path / "另.json"
    verified(sign=file)
    known = own_public_key()
    whole = json.loads(file.read_text())
    whole["statement"]["record"]["rows"] = 7
    other.write_text(json.dumps(whole))
    with pytest.raises(CommandError, match="签名不符"):
        verified(check=other)
    other.write_text("[]")
    with pytest.raises(CommandError, match="不是签名文件"):
        verified(check=other)
    settings.KEYS_DIR = tmp_path / "elsewhere"
    with pytest.raises(CommandError, match="没有签名密钥"):
        verified(check=file)
    assert verified(check=file, key=known)[-1].startswith("签名有效")
    with pytest.raises(CommandError, match="签名不符"):
        verified(check=file, key="ab" * 32)
    with pytest.raises(CommandError, match="无法读写"):
        verified(check=tmp_path / "nirgends", key=known)


def test_a_signed_end_of_the_log_that_was_given_up_by_age_is_said_to_be(tmp_path):
    user, file = make_user(), tmp_path / "末行.json"
    record(Kind.SIGNED_IN, by=user, at=NOW - timedelta(days=900))
    record(Kind.SIGNED_IN, by=user, at=NOW - timedelta(days=800))
    verified(sign=file)
    record(Kind.SIGNED_IN, by=user, at=NOW)
    give_up_old(at=NOW - timedelta(days=500))
    assert verified(check=file)[-1].endswith("当时的末行均仍在。")
    give_up_old(at=NOW)
    record(Kind.SIGNED_OUT, by=user, at=NOW)
    assert verified(check=file)[-1].endswith("均仍在。")
    give_up_old(at=NOW + timedelta(days=500))
    assert "安全日志的已按期清理" in verified(check=file)[-1]
