"""Patterns that hide non-performing loans, planted in a synthetic tape, with look-alikes that hide nothing.

For every planted pattern there is one that resembles it and is innocent (a bullet loan that pays interest only by
its schedule, one single extension, a refund in the middle of a quarter), so that both recall and false alarms can be
measured. The loans table stays as it is: what the package discloses does not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postloan.kernel.days import months_later
from postloan.synth.tape import Tables
from postloan.tape.columns import tables

PLANTED = pa.schema(
    [("loan_id", pa.string()), ("borrower_id", pa.string()), ("sign", pa.string()), ("hidden", pa.bool_())]
)
"""One loan a row: the sign that was planted on it (hidden), or that it only resembles (not hidden)."""

_NEEDED = ("loan_id", "borrower_id", "originated_on", "matures_on", "overdue_since", "cutoff_on", "last_paid_on",
           "last_paid_amount", "paid_out")  # fmt: skip
_TYPES = {"text": pa.string(), "term": pa.string(), "day": pa.date32(), "money": pa.decimal128(18, 2)}
_LENDER_SIDE = ("lender", "staff", "channel", "other_borrower", "related_company")
_GROUP = 3

Loan = Mapping[str, Any]
Row = dict[str, Any]


@dataclass
class _Draft:
    """Rows to add, and loans whose rows are replaced, by table."""

    rng: np.random.Generator
    added: dict[str, list[Row]] = field(
        default_factory=lambda: {"payments": [], "schedules": [], "events": []}
    )
    replaced: dict[str, set[str]] = field(default_factory=lambda: {"payments": set(), "schedules": set()})
    accounts: int = 0

    def pick(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def event(self, loan: Loan, kind: str, on: date, **more: object) -> None:
        self.added["events"].append({"loan_id": loan["loan_id"], "kind": kind, "happened_on": on, **more})

    def due(self, loan: Loan, on: date, principal: Decimal, interest: Decimal) -> None:
        row = {"loan_id": loan["loan_id"], "due_on": on, "principal_due": principal, "interest_due": interest}
        self.added["schedules"].append(row)

    def paid(self, loan: Loan, on: date, amount: Decimal, principal: Decimal, **more: object) -> None:
        row = {"loan_id": loan["loan_id"], "paid_on": on, "amount": amount, "principal": principal}
        self.added["payments"].append({**row, "interest": amount - principal, **more})


Plant = Callable[[_Draft, list[Loan], bool], list[Loan]]
"""Plants a pattern or its look-alike on loans of one borrower; answers those that show it, none where it cannot be."""


def plant_evergreen(made: Tables, *, seed: int, count: int) -> Tables:
    """The tape with ``count`` patterns and as many look-alikes, and ``truth['evergreen']`` saying where.

    The signs take turns; each stands on a borrower of its own. A package too small for them all gets fewer.
    """
    draft = _Draft(np.random.default_rng(np.random.SeedSequence([seed, 0xE6])))
    people = _borrowers(made, draft.rng)
    planted: list[Row] = []
    for hidden in (True, False):
        for turn in range(count):
            sign = list(_SIGNS)[turn % len(_SIGNS)]
            for loans in _candidates(people, sign):
                if shown := _SIGNS[sign](draft, loans, hidden):
                    keys = ("loan_id", "borrower_id")
                    planted += [
                        {**{k: one[k] for k in keys}, "sign": sign, "hidden": hidden} for one in shown
                    ]
                    break
    tape = dict(made.tape)
    for name, rows in draft.added.items():
        if rows:
            tape[name] = _with(tape.get(name), name, rows, draft.replaced.get(name, set()))
    truth = {**made.truth, "evergreen": pa.Table.from_pylist(planted, schema=PLANTED)}
    return replace(made, tape=tape, truth=truth, label={**made.label, "evergreen": count})


def _borrowers(made: Tables, rng: np.random.Generator) -> dict[bool, list[list[Loan]]]:
    """Loans by borrower in random order, each handed out once: those of several loans apart (True)."""
    by_borrower: dict[str, list[Loan]] = {}
    for loan in made.tape["loans"].select(_NEEDED).to_pylist():
        by_borrower.setdefault(loan["borrower_id"], []).append(loan)
    people = list(by_borrower.values())
    mixed = [people[place] for place in rng.permutation(len(people))]
    return {several: [loans for loans in mixed if (len(loans) > 1) is several] for several in (True, False)}


def _candidates(people: dict[bool, list[list[Loan]]], sign: str) -> Iterator[list[Loan]]:
    """Borrowers that have no pattern yet; who does not fit is not asked again."""
    several = sign == "new_loan"
    if sign != "shared_account":
        while people[several]:
            yield people[several].pop()
    while len(people[several]) >= _GROUP:
        yield [people[several].pop()[0] for _ in range(_GROUP)]


def _interest_only(draft: _Draft, loans: list[Loan], hidden: bool) -> list[Loan]:
    """Interest alone for three to six months; its look-alike does so by its schedule, or for two months."""
    loan = loans[0]
    months = draft.pick(3, 6)
    last = loan["last_paid_on"]
    if last is None or loan["paid_out"] is None or months_later(last, -months) <= loan["originated_on"]:
        return []
    bullet = not hidden and draft.pick(0, 1) == 0 and loan["matures_on"] and loan["matures_on"] > last
    amount = loan["last_paid_amount"]
    draft.replaced["payments"].add(loan["loan_id"])
    for ago in range(months - 1 if hidden or bullet else 1, -1, -1):
        draft.paid(loan, months_later(last, -ago), amount, Decimal("0.00"))
    if bullet:
        draft.replaced["schedules"].add(loan["loan_id"])
        for ago in range(months - 1, -1, -1):
            draft.due(loan, months_later(last, -ago), Decimal("0.00"), amount)
        draft.due(loan, loan["matures_on"], loan["paid_out"], amount)
    return [loan]


def _new_loan(draft: _Draft, loans: list[Loan], hidden: bool) -> list[Loan]:
    """An instalment that falls due just after another loan of its amount; its look-alike weeks after, or not of it."""
    ordered = sorted(loans, key=lambda one: one["originated_on"])
    old, new = ordered[0], ordered[-1]
    apart = draft.pick(0, 10) if hidden else draft.pick(11, 40)
    on = new["originated_on"] + timedelta(days=apart)
    if old["paid_out"] is None or new["paid_out"] is None or old["matures_on"] is None:
        return []
    amount = (new["paid_out"] * Decimal(draft.pick(95, 104)) / 100).quantize(Decimal("0.01"))
    fits = old["originated_on"] < on < min(old["overdue_since"], old["matures_on"])
    if not fits or not Decimal(1_000) <= amount <= old["paid_out"] or len(loans) != 2:
        return []
    draft.replaced["schedules"].add(old["loan_id"])
    draft.due(old, on, amount, Decimal("10.00"))
    if rest := old["paid_out"] - amount:
        draft.due(old, old["matures_on"], rest, Decimal("10.00"))
    return [old]


def _serial_extensions(draft: _Draft, loans: list[Loan], hidden: bool) -> list[Loan]:
    """Two to four extensions; its look-alike has one."""
    times = draft.pick(2, 4) if hidden else 1
    loan = loans[0]
    if (loan["cutoff_on"] - loan["originated_on"]).days < 60 + 90 * times:
        return []
    for turn in range(times):
        ends = loan["originated_on"] + timedelta(days=60 + 90 * turn)
        draft.event(
            loan, "extension", ends - timedelta(days=5), from_on=ends, to_on=ends + timedelta(days=90)
        )
    return [loan]


def _due_dates_moved(draft: _Draft, loans: list[Loan], hidden: bool) -> list[Loan]:
    """The due day moved two or three times, or once by weeks; its look-alike once by some days."""
    far = hidden and draft.pick(0, 1) == 0
    times = 1 if far or not hidden else draft.pick(2, 3)
    days = draft.pick(40, 70) if far else draft.pick(8, 25)
    loan = loans[0]
    if (loan["cutoff_on"] - loan["originated_on"]).days < 40 * (times + 1):
        return []
    for turn in range(times):
        due = loan["originated_on"] + timedelta(days=40 * (turn + 1))
        draft.event(
            loan, "due_date_moved", due - timedelta(days=3), from_on=due, to_on=due + timedelta(days=days)
        )
    return [loan]


def _refund_after(draft: _Draft, loans: list[Loan], hidden: bool) -> list[Loan]:
    """Paid before a quarter ends and back after it; its look-alike within the quarter, or a small part of it."""
    loan = loans[0]
    if loan["last_paid_on"] is None:
        return []
    first = loan["originated_on"] + timedelta(days=70)
    ends = date(first.year, (first.month - 1) // 3 * 3 + 1, 1)
    ends = months_later(ends, 3) - timedelta(days=1)
    if ends + timedelta(days=20) >= loan["last_paid_on"]:
        return []
    amount = Decimal(draft.pick(10, 60) * 100)
    small = not hidden and draft.pick(0, 1) == 0
    back = amount * Decimal("0.2") if small else amount
    shift = timedelta(days=0 if hidden or small else 45)
    draft.paid(loan, ends - timedelta(days=draft.pick(0, 8)) - shift, amount, amount * Decimal("0.9"))
    draft.event(loan, "refund", ends + timedelta(days=draft.pick(1, 12)) - shift, amount=back)
    return [loan]


def _related_payer(draft: _Draft, loans: list[Loan], hidden: bool) -> list[Loan]:
    """A payment from the lender's side; its look-alike comes from the family."""
    loan = loans[0]
    if loan["last_paid_on"] is None or loan["last_paid_on"] - timedelta(days=9) <= loan["originated_on"]:
        return []
    relation = (
        _LENDER_SIDE[draft.pick(0, len(_LENDER_SIDE) - 1)]
        if hidden
        else ("spouse", "family")[draft.pick(0, 1)]
    )
    amount = loan["last_paid_amount"]
    part = (amount * Decimal("0.8")).quantize(Decimal("0.01"))
    draft.paid(loan, loan["last_paid_on"] - timedelta(days=9), amount, part, payer_relation=relation)
    return [loan]


def _shared_account(draft: _Draft, loans: list[Loan], hidden: bool) -> list[Loan]:
    """One account that pays for three borrowers; its look-alike for two."""
    chosen = loans if hidden else loans[:2]
    if any(one["last_paid_on"] is None or one["last_paid_on"] <= one["originated_on"] for one in chosen):
        return []
    draft.accounts += 1
    for one in chosen:
        amount = one["last_paid_amount"]
        part = (amount * Decimal("0.8")).quantize(Decimal("0.01"))
        draft.paid(one, one["last_paid_on"], amount, part, payer_relation="third_party",
                   payer_account=f"6228481{draft.accounts:012}")  # fmt: skip
    return list(chosen)


_SIGNS: Mapping[str, Plant] = {
    "interest_only": _interest_only,
    "new_loan": _new_loan,
    "serial_extensions": _serial_extensions,
    "due_dates_moved": _due_dates_moved,
    "refund_after": _refund_after,
    "related_payer": _related_payer,
    "shared_account": _shared_account,
}


def _with(table: pa.Table | None, name: str, rows: list[Row], replaced: set[str]) -> pa.Table:
    """The table without the rows of the replaced loans, and with the new ones."""
    wanted = (
        list(table.column_names) if table is not None else list(dict.fromkeys(k for row in rows for k in row))
    )
    kinds = tables()[name].columns
    schema = table.schema if table is not None else pa.schema([(k, _TYPES[kinds[k].kind]) for k in wanted])
    more = pa.Table.from_pylist([{key: row.get(key) for key in wanted} for row in rows], schema=schema)
    if table is None:
        return more
    kept = table.filter(pc.invert(pc.is_in(table["loan_id"], pa.array(sorted(replaced), pa.string()))))
    return pa.concat_tables([kept, more]).combine_chunks()
