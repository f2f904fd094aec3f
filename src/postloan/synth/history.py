"""What has happened so far: contacts on file, payments made, letters sent and what became of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postloan.synth import columns as col
from postloan.synth.loans import Loans
from postloan.synth.people import People, phones
from postloan.synth.places import Places
from postloan.synth.shares import Ints

# Share of each outcome where the addressee lives there, and where not. With a good address on about one letter in
# three this gives the priors for year-old unrepaired addresses: signed 0.30, refused 0.04, unclear 0.12,
# unknown or moved 0.34, unclaimed 0.18, lost 0.02.
_OUTCOMES: tuple[tuple[str, float, float], ...] = (
    ("delivered_self", 0.50, 0.010),
    ("delivered_family", 0.20, 0.010),
    ("delivered_proxy", 0.12, 0.015),
    ("refused", 0.07, 0.025),
    ("unclaimed", 0.07, 0.235),
    ("returned_unclear", 0.02, 0.170),
    ("returned_unknown", 0.00, 0.285),
    ("returned_moved", 0.00, 0.230),
    ("lost", 0.02, 0.020),
)


_PAYERS = (
    ("self", 0.92), ("spouse", 0.03), ("family", 0.03), ("guarantor", 0.01), ("employer", 0.006),
    ("third_party", 0.004),
)  # fmt: skip


def contacts_table(who: People, rng: np.random.Generator) -> pa.Table:
    """Telephones: the borrower's own (not always the right one), some second numbers, some named contacts."""
    count = len(who.name)
    every = np.arange(count, dtype=np.int64)
    second, named = every[rng.random(count) < 0.28], every[rng.random(count) < 0.4]
    own = pc.if_else(pa.array(rng.random(count) < 0.62), who.phone, phones(count, rng))
    owner = np.concatenate([every, second, named])
    role = np.repeat(["debtor", "debtor", "named_contact"], [count, len(second), len(named)])
    origin = np.repeat(["application", "other_product", "application"], [count, len(second), len(named)])
    value = pa.concat_arrays([own, phones(len(second), rng), phones(len(named), rng)])
    order = pa.array(np.argsort(owner, kind="stable"))
    return pa.table(
        {
            "borrower_id": col.numbered("B", owner + 1, 7),
            "kind": pa.repeat(pa.scalar("mobile"), len(owner)),
            "value": value,
            "role": pa.array(role),
            "origin": pa.array(origin),
        }
    ).take(order)


def payments_table(loans: Loans, rng: np.random.Generator, more: np.random.Generator) -> pa.Table:
    """The last payments of each loan, a month apart; the very last is the one that the loans table states.

    more: draws how payments were split and who paid.
    """
    paying = np.flatnonzero(loans.paid)
    room = np.clip((loans.last_paid[paying] - loans.originated[paying] - 1) // 31, 0, 2)
    times = 1 + np.minimum(rng.integers(0, 3, len(paying)), room)
    loan = np.repeat(paying, times)
    last = np.cumsum(times) - 1
    ago = np.repeat(last, times) - np.arange(len(loan))
    amount = loans.last_amount[loan] + np.where(ago > 0, rng.integers(0, 200, len(loan)) * 100, 0)
    return pa.table(
        {
            "loan_id": col.numbered("L", loan + 1, 8),
            "paid_on": col.days(loans.last_paid[loan] - 31 * ago),
            "amount": col.decimals(amount),
            **_split(amount, more),
            **_payers(loans.owner[loan], more),
        }
    )


def _split(amount: Ints, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Principal and interest of most payments; of the others the seller tells only the amount."""
    untold = rng.random(len(amount)) < 0.15
    principal = np.maximum((amount * rng.uniform(0.35, 0.95, len(amount))).astype(np.int64), 1)
    return {
        "principal": col.decimals(principal, empty=untold),
        "interest": col.decimals(amount - principal, empty=untold),
    }


def _payers(borrower: Ints, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Who paid: mostly the borrower, from an account of the borrower's own; an employer pays for many."""
    count = len(borrower)
    edges = np.cumsum([share for _, share in _PAYERS])
    who = np.searchsorted(edges, rng.random(count), side="right").clip(max=len(_PAYERS) - 1)
    employer = who == [name for name, _ in _PAYERS].index("employer")
    # Prefix, then a number of its own for every borrower and another for each of some fifty employers.
    number = np.where(employer, 9_000_000_000 + rng.integers(0, 50, count), 1_000_000_000 + borrower)
    hidden, untold = (rng.random(count) < share for share in (0.7, 0.1))
    return {
        "payer_account": col.without(col.numbered("6228480", number, 12), hidden & ~employer),
        "payer_relation": col.without(col.picked([name for name, _ in _PAYERS], who), untold & ~employer),
    }


def letters_table(
    loans: Loans, where: Places, first: Ints, cutoff: int, rng: np.random.Generator
) -> pa.Table:
    """Letters to some three borrowers in ten, each to one of the addresses on file, and what became of them.

    first: the first loan of each borrower.
    """
    count = len(first)
    overdue = cutoff - loans.overdue[first]
    start = np.searchsorted(where.owner, np.arange(count))
    rows = np.searchsorted(where.owner, np.arange(count), side="right") - start
    chosen = np.flatnonzero((rng.random(count) < 0.3) & (overdue > 60) & (rows > 0))
    at = start[chosen] + np.floor(rng.random(len(chosen)) * rows[chosen]).astype(np.int64)
    sent = (
        cutoff
        - 30
        - np.floor(rng.random(len(chosen)) * np.minimum(overdue[chosen] - 40, 700)).astype(np.int64)
    )
    here = np.cumsum([share for _, share, _ in _OUTCOMES])
    away = np.cumsum([share for _, _, share in _OUTCOMES])
    draw = rng.random(len(chosen))
    outcome = np.where(
        where.good[at],
        np.searchsorted(here / here[-1], draw, side="right"),
        np.searchsorted(away / away[-1], draw, side="right"),
    ).clip(max=len(_OUTCOMES) - 1)
    return pa.table(
        {
            "letter_id": col.numbered("M", np.arange(1, len(chosen) + 1), 7),
            "borrower_id": col.numbered("B", chosen + 1, 7),
            "sent_on": col.days(sent),
            "address_text": where.addresses["text"].take(pa.array(at)),
            "outcome": col.picked([name for name, _, _ in _OUTCOMES], outcome),
            "outcome_on": col.days(sent + rng.integers(2, 25, len(chosen))),
        }
    )
