"""What happened to the terms of loans, and what stands behind them: schedules, events, collateral, assets taken."""

from __future__ import annotations

from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postloan.synth import columns as col
from postloan.synth.loans import Flags, Loans
from postloan.synth.shares import Ints
from postloan.synth.words import words

_WITH_SCHEDULE = 0.02
"""Share of the instalment loans whose schedule the seller hands over besides those whose terms were changed."""

_Group = tuple[str, Ints, Ints, Ints | None, Ints | None, Ints | None]
"""Events of one kind: the kind, the loans, the days, and amounts, days before and days after where it has them."""

_SECURED = ("mortgage", "pledge")
_PLEDGED = ("home", "shop", "vehicle", "deposit")
_TAKEN = ("home", "shop", "vehicle", "liquor", "stones", "goods")


def servicing_tables(loans: Loans, cutoff: int, rng: np.random.Generator) -> dict[str, pa.Table]:
    """The tables ``schedules``, ``events``, ``collateral`` and ``owned_assets``; those without a row are left out.

    cutoff: days since 1970.
    """
    events, changed = _events(loans, cutoff, rng)
    made = {
        "schedules": _schedules(loans, changed, rng),
        "events": events,
        "collateral": _collateral(loans, cutoff, rng),
        "owned_assets": _owned_assets(loans, cutoff, rng),
    }
    return {name: table for name, table in made.items() if table.num_rows}


def _matures(loans: Loans) -> tuple[Ints, Flags]:
    """The last day of each term, and where there is one."""
    column = loans.table["matures_on"].combine_chunks()
    known: Flags = np.asarray(pc.is_valid(column))
    return np.asarray(pc.fill_null(pc.cast(column, pa.int32()), 0)).astype(np.int64), known


def _between(first: Ints, last: Ints, rng: np.random.Generator) -> Ints:
    """A day after the first and before the last."""
    made: Ints = (
        first + 1 + np.floor(rng.random(len(first)) * np.maximum(last - first - 1, 1)).astype(np.int64)
    )
    return made


def _events(loans: Loans, cutoff: int, rng: np.random.Generator) -> tuple[pa.Table, Ints]:
    """The events, in the order of the loans, and the loans whose schedule was changed by one."""
    count = len(loans.days)
    chance = rng.random((4, count))
    matures, known = _matures(loans)
    started, overdue = loans.originated, loans.overdue
    restructured = np.flatnonzero(np.asarray(loans.table["restructured_times"]) > 0)
    before = matures - 90
    fits = known & (before - 10 > started) & (before - 10 <= cutoff)
    extended = np.flatnonzero((chance[0] < 0.006) & fits)
    moved = np.flatnonzero((chance[1] < 0.004) & (overdue - started > 40))
    waived = np.flatnonzero((chance[2] < 0.005) & (cutoff - overdue > 30))
    refunded = np.flatnonzero((chance[3] < 0.003) & (cutoff - overdue > 30))
    moved_on = _between(started[moved], overdue[moved] - 30, rng)
    from_day = moved_on + 10
    groups: list[_Group] = [
        ("restructure", restructured, _between(started[restructured], overdue[restructured], rng), None, None, None),
        ("extension", extended, before[extended] - 10, None, before[extended], matures[extended]),
        ("due_date_moved", moved, moved_on, None, from_day, from_day + rng.integers(5, 21, len(moved))),
        ("waiver", waived, _between(overdue[waived], np.full(len(waived), cutoff), rng),
         rng.integers(20, 400, len(waived)) * 100, None, None),
        ("refund", refunded, _between(overdue[refunded], np.full(len(refunded), cutoff), rng),
         rng.integers(5, 60, len(refunded)) * 100, None, None),
    ]  # fmt: skip
    loan = np.concatenate([mine for _, mine, *_ in groups])
    order = pa.array(np.argsort(loan, kind="stable"))
    table = pa.table(
        {
            "loan_id": col.numbered("L", loan + 1, 8),
            "kind": pa.array(np.repeat([kind for kind, *_ in groups], [len(mine) for _, mine, *_ in groups])),
            "happened_on": col.days(np.concatenate([on for _, _, on, *_ in groups])),
            "amount": _joined(groups, 3, money=True),
            "from_on": _joined(groups, 4),
            "to_on": _joined(groups, 5),
        }
    )
    return table.take(order), np.union1d(restructured, extended)


def _joined(groups: list[_Group], place: int, *, money: bool = False) -> pa.Array:
    """One column of all groups one after the other; null where a group has none."""
    pairs = [(cast("Ints | None", group[place]), len(group[1])) for group in groups]
    empty = np.concatenate([np.full(n, part is None) for part, n in pairs])
    values = np.concatenate([np.zeros(n, np.int64) if part is None else part for part, n in pairs])
    return col.decimals(values, empty=empty) if money else col.days(values, empty)


def _schedules(loans: Loans, changed: Ints, rng: np.random.Generator) -> pa.Table:
    """Equal principal every month until the last day of the term; it adds up to what was paid out."""
    matures, known = _matures(loans)
    wanted = rng.random(len(loans.days)) < _WITH_SCHEDULE
    wanted[changed] = True
    chosen = np.flatnonzero(wanted & known)
    start = loans.originated[chosen].astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    day = (start - month.astype("datetime64[D]")).astype(np.int64)
    ends = matures[chosen].astype("datetime64[D]").astype("datetime64[M]")
    periods = np.maximum((ends - month).astype(np.int64), 1)
    owner = np.repeat(np.arange(len(chosen)), periods)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(periods) - periods, periods) + 1
    due = (month[owner] + place).astype("datetime64[D]") + day[owner]
    paid_out = np.rint(np.asarray(pc.cast(loans.table["paid_out"], pa.float64()))[chosen] * 100).astype(
        np.int64
    )
    rate = np.asarray(pc.cast(loans.table["annual_rate"], pa.float64()))[chosen]
    part = paid_out // periods
    principal = np.where(
        place == periods[owner], paid_out[owner] - part[owner] * (periods[owner] - 1), part[owner]
    )
    left = paid_out[owner] - part[owner] * (place - 1)
    return pa.table(
        {
            "loan_id": col.numbered("L", chosen[owner] + 1, 8),
            "due_on": col.days(due.astype(np.int64)),
            "principal_due": col.decimals(principal),
            "interest_due": col.decimals(np.rint(left * rate[owner] / 12).astype(np.int64)),
        }
    )


def _collateral(loans: Loans, cutoff: int, rng: np.random.Generator) -> pa.Table:
    """One registered right for each secured loan, appraised within the year."""
    secured = np.flatnonzero(np.isin(np.asarray(loans.table["guarantee"]), _SECURED))
    count = len(secured)
    place = col.joined(
        col.picked(words("roads"), rng.integers(0, len(words("roads")), count)),
        col.shown(np.arange(1, count + 1)),
        "号",
    )
    worth = (loans.owed[secured] * rng.uniform(0.6, 1.8, count)).astype(
        np.int64
    ) // 100_000 * 100_000 + 100_000
    return pa.table(
        {
            "loan_id": col.numbered("L", secured + 1, 8),
            "kind": col.picked(list(_PLEDGED), rng.integers(0, len(_PLEDGED), count)),
            "appraisal": col.decimals(worth),
            "appraised_on": col.days(cutoff - rng.integers(10, 350, count)),
            "place": place,
            "registered": pa.array(np.ones(count, dtype=np.bool_)),
            "rank": pa.array(np.ones(count, dtype=np.int32)),
        }
    )


def _owned_assets(loans: Loans, cutoff: int, rng: np.random.Generator) -> pa.Table:
    """A handful of things that the lender took for debt: homes and shops, but liquor and stones as well."""
    old = np.flatnonzero(cutoff - loans.overdue > 60)
    claim = np.sort(rng.permutation(old)[: int(np.clip(len(loans.days) // 10_000, 2, 12))])
    count = len(claim)
    return pa.table(
        {
            "asset_id": col.numbered("DZ", np.arange(1, count + 1), 4),
            "kind": col.picked(list(_TAKEN), rng.integers(0, len(_TAKEN), count)),
            "acquired_on": col.days(_between(loans.overdue[claim] + 30, np.full(count, cutoff), rng)),
            "acquired_value": col.decimals(rng.integers(20, 900, count) * 10_000),
            "place": col.picked(words("towns"), rng.integers(0, len(words("towns")), count)),
            "claim": col.numbered("L", claim + 1, 8),
        }
    )
