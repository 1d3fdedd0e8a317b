"""签名: the ends of both chains at one moment, signed with a key that no database holds.

Who can write to the database can reckon a chain anew. What was signed before and lies elsewhere shows it: the signed
end is then no longer among the rows.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db.models import QuerySet

from agencies.chain import Verdict
from agencies.models import Change, SecurityChain, SecurityEvent
from qa_plan.datafolder import kept_once

KEY = "record_signing_key"  # its file: the key's 32 bytes in hexadecimal
WHAT = "qa-plan: ends of the records"


class SealError(Exception):
    """Says in Chinese why a file proves nothing, or what it proves wrong."""


@dataclass(frozen=True, slots=True)
class End:
    """How many rows a chain had ever had, those given up among them, and the hashes of the last."""

    rows: int
    sha256: str
    sm3: str


def own_key() -> Ed25519PrivateKey:
    """The installation's, made at the first signature and readable by its owner only."""
    path = settings.KEYS_DIR / KEY
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        kept_once(path, Ed25519PrivateKey.generate().private_bytes_raw().hex())
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text()))


def own_public_key() -> str:
    """In hexadecimal; "" where nothing was signed here."""
    return own_key().public_key().public_bytes_raw().hex() if (settings.KEYS_DIR / KEY).exists() else ""


def sealed(record: Verdict, log: Verdict, *, at: datetime) -> str:
    """The text of a file that says how both chains ended at that moment, with its signature."""
    key = own_key()
    statement = {
        "what": WHAT,
        "at": at.isoformat(),
        "record": asdict(End(record.count, record.head, record.sm3)),
        "log": asdict(End(log.count + log.before, log.head, log.sm3)),
        "key": key.public_key().public_bytes_raw().hex(),
    }
    whole = {"statement": statement, "signature": key.sign(_signed(statement)).hex()}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _signed(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def write_seal(path: Path, text: str) -> None:
    """Whole or not at all; raises SealError where there is such a file: what was signed before is not overwritten."""
    if path.exists():
        raise SealError(f"文件 {path} 已存在，请另起文件名，原签名文件应予保留")
    kept_once(path, text)


def opened(path: Path, public_key: str) -> tuple[datetime, End, End]:
    """When it was signed, and how record and log ended then; raises SealError unless that key has signed it."""
    try:
        whole = json.loads(path.read_bytes())
        statement, signature = whole["statement"], bytes.fromhex(whole["signature"])
        at = datetime.fromisoformat(statement["at"])
        record, log = End(**statement["record"]), End(**statement["log"])
        is_seal = statement["what"] == WHAT
    except (ValueError, KeyError, TypeError) as strange:
        raise SealError(f"{path} 不是签名文件，或已损坏") from strange
    if not is_seal:
        raise SealError(f"{path} 不是签名文件，或已损坏")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, _signed(statement))
    except (InvalidSignature, ValueError) as refusal:
        raise SealError("签名不符：文件被改动过，或不是由该密钥签署") from refusal
    return at, record, log


def holds_still(record: End, log: End) -> bool:
    """Whether both chains still have those ends among their rows; raises SealError where one hasn't.

    False where the signed end of the log was given up by age since, and nothing more can be said of it.
    """
    if not _contains(Change.objects.order_by("pk"), record, 0):
        raise SealError("变更记录中已没有签名时的末行：签名之后记录被重写过")
    chain = SecurityChain.objects.filter(pk=1).first() or SecurityChain()
    if log.rows <= chain.given_up:
        return log.rows == 0 or (log.rows == chain.given_up and log.sha256 == chain.start)
    if not _contains(SecurityEvent.objects.order_by("pk"), log, chain.given_up):
        raise SealError("安全日志中已没有签名时的末行：签名之后日志被重写过")
    return True


def _contains(rows: QuerySet[Any], end: End, before: int) -> bool:
    """Whether the row with that hash stands where the end stood, with the SM3 that it had."""
    if end.rows == 0:
        return True
    last = rows.filter(hash=end.sha256).first()
    if last is None:
        return False
    until = rows.filter(pk__lte=last.pk)
    if until.count() + before != end.rows:
        return False
    newest = until.exclude(sm3=None).order_by("-pk").values_list("sm3", flat=True).first()
    return newest is None or newest == end.sm3
