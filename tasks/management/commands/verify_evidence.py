from argparse import ArgumentParser
from datetime import timedelta

from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.utils import timezone

from qa_plan.commands import OfficeCommand
from tasks.models import Blob, Evidence
from tasks.standing.storage_audit import faults, unused


class Command(OfficeCommand):
    help = "逐个核对佐证材料的文件与登记的校验码，有缺失或不符的以1退出；恢复备份后请执行一次。不写数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sweep", action="store_true", help="删除上传中断遗留、一天以上无人使用的文件")

    def handle(self, *, sweep: bool, **options: object) -> None:
        # Files have the storage's real time, whatever day the product shows.
        for name in unused(timezone.now() - timedelta(days=1)):
            if sweep:
                default_storage.delete(name)
            self.stdout.write(f"{'已删除' if sweep else '无人使用'}：{name}")
        damaged = list(faults())
        for blob, problem in damaged:
            uploads = "、".join(Evidence.objects.filter(blob=blob).values_list("name", flat=True))
            self.stderr.write(f"{problem}：{blob.sha256}（{uploads}）")
        if damaged:
            raise CommandError(f"{len(damaged)}个文件有问题。")
        self.stdout.write(f"共{Blob.objects.count()}个文件，全部完好。")
