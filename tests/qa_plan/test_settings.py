"""What an installation is by its settings."""

import brotli
from django.conf import global_settings

from qa_plan import settings
from qa_plan.staticfiles import QUALITY, Storage


def test_passwords_are_hashed_as_django_advises():
    """Asked of the file itself: the tests hash quickly."""
    assert getattr(settings, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS) == global_settings.PASSWORD_HASHERS


def test_static_files_are_compressed_quickly():
    data = b"body { margin: 0 }\n" * 200
    assert Storage().create_compressor(quiet=True).compress_brotli(data) == brotli.compress(data, quality=QUALITY)
    assert brotli.compress(data, quality=QUALITY) != brotli.compress(data)
