"""What a run of one scenario left, as tables in yuan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from postloan.kernel import Finding
from postloan.securitisation.checking import check_run
from postloan.securitisation.machine import Machine, Traced

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]

BOND_COLUMNS = (
    "date", "bond", "balance", "interest", "principal", "unpaid_interest", "unpaid_interest_on_interest", "factor",
)  # fmt: skip
FEE_COLUMNS = ("date", "fee", "due", "paid", "unpaid")
ACCOUNT_COLUMNS = ("date", "account", "paid_in", "paid_out", "balance")
_MONEY = ("asked", "paid", "unpaid")


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario of a deal, run to the end.

    machine: the state at the end, with every day. findings: what is odd about the run.
    """

    machine: Machine
    findings: tuple[Finding, ...]

    def bonds(self) -> list[Row]:
        """A row a bond and payment day; factor is the balance to the face at issue."""
        return list(self._bonds())

    def _bonds(self) -> Iterator[Row]:
        for day in self.machine.days:
            for name, row in day.bonds.items():
                original = self.machine.terms.bonds[name].original
                yield {
                    "date": day.on,
                    "bond": name,
                    "balance": yuan(row.balance),
                    "interest": yuan(row.interest),
                    "principal": yuan(row.principal),
                    "unpaid_interest": yuan(row.due),
                    "unpaid_interest_on_interest": yuan(row.on_due),
                    "factor": round(Decimal(row.balance) / original, 8) if original else Decimal(0),
                }

    def fees(self) -> list[Row]:
        """A row a fee and payment day: what was due, what was paid, what stayed."""
        return [
            {"date": day.on, "fee": name, "due": yuan(due + paid), "paid": yuan(paid), "unpaid": yuan(due)}
            for day in self.machine.days
            for name, (due, paid) in day.fees.items()
        ]

    def accounts(self) -> list[Row]:
        """A row an account and day."""
        return [
            {
                "date": day.on,
                "account": name,
                "paid_in": yuan(came),
                "paid_out": yuan(went),
                "balance": yuan(left),
            }
            for day in self.machine.days
            for name, (came, went, left) in day.accounts.items()
        ]

    def trace(self) -> Sequence[Traced]:
        """Every movement in order: who got what, from which step, why, what stayed unpaid."""
        return self.machine.trace or ()

    def trace_table(self) -> pa.Table:
        """The trace as an Arrow table; amounts are decimals in yuan."""
        import pyarrow as pa

        names = [field.name for field in fields(Traced)]
        money = pa.decimal128(18, 2)
        kinds = {"day": pa.date32(), "step": pa.int32(), "line": pa.int32(), **dict.fromkeys(_MONEY, money)}
        arrays = []
        for name in names:
            values: list[Any] = [getattr(one, name) for one in self.trace()]
            if name in _MONEY:
                values = [yuan(value) for value in values]
            arrays.append(pa.array(values, kinds.get(name, pa.string())))
        return pa.table(arrays, names=names)

    def bond_flows(self, bond: str) -> list[tuple[Any, int, int]]:
        """A bond's payments: day, interest, principal, in fen."""
        return [
            (day.on, day.bonds[bond].interest, day.bonds[bond].principal)
            for day in self.machine.days
            if day.paying
        ]


def result_of(machine: Machine) -> Result:
    """The result of a machine that has run one scenario."""
    return Result(machine, check_run(machine))


def yuan(fen: int) -> Decimal:
    """Fen as yuan with two decimals, exactly."""
    return Decimal(int(fen)).scaleb(-2)
