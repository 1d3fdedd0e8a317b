"""A file that is no workbook is named for what it is, so that people know what to save it as."""

import zipfile
from typing import BinaryIO

OLE = b"\xd0\xcf\x11\xe0"
SAVE_AS = "请在Excel或WPS中另存为“Excel 工作簿(.xlsx)”后上传。"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
TEXT_WITHIN = 4096  # bytes
CHUNK = 256 * 1024
STRICT = b"http://purl.oclc.org/ooxml/"
# What the types of a package's parts say that it is; the first one that is found.
TYPES = (
    (b"spreadsheetml.template", f"这是Excel模板（.xltx），{SAVE_AS}"),
    (b"ms-excel.sheet.binary", f"这是Excel二进制工作簿（.xlsb），{SAVE_AS}"),
    (b"wordprocessingml", "这是Word文件，不是Excel工作簿（.xlsx）。"),
    (b"presentationml", "这是演示文稿，不是Excel工作簿（.xlsx）。"),
)


def refusal_of(beginning: bytes, file: BinaryIO) -> str:
    """Says what a file is that doesn't begin as a workbook does; "" where that isn't known."""
    if beginning.startswith(OLE):
        if _holds(file, ENCRYPTED):
            return "文件设有打开密码（已加密），请去掉密码后上传。"
        return f"这是旧版 .xls、WPS的 .et 或加密的文件，{SAVE_AS}有密码的先去掉密码。"
    if beginning.startswith(b"%PDF"):
        return "这是PDF文件，不是Excel工作簿（.xlsx）。"
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return f"这是网页或XML表格，不是Excel工作簿（.xlsx）。{SAVE_AS}"
    if _is_text(beginning):
        return f"这是文本文件（如 .csv），不是Excel工作簿（.xlsx）。{SAVE_AS}"
    return ""


def refusal_of_package(archive: zipfile.ZipFile, types: bytes) -> str:
    """Says what an archive is that holds no workbook as it should be; "" where that isn't known."""
    names = archive.namelist()
    if any(name.startswith("Index/") or name == "Index.zip" for name in names):
        return "这是Numbers表格，请在Numbers中“导出为Excel”，或用Excel、WPS填写由系统下载的原表后上传。"
    if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(TEXT_WITHIN):
        return f"这是OpenDocument表格（.ods），{SAVE_AS}"
    return next((message for sign, message in TYPES if sign in types), "")


def is_strict(archive: zipfile.ZipFile) -> bool:
    """Says whether the package is written in the strict names of ISO 29500, which few programs read."""
    relations = "_rels/.rels"
    if relations not in archive.namelist():
        return False
    with archive.open(relations) as part:
        return STRICT in part.read(TEXT_WITHIN * 16)


def _holds(file: BinaryIO, sign: bytes) -> bool:
    file.seek(0)
    rest = b""
    while piece := file.read(CHUNK):
        if sign in rest + piece:
            return True
        rest = piece[-len(sign) :]
    return False


def _is_text(beginning: bytes) -> bool:
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if not beginning or any(byte < 32 and byte not in b"\t\r\n\f" for byte in beginning):
        return False
    return any(_decodes(beginning, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(beginning: bytes, encoding: str) -> bool:
    """Whether it is text; at its end, a sign may be cut."""
    for cut in range(4):
        try:
            beginning[: len(beginning) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
