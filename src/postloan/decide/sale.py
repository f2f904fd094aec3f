"""Whether a sale may be at all: its day, its seller and its buyer, before any loan is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from postloan.decide.answers import Answer, Decision, weigh
from postloan.decide.parties import UNKNOWN, named, region_of
from postloan.kernel import Finding, load_kinds
from postloan.rules import RuleBook, RuleValue

_SELLERS = "CN-TRF-01.sellers"
_BY_REGION = "CN-TRF-01.sellers_by_region"
_REGIONS = "CN-TRF-01.regions"
_BUYERS = "CN-TRF-02.buyers"
_BUYERS_UNCONFIRMED = "CN-TRF-02.buyers_unconfirmed"
_ENDS_ON = "CN-TRF-03.ends_on"
_HELD_BY = "CN-AGY-06.held_by"
_NO_RESALE = "CN-AGY-06.no_resale"
_UNKNOWN_PARTY = "HS-TRF-06.unknown_party_reviewed"


@dataclass(frozen=True, slots=True)
class Sale:
    """A bulk transfer as far as it is known before the loans are chosen.

    seller_type, buyer_type: codes of ``parties.yaml``, "unknown" where not known. seller_region: province where the
    seller is registered, None where unknown. on: the day of the sale.
    """

    seller_type: str
    seller_region: str | None
    buyer_type: str
    on: date


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """What stands against a sale: its weight, the rule, and the finding that tells it."""

    answer: Answer
    rule: str
    code: str
    found: str
    expected: str = ""


def judge_sale(sale: Sale, book: RuleBook) -> Decision:
    """Whether such a sale may be: the pilot runs, the seller may sell, the buyer may buy."""
    used, obstacles = _look(sale, book)
    refused = [one.rule for one in obstacles if one.answer is Answer.REFUSE]
    reviewed = [one.rule for one in obstacles if one.answer is Answer.REVIEW]
    allowed = ["CN-TRF-01", "CN-TRF-02"] + (["CN-TRF-03"] if book.holds(_ENDS_ON, on=sale.on) else [])
    return weigh(_once(refused), _once(reviewed), allowed, tuple(used), book.version)


def sale_findings(sale: Sale, book: RuleBook, loans: int) -> list[Finding]:
    """What stands against a sale, as findings that speak for all its loans."""
    kinds = load_kinds("postloan.decide")
    _, obstacles = _look(sale, book)
    return [
        Finding(kinds[one.code], "loans", found=one.found, expected=one.expected, count=loans)
        for one in obstacles
    ]


def _look(sale: Sale, book: RuleBook) -> tuple[list[RuleValue], list[_Obstacle]]:
    if not book.holds(_SELLERS, on=sale.on):
        first = book.spans([_SELLERS])[0].first
        return [], [_Obstacle(Answer.REFUSE, "CN-TRF-01", "D012", str(sale.on), str(first))]
    used: list[RuleValue] = []
    obstacles = [*_day(sale, book, used), *_seller(sale, book, used), *_buyer(sale, book, used)]
    return used, obstacles


def _day(sale: Sale, book: RuleBook, used: list[RuleValue]) -> list[_Obstacle]:
    if not book.holds(_ENDS_ON, on=sale.on):
        return []  # the first letter of the pilot named no last day
    ends_on = _ask(book, _ENDS_ON, sale, used).day
    if sale.on <= ends_on:
        return []
    return [_Obstacle(Answer.REFUSE, "CN-TRF-03", "D011", str(sale.on), str(ends_on))]


def _seller(sale: Sale, book: RuleBook, used: list[RuleValue]) -> list[_Obstacle]:
    if _ask(book, _NO_RESALE, sale, used).flag and sale.seller_type in _ask(book, _HELD_BY, sale, used).terms:
        return [_Obstacle(Answer.REFUSE, "CN-AGY-06", "D016", named([sale.seller_type]))]
    sellers = _ask(book, _SELLERS, sale, used).terms
    if sale.seller_type == UNKNOWN:
        return _unknown(book, sale, used, "seller type 出让方类型")
    may_sell = named(sellers)
    if sale.seller_type not in sellers:
        return [_Obstacle(Answer.REFUSE, "CN-TRF-01", "D013", named([sale.seller_type]), may_sell)]
    if (
        not book.holds(_BY_REGION, on=sale.on)
        or sale.seller_type not in _ask(book, _BY_REGION, sale, used).terms
    ):
        return []
    region = region_of(sale.seller_region or "")
    if region is None:
        return _unknown(book, sale, used, "seller region 出让方注册地")
    regions = _ask(book, _REGIONS, sale, used).terms
    if region in regions:
        return []
    found = f"{named([sale.seller_type])} ({region})"
    return [_Obstacle(Answer.REFUSE, "CN-TRF-01", "D013", found, f"{may_sell} ({'、'.join(regions)})")]


def _buyer(sale: Sale, book: RuleBook, used: list[RuleValue]) -> list[_Obstacle]:
    if sale.buyer_type == UNKNOWN:
        return _unknown(book, sale, used, "buyer type 受让方类型")
    buyers = _ask(book, _BUYERS, sale, used).terms
    if sale.buyer_type in buyers:
        return []
    if sale.buyer_type in _ask(book, _BUYERS_UNCONFIRMED, sale, used).terms:
        return [
            _Obstacle(
                Answer.REVIEW, "CN-TRF-02", "D015", f"buyer type 受让方类型: {named([sale.buyer_type])}"
            )
        ]
    return [_Obstacle(Answer.REFUSE, "CN-TRF-02", "D014", named([sale.buyer_type]), named(buyers))]


def _unknown(book: RuleBook, sale: Sale, used: list[RuleValue], what: str) -> list[_Obstacle]:
    if _ask(book, _UNKNOWN_PARTY, sale, used).flag:
        return [_Obstacle(Answer.REVIEW, "HS-TRF-06", "D015", what)]
    return []


def _ask(book: RuleBook, key: str, sale: Sale, used: list[RuleValue]) -> RuleValue:
    used.append(book.value(key, on=sale.on))
    return used[-1]


def _once(rules: list[str]) -> list[str]:
    return list(dict.fromkeys(rules))
