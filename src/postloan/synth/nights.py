"""A month of nightly payment files (银行流水) for a synthetic tape, with the faults real ones have, from a seed."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from postloan.kernel import Money

HEADERS = (
    "交易日期", "交易流水号", "交易金额", "付款人", "付款账号", "摘要", "借据号", "合同号", "原流水号",
)  # fmt: skip
POSTED = "posted"
_HINTS = ("loan", "loan", "loan", "loan", "contract", "remark", "payer")
_STRANGERS = ("某某一", "某某二", "某某三", "某某四")
_FAULTS = (
    "zero", "negative", "unknown_loan", "unknown_contract", "hints_differ", "in_future", "before_opening", "no_hint",
    "similar_name", "duplicate", "overpaid", "bounced", "again",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a night's file, and what must become of it.

    expected: ``posted``, ``reversed``, or the code for which it waits in suspense or is refused.
    """

    paid_on: date
    reference: str
    amount: Money
    expected: str
    payer: str = ""
    account: str = ""
    remark: str = ""
    loan_id: str = ""
    contract_no: str = ""
    reverses: str = ""


@dataclass(frozen=True, slots=True)
class NightFile:
    """One file of one night.

    refused: why the whole file must be refused: ``repeated`` (yesterday's under a new name), ``control`` (its total row
    is wrong); "" where it must be taken.
    """

    on: date
    name: str
    rows: tuple[Row, ...]
    stated: Money
    refused: str = ""

    @property
    def amount(self) -> Money:
        """All rows together."""
        return Money(sum(row.amount.fen for row in self.rows))

    def expected(self) -> Mapping[str, Money]:
        """What must become of the file's money, by outcome."""
        found: dict[str, int] = defaultdict(int)
        for row in self.rows:
            found[row.expected] += row.amount.fen
        return {why: Money(fen) for why, fen in found.items()}


@dataclass
class _Tape:
    """What a maker of nights knows of a tape."""

    dice: random.Random
    loans: list[dict[str, object]]
    names: Mapping[str, str]
    alone: list[dict[str, object]]
    paid: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    bouncing: list[Row] = field(default_factory=list)
    made: int = 0

    def reference(self, on: date) -> str:
        """A new bank reference."""
        self.made += 1
        return f"N{on:%Y%m%d}{self.made:08d}"


def nights(
    loans: pa.Table, borrowers: pa.Table, *, first: date, days: int, each: int, seed: int
) -> Iterator[NightFile]:
    """Files for some nights in a row, about ``each`` payments a night, every fault kind in turn.

    loans, borrowers: tables of a synthetic tape. first: the first night, after the tape's cut-off date.
    """
    tape = _known(loans, borrowers, random.Random(seed))
    before: NightFile | None = None
    for number in range(days):
        on = first + timedelta(days=number)
        rows = [_payment(tape, on) for _ in range(each)]
        for place in range(3):
            fault = _FAULTS[(number * 3 + place) % len(_FAULTS)]
            rows += _fault(fault, tape, on, rows)
        file = NightFile(on, f"{on.isoformat()}-night.csv", tuple(rows), _sum(rows))
        if number % 5 == 2:
            wrong = Money(file.stated.fen + 1)
            yield NightFile(on, f"{on.isoformat()}-wrong-total.csv", tuple(rows), wrong, "control")
        yield file
        if before is not None and number % 4 == 1:
            yield NightFile(on, f"{on.isoformat()}-renamed.csv", before.rows, before.stated, "repeated")
        before = file


def as_csv(file: NightFile, encoding: str = "utf-8") -> bytes:
    """The file as a bank sends it: a title, Chinese headers, amounts with digit grouping, a total row."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow([f"账户交易明细 {file.on.isoformat()}（合成数据）"])
    out.writerow(HEADERS)
    for row in file.rows:
        out.writerow(
            [
                row.paid_on.isoformat(), row.reference, str(row.amount), row.payer, row.account, row.remark,
                row.loan_id, row.contract_no, row.reverses,
            ]
        )  # fmt: skip
    out.writerow(["合计", "", str(file.stated), *[""] * (len(HEADERS) - 3)])
    return text.getvalue().encode(encoding)


def write_night(file: NightFile, folder: Path) -> Path:
    """Write a night's file into a folder; every other day in GB18030, as older systems do."""
    path = folder / file.name
    path.write_bytes(as_csv(file, "gb18030" if file.on.day % 2 else "utf-8"))
    return path


def _known(loans: pa.Table, borrowers: pa.Table, dice: random.Random) -> _Tape:
    fields = ("loan_id", "borrower_id", "contract_no", "principal", "interest", "fees", "cutoff_on")
    rows = loans.select([name for name in fields if name in loans.column_names]).to_pylist()
    names = {str(row["borrower_id"]): str(row["name"]) for row in borrowers.to_pylist() if row.get("name")}
    times = Counter(names.values())
    held = Counter(str(row["borrower_id"]) for row in rows)
    alone = [
        row
        for row in rows
        if held[str(row["borrower_id"])] == 1 and times.get(names.get(str(row["borrower_id"]), ""), 0) == 1
    ]
    dice.shuffle(alone)
    return _Tape(dice, rows, names, alone)


def _payment(tape: _Tape, on: date) -> Row:
    """A payment that must be posted, with one kind of hint."""
    hint = tape.dice.choice(_HINTS)
    if hint == "payer" and (loan := _untouched(tape)):
        tape.paid.add(str(loan["loan_id"]))
        name = tape.names[str(loan["borrower_id"])]
        return Row(on, tape.reference(on), _owed(loan), POSTED, payer=name, remark="还款")
    loan = tape.dice.choice(tape.loans)
    while str(loan["loan_id"]) in tape.paid:
        loan = tape.dice.choice(tape.loans)
    tape.used.add(str(loan["loan_id"]))
    # A little of what is owed each time, so that no loan is paid off by chance.
    amount = Money(max(1, _owed(loan).fen // tape.dice.randint(2_000, 9_000)))
    row = Row(
        on, tape.reference(on), amount, POSTED, payer=tape.names.get(str(loan["borrower_id"]), ""),
        remark=f"还款 {loan['loan_id']}" if hint == "remark" else "还款",
        loan_id=str(loan["loan_id"]) if hint in ("loan", "payer") else "",
        contract_no=str(loan["contract_no"]) if hint == "contract" else "",
    )  # fmt: skip
    if tape.dice.random() < 0.05:
        tape.bouncing.append(row)
    return row


def _untouched(tape: _Tape) -> dict[str, object] | None:
    """A loan on which nothing came in yet, of a person who has no other and no namesake."""
    while tape.alone:
        loan = tape.alone.pop()
        if str(loan["loan_id"]) not in tape.paid | tape.used:
            return loan
    return None


def _fault(kind: str, tape: _Tape, on: date, rows: Sequence[Row]) -> list[Row]:
    """Rows with one kind of fault; none where there is nothing to make it of."""
    loan, other = tape.dice.sample(tape.loans, 2)
    number = tape.reference(on)
    amount = Money(tape.dice.randint(1_000, 90_000))
    loan_id, stranger = str(loan["loan_id"]), tape.dice.choice(_STRANGERS)
    match kind:
        case "zero":
            return [Row(on, number, Money(0), "zero", loan_id=loan_id)]
        case "negative":
            return [Row(on, number, -amount, "negative", payer=stranger, remark="手续费")]
        case "unknown_loan":
            return [Row(on, number, amount, "unknown_loan", loan_id=f"{loan_id}X")]
        case "unknown_contract":
            return [Row(on, number, amount, "unknown_contract", contract_no=f"{loan['contract_no']}X")]
        case "hints_differ":
            contract = str(other["contract_no"])
            return [Row(on, number, amount, "hints_differ", loan_id=loan_id, contract_no=contract)]
        case "in_future":
            return [Row(on + timedelta(days=3), number, amount, "in_future", loan_id=loan_id)]
        case "before_opening":
            return [Row(_cutoff(loan) - timedelta(days=9), number, amount, "before_opening", loan_id=loan_id)]
        case "no_hint":
            return [Row(on, number, amount, "no_hint", payer=stranger, remark="转账")]
        case "similar_name":
            name = tape.names[str(tape.dice.choice(tape.loans)["borrower_id"])]
            return [Row(on, number, amount, "similar_name", payer=f"{stranger}（代{name}）", remark="还款")]
        case "duplicate" if rows:
            first = rows[0]
            return [Row(on, first.reference, first.amount, "duplicate", loan_id=first.loan_id, remark="重复")]
        case "overpaid" if free := _untouched(tape):
            tape.paid.add(str(free["loan_id"]))
            return [Row(on, number, Money(_owed(free).fen * 2), POSTED, loan_id=str(free["loan_id"]))]
        case "bounced" if tape.bouncing:
            back = tape.bouncing.pop()
            return [Row(on, number, -back.amount, "reversed", remark="退汇", reverses=back.reference)]
        case "again" if tape.bouncing:
            return [Row(on, number, -amount, "unknown_payment", remark="退汇", reverses=f"{number}X")]
    return []


def _owed(loan: Mapping[str, object]) -> Money:
    parts = (loan.get(name) for name in ("principal", "interest", "fees"))
    return Money(sum(Money.yuan(part).fen for part in parts if isinstance(part, Decimal)))


def _cutoff(loan: Mapping[str, object]) -> date:
    found = loan["cutoff_on"]
    assert isinstance(found, date)
    return found


def _sum(rows: Sequence[Row]) -> Money:
    return Money(sum(row.amount.fen for row in rows))
