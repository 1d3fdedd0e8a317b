"""What an installation is by its settings."""

import brotli
import pytest
from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

from qa_plan import settings
from qa_plan.sender import sender
from qa_plan.staticfiles import QUALITY, Storage


def test_passwords_are_hashed_as_django_advises():
    """Asked of the file itself: the tests hash quickly."""
    assert getattr(settings, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS) == global_settings.PASSWORD_HASHERS


def test_static_files_are_compressed_quickly():
    data = b"body { margin: 0 }\n" * 200
    assert Storage().create_compressor(quiet=True).compress_brotli(data) == brotli.compress(data, quality=QUALITY)
    assert brotli.compress(data, quality=QUALITY) != brotli.compress(data)


@pytest.mark.parametrize("text", ["x@y.cn", "办公室 <x@y.cn>", '"平台,办公室" <x@y.cn>'])
def test_a_sender_is_one_address(text):
    assert sender(text) == text


@pytest.mark.parametrize(
    "text", ["平台,办公室 <x@y.cn>", "a@y.cn, b@y.cn", "办公室", "", "x@y.cn\nBcc: z@y.cn", "<x@>"]
)
def test_a_sender_that_is_none_or_several_is_refused_at_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM"):
        sender(text)


def test_browsers_are_told_where_to_report_only_where_there_is_a_collector(client, db, settings):
    policy = {name: list(values) for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items() if values}
    assert "report-uri" not in client.get("/accounts/login/").headers["Content-Security-Policy"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "report-uri": ["https://csp.example.gov.cn/"]}}
    told = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "report-uri https://csp.example.gov.cn/" in told
    assert "default-src 'self'" in told
