from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path

from django.core.management.base import CommandError
from django.utils import timezone

from agencies import changes, security
from agencies.chain import Verdict
from agencies.seals import SealError, holds_still, opened, own_public_key, sealed, write_seal
from qa_plan.commands import OfficeCommand, cause_of


class Command(OfficeCommand):
    help = (
        "校验变更记录和安全日志的完整性：完整则打印行数和最后一行校验码，否则指出第一处问题并以1退出。不写数据。"
        "可将两者的末行签名存为文件，或核对此前签名的文件。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sign", metavar="文件", type=Path, help="将两者的行数和末行校验码签名，存为该文件")
        parser.add_argument("--check", metavar="文件", type=Path, help="核对签名，以及签名时的末行现在是否仍在")
        parser.add_argument("--key", metavar="公钥", default="", help="核对时所用的公钥；不填的用本机的")

    def handle(self, *, sign: Path | None, check: Path | None, key: str, **options: object) -> None:
        record = _intact("记录", changes.verify())
        self.stdout.write(f"记录完整，共{record.count}行，最后一行校验码{_hashes(record)}")
        log = _intact("安全日志", security.verify())
        before = f"（此前{log.before}行已按期清理）" if log.before else ""
        self.stdout.write(f"安全日志完整，共{log.count}行{before}，最后一行校验码{_hashes(log)}")
        try:
            if check:
                self._check(check, key)
            if sign:
                write_seal(sign, sealed(record, log, at=timezone.now()))
                self.stdout.write(f"已签名，存为 {sign}，公钥{own_public_key()}。请将文件和公钥存放在本机以外。")
        except SealError as refusal:
            raise CommandError(f"{refusal}。") from refusal
        except OSError as refusal:
            raise CommandError(f"文件 {refusal.filename} 无法读写（{cause_of(refusal)}）。") from refusal

    def _check(self, path: Path, key: str) -> None:
        public_key = key or own_public_key()
        if not public_key:
            raise CommandError("本机没有签名密钥，请用 --key 给出签名时打印的公钥。")
        at, record, log = opened(path, public_key)
        told = "均仍在" if holds_still(record, log) else "：变更记录的仍在，安全日志的已按期清理"
        self.stdout.write(f"签名有效，签于{_moment(at)}；当时的末行{told}。")


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _hashes(verdict: Verdict) -> str:
    return f"{verdict.head}（SM3：{verdict.sm3}）" if verdict.sm3 else verdict.head


def _intact(what: str, verdict: Verdict) -> Verdict:
    if not verdict.problem:
        return verdict
    if verdict.broken is None:
        raise CommandError(f"{what}不完整：{verdict.problem}。")
    row = verdict.broken
    raise CommandError(
        f"{what}不完整：第{verdict.count + 1}行（编号{row.pk}，{_moment(row.recorded_at)}，{row}）{verdict.problem}。"
    )
