"""A zip of XML parts (.docx, .xlsx, .ofd), of which only what is asked for is unpacked and parsed."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import Any

from lxml import etree

from ..model import NoticeError

LARGEST_PART = 60 * 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
# Files of the strict variant name the same things by other addresses.
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}


class DamagedPart(Exception):
    """A part is there, but can't be read."""


class Package:
    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise NoticeError("文件无法打开，可能已损坏或没有下载完整") from error
        self._names = {name.lower(): name for name in self._archive.namelist()}
        if any(entry.flag_bits & 1 for entry in self._archive.infolist()):
            raise NoticeError("压缩包设有密码，请取消密码后再试")

    @property
    def names(self) -> list[str]:
        """Every part's name in lower case."""
        return list(self._names)

    def bytes(self, name: str) -> bytes:
        """The part's bytes; DamagedPart if there is none, or none that can be read."""
        try:
            with self._archive.open(self._names[_key(name)]) as part:
                data = part.read(LARGEST_PART + 1)
        except (*_DAMAGED, KeyError, RuntimeError) as error:
            raise DamagedPart(name) from error
        if len(data) > LARGEST_PART:
            raise NoticeError("文件解压后过大，不像是通知正文")
        return data

    def xml(self, name: str) -> Any:
        """The part's root element. No entity is expanded: a part with a document type is refused."""
        data = self.bytes(name)
        for strict, usual in _STRICT.items():
            data = data.replace(strict, usual)
        if re.search(rb"<!DOCTYPE|<!ENTITY", data.replace(b"\0", b""), re.IGNORECASE):
            raise NoticeError("文件内含文档类型声明，不是办公软件正常生成的文件，未予读取")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            return etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise DamagedPart(name) from error

    def related(self, part: str, kind: str) -> list[str]:
        """The parts to which this one has a relationship of that kind; "" is the package itself."""
        folder, base = posixpath.split(part)
        try:
            relationships = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        except DamagedPart:
            return []
        return [
            _key(posixpath.join(folder, each.get("Target", "")))
            for each in relationships.iter("{*}Relationship")
            if each.get("Type", "").endswith(f"/{kind}") and each.get("TargetMode") != "External"
        ]

    def relationship_targets(self, part: str) -> dict[str, str]:
        """Relationship id → part."""
        folder, base = posixpath.split(part)
        try:
            relationships = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        except DamagedPart:
            return {}
        return {
            each.get("Id", ""): _key(posixpath.join(folder, each.get("Target", "")))
            for each in relationships.iter("{*}Relationship")
        }


def _key(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()
