"""Bands that loans are laid out in for reading (分层). Ways of showing, not rules: no decision rests on them."""

from __future__ import annotations

from decimal import Decimal

from postloan.kernel import Lang

DAYS = (90, 180, 270, 360, 720, 1080, 1800)
"""Upper edges of overdue bands, in days, included; an eighth band is open."""

YUAN = (1_000, 5_000, 10_000, 50_000, 100_000, 300_000, 1_000_000)
"""Upper edges of balance bands, in yuan of principal plus interest, included; an eighth band is open."""

AGES = (24, 34, 44, 54, 64)
"""Upper edges of borrowers' age bands, in completed years, included; a sixth band is open."""

YEARS = 12
"""Years of origination shown; what is older falls in the first."""

LITIGATION = (
    "", "none", "suing", "sued", "arbitrating", "arbitrated", "judged", "enforcing", "enforcement_withdrawn",
    "enforcement_suspended", "enforcement_ended", "enforcement_terminated", "mediated", "other",
)  # fmt: skip
"""Litigation states by band number, as in ``stratification.sql``."""

GUARANTEE = ("", "credit", "guaranteed", "mortgage", "pledge", "other")
"""Guarantees by band number."""

PRODUCT = ("", "consumer", "credit_card", "business", "mortgage", "auto", "other")
"""Products by band number."""


def days_label(band: int, lang: Lang) -> str:
    """The overdue band's name, for example 91–180."""
    return _range(band, DAYS, 0, "", lang)


def age_label(band: int, lang: Lang) -> str:
    """The age band's name, for example 25–34."""
    return _range(band, AGES, None, "岁" if lang == "zh" else "", lang)


def yuan_label(band: int, lang: Lang) -> str:
    """The balance band's name, for example 1–5k or 1千–5千."""
    if band == 1:
        return f"≤ {_short(YUAN[0], lang)}"
    if band > len(YUAN):
        return f"> {_short(YUAN[-1], lang)}"
    return f"{_short(YUAN[band - 2], lang)} – {_short(YUAN[band - 1], lang)}"


def year_label(band: int, first_year: int, lang: Lang) -> str:
    """The year of origination; the first band also holds what is older."""
    year = first_year + band - 1
    if band > 1:
        return str(year)
    return f"{year}及以前" if lang == "zh" else f"≤ {year}"


def _range(band: int, edges: tuple[int, ...], least: int | None, unit: str, lang: Lang) -> str:
    if band > len(edges):
        return f"> {edges[-1]:,}{unit}"
    if band == 1:
        return f"≤ {edges[0]}{unit}" if least is None else f"{least}–{edges[0]}{unit}"
    return f"{edges[band - 2] + 1:,}–{edges[band - 1]:,}{unit}"


def _short(yuan: int, lang: Lang) -> str:
    if lang == "zh":
        return f"{Decimal(yuan) / 10_000:f}万" if yuan >= 10_000 else f"{yuan:,}"
    if yuan >= 1_000_000:
        return f"{yuan // 1_000_000}m"
    return f"{yuan // 1000}k"
