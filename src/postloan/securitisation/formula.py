"""Formulas and conditions of a deal file: a small language, checked when the deal is read, that computes on lanes.

``max(0, collected_total("interest") * 0.0326 - fee_paid("VAT"))`` is an amount;
``pool_factor < 0.1 and date >= "2025-06-26"`` is a condition. Numbers beside amounts are yuan. Names stand in
``terms.yaml`` with their Chinese.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, Protocol

from postloan.kernel import PostloanError
from postloan.securitisation.lanes import Lanes, Rounding, exact
from postloan.securitisation.plain_numbers import plain_number
from postloan.securitisation.sayings import saying

_LONGEST = 2_000
Kind = Literal["money", "number", "ratio", "condition", "day", "text"]
Evaluate = Callable[["Meter"], Any]


class BadFormula(PostloanError):
    """The formula '{text}' cannot be used: {why}.

    {mend}
    """

    zh = "公式“{text}”无法使用：{why_zh}。{mend_zh}"


class Meter(Protocol):
    """What a formula reads from a run."""

    lanes: Lanes
    rounding: Rounding
    today: date

    def measure(self, name: str, args: tuple[str, ...]) -> Any:
        """The value of a named quantity: whole fen, an exact ``Fraction``, or a binary ratio, by its kind."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A name that formulas know. kind: what it gives. of: what its arguments name; '' for none."""

    kind: Kind
    of: Literal["", "bond", "fee", "account", "source", "forecast", "trigger"] = ""
    least: int = 0


QUANTITIES: Mapping[str, Quantity] = {
    "pool_balance": Quantity("money"),
    "pool_balance_before": Quantity("money"),
    "pool_original": Quantity("money"),
    "pool_defaulted": Quantity("money"),
    "pool_defaulted_total": Quantity("money"),
    "pool_loss_total": Quantity("money"),
    "collected": Quantity("money", "source"),
    "collected_since_calculation": Quantity("money", "source"),
    "collected_total": Quantity("money", "source"),
    "cost": Quantity("money"),
    "cost_total": Quantity("money"),
    "forecast_total": Quantity("money", "forecast", 1),
    "bond_balance": Quantity("money", "bond"),
    "bond_original": Quantity("money", "bond"),
    "bond_due_interest": Quantity("money", "bond"),
    "bond_due_principal": Quantity("money", "bond"),
    "bond_interest_paid_last": Quantity("money", "bond"),
    "bond_principal_paid_last": Quantity("money", "bond"),
    "bond_interest_paid": Quantity("money", "bond"),
    "bond_principal_paid": Quantity("money", "bond"),
    "bond_target": Quantity("money", "bond", 1),
    "bond_rate": Quantity("number", "bond", 1),
    "fee_due": Quantity("money", "fee"),
    "fee_paid": Quantity("money", "fee"),
    "fee_paid_last": Quantity("money", "fee"),
    "fee_today": Quantity("money", "fee"),
    "bond_interest_today": Quantity("money", "bond"),
    "account": Quantity("money", "account"),
    "reserve_target": Quantity("money", "account", 1),
    "reserve_gap": Quantity("money", "account", 1),
    "reserve_excess": Quantity("money", "account", 1),
    "pool_factor": Quantity("ratio"),
    "bond_factor": Quantity("ratio", "bond"),
    "default_rate": Quantity("ratio"),
    "collections_over": Quantity("condition"),
    "triggered": Quantity("condition", "trigger", 1),
    "months_to_maturity": Quantity("number", "bond", 1),
    "status": Quantity("text"),
    "date": Quantity("day"),
}

STATUSES = ("pre-closing", "revolving", "normal", "accelerated", "defaulted", "called", "ended")
SOURCES = ("principal", "interest", "prepayment", "recovery", "default", "loss", "cost")


@dataclass(frozen=True)
class Formula:
    """A formula that was read. text: as written. kind: what it gives. names: what it reads, as (quantity, args)."""

    text: str
    kind: Kind
    names: tuple[tuple[str, tuple[str, ...]], ...]
    evaluate: Evaluate

    def __reduce__(self) -> tuple[Any, ...]:
        return (read_formula, (self.text, self.kind))


def constant(yuan: Decimal | int) -> Formula:
    """A fixed amount of yuan."""
    return read_formula(str(yuan), "money")


def read_formula(text: str, wanted: Kind) -> Formula:
    """A formula of the wanted kind.

    Raises:
        BadFormula: it is no formula, names something unknown, or gives another kind.
    """
    reader = _Reader(text)
    kind, evaluate = reader.read()
    if wanted == "money" and kind == "number":
        kind, evaluate = "money", reader.as_money(kind, evaluate)
    if wanted == "ratio" and kind == "number":
        kind = "ratio"
    if kind != wanted:
        raise _bad(text, "gives", kind=kind, wanted=wanted, mend=_MEND[wanted])
    return Formula(text, kind, tuple(dict.fromkeys(reader.names)), evaluate)


def _bad(formula: str, key: str, **facts: object) -> BadFormula:
    why, mend, why_zh, mend_zh = saying("formula", key, **facts)
    return BadFormula(text=formula, why=why, mend=mend, why_zh=why_zh, mend_zh=mend_zh)


_MEND = {
    "money": "Write an amount, such as 0.02 * pool_balance.",
    "condition": "Write a comparison, such as pool_factor < 0.1.",
    "number": "Write a plain number, such as 0.02.",
    "ratio": "Write a ratio, such as pool_factor.",
    "day": "Write a day.",
    "text": "Write a text.",
}


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.names: list[tuple[str, tuple[str, ...]]] = []

    def fail(self, key: str, **facts: object) -> BadFormula:
        return _bad(self.text, key, **facts)

    def read(self) -> tuple[Kind, Evaluate]:
        if len(self.text) > _LONGEST:
            raise self.fail("too_long", most=_LONGEST)
        try:
            return self.node(ast.parse(self.text.strip(), mode="eval").body)
        except SyntaxError as error:
            raise self.fail("unreadable", at=error.offset) from error
        except (RecursionError, MemoryError) as error:
            raise self.fail("too_deep") from error

    def number(self, text: str) -> Fraction:
        try:
            return plain_number(text)
        except ValueError as error:
            raise self.fail("no_number", text=text) from error

    def node(self, node: ast.expr) -> tuple[Kind, Evaluate]:
        match node:
            case ast.Constant(value=bool() as truth):
                return "condition", lambda run, truth=truth: truth
            case ast.Constant(value=int() | float()):
                number = exact(self.number(ast.get_source_segment(self.text.strip(), node) or "0"))
                return "number", lambda run, number=number: number
            case ast.Constant(value=str() as words):
                return "text", lambda run, words=words: words
            case ast.Name(id=name):
                return self.quantity(name, ())
            case ast.Call(func=ast.Name(id="min" | "max" as name), args=args):
                return self.extreme(name, args)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.quantity(name, tuple(map(self.word, args)))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.binary(ast.Sub(), ("number", lambda run: Fraction(0)), self.node(inner))
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                kind, value = self.node(inner)
                self.must(kind, "condition")
                return "condition", lambda run: run.lanes.flip(value(run))
            case ast.BinOp(op=op, left=left, right=right):
                return self.binary(op, self.node(left), self.node(right))
            case ast.BoolOp(op=op, values=values):
                return self.joined(op, [self.node(value) for value in values])
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self.compared(left, ops, others)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.chosen(self.node(test), self.node(body), self.node(orelse))
        raise self.fail("not_language", text=ast.unparse(node))

    def word(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        raise self.fail("not_a_name", text=ast.unparse(node))

    def must(self, kind: Kind, *wanted: Kind) -> None:
        if kind not in wanted:
            raise self.fail("wrong_kind", kind=kind, wanted=wanted[0], mend=_MEND[wanted[0]])

    def quantity(self, name: str, args: tuple[str, ...]) -> tuple[Kind, Evaluate]:
        from difflib import get_close_matches

        known = QUANTITIES.get(name)
        if known is None:
            near = get_close_matches(name, QUANTITIES, 1)
            raise self.fail("unknown", name=name, near=near[0] if near else "pool_balance")
        if len(args) < known.least or (args and not known.of):
            raise self.fail("arguments", name=name, least=known.least, given=len(args))
        self.names.append((name, args))
        if name == "date":
            return "day", lambda run: run.today
        return known.kind, lambda run: run.measure(name, args)

    def as_money(self, kind: Kind, value: Evaluate) -> Evaluate:
        """A number beside amounts is yuan."""
        if kind == "money":
            return value
        self.must(kind, "number")

        def fen(run: Meter) -> Any:
            number = value(run)
            return int(number * 100 // 1) if isinstance(number, Fraction) else number

        return fen

    def extreme(self, name: str, args: Sequence[ast.expr]) -> tuple[Kind, Evaluate]:
        parts = [self.node(arg) for arg in args]
        if not parts:
            raise self.fail("no_values", name=name)
        if all(kind == "number" for kind, _ in parts):
            pick = min if name == "min" else max
            return "number", lambda run: pick(value(run) for _, value in parts)
        values = [self.as_money(kind, value) for kind, value in parts]

        def extreme(run: Meter) -> Any:
            found = values[0](run)
            for value in values[1:]:
                found = (run.lanes.least if name == "min" else run.lanes.most)(found, value(run))
            return found

        return "money", extreme

    def binary(
        self, op: ast.operator, left: tuple[Kind, Evaluate], right: tuple[Kind, Evaluate]
    ) -> tuple[Kind, Evaluate]:
        (a_kind, a), (b_kind, b) = left, right
        kinds = (a_kind, b_kind)
        match op:
            case ast.Add() | ast.Sub():
                sign = 1 if isinstance(op, ast.Add) else -1
                if kinds == ("number", "number") or kinds == ("ratio", "ratio"):
                    return a_kind, lambda run: a(run) + sign * b(run)
                first, second = self.as_money(a_kind, a), self.as_money(b_kind, b)
                return "money", lambda run: first(run) + sign * second(run)
            case ast.Mult():
                if a_kind in ("number", "ratio") and b_kind == "money":
                    (a_kind, a), (b_kind, b) = right, left
                return self.times(a_kind, a, b_kind, b)
            case ast.Div():
                return self.divided(a_kind, a, b_kind, b)
        raise self.fail("operator")

    def times(self, a_kind: Kind, a: Evaluate, b_kind: Kind, b: Evaluate) -> tuple[Kind, Evaluate]:
        if (a_kind, b_kind) == ("number", "number"):
            return "number", lambda run: exact(a(run) * b(run))
        if (a_kind, b_kind) == ("money", "number"):
            return "money", lambda run: run.lanes.scale(a(run), b(run), run.rounding)
        if (a_kind, b_kind) == ("money", "ratio"):
            return "money", lambda run: run.lanes.grow(a(run), b(run))
        raise self.fail("times", a=a_kind, b=b_kind)

    def divided(self, a_kind: Kind, a: Evaluate, b_kind: Kind, b: Evaluate) -> tuple[Kind, Evaluate]:
        if b_kind == "number":

            def inverse(run: Meter) -> Fraction:
                number = b(run)
                if not number:
                    raise self.fail("zero")
                return exact(1 / number)

            return self.times(a_kind, a, "number", inverse)
        if (a_kind, b_kind) == ("money", "money"):
            return "ratio", lambda run: run.lanes.ratio(a(run), b(run))
        raise self.fail("divided", a=a_kind, b=b_kind)

    def joined(self, op: ast.boolop, parts: list[tuple[Kind, Evaluate]]) -> tuple[Kind, Evaluate]:
        for kind, _ in parts:
            self.must(kind, "condition")
        values = [value for _, value in parts]

        def join(run: Meter) -> Any:
            found = values[0](run)
            for value in values[1:]:
                found = (run.lanes.both if isinstance(op, ast.And) else run.lanes.either)(found, value(run))
            return found

        return "condition", join

    def compared(
        self, left: ast.expr, ops: Sequence[ast.cmpop], others: Sequence[ast.expr]
    ) -> tuple[Kind, Evaluate]:
        if len(ops) != 1:
            raise self.fail("chained")
        (a_kind, a), (b_kind, b) = self.node(left), self.node(others[0])
        compare = _COMPARE.get(type(ops[0]))
        if compare is None:
            raise self.fail("comparison")
        if "day" in (a_kind, b_kind):
            return self.compared_days(compare, (a_kind, a), (b_kind, b))
        if (a_kind, b_kind) == ("text", "text"):
            return self.compared_status(ops[0], a, others[0])
        if "money" in (a_kind, b_kind):
            first, second = self.as_money(a_kind, a), self.as_money(b_kind, b)
            return "condition", lambda run: compare(first(run), second(run))
        self.must(a_kind, "ratio", "number")
        self.must(b_kind, "ratio", "number")
        if a_kind == b_kind == "number":
            return "condition", lambda run: compare(a(run), b(run))
        return "condition", lambda run: compare(_binary(a(run)), _binary(b(run)))

    def compared_status(self, op: ast.cmpop, status: Evaluate, other: ast.expr) -> tuple[Kind, Evaluate]:
        if not isinstance(op, ast.Eq | ast.NotEq):
            raise self.fail("texts")
        word = other.value if isinstance(other, ast.Constant) else None
        if word not in STATUSES:
            raise self.fail("status", word=word, known=", ".join(STATUSES))
        compare, code = _COMPARE[type(op)], STATUSES.index(word)
        return "condition", lambda run: compare(status(run), code)

    def compared_days(
        self, compare: Callable[[Any, Any], Any], left: tuple[Kind, Evaluate], right: tuple[Kind, Evaluate]
    ) -> tuple[Kind, Evaluate]:
        sides: list[Evaluate] = []
        for kind, value in (left, right):
            if kind == "text":
                try:
                    day = date.fromisoformat(value(None))  # type: ignore[arg-type]
                except (ValueError, AttributeError) as error:
                    raise self.fail("day") from error
                sides.append(_always(day))
            else:
                self.must(kind, "day")
                sides.append(value)
        return "condition", lambda run: compare(sides[0](run), sides[1](run))

    def chosen(
        self, test: tuple[Kind, Evaluate], yes: tuple[Kind, Evaluate], no: tuple[Kind, Evaluate]
    ) -> tuple[Kind, Evaluate]:
        self.must(test[0], "condition")
        first, second = self.as_money(*yes), self.as_money(*no)
        return "money", lambda run: run.lanes.pick(test[1](run), first(run), second(run))


def _always(value: Any) -> Evaluate:
    return lambda run: value


def _binary(value: Any) -> Any:
    return float(value) if isinstance(value, Fraction) else value


_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
