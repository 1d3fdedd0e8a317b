from typing import Any

from qa_plan import clock
from qa_plan.commands import OfficeCommand
from tasks.models import ImportDraft
from tasks.workflow.proofs import read_waiting


class Command(OfficeCommand):
    help = "读取等候读取的公文（较大的文件由后台读取，队列中断后可用本命令补读）。重复运行不作任何改动。"

    def handle(self, **options: Any) -> None:
        states = (ImportDraft.State.WAITING, ImportDraft.State.READING)
        waiting = ImportDraft.objects.filter(state__in=states).values_list("pk", flat=True)
        read = sum(read_waiting(pk, at=clock.now()) for pk in list(waiting))
        self.stdout.write(f"已读取{read}份公文。")
