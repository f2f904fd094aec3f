"""Files that are written whole or not at all: an interruption or a full disk leaves what was there before."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postloan.kernel import PostloanError


class CannotWrite(PostloanError):
    """{path} cannot be written: {why}.

    Choose another folder with --out, or ask for the right to write there.
    """

    zh = "无法写入 {path}：{why}。请用 --out 选择其他文件夹，或取得该处的写权限。"


class DiskFull(PostloanError):
    """There is no space left to write {path}.

    Free some space, or choose another folder with --out; temporary files follow TMPDIR.
    """

    zh = "磁盘空间不足，无法写入 {path}。请释放空间，或用 --out 指定其他文件夹；临时文件位置由 TMPDIR 决定。"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name beside ``path`` to write under; it becomes ``path`` only if all went well.

    Raises:
        DiskFull: the disk is full. CannotWrite: the folder is missing or may not be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path=path) from error
        raise CannotWrite(path=path, why=error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """A UTF-8 text file, whole or not at all; see ``whole``."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def make_folder(path: Path) -> None:
    """The folder, with those above it; nothing happens where it is there.

    Raises:
        CannotWrite: a file stands in the way, or it may not be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(path=path, why=error.strerror or str(error)) from error
