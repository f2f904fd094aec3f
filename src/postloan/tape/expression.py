"""The small language of mapping files: arithmetic, comparisons and a few functions over the seller's columns.

Written as in a spreadsheet, read with Python's own parser, allowed node by node, and turned into SQL of the
portable subset. Nothing is ever evaluated in Python.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from postloan.kernel.sql import identifier, literal
from postloan.tape import cleaning
from postloan.tape.columns import Column

NUMBER = "DECIMAL(18,6)"
"""SQL type of every number in an expression: exact, up to a trillion."""

_QUOTED = re.compile(r"`([^`]+)`")
_KINDS = {"text": "text", "number": "money", "day": "day", "flag": "flag"}
_COMPARE: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="
}  # fmt: skip


class NotAnExpression(Exception):
    """Why an expression cannot be used, as a sentence without its full stop."""

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and what it yields: cell (text as in the source), text, number, day, flag or null."""

    text: str
    kind: str


def kind_of(sql_type: str) -> str:
    """What a column of the source yields, by its SQL type."""
    if sql_type.startswith(("DECIMAL", "DOUBLE", "FLOAT", "REAL")) or "INT" in sql_type:
        return "number"
    if sql_type.startswith(("DATE", "TIMESTAMP")):
        return "day"
    return "flag" if sql_type == "BOOLEAN" else "cell"


def names_in(expression: str) -> set[str]:
    """The columns that an expression speaks of.

    Raises:
        NotAnExpression: it cannot be read.
    """
    tree, quoted = _parse(expression)
    calls = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in calls}
    return {quoted.get(name, name) for name in names}


def compile_expression(expression: str, columns: Mapping[str, str], order: str = "YMD") -> Sql:
    """An expression as SQL.

    columns: of the source with their SQL types. order: of its text dates.

    Raises:
        NotAnExpression: it cannot be read, names a column that is not there, or calls something unknown.
    """
    tree, quoted = _parse(expression)
    return _Compiler(columns, quoted, order).sql(tree)


def _parse(expression: str) -> tuple[ast.expr, dict[str, str]]:
    """The tree, and the columns in `backquotes` by the names that stand for them in it."""
    quoted: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        quoted[name := f"quoted_{len(quoted)}_"] = match.group(1)
        return name

    try:
        return ast.parse(_QUOTED.sub(stand_in, expression.strip()), mode="eval").body, quoted
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise NotAnExpression(
            f"'{expression}' cannot be read ({why}); put column names with blanks or signs in `backquotes`",
            f"无法解析表达式“{expression}”；含空格或符号的列名请用反引号 ` 括起",
        ) from error


class _Compiler:
    def __init__(self, columns: Mapping[str, str], quoted: Mapping[str, str], order: str) -> None:
        self._columns, self._quoted, self._order = columns, quoted, order
        self._by_lower = {name.lower(): name for name in columns}

    def sql(self, node: ast.expr) -> Sql:
        match node:
            case ast.Constant():
                return self._constant(node.value)
            case ast.Name():
                return self._column(self._quoted.get(node.id, node.id))
            case ast.UnaryOp(op=ast.USub()):
                return Sql(f"(-{self.number(node.operand)})", "number")
            case ast.UnaryOp(op=ast.Not()):
                return Sql(f"(NOT {self.flag(node.operand)})", "flag")
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.BoolOp():
                word = " AND " if isinstance(node.op, ast.And) else " OR "
                return Sql(f"({word.join(self.flag(value) for value in node.values)})", "flag")
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp():
                one, other = self._same([self.sql(node.body), self.sql(node.orelse)])
                return Sql(
                    f"(CASE WHEN {self.flag(node.test)} THEN {one.text} ELSE {other.text} END)",
                    one.kind if one.kind != "null" else other.kind,
                )
            case ast.Call():
                return self._call(node)
        raise NotAnExpression(
            f"'{ast.unparse(node)}' is not allowed in an expression",
            f"表达式中不允许使用“{ast.unparse(node)}”",
        )

    def number(self, node: ast.expr) -> str:
        return self.to(self.sql(node), "number")

    def flag(self, node: ast.expr) -> str:
        return self.to(self.sql(node), "flag")

    def to(self, sql: Sql, kind: str) -> str:
        """The SQL of a value as a number, text, day or flag; NULL where it cannot be read as that."""
        if sql.kind == kind or sql.kind == "null":
            return sql.text
        if sql.kind in ("cell", "text"):
            text = cleaning.cleaned(sql.text, _plain_column(kind))
            if kind == "number":
                return f"TRY_CAST({cleaning.number(f'({text})')} AS {NUMBER})"
            if kind == "day":
                return f"({cleaning.day(f'({text})', self._order)})"
            return text if kind == "text" else f"({cleaning.flag(f'({text})')})"
        if kind == "text":
            shown = f"CAST({sql.text} AS VARCHAR)"
            return f"REGEXP_REPLACE({shown}, '[.]?0+$', '')" if sql.kind == "number" else shown
        raise NotAnExpression(f"a {sql.kind} cannot be used as a {kind}", f"{sql.kind} 不能用作 {kind}")

    def _constant(self, value: object) -> Sql:
        if value is None:
            return Sql("NULL", "null")
        if isinstance(value, bool):
            return Sql("TRUE" if value else "FALSE", "flag")
        if isinstance(value, int | float) and abs(value) < 10**12:
            return Sql(f"CAST({value!r} AS {NUMBER})", "number")
        if isinstance(value, str):
            return Sql(literal(value), "text")
        raise NotAnExpression(f"{value!r} is not a usable value", f"{value!r} 不是可用的值")

    def _column(self, name: str) -> Sql:
        found = self._by_lower.get(name.lower())
        if found is None:
            shown = ", ".join(list(self._columns)[:12])
            raise NotAnExpression(
                f"there is no column '{name}'; there are: {shown} …", f"没有列“{name}”；现有：{shown} …"
            )
        kind = kind_of(self._columns[found])
        text = identifier(found)
        if kind == "number":
            return Sql(f"TRY_CAST({text} AS {NUMBER})", kind)
        return Sql(f"CAST({text} AS DATE)" if kind == "day" else text, kind)

    def _arithmetic(self, node: ast.BinOp) -> Sql:
        left, right = self.sql(node.left), self.sql(node.right)
        if isinstance(node.op, ast.Add) and "text" in (left.kind, right.kind):
            return Sql(f"CONCAT({self.to(left, 'text')}, {self.to(right, 'text')})", "text")
        a, b = self.to(left, "number"), self.to(right, "number")
        if isinstance(node.op, ast.Div):
            # A quotient is rarely exact; six decimals are kept.
            made = f"ROUND(CAST({a} AS DOUBLE) / NULLIF(CAST({b} AS DOUBLE), 0), 6)"
        else:
            sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}.get(type(node.op))
            if sign is None:
                raise NotAnExpression(
                    f"'{ast.unparse(node)}': only + - * / are known", f"“{ast.unparse(node)}”：只支持 + - * /"
                )
            made = f"{a} {sign} {b}"
        return Sql(f"TRY_CAST({made} AS {NUMBER})", "number")

    def _comparison(self, node: ast.Compare) -> Sql:
        parts, left = [], node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.List | ast.Set):
                equal = [self._pair(left, "=", choice) for choice in right.elts]
                told = f"({' OR '.join(equal)})" if equal else "FALSE"
                parts.append(told if isinstance(op, ast.In) else f"(NOT {told})")
            elif type(op) in _COMPARE:
                parts.append(self._pair(left, _COMPARE[type(op)], right))
            else:
                raise NotAnExpression(
                    f"'{ast.unparse(node)}' is not a comparison that is known",
                    f"“{ast.unparse(node)}”不是支持的比较",
                )
            left = right
        return Sql(f"({' AND '.join(parts)})", "flag")

    def _pair(self, left: ast.expr, sign: str, right: ast.expr) -> str:
        one, other = self._same([self.sql(left), self.sql(right)])
        if "null" in (one.kind, other.kind):
            value = other.text if one.kind == "null" else one.text
            return f"({value} IS {'' if sign == '=' else 'NOT '}NULL)"
        return f"({one.text} {sign} {other.text})"

    def _same(self, values: list[Sql]) -> list[Sql]:
        """The values as one kind: that of those which are not cells; cells alone are text."""
        kinds = {value.kind for value in values} - {"cell", "null"}
        if len(kinds) > 1:
            kinds = {"text"}
        kind = kinds.pop() if kinds else ("text" if any(v.kind == "cell" for v in values) else "null")
        return [Sql(self.to(value, kind), "null" if value.kind == "null" else kind) for value in values]

    def _call(self, node: ast.Call) -> Sql:
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise NotAnExpression(f"{name}() takes plain values only", f"{name}() 只接受普通参数")
        if name in ("min", "max", "first") and node.args:
            values = self._same([self.sql(argument) for argument in node.args])
            if name != "first" and all(value.kind in ("text", "null") for value in values):
                values = [Sql(self.number(argument), "number") for argument in node.args]
            word = {"min": "LEAST", "max": "GREATEST", "first": "COALESCE"}[name]
            kind = next((value.kind for value in values if value.kind != "null"), "null")
            return Sql(f"{word}({', '.join(value.text for value in values)})", kind)
        if name == "concat" and node.args:
            return Sql(f"CONCAT({', '.join(self.to(self.sql(a), 'text') for a in node.args)})", "text")
        if name == "day" and len(node.args) == 2:
            return self._ordered_day(node)
        if name not in _FUNCTIONS:
            known = ", ".join(sorted([*_FUNCTIONS, "concat", "day", "first", "max", "min"]))
            raise NotAnExpression(
                f"there is no function {name}(); there are: {known}", f"没有函数 {name}()；现有：{known}"
            )
        takes, gives, write = _FUNCTIONS[name]
        if len(takes) != len(node.args):
            raise NotAnExpression(
                f"{name}() takes {len(takes)} values ({', '.join(takes)}), not {len(node.args)}",
                f"{name}() 需要 {len(takes)} 个参数，而不是 {len(node.args)} 个",
            )
        values_ = [self.to(self.sql(a), kind) for a, kind in zip(node.args, takes, strict=True)]
        return Sql(write(*values_), gives)

    def _ordered_day(self, node: ast.Call) -> Sql:
        order = node.args[1]
        if not (isinstance(order, ast.Constant) and order.value in cleaning.ORDERS):
            raise NotAnExpression(
                f"day(): the order of a date is one of {', '.join(cleaning.ORDERS)}",
                f"day()：日期顺序只能是 {'、'.join(cleaning.ORDERS)}",
            )
        inner = _Compiler(self._columns, self._quoted, str(order.value))
        return Sql(inner.to(inner.sql(node.args[0]), "day"), "day")


def _plain_column(kind: str) -> Column:
    return Column("", _KINDS[kind], "", required=False, personal=False, en="", zh="", says="")


def _whole(value: str) -> str:
    return f"TRY_CAST(FLOOR({value}) AS INTEGER)"


def _made_date(year: str, month: str, of_month: str) -> str:
    parts = ", ".join(f"LPAD(CAST({_whole(part)} AS VARCHAR), 2, '0')" for part in (month, of_month))
    return f"TRY_CAST(CONCAT_WS('-', CAST({_whole(year)} AS VARCHAR), {parts}) AS DATE)"


def _part(name: str) -> Callable[..., str]:
    return lambda value: f"CAST({name}({value}) AS {NUMBER})"


# name: (kinds it takes, kind it gives, how it is written)
_FUNCTIONS: Mapping[str, tuple[tuple[str, ...], str, Callable[..., str]]] = {
    "abs": (("number",), "number", lambda x: f"ABS({x})"),
    "floor": (("number",), "number", lambda x: f"CAST(FLOOR({x}) AS {NUMBER})"),
    "round": (("number",), "number", lambda x: f"CAST(ROUND({x}, 2) AS {NUMBER})"),
    "number": (("number",), "number", lambda x: x),
    "text": (("text",), "text", lambda x: x),
    "day": (("day",), "day", lambda x: x),
    "blank": (("text",), "flag", lambda x: f"({x} IS NULL)"),
    "upper": (("text",), "text", lambda x: f"UPPER({x})"),
    "lower": (("text",), "text", lambda x: f"LOWER({x})"),
    "left": (("text", "number"), "text", lambda x, n: f"SUBSTR({x}, 1, {_whole(n)})"),
    "replace": (("text", "text", "text"), "text", lambda x, a, b: f"REPLACE({x}, {a}, {b})"),
    "contains": (("text", "text"), "flag", lambda x, a: f"({x} <> REPLACE({x}, {a}, ''))"),
    "date": (("number", "number", "number"), "day", _made_date),
    "year": (("day",), "number", _part("YEAR")),
    "month": (("day",), "number", _part("MONTH")),
    "add_days": (("day", "number"), "day", lambda d, n: f"({d} + {_whole(n)})"),
    "add_months": (
        ("day", "number"), "day", lambda d, n: f"CAST({d} + {_whole(n)} * INTERVAL 1 MONTH AS DATE)"
    ),
    "days_between": (("day", "day"), "number", lambda a, b: f"CAST(DATE_DIFF('day', {a}, {b}) AS {NUMBER})"),
}  # fmt: skip
