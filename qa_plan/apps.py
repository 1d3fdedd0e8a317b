from django.apps import AppConfig

from qa_plan.untranslated import say_in_chinese


class QaPlanConfig(AppConfig):
    """The ground; what Django's own pages still say in English is said in Chinese from the start."""

    name = "qa_plan"

    def ready(self) -> None:
        say_in_chinese()
