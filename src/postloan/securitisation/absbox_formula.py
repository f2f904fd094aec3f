"""Formulas, conditions, limits and date patterns of a public engine's requests, into the words of our deal files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

SOURCES = {
    "CollectedInterest": "interest",
    "CollectedPrincipal": "principal",
    "CollectedPrepayment": "prepayment",
    "CollectedRecoveries": "recovery",
    "NewDefaults": "default",
    "NewLosses": "loss",
}
STATUSES = {
    "Amortizing": "normal",
    "Revolving": "revolving",
    "RampUp": "revolving",
    "DealAccelerated": "accelerated",
    "Accelerated": "accelerated",
    "DealDefaulted": "defaulted",
    "Defaulted": "defaulted",
    "PreClosing": "pre-closing",
    "Called": "called",
    "Ended": "ended",
}
DAY_COUNTS = {
    "DC_ACT_365F": "act/365",
    "DC_ACT_365": "act/365",
    "DC_ACT_365A": "act/act",
    "DC_ACT_ACT": "act/act",
    "DC_ACT_365L": "act/365l",
    "DC_NL_365": "nl/365",
    "DC_ACT_360": "act/360",
    "DC_30E_360": "30e/360",
    "DC_30_360_ISDA": "30/360",
    "DC_30_360_US": "30/360",
    "DC_30_360_German": "30e/360",
    "DC_30Ep_360": "30e/360",
}


class CannotImport(Exception):
    """Something of the request that has no place in our deal files."""


UNREADABLE = (CannotImport, KeyError, TypeError, IndexError, ValueError, AttributeError)
"""What goes wrong where a part of a request is not of the form that is known."""


def why(error: Exception) -> str:
    """What could not be imported, in words."""
    return str(error) if isinstance(error, CannotImport) else f"its form is not known ({error})"


def tag(value: Any) -> tuple[str, Any]:
    """The tag and the contents of a tagged value; a bare text is a tag."""
    if isinstance(value, str):
        return value, None
    if isinstance(value, dict) and "tag" in value:
        return value["tag"], value.get("contents")
    raise CannotImport(f"a value without a tag ({json.dumps(value, ensure_ascii=False)[:60]})")


def number(value: Any) -> str:
    """A number as our formulas write it."""
    if isinstance(value, dict) and "numerator" in value:
        exact = Fraction(value["numerator"], value["denominator"])
        plain = Decimal(exact.numerator) / Decimal(exact.denominator)
        return _plain(plain) if Fraction(plain) == exact else f"({exact.numerator} / {exact.denominator})"
    if isinstance(value, dict) and "tag" in value:
        name, inside = tag(value)
        if name != "Constant":
            raise CannotImport(f"a rate by formula ({name})")
        return number(inside)
    return _plain(Decimal(str(value)))


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def pattern(value: Any) -> Any:
    """A date pattern."""
    name, inside = tag(value)
    simple = {
        "MonthEnd": "month-end",
        "MonthFirst": "month-start",
        "QuarterEnd": "quarter-end",
        "YearEnd": "year-end",
        "YearFirst": "year-start",
        "MidYear": "yearly 06-30",
        "QuarterFirst": ["yearly 03-01", "yearly 06-01", "yearly 09-01", "yearly 12-01"],
    }
    if name in simple:
        return simple[name]
    match name:
        case "DayOfMonth":
            return f"day {inside}"
        case "MonthDayOfYear":
            return f"yearly {inside[0]:02d}-{inside[1]:02d}"
        case "SemiAnnual" | "DaysInYear":
            return [f"yearly {month:02d}-{day:02d}" for month, day in inside]
        case "CustomDate":
            return list(inside)
        case "SingletonDate":
            return inside
        case "EveryNMonth":
            return f"every {inside[1]} months from {inside[0]}"
        case "Weekday":
            return f"weekly {(int(inside) - 1) % 7 + 1}"
        case "AllDatePattern":
            parts = [pattern(part) for part in inside]
            return [day for part in parts for day in (part if isinstance(part, list) else [part])]
    raise CannotImport(f"date pattern {name}")


def _names(quantity: str) -> Callable[[Any, Reader], str]:
    return lambda inside, reader: _call(
        quantity, inside if isinstance(inside, list) else [inside] if inside else []
    )


def _call(quantity: str, names: list[str]) -> str:
    listed = ", ".join(json.dumps(name, ensure_ascii=False) for name in names)
    return f"{quantity}({listed})" if names else quantity


def _flow(quantity: str) -> Callable[[Any, Reader], str]:
    def read(inside: Any, reader: Reader) -> str:
        sources = inside[0] if inside and isinstance(inside[0], list) else inside
        unknown = [source for source in sources if source not in SOURCES]
        if unknown:
            raise CannotImport(f"pool source {unknown[0]}")
        return _call(quantity, [SOURCES[source] for source in sources])

    return read


def _paid(quantity: str) -> Callable[[Any, Reader], str]:
    """Sums of payments: the request names the payees, and may name a kind of payment."""

    def read(inside: Any, reader: Reader) -> str:
        names = inside[0] if inside and isinstance(inside[0], list) else inside
        if inside and isinstance(inside[0], list) and len(inside) > 1 and inside[1]:
            raise CannotImport("sums of one kind of payment")
        if quantity == "bond_paid":
            return f"({_call('bond_interest_paid', names)} + {_call('bond_principal_paid', names)})"
        return _call(quantity, names)

    return read


def _joined(sign: str) -> Callable[[Any, Reader], str]:
    return lambda inside, reader: "(" + f" {sign} ".join(reader.formula(part) for part in inside) + ")"


def _extreme(name: str) -> Callable[[Any, Reader], str]:
    return lambda inside, reader: f"{name}(" + ", ".join(reader.formula(part) for part in inside) + ")"


def _constant(inside: Any, reader: Reader) -> str:
    return number(inside)


def _factor(inside: Any, reader: Reader) -> str:
    return f"({reader.formula(inside[0])} * {number(inside[1])})"


def _product(inside: Any, reader: Reader) -> str:
    return "(" + " * ".join(reader.formula(part) for part in inside) + ")"


def _floor_zero(inside: Any, reader: Reader) -> str:
    return f"max(0, {reader.formula(inside)})"


def _between(inside: Any, reader: Reader) -> str:
    low, high, value = (reader.formula(part) for part in inside)
    return f"min({high}, max({low}, {value}))"


def _excess(inside: Any, reader: Reader) -> str:
    return f"max(0, {_joined('-')(inside, reader)})"


def _custom(inside: Any, reader: Reader) -> str:
    name, value = tag(reader.custom.get(inside) or {"tag": f"custom data {inside}"})
    if name == "CustomConstant":
        return number(value)
    if name == "CustomDS":
        return reader.formula(value)
    raise CannotImport(name)


_FORMULAS: Mapping[str, Callable[[Any, Reader], str]] = {
    "CurrentBondBalance": lambda inside, reader: "bond_balance",
    "CurrentBondBalanceOf": _names("bond_balance"),
    "OriginalBondBalance": lambda inside, reader: "bond_original",
    "OriginalBondBalanceOf": _names("bond_original"),
    "BondFactor": lambda inside, reader: "bond_factor",
    "BondFactorOf": _names("bond_factor"),
    "BondRate": _names("bond_rate"),
    "BondDuePrin": _names("bond_due_principal"),
    "CurrentDueBondInt": _names("bond_due_interest"),
    "CurrentDueBondIntTotal": _names("bond_due_interest"),
    "LastBondIntPaid": _names("bond_interest_paid_last"),
    "LastBondPrinPaid": _names("bond_principal_paid_last"),
    "BondBalanceTarget": _names("bond_target"),
    "BondBalanceGap": lambda inside, reader: (
        f"max(0, {_call('bond_balance', [inside])} - {_call('bond_target', [inside])})"
    ),
    "BondTxnAmt": _paid("bond_paid"),
    "MonthsTillMaturity": _names("months_to_maturity"),
    "CurrentPoolBalance": lambda inside, reader: "pool_balance",
    "FutureCurrentPoolBalance": lambda inside, reader: "pool_balance",
    "CurrentPoolBegBalance": lambda inside, reader: "pool_balance_before",
    "OriginalPoolBalance": lambda inside, reader: "pool_original",
    "DealIssuanceBalance": lambda inside, reader: "pool_original",
    "CurrentPoolDefaultedBalance": lambda inside, reader: "pool_defaulted",
    "CumulativePoolDefaultedBalance": lambda inside, reader: "pool_defaulted_total",
    "CumulativePoolRecoveriesBalance": lambda inside, reader: 'collected_total("recovery")',
    "CumulativeNetLoss": lambda inside, reader: "pool_loss_total",
    "CumulativePoolDefaultedRate": lambda inside, reader: "default_rate",
    "PoolFactor": lambda inside, reader: "pool_factor",
    "PoolCumCollection": _flow("collected_total"),
    "PoolCurCollection": _flow("collected_since_calculation"),
    "AllAccBalance": lambda inside, reader: "account",
    "AccBalance": _names("account"),
    "ReserveBalance": _names("reserve_target"),
    "ReserveAccGap": _names("reserve_gap"),
    "ReserveGap": _names("reserve_gap"),
    "ReserveExcess": _names("reserve_excess"),
    "ReserveAccExcess": _names("reserve_excess"),
    "CurrentDueFee": _names("fee_due"),
    "LastFeePaid": _names("fee_paid_last"),
    "FeeTxnAmt": _paid("fee_paid"),
    "Constant": _constant,
    "Factor": _factor,
    "Multiply": _product,
    "MultiplyRatio": _product,
    "Sum": _joined("+"),
    "Substract": _joined("-"),
    "Subtract": _joined("-"),
    "Excess": _excess,
    "Divide": _joined("/"),
    "DivideRatio": _joined("/"),
    "Max": _extreme("max"),
    "Min": _extreme("min"),
    "FloorWith": _extreme("max"),
    "CapWith": _extreme("min"),
    "FloorWithZero": _floor_zero,
    "FloorAndCap": _between,
    "UseCustomData": _custom,
}
_COMPARE = {"G": ">", "GE": ">=", "L": "<", "LE": "<=", "E": "=="}


class Reader:
    """Reads formulas of one request. custom: its own named data."""

    def __init__(self, custom: Mapping[str, Any] | None) -> None:
        self.custom = custom or {}

    def formula(self, value: Any) -> str:
        """A formula as text.

        Raises:
            CannotImport: a quantity that our files do not know.
        """
        name, inside = tag(value)
        if name not in _FORMULAS:
            raise CannotImport(f"quantity {name}")
        return _FORMULAS[name](inside, self)

    def condition(self, value: Any) -> str:
        """A condition as text."""
        name, inside = tag(value)
        match name:
            case "IfZero":
                return f"{self.formula(inside)} == 0"
            case "If" | "IfRate" | "IfInt":
                return f"{self.formula(inside[1])} {_COMPARE[inside[0]]} {number(inside[2])}"
            case "If2" | "IfRate2" | "IfInt2":
                return f"{self.formula(inside[1])} {_COMPARE[inside[0]]} {self.formula(inside[2])}"
            case "IfDate":
                return f'date {_COMPARE[inside[0]]} "{inside[1]}"'
            case "IfDealStatus":
                return f'status == "{status(inside)}"'
            case "IfBool":
                name, which = tag(inside[0])
                if name == "TriggersStatus":
                    fired = _call("triggered", [which[-1]])
                    return fired if inside[1] else f"not {fired}"
            case "All" | "Any":
                word = " and " if name == "All" else " or "
                return "(" + word.join(self.condition(part) for part in inside) + ")"
            case "Always":
                return "True" if inside else "False"
        raise CannotImport(f"condition {name}")

    def limit(self, value: Any) -> dict[str, Any]:
        """A limit of a step: keys of its ``limit`` table, or ``do`` where the limit makes it another step."""
        name, inside = tag(value)
        match name:
            case "DuePct":
                return {"limit": {"share": number(inside)}}
            case "DueCapAmt" | "BalCapAmt":
                return {"limit": {"cap": number(inside)}}
            case "DS":
                return {"limit": {"cap": self.formula(inside)}}
            case "KeepBalAmt":
                return {"limit": {"keep": self.formula(inside)}}
            case "TillTarget":
                return {"do": "fill-reserve"}
            case "TillSource":
                return {"do": "release-reserve"}
            case "Multiple":
                found = self.limit(inside[0])
                cap = found.get("limit", {}).get("cap")
                if cap is not None:
                    return {"limit": {"cap": f"({cap}) * {number(inside[1])}"}}
        raise CannotImport(f"limit {name}")


def status(value: Any) -> str:
    """A deal's status."""
    name, inside = tag(value)
    if name == "PreClosing" and inside:
        return status(inside)
    if name not in STATUSES:
        raise CannotImport(f"status {name}")
    return STATUSES[name]
