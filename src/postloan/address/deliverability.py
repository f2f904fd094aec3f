"""Can a postman find it? (投递等级) A grade, what is missing or contradictory, and what to ask the addressee.

Grades: A exact to the door; B to the building or gate; C to the road, compound or village; D to an area; E not
deliverable. What each grade asks for depends on the kind of place, the *ladder*: a flat needs building and room, a
farmhouse its village and group or number, an office its name and where it stands, a box its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from postloan.address.comparing.numbers import canonical
from postloan.address.divisions import regions
from postloan.address.gazetteer import counties_within
from postloan.address.resolve import resolve

if TYPE_CHECKING:
    import pyarrow as pa

    from postloan.address.parsing import Mode, Parsed, Weights

Grade: TypeAlias = Literal["A", "B", "C", "D", "E"]
Ladder: TypeAlias = Literal["flat", "plate", "village", "office", "box", "area", "none"]

GRADE_WORDS: Final = {
    "A": ("exact to the door", "可精确投递到户"), "B": ("to the building or gate", "可投递到楼栋或门牌"),
    "C": ("to the road, compound or village", "只到道路、小区或村"), "D": ("to an area", "只到区域"),
    "E": ("not deliverable", "无法投递"),
}  # fmt: skip
LADDER_WORDS: Final = {
    "flat": ("flat in a building", "楼房住户"), "plate": ("number on a road", "沿街门牌"),
    "village": ("village", "农村"), "office": ("company, school or office", "单位"), "box": ("post-office box", "信箱"),
    "area": ("area", "区域"), "none": ("nothing", "无"),
}  # fmt: skip
MISSING: Final = {
    "city": ("city", "城市"), "county": ("county or district", "区县"), "site": ("road or compound", "道路或小区"),
    "road_no": ("number on the road", "门牌号"), "building": ("building", "楼号"), "room": ("room", "室号"),
    "group": ("villagers' group", "村民小组"), "house": ("house number", "门牌号"), "box": ("box number", "信箱号"),
    "where": ("where it stands", "所在道路与门牌"),
}  # fmt: skip
"""What an address can lack."""
CONTRADICTIONS: Final = {
    "provinces": ("it names more than one province or city", "含有两个以上的省或市"),
    "divisions": ("the divisions named do not lie in each other", "行政区划互相矛盾"),
    "floor": ("the floor and the room do not fit", "楼层与室号不符"),
}  # fmt: skip
"""What in an address can contradict itself."""
_QUESTIONS: Final = {
    "provinces": ("Which of the provinces and cities named is right?", "地址中出现了不同的省市，哪一个正确？"),
    "divisions": ("Which city and which county or district is it in?", "请问在哪个市、哪个区（县）？"),
    "floor": ("Which is right, {floor} or {room}?", "{floor}和{room}哪一个正确？"),
    "city": ("Which city and which county or district is it in?", "请问在哪个市、哪个区（县）？"),
    "county": ("Which county or district is it in?", "请问在哪个区（县）？"),
    "site": ("On which road and at which number, or in which compound, is it?", "请问在哪条路多少号，或哪个小区？"),
    "road_no": ("Which number on {road}?", "请问是{road}多少号？"),
    "building": ("Which building of {place}, and which room?", "请问是{place}几号楼、几室？"),
    "room": ("Which room?", "请问是几单元几室？"),
    "group": ("Which group and house number in {village}?", "请问是{village}几组多少号？"),
    "house": ("Which house number in {village}, or whose house?", "请问是{village}多少号，户主是谁？"),
    "box": ("Which box number?", "请问信箱号是多少？"),
    "where": ("On which road and at which number is {place}?", "请问{place}在哪条路多少号？"),
}  # fmt: skip

_OFFICE = re.compile(
    "(公司|集团|厂|学校|大学|学院|中学|小学|幼儿园|医院|卫生院|诊所|银行|支行|分行|信用社|政府|委员会|局|派出所|法院|检察院|所|站|中心|"
    "酒店|宾馆|饭店|超市|商场|商店|店|门市部?|营业厅|办事处|部队|研究院|设计院|合作社|药房|网吧|馆|工作室|社|部)$"
)
_FLATS = re.compile("(小区|花园|家园|新村|苑|园|公寓|宿舍|家属院|家属楼|城|府|庭|里|居|湾|郡|邸|坊|院)$")
_GROUP = re.compile("(?:组|社|队|屯)$")
_STALL = re.compile("[号铺摊柜]$")
_VILLAGE = re.compile("(村|屯|寨|庄|坪|湾|塘|沟|坝|冲|坳|岭|堡|营|集|店子?|组|社|队|沙|洼|嘴)$")
_URBAN = re.compile("(社区|居委会|小区|居民委员会)$")
_BOX = re.compile("信箱|邮箱|邮政专?箱|P\\.?\\s*O\\.?\\s*BOX", re.IGNORECASE)
_POSTCODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_CITY_NAMED = re.compile("(省|市|自治区|自治州)$")
_MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True, slots=True)
class Deliverability:
    """How far an address leads a postman.

    grade: A to E. ladder: the kind of place it was judged as. missing: what it lacks, keys of ``MISSING``, the most
    needed first. contradictions: keys of ``CONTRADICTIONS``. question_en, question_zh: what to ask the addressee, ''
    where nothing need be asked.
    """

    grade: Grade
    ladder: Ladder
    missing: tuple[str, ...]
    contradictions: tuple[str, ...]
    question_en: str
    question_zh: str

    def words(self, lang: str = "en") -> str:
        """The judgement in a sentence."""
        at = 1 if lang == "zh" else 0
        faults = [CONTRADICTIONS[key][at] for key in self.contradictions]
        if self.missing:
            lacking = ("、" if at else ", ").join(MISSING[key][at] for key in self.missing)
            faults.append(f"缺少{lacking}" if at else f"lacks {lacking}")
        head = f"{self.grade}{'：' if at else ': '}{GRADE_WORDS[self.grade][at]}"
        return head + ("；" if at else "; ") * bool(faults) + ("；" if at else "; ").join(faults)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an address gives. area: 2 down to a county, or to a city that has none; 1 to a city or town; 0 less."""

    area: int
    town: bool
    road: bool
    road_no: bool
    place: bool
    office: bool
    flats: bool
    village: bool
    group: bool
    house: bool
    building: bool
    room: bool
    box: bool
    box_no: bool
    contradictions: tuple[str, ...]


def deliverable(
    address: str | Parsed, mode: Mode = "accurate", weights: Weights = "default"
) -> Deliverability:
    """Judge one address, as text or parsed.

    Raises:
        InputError: the mode or the weights are unknown, or it is no text.
    """
    from postloan.address.parsing import parse_one

    parsed = parse_one(address, mode, weights) if isinstance(address, str) else address
    elements = [(element.label, element.text) for element in parsed.elements]
    return _judge(parsed.text, elements, parsed.adcode, parsed.reason)


def deliverable_batch(parsed: pa.RecordBatch) -> pa.RecordBatch:
    """Judge a batch with the columns of ``parsing.schema``; the answer has those of ``grade_schema``."""
    import pyarrow as pa

    columns = (parsed.column(name).to_pylist() for name in ("text", "elements", "adcode", "reason"))
    found = [
        _judge(text or "", [(e["label"], e["text"]) for e in elements or ()], adcode or "", reason or "")
        for text, elements, adcode, reason in zip(*columns, strict=True)
    ]
    made: dict[str, Sequence[object]] = {
        "text": parsed.column("text"),
        "grade": [f.grade for f in found],
        "ladder": [f.ladder for f in found],
        "missing": [list(f.missing) for f in found],
        "contradictions": [list(f.contradictions) for f in found],
        "question_en": [f.question_en for f in found],
        "question_zh": [f.question_zh for f in found],
    }
    return pa.RecordBatch.from_pydict(made, schema=grade_schema())


def grade_schema() -> pa.Schema:
    """The columns of a graded batch."""
    import pyarrow as pa

    words = pa.list_(pa.string())
    return pa.schema(
        [("text", pa.string()), ("grade", pa.string()), ("ladder", pa.string()), ("missing", words),
         ("contradictions", words), ("question_en", pa.string()), ("question_zh", pa.string())]
    )  # fmt: skip


def _judge(text: str, elements: Sequence[tuple[str, str]], adcode: str, reason: str) -> Deliverability:
    facts = _facts(text, elements, adcode, reason)
    grade, ladder, missing = _NOTHING if reason in _SAYS_NOTHING else _graded(facts)
    asked = next(iter((*facts.contradictions, *missing)), "") if grade != "A" or facts.contradictions else ""
    if not asked:
        return Deliverability(grade, ladder, missing, facts.contradictions, "", "")
    named = _named(elements)
    english, chinese = (question.format(**_words(named, at)) for at, question in enumerate(_QUESTIONS[asked]))
    return Deliverability(grade, ladder, missing, facts.contradictions, english, chinese)


def _named(elements: Iterable[tuple[str, str]]) -> dict[str, str]:
    named: dict[str, str] = {}
    for label, part in elements:
        named.setdefault(label, part)
        if label in ("poi", "subpoi", "person") and _OFFICE.search(part):
            named.setdefault("office", part)
    return named


def _words(named: dict[str, str], at: int) -> dict[str, str]:
    default = {
        "road": ("the road", "该路"),
        "place": ("the compound", "该小区"),
        "village": ("the village", "该村"),
    }
    given = {
        "road": named.get("road"), "place": named.get("office") or named.get("poi") or named.get("community"),
        "village": named.get("community") or named.get("poi") or named.get("town"),
    }  # fmt: skip
    said = {key: value or default[key][at] for key, value in given.items()}
    return {**said, "floor": named.get("floorno", ""), "room": named.get("roomno", "")}


def _facts(text: str, elements: Sequence[tuple[str, str]], adcode: str, reason: str) -> _Facts:
    named = _named(elements)
    road, poi, community = named.get("road", ""), named.get("poi", ""), named.get("community", "")
    numbered = "roadno" in named or "subroadno" in named
    group = any(
        label in ("road", "poi", "subroad", "subpoi") and _GROUP.search(part) for label, part in elements
    )
    rural_name = bool(community and not _URBAN.search(community)) or bool(
        poi and not community and not road and _VILLAGE.search(poi) and not _FLATS.search(poi)
    )
    village = rural_name or (group and not community and not poi)
    road_proper = bool(road) and not _GROUP.search(road)
    return _Facts(
        area=_area(adcode, "town" in named),
        town="town" in named,
        road=road_proper,
        road_no=numbered,
        place=bool(poi) or "subpoi" in named or bool(community and not rural_name),
        office="office" in named,
        flats=bool(_FLATS.search(poi)),
        village=village,
        group=group,
        house=numbered or "houseno" in named,
        building="houseno" in named,
        room="roomno" in named,
        box=bool(_BOX.search(text)),
        box_no=any(sign.isdigit() for sign in _POSTCODE.sub("", text)),
        contradictions=_contradictions(elements, named, adcode, reason),
    )


@lru_cache(maxsize=8192)
def _area(adcode: str, town: bool) -> int:
    if not adcode:
        return 0
    if adcode[4:] != "00":
        return 2
    city = adcode[2:] != "0000" or adcode[:2] in _MUNICIPALITIES
    if city and (adcode[2:] == "0000" or counties_within(adcode[:4])):
        return 1
    return 2 if city else int(town)


def _contradictions(
    elements: Sequence[tuple[str, str]], named: dict[str, str], adcode: str, reason: str
) -> tuple[str, ...]:
    found = []
    others = (part for label, part in elements if label == "redundant" and _CITY_NAMED.search(part))
    if reason == "several_places" or any(_elsewhere(other, adcode) for other in others):
        found.append("provinces")
    if reason == "contradictory":
        found.append("divisions")
    if "floorno" in named and "roomno" in named and not _fits(named["floorno"], named["roomno"]):
        found.append("floor")
    return tuple(found)


@lru_cache(maxsize=4096)
def _elsewhere(name: str, adcode: str) -> bool:
    """Whether a province or city named besides lies elsewhere than the address."""
    other = resolve(name, "", "").adcode or resolve("", name, "").adcode
    if not other or not adcode:
        return False
    digits = 2 if other[2:] == "0000" else 4 if other[4:] == "00" else 6
    return other[:digits] != adcode[:digits] and regions()[other].current


@lru_cache(maxsize=4096)
def _fits(floor: str, room: str) -> bool:
    """Whether a room of three or four digits lies on the floor given; what cannot be told fits."""
    if _STALL.search(room):
        return True
    storeys, number = canonical(floor, floor=True), canonical(room)
    if len(storeys) != 1 or not storeys[0].isdigit() or len(number) != 1 or not number[0].isdigit():
        return True
    if len(number[0]) not in (3, 4) or len(storeys[0]) > 2:
        return True
    return int(number[0]) // 100 == int(storeys[0]) or int(number[0][: len(number[0]) - 3] or "0") == int(
        storeys[0]
    )


_SAYS_NOTHING = frozenset({"missing", "empty", "no_chinese", "no_place"})
_Judgement: TypeAlias = tuple[Grade, Ladder, tuple[str, ...]]


_NOTHING: _Judgement = ("E", "none", ("city", "site"))


@lru_cache(maxsize=65536)
def _graded(facts: _Facts) -> _Judgement:
    grade, ladder, missing = _on_the_ground(facts)
    if facts.contradictions and facts.contradictions != ("floor",):
        return max(grade, "D"), ladder, missing  # the grades stand in order of the alphabet
    if "floor" in facts.contradictions:
        return max(grade, "B"), ladder, missing
    if grade in ("D", "E") or facts.area == 2:
        return grade, ladder, missing
    if facts.area == 1:
        # a village without its county may be any of several; a road of a city is mostly found
        if ladder == "village":
            return max(grade, "C"), ladder, ("county", *missing)
        return grade, ladder, (*missing, "county")
    return "D", ladder, ("city", *missing)


def _on_the_ground(facts: _Facts) -> _Judgement:
    """The grade by what is below the county."""
    if facts.box:
        return ("A", "box", ()) if facts.box_no else ("C", "box", ("box",))
    if facts.village and not facts.road and not facts.office:
        if facts.building and facts.room:
            return "A", "flat", ()
        if facts.house:
            return "A", "village", ()
        return ("B", "village", ("house",)) if facts.group else ("C", "village", ("group", "house"))
    if facts.office and not facts.flats:
        if facts.road_no or facts.room or facts.building:
            return "A", "office", ()
        return (
            ("B", "office", ("where",))
            if facts.road or facts.town or facts.area
            else ("C", "office", ("where",))
        )
    if facts.room and (facts.building or facts.place or facts.road_no):
        return "A", "flat", ()
    if facts.building:
        return "B", "flat", ("room",)
    if facts.road_no and facts.road:
        return ("C", "flat", ("building", "room")) if facts.flats else ("B", "plate", ("room",))
    if facts.place or facts.road_no:
        return "C", "flat", ("building", "room")
    if facts.road:
        return "C", "plate", ("road_no",)
    if facts.town or facts.area == 2:
        return "D", "area", ("site",)
    return "E", "area" if facts.area else "none", ("site",) if facts.area else ("city", "site")
