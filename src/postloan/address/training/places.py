"""Chains of real divisions to put constructed addresses in: province to village, from the registry packages."""

from __future__ import annotations

import csv
import io
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

_COUNTY_TAIL = re.compile("(自治县|自治旗|新区|林区|区|县|市|旗)$")
_CITY_TAIL = re.compile("(地区|市|盟)$")
_TOWN_TAIL = re.compile("(街道|地区|镇|乡)$")
_COMMITTEE = re.compile("(村民委员会|居民委员会|村委会|居委会|委会)$")
_ZONE = re.compile("(开发区|园区|工业园|新区|工业区|管委会|产业园|示范区|集聚区|保税区|管理区|科技园|度假区)")
_MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
_SHORT_PROVINCES = {
    "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏", "新疆维吾尔自治区": "新疆",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chain:
    """One township and what it lies in; a level that its place does not have, as the prefecture of 北京, is ''.

    zone, county_zone: whether the township, or the county, is a development zone in truth.
    villages: names as people write them.
    """

    province: str
    prefecture: str
    county: str
    town: str
    zone: bool
    county_zone: bool
    villages: tuple[str, ...]

    @property
    def municipality(self) -> bool:
        """Whether the chain begins with one of the four cities that are provinces."""
        return self.province in _MUNICIPALITIES


def short_province(name: str) -> str:
    """四川 for 四川省, 内蒙古 for 内蒙古自治区."""
    return _SHORT_PROVINCES.get(name, name.removesuffix("省").removesuffix("市"))


def short_city(name: str) -> str:
    """成都 for 成都市; the name itself where shortening would leave one character."""
    short = _CITY_TAIL.sub("", name)
    return short if len(short) >= 2 else name


def short_county(name: str) -> str:
    """武侯 for 武侯区."""
    short = _COUNTY_TAIL.sub("", name)
    return short if len(short) >= 2 else name


def short_town(name: str) -> str:
    """石羊 for 石羊街道."""
    short = _TOWN_TAIL.sub("", name)
    return short if len(short) >= 2 else name


def short_village(name: str) -> str:
    """五里 for 五里村."""
    short = name.removesuffix("社区").removesuffix("村")
    return short if len(short) >= 2 else name


def as_written(village: str) -> str:
    """五里村 for 五里村委会."""
    found = _COMMITTEE.search(village)
    if not found:
        return village
    plain = _COMMITTEE.sub("村" if "村" in found[1] else "", village)
    return plain.replace("社区社区", "社区").replace("村村", "村")


class Places:
    """All townships of china-division (npm, 2.7.0) with their chains; drawn by county or by township."""

    def __init__(self, package: Path) -> None:
        with tarfile.open(package) as archive:
            tables = {
                name: _rows(archive, name) for name in ("provinces", "cities", "areas", "streets", "villages")
            }
        provinces = {row["code"]: row["name"] for row in tables["provinces"]}
        cities = {row["code"]: row["name"] for row in tables["cities"]}
        counties = {row["code"]: row["name"] for row in tables["areas"]}
        villages: dict[str, list[str]] = {}
        for row in tables["villages"]:
            villages.setdefault(row["streetCode"], []).append(as_written(row["name"]))
        self.chains: list[Chain] = []
        self.by_county: dict[str, list[Chain]] = {}
        for row in tables["streets"]:
            city = cities[row["cityCode"]]
            county = counties[row["areaCode"]]
            heading = city in ("市辖区", "县") or "直辖" in city
            chain = Chain(
                province=provinces[row["provinceCode"]],
                prefecture="" if heading else city,
                county="" if county in ("市辖区", city) or "直辖" in county else county,
                town=re.sub("办事处$", "", row["name"]),
                zone=bool(_ZONE.search(row["name"]))
                and not row["name"].endswith(("镇", "乡", "街道", "街道办事处")),
                county_zone=row["areaCode"][4] == "7",  # statistical codes of zones
                villages=tuple(villages.get(row["code"], ())),
            )
            self.chains.append(chain)
            self.by_county.setdefault(row["areaCode"], []).append(chain)
        self._counties = list(self.by_county.values())
        self._urban = [c for c in self._counties if c[0].county.endswith("区")]

    def draw(self, random: Random) -> Chain:
        """One chain: half of them in city districts."""
        if random.random() < 0.5:
            return random.choice(random.choice(self._urban))
        return random.choice(random.choice(self._counties))


def _rows(archive: tarfile.TarFile, name: str) -> list[dict[str, str]]:
    member = archive.extractfile(f"package/dist/{name}.csv")
    if member is None:
        raise FileNotFoundError(f"package/dist/{name}.csv")
    return list(csv.DictReader(io.TextIOWrapper(member, encoding="utf-8")))
