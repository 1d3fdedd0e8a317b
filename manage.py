#!/usr/bin/env python
"""The one entrance for commands: migrate, run, import_notice, load_demo …"""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_plan.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from qa_plan.version import VERSION

    if sys.argv[1:] in (["version"], ["--version"]):  # Django would tell its own
        sys.exit(print(VERSION))
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        sys.exit(str(wrong))
