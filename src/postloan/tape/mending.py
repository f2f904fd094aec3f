"""Mending as a separate, recorded step: rules propose, a person approves, a note remains; the source stays as it is.

The proposals go into a YAML file; ``approved: true`` is written by a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from postloan.kernel import Engine, Finding, Lang, PostloanError, Query, load_kinds, load_queries
from postloan.kernel.personal import mask_text
from postloan.rules import RuleBook
from postloan.tape.columns import tables
from postloan.tape.facts import TapeFacts, gather
from postloan.tape.found import FindingCount, for_people
from postloan.tape.lookups import Lookups, given_tables, keep_typed, whole_views

_SAYS = re.compile(r"(?P<code>T\d{3}) (?P<field>\w+): .+")
_FORM = re.compile(
    r"SELECT row, CAST\(\w+ AS VARCHAR\) AS before, CAST\((?P<after>.+) AS VARCHAR\) AS after\n"
    r"FROM (?P<table>\w+)_seen\nWHERE (?P<where>.+)",
    re.DOTALL,
)
_EXAMPLES = 3


class BadMendingFile(PostloanError):
    """{path} is not a file of proposed mendings: {why}.

    Make one with `postloan tape check SOURCE --propose FILE`, and change only the lines `approved:`.
    """

    zh = (
        "{path} 不是修补建议文件：{why}。请用 `postloan tape check --propose` 生成，并只改动 `approved:` 行。"
    )


@dataclass(frozen=True, slots=True)
class MendingRule:
    """One rule of ``mending.sql``.

    name: of the query. code: the finding that gives reason for it. table, field: what it changes; the field
    ``row`` means that rows are left out. after: the new value. where: on which rows. text: the query.
    """

    name: str
    code: str
    table: str
    field: str
    after: str
    where: str
    text: str

    @property
    def says(self) -> Mapping[Lang, str]:
        """What it does, in a sentence in English and Chinese."""
        column = tables()[self.table].columns.get(self.field)
        said = _sentences()[self.name]
        return {
            "en": said["en"].format(field=column.label("en") if column else ""),
            "zh": said["zh"].format(field=column.label("zh") if column else ""),
        }


@dataclass(frozen=True, slots=True)
class Example:
    """One row that a rule would change: its number, the value before and after, personal data masked."""

    row: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one rule would do to one tape.

    rows: how many it changes. examples: the first of them. approved: by a person.
    """

    rule: MendingRule
    rows: int
    examples: tuple[Example, ...]
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Mended:
    """Tables after the approved mendings.

    names: engine names of the changed tables, for ``check_tape(names=…)``. findings: a note for each mending
    that was done, an error for each that no longer fits.
    """

    names: Mapping[str, str]
    findings: tuple[Finding, ...]


@cache
def mending_rules() -> Mapping[str, MendingRule]:
    """Every mending rule by name."""
    return {name: _rule(query) for name, query in load_queries("postloan.tape", "mending.sql").items()}


def _rule(query: Query) -> MendingRule:
    says, form = _SAYS.fullmatch(query.says), _FORM.fullmatch(query.text)
    if says is None or form is None:
        raise ValueError(f"mending {query.name} does not have the form that mending.sql describes")
    return MendingRule(
        query.name, says["code"], form["table"], says["field"], form["after"], form["where"], query.text
    )


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    read: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (files("postloan.tape") / "mending.yaml").read_text(encoding="utf-8")
    )
    return read


def propose(engine: Engine, counts: Collection[FindingCount]) -> list[Proposal]:
    """What could be mended on a tape that ``check_tape`` has just checked, by what it found."""
    found = {(count.code, count.field) for count in counts}
    codes = {code for code, _ in found}
    proposals = []
    for rule in mending_rules().values():
        if _has_reason(rule, found, codes):
            rows = int(engine.rows(f"SELECT COUNT(*) FROM ({rule.text}) AS mended")[0][0])
            if rows:
                proposals.append(Proposal(rule, rows, _examples(engine, rule)))
    return proposals


_GROUPS = {"T044": ("T044", "T045"), "T051": ("T051", "T099"), "T052": ("T052", "T054"), "T072": ("T072", "T099"),
           "T078": ("T078", "T099")}  # fmt: skip


def _has_reason(rule: MendingRule, found: Collection[tuple[str, str]], codes: Collection[str]) -> bool:
    if rule.code == "T037":
        # Columns too small to compare, such as fees, share the unit of the principal.
        own = ("T037", rule.field) in found
        with_principal = rule.field not in ("credit_line", "paid_out", "stated_total")
        return own or (with_principal and bool({("T037", "principal"), ("T038", "principal")} & set(found)))
    return bool(set(_GROUPS.get(rule.code, (rule.code,))) & set(codes))


def _examples(engine: Engine, rule: MendingRule) -> tuple[Example, ...]:
    column = tables()[rule.table].columns.get(rule.field)
    rows = engine.rows(f"SELECT row, before, after FROM ({rule.text}) AS m ORDER BY row LIMIT {_EXAMPLES}")

    def shown(value: str | None) -> str:
        text = value or ""
        return mask_text(text) if column and column.personal else for_people(text)

    return tuple(Example(row, shown(before), shown(after)) for row, before, after in rows)


def proposals_to_yaml(proposals: Sequence[Proposal]) -> str:
    """The file in which a person approves."""
    head = (
        "# Proposed mendings. Look at each, write `approved: true` where you agree, then give the file to\n"
        "# `postloan run --mend FILE`. The source files are never changed.\n"
        "# 修补建议：逐条核对，同意者改为 `approved: true`，再用 `postloan run --mend 文件` 执行。源文件不会改动。\n"
    )
    entries = [
        {
            "rule": proposal.rule.name,
            "code": proposal.rule.code,
            "table": proposal.rule.table,
            "field": proposal.rule.field,
            "what": dict(proposal.rule.says),
            "rows": proposal.rows,
            "examples": [
                {"row": example.row, "before": example.before, "after": example.after}
                for example in proposal.examples
            ],
            "approved": proposal.approved,
        }
        for proposal in proposals
    ]
    return head + yaml.safe_dump({"proposals": entries}, allow_unicode=True, sort_keys=False, width=110)


def proposals_from_yaml(text: str, *, path: str = "mending.yaml") -> list[Proposal]:
    """The proposals of a file, with what was approved.

    Raises:
        BadMendingFile: no such file, an unknown rule, or a line that was changed by mistake.
    """
    try:
        entries = yaml.safe_load(text)["proposals"]
        return [_read(entry, path) for entry in entries]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise BadMendingFile(path=path, why=why) from error


def _read(entry: Mapping[str, object], path: str) -> Proposal:
    name, rows, approved = entry["rule"], entry["rows"], entry["approved"]
    rule = mending_rules().get(str(name))
    if rule is None:
        raise BadMendingFile(path=path, why=f"there is no rule '{name}'")
    if not isinstance(approved, bool) or not isinstance(rows, int):
        raise BadMendingFile(path=path, why=f"rule '{name}' must say approved: true or false")
    return Proposal(rule, rows, (), approved)


def apply_mending(
    engine: Engine,
    proposals: Sequence[Proposal],
    *,
    cutoff_on: date | None = None,
    rules: RuleBook | None = None,
    work: Path | None = None,
) -> Mended:
    """Make mended copies of the typed tables; the typed tables stay. Only what was approved is done.

    A mending is done only where it still changes as many rows as were approved. The typed tables are read once
    and kept (``work``, see ``check_tape``); check with ``kept=True`` afterwards.
    """
    keep_typed(engine, given_tables(engine, {}), work)
    approved = [proposal for proposal in proposals if proposal.approved]
    if not approved:
        return Mended({}, ())
    _see(engine, cutoff_on=cutoff_on, rules=rules)
    kinds = load_kinds("postloan.tape")
    findings: list[Finding] = []
    fitting: list[Proposal] = []
    for proposal in approved:
        rule = proposal.rule
        now = int(engine.rows(f"SELECT COUNT(*) FROM ({rule.text}) AS mended")[0][0])
        fits = now == proposal.rows
        what = (
            f"{rule.name}: {rule.field} = {' '.join(rule.after.split())}"
            if rule.field != "row"
            else rule.name
        )
        found = f"{now:,}" if fits else f"{proposal.rows:,} → {now:,}"
        kind = kinds["T097" if fits else "T098"]
        findings.append(Finding(kind, table=rule.table, found=found, expected=what, count=now if fits else 1))
        if fits:
            fitting.append(replace(proposal, rows=now))
    names = {}
    for table in dict.fromkeys(proposal.rule.table for proposal in fitting):
        chosen = [proposal.rule for proposal in fitting if proposal.rule.table == table]
        names[table] = f"mended_{table}"
        engine.table(names[table], _mended_query(table, chosen))
    return Mended(names, tuple(findings))


def _see(engine: Engine, *, cutoff_on: date | None, rules: RuleBook | None) -> TapeFacts:
    """Build the views that the mending rules read, from the tables as the seller gave them."""
    given = given_tables(engine, {})
    whole_views(engine, given)
    facts = gather(engine, cutoff_on=cutoff_on, rules=rules)
    lookups = Lookups(engine, facts, given)
    lookups.for_borrowers()
    if "borrowers" in given:
        engine.table("borrowers_bad", "SELECT row FROM borrowers_whole WHERE FALSE")
        lookups.see("borrowers")
    lookups.for_loans()
    lookups.see("loans")
    return facts


def _mended_query(table: str, chosen: Sequence[MendingRule]) -> str:
    """The table with the chosen rules applied; later rules do not see what earlier ones changed."""
    drops = [f"COALESCE({rule.where}, FALSE)" for rule in chosen if rule.field == "row"]
    parts = ["row"]
    for column in tables()[table].columns.values():
        cases = [
            f"WHEN {rule.where} THEN CAST({rule.after} AS {column.sql_type})"
            for rule in chosen
            if rule.field == column.name
        ]
        parts.append(
            f"CASE {' '.join(cases)} ELSE {column.name} END AS {column.name}" if cases else column.name
        )
    where = f" WHERE NOT ({' OR '.join(drops)})" if drops else ""
    return f"SELECT {', '.join(parts)} FROM {table}_seen{where}"
