"""The disclosure (信息披露) of one package: exact figures with the weights that the notices use.

Every average is weighted by principal plus interest (本息总额) per loan and printed with two decimals, halves
up; ``principal + interest = total`` holds to the fen, and every breakdown counts each loan once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from postloan.kernel import Engine, load_queries
from postloan.kernel.money import round_to

_SQL = ("postloan.market", "disclosure.sql")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a package holds, in yuan, days, years and counts.

    weighted_*: None where no loan states the figure. *_known: loans that state it. classes, guarantees,
    litigation: loans by code of the tape's terms ('' where a loan states none); classes as the seller states
    them, or computed where he does not. computed: loans by the grade that the rules give ('' where no rule held
    on the cut-off date). regraded: loans where the two differ. sellers: (lender, branch) of
    the loans, the most frequent first. products: loans by product code. cutoff_first, cutoff_last: the same
    day unless the tape mixes cut-offs.
    """

    loans: int
    borrowers: int
    principal: Decimal
    interest: Decimal | None
    total: Decimal
    other_fees: Decimal | None
    max_borrower: Decimal
    avg_borrower: Decimal
    weighted_days: Decimal | None
    weighted_age: Decimal | None
    weighted_line: Decimal | None
    age_known: int
    line_known: int
    classes: dict[str, int]
    computed: dict[str, int]
    regraded: int
    written_off: int | None
    guarantees: dict[str, int]
    litigation: dict[str, int]
    products: dict[str, int]
    sellers: tuple[tuple[str, str], ...]
    cutoff_first: date | None
    cutoff_last: date | None


def disclose(engine: Engine) -> Disclosure | None:
    """The disclosure of the view ``package_loans``; None where the package is empty."""
    queries = load_queries(*_SQL)
    sums = engine.arrow(queries["disclosure_totals"].bind()).to_pylist()[0]
    if not sums["loans"]:
        return None
    breakdown = engine.arrow(queries["disclosure_breakdown"].bind()).to_pylist()
    written_off = [row["loans"] for row in breakdown if row["written_off"]]
    knows_write_off = any(row["written_off"] is not None for row in breakdown)
    sellers = engine.rows(queries["disclosure_seller"].bind())
    return Disclosure(
        loans=sums["loans"],
        borrowers=sums["borrowers"],
        principal=sums["principal"],
        interest=sums["interest"],
        total=sums["total"],
        other_fees=sums["other_fees"],
        max_borrower=sums["max_borrower"],
        avg_borrower=round_to(Fraction(sums["total"]) / sums["borrowers"], 2),
        weighted_days=_average(sums["days_weighted"], sums["days_weight"]),
        weighted_age=_average(sums["age_weighted"], sums["age_weight"]),
        weighted_line=_average(sums["line_weighted"], sums["line_weight"]),
        age_known=sums["with_age"],
        line_known=sums["with_line"],
        classes=_counts(breakdown, "grade"),
        computed=_counts(breakdown, "computed_grade"),
        regraded=sum(r["loans"] for r in breakdown if r["computed_grade"] not in (None, r["grade"])),
        written_off=sum(written_off) if knows_write_off else None,
        guarantees=_counts(breakdown, "guarantee"),
        litigation=_counts(breakdown, "litigation"),
        products=_counts(breakdown, "product"),
        sellers=tuple((str(lender or ""), str(branch or "")) for lender, branch, _ in sellers),
        cutoff_first=sums["cutoff_first"],
        cutoff_last=sums["cutoff_last"],
    )


def _average(weighted: Decimal | None, weight: Decimal | None) -> Decimal | None:
    if weighted is None or not weight:
        return None
    return round_to(Fraction(weighted) / Fraction(weight), 2)


def _counts(breakdown: list[dict[str, object]], column: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in breakdown:
        counts[str(row[column] or "")] += int(str(row["loans"]))
    return dict(counts.most_common())
