"""Bytes of a text file → text."""

from __future__ import annotations

import re

from ..model import NoticeError

_CHINESE = re.compile("[\u4e00-\u9fff]")


def decoded(data: bytes) -> str:
    """The text in the encoding in which it reads as prose: UTF-8, UTF-16 or GB18030."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_prose(text) and (not encoding.startswith("utf-16-") or _is_chinese(text)):
            return text
    raise NoticeError("无法识别文件的文字编码，请另存为 UTF-8 编码的 .txt 文件")


def _encodings(data: bytes) -> list[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if b"\0" in data:  # in Chinese text UTF-16 has some: beside every line end and digit
        return ["utf-16-le", "utf-16-be"]
    return ["utf-8-sig", "gb18030"]


def _is_prose(text: str) -> bool:
    """Any bytes decode as something in GB18030; control characters give binary data away."""
    return not re.search(r"[\x00-\x08\x0e-\x19\x1b-\x1f]", text)


def _is_chinese(text: str) -> bool:
    return len(_CHINESE.findall(text)) * 3 > len(text)
