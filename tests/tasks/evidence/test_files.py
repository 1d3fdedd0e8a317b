"""What is taken as evidence and what isn't: by content, never by name, without trusting a byte of it."""

import hashlib
import io
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import docx
import openpyxl
import pytest

from tasks.evidence.archives import MEMBER_LIMIT, FileRefused
from tasks.evidence.inspecting import KINDS, inspect, recognise, safe_name
from tests.support import uploads
from tests.support.resource_usage import resource_usage

LIMIT = 20 * 1024**2
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'


class Unreadable(io.BytesIO):
    """A file of which nobody may read."""

    def read(self, size=-1):
        raise AssertionError("read")


def look(data, name="文件.pdf"):
    return inspect(io.BytesIO(data), name, len(data), limit=LIMIT)


def refusal(data, name="文件.pdf"):
    with pytest.raises(FileRefused) as caught:
        look(data, name)
    return str(caught.value)


# ── what is taken ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"txt"}))
def test_each_kind_is_known_by_its_content_whatever_its_name(kind):
    upload = look(uploads.whole()[kind], "说明.exe")
    assert (upload.name, upload.media_type) == (f"说明.{kind}", KINDS[kind][1])


def test_the_hash_is_that_of_the_content():
    upload = look(uploads.PDF)
    assert upload.sha256 == hashlib.sha256(uploads.PDF).hexdigest()
    assert upload.size == len(uploads.PDF)
    assert upload.file.tell() == 0


def test_files_of_real_programs_are_taken(tmp_path):
    docx.Document().save(tmp_path / "a.docx")
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    for kind in ("docx", "xlsx"):
        assert recognise(io.BytesIO((tmp_path / f"a.{kind}").read_bytes())) == kind


def test_a_main_part_may_be_declared_by_its_extension():
    main = uploads.OFFICE["docx"][0]
    types = f'<Types><Default Extension="xml" ContentType="{main}"/></Types>'
    data = uploads.archive({"[Content_Types].xml": types, "word/document.xml": "<document/>"})
    assert recognise(io.BytesIO(data)) == "docx"


def test_a_camera_may_add_something_after_its_picture():
    assert recognise(io.BytesIO(uploads.JPG + b"video")) == "jpg"


# ── what isn't ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "是空文件"),
        (b"MZ\x90\x00" + bytes(200), "不是可接收的文件类型"),
        (b"<html><script>alert(1)</script></html>", "不是可接收的文件类型"),
        (b"\n%PDF-1.4\n<html>%%EOF", "不是可接收的文件类型"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "不是可接收的文件类型"),
        (b"GIF89a" + bytes(50), "不是可接收的文件类型"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "已损坏或不完整"),
        (uploads.old_office("EncryptedPackage"), "设有密码"),
        (uploads.old_office("WordDocument", "Macros"), "含有宏"),
        (uploads.old_office("VisioDocument"), "不是可接收的办公文件"),
        (uploads.archive({"资料/安装.EXE": "x"}), "内含可执行文件（安装.EXE）"),
        (uploads.archive({"资料/照片.jpg": b"MZ" + bytes(60)}), "内含可执行文件"),
        (uploads.rar("资料/安装.exe"), "内含可执行文件"),
        (uploads.seven("a.jpg", "资料/安装.bat"), "内含可执行文件"),
        (uploads.seven("a.jpg", "安装.js", packs_list=True), "内含可执行文件"),
        (b"MZ" + uploads.archive({"a": "自解压"}), "不是可接收的文件类型"),
    ],
    ids=["empty", "exe", "html", "html with a mark", "svg", "gif", "old office", *"abcdefgh", "self-extracting"],
)
def test_other_kinds_are_refused_under_any_name(data, said):
    for name in ("材料.pdf", "材料.docx", "材料.png"):
        assert said in refusal(data, name)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"txt"}))
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_half_a_file_is_refused(kind, share):
    data = uploads.whole()[kind]
    assert "已损坏或不完整" in refusal(data[: int(len(data) * share)])


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + bytes(100), b"PK\x05\x06" + bytes(3)])
def test_what_only_begins_like_an_archive_is_refused(data):
    assert "已损坏或不完整" in refusal(data)


def test_an_archive_of_nothing_is_refused():
    assert "是空的压缩包" in refusal(uploads.archive({}))


def test_a_changed_byte_inside_is_found():
    data = bytearray(uploads.archive({"a.txt": "内容" * 50}, compression=0))
    data[60] ^= 1
    assert "已损坏或不完整" in refusal(bytes(data))


@pytest.mark.parametrize(
    "name", ["../外.txt", "a/../../外.txt", "/etc/passwd", "..\\外.txt", "C:\\外.txt", "C:外.txt", "a\nb.txt", ".."]
)
def test_paths_that_lead_out_of_the_archive_are_refused(name):
    assert "压缩包之外的路径" in refusal(uploads.archive({"正常.txt": "x", name: "x"}))


def test_directories_that_lead_out_and_links_are_refused():
    assert "压缩包之外的路径" in refusal(uploads.archive({"a.txt": "x", "../b/": ""}))
    file = io.BytesIO()
    with ZipFile(file, "w") as made:
        link = ZipInfo("link")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert "压缩包之外的路径" in refusal(file.getvalue())


def test_archives_with_a_password_or_a_rare_compression_are_refused():
    assert "设有密码" in refusal(uploads.encrypted())
    assert "压缩方式不常用" in refusal(uploads.archive({"a.txt": "x"}, compression=ZIP_LZMA))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused():
    file = io.BytesIO()
    with ZipFile(file, "w") as made:
        made.writestr("a.txt", "1")
        made.writestr("a.txt", "2")
    assert "已损坏" in refusal(file.getvalue())


def test_too_many_members_are_refused_before_the_list_of_them_is_read():
    assert f"最多{MEMBER_LIMIT}个" in refusal(uploads.archive({f"{n}": "" for n in range(MEMBER_LIMIT + 1)}))
    assert f"最多{MEMBER_LIMIT}个" in refusal(uploads.crowd())


# ── hostile office files ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/_rels/document.xml.rels", "customXml/item1.XML"])
def test_an_office_file_with_entities_is_refused(part, encoding):
    more = {part: DOCTYPE.encode(encoding)}
    assert "文档类型声明" in refusal(uploads.office("docx", more=more))


def test_a_document_type_across_two_readings_is_found():
    padding = " " * (64 * 1024 - 4)
    more = {"word/document.xml": f"{padding}{DOCTYPE}"}
    assert "文档类型声明" in refusal(uploads.office("docx", more=more))


def test_entities_in_the_list_of_types_are_refused():
    data = uploads.archive({"[Content_Types].xml": DOCTYPE, "word/document.xml": "<d/>"})
    assert "文档类型声明" in refusal(data)


@pytest.mark.parametrize(
    "data",
    [
        uploads.office("docx", main_type=uploads.MACRO_WORD),
        uploads.office("docx", more={"word/vbaProject.bin": b"macro"}),
        uploads.office("docx", types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'),
        uploads.office(
            "xlsx", types='<Override PartName="/xl/m.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'
        ),
    ],
    ids=["docm", "with a project", "declares a project", "macro sheet"],
)
def test_files_with_macros_are_refused_though_renamed(data):
    assert "含有宏" in refusal(data, "无宏.docx")


@pytest.mark.parametrize(
    "data",
    [
        uploads.archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"}),
        uploads.office("docx", main_type="application/vnd.ms-visio.drawing.main+xml"),
        uploads.archive(
            {
                "[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" '
                f'ContentType="{uploads.OFFICE["docx"][0]}"/></Types>',
                "other.xml": "<d/>",
            }
        ),
    ],
    ids=["declares nothing", "another program's", "lacks its main part"],
)
def test_office_files_of_other_kinds_are_refused(data):
    assert "不是可接收的办公文件" in refusal(data)


def test_a_list_of_types_that_is_no_xml_is_refused():
    assert "已损坏" in refusal(uploads.archive({"[Content_Types].xml": "<Types", "word/document.xml": "<d/>"}))


# ── in bounded time and memory ───────────────────────────────────────────────────────────────────────────────────


def test_bombs_are_refused_within_a_second_and_without_filling_memory(tmp_path):
    bombs = {
        "bomb": uploads.bomb(),
        "liar": uploads.liar(uploads.bomb(), claimed=1000),
        "crowd": uploads.crowd(200_000),
        "office": uploads.office("docx", more={"word/media/a.bin": bytes(210 * 1024**2)}),
    }
    for name, data in bombs.items():
        (tmp_path / name).write_bytes(data)
    call = f"inspect(open(path, 'rb'), 'a.zip', os.path.getsize(path), limit={LIMIT})"
    found = resource_usage(
        "import os; from tasks.evidence.inspecting import inspect", call, [tmp_path / name for name in bombs]
    )
    for name, each in zip(bombs, found, strict=True):
        assert each.raised == "FileRefused", name
        assert each.seconds < 1, name
        assert each.megabytes < 100, name


def test_a_file_over_the_limit_is_refused_unread():
    with pytest.raises(FileRefused, match=r"大小为50\.0 MB，单个文件不超过20 MB"):
        inspect(Unreadable(), "大.pdf", 50 * 1024**2, limit=LIMIT)


def test_plain_text_is_taken_under_its_own_name_alone():
    for data in ("通知".encode(), "通知".encode("gb18030"), "通知".encode("utf-16")):
        assert look(data, "说明.txt").media_type == "text/plain"
        assert "不是可接收的文件类型" in refusal(data, "说明.pdf")
    for data in (b"<html></html>", b"#!/bin/sh", bytes(40)):
        assert "不是可接收的文件类型" in refusal(data, "说明.txt")


def test_a_compressed_list_is_read():
    assert look(uploads.seven("照片.jpg", packs_list=True), "照片.7z").name == "照片.7z"


@pytest.mark.parametrize(
    ("name", "kind"), [("方案.wps", "doc"), ("方案.wps", "docx"), ("表.et", "xls"), ("汇报.dps", "ppt")]
)
def test_names_keep_the_endings_of_wps(name, kind):
    assert look(uploads.whole()[kind], name).name == name


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("会议纪要（9月）.pdf", "pdf", "会议纪要（9月）.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\文件\\照片.JPEG", "jpg", "照片.jpg"),
        ("...隐藏.pdf", "pdf", "隐藏.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "pdf", "a Set-Cookie x.pdf"),
        ('名"; filename="x.exe', "pdf", "名; filename=x.pdf"),
        ("发票\u202efdp.exe", "pdf", "发票fdp.pdf"),
        ("<img src=x onerror=1>.png", "png", "img src=x onerror=1.png"),
        ("新增2.3万户", "xlsx", "新增2.3万户.xlsx"),
        ("总结.pdf.exe", "pdf", "总结.pdf.pdf"),
        ("", "zip", "佐证材料.zip"),
        (".pdf", "pdf", "pdf.pdf"),
        ("名\0字.pdf", "pdf", "名字.pdf"),
    ],
)
def test_names_are_made_safe(name, kind, safe):
    assert safe_name(name, kind) == safe


def test_a_huge_name_is_cut_and_keeps_its_ending():
    name = safe_name("长" * 5000 + ".docx", "docx")
    assert len(name) == 100
    assert name.endswith("长.docx")
