"""A user's own mapping of a seller's headers, which wins over the synonyms.

A YAML file: for each table, our field and where it comes from::

    cutoff_on: 2005-09-30                            # the same for every loan
    loans:
      loan_id: ID                                    # a header as written
      product: ="credit_card"                        # a value for all rows
      days_overdue: =max(PAY_0, 0) * 30              # an expression over headers
      grade: {from: STATUS, values: {"Charged Off": loss}, else: normal}
      originated_on: {from: issue_d, dates: MDY}     # the order of its text dates
      branch: ~                                      # not there, whatever the headers say
      only: =STATUS != "Current"                     # rows that are taken
    borrowers:
      from: loans                                    # made of another table of the source
      borrower_id: ID
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

import yaml

from postloan.kernel import PostloanError
from postloan.tape.cleaning import ORDERS
from postloan.tape.columns import tables
from postloan.tape.expression import NotAnExpression, names_in
from postloan.tape.headers import plain_header

CONSTANTS = ("lender", "branch", "channel", "product", "cutoff_on")
"""Columns of loans that a mapping may set at its top, the same for all rows."""
_OF_TABLE = ("from", "only", "dates", "synonyms")
_OF_FIELD = ("from", "values", "else", "dates", "times")


class BadMapping(PostloanError):
    """{file}, line {line}, {where}: {why}.

    Mend the mapping file; docs of the fields: postloan tape map SOURCE writes a draft.
    """

    zh = "{file} 第 {line} 行，{where}：{why_zh}。请修改映射文件；可用 postloan tape map SOURCE 生成草稿。"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where one field comes from.

    header: a column of the source, or ''. expression: over such columns, or ''. constant: whether the
    expression is one value for all rows. values: the seller's word → ours. otherwise: for words not among
    the values; None leaves them. dates: order of its text dates, or ''. times: what amounts are multiplied
    by. absent: the field is not there. line: in the file.
    """

    header: str = ""
    expression: str = ""
    constant: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    dates: str = ""
    times: Decimal = Decimal(1)
    absent: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """How one table, or one part of it, is made of a table of the source.

    source: that table. rules: by our field. only: expression that says which rows are taken, or ''.
    dates: order of text dates. synonyms: whether fields without a rule are looked for among the headers.
    line: in the file.
    """

    source: str
    rules: Mapping[str, Rule]
    only: str = ""
    dates: str = "YMD"
    synonyms: bool = True
    line: int = 0


@dataclass(frozen=True, slots=True)
class TapeMapping:
    """A whole mapping file; several parts of one table are put one below the other.

    file: its name. parts: by table. names: every header that it speaks of.
    """

    file: str = ""
    parts: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def knows(self, header: str) -> bool:
        """Whether the mapping speaks of a header; serves to find the line in which the headers stand."""
        word = plain_header(header)[0]
        return any(plain_header(name)[0] == word for name in self.names)


def _names(parts: Mapping[str, tuple[Part, ...]]) -> frozenset[str]:
    found: set[str] = set()
    for part in (part for of_table in parts.values() for part in of_table):
        for rule in part.rules.values():
            found |= {rule.header} if rule.header else set()
            found |= names_in(rule.expression) if rule.expression else set()
        found |= names_in(part.only) if part.only else set()
    return frozenset(found)


def parse_mapping(text: str, file: str = "mapping.yaml") -> TapeMapping:
    """Read a mapping file.

    Raises:
        BadMapping: what is wrong with it, and in which line.
    """
    return _Reader(file).read(text)


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file

    def fail(self, line: int, where: str, why: str, why_zh: str) -> BadMapping:
        return BadMapping(file=self._file, line=line, where=where, why=why, why_zh=why_zh)

    def read(self, text: str) -> TapeMapping:
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            why = error.problem or "not YAML"
            raise self.fail(line, "-", f"not YAML ({why})", f"不是有效的 YAML（{why}）") from error
        except yaml.YAMLError as error:
            raise self.fail(1, "-", "not YAML", "不是有效的 YAML") from error
        if not isinstance(root, yaml.MappingNode):
            raise self.fail(1, "-", "it names no table", "未指定任何表")
        parts: dict[str, tuple[Part, ...]] = {}
        constants: dict[str, Rule] = {}
        for name, value, line in self._pairs(root, "-"):
            if name in CONSTANTS:
                constants[name] = self._constant(value, name, line)
            elif name in tables():
                given = value.value if isinstance(value, yaml.SequenceNode) else [value]
                parts[name] = tuple(self._part(node, name, line) for node in given)
            else:
                known = ", ".join([*tables(), *CONSTANTS])
                raise self.fail(line, name, f"unknown; known are {known}", f"未知；可用：{known}")
        if constants:
            loans = parts.get("loans", (Part("loans", {}),))
            parts["loans"] = tuple(
                Part(
                    p.source, MappingProxyType({**constants, **p.rules}), p.only, p.dates, p.synonyms, p.line
                )
                for p in loans
            )
        return TapeMapping(self._file, MappingProxyType(parts), _names(parts))

    def _pairs(self, node: yaml.MappingNode, where: str) -> list[tuple[str, yaml.Node, int]]:
        seen: set[str] = set()
        found = []
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise self.fail(line, where, "a name is needed here", "此处需要名称")
            if key.value in seen:
                raise self.fail(line, key.value, "given twice", "重复指定")
            seen.add(key.value)
            found.append((key.value, value, line))
        return found

    def _part(self, node: yaml.Node, table: str, line: int) -> Part:
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(
                line,
                table,
                "fields are needed below it, such as loan_id: HEADER",
                "其下应列出字段，例如 loan_id: 表头",
            )
        options: dict[str, str] = {}
        rules: dict[str, Rule] = {}
        for name, value, at in self._pairs(node, table):
            where = f"{table}.{name}"
            if name in _OF_TABLE:
                options[name] = self._scalar(value, where, at)
            elif name in tables()[table].columns:
                rules[name] = self._rule(value, where, at)
            else:
                known = ", ".join(tables()[table].columns)
                raise self.fail(at, where, f"no such field; known are {known}", f"没有该字段；可用：{known}")
        source = options.get("from", table)
        if source not in tables():
            raise self.fail(line, f"{table}.from", f"no table '{source}'", f"没有表“{source}”")
        only = options.get("only", "").removeprefix("=")
        if only:
            self._checked(only, f"{table}.only", line)
        dates = self._order(options.get("dates", "YMD"), f"{table}.dates", line)
        synonyms = options.get("synonyms", "yes" if source == table else "no").lower() in ("true", "yes")
        return Part(source, MappingProxyType(rules), only, dates, synonyms, line)

    def _rule(self, node: yaml.Node, where: str, line: int) -> Rule:
        if isinstance(node, yaml.ScalarNode):
            if node.tag.endswith(":null") or not node.value:
                return Rule(absent=True, line=line)
            return self._given(node.value, where, line)
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(
                line,
                where,
                "a header, an =expression or {from: …} is needed",
                "应为表头、=表达式或 {from: …}",
            )
        options = {name: value for name, value, _ in self._pairs(node, where)}
        if unknown := [name for name in options if name not in _OF_FIELD]:
            known = ", ".join(_OF_FIELD)
            raise self.fail(
                line,
                where,
                f"'{unknown[0]}' is unknown; known are {known}",
                f"“{unknown[0]}”未知；可用：{known}",
            )
        if "from" not in options:
            raise self.fail(line, where, "'from' is missing", "缺少 from")
        given = self._given(self._scalar(options["from"], where, line), where, line)
        values: dict[str, str] = {}
        if "values" in options:
            if not isinstance(options["values"], yaml.MappingNode):
                raise self.fail(
                    line, where, "'values' must be pairs of theirs: ours", "values 应为“对方: 我方”的对应表"
                )
            for theirs, ours, at in self._pairs(options["values"], where):
                values[theirs] = self._scalar(ours, where, at)
        try:
            times = Decimal(self._scalar(options["times"], where, line)) if "times" in options else Decimal(1)
        except InvalidOperation as error:
            raise self.fail(line, where, "'times' is not a number", "times 不是数字") from error
        if not (Decimal("0.001") <= times < 10**9):
            raise self.fail(
                line, where, "'times' must lie between 0.001 and 1e9", "times 应介于 0.001 与 1e9 之间"
            )
        return Rule(
            given.header, given.expression, given.constant, MappingProxyType(values),
            self._scalar(options["else"], where, line) if "else" in options else None,
            self._order(self._scalar(options["dates"], where, line), where, line) if "dates" in options else "",
            times, line=line,
        )  # fmt: skip

    def _given(self, text: str, where: str, line: int) -> Rule:
        if not text.startswith("="):
            return Rule(header=text, line=line)
        names = self._checked(text[1:], where, line)
        return Rule(expression=text[1:].strip(), constant=not names, line=line)

    def _constant(self, node: yaml.Node, name: str, line: int) -> Rule:
        text = self._scalar(node, name, line)
        if text.startswith("="):
            return self._given(text, name, line)
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        return Rule(expression=f'"{quoted}"', constant=True, line=line)

    def _checked(self, expression: str, where: str, line: int) -> set[str]:
        try:
            return names_in(expression)
        except NotAnExpression as error:
            raise self.fail(line, where, error.en, error.zh) from error

    def _scalar(self, node: yaml.Node, where: str, line: int) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.fail(line, where, "a single value is needed", "此处应为单个值")
        return str(node.value)

    def _order(self, text: str, where: str, line: int) -> str:
        if text.upper() not in ORDERS:
            known = ", ".join(ORDERS)
            raise self.fail(line, where, f"the order of dates is one of {known}", f"日期顺序只能是 {known}")
        return text.upper()
