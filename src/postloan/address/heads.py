"""The divisions at the head of a text, found by dictionary alone.

A walk from one division to the next: each place it has been to is kept with the names that can follow, so that most
steps are one look-up by two characters. Short names are taken only where what follows cannot be read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from postloan.address.followers import CITY, DISTRICT, EMPTY, PROV, TOWN, Entry, nearby_towns, table_of
from postloan.address.gazetteer import folds
from postloan.address.resolve import resolve

LEVELS: Final = ("prov", "city", "district", "town")
UNSURE: Final = (0.016, 0.13, 0.025, 0.03, 0.03, 0.16, 0.02, 0.09)
"""How often a mark is wrong, by level and whether the name is short: measured on labelled addresses."""
FURTHEST = 60
"""Characters in which a head may lie."""
_SKIPPED: Final = re.compile(
    "(?:[-_/,，、|·.。 　\t—－:：;；?？]|null|NULL|市辖[区县]|中国(?!人民|移动|电信|联通|银行|农业|工商|建设|邮政|石))+"
)
"""What may stand between two divisions and belongs to neither."""
_LONGER = re.compile(
    "[路街道巷弄胡桥村湾站镇乡港山岛河江湖园区城门坝塘井寺岭坑圩州店里]|[东西南北中上下内外前后新老大一二三四五六七八九十]{1,3}[路街道巷弄村区桥]"
    "|大[道街厦学桥酒院饭坝]|机场|高新|工业|经济|开发|科技|保税|商贸|小商|人民[路医]|国际|中心|公寓|花[园苑]|市场|小区|广场|新[村城区苑]|大院|火车"
    "|汽车|客运|宾馆|酒店|公司|集团|医院|银行|学院|中学|小学|派出|边防|办事|电子|传媒|职业"
)
"""What shows that a short name is the beginning of another name: 温州路, 杭州大厦, 宁波高新区."""
_BEGUN, _BEGUN_KEPT = 10, 1 << 14
_TOWN_SIZES = (5, 4, 3, 2)
_WEAK_TOWN = TOWN << 13 | 1
_KEPT = 40_000  # places; some hundred bytes each
_MAY_SKIP: Final = frozenset("-_/,，、|·.。 　\t—－:：;；?？nN市中")
_ROAD = re.compile("[东西南北中]?[一二三四五六七八九十]?[路街道巷弄镇乡]|大[道街厦学桥]|机场|高新|经济|工业")
"""The same for the names of cities, which are seldom part of another."""
_OWN_ROAD = re.compile("[东西南北中]?[一二三四五六七八九十]?[路街道巷弄镇乡]|大[道厦学]|机场")
"""The same where the name of what it lies in comes before it."""
_PART = re.compile(
    "[\u4e00-\u9fff][东西南北中]?[路街]|[一二三四五六七八九十东西南北][区部]|国际机场|部?商务区|年"
)
"""What a county's short name at the very beginning is not followed by."""
_MORE = re.compile("新区|[区县市](?![场域政])")
"""What is written after a short name instead of its own ending: 平桂县, 光明新区."""
_GOES_ON = re.compile(
    "[\u4e00-\u9fff]{2,6}?(?:[路街镇乡村弄]|大道|街道|开发区|工业区|园区|社区)|[一二三四五六七八九十\u4e00-\u9fff][一二三四五六七八九十][路街]"
)
"""What shows that a new name begins after a short one: 杭州|古墩路, 宁波|宗汉街道."""
_TOWN = re.compile(
    "([\u4e00-\u9fff]{1,6}?(?:街道办事处|街道办|街道)|[\u4e00-\u9fff]{1,5}?(?:镇|乡|苏木))"
    "(?![政卫府路街巷办村]|中[学心小]|小学|医院|[东西南北][路街村]|[新老]村|工业)"
)
_TOWN_ENDS = re.compile("[镇乡]|街道|苏木")
_NO_TOWN = re.compile("[号省]|大道|公寓|小区|[路村街市区县].*[镇乡]$(?<!.[路村街市区县].)")
_COUNTY_ENDS = re.compile("[区县市]")
_COUNTY = re.compile(
    "[\u4e00-\u9fff]{2,8}自治[县旗]|[\u4e00-\u9fff]{2,3}?"
    "(?:新区|(?<![小园社校库景厂市城山地郊发业技社一二三四五六七八九十])区|县|(?<!城)市(?![场政民]))"
)
_PROVINCE_INSIDE = re.compile(
    "(?:北京|天津|上海|重庆)市|(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾)省|内蒙古自治区|广西壮族自治区|西藏自治区|宁夏回族自治区|新疆维吾尔自治区"
)


_made = [0]  # places since the walk began anew
_anywhere: set[str] = set()  # the first two characters of every division's names


_NONE: dict[Entry | tuple[str, int], Node] = {}


class Node:
    """A division that the walk has reached by certain names, and what can follow.

    names: of province, prefecture, county and township as said. codes: the divisions in force or not that they may be.
    depth: how many names were said.
    """

    __slots__ = (
        "_nearby", "_place", "children", "codes", "depth", "label", "names", "parent", "table",
    )  # fmt: skip

    def __init__(
        self, parent: Node | None, names: tuple[str, ...], label: int, codes: tuple[str, ...]
    ) -> None:
        self.parent, self.names, self.label, self.codes = parent, names, label, codes
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.table = table_of(label, codes) if label < TOWN else EMPTY
        self.children: dict[Entry | tuple[str, int], Node] = {} if label < TOWN else _NONE
        self._place: tuple[str, str, str] | None = None
        self._nearby: tuple[tuple[frozenset[str], frozenset[str]], ...] | None = None
        _made[0] += 1

    @property
    def place(self) -> tuple[str, str, str]:
        """What the names fix: code, path, and why little trust is due."""
        if self._place is None:
            province, city, district, town = self.names
            chain = resolve(province, city, district, town)
            self._place = chain.adcode, chain.path, chain.doubt
        return self._place

    @property
    def nearby(self) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
        """Short names of townships of the same prefectures, and their beginnings."""
        if self._nearby is None:
            heads = dict.fromkeys(code[:4] for code in self.codes) if CITY <= self.label < TOWN else ()
            self._nearby = tuple(nearby_towns(head) for head in heads)
        return self._nearby

    def child(self, entry: Entry) -> Node:
        """The node that a name leads to."""
        node = self.children.get(entry)
        if node is None:
            node = self.children[entry] = self._below(entry.name, entry.label, entry.codes)
        return node

    def called(self, name: str, label: int) -> Node:
        """The node that a name of a level leads to which is in no table."""
        node = self.children.get((name, label))
        if node is None:
            node = self.children[name, label] = self._below(name, label, ())
        return node

    def _below(self, name: str, label: int, codes: tuple[str, ...]) -> Node:
        return Node(self, (*self.names[:label], name, *self.names[label + 1 :]), label, codes)


@cache
def root() -> Node:
    """Where every walk begins."""
    node = Node(None, ("", "", "", ""), -1, ())
    _anywhere.update(node.table)
    return node


def forget() -> None:
    """Begin the walk anew where it has been to so many places that they weigh more than finding them again."""
    if _made[0] > _KEPT:
        root.cache_clear()
        _begun.clear()
        _made[0] = 0


Head = tuple[int, Node]
"""The marks found, 15 bits each (level 2, start 6, end 6, short 1; the first in the highest), and the last node."""


_begun: dict[str, tuple[Node, int, int]] = {}


def _begin(prefix: str) -> tuple[Node, int, int]:
    """How far the walk gets by full names, for every text that begins so; kept, as many texts begin alike."""
    node, marks, at = root(), 0, 2 if prefix.startswith("中国") else 0
    while True:
        rest = prefix[at:]
        # a name that is longer than the rest may follow in one text and not in another
        fits = (e for e in node.table.get(rest[:2], ()) if rest.startswith(e.name) or e.name.startswith(rest))
        entry = next(fits, None)
        end = at + entry.size if entry else 0
        if entry is None or entry.weak or end >= len(prefix) or prefix[end] in entry.unlike:
            break
        node, marks, at = node.child(entry), marks << 15 | entry.bits | at << 7 | end << 1, end
    if len(_begun) < _BEGUN_KEPT:
        _begun[prefix] = node, marks, at
    return node, marks, at


def read_head(text: str) -> Head:
    """The divisions at the head of a text."""
    prefix = text[:_BEGUN]
    node, marks, at = _begun.get(prefix) or _begin(prefix)
    while at < FURTHEST:
        key = text[at : at + 2]
        if node.label == 3 and key not in _anywhere and key[:1] not in _MAY_SKIP:
            return marks, node
        for entry in node.table.get(key, ()):
            if text.startswith(entry.name, at):
                end = at + entry.size
                if entry.weak:
                    end = _end_of_short(text, entry, end, node)
                    if not end:
                        continue
                elif text[end : end + 1] in entry.unlike and _is_other_word(text, entry, end, node):
                    continue
                marks = marks << 15 | entry.bits | at << 7 | end << 1
                node = node.child(entry)
                at = end
                break
        else:
            further = _otherwise(text, at, node, marks)
            if further is None:
                return marks, node
            node, marks, at = further
    return marks, node


def _is_other_word(text: str, entry: Entry, end: int, node: Node) -> bool:
    """Whether a name in full is the beginning of another word (义乌市场), and not followed by a name (武威市民勤县)."""
    after = text[end : end + 1]
    return after != "" and after in entry.unlike and not _followed(text, entry, end, node)


def _end_of_short(text: str, entry: Entry, end: int, node: Node) -> int:
    """Where a short name ends; 0 where it does not stand for itself but is the beginning of another."""
    if end >= len(text):
        return end if node.label >= 0 else 0
    if entry.label < 3:
        if _followed(text, entry, end, node):
            return end
        if entry.label == 2 and node.label >= 0 and (more := _MORE.match(text, end)):
            return more.end()
    if entry.label == TOWN:
        return _end_of_town(text, end, node)
    if node.label >= 0 and entry.label - node.label == 1:
        return 0 if (_OWN_ROAD if _says_much(entry) else _LONGER).match(text, end) else end
    if (_ROAD if _says_much(entry) else _LONGER).match(text, end):
        return 0
    if node.label < 0 and entry.label == DISTRICT and not entry.common and len(text) - end > 3:
        return 0 if _PART.match(text, end) or _is_also_more(entry, node) else end
    if entry.label < 2 and _SKIPPED.match(text, end):
        return end
    if not _GOES_ON.match(text, end):
        return 0
    return 0 if node.label < 0 and entry.label == 2 and entry.common else end


def _is_also_more(entry: Entry, node: Node) -> bool:
    """Whether a prefecture or province has the same short name."""
    return any(e.name == entry.name and e.label < entry.label for e in node.table[entry.name[:2]])


def _says_much(entry: Entry) -> bool:
    """Whether a short name is hardly ever part of another: a city's, or a county's that no township has."""
    return entry.city or (entry.label == DISTRICT and not entry.common)


def _end_of_town(text: str, end: int, node: Node) -> int:
    """Where the short name of a township ends; 0 where it is the beginning of another name."""
    if end >= len(text):
        return end
    if _LONGER.match(text, end):
        return 0
    return end if node.label == DISTRICT or _GOES_ON.match(text, end) else 0


def _followed(text: str, entry: Entry, end: int, node: Node) -> bool:
    """Whether something that lies in the place follows its short name."""
    if sign := _SKIPPED.match(text, end):
        end = sign.end()
    below = node.child(entry)
    for follower in below.table.get(text[end : end + 2], ()):
        if text.startswith(follower.name, end):
            after = _ROAD if follower.city else _LONGER
            if not (follower.weak and after.match(text, end + follower.size)):
                return True
    return text.startswith(entry.name, end) or any(
        text.startswith(same.name, end) and (not same.weak or same.label == PROV < entry.label)
        for same in node.table.get(text[end : end + 2], ())
    )


Step = tuple[Node, int, int]


def _otherwise(text: str, at: int, node: Node, marks: int) -> Step | None:
    """Where no name of the table follows: a sign, a name once more, or one that the dictionary lacks."""
    if node.label < 0:
        found = _town(text, at, node, marks) if at < len(text) else None
        return found or _province_inside(text, at)
    if text[at : at + 1] in _MAY_SKIP and (sign := _SKIPPED.match(text, at)):
        return node, marks, sign.end()
    key = text[at : at + 2]
    if key in _anywhere and (again := _once_more(text, at, key, node, marks)):
        return again
    return _unknown(text, at, node, marks) if node.label < 3 else None


def _province_inside(text: str, at: int) -> Step | None:
    """The walk begins again at a province further on, where something that lies in it follows."""
    if "省" not in text and "市" not in text and "自治区" not in text:
        return None
    inside = _PROVINCE_INSIDE.search(text, at + 1, FURTHEST)
    if inside:
        for entry in root().table.get(inside[0][:2], ()):
            if entry.name == inside[0] and _followed(text, entry, inside.end(), root()):
                return root(), 0, inside.start()
    return None


def _unknown(text: str, at: int, node: Node, marks: int) -> Step | None:
    """A county or township that is in no table, by the word for its level."""
    if node.label < 2:
        found = _COUNTY_ENDS.search(text, at + 1, at + 5) and _COUNTY.match(text, at)
        if found and found.end() < FURTHEST:
            mark = 2 << 13 | at << 7 | found.end() << 1 | 1
            return node.called(found[0], 2), marks << 15 | mark, found.end()
    key = text[at : at + 2]
    for towns, beginnings in node.nearby:
        if key in beginnings:
            for size in _TOWN_SIZES:
                name = text[at : at + size]
                if name in towns and (end := _end_of_town(text, at + size, node)):
                    return node.called(name, TOWN), marks << 15 | _WEAK_TOWN | at << 7 | end << 1, end
    return _town(text, at, node, marks)


def _town(text: str, at: int, node: Node, marks: int) -> Step | None:
    if not _TOWN_ENDS.search(text, at + 1, at + 9):
        return None
    found = _TOWN.match(text, at)
    if not found or found.end(1) >= FURTHEST or _NO_TOWN.search(found[1]):
        return None
    mark = 3 << 13 | at << 7 | found.end(1) << 1 | 1
    return node.called(found[1], 3), marks << 15 | mark, found.end(1)


def _once_more(text: str, at: int, key: str, node: Node, marks: int) -> Step | None:
    """A name of a level above that is said again.

    Where more follows from there, that counts and not what was said before; else it is passed over.
    """
    above = node.parent
    while above is not None:
        for entry in above.table.get(key, ()):
            if entry.label < 3 and text.startswith(entry.name, at):
                end = at + entry.size
                if _is_other_word(text, entry, end, above):
                    continue
                goes_on = _followed(text, entry, end, above)
                if entry.weak and entry.name not in node.names and (not goes_on or entry.label == DISTRICT):
                    continue
                if not goes_on and (node.depth - above.depth > 1 or entry.weak):
                    if _said(entry, node):
                        return node, marks, end
                    continue
                kept = marks >> 15 * (node.depth - above.depth)
                mark = entry.bits | at << 7 | end << 1
                return above.child(entry), kept << 15 | mark, end
        above = above.parent
    return None


def _said(entry: Entry, node: Node) -> bool:
    """Whether the walk has been to this place."""
    at: Node | None = node
    while at is not None and at.label >= 0:
        if at.label == entry.label and not set(at.codes).isdisjoint(entry.codes):
            return True
        at = at.parent
    return False


def unpack(marks: int) -> Iterator[tuple[str, int, int, bool]]:
    """The marks in order: label, start, end, whether short."""
    for place in range(45, -1, -15):
        mark = marks >> place & 0x7FFF
        if mark >> 1 & 63:
            yield LEVELS[mark >> 13], mark >> 7 & 63, mark >> 1 & 63, bool(mark & 1)


def leading_divisions(text: str) -> list[tuple[str, int, int, float]]:
    """Province, prefecture, county and township at the head of a text: label, start, end, how likely right."""
    folded = text if text.isascii() else text.translate(folds())
    return [
        (label, start, end, 1 - UNSURE[2 * LEVELS.index(label) + weak])
        for label, start, end, weak in unpack(read_head(folded)[0])
    ]
