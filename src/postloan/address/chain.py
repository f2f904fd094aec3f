"""What the names in an address fix: a chain of divisions (省、地、县、乡), what was assumed and what is ambiguous."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from postloan.address.divisions import Level, regions

Assumed = Literal["completed", "renamed", "merged", "moved", "short", "context"]
"""``completed``: implied by a level below. ``renamed``: the name is an earlier one. ``merged``: the division no longer
exists and lies in another. ``moved``: the township named lies in another county today. ``short``: the name lacks the
word for its level. ``context``: only what is known besides the text decides."""


LEVEL_WORDS: Final[dict[Level, tuple[str, str]]] = {
    "province": ("province", "省级"), "prefecture": ("prefecture", "地级"), "county": ("county", "县级"),
    "township": ("township", "乡级"),
}  # fmt: skip
"""The levels in English and Chinese."""
_SENTENCES: Final[dict[Assumed, tuple[str, str]]] = {
    "completed": ("{level} {taken} follows from what is named below it", "由下级推得{level}：{taken}"),
    "renamed": ("{level} {said} is called {taken} today{when}", "{level}{said}已更名为{taken}{when}"),
    "merged": ("{level} {said} is {taken} today{when}", "{level}{said}现为{taken}{when}"),
    "moved": (
        "the township lies in {taken} today, no longer in {said}",
        "该乡级区划现属{taken}，不再属{said}",
    ),
    "short": ("{said} is short for {taken}", "{said}即{taken}"),
    "context": ("only the context decides for {level} {taken}", "依据上下文确定{level}：{taken}"),
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing that the chain says and the text does not.

    kind: why. level: of the division. said: what the text says, '' where nothing. taken: the name taken for it.
    year: of the change, where there was one and it is known.
    """

    kind: Assumed
    level: Level
    said: str
    taken: str
    year: int | None = None

    def sentence(self, lang: str = "en") -> str:
        """The assumption in words, in English or ``zh``."""
        words = _SENTENCES[self.kind][lang == "zh"]
        when = "" if self.year is None else f" ({self.year})" if lang != "zh" else f"（{self.year}年）"
        return words.format(
            said=self.said, taken=self.taken, level=LEVEL_WORDS[self.level][lang == "zh"], when=when
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """The division of an address.

    adcode: six digits of the deepest of province, prefecture and county that the names fix, in force or abolished as
    the text says; '' where they fix none. path: the names to it with / between, as they are or last were.
    current: the code in force that lies there now; '' where none is known or several are. township: nine digits of the
    township (乡级) in force; '' where none is fixed. township_name: its name in full.
    assumed: what the text does not say itself. ambiguous: codes in force that fit equally well where the chain stops
    short of what the text names, in order. reason: '' or a code of ``postloan.address.parsing.REASONS``.
    """

    adcode: str
    path: str
    current: str = ""
    township: str = ""
    township_name: str = ""
    assumed: tuple[Assumption, ...] = ()
    ambiguous: tuple[str, ...] = ()
    reason: str = ""

    @property
    def level(self) -> Level | Literal[""]:
        """The deepest level that is fixed; '' for none."""
        if self.township:
            return "township"
        code = self.current or self.adcode
        if not code:
            return ""
        return "province" if code[2:] == "0000" else "prefecture" if code[4:] == "00" else "county"

    @property
    def doubt(self) -> str:
        """Why little trust is due: the reason, or ``ambiguous``; '' where nothing speaks against the chain."""
        return self.reason or ("ambiguous" if self.ambiguous else "")

    @property
    def current_path(self) -> str:
        """The names of today down to the county with / between; '' where there is no such division today."""
        return path_of(self.current) if self.current else ""

    def name(self, level: Level) -> str:
        """Today's full name at a level, '' where the chain has none there (Beijing has no prefecture)."""
        if level == "township":
            return self.township_name
        for code in lineage(self.current):
            if regions()[code].level == level:
                return regions()[code].name
        return ""


NOWHERE = Chain("", "")


def lineage(code: str) -> tuple[str, ...]:
    """The codes from the province down to this one; headings such as 市辖区 and levels that do not exist left out."""
    every = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code)) if code else ()
    return tuple(c for c in every if c in regions() and not regions()[c].is_heading)


@lru_cache(maxsize=8192)
def path_of(code: str) -> str:
    """The names from the province down to this division with / between."""
    return "/".join(regions()[c].name for c in lineage(code))
