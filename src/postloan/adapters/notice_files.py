"""Notices as files: plain text in UTF-8 or GB18030, HTML, PDF with a text layer, JSON of one or many."""

from __future__ import annotations

from pathlib import Path

from postloan.kernel import InputError, PostloanError
from postloan.market import Notice

_LARGEST = 20_000_000  # bytes; a notice has a few pages


class NoSuchFile(PostloanError):
    """{path} does not exist.

    Check the name, or give the files of a folder as FOLDER/*.txt.
    """

    zh = "{path} 不存在。请检查文件名；整个文件夹请写作 文件夹/*.txt。"


class UnreadableNotice(PostloanError):
    """{path} cannot be read as a notice: {why}.

    {mend}
    """

    zh = "{path} 无法作为公告读取：{why_zh}。{mend_zh}"


def read_notice_text(path: Path) -> str:
    """The text of a notice's file, by its kind.

    Raises:
        NoSuchFile: nothing is there. UnreadableNotice: a folder, empty, too large, no text, or no text layer.
    """
    data = _bytes(path)
    if data.startswith(b"%PDF"):
        return _pdf_text(path)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableNotice(
            path=path, why="it is a Word or Excel file", why_zh="这是 Word 或 Excel 文件",
            mend="Save it as plain text (.txt) or HTML and read that.",
            mend_zh="请另存为纯文本（.txt）或 HTML 后再读取。",
        )  # fmt: skip
    return _decoded(data, path)


def read_notices_json(path: Path) -> list[Notice]:
    """The notices of a JSON file: one object, a list, or one object a line.

    Raises:
        NoSuchFile, UnreadableNotice: see ``read_notice_text``. BadNotice: a record that is no notice.
    """
    text = _decoded(_bytes(path), path)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > 1 and all(
        line.lstrip().startswith("{") and line.rstrip().endswith("}") for _, line in lines
    ):
        return [Notice.loads(line, where=f"{path}, line {number}") for number, line in lines]
    return [Notice.loads(text, where=str(path))]


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise NoSuchFile(path=path)
    if path.is_dir():
        raise UnreadableNotice(
            path=path, why="it is a folder", why_zh="这是文件夹",
            mend=f"Give its files, for example {path}/*.txt.", mend_zh=f"请给出其中的文件，例如 {path}/*.txt。",
        )  # fmt: skip
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableNotice(
                path=path, why="it is larger than 20 MB", why_zh="文件超过 20 MB",
                mend="Give one notice a file.", mend_zh="请一份公告一个文件。",
            )  # fmt: skip
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise UnreadableNotice(
            path=path, why=why, why_zh=why,
            mend="Check that you may read it.", mend_zh="请确认有读取权限。",
        ) from error  # fmt: skip
    if not data.strip():
        raise UnreadableNotice(
            path=path, why="it is empty", why_zh="文件为空",
            mend="Save the notice's text again.", mend_zh="请重新保存公告文本。",
        )  # fmt: skip
    return data


def _decoded(data: bytes, path: Path) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries: tuple[str, ...] = ("utf-16",)
    else:
        tries = ("utf-8-sig", "gb18030")
    for encoding in tries:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableNotice(
        path=path, why="it is not text in UTF-8 or GB18030", why_zh="不是 UTF-8 或 GB18030 编码的文本",
        mend="Save it as plain text in UTF-8.", mend_zh="请另存为 UTF-8 纯文本。",
    )  # fmt: skip


def _pdf_text(path: Path) -> str:
    """The text layer of a PDF, if the optional reader (pypdf) is installed."""
    mend = f"Convert it first: pdftotext -layout '{path}' '{path.stem}.txt', then read the .txt."
    mend_zh = f"请先转换：pdftotext -layout '{path}' '{path.stem}.txt'，再读取 .txt。"
    try:
        import pypdf
    except ImportError as error:
        raise UnreadableNotice(
            path=path, why="reading PDF needs the package pypdf", why_zh="读取 PDF 需要安装 pypdf",
            mend=f"Install it (pip install pypdf), or convert it: {mend[18:]}",
            mend_zh=f"请安装（pip install pypdf），或{mend_zh[2:]}",
        ) from error  # fmt: skip
    try:
        text = "\f".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    except Exception as error:  # pypdf raises many kinds on damaged files
        raise UnreadableNotice(
            path=path, why=f"the PDF is damaged or protected ({type(error).__name__})",
            why_zh=f"PDF 已损坏或受保护（{type(error).__name__}）", mend=mend, mend_zh=mend_zh,
        ) from error  # fmt: skip
    if not text.strip():
        raise UnreadableNotice(
            path=path, why="the PDF holds pictures only, no text", why_zh="PDF 只有图像，没有文字层",
            mend="Run text recognition (OCR) on it and read the result.", mend_zh="请先做文字识别（OCR），再读取结果。",
        )  # fmt: skip
    return text


def folder_name(notice_id: str) -> str:
    """A notice's id as the name of a folder.

    Raises:
        InputError: nothing of it can stand in a file name.
    """
    name = "".join(char if char.isalnum() or char in "-_." else "_" for char in notice_id).strip("._")
    if not name:
        raise InputError(
            what=f"The id '{notice_id}' cannot name a folder",
            where="notice write",
            mend="Give the notice another id.",
        )
    return name
