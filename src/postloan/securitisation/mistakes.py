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

    zh = "{file}{place_zh}：{what_zh}。{mend_zh}"


class NewerDeal(PostloanError):
    """{file}, line {line}: the file has format {format}; this postloan reads formats up to {known}.

    Install a newer postloan, or write the deal again in format {known}.
    """

    zh = "{file} 第 {line} 行：文件格式为 {format}，本版本最高支持 {known}。请升级 postloan，或按格式 {known} 重写。"


_TOKEN = re.compile(
    r'''#[^\n]*|"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\n|[\[\]{},=]|[^\s\[\]{},=#"']+|.''',
    re.DOTALL,
)
_HEADER = re.compile(r"\[\[?([^\]\n]*)\]\]?")


class Lines:
    """Where things stand in a TOML text: the reader of TOML does not tell. Broken texts are read as far as they go."""

    def __init__(self, text: str) -> None:
        self.known: dict[tuple[str, ...], int] = {}
        self._table: tuple[str, ...] = ()
        self._open: list[tuple[str, tuple[str, ...], int]] = []
        self._value: tuple[str, ...] = ()
        self._word = ""
        line, place, fresh = 1, 0, True
        while (match := _TOKEN.match(text, place)) is not None:
            token, place = match[0], match.end()
            header = _HEADER.match(text, match.start()) if token == "[" and fresh and not self._open else None
            if header is not None:
                self._table, place = _path(header[1]), header.end()
                self.known.setdefault(self._table, line)
            elif not token.isspace() and not token.startswith("#"):
                self._take(token, line)
            fresh = token == "\n" or (fresh and token.isspace())
            line += token.count("\n")

    def _take(self, token: str, line: int) -> None:
        match token:
            case "=":
                base = self._open[-1][1] if self._open else self._table
                self._value = (*base, *_path(self._word)[:1])
                self.known.setdefault(self._value, line)
            case "{" | "[":
                here = self._value
                if self._open and self._open[-1][0] == "[":
                    _, outer, number = self._open[-1]
                    here = (*outer, str(number))
                self.known.setdefault(here, line)
                self._open.append((token, here, 0))
            case "}" | "]":
                if self._open:
                    self._open.pop()
            case ",":
                if self._open and self._open[-1][0] == "[":
                    kind, outer, number = self._open.pop()
                    self._open.append((kind, outer, number + 1))
            case _:
                self._word = token

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
        where = ".".join(path)
        raise BadDeal(
            file=self.file,
            place=(f", line {line}" if line else "") + (f", {where}" if where else ""),
            place_zh=(f" 第 {line} 行" if line else "") + (f" {where}" if where else ""),
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
