"""Documents as PDF: a Typst source and its data in, a file with extractable Chinese text out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from postloan.adapters.files_whole import whole
from postloan.kernel import PostloanError

if TYPE_CHECKING:
    import typst


class DocumentFailed(PostloanError):
    """The document {path} could not be set: {why}.

    Please report it with the command you ran.
    """

    zh = "文档 {path} 排版失败：{why}。请附上所用命令报告此问题。"
    exit_code = 3


@cache
def bundled_fonts() -> typst.Fonts:
    """The bundled typeface alone, so that a document looks the same on every machine."""
    import typst
    from noto_cjk_sans_otc import FONT_PATH

    folder = Path(str(FONT_PATH)).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def pdf(source: str, data: Mapping[str, object], path: Path, *, on: date | None = None) -> None:
    """Set a document and write it to ``path``, whole or not at all; see ``pdf_bytes``.

    Raises:
        DocumentFailed: the source has a mistake. DiskFull, CannotWrite: see ``files_whole.whole``.
    """
    made = pdf_bytes(source, data, path, on=on)
    with whole(path) as part:
        part.write_bytes(made)


def pdf_bytes(source: str, data: Mapping[str, object], name: Path, *, on: date | None = None) -> bytes:
    """Set a document. The same input gives the same bytes.

    source: Typst text that reads ``json(bytes(sys.inputs.data))``. data: what it prints. name: for the message of a
    failure. on: the creation date that the file states; None states 1970-01-01, so that no clock is asked.

    Raises:
        DocumentFailed: the source has a mistake.
    """
    import typst

    moment = datetime(on.year, on.month, on.day, tzinfo=UTC) if on else datetime(1970, 1, 1, tzinfo=UTC)
    try:
        made = typst.compile(
            source.encode("utf-8"),
            format="pdf",
            font_paths=bundled_fonts(),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=moment,
        )
    except typst.TypstError as error:
        raise DocumentFailed(path=name, why=str(error)) from error
    return bytes(made)
