"""Collections by day (回收现金流): what the pool brought, or is expected to bring, in one scenario or in many."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from postloan.kernel import PostloanError
from postloan.kernel.days import NotADay, parse_day
from postloan.securitisation.lanes import Lane, exact
from postloan.securitisation.plain_numbers import plain_number
from postloan.securitisation.sayings import saying

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLUMNS = ("balance", "principal", "interest", "prepayment", "default", "recovery", "loss", "cost")
_NOISE = Fraction(1, 10_000)
"""What binary arithmetic may have left behind an amount, in fen."""
CASH = ("principal", "interest", "prepayment", "recovery")


class BadFlow(PostloanError):
    """{where}: {what}.

    {mend}
    """

    zh = "{where}：{what_zh}。{mend_zh}"


@dataclass(frozen=True, slots=True)
class Flow:
    """Collections: a row a day in order, whole fen in every column, absent columns zero.

    columns: by name, one lane a row (an ``int``, or an array over scenarios). opening: the pool's balance before the
    first row; 0 where balances are not known.
    """

    dates: tuple[date, ...]
    columns: Mapping[str, Sequence[Lane]]
    opening: Lane
    width: int = 1

    def at(self, column: str, row: int) -> Lane:
        """One value; 0 in an absent column."""
        values = self.columns.get(column)
        return 0 if values is None else values[row]

    def scenario(self, number: int) -> Flow:
        """One scenario of many, by itself."""

        def one(lane: Lane) -> int:
            return lane if isinstance(lane, int) else int(lane[number])

        columns = {name: [one(lane) for lane in lanes] for name, lanes in self.columns.items()}
        return Flow(self.dates, columns, one(self.opening))


def make_flow(dates: Sequence[date], columns: Mapping[str, Sequence[int]]) -> Flow:
    """One scenario from whole fen.

    The opening balance is the first balance plus its run-off: principal, prepayment and default of the first row.

    Raises:
        BadFlow: days out of order, an unknown column, or a column of another length.
    """
    _check_days(dates, "the collections")
    for name, values in columns.items():
        if name not in COLUMNS or len(values) != len(dates):
            raise bad_flow("the collections", "lengths", name=name)
    opening = 0
    if columns.get("balance"):
        opening = sum(
            columns[name][0]
            for name in ("balance", "principal", "prepayment", "default")
            if columns.get(name)
        )
    return Flow(tuple(dates), {name: list(values) for name, values in columns.items()}, opening)


def scenarios(dates: Sequence[date], columns: Mapping[str, NDArray[np.int64]]) -> Flow:
    """Many scenarios: each column an array of fen with a row a scenario and a column a day.

    Raises:
        BadFlow: days out of order or columns of different shapes.
    """
    import numpy

    _check_days(dates, "the scenarios")
    shapes = {array.shape for array in columns.values()}
    if len(shapes) != 1 or next(iter(shapes))[1] != len(dates):
        raise bad_flow("the scenarios", "shapes")
    width = next(iter(shapes))[0]
    lanes = {
        name: list(numpy.ascontiguousarray(array.T, dtype=numpy.int64)) for name, array in columns.items()
    }
    if width == 1:
        return make_flow(dates, {name: [int(lane[0]) for lane in values] for name, values in lanes.items()})
    opening: Lane = 0
    if "balance" in lanes:
        opening = sum(
            lanes[name][0] for name in ("balance", "principal", "prepayment", "default") if name in lanes
        )
    return Flow(tuple(dates), lanes, opening, width)


def read_flow(rows: Sequence[Mapping[str, str]], where: str) -> Flow:
    """One scenario from the rows of a table with the columns date, balance, principal, interest, ….

    Raises:
        BadFlow: a column, day or amount is wrong; the message names the row.
    """
    if not rows:
        raise bad_flow(where, "empty")
    unknown = sorted(set(rows[0]) - {"date", *COLUMNS})
    if unknown or "date" not in rows[0]:
        name = unknown[0] if unknown else "date"
        raise bad_flow(
            where, "column" if unknown else "missing", name=name, known=", ".join(("date", *COLUMNS))
        )
    dates: list[date] = []
    columns: dict[str, list[int]] = {name: [] for name in COLUMNS if name in rows[0]}
    for number, row in enumerate(rows, 2):
        try:
            dates.append(parse_day(row["date"]))
        except NotADay as error:
            raise bad_flow(f"{where}, row {number}", "day", text=row["date"]) from error
        for name, values in columns.items():
            values.append(_fen(row[name], f"{where}, row {number}", name))
    _check_days(dates, where)
    return make_flow(dates, columns)


def read_rates(rows: Sequence[Mapping[str, str]], where: str) -> dict[str, list[tuple[date, Fraction]]]:
    """Rates of floating bonds by bond, from a table with the columns bond, date, rate.

    Raises:
        BadFlow: a column, day or rate is wrong.
    """
    rates: dict[str, list[tuple[date, Fraction]]] = {}
    for number, row in enumerate(rows, 2):
        try:
            rate = exact(plain_number(row["rate"]))
            rates.setdefault(row["bond"], []).append((parse_day(row["date"]), rate))
        except (KeyError, ValueError, ZeroDivisionError, AttributeError, NotADay) as error:
            raise bad_flow(f"{where}, row {number}", "rate") from error
    return {bond: sorted(known) for bond, known in rates.items()}


def _fen(text: str | None, where: str, name: str) -> int:
    if text is None or not text.strip():
        return 0
    try:
        exact_fen = plain_number(text) * 100
        amount = round(exact_fen)
        if abs(exact_fen - amount) > _NOISE:
            raise ValueError
    except ValueError as error:
        raise bad_flow(where, "amount", name=name, text=text) from error
    if amount < 0:
        raise bad_flow(where, "negative", name=name, text=text)
    return amount


def _check_days(dates: Sequence[date], where: str) -> None:
    for before, day in itertools.pairwise(dates):
        if day <= before:
            raise bad_flow(where, "order", day=day, before=before)


def bad_flow(where: str, key: str, **facts: object) -> BadFlow:
    """The error about a table, by its saying."""
    what, mend, what_zh, mend_zh = saying("flow", key, **facts)
    return BadFlow(where=where, what=what, mend=mend, what_zh=what_zh, mend_zh=mend_zh)


def total(values: Sequence[Any]) -> Any:
    """The sum of lanes."""
    found: Any = 0
    for value in values:
        found = found + value
    return found
