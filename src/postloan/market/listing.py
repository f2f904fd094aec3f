"""From a package's disclosure to its notice (转让公告): the same keys as any published notice that was read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from postloan.kernel import Finding, load_kinds
from postloan.market.disclosure import Disclosure
from postloan.market.notice import Notice
from postloan.market.package import PackageSpec
from postloan.market.writer import completed
from postloan.tape.terms import GRADES, GUARANTEES, LITIGATION

_KINDS = ("postloan.market", "package.yaml")
_MIXED = "个人消费及经营性贷款"
_TITLES = {"consumer": "个人消费贷款", "credit_card": "信用卡透支", "business": "个人经营类贷款"}
_ANY = "个人不良贷款"
_MONEY = (
    "principal",
    "interest",
    "total",
    "other_fees",
    "max_borrower",
    "avg_borrower",
    "weighted_credit_limit",
)
_UNITS = {"loans": "笔", "borrowers": "户", "weighted_overdue_days": "天", "weighted_age": "岁"}
_UNKNOWN = "其他"


def list_package(
    disclosure: Disclosure, spec: PackageSpec, *, seller_type: str | None
) -> tuple[Notice, tuple[Finding, ...]]:
    """The notice of a package and what a person should look at before it is published.

    seller_type: the Chinese name of the kind of institution; None where it is not known.
    """
    seller, branch = disclosure.sellers[0] if disclosure.sellers else ("", "")
    seller = spec.seller or seller or None  # type: ignore[assignment]
    branch = spec.branch or branch
    if seller and branch and branch not in seller and len(disclosure.sellers) == 1:
        seller = seller + branch
    figures: dict[str, Any] = {
        "principal": disclosure.principal,
        "interest": disclosure.interest,
        "total": disclosure.total,
        "other_fees": disclosure.other_fees,
        "max_borrower": disclosure.max_borrower,
        "avg_borrower": disclosure.avg_borrower,
        "weighted_credit_limit": disclosure.weighted_line,
        "loans": disclosure.loans,
        "borrowers": disclosure.borrowers,
        "weighted_overdue_days": disclosure.weighted_days,
        "weighted_age": disclosure.weighted_age,
    }
    one_day = disclosure.cutoff_first == disclosure.cutoff_last and disclosure.cutoff_first
    notice = Notice(
        id=spec.name,
        seller=seller or None,
        seller_type=spec.seller_type or seller_type,
        product=spec.product or _product(disclosure.products),
        period=spec.period,
        doc_kind="转让公告",
        text_form="table",
        cutoff_date=disclosure.cutoff_first.isoformat() if one_day and disclosure.cutoff_first else None,
        published=spec.published,
        five_class=_named(disclosure.classes, GRADES),
        written_off=disclosure.written_off,
        guarantee=_named(disclosure.guarantees, GUARANTEES),
        litigation=_named(disclosure.litigation, LITIGATION),
        remarks=spec.remarks,
        **figures,
        **_sale(spec.terms),
    )
    return completed(notice), tuple(_findings(disclosure))


def _product(products: Mapping[str, int]) -> str:
    kinds = set(products) - {""}
    if len(kinds) == 1:
        return _TITLES.get(next(iter(kinds)), _ANY)
    return _MIXED if kinds == {"consumer", "business"} else _ANY


def _named(counts: Mapping[str, int], names: Mapping[str, str]) -> dict[str, int | str] | None:
    """Counts by printed name in the order of the notice; None where no loan states the thing at all."""
    if set(counts) <= {""}:
        return None
    named: dict[str, int | str] = {}
    for code, name in names.items():
        if code in counts:
            named[name] = counts[code]
    if counts.get(""):
        named[_UNKNOWN] = int(named.get(_UNKNOWN, 0)) + counts[""]
    return named


def _sale(terms: Mapping[str, Any]) -> dict[str, Any]:
    money = ("start_price", "increment", "deposit")
    return {
        key: Decimal(str(value)) if key in money else value if isinstance(value, int) else str(value)
        for key, value in terms.items()
        if value is not None
    }


def _findings(disclosure: Disclosure) -> list[Finding]:
    kinds = load_kinds(*_KINDS)
    found: list[Finding] = []
    if disclosure.regraded:
        seller, computed = _graded(disclosure.classes), _graded(disclosure.computed)
        count = disclosure.regraded
        found.append(Finding(kinds["K008"], table="package", found=seller, expected=computed, count=count))
    if disclosure.cutoff_first != disclosure.cutoff_last:
        both = f"{disclosure.cutoff_first} … {disclosure.cutoff_last}"
        found.append(Finding(kinds["K001"], table="package", found=both))
    for column, counts in (("guarantee", disclosure.guarantees), ("litigation", disclosure.litigation)):
        if counts.get("") and len(counts) > 1:
            found.append(Finding(kinds["K002"], table="package", key=column, found=column, count=counts[""]))
    if len({seller for seller, _ in disclosure.sellers}) > 1:
        names = "、".join(seller for seller, _ in disclosure.sellers)
        found.append(Finding(kinds["K003"], table="package", found=names))
    if 0 < disclosure.age_known < disclosure.loans:
        missing = disclosure.loans - disclosure.age_known
        found.append(Finding(kinds["K004"], table="package", found=str(missing), count=missing))
    return found


def _graded(classes: Mapping[str, int]) -> str:
    return "、".join(f"{GRADES[grade]} {count:,}" for grade, count in classes.items() if grade)
