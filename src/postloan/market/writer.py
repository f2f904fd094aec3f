"""Writes a ``Notice`` as a transfer notice (转让公告) in the published layout: HTML, or a Typst source for PDF."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

from postloan.market.notice import Notice
from postloan.market.notice_checks import checks_of
from postloan.market.writer_layout import FIGURES, Extra, layout, reported

if TYPE_CHECKING:
    from jinja2 import Environment

_SHELF = "postloan.market"


def completed(notice: Notice) -> Notice:
    """A notice of exact figures with its ``as_reported``, ``tolerance`` (all nought) and ``checks`` filled in.

    For notices computed from a tape; one that was read has them from its text.
    """
    known = [key for key in FIGURES if getattr(notice, key) is not None]
    bare = replace(notice, as_reported={}, tolerance={})
    full = replace(
        bare,
        as_reported={key: reported(bare, key) for key in known},
        tolerance={key: Decimal(0) for key in known},
    )
    return replace(full, checks=checks_of(full))


def write_html(
    notice: Notice, *, template: str = "new", synthetic: bool = False, extra: Extra | None = None
) -> str:
    """The notice as one HTML page that needs no other file and prints on A4.

    template: ``old`` (2024) or ``new`` (2026). synthetic: say on the page that the data are synthetic.

    Raises:
        UnknownTemplate: another template was asked for.
    """
    page = layout(notice, template=template, synthetic=synthetic, extra=extra)
    return _environment().get_template("notice.html.j2").render(**page)


def typst_source() -> str:
    """The Typst document that prints what ``layout`` returns, given as JSON in ``sys.inputs.data``."""
    return (files(_SHELF) / "templates" / "notice.typ").read_text(encoding="utf-8")


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(_SHELF, "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
