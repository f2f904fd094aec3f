"""From raw tables to typed ones: every cell as what it means, and what could not be read kept in sight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from postloan.kernel import Engine, Finding, load_kinds
from postloan.kernel.sql import identifier, literal
from postloan.tape import cleaning
from postloan.tape.cells import Cell
from postloan.tape.columns import Table, tables
from postloan.tape.expression import NotAnExpression, compile_expression, kind_of
from postloan.tape.headers import Recognition, recognise, require
from postloan.tape.mapping import BadMapping, Part, Rule, TapeMapping
from postloan.tape.raw import RawTable, RawTape

_ABOUT_PEOPLE = ("name", "id_number", "born_on", "age", "sex")
"""Columns that show that a loans table also describes the borrowers."""


@dataclass(frozen=True, slots=True)
class TypedTable:
    """One typed table, readable as ``view``: ``row`` and all our columns in order, NULL where not given.

    table: ours. view: ``typed_loans``. clean: views with the cleaned cells as text, one for each part.
    raw: where the rows come from. cells: the fields that are given. absent: those that are not.
    unknown: headers that mean nothing to us. derived: whether the rows come from another table.
    """

    table: Table
    view: str
    clean: tuple[str, ...]
    raw: RawTable
    cells: Mapping[str, Cell]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    derived: bool = False


UNREAD = "unread"
"""The column of a typed table that marks its unreadable cells."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A tape that has been read: ``typed_<table>`` for each table, with a column ``unread`` for cells that resist.

    Bit i of ``unread`` is set where field i of the table is filled but could not be read. unread: (table, field)
    → query of those cells as (row, found); personal values in it are masked. control: table → field → what the
    seller's total row says. findings: all of the intake.
    """

    tables: Mapping[str, TypedTable]
    control: Mapping[str, Mapping[str, Decimal]]
    findings: tuple[Finding, ...]
    unread: Mapping[tuple[str, str], str]


def type_tables(engine: Engine, raw: RawTape, mapping: TapeMapping | None = None) -> Intake:
    """Make ``typed_<table>`` of every raw table; all are views over the source.

    Raises:
        TwoColumnsForOneField: two headers mean the same. MissingColumns: a required field has no header.
        BadMapping: the mapping speaks of a column or table that is not there, or cannot be computed.
    """
    typing = _Typing(engine, raw, mapping or TapeMapping())
    for name in tables():
        typing.table(name)
    findings = [
        *raw.findings,
        *(f for table in raw.tables.values() for f in table.findings),
        *typing.findings(),
    ]
    control = {name: typing.control(table) for name, table in typing.made.items() if not table.derived}
    return Intake(
        MappingProxyType(typing.made),
        MappingProxyType({name: totals for name, totals in control.items() if totals}),
        tuple(findings),
        MappingProxyType(typing.unread()),
    )


@dataclass
class _Made:
    """One part of a table while it is made."""

    part: Part
    raw: RawTable
    cells: dict[str, Cell]
    recognition: Recognition
    clean: str
    keep: str = ""


@dataclass
class _Typing:
    engine: Engine
    raw: RawTape
    mapping: TapeMapping
    made: dict[str, TypedTable] = field(default_factory=dict)
    parts: dict[str, list[_Made]] = field(default_factory=dict)

    def table(self, name: str) -> None:
        """Make one table, if the source or the mapping has it."""
        table = tables()[name]
        wanted = self.mapping.parts.get(name)
        if wanted is None:
            wanted = (Part(name, {}),) if name in self.raw.tables else self._from_loans(table)
        if not wanted:
            return
        parts = [self._part(table, part, place) for place, part in enumerate(wanted)]
        self.parts[name] = parts
        derived = any(part.part.source != name for part in parts)
        view = f"typed_{name}"
        query = " UNION ALL ".join(self._select(table, part) for part in parts)
        if derived:
            by = table.key if name == "borrowers" else ", ".join(f'"{column}"' for column in table.columns)
            query = (
                f'SELECT * FROM ({query}) AS parts WHERE "{table.key}" IS NOT NULL '
                f'QUALIFY ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY "row") = 1'
            )
        self.engine.view(view, query)
        cells = {name: cell for part in reversed(parts) for name, cell in part.cells.items()}
        self.made[name] = TypedTable(
            table=table,
            view=view,
            clean=tuple(part.clean for part in parts),
            raw=parts[0].raw,
            cells=MappingProxyType(cells),
            absent=tuple(column for column in table.columns if column not in cells),
            unknown=tuple(h for part in parts for h in part.recognition.unknown if not _used(h, part.cells)),
            derived=derived,
        )

    def _from_loans(self, table: Table) -> tuple[Part, ...]:
        """A loans table often describes its borrowers too; then they are made of it."""
        if table.name != "borrowers":
            return ()
        loans = self.made["loans"]
        found = recognise({h: loans.raw.headers[h] for h in loans.unknown}, table, but=["borrower_id"])
        if not any(name in found.matched for name in _ABOUT_PEOPLE):
            return ()
        # Headers that loans do not use; what clashes among them is left alone.
        rules = {name: Rule(header=match.header) for name, match in found.matched.items()}
        return (Part("loans", {**rules, "borrower_id": Rule(header="borrower_id")}, synonyms=False),)

    def _part(self, table: Table, part: Part, place: int) -> _Made:
        raw = self.raw.tables.get(part.source)
        if raw is None:
            raise self._bad(
                part.line,
                table.name,
                f"the source has no table '{part.source}'",
                f"来源中没有“{part.source}”表",
            )
        headers = {name: written for name, written in raw.headers.items() if written}
        given = {name: rule for name, rule in part.rules.items() if not rule.absent}
        taken = {rule.header for rule in given.values() if rule.header}
        free = {name: text for name, text in headers.items() if name not in taken and text not in taken}
        found = recognise(free, table, but=given)
        absent = {name for name, rule in part.rules.items() if rule.absent}
        found = _without(found, absent, table) if part.synonyms else replace(found, matched={}, clashes={})
        if not part.synonyms:
            found = replace(found, missing=tuple(_still_missing(table, set(given))))
        require(found, raw.file)
        cells = {name: self._by_rule(table, name, rule, part, raw) for name, rule in given.items()}
        for name, match in found.matched.items():
            column = table.columns[name]
            native = raw.types[match.header]
            said = raw.headers[match.header]
            cells[name] = Cell(
                column, identifier(match.header), kind_of(native), native, match.factor, part.dates, said
            )
        made = _Made(part, raw, cells, found, f"clean_{table.name}_{place + 1}", self._only(table, part, raw))
        fields = ", ".join(f"{cell.cleaned} AS {identifier(name)}" for name, cell in cells.items())
        self.engine.view(made.clean, f'SELECT "row", {fields} FROM {identifier(raw.view)}{made.keep}')
        return made

    def _by_rule(self, table: Table, name: str, rule: Rule, part: Part, raw: RawTable) -> Cell:
        where, column = f"{table.name}.{name}", table.columns[name]
        order = rule.dates or part.dates
        if rule.header:
            header = self._header(rule, where, part, raw)
            if isinstance(header, Cell):
                return header
            native = raw.types[header]
            cell = Cell(
                column, identifier(header), kind_of(native), native, rule.times, order, raw.headers[header]
            )
        else:
            sql = self._compiled(rule.expression, where, rule.line, order, raw)
            cell = Cell(column, sql[0], sql[1], "", rule.times, order, rule.expression, rule.constant)
        if rule.values or rule.otherwise is not None:
            cell = self._by_values(cell, rule)
        return cell

    def _by_values(self, cell: Cell, rule: Rule) -> Cell:
        """The seller's words replaced by ours; compared without blanks at the ends and without case."""
        shown = cell.sql if cell.kind in ("cell", "text") else f"CAST({cell.sql} AS VARCHAR)"
        if cell.kind == "number":
            shown = f"REGEXP_REPLACE({shown}, '[.]0+$', '')"
        word = f"LOWER({cleaning.trimmed(shown)})"
        cases = "".join(
            f" WHEN {word} = {literal(theirs.strip().lower())} THEN {literal(ours)}"
            for theirs, ours in rule.values.items()
        )
        rest = shown if rule.otherwise is None else literal(rule.otherwise)
        return replace(cell, sql=f"(CASE{cases} ELSE {rest} END)" if cases else rest, kind="text", native="")

    def _header(self, rule: Rule, where: str, part: Part, raw: RawTable) -> str | Cell:
        for name, written in raw.headers.items():
            if rule.header in (name, written):
                return name
        for name, written in raw.headers.items():
            if rule.header.strip().lower() in (name.lower(), written.lower()):
                return name
        own = self.parts.get(part.source)
        if own and rule.header in own[0].cells:
            # A derived table may also name our own field of the table that it comes from.
            return own[0].cells[rule.header]
        shown = ", ".join(list(raw.headers)[:12])
        raise self._bad(
            rule.line, where, f"{raw.file} has no column '{rule.header}'; there are: {shown} …",
            f"{raw.file} 没有列“{rule.header}”；现有：{shown} …",
        )  # fmt: skip

    def _compiled(self, expression: str, where: str, line: int, order: str, raw: RawTable) -> tuple[str, str]:
        try:
            sql = compile_expression(expression, raw.types, order)
            # Asks the engine whether it can be computed at all, without reading a row.
            self.engine.rows(f"SELECT {sql.text} AS x FROM {identifier(raw.view)} WHERE FALSE")
        except NotAnExpression as error:
            raise self._bad(line, where, error.en, error.zh) from error
        return sql.text, sql.kind

    def _only(self, table: Table, part: Part, raw: RawTable) -> str:
        if not part.only:
            return ""
        sql, kind = self._compiled(part.only, f"{table.name}.only", part.line, part.dates, raw)
        if kind != "flag":
            raise self._bad(
                part.line, f"{table.name}.only", 'must be a condition, for example =STATUS != "Current"',
                '应为条件，例如 =STATUS != "Current"',
            )  # fmt: skip
        return f" WHERE {sql}"

    @staticmethod
    def _select(table: Table, part: _Made) -> str:
        columns, bits = [], []
        for place, (name, column) in enumerate(table.columns.items()):
            cell = part.cells.get(name)
            if cell and (unread := cell.unread):
                bits.append(f"CASE WHEN {unread} THEN CAST({1 << place} AS BIGINT) ELSE 0 END")
            value = "NULL" if cell is None else cell.typed(identifier(name))
            if cell is None or cell.kind == "null":
                value = f"CAST({value} AS {column.sql_type})"
            columns.append(f"{value} AS {identifier(name)}")
        columns.append(f"{' + '.join(bits) or 'CAST(0 AS BIGINT)'} AS {UNREAD}")
        return f'SELECT "row", {", ".join(columns)} FROM {identifier(part.clean)}'

    def unread(self) -> dict[tuple[str, str], str]:
        """The queries that show filled cells which could not be read, by table and field."""
        queries: dict[tuple[str, str], list[str]] = {}
        for name, parts in self.parts.items():
            for part in parts:
                for column, cell in part.cells.items():
                    if cell.unread:
                        shown = f'SELECT "row", {cell.shown} AS found FROM {identifier(part.clean)}'
                        queries.setdefault((name, column), []).append(f"{shown} WHERE {cell.unread}")
        return {key: " UNION ALL ".join(parts) for key, parts in queries.items()}

    def control(self, table: TypedTable) -> Mapping[str, Decimal]:
        """What the seller's total row says of each amount."""
        totals: dict[str, Decimal] = {}
        for name, cell in table.cells.items():
            text = table.raw.control.get(cell.sql.strip('"').replace('""', '"'))
            if cell.column.kind != "money" or text is None:
                continue
            lone = replace(cell, sql=literal(text))
            query = f"SELECT {lone.typed('x')} FROM (SELECT {lone.cleaned} AS x) AS cell"
            value = self.engine.rows(query)[0][0]
            if value is not None:
                totals[name] = value
        return MappingProxyType(totals)

    def findings(self) -> Iterator[Finding]:
        """What headers and mapping gave cause to say."""
        used = {header for parts in self.parts.values() for part in parts for header in _headers(part)}
        if "interest" not in self.made["loans"].cells:
            yield _finding("T002", "loans")
        for name, table in self.made.items():
            if table.derived:
                yield from self._derived(name, table)
            elif unknown := [header for header in table.unknown if (table.raw.view, header) not in used]:
                shown = ", ".join(table.raw.headers[h] for h in unknown[:20]) + (
                    " …" if len(unknown) > 20 else ""
                )
                yield _finding("T003", name, shown, count=len(unknown))
            for cell in table.cells.values():
                if cell.factor > 1 and cell.column.kind == "money":
                    yield _finding("T008", name, cell.said, f"{cell.factor:,f}")
            assumed = [f"{n} = {cell.said}" for n, cell in table.cells.items() if cell.assumed]
            if assumed:
                yield _finding("T014", name, "; ".join(assumed), count=len(assumed))
            for part in self.parts[name]:
                yield from self._counted(name, part)

    def _derived(self, name: str, table: TypedTable) -> Iterator[Finding]:
        if name == "borrowers":
            yield _finding("T012", name, ", ".join(cell.said for cell in table.cells.values() if cell.said))

    def _counted(self, name: str, part: _Made) -> Iterator[Finding]:
        if part.keep:
            kept = self.engine.rows(f"SELECT COUNT(*) FROM {identifier(part.clean)}")[0][0]
            yield _finding(
                "T013", name, f"{part.raw.rows - kept:,}", f"{part.raw.rows:,}", part.raw.rows - kept
            )
        texts = [
            n
            for n, cell in part.cells.items()
            if cell.column.kind == "money" and cell.is_text and cell.factor == 1
        ]
        if not texts:
            return
        counts = ", ".join(f"COUNT(*) FILTER (WHERE {_fraction(identifier(n))})" for n in texts)
        found = self.engine.rows(f"SELECT {counts} FROM {identifier(part.clean)}")[0]
        rounded = {n: count for n, count in zip(texts, found, strict=True) if count}
        if rounded:
            total = sum(rounded.values())
            yield _finding("T015", name, f"{total:,}", ", ".join(rounded), total)

    def _bad(self, line: int, where: str, why: str, why_zh: str) -> BadMapping:
        return BadMapping(file=self.mapping.file, line=line, where=where, why=why, why_zh=why_zh)


def _fraction(text: str) -> str:
    """SQL of whether an amount has more than two decimals that count; most fail the cheap first test."""
    far = f"POSITION('.' IN {text}) BETWEEN 1 AND LENGTH({text}) - 3"
    return f"{far} AND REGEXP_MATCHES({text}, '[.][0-9]{{2}}[0-9]*[1-9][0-9]*$')"


def _without(found: Recognition, absent: set[str], table: Table) -> Recognition:
    if not absent:
        return found
    matched = {name: match for name, match in found.matched.items() if name not in absent}
    freed = [match.header for name, match in found.matched.items() if name in absent]
    missing = [
        *found.missing,
        *(name for name in absent if table.columns[name].required and name not in found.missing),
    ]
    clashes = {name: headers for name, headers in found.clashes.items() if name not in absent}
    return Recognition(found.table, matched, (*found.unknown, *freed), clashes, tuple(missing))


def _still_missing(table: Table, have: set[str]) -> list[str]:
    missing = [name for name, column in table.columns.items() if column.required and name not in have]
    return missing + [" or ".join(group) for group in table.one_of if not have & set(group)]


def _headers(part: _Made) -> Iterator[tuple[str, str]]:
    for header in part.raw.headers:
        if _used(header, part.cells):
            yield part.raw.view, header


def _used(header: str, cells: Mapping[str, Cell]) -> bool:
    return any(identifier(header) in cell.sql for cell in cells.values())


def _finding(code: str, table: str = "", found: str = "", expected: str = "", count: int = 1) -> Finding:
    kind = load_kinds("postloan.tape", "intake.yaml")[code]
    return Finding(kind, table=table, found=found, expected=expected, count=count)
