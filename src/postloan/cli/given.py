"""What the user gives on the command line, read with one clear error where it cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from postloan.kernel.days import parse_day
from postloan.kernel.errors import PostloanError

_CHINA = timezone(timedelta(hours=8))


class UnreadableFile(PostloanError):
    """{path} cannot be read: {why}.

    Check the path, and save the file as UTF-8 text.
    """

    zh = "{path} 无法读取：{why}。请检查路径，并将文件保存为 UTF-8 文本。"


def day(text: str | None) -> date:
    """The day that was given, or today in China."""
    return parse_day(text) if text else datetime.now(UTC).astimezone(_CHINA).date()


def read_text(path: Path | None) -> str:
    """The text of a file in UTF-8; '' where none was given.

    Raises:
        UnreadableFile: it is not there, or no such text.
    """
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableFile(path=path, why=error.strerror or "it cannot be opened") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(path=path, why="it is not UTF-8") from error
