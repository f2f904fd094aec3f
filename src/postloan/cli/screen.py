"""What a command shows: tables and sentences on stdout, progress and errors on stderr.

Respects the terminal's width, ``NO_COLOR`` and pipes; ``--json`` turns people's output off, ``--quiet`` all but
errors and what was asked for as JSON.
"""

from __future__ import annotations

import json as _json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from postloan.kernel import Lang


_SEVERITIES = {"blocking": "阻断", "error": "错误", "warning": "警告", "note": "提示"}


class LangChoice(StrEnum):
    """The languages that people are spoken to in."""

    en = "en"
    zh = "zh"


LangOption = Annotated[LangChoice, typer.Option("--lang", envvar="POSTLOAN_LANG", help="Language of texts.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine output: JSON on stdout and nothing else.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]


class Screen:
    """Where one command speaks.

    lang: language of texts. json: only JSON goes to stdout. quiet: only errors are shown.
    """

    def __init__(self, lang: LangChoice | Lang = "en", *, json: bool = False, quiet: bool = False) -> None:
        self.lang: Lang = "zh" if str(getattr(lang, "value", lang)) == "zh" else "en"
        self.as_json = json
        self.quiet = quiet

    def text(self, en: str, zh: str) -> str:
        """One of the two texts, by language."""
        return zh if self.lang == "zh" else en

    def say(self, en: str, zh: str | None = None) -> None:
        """A sentence for people on stdout; with one argument the text is language-free."""
        if not (self.as_json or self.quiet):
            self._console().print(en if zh is None else self.text(en, zh), markup=False, highlight=False)

    def table(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        *,
        right: Sequence[int] = (),
    ) -> None:
        """A table for people; ``right`` numbers the columns (from 0) that are aligned right."""
        if self.as_json or self.quiet:
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        made = Table(title=title or None, box=SIMPLE_HEAD, title_justify="left", header_style="bold")
        for i, column in enumerate(columns):
            made.add_column(Text(column), justify="right" if i in right else "left", overflow="fold")
        for row in rows:
            made.add_row(*(Text(_shown(cell)) for cell in row))
        self._console().print(made)

    def json(self, value: object, *, indent: int | None = None) -> None:
        """One JSON value on a line (or indented) on stdout, whatever ``--quiet`` says."""
        sys.stdout.write(_json.dumps(value, ensure_ascii=False, indent=indent, default=_jsonable) + "\n")

    @contextmanager
    def progress(self, en: str, zh: str) -> Iterator[None]:
        """A spinner on stderr while something long runs; nothing where stderr is no terminal."""
        if self.quiet or self.as_json or not sys.stderr.isatty():
            yield
            return
        with self._console(stderr=True).status(self.text(en, zh)):
            yield

    @contextmanager
    def steps(self) -> Iterator[Callable[[str, str], None]]:
        """A spinner on stderr that says the present step; yields what a workflow tells its steps to."""
        if self.quiet or self.as_json or not sys.stderr.isatty():
            yield lambda en, zh: None
            return
        with self._console(stderr=True).status("…") as status:
            yield lambda en, zh: status.update(self.text(en, zh))

    def severity(self, severity: str) -> str:
        """How much a finding matters, in the reader's language."""
        return _SEVERITIES[severity] if self.lang == "zh" else severity

    def _console(self, *, stderr: bool = False) -> Console:
        from rich.console import Console

        stream = sys.stderr if stderr else sys.stdout
        width = None if stream.isatty() or "COLUMNS" in os.environ else 140
        return Console(stderr=stderr, width=width)


def complain(message: str) -> None:
    """One line about what went wrong, on stderr."""
    from rich.console import Console

    Console(stderr=True, soft_wrap=True).print(message, markup=False, highlight=False, style="red")


def _shown(cell: object) -> str:
    match cell:
        case None:
            return "—"
        case bool():
            return "✓" if cell else "✗"
        case int():
            return f"{cell:,}"
        case Decimal():
            return f"{cell:,}"
        case float():
            return f"{cell:,.2f}"
    return str(cell)


def _jsonable(value: Any) -> object:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case Path():
            return str(value)
        case Enum():
            return value.value
    raise TypeError(f"{type(value).__name__} has no JSON form")
