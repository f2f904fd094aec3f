"""Letters on paper: which characters the typeface has, QR codes, PDF of many letters at once."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from postloan.adapters.documents import DocumentFailed, bundled_fonts, pdf_bytes
from postloan.delivery.setting import envelopes_data, envelopes_source, letters_data, letters_source

TYPEFACE = "Noto Sans CJK SC"


@cache
def _characters() -> frozenset[int]:
    """The code points of the bundled typeface."""
    from fontTools.ttLib import TTCollection
    from noto_cjk_sans_otc import FONT_PATH

    with TTCollection(str(FONT_PATH), lazy=True) as faces:
        for face in faces:
            if face["name"].getDebugName(1) == TYPEFACE:
                return frozenset(face.getBestCmap())
    raise DocumentFailed(path=FONT_PATH, why=f"there is no {TYPEFACE} in it")


@lru_cache(maxsize=65_536)
def lacks(text: str) -> str:
    """The characters of a text that the typeface does not have, each once, in order of their first coming."""
    known = _characters()
    return "".join(dict.fromkeys(ch for ch in text if ord(ch) not in known))


def qr_svg(text: str) -> str:
    """A QR code as SVG, a quarter of which may be soiled."""
    import segno

    out = io.BytesIO()
    # A mask that is given is not looked for, which takes four fifths of the time; any of them is valid.
    made = segno.make_qr(text, error="m", boost_error=False, mask=3)
    made.save(out, kind="svg", xmldecl=False, svgns=True, border=2)
    return out.getvalue().decode("ascii")


def letters_pdf(contents: Sequence[Mapping[str, Any]], *, on: date) -> tuple[bytes, list[int]]:
    """Letters one after the other as PDF, and the page on which each begins, from 1.

    Raises:
        DocumentFailed: they cannot be set.
    """
    data = letters_data(contents, [qr_svg(str(content["url"])) for content in contents])
    made = pdf_bytes(letters_source(), data, Path("letters.pdf"), on=on)
    if page_count(made) == len(contents):
        return made, list(range(1, len(contents) + 1))
    import typst

    said = typst.query(
        letters_source().encode("utf-8"), "<first-page>", field="value", font_paths=bundled_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    return made, [int(page) for page in json.loads(said)]


def envelopes_pdf(contents: Sequence[Mapping[str, Any]], *, on: date) -> bytes:
    """Their envelopes in the same order as PDF.

    Raises:
        DocumentFailed: they cannot be set.
    """
    return pdf_bytes(envelopes_source(), envelopes_data(contents), Path("envelopes.pdf"), on=on)


def page_count(pdf: bytes) -> int:
    """The pages of a PDF that Typst made."""
    counts = [int(found) for found in re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)", pdf)]
    return max(counts, default=0)
