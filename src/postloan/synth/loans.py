"""The loans table (贷款明细): one row per loan, every column consistent with the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from postloan.synth import columns as col
from postloan.synth.averages import BANDS, days_overdue, lines
from postloan.synth.balances import Balances, interest_inside
from postloan.synth.shares import Floats, Ints, share_out
from postloan.synth.targets import HABITS, Targets

Flags = NDArray[np.bool_]
YUAN = 100
EPOCH = date(1970, 1, 1)
_BY_SEVERITY = ("loss", "doubtful", "substandard", "special_mention", "normal")


@dataclass(frozen=True, slots=True)
class Loans:
    """The loans as arrays that other tables need, and as a table.

    originated, overdue: days since 1970. last_paid: the same, where ``paid``. last_amount: fen.
    """

    table: pa.Table
    owner: Ints
    owed: Ints
    days: Ints
    originated: Ints
    overdue: Ints
    paid: Flags
    last_paid: Ints
    last_amount: Ints


def loans_table(
    targets: Targets, held: Balances, notice: Mapping[str, Any], rng: np.random.Generator
) -> Loans:
    """The loans of a package that disclose the targets."""
    count, owner, owed = targets.loans, held.owner, held.owed
    mood = rng.standard_normal(targets.borrowers)[owner] + 0.6 * rng.standard_normal(count)
    grades = _by_score(targets.grades, _BY_SEVERITY, mood) if targets.grades else None
    days = days_overdue(targets.days, grades, owner, owed, rng)
    if grades is None:
        grades = _grades_by_days(days)
    product = rng.integers(len(targets.products), size=targets.borrowers)[owner]
    revolving: Flags = np.isin(np.array(targets.products)[product], ("credit_card",))
    cutoff = (targets.cutoff_on - EPOCH).days
    dates = _dates(targets, product, days, cutoff, rng)
    sued = (
        np.log(owed) * 0.4 + rng.standard_normal(targets.borrowers)[owner] + 0.5 * rng.standard_normal(count)
    )
    litigation = _by_score(targets.litigation, _milder_last(targets.litigation), sued)
    off, off_on = _written_off(targets, grades, days, cutoff, mood, rng)
    paid = rng.random(count) < 0.86
    last_paid = _last_paid(dates["originated_on"], dates["overdue_since"], cutoff, rng)
    last_amount = np.maximum(100, (np.exp(6 + 0.8 * rng.standard_normal(count)) * 10).astype(np.int64) * 10)
    security = _by_score(targets.guarantees, tuple(targets.guarantees), rng.random(count))
    columns = {
        **_names(targets, owner, product, notice, rng),
        "originated_on": col.days(dates["originated_on"]),
        "matures_on": col.days(dates["matures_on"], revolving),
        **_amounts(targets, owed, days, product, litigation, revolving, rng),
        "overdue_since": col.days(dates["overdue_since"]),
        "days_overdue": pa.array(days.astype(np.int32)),
        "cutoff_on": col.days(np.full(count, cutoff)),
        "grade": pa.array(grades),
        "written_off": pa.array(off),
        "written_off_on": col.days(off_on, ~off),
        "guarantee": pa.array(security),
        "litigation": pa.array(litigation),
        "restructured_times": pa.array((rng.random(count) < 0.015).astype(np.int32)),
        "last_paid_on": col.days(last_paid, ~paid),
        "last_paid_amount": col.decimals(last_amount, empty=~paid),
    }
    originated, overdue = dates["originated_on"], dates["overdue_since"]
    return Loans(pa.table(columns), owner, owed, days, originated, overdue, paid, last_paid, last_amount)


def _names(
    targets: Targets, owner: Ints, product: Ints, notice: Mapping[str, Any], rng: np.random.Generator
) -> dict[str, pa.Array]:
    """Keys, product, lender and channel."""
    count = targets.loans
    remarks = str(notice.get("remarks") or "")
    channel = next((word for word in ("蚂蚁借呗", "美团助贷") if word in remarks), None)
    return {
        "loan_id": col.numbered("L", np.arange(1, count + 1), 8),
        "borrower_id": col.numbered("B", owner + 1, 7),
        "product": col.picked(list(targets.products), product),
        "contract_no": col.numbered("HT", _scrambled(count, rng), 12),
        "lender": pa.repeat(pa.scalar(str(notice.get("seller") or "合成贷款机构")), count),
        "channel": pa.repeat(pa.scalar(channel, pa.string()), count),
    }


def _amounts(
    targets: Targets, owed: Ints, days: Ints, product: Ints, litigation: Any, revolving: Flags,
    rng: np.random.Generator,
) -> dict[str, pa.Array]:  # fmt: skip
    """Line, amount paid out, rate, principal, interest and fees; lawsuits bear most of the fees."""
    rates = _rates(targets.products, product, rng)
    interest = interest_inside(owed, days, rates, targets.interest, rng)
    principal = owed - interest
    line, paid_out = _line_and_paid_out(targets, principal, owed, rng)
    sued = np.where(litigation == "none", 1.0, 30.0)
    fees = share_out(sued, targets.fees, 0 * owed, owed + targets.fees, rng)
    return {
        "credit_line": col.decimals(line),
        "paid_out": col.decimals(paid_out, empty=revolving),
        "annual_rate": col.decimals(np.rint(rates * 1e6).astype(np.int64), pa.decimal128(9, 6)),
        "principal": col.decimals(principal),
        "interest": col.decimals(interest),
        "stated_total": col.decimals(owed),
        "fees": col.decimals(fees),
    }


def _by_score(counts: Mapping[str, int], order: tuple[str, ...], score: Floats) -> Any:
    """The words of a breakdown, each exactly as often as counted, the first of ``order`` to the highest scores."""
    ranked = np.argsort(-score, kind="stable")
    words = [word for word in order if counts.get(word)]
    made = np.empty(len(score), dtype=object)
    made[ranked] = np.repeat(np.array(words, dtype=object), [counts[word] for word in words])
    return made


def _milder_last(counts: Mapping[str, int]) -> tuple[str, ...]:
    return (*sorted(code for code in counts if code != "none"), "none")


def _grades_by_days(days: Ints) -> Any:
    made = np.full(len(days), "normal", dtype=object)
    for grade in reversed(_BY_SEVERITY[:-1]):
        made[days >= BANDS[grade][0]] = grade
    return made


def _rates(products: tuple[str, ...], product: Ints, rng: np.random.Generator) -> Floats:
    made = np.empty(len(product))
    for place, name in enumerate(products):
        mine = product == place
        made[mine] = rng.choice(np.array(HABITS[name].rates), int(mine.sum()))
    return made


def _dates(
    targets: Targets, product: Ints, days: Ints, cutoff: int, rng: np.random.Generator
) -> dict[str, Ints]:
    """Paid out, then overdue, each after the other; the term ends on the day of the month on which it began."""
    overdue = cutoff - days
    months = np.full(len(days), 12, dtype=np.int64)
    for place, name in enumerate(targets.products):
        mine = product == place
        months[mine] = rng.choice(np.array(HABITS[name].months or (24, 36, 48)), int(mine.sum()))
    before = np.maximum(32, (months * 30.4 * rng.uniform(0.1, 0.98, len(days))).astype(np.int64))
    started = (overdue - before).astype("datetime64[D]")
    month = started.astype("datetime64[M]")
    day = np.minimum((started - month.astype("datetime64[D]")).astype(np.int64), 27)
    started = month.astype("datetime64[D]") + day
    ends = (month + months).astype("datetime64[D]") + day
    return {
        "originated_on": started.astype(np.int64),
        "matures_on": ends.astype(np.int64),
        "overdue_since": overdue,
    }


def _line_and_paid_out(
    targets: Targets, principal: Ints, owed: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Credit line and amount paid out in fen; round amounts, the principal inside them where it can be."""
    hundred = 100 * YUAN
    drawn = (principal / (1 - rng.beta(1.2, 3.0, len(owed)) * 0.9)).astype(np.int64)
    drawn = (drawn // hundred + 1) * hundred
    if targets.line is not None:
        line = lines(targets.line, principal, owed, targets.borrowers, rng)
        # What was paid out fits the line, but for loans that have grown beyond theirs.
        return line, np.maximum(np.minimum(drawn, line), principal)
    thousand = 1_000 * YUAN
    return (
        np.floor(drawn * rng.uniform(1.0, 1.8, len(owed))).astype(np.int64) // thousand + 1
    ) * thousand, drawn


def _written_off(
    targets: Targets, grades: Any, days: Ints, cutoff: int, mood: Floats, rng: np.random.Generator
) -> tuple[Flags, Ints]:
    """Which loans are written off (核销), exactly as many as published, and when."""
    if targets.written_off is None:
        off = (grades == "loss") & (days > 540) & (mood > -0.3)
    else:
        rank = np.argsort(-(np.where(grades == "loss", 10.0, 0.0) + days / 10_000 + mood / 10), kind="stable")
        off = np.zeros(len(days), dtype=np.bool_)
        off[rank[: targets.written_off]] = True
    return off, cutoff - np.floor(rng.random(len(days)) * np.maximum(days - 180, 1)).astype(np.int64)


def _last_paid(originated: Ints, overdue: Ints, cutoff: int, rng: np.random.Generator) -> Ints:
    """The day of the last payment: most often an instalment's before the first missed one, else something later."""
    count = len(overdue)
    early = overdue - rng.integers(1, 32, count)
    late = overdue + np.floor(rng.random(count) ** 2 * (cutoff - overdue)).astype(np.int64)
    return np.clip(np.where(rng.random(count) < 0.65, early, late), originated + 1, cutoff)


def _scrambled(count: int, rng: np.random.Generator) -> Ints:
    """Distinct numbers of twelve digits without an order."""
    return (rng.permutation(count).astype(np.int64) * 100_003 + int(rng.integers(10**11))) % 10**12
