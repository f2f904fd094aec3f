"""A notice's text made regular: one width, one kind of bracket, no page furniture, no HTML."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD, 0x200E, 0x200F], None)
_AS = str.maketrans("【〔［{】〕］}⻓⻔⻛⻚⻋⻅⻉﹣−﹔﹕", "(((()))" + ")长门风页车见贝--;:")
_HEAD = re.compile(r"^\s*#\s*(source|form)\s*:\s*(.*)$", re.IGNORECASE)
_FURNITURE = re.compile(
    r"^[ \t]*(?:第\s*\d+\s*页(?:\s*[,/]?\s*共\s*\d+\s*页)?|[-·]\s*\d{1,3}\s*[-·]|\d{1,3}\s*/\s*\d{1,3}"
    r"|page\s+\d+(?:\s+of\s+\d+)?)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_BREAK = re.compile(r"(?:\n[ \t]*\d{1,3}[ \t]*)?\n?\f(?:[ \t]*\n)?(?:[ \t]*\d{1,3}[ \t]*\n)?")
_RULE = re.compile(r"^[ \t|]*(?:[-:=─—]{3,}[ \t|]*)+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """The regular text of one notice.

    text: with its lines. compact: without any white space. at: where each character of ``compact`` stands in
    ``text``, and the text's length last. site, day, form: what the head lines (``# source:``) say.
    """

    text: str
    compact: str
    at: tuple[int, ...]
    site: str | None
    day: str | None
    form: str | None


def regular(text: str) -> Page:
    """The regular form of a notice's text; HTML is taken apart first."""
    if re.search(r"<(?:html|table|body|div|p|td)\b", text, re.IGNORECASE):
        text = html_to_text(text)
    text = re.sub(r"<br\s*/?>", "", text, flags=re.IGNORECASE)  # inside the cells of a Markdown table
    site = day = form = None
    kept = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if head := _HEAD.match(line):
            if head.group(1).lower() == "source":
                site, day = _source(head.group(2).strip())
            else:
                form = head.group(2).strip()
        else:
            kept.append(line)
    body = "\n".join(kept).translate(_INVISIBLE)
    body = "".join(map(_plain, body)).translate(_AS)
    body = _BREAK.sub("\n", body)
    body = _FURNITURE.sub("", body)
    body = _RULE.sub("", body).replace("**", "").replace("\\|", "|")
    spots = [i for i, char in enumerate(body) if not char.isspace()]
    return Page(body, "".join(body[i] for i in spots), (*spots, len(body)), site, day, form)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """Half width for full width, ordinary for look-alikes (PDF text has ⼀ for 一); circled numbers stay."""
    if char in "\n\f\t":
        return char
    if char.isspace():
        return " "
    made = unicodedata.normalize("NFKC", char)
    return made if len(made) == 1 and unicodedata.category(char) != "No" else char


def _source(text: str) -> tuple[str | None, str | None]:
    match = re.fullmatch(r"(.*?)[,，]?\s*(\d{4}(?:-\d{2}){0,2})", text)
    return (match.group(1).strip() or None, match.group(2)) if match else (text or None, None)


class _Flat(HTMLParser):
    """Cells become ``|``, rows and blocks become lines; scripts and styles vanish."""

    _LINES = frozenset({"tr", "p", "div", "br", "h1", "h2", "h3", "h4", "li", "table", "section", "header"})
    _SILENT = frozenset({"script", "style", "title", "head"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._mute += 1
        elif tag in ("td", "th"):
            self.parts.append(" | ")
        elif tag in self._LINES:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._mute = max(self._mute - 1, 0)
        elif tag in self._LINES:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.parts.append(re.sub(r"\s+", " ", data))


def html_to_text(html: str) -> str:
    """The words of an HTML page, cells parted by ``|``, rows by line breaks."""
    parser = _Flat()
    parser.feed(html)
    parser.close()
    return re.sub(r"\n[ \t]*(?:\n[ \t]*)+", "\n", "".join(parser.parts)).strip()
