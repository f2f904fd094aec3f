"""Whether loans may go into a bulk transfer (批量转让): which seller, which buyer, which loan, on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from postloan.decide.answers import Answer, Decision, Grade, weigh
from postloan.decide.sale import Sale, judge_sale, sale_findings
from postloan.kernel import Engine, Finding, load_kinds, load_queries
from postloan.rules import RuleBook, RuleValue

_PRODUCTS = "CN-TRF-04.products"
_PRODUCTS_EXCLUDED = "CN-TRF-06.products_excluded"
_PRODUCTS_REVIEWED = "HS-TRF-02.products"
_PRODUCTS_UNSECURED = "HS-TRF-07.products_unsecured_by_nature"
_GRADES = "CN-TRF-05.grades"
_WRITTEN_OFF = "CN-TRF-05.written_off"
_GUARANTEES_EXCLUDED = "CN-TRF-06.guarantees_excluded"
_GUARANTEES_KNOWN = "CN-TRF-06.guarantees_allowed"
_NEVER = "CN-TRF-07.flags"
_NOR = "CN-TRF-08.flags"
_QUARANTINED = "HS-TRF-01.quarantined_refused"
_UNKNOWN_GUARANTEE = "HS-TRF-03.unknown_guarantee_reviewed"
_REGRADE = "HS-TRF-04.regrade_first"
_NO_GRADE = "HS-TRF-05.no_grade_reviewed"
_KEYS = (
    _PRODUCTS, _PRODUCTS_EXCLUDED, _PRODUCTS_REVIEWED, _PRODUCTS_UNSECURED, _GRADES, _WRITTEN_OFF,
    _GUARANTEES_EXCLUDED, _GUARANTEES_KNOWN, _NEVER, _NOR, _QUARANTINED, _UNKNOWN_GUARANTEE, _REGRADE, _NO_GRADE,
)  # fmt: skip

_LOAN_RULES = ("CN-TRF-04", "CN-TRF-05", "CN-TRF-06", "CN-TRF-07", "CN-TRF-08")
_CLAIM_SURVIVES = "CN-CLS-07"


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """What the eligibility of one loan depends on.

    product, guarantee: codes of the tape; None where it is silent. grade: the computed class. seller_grade: the
    class as the seller states it. written_off: 已核销. flags: those of the borrower. quarantined: has faults.
    """

    product: str | None
    guarantee: str | None
    grade: Grade | None
    seller_grade: Grade | None = None
    written_off: bool = False
    flags: frozenset[str] = frozenset()
    quarantined: bool = False


def may_sell(facts: SaleFacts, sale: Sale, book: RuleBook) -> Decision:
    """Whether one loan may be sold in a sale, the rules that say so and the values compared."""
    whole = judge_sale(sale, book)
    if not _rules_hold(book, sale.on):
        return whole
    values = {key: book.value(key, on=sale.on) for key in _KEYS}
    refused = [*_of(whole, Answer.REFUSE), *_refusals(facts, values)]
    reviewed = [*_of(whole, Answer.REVIEW), *_reviews(facts, values)]
    allowed = [*_of(whole, Answer.ALLOW), *_LOAN_RULES]
    if facts.written_off and values[_WRITTEN_OFF].flag:
        allowed.append(_CLAIM_SURVIVES)
    return weigh(refused, reviewed, allowed, (*whole.used, *values.values()), book.version)


def _of(decision: Decision, answer: Answer) -> tuple[str, ...]:
    return decision.because if decision.answer is answer else ()


def _refusals(facts: SaleFacts, values: dict[str, RuleValue]) -> list[str]:
    product = facts.product or "other"
    in_some_list = (_PRODUCTS, _PRODUCTS_REVIEWED, _PRODUCTS_EXCLUDED)
    secured = facts.guarantee in values[_GUARANTEES_EXCLUDED].terms
    tests = {
        "HS-TRF-01": facts.quarantined and values[_QUARANTINED].flag,
        "CN-TRF-04": not any(product in values[key].terms for key in in_some_list),
        "CN-TRF-05": _performing(facts, values)
        and not (_computes_as_bad(facts, values) and values[_REGRADE].flag),
        "CN-TRF-06": product in values[_PRODUCTS_EXCLUDED].terms or secured,
        "CN-TRF-07": bool(facts.flags.intersection(values[_NEVER].terms)),
        "CN-TRF-08": bool(facts.flags.intersection(values[_NOR].terms)),
    }
    return [rule for rule, met in tests.items() if met]


def _reviews(facts: SaleFacts, values: dict[str, RuleValue]) -> list[str]:
    product = facts.product or "other"
    unsecured = facts.guarantee is None and product in values[_PRODUCTS_UNSECURED].terms
    known = facts.guarantee in values[_GUARANTEES_KNOWN].terms
    no_grade = not _sold_as_written_off(facts, values) and (facts.seller_grade or facts.grade) is None
    tests = {
        "HS-TRF-02": product in values[_PRODUCTS_REVIEWED].terms,
        "HS-TRF-03": not known and not unsecured and values[_UNKNOWN_GUARANTEE].flag,
        "HS-TRF-04": _performing(facts, values) and _computes_as_bad(facts, values),
        "HS-TRF-05": no_grade and values[_NO_GRADE].flag,
    }
    return [rule for rule, met in tests.items() if met]


def _sold_as_written_off(facts: SaleFacts, values: dict[str, RuleValue]) -> bool:
    return facts.written_off and values[_WRITTEN_OFF].flag


def _performing(facts: SaleFacts, values: dict[str, RuleValue]) -> bool:
    """Whether the class that counts is one that may not be sold."""
    counts = facts.seller_grade or facts.grade
    sellable = counts is None or counts in values[_GRADES].terms
    return not sellable and not _sold_as_written_off(facts, values)


def _computes_as_bad(facts: SaleFacts, values: dict[str, RuleValue]) -> bool:
    return facts.grade is not None and facts.grade in values[_GRADES].terms


def eligibility_query(
    book: RuleBook, *, seller_type: str, seller_region: str | None = None, buyer_type: str = "amc", on: date
) -> str:
    """The query over ``loans``, ``borrowers`` and ``grades`` with the columns of the ``eligibility`` table.

    seller_type, buyer_type: codes of ``parties.yaml``. seller_region: province of registration, None where unknown.
    on: the day of the sale.
    """
    sale = Sale(seller_type, seller_region, buyer_type, on)
    whole = judge_sale(sale, book)
    queries = load_queries("postloan.decide", "eligibility.sql")
    if not _rules_hold(book, on):
        return queries["eligibility_closed"].bind(because=" ".join(whole.because), rule_book=book.version)
    values = {key: book.value(key, on=on) for key in _KEYS}
    allowed = [*_of(whole, Answer.ALLOW), *_LOAN_RULES]
    return queries["eligibility"].bind(
        sale_refused=" ".join(_of(whole, Answer.REFUSE)),
        sale_reviewed=" ".join(_of(whole, Answer.REVIEW)),
        products=values[_PRODUCTS].terms,
        products_excluded=values[_PRODUCTS_EXCLUDED].terms,
        products_reviewed=values[_PRODUCTS_REVIEWED].terms,
        products_unsecured=values[_PRODUCTS_UNSECURED].terms,
        grades=values[_GRADES].terms,
        written_off_sold=values[_WRITTEN_OFF].flag,
        guarantees_excluded=values[_GUARANTEES_EXCLUDED].terms,
        guarantees_known=values[_GUARANTEES_KNOWN].terms,
        never_flags=_any_of(values[_NEVER].terms),
        nor_flags=_any_of(values[_NOR].terms),
        quarantined_refused=values[_QUARANTINED].flag,
        unknown_guarantee_reviewed=values[_UNKNOWN_GUARANTEE].flag,
        regrade_first=values[_REGRADE].flag,
        no_grade_reviewed=values[_NO_GRADE].flag,
        allowed=" ".join(allowed),
        allowed_written_off=" ".join([*allowed, _CLAIM_SURVIVES]),
        rule_book=book.version,
    )


def eligibility(engine: Engine, book: RuleBook, sale: Sale) -> list[Finding]:
    """Decide every loan into the table ``eligibility`` and say what is worth knowing about it."""
    query = eligibility_query(
        book,
        seller_type=sale.seller_type,
        seller_region=sale.seller_region,
        buyer_type=sale.buyer_type,
        on=sale.on,
    )
    engine.table("eligibility", query)
    return eligibility_findings(engine, book, sale)


def eligibility_findings(engine: Engine, book: RuleBook, sale: Sale) -> list[Finding]:
    """What the ``eligibility`` table shows: sales that may not be, exclusions not checked, nothing left to sell."""
    queries = load_queries("postloan.decide", "eligibility.sql")
    kinds = load_kinds("postloan.decide")
    loans, without_borrower = engine.rows(queries["eligibility_checked"].bind())[0]
    findings = sale_findings(sale, book, loans)
    if without_borrower:
        found = f"{without_borrower:,}"
        findings.append(Finding(kinds["D017"], "loans", found=found, count=without_borrower))
    answers = dict(engine.rows(queries["eligibility_answers"].bind()))
    if loans and not answers.get(Answer.ALLOW):
        review, refuse = answers.get(Answer.REVIEW, 0), answers.get(Answer.REFUSE, 0)
        findings.append(
            Finding(kinds["D018"], "loans", found=f"{review:,}", expected=f"{refuse:,}", count=loans)
        )
    return findings


def _rules_hold(book: RuleBook, on: date) -> bool:
    return all(book.holds(key, on=on) for key in _KEYS)


def _any_of(flags: Sequence[str]) -> str:
    return f"(^| )({'|'.join(flags)})( |$)"
