"""The kinds of faults that sellers' files have: on which rows each can stand, and what it writes there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from postloan.tape.identity import check_character

Flags = NDArray[np.bool_]
Row = Mapping[str, Any]
Texts = dict[str, str | None]
Fits = Callable[[pa.Table, Any], Flags]
Change = Callable[[Row, np.random.Generator], Texts]


def _anywhere(table: pa.Table, owner: Any) -> Flags:
    return np.ones(table.num_rows, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault.

    name: short and stable. table, field: where it stands. code: the finding that it must raise. change: the
    texts it writes, from the row as it was. fits: rows on which it is that fault and nothing else.
    appends: it adds a row instead of changing one. Each is grave enough that its loans are kept apart.
    """

    name: str
    table: str
    field: str
    code: str
    change: Change
    fits: Fits = _anywhere
    appends: bool = False


def _true(mask: Any) -> Flags:
    return np.asarray(pc.fill_null(mask, False))


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    return np.asarray(pc.cast(pc.fill_null(table[name], 0), pa.float64()))


def _of_several(table: pa.Table, owner: Any) -> Flags:
    """Loans of borrowers who have another one; all loans where nobody has."""
    several: Flags = np.bincount(owner)[owner] > 1
    return several if several.any() else _anywhere(table, owner)


def _unpaid(table: pa.Table, owner: Any) -> Flags:
    """Loans without payments, which would otherwise lose their loan."""
    return _true(pc.is_null(table["last_paid_on"]))


def _paid(table: pa.Table, owner: Any) -> Flags:
    return _true(pc.is_valid(table["last_paid_on"]))


def _has(name: str) -> Fits:
    return lambda table, owner: _true(pc.is_valid(table[name]))


def _old(least: int) -> Fits:
    return lambda table, owner: _numbers(table, "days_overdue") > least


def _worth(table: pa.Table, owner: Any) -> Flags:
    """Loans large enough that an amount in 万元 still shows, with a principal near what was paid out."""
    principal, paid_out = _numbers(table, "principal"), _numbers(table, "paid_out")
    near = (principal >= 0.5 * paid_out) & (principal <= 0.97 * paid_out) & (_numbers(table, "interest") > 20)
    large: Flags = (principal > 3_000) & (principal < 200_000) & near
    return large


def _thousands(table: pa.Table, owner: Any) -> Flags:
    large: Flags = _numbers(table, "stated_total") > 2_000
    return large


def _mostly_principal(table: pa.Table, owner: Any) -> Flags:
    some: Flags = (_numbers(table, "interest") > 1) & (
        _numbers(table, "interest") < 0.5 * _numbers(table, "principal")
    )
    return some


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _day(day: date) -> str:
    return day.isoformat()


def _later(name: str, base: str, days: int) -> Change:
    """The date in one column moved so that it lies some days after another's."""
    return lambda row, rng: {name: _day(row[base] + timedelta(days=days + int(rng.integers(0, 9))))}


def _amounts(row: Row, principal: Decimal, interest: Decimal) -> Texts:
    return {
        "principal": _money(principal),
        "interest": _money(interest),
        "stated_total": _money(principal + interest),
    }


def _misread(row: Row, rng: np.random.Generator) -> Texts:
    """An amount in which a nought is the letter O, grouped by commas."""
    text = f"{row['principal']:,.2f}"
    at = text.rfind("0")
    return {"principal": f"{text[:at]}O{text[at + 1 :]}" if at >= 0 else f"{text[:-1]}O"}


def _number(row: Row, born: date) -> str:
    """The row's identity number with another birth date."""
    head = f"{row['id_number'][:6]}{born:%Y%m%d}{row['id_number'][14:17]}"
    return head + check_character(head)


def _aged(years: int) -> Change:
    """A birth date and an identity number that give another age; about that many years before 2025."""

    def change(row: Row, rng: np.random.Generator) -> Texts:
        born = date(2025 - years, row["born_on"].month, min(row["born_on"].day, 28))
        return {"born_on": _day(born), "id_number": _number(row, born)}

    return change


def _wrong_check(row: Row, rng: np.random.Generator) -> Texts:
    number = row["id_number"]
    others = [c for c in "0123456789X" if c != number[-1]]
    return {"id_number": number[:-1] + others[int(rng.integers(len(others)))]}


def _rewritten(start: int, text: str) -> Change:
    """Some digits of the identity number replaced, the check character made to fit."""

    def change(row: Row, rng: np.random.Generator) -> Texts:
        head = (row["id_number"][:start] + text + row["id_number"][start + len(text) :])[:17]
        return {"id_number": head + check_character(head)}

    return change


LOAN_KINDS: tuple[Kind, ...] = (
    Kind("loan number missing", "loans", "loan_id", "T020", lambda row, rng: {"loan_id": None}, _unpaid),
    Kind("loan number twice, rows differ", "loans", "loan_id", "T021",
         lambda row, rng: _amounts(row, row["principal"] + 100, row["interest"]), appends=True),
    Kind("row repeated", "loans", "loan_id", "T022", lambda row, rng: {}, appends=True),
    Kind("borrower number missing", "loans", "borrower_id", "T023",
         lambda row, rng: {"borrower_id": None}, _of_several),
    Kind("loan without borrower", "loans", "borrower_id", "T028",
         lambda row, rng: {"borrower_id": f"B9{int(rng.integers(10**6)):06d}"}, _of_several),
    Kind("principal missing", "loans", "principal", "T030", lambda row, rng: {"principal": None}),
    Kind("principal negative", "loans", "principal", "T031",
         lambda row, rng: _amounts(row, -row["principal"], row["interest"])),
    Kind("interest negative", "loans", "interest", "T031",
         lambda row, rng: _amounts(row, row["principal"], -row["interest"]), _mostly_principal),
    Kind("nothing owed", "loans", "principal", "T032", lambda row, rng: _amounts(row, Decimal(0), Decimal(0))),
    Kind("total is not the sum", "loans", "stated_total", "T033",
         lambda row, rng: {"stated_total": _money(row["stated_total"] * Decimal("1.1") + 10)}),
    Kind("amount absurd", "loans", "principal", "T036",
         lambda row, rng: _amounts(row, row["principal"] * 100_000 + 10**9, row["interest"])),
    Kind("principal in 万元", "loans", "principal", "T039",
         lambda row, rng: {"principal": _money(row["principal"] / 10_000)}, _worth),
    Kind("total in 万元", "loans", "stated_total", "T039",
         lambda row, rng: {"stated_total": _money(row["stated_total"] / 10_000)}, _thousands),
    Kind("letter in an amount", "loans", "principal", "T024", _misread),
    Kind("words in an amount", "loans", "principal", "T024",
         lambda row, rng: {"principal": f"约{row['principal']:.0f}左右"}),
    Kind("rate in percent", "loans", "annual_rate", "T045",
         lambda row, rng: {"annual_rate": f"{row['annual_rate'] * 100:.2f}"}, _has("annual_rate")),
    Kind("granted after it was overdue", "loans", "overdue_since", "T047",
         _later("originated_on", "overdue_since", 20)),
    Kind("matures before it was granted", "loans", "matures_on", "T048", _later("matures_on", "originated_on", -90),
         _has("matures_on")),
    Kind("written off before it was granted", "loans", "written_off_on", "T049",
         lambda row, rng: {"written_off": "true",
                           "written_off_on": _day(row["originated_on"] - timedelta(days=30))}),
    Kind("paid before it was granted", "loans", "last_paid_on", "T050",
         _later("last_paid_on", "originated_on", -40), _paid),
    Kind("placeholder date", "loans", "originated_on", "T051", lambda row, rng: {"originated_on": "1900-01-01"}),
    Kind("days contradict the date", "loans", "days_overdue", "T052",
         lambda row, rng: {"days_overdue": str(row["days_overdue"] + 37)}),
    Kind("paid in the future", "loans", "last_paid_on", "T046", _later("last_paid_on", "cutoff_on", 10), _paid),
    Kind("overdue in the future", "loans", "overdue_since", "T046", _later("overdue_since", "cutoff_on", 5)),
    Kind("day that does not exist", "loans", "overdue_since", "T024",
         lambda row, rng: {"overdue_since": f"{row['overdue_since'].year}-02-30"}),
    Kind("overdue unknown", "loans", "days_overdue", "T055",
         lambda row, rng: {"days_overdue": None, "overdue_since": None}),
    Kind("days negative", "loans", "days_overdue", "T056",
         lambda row, rng: {"days_overdue": f"-{row['days_overdue']}"}),
    Kind("overdue longer than it exists", "loans", "days_overdue", "T058",
         lambda row, rng: {"days_overdue": str((row["cutoff_on"] - row["originated_on"]).days + 365),
                           "overdue_since": None}),
    Kind("graded as performing", "loans", "grade", "T064", lambda row, rng: {"grade": "normal"}, _old(95)),
    Kind("graded too mildly", "loans", "grade", "T065", lambda row, rng: {"grade": "substandard"}, _old(365)),
    Kind("grade unknown", "loans", "grade", "T024", lambda row, rng: {"grade": "待核实"}),
    Kind("product unknown", "loans", "product", "T024", lambda row, rng: {"product": "其他零售类A3"}),
    Kind("other cut-off date", "loans", "cutoff_on", "T061", _later("cutoff_on", "cutoff_on", -40)),
)  # fmt: skip
"""Faults of the loans table."""

_BY_NUMBER = _has("id_number")

BORROWER_KINDS: tuple[Kind, ...] = (
    Kind("identity number mistyped", "borrowers", "id_number", "T073", _wrong_check, _BY_NUMBER),
    Kind("identity number of no province", "borrowers", "id_number", "T074", _rewritten(0, "99"), _BY_NUMBER),
    Kind("identity number of no day", "borrowers", "id_number", "T076", _rewritten(10, "1332"), _BY_NUMBER),
    Kind("identity number cut", "borrowers", "id_number", "T072", lambda row, rng: {"id_number": row["id_number"][:-2]},
         _BY_NUMBER),
    Kind("identity number from a spreadsheet", "borrowers", "id_number", "T072",
         lambda row, rng: {"id_number": f"{float(row['id_number'][:17] + '0'):.5E}"}, _BY_NUMBER),
    Kind("birth dates differ", "borrowers", "born_on", "T077",
         lambda row, rng: {"born_on": _day(row["born_on"] - timedelta(days=365 + int(rng.integers(30))))}, _BY_NUMBER),
    Kind("sex contradicts the number", "borrowers", "sex", "T078",
         lambda row, rng: {"sex": "female" if row["sex"] == "male" else "male"}, _BY_NUMBER),
    Kind("under 18", "borrowers", "born_on", "T079", _aged(12), _BY_NUMBER),
    Kind("over 100", "borrowers", "born_on", "T080", _aged(125), _BY_NUMBER),
    Kind("borrower number twice, rows differ", "borrowers", "borrower_id", "T027",
         lambda row, rng: {"name": row["name"][:1] + "某", "id_number": None, "employer": None},
         _BY_NUMBER, appends=True),
)  # fmt: skip
"""Faults of the borrowers table."""
