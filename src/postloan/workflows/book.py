"""The book: the folder of tables that a run leaves, whole or not at all.

A run writes beside its destination and takes its place only when everything is there, so that a run that fails
or is stopped leaves what was there before.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from postloan.kernel import PostloanError

MARK = "book.json"
"""The file that makes a folder a book."""


class NotABook(PostloanError):
    """{path} holds files that no run of postloan made.

    Choose an empty or new folder with --out, so that nothing of yours is replaced.
    """

    zh = "{path} 中有不是由 postloan 生成的文件。请用 --out 指定空文件夹或新文件夹，以免覆盖您的文件。"


class BookDamaged(PostloanError):
    """{path} is not a usable book: {why}.

    Run `postloan run` again on the tape.
    """

    zh = "{path} 不是可用的结果文件夹：{why}。请对贷款数据重新执行 `postloan run`。"


@contextmanager
def new_book(out: Path) -> Iterator[Path]:
    """A folder to write a book in; becomes ``out`` when all went well, and vanishes otherwise.

    Raises:
        NotABook: ``out`` is a file, or a folder of other files.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARK).is_file())):
        raise NotABook(path=out)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.parent / f".{out.name}.{os.getpid()}.tmp"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        yield part
        if out.exists():
            old = out.parent / f".{out.name}.{os.getpid()}.old.tmp"
            out.rename(old)
            part.rename(out)
            shutil.rmtree(old, ignore_errors=True)
        else:
            part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """A JSON file for people and programs, whole or not at all."""
    part = path.with_name(f".{path.name}.tmp")
    part.write_text(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    part.replace(path)


def read_book(folder: Path) -> dict[str, object]:
    """What ``book.json`` says.

    Raises:
        BookDamaged: it is absent or no JSON.
    """
    try:
        facts = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BookDamaged(path=folder, why=f"it has no {MARK}") from error
    except json.JSONDecodeError as error:
        raise BookDamaged(path=folder, why=f"{MARK} is no JSON") from error
    if not isinstance(facts, dict):
        raise BookDamaged(path=folder, why=f"{MARK} holds no facts")
    return facts
