"""The figures that a synthetic tape will have: the notice's own wherever they agree, plausible ones elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from postloan.synth.facts import ALL, TERMS, Fact, NotAFact, contradiction, cutoff_of, read_counts, read_fact
from postloan.tape.terms import words


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for a kind of loan, where a notice is silent.

    owed: yuan per borrower. per_borrower: loans each. days: weighted days overdue. age: years.
    rates: yearly contract rates. months: terms; empty for revolving credit.
    """

    owed: int
    per_borrower: float
    days: int
    age: int
    rates: tuple[float, ...]
    months: tuple[int, ...]


HABITS: Mapping[str, Habits] = {
    "consumer": Habits(15_000, 1.5, 640, 37, (0.108, 0.144, 0.1825, 0.2196, 0.2388, 0.24), (6, 9, 12, 24, 36)),
    "credit_card": Habits(32_000, 1.02, 900, 40, (0.1278, 0.1643, 0.1825), ()),
    "business": Habits(320_000, 1.2, 420, 45, (0.0435, 0.0585, 0.072, 0.108, 0.144), (12, 24, 36, 60)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Targets:
    """What the tape must disclose.

    Amounts in fen. max_borrower, days, age, line: None where nothing has to be met (line in fen).
    reach: how far days, age and line may lie off the printed figure. grades, guarantees, litigation: loans by
    our code, summing to ``loans``; grades is None where the days decide.
    """

    products: tuple[str, ...]
    loans: int
    borrowers: int
    total: int
    interest: int
    fees: int
    max_borrower: int | None
    days: Fact
    age: Fact
    line: Fact | None
    grades: Mapping[str, int] | None
    guarantees: Mapping[str, int]
    litigation: Mapping[str, int]
    written_off: int | None
    cutoff_on: date

    @property
    def habits(self) -> Habits:
        """What is usual for the first product."""
        return HABITS[self.products[0]]


def targets_of(notice: Mapping[str, Any]) -> Targets:
    """Figures that meet every published fact at once, the printed value itself wherever nothing speaks against it.

    Raises:
        Contradiction: two facts cannot both hold.
        NotAFact: a figure cannot be read.
        NoDate: nothing tells when the package was cut off.
    """
    products = products_of(str(notice.get("product") or ""))
    habits = HABITS[products[0]]
    facts = {name: read_fact(notice, name) for name in _FIGURES}
    grades = _counts(notice, "five_class", "grades")
    if not grades and notice.get("written_off") == ALL:
        grades = {"loss": None}  # what is written off is graded loss
    guarantees = _counts(notice, "guarantee", "guarantees")
    litigation = _counts(notice, "litigation", "litigation")
    total, borrowers = _total_and_borrowers(notice, facts, habits, _counted([grades, guarantees, litigation]))
    loans = _loans(notice, facts["loans"], borrowers, habits, [grades, guarantees, litigation])
    largest = _largest(notice, facts["max_borrower"], total, borrowers, loans)
    days = facts["weighted_overdue_days"] or _wish(_usual_days(grades, habits))
    interest = _interest(notice, facts, total, loans, days, habits)
    fees = facts["other_fees"]
    return Targets(
        products=products,
        loans=loans,
        borrowers=borrowers,
        total=total,
        interest=interest,
        fees=round(fees.value) if fees else 0,
        max_borrower=largest,
        days=days,
        age=facts["weighted_age"] or _wish(habits.age),
        line=facts["weighted_credit_limit"],
        grades=_complete(grades, loans, ("loss", "doubtful", "substandard", "special_mention"))
        if grades
        else None,
        guarantees=_complete(guarantees, loans, ("credit", "guaranteed", "other")),
        litigation=_complete(litigation, loans, ("none",) if not litigation else ("other", "none", "sued")),
        written_off=_written_off(notice, loans),
        cutoff_on=cutoff_of(notice),
    )


_FIGURES = (
    "principal", "interest", "total", "other_fees", "max_borrower", "avg_borrower", "weighted_credit_limit",
    "loans", "borrowers", "weighted_overdue_days", "weighted_age", "start_price",
)  # fmt: skip


def products_of(text: str) -> tuple[str, ...]:
    """Our product codes for what a notice calls the loans (个人消费及经营性贷款 is two)."""
    if "透支" in text or "信用卡" in text:
        return ("credit_card",)
    found = [code for word, code in (("消费", "consumer"), ("经营", "business")) if word in text]
    return tuple(found) or ("consumer",)


def _wish(value: int) -> Fact:
    """A figure that nobody published: met like any other, but free to give way."""
    return Fact(Fraction(value), Fraction(value) / 4, Fraction(value) * 4, rough=True)


def _total_and_borrowers(
    notice: Mapping[str, Any], facts: Mapping[str, Fact | None], habits: Habits, counted: int
) -> tuple[int, int]:
    """Total (fen) and borrowers that agree with principal, interest and the average per borrower."""
    low, high, wanted = _total_range(notice, facts)
    count, average = facts["borrowers"], facts["avg_borrower"]
    if wanted is None:
        wanted = _guess_total(facts, habits, counted)
        wanted = min(max(wanted, low), high) if high is not None else max(wanted, low)
    top = high if high is not None else Fraction(10**16)
    count = count or _guess_borrowers(facts, wanted, habits, counted)
    if count.high < 1 or (average and average.high <= 0):
        raise contradiction("borrowers", "total", notice)
    if average is None:
        return round(wanted), max(1, round(count.value))
    found = _agree(low, top, wanted, count, average)
    if found is None:
        raise contradiction("avg_borrower", "borrowers" if facts["borrowers"] else "total", notice)
    return found


def _guess_borrowers(facts: Mapping[str, Fact | None], total: Fraction, habits: Habits, counted: int) -> Fact:
    """A plausible number of borrowers where none is published; ``counted``: loans in the breakdowns, or 0."""
    average, largest = facts["avg_borrower"], facts["max_borrower"]
    loans = facts["loans"].value if facts["loans"] else Fraction(counted)
    if average and average.value:
        guess = total / average.value
    elif loans:
        guess = loans / Fraction(habits.per_borrower)
    else:
        # Sellers of large packages lend more to each.
        guess = total / Fraction(habits.owed * 100 * (1 + float(total) / 1e11) ** 0.5)
    least = max(1, ceil(total / max(largest.high, Fraction(1)))) if largest else 1
    most = max(floor(loans) or 10**7, least)
    guess = Fraction(min(max(round(guess), least), most))
    return Fact(
        guess, Fraction(max(least, floor(guess / 2))), Fraction(min(most, ceil(guess * 2))), rough=True
    )


def _total_range(
    notice: Mapping[str, Any], facts: Mapping[str, Fact | None]
) -> tuple[Fraction, Fraction | None, Fraction | None]:
    """Least, greatest and preferred total in fen, from the total itself and from principal and interest."""
    total, principal, interest = facts["total"], facts["principal"], facts["interest"]
    low, high, wanted = Fraction(1), None, None
    if principal and interest:
        low, high = principal.low + interest.low, principal.high + interest.high
        wanted = principal.value + interest.value
    elif principal or interest:
        known = principal or interest
        assert known is not None
        low = known.low
    if total:
        if total.high < low or (high is not None and total.low > high):
            raise contradiction("total", "principal" if principal else "interest", notice)
        low, high = max(low, total.low), total.high if high is None else min(high, total.high)
        wanted = min(max(total.value, low), high)
    if high is not None and high < 1:
        raise NotAFact(term=TERMS["total"][0], term_zh=TERMS["total"][1], found=0)
    return low, high, wanted


def _guess_total(facts: Mapping[str, Fact | None], habits: Habits, counted: int) -> Fraction:
    """A plausible total in fen where none is published."""
    loans = facts["loans"].value if facts["loans"] else Fraction(counted)
    people = facts["borrowers"].value if facts["borrowers"] else loans / Fraction(habits.per_borrower)
    average, largest = facts["avg_borrower"], facts["max_borrower"]
    if average:
        return average.value * max(round(people), 1) if people else average.value * 5_000
    if principal := facts["principal"]:
        guess = principal.value * Fraction(13, 10)
    elif (interest := facts["interest"]) and interest.value:
        guess = interest.value * 5
    elif not people and (start := facts["start_price"]):
        # Listed packages of middling age start near six per cent of what is owed.
        guess = start.value * 100 / Fraction(6, 100)
    else:
        guess = Fraction(round((people or 5_000) * habits.owed) * 100)
    if largest and people:
        # A guess leaves room for the largest borrower, and stays below what all of them could owe.
        guess = min(max(guess, largest.value * Fraction(3, 2)), largest.value * (1 + people) / 2)
    return guess


def _agree(
    low: Fraction, high: Fraction, wanted: Fraction, count: Fact, average: Fact
) -> tuple[int, int] | None:
    """The total and the count nearest to the printed ones whose quotient prints as the average."""
    printed = (round(min(max(wanted, low), high)), max(1, round(count.value)))
    if average.low <= Fraction(*printed) <= average.high:
        return printed
    counts = np.arange(max(1, ceil(count.low)), floor(count.high) + 1, dtype=np.int64)
    for inside in (
        Fraction(1, 50),
        Fraction(1, 2),
        Fraction(1),
    ):  # rather not on the edge of what still prints so
        least = average.value - (average.value - average.low) * inside
        most = average.value + (average.high - average.value) * inside
        bottom = np.maximum(np.ceil(counts * float(least) - 1e-6), float(ceil(low)))
        top = np.minimum(np.floor(counts * float(most) + 1e-6), float(floor(high)))
        possible = np.flatnonzero(bottom <= top)
        if possible.size:
            totals = np.clip(float(wanted), bottom, top)
            price = np.abs(totals - float(wanted)) / max(float(high - low), 1.0)
            price += np.abs(counts - float(count.value)) / float(count.reach * 2)
            best = possible[int(np.argmin(price[possible]))]
            return int(totals[best]), int(counts[best])
    return None


def _counts(notice: Mapping[str, Any], name: str, enum: str) -> dict[str, int | None]:
    known = words(enum)
    found: dict[str, int | None] = {}
    for term, count in read_counts(notice, name).items():
        code = known.get(term) or known.get(term.removesuffix("类")) or "other"
        if code not in known.values():
            raise NotAFact(term=TERMS[name][0], term_zh=TERMS[name][1], found=term)
        before = found.get(code, 0)
        found[code] = None if count is None or before is None else before + count
    return found


def _counted(breakdowns: list[dict[str, int | None]]) -> int:
    return max(sum(count or 0 for count in counts.values()) for counts in breakdowns)


def _loans(
    notice: Mapping[str, Any], fact: Fact | None, borrowers: int, habits: Habits,
    breakdowns: list[dict[str, int | None]],
) -> int:  # fmt: skip
    """The number of loans: as published, else what the breakdowns add up to, else what is usual."""
    names = ("five_class", "guarantee", "litigation")
    sums = [sum(count or 0 for count in counts.values()) for counts in breakdowns]
    least = max(borrowers, *sums)
    if fact is None:
        return least if max(sums) else max(borrowers, round(borrowers * habits.per_borrower))
    if floor(fact.high) < max(sums):
        raise contradiction("loans", names[int(np.argmax(sums))], notice)
    if floor(fact.high) < borrowers:
        raise contradiction("loans", "borrowers", notice)
    return max(round(fact.value), least)


def _complete(counts: Mapping[str, int | None], loans: int, rest: tuple[str, ...]) -> dict[str, int]:
    """The counts with what they leave open given to the first kind of ``rest`` that they do not name."""
    given = {code: count for code, count in counts.items() if count is not None}
    whole = [code for code, count in counts.items() if count is None]
    left = loans - sum(given.values())
    if left:
        # Reported breakdowns can be incomplete; a count that is given must stay as it is.
        code = whole[0] if whole else next((kind for kind in rest if kind not in given), rest[0])
        given[code] = given.get(code, 0) + left
    return given


def _largest(
    notice: Mapping[str, Any], fact: Fact | None, total: int, borrowers: int, loans: int
) -> int | None:
    if fact is None:
        return None
    least, most = ceil(Fraction(total, borrowers)), total - max(0, borrowers - 1)
    if borrowers == 1:
        most = least = total
    low, high = max(fact.low, Fraction(least)), min(fact.high, Fraction(most))
    if low > high or floor(high) < ceil(low):
        raise contradiction(
            "max_borrower",
            "avg_borrower" if fact.high < least and notice.get("avg_borrower") else "total",
            notice,
        )
    largest = min(max(round(fact.value), ceil(low)), floor(high))
    if total - largest < borrowers - 1 + max(0, loans - borrowers - largest):
        raise contradiction("max_borrower", "loans", notice)
    return largest


def _usual_days(grades: Mapping[str, int | None], habits: Habits) -> int:
    usual = {"normal": 20, "special_mention": 60, "substandard": 170, "doubtful": 315, "loss": habits.days}
    given = {code: count if count is not None else 1 for code, count in grades.items() if count != 0}
    whole = sum(given.values())
    return round(sum(usual[code] * count for code, count in given.items()) / whole) if whole else habits.days


def _interest(
    notice: Mapping[str, Any], facts: Mapping[str, Fact | None], total: int, loans: int, days: Fact, habits: Habits
) -> int:  # fmt: skip
    """Interest in fen; the rest of the total is principal, at least one fen a loan."""
    principal, interest = facts["principal"], facts["interest"]
    low, high = Fraction(0), Fraction(total - loans)
    if principal:
        low, high = max(low, total - principal.high), min(high, total - principal.low)
    if interest:
        low, high = max(low, interest.low), min(high, interest.high)
    if ceil(low) > floor(high):
        raise contradiction(
            "principal", "interest" if interest else "total" if total >= loans else "loans", notice
        )
    if interest and principal:
        # The coarser of the two gives way to the other.
        wanted = interest.value if interest.reach <= principal.reach else total - principal.value
    elif interest:
        wanted = interest.value
    elif principal:
        wanted = total - principal.value
    else:
        rate = Fraction(str(sum(habits.rates) / len(habits.rates)))
        owed = rate * Fraction(days.value, 365) * Fraction(8, 10)
        wanted = total * owed / (1 + owed)
    return int(min(max(round(wanted), ceil(low)), floor(high)))


def _written_off(notice: Mapping[str, Any], loans: int) -> int | None:
    raw = notice.get("written_off")
    if raw == ALL:
        return loans
    fact = read_fact(notice, "written_off")
    if fact is None:
        return None
    if fact.value > loans:
        raise contradiction("written_off", "loans", notice)
    return round(fact.value)
