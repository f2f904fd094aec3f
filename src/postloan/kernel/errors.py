"""The one error root. The docstring of an error class is its message."""

from __future__ import annotations

import inspect
from typing import ClassVar, Literal

Lang = Literal["en", "zh"]


class PostloanError(Exception):
    """Something went wrong."""

    # A subclass writes its message as its docstring, with {facts} in braces: what is wrong and where in the
    # first paragraph, how to mend it in the second. ``zh`` holds the same for Chinese readers.

    zh: ClassVar[str] = "出错了。"
    exit_code: ClassVar[int] = 2

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, lang: Lang = "en") -> str:
        """The whole message on one line, in English or Chinese."""
        template = (
            type(self).zh if lang == "zh" else inspect.cleandoc(type(self).__doc__ or type(self).__name__)
        )
        return " ".join(template.format(**self.facts).split())

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.facts))


def _rebuild(kind: type[PostloanError], facts: dict[str, object]) -> PostloanError:
    return kind(**facts)


class InputError(PostloanError):
    """{what} ({where}).

    {mend}
    """

    # For a one-off mistake in what the user gave that no code needs to tell apart.
    zh = "{what}（{where}）。{mend}"


class Fault(PostloanError):
    """Something in postloan itself is wrong: {what}.

    Please report it with the command you ran.
    """

    zh = "postloan 自身出错：{what}。请附上所用命令报告此问题。"
    exit_code = 3
