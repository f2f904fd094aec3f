"""Transfer of the income rights of non-performing loans (不良资产收益权转让): what the rules ask of it.

The bank stays creditor and servicer; a trust plan holds the rights to principal, interest and other proceeds and
pays its senior and junior units by the same waterfalls as any deal. The numbers and prohibitions are dated rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from postloan.kernel import Finding
from postloan.rules import RuleBook
from postloan.securitisation.checking import check_terms, finding
from postloan.securitisation.deal import IncomeRights, Terms

_LEAST = "CN-ABS-01.least_share"


def check_by_rules(terms: Terms, book: RuleBook) -> tuple[Finding, ...]:
    """Everything that is odd about a deal, by itself and under the rules of its day."""
    if terms.income_rights is not None:
        return (*check_terms(terms), *income_rights_findings(terms.income_rights, book))
    on = terms.dates.closing
    least = book.value(_LEAST, on=on).value if book.holds(_LEAST, on=on) else None
    return check_terms(terms, Fraction(least) if isinstance(least, Decimal) else None)


def income_rights_findings(rights: IncomeRights, book: RuleBook) -> Iterator[Finding]:
    """What the rules of the day of transfer object to; each finding names the rule."""
    on = rights.transferred_on
    if not book.holds("CN-IRT-01.investors", on=on):
        yield finding("S210", on.isoformat())
        return
    yield from _investors(rights, book, on)
    if _flag(book, "CN-IRT-01.look_through", on) and not rights.looked_through:
        yield finding("S202")
    if _flag(book, "CN-IRT-02.no_repurchase", on) and rights.repurchase != "none":
        yield finding("S204", rights.repurchase)
    held = book.value("CN-IRT-03.capital_held", on=on).value
    if isinstance(held, Decimal) and rights.capital_held < Fraction(held):
        yield finding("S205", f"{float(rights.capital_held):.1%}", f"{float(held):.0%}")
    if rights.counted_as_npl < rights.continuing_involvement:
        share, counted = float(rights.continuing_involvement), float(rights.counted_as_npl)
        yield finding("S206", f"{counted:.1%}", f"{share:.1%}")
    if _flag(book, "CN-IRT-04.registered", on) and not rights.registered:
        yield finding("S207")
    if _flag(book, "CN-IRT-04.pools_apart", on) and not rights.pools_apart:
        yield finding("S208")


def _investors(rights: IncomeRights, book: RuleBook, on: date) -> Iterator[Finding]:
    allowed = book.value("CN-IRT-01.investors", on=on).value
    for name, kind in rights.investors:
        if kind == "retail":
            yield finding("S201", name)
        elif kind == "own_wealth_product" and _flag(book, "CN-IRT-02.no_own_wealth_money", on):
            yield finding("S203", name)
        elif isinstance(allowed, tuple) and kind not in allowed:
            yield finding("S209", f"{name} ({kind})", ", ".join(allowed))
    if not rights.investors:
        yield finding("S209", "—", ", ".join(allowed) if isinstance(allowed, tuple) else "")


def _flag(book: RuleBook, key: str, on: date) -> bool:
    return bool(book.value(key, on=on).value)
