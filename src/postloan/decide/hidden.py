"""Signs of hidden non-performing loans (隐性不良): alerts with the rows that show them, for a person to look at.

An alert is no verdict. What it says rests on house rules (``rules/house/hidden.yaml``) and on the tables that the
tape has beside its loans; without payments, schedules and events nothing is looked for and nothing is spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from postloan.kernel import Engine, Lang, load_kinds, load_queries
from postloan.kernel.sql import Value
from postloan.rules import RuleBook
from postloan.tape import side_tables
from postloan.tape.found import FindingCount, Seen
from postloan.tape.terms import terms


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: its name (also that of its query), the code of its finding, the house rule that it asks.

    needs: side tables without which it cannot show. table: where the rows that show it usually stand.
    """

    name: str
    code: str
    rule: str
    parameters: tuple[str, ...]
    needs: frozenset[str]
    table: str


SIGNS: tuple[Sign, ...] = (
    Sign("interest_only", "D031", "HS-HID-01", ("periods",), frozenset({"payments"}), "payments"),
    Sign("new_loan", "D032", "HS-HID-02", ("days_before", "amount_share", "least_amount"), frozenset(), "schedules"),
    Sign("serial_extensions", "D033", "HS-HID-03", ("extensions",), frozenset({"events"}), "events"),
    Sign("due_dates_moved", "D034", "HS-HID-04", ("moves", "days"), frozenset({"events"}), "events"),
    Sign("refund_after", "D035", "HS-HID-05", ("every_months", "days_before", "days_after", "amount_share"),
         frozenset({"events", "payments"}), "events"),
    Sign("related_payer", "D036", "HS-HID-06", ("payers",), frozenset({"payments"}), "payments"),
    Sign("shared_account", "D037", "HS-HID-06", ("borrowers", "by_nature"), frozenset({"payments"}), "payments"),
)  # fmt: skip
"""Every sign that is looked for, in the order of the report."""

_TOLD = frozenset({"payments", "schedules", "events"})


@dataclass(frozen=True, slots=True)
class AlertCount:
    """How many loans show one sign, and what is owed on them (principal and interest, yuan)."""

    code: str
    sign: str
    loans: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class AlertShown:
    """One alert as an example: the loan, what it says, and the first rows of a table that show it.

    times: how many rows show it; rows may name fewer.
    """

    loan_id: str
    says: Mapping[Lang, str]
    table: str
    rows: str
    times: int


@dataclass(frozen=True, slots=True)
class SignSeen:
    """What one sign came to: its count, the house rule behind it, some alerts to look at."""

    count: AlertCount
    rule: str
    shown: tuple[AlertShown, ...]


def alerts_query(engine: Engine, book: RuleBook, *, on: date) -> str | None:
    """The query of the table ``alerts``, one line for each loan and sign; None where the tape tells nothing.

    on: the day whose house rules hold where the tape has no cut-off date. Leaves the lines that show each sign in
    the engine as ``alert_rows``. Columns: code, sign, row and loan_id of the loan, borrower_id, total, table_name
    and rows (the first six rows that show it), times (how many do), first_on, last_on, amount, found, expected,
    says_en, says_zh, rule_book.
    """
    given = side_tables(engine)
    if not given & _TOLD:
        return None
    queries = load_queries("postloan.decide", "hidden.sql")
    cutoff = engine.rows("SELECT MAX(cutoff_on) FROM loans")[0][0] or on
    engine.view("due_days", queries["due_days_given" if "schedules" in given else "due_days_unknown"].bind())
    if "events" in given:
        engine.view("told_events", queries["told_events"].bind())
    parts = [
        f"SELECT '{sign.name}' AS sign, {sign.name}.* FROM (\n"
        f"{queries[sign.name].bind(**_parameters(sign, book, cutoff))}\n) AS {sign.name}"
        for sign in SIGNS
        if sign.needs <= given and _in_force(sign, book, cutoff)
    ]
    if not parts:
        return None
    engine.table("alert_rows", "\nUNION ALL\n".join(parts))
    _register_texts(engine)
    return queries["alerts"].bind(rule_book=book.version)


def alert_counts(engine: Engine) -> list[AlertCount]:
    """What the table ``alerts`` comes to, by sign."""
    return [AlertCount(*row) for row in engine.rows(_query("alert_counts"))]


def signs_seen(engine: Engine, *, shown: int) -> tuple[SignSeen, ...]:
    """The table ``alerts`` for readers: each sign with its count and its first alerts."""
    rules = {sign.name: sign.rule for sign in SIGNS}
    examples: dict[str, list[AlertShown]] = {}
    for row in engine.rows(_query("alerts_shown", shown=shown)):
        code, _, loan_id, _, _, en, zh, table, rows, times = row
        examples.setdefault(code, []).append(AlertShown(loan_id, {"en": en, "zh": zh}, table, rows, times))
    return tuple(
        SignSeen(one, rules[one.sign], tuple(examples.get(one.code, ()))) for one in alert_counts(engine)
    )


def alert_findings(engine: Engine, *, cap: int) -> tuple[list[FindingCount], list[Seen]]:
    """The alerts as findings D031 to D037: exact counts of loans, and the first ``cap`` of each to show."""
    kinds = load_kinds("postloan.decide")
    by_code = {sign.code: sign for sign in SIGNS}
    counts = [
        FindingCount(
            kind=kinds[one.code], severity=kinds[one.code].severity, table=by_code[one.code].table,
            field=kinds[one.code].fields[0], rows=one.loans, shown=min(cap, one.loans), quarantined=False,
        )
        for one in alert_counts(engine)
    ]  # fmt: skip
    seen = [
        Seen(
            kinds[code], kinds[code].severity, by_code[code].table, kinds[code].fields[0],
            int(rows.split()[0]) if table == by_code[code].table else None, loan_id, found, expected,
        )
        for code, _, loan_id, found, expected, _, _, table, rows, _ in engine.rows(_query("alerts_shown", shown=cap))
    ]  # fmt: skip
    return counts, seen


def _in_force(sign: Sign, book: RuleBook, on: date) -> bool:
    return all(book.holds(f"{sign.rule}.{name}", on=on) for name in sign.parameters)


def _parameters(sign: Sign, book: RuleBook, on: date) -> Mapping[str, Value]:
    values: dict[str, Value] = {}
    for name in sign.parameters:
        value = book.value(f"{sign.rule}.{name}", on=on).value
        assert isinstance(value, int | Decimal | tuple), "the checks of rule files see to it"
        values[name] = value
    return values


def _register_texts(engine: Engine) -> None:
    """The sentences of the signs, and the words for codes that stand in them."""
    import pyarrow as pa

    kinds = load_kinds("postloan.decide")
    payers = terms()["payers"].values()
    engine.register(
        "alert_signs",
        pa.table(
            {
                "sign": [sign.name for sign in SIGNS],
                "code": [sign.code for sign in SIGNS],
                "says_en": [kinds[sign.code].says["en"] for sign in SIGNS],
                "says_zh": [kinds[sign.code].says["zh"] for sign in SIGNS],
            }
        ),
    )
    engine.register(
        "alert_words",
        pa.table(
            {
                "sign": ["related_payer" for _ in payers],
                "code": [term.code for term in payers],
                "en": [term.en for term in payers],
                "zh": [term.zh for term in payers],
            }
        ),
    )


def _query(name: str, **values: Value) -> str:
    return load_queries("postloan.decide", "hidden.sql")[name].bind(**values)
