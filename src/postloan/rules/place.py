"""A mapping of a rule file and where it stands: entries are read from it, or refused with the place."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from postloan.kernel import Lang
from postloan.rules.mistakes import BadId, MissingKey, StrayComma, UnknownKey, UnknownWord
from postloan.rules.reading import Marked, wrong_shape

Word = TypeVar("Word", bound=StrEnum)

NAME = re.compile(r"[a-z][a-z0-9_]*")


def guess(word: object, known: Collection[str]) -> str:
    """A hint at the word that was probably meant, readable in both languages; empty where none is near."""
    near = get_close_matches(str(word), list(known), n=1)
    return f" (→ '{near[0]}'?)" if near else ""


class Place:
    """A mapping of the file and where it stands: reads entries, or refuses them with the place.

    entries: the mapping. file, line: where it stands. called: the rule it belongs to, for messages.
    """

    def __init__(self, entries: Marked, file: str, line: int = 1, called: str = "") -> None:
        self.entries = entries
        self.file = file
        self.line = line
        self.called = called

    def at(self, key: Hashable = None) -> str:
        """File, line and rule, for a message."""
        place = f"{self.file}:{self.entries.lines.get(key, self.line)}"
        return f"{place} {self.called}".strip()

    def only(self, *keys: str, optional: tuple[str, ...] = ()) -> None:
        """Refuses keys that do not belong here, and those missing that must.

        Raises:
            UnknownKey, MissingKey: so it is.
        """
        for key in self.entries:
            if key not in keys:
                raise UnknownKey(where=self.at(key), key=key, guess=guess(key, keys), known=", ".join(keys))
        for key in keys:
            if key not in optional and self.entries.get(key) is None:
                raise MissingKey(where=self.at(key), key=key)

    def get(self, key: Hashable) -> Any:
        """What stands under a key; None where nothing does."""
        return self.entries.get(key)

    def inner(self, key: Hashable, called: str = "") -> Place:
        """The mapping under a key.

        Raises:
            WrongShape: it is none.
        """
        return self.mapping(self.get(key), key, called)

    def mapping(self, found: Any, key: Hashable, called: str = "") -> Place:
        """A mapping that stands somewhere under a key, for example in a list.

        Raises:
            WrongShape: it is none.
        """
        if not isinstance(found, Marked):
            raise wrong_shape(self.at(key), f"'{key}'", "mapping", found)
        line = min(found.lines.values(), default=self.entries.lines.get(key, self.line))
        if key in self.entries:
            line = self.entries.lines.get(key, self.line) if found is self.get(key) else line
        return Place(found, self.file, line, called or self.called)

    def text(self, key: str) -> str:
        """The text under a key, without blanks around it.

        Raises:
            WrongShape: it is something else, or blank.
        """
        found = self.get(key)
        if not isinstance(found, str) or not found.strip():
            raise wrong_shape(self.at(key), f"'{key}'", "text", found)
        return found.strip()

    def name(self, key: str) -> str:
        """The name under a key: small letters, digits, underscores.

        Raises:
            WrongShape, BadId: it is none.
        """
        found = self.text(key)
        if not NAME.fullmatch(found):
            raise BadId(where=self.at(key), id=found, wanted=f"a {key}'s name", example="classification")
        return found

    def day(self, key: str) -> date:
        """The day under a key.

        Raises:
            WrongShape: it is none.
        """
        found = self.get(key)
        if not isinstance(found, date):
            raise wrong_shape(self.at(key), f"'{key}'", "day", found)
        return found

    def flag(self, key: str) -> bool:
        """The flag under a key; false where nothing stands there.

        Raises:
            WrongShape: it is something else.
        """
        found = self.get(key)
        if found is not None and not isinstance(found, bool):
            raise wrong_shape(self.at(key), f"'{key}'", "flag", found)
        return bool(found)

    def word(self, key: str, words: type[Word]) -> Word:
        """The word of a closed list under a key.

        Raises:
            UnknownWord: it is none of them.
        """
        return words(self.one_of(key, [str(word) for word in words]))

    def one_of(self, key: str, known: Collection[str]) -> str:
        """The one of some texts that stands under a key.

        Raises:
            UnknownWord: it is none of them.
        """
        found = self.get(key)
        if not isinstance(found, str) or found not in known:
            raise self.unknown(key, found, key, known)
        return found

    def unknown(self, key: Hashable, word: object, name: str, known: Collection[str]) -> UnknownWord:
        """The refusal of a word that is none of those known."""
        return UnknownWord(
            where=self.at(key), word=word, name=name, guess=guess(word, known), known=", ".join(known)
        )

    def names(self, key: str) -> list[str]:
        """The list of texts under a key.

        Raises:
            WrongShape: it is none.
        """
        found = self.get(key)
        if not isinstance(found, list):
            raise wrong_shape(self.at(key), f"'{key}'", "list", found)
        for one in found:
            if not isinstance(one, str):
                raise wrong_shape(self.at(key), f"'{key}'", "text", one)
        return list(found)

    def sentence(self, key: str) -> MappingProxyType[Lang, str]:
        """The sentence under a key in both languages.

        Raises:
            WrongShape, MissingKey, UnknownKey, StrayComma: one is missing or something else stands there.
        """
        both = self.inner(key)
        for word, meant in both.entries.items():
            if meant is None and word not in ("en", "zh"):
                raise StrayComma(where=both.at(word), key=word)
        both.only("en", "zh")
        return MappingProxyType({"en": both.text("en"), "zh": both.text("zh")})
