from django.apps import AppConfig
from django.core import checks

from qa_plan.checks import check_sender
from qa_plan.untranslated import say_in_chinese


class QaPlanConfig(AppConfig):
    """The ground; what Django still says in English is said in Chinese, and a useless sender stops the start."""

    name = "qa_plan"

    def ready(self) -> None:
        say_in_chinese()
        checks.register(check_sender)
