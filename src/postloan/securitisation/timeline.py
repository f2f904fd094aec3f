"""What happens when: the events of a deal in the order in which they take effect."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from postloan.kernel import PostloanError
from postloan.securitisation.deal import Bond, Terms
from postloan.securitisation.flow import Flow
from postloan.securitisation.schedule import adjusted, days_of, is_chinese_workday

Rates = Mapping[str, Sequence[tuple[date, Fraction]]]
"""Rates of floating bonds: by bond, (day, rate a year) in order."""

_ORDER = {"rate": 0, "fee": 1, "settle": 2, "collect": 3, "close": 4, "pay": 5}


class RateMissing(PostloanError):
    """Bond {bond} floats, but no rate is known for it from {day} on.

    Give a table of bond, date, rate with --rates, or a rate in the deal file.
    """

    zh = (
        "证券 {bond} 为浮动利率，但 {day} 起没有已知利率。"
        "请用 --rates 提供 bond、date、rate 表，或在交易文件中写明利率。"
    )


class CollectedTooLate(PostloanError):
    """Collections on {day} come after the last collection day, {last}.

    Extend dates.legal_final, or end the collections earlier.
    """

    zh = "{day} 的回收晚于最后一个归集日 {last}。请延长 dates.legal_final，或提前结束回收表。"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens on a day. name: the bond, fee or account; rate, amount: what it needs."""

    on: date
    kind: str
    name: str = ""
    rate: Fraction = Fraction(0)
    amount: int = 0


def payment_days(terms: Terms) -> list[date]:
    """The days on which holders are paid, moved to working days where the deal says so."""
    dates, rules = terms.dates, terms.conventions
    days = {dates.first_payment, *days_of(dates.payment, dates.first_payment, dates.legal_final)}
    if rules.business_days == "none" or rules.calendar == "none":
        return sorted(days)
    return sorted({adjusted(day, rules.business_days, is_chinese_workday) for day in days})


def collection_days(terms: Terms) -> list[date]:
    """The days on which collections reach the trust."""
    dates = terms.dates
    days = days_of(dates.collection, dates.first_collection, dates.legal_final)
    return sorted({dates.first_collection, *days})


def timeline(terms: Terms, flow: Flow, rates: Rates) -> list[Event]:
    """All events from closing to the legal final day.

    Raises:
        CollectedTooLate: cash comes in after the last collection day. RateMissing: a floating bond has no rate.
    """
    events = [*_collections(terms, flow), *_rates(terms, rates), *_fees(terms), *_settlements(terms)]
    events.append(Event(terms.dates.closing, "close"))
    events += [Event(day, "pay") for day in payment_days(terms)]
    return sorted(events, key=lambda event: (event.on, _ORDER[event.kind]))


def fees_due(terms: Terms) -> Iterator[tuple[str, int]]:
    """Fees that become due with every collection, in fen."""
    for name, fee in terms.fees.items():
        if fee.kind == "per-collection":
            yield name, sum(amount for _, amount in fee.amounts)


def _collections(terms: Terms, flow: Flow) -> list[Event]:
    days = collection_days(terms)
    if flow.dates and flow.dates[-1] > days[-1]:
        late = next(day for day in flow.dates if day > days[-1])
        raise CollectedTooLate(day=late, last=days[-1])
    if not flow.dates:
        return []
    first = bisect_left(days, flow.dates[0])
    last = bisect_left(days, flow.dates[-1])
    return [Event(day, "collect") for day in days[min(first, last) : last + 1]]


def _rates(terms: Terms, rates: Rates) -> Iterator[Event]:
    last = terms.dates.legal_final
    for name, bond in terms.bonds.items():
        known = sorted(rates.get(name, ())) if bond.floating else []
        for day, rate in bond.steps:
            yield Event(day, "rate", name, rate)
        if bond.resets is not None:
            yield from _resets(bond, known, terms)
        elif known:
            yield from (Event(day, "rate", name, rate) for day, rate in known if day <= last)
        elif bond.floating and not bond.rate:
            raise RateMissing(bond=name, day=terms.dates.accrues_from)


def _resets(bond: Bond, known: Sequence[tuple[date, Fraction]], terms: Terms) -> Iterator[Event]:
    """On each reset day, the rate that is first known on or after it; past the last known day nothing changes."""
    days = [day for day, _ in known]
    assert bond.resets is not None
    if not known and not bond.rate:
        raise RateMissing(bond=bond.name, day=terms.dates.accrues_from)
    for day in days_of(bond.resets, terms.dates.accrues_from, terms.dates.legal_final):
        place = bisect_left(days, day)
        if place == len(days):
            return
        yield Event(day, "rate", bond.name, known[place][1])


def _fees(terms: Terms) -> Iterator[Event]:
    last = terms.dates.legal_final
    for name, fee in terms.fees.items():
        if fee.kind in ("one-off", "scheduled"):
            yield from (Event(day, "fee", name, amount=amount) for day, amount in fee.amounts if day <= last)
        elif fee.kind == "recurring" and fee.days is not None:
            amount = sum(amount for _, amount in fee.amounts)
            for day in days_of(fee.days, fee.start, last, including=True):
                yield Event(day, "fee", name, amount=amount)


def _settlements(terms: Terms) -> Iterator[Event]:
    """Interest days of accounts; the rate is that of one day."""
    year = 360 if terms.conventions.day_count == "act/360" else 365
    for name, account in terms.accounts.items():
        if account.settles is not None and account.rate:
            for day in days_of(account.settles, terms.dates.closing, terms.dates.legal_final):
                yield Event(day, "settle", name, rate=account.rate / year)
