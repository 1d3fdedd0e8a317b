import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from qa_plan.counters import shared

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_plan.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # now, and not while somebody waits for the first page
import_string(settings.WEB_STARTS_WITH)()
shared()  # before any process is forked
gc.freeze()  # what is loaded stays: no collection need look at it, and processes that are forked share it
