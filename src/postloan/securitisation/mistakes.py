"""What can be wrong with a deal file."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NoReturn

from postloan.kernel import PostloanError


class BadDeal(PostloanError):
    """{file}{place}: {what}.

    {mend}
    """

    zh = "{file}{place}：{what_zh}。{mend_zh}"


class NewerDeal(PostloanError):
    """{file}, line {line}: the file has format {format}; this postloan reads formats up to {known}.

    Install a newer postloan, or write the deal again in format {known}.
    """

    zh = "{file} 第 {line} 行：文件格式为 {format}，本版本最高支持 {known}。请升级 postloan，或按格式 {known} 重写。"


class Lines:
    """Where things stand in a TOML text: the reader of TOML does not tell."""

    _TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
    _KEY = re.compile(r"\s*((?:\"[^\"]*\"|'[^']*'|[^\s=#\"'{\[,]+))\s*=")

    def __init__(self, text: str) -> None:
        self.known: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        item = 0
        for number, line in enumerate(text.splitlines(), 1):
            if match := self._TABLE.match(line):
                table, item = _path(match[1]), 0
                self.known.setdefault(table, number)
            elif match := self._KEY.match(line):
                key, item = _path(match[1])[0], 0
                self._last = (*table, key)
                self.known.setdefault(self._last, number)
                if "{" in line:
                    self.known[*self._last, "0"] = number
                    item = 1
            elif line.lstrip().startswith("{") and hasattr(self, "_last"):
                self.known[*self._last, str(item)] = number
                item += 1

    def of(self, *path: str) -> int | None:
        """The line of the longest known beginning of a path."""
        while path:
            if path in self.known:
                return self.known[path]
            path = path[:-1]
        return None


def _path(text: str) -> tuple[str, ...]:
    return tuple(
        (double or single or bare).strip()
        for double, single, bare in re.findall(r"\"([^\"]*)\"|'([^']*)'|([^.\s\"']+)", text)
    )


class Blame:
    """Says what is wrong, where, and how to mend it."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = Lines(text)

    def line(self, *path: str) -> int | None:
        """The line on which something stands."""
        return self.lines.of(*path)

    def fail(
        self, path: tuple[str, ...], what: str, mend: str, what_zh: str = "", mend_zh: str = ""
    ) -> NoReturn:
        """Raise the error for the thing at a path of the file."""
        line = self.line(*path)
        place = (f", line {line}" if line else "") + (f", {'.'.join(path)}" if path else "")
        raise BadDeal(
            file=self.file,
            place=place,
            what=what,
            mend=mend,
            what_zh=what_zh or what,
            mend_zh=mend_zh or mend,
        )

    def unknown(self, path: tuple[str, ...], word: str, known: list[str], of: str) -> NoReturn:
        """Raise the error for a word that is not one of those known."""
        near = get_close_matches(word, known, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        hint_zh = f"是否想写 {near[0]}？" if near else ""
        self.fail(
            path,
            f"unknown {of} '{word}'",
            f"{hint}Known: {', '.join(known)}.",
            f"未知的 {of}“{word}”",
            f"{hint_zh}可用：{'、'.join(known)}。",
        )
