"""Administrative divisions (行政区划): the six-digit codes of GB/T 2260, those in force and those abolished.

Abolished codes matter: an identity number keeps the code of the county where it was first issued, and an old contract
names the county as it was then. Each earlier name leads to what the division became, with the year.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古",
        "21": "辽宁", "22": "吉林", "23": "黑龙江",
        "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东",
        "41": "河南", "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南",
        "50": "重庆", "51": "四川", "52": "贵州", "53": "云南", "54": "西藏",
        "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆",
        "71": "台湾", "81": "香港", "82": "澳门", "83": "台湾",
    }
)  # fmt: skip
"""Short province names (省级简称) by the first two digits; 81, 82, 83 stand in residence permits (居住证)."""

Level = Literal["province", "prefecture", "county", "township"]
"""省, 地, 县, 乡."""

_HEADINGS = frozenset({"市辖区", "县"})


class Naming(NamedTuple):
    """One name that a code had.

    code: six digits. name: in full. current: whether both are in force. became: the codes in force that lie where it
    lay, itself where it is; none where nothing is known. changed: the year in which it became that, None where
    unknown or in force. until: the last year of the name where known.
    """

    code: str
    name: str
    current: bool
    became: tuple[str, ...]
    changed: int | None
    until: int | None

    @property
    def level(self) -> Level:
        """``province`` (省), ``prefecture`` (地) or ``county`` (县)."""
        return level_of(self.code)

    @property
    def is_heading(self) -> bool:
        """True of codes that only head a group, such as 市辖区."""
        return self.name in _HEADINGS or "直辖县级" in self.name


@dataclass(frozen=True, slots=True)
class Region:
    """One division and where it lies.

    code: six digits. name: the name that it has, or had last. names: all names, the earliest first.
    province: short name (四川). prefecture: full name (成都市); '' where there is none, as in 北京.
    current: whether the code is in force. since, until: first and last year where known. became: the codes in force
    that lie where it lay (itself while it is in force). longitude, latitude: of its seat, in degrees, where known.
    """

    code: str
    name: str
    names: tuple[str, ...]
    province: str
    prefecture: str
    current: bool
    since: int | None
    until: int | None
    became: tuple[str, ...] = ()
    longitude: float | None = None
    latitude: float | None = None

    @property
    def level(self) -> Level:
        """``province`` (省), ``prefecture`` (地) or ``county`` (县)."""
        return level_of(self.code)

    @property
    def is_heading(self) -> bool:
        """True of codes that only head a group, such as 市辖区."""
        return self.name in _HEADINGS or "直辖县级" in self.name


@cache
def _rows() -> dict[str, list[list[str]]]:
    """The packed table by code: code, name, since, until, current, became, changed, longitude, latitude."""
    packed = (files(__package__) / "divisions.csv.gz").read_bytes()
    rows: dict[str, list[list[str]]] = {}
    for line in gzip.decompress(packed).decode("utf-8").splitlines()[1:]:
        row = line.split(",")
        rows.setdefault(row[0], []).append(row)
    return rows


@cache
def namings() -> tuple[Naming, ...]:
    """Every name that every code has or had, without the headings."""
    every = (
        Naming(
            row[0], row[1], row[4] == "1", (row[0],) if row[4] == "1" else tuple(row[5].split()), _year(row[6]),
            _year(row[3]),
        )
        for rows in _rows().values()
        for row in rows
    )  # fmt: skip
    return tuple(naming for naming in every if not naming.is_heading)


@cache
def regions() -> Mapping[str, Region]:
    """All divisions by code, in order of code."""
    return _Regions()


class _Regions(Mapping[str, Region]):
    """Regions made when they are asked for: most programs need few of the seven thousand."""

    def __init__(self) -> None:
        self._rows, self._made = _rows(), dict[str, Region]()

    def __getitem__(self, code: str) -> Region:
        region = self._made.get(code)
        if region is None:
            region = self._made[code] = _region(code, self._rows[code], self._rows.get(code[:4] + "00", []))
        return region

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, code: object) -> bool:
        return code in self._rows


def _region(code: str, entries: list[list[str]], head: list[list[str]]) -> Region:
    last = entries[-1]
    prefecture = head[-1][1] if head and code[2:] != "0000" else ""
    return Region(
        code=code,
        name=last[1],
        names=tuple(dict.fromkeys(entry[1] for entry in entries)),
        province=PROVINCES[code[:2]],
        prefecture="" if prefecture in _HEADINGS or "直辖县级" in prefecture else prefecture,
        current=last[4] == "1",
        since=_year(entries[0][2]),
        until=_year(last[3]),
        became=(code,) if last[4] == "1" else tuple(last[5].split()),
        longitude=float(last[7]) if last[7] else None,
        latitude=float(last[8]) if last[8] else None,
    )


def _year(text: str) -> int | None:
    return int(text) if text else None


def level_of(code: str) -> Level:
    """The level of a code of six digits, or nine of a township."""
    if len(code) == 9:
        return "township"
    return "province" if code[2:] == "0000" else "prefecture" if code[4:] == "00" else "county"


def region_of(code: str) -> Region | None:
    """The division with this code, in force or abolished; None where there never was one."""
    return regions().get(code)


def known_codes() -> frozenset[str]:
    """Every code that is or was in force."""
    return frozenset(regions())


def province_of(code: str) -> str | None:
    """The short province name (四川) by a code's first two digits; None where there is no such province."""
    return PROVINCES.get(code[:2])


def divisions_table() -> pa.Table:
    """The divisions as a table: code, name, province (short), prefecture, current, became, longitude, latitude."""
    import pyarrow as pa

    every = list(regions().values())
    return pa.table(
        {
            "code": [region.code for region in every],
            "name": [region.name for region in every],
            "province": [region.province for region in every],
            "prefecture": [region.prefecture for region in every],
            "current": [region.current for region in every],
            "became": pa.array([region.became for region in every], pa.list_(pa.string())),
            "longitude": pa.array([region.longitude for region in every], pa.float64()),
            "latitude": pa.array([region.latitude for region in every], pa.float64()),
        }
    )
