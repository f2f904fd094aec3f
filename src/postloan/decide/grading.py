"""The five-class grade (五级分类) of one loan and of a whole tape, by the rules in force on the cut-off date."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from postloan.decide.answers import Grade, GradeDecision
from postloan.decide.observation import MONTHS, PERIODS, RESTARTS
from postloan.kernel import Engine, Finding, Query, load_kinds, load_queries
from postloan.rules import RuleBook, RuleValue
from postloan.rules.book import Span
from postloan.tape import GRADES, side_tables

_OVERDUE = {
    Grade.LOSS: "CN-CLS-01.loss_after_days",
    Grade.DOUBTFUL: "CN-CLS-01.doubtful_after_days",
    Grade.SUBSTANDARD: "CN-CLS-01.substandard_after_days",
    Grade.SPECIAL_MENTION: "CN-CLS-01.special_mention_after_days",
}
_OLD_BOOK_BY = "CN-CLS-01.old_book_by"
_RESTRUCTURED = "CN-CLS-02.restructured_at_least"
_AGAIN = "CN-CLS-02.again_in_observation_at_least"
_REFINANCED = "CN-CLS-06.refinanced_at_least"
_UNDATED = "HS-CLS-01.undated_counts_as_inside"
_KEYS = (*_OVERDUE.values(), _RESTRUCTURED, _AGAIN, _REFINANCED, _UNDATED, PERIODS, MONTHS, RESTARTS)


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """What the grade of a loan depends on.

    days_overdue: on the cut-off date; None where unknown. restructured_times: how often its terms were eased.
    again_in_observation: whether it was restructured again within its observation period; None where the dates
    are unknown. refinanced: repaid by new borrowing (借新还旧). A tape's loans state the first two, its events
    tell the others (``observation.again_in_observation``).
    """

    days_overdue: int | None
    restructured_times: int = 0
    again_in_observation: bool | None = None
    refinanced: bool = False


def classify(facts: LoanFacts, book: RuleBook, on: date) -> GradeDecision:
    """The class of one loan on a cut-off date, the rules that put it there and the values compared.

    The gravest floor counts. No class where the rules are not yet in force or the days overdue are unknown.
    """
    if facts.days_overdue is None or not all(book.holds(key, on=on) for key in _KEYS):
        return GradeDecision(None, (), (), book.version)
    overdue, used = _overdue_floor(facts.days_overdue, book, on)
    floors = [(overdue, "CN-CLS-01"), *_other_floors(facts, book, on, used)]
    grade = max((floor for floor, _ in floors), key=lambda floor: floor.rank)
    because = tuple(dict.fromkeys(rule for floor, rule in floors if floor is grade))
    return GradeDecision(grade, because, tuple(used), book.version)


def _overdue_floor(days: int, book: RuleBook, on: date) -> tuple[Grade, list[RuleValue]]:
    used = []
    for grade, key in _OVERDUE.items():
        used.append(book.value(key, on=on))
        if days > used[-1].whole:
            return grade, used
    return Grade.NORMAL, used


def _other_floors(
    facts: LoanFacts, book: RuleBook, on: date, used: list[RuleValue]
) -> list[tuple[Grade, str]]:
    floors = []
    if facts.restructured_times >= 1:
        used.append(book.value(_RESTRUCTURED, on=on))
        floors.append((Grade(used[-1].term), "CN-CLS-02"))
    if facts.restructured_times >= 2 and facts.again_in_observation is not False:
        assumed = facts.again_in_observation is None
        undated = book.value(_UNDATED, on=on)
        if undated.flag or not assumed:
            once = floors[-1][0]
            used.append(book.value(_AGAIN, on=on))
            again = Grade(used[-1].term)
            floors.append((again, "CN-CLS-02"))
            if assumed and again.rank > once.rank:
                used.append(undated)
                floors.append((again, "HS-CLS-01"))
    if facts.refinanced:
        used.append(book.value(_REFINANCED, on=on))
        floors.append((Grade(used[-1].term), "CN-CLS-06"))
    return floors


def grade_query(book: RuleBook, given: Collection[str] = ()) -> str:
    """The query that grades the ``loans`` view, one row per loan with the columns of the ``grades`` table.

    Each loan is judged by the rule values of its own cut-off date; where there are none, its grade is null and
    ``because`` is empty. given: which of ``events`` and ``schedules`` the engine holds; what they tell of
    restructurings and refinancings counts besides what the loans state.
    """
    queries = load_queries("postloan.decide", "grade.sql")
    epochs = [_epoch(queries["grade_epoch"], book, span) for span in book.spans(_KEYS)]
    parts = {"grade_epochs": " UNION ALL ".join(epochs), "in_force": queries["in_force"].bind()}
    if "events" in given:
        dues = "due_days_given" if "schedules" in given else "due_days_unknown"
        parts |= {"due_days": queries[dues].bind(), "facts": queries["facts_told"].bind()}
    else:
        parts["facts"] = queries["facts_stated"].bind()
    before = ", ".join(f"{name} AS (\n{text}\n)" for name, text in parts.items())
    return f"WITH {before}\nSELECT * FROM (\n{queries['grade'].bind(rule_book=book.version)}\n) AS graded"


def _epoch(query: Query, book: RuleBook, span: Span) -> str:
    on = span.first
    return query.bind(
        first_day=on,
        last_day=span.last or date.max,
        special_mention_after=book.value(_OVERDUE[Grade.SPECIAL_MENTION], on=on).whole,
        substandard_after=book.value(_OVERDUE[Grade.SUBSTANDARD], on=on).whole,
        doubtful_after=book.value(_OVERDUE[Grade.DOUBTFUL], on=on).whole,
        loss_after=book.value(_OVERDUE[Grade.LOSS], on=on).whole,
        restructured_rank=_rank(book, _RESTRUCTURED, on),
        again_rank=_rank(book, _AGAIN, on),
        undated_inside=book.value(_UNDATED, on=on).flag,
        refinanced_rank=_rank(book, _REFINANCED, on),
        observation_periods=book.value(PERIODS, on=on).whole,
        observation_months=book.value(MONTHS, on=on).whole,
        missed_restarts=book.value(RESTARTS, on=on).flag,
    )


def grade(engine: Engine, book: RuleBook) -> list[Finding]:
    """Grade the ``loans`` view into the table ``grades`` and say what is worth knowing about it."""
    engine.table("grades", grade_query(book, side_tables(engine)))
    return grade_findings(engine, book)


def grade_findings(engine: Engine, book: RuleBook) -> list[Finding]:
    """What the ``grades`` table shows: grades missing, better or stricter than the rules say, assumptions made."""
    queries = load_queries("postloan.decide", "grade.sql")
    kinds = load_kinds("postloan.decide")
    spans = book.spans(_KEYS)
    order_from = spans[0].first.isoformat()
    findings: list[Finding] = []
    for cutoff_on, loans, without_days in engine.rows(queries["ungraded"].bind()):
        in_force = cutoff_on is not None and any(s.first <= cutoff_on <= (s.last or date.max) for s in spans)
        if not in_force:
            code = "D001" if cutoff_on else "D002"
            findings.append(
                Finding(kinds[code], "loans", found=str(cutoff_on or ""), expected=order_from, count=loans)
            )
        elif without_days:
            findings.append(Finding(kinds["D003"], "loans", found=str(cutoff_on), count=without_days))
    findings += _pair_findings(engine, book)
    assumed = engine.rows(queries["grade_assumptions"].bind())[0][0]
    if assumed:
        findings.append(Finding(kinds["D007"], "loans", found=f"{assumed:,}", count=assumed))
    return findings


def _pair_findings(engine: Engine, book: RuleBook) -> list[Finding]:
    query = load_queries("postloan.decide", "grade.sql")["grade_pairs"]
    kinds = load_kinds("postloan.decide")
    spans = book.spans((*_KEYS, _OLD_BOOK_BY))
    first = spans[0].first
    old_book_by = book.value(_OLD_BOOK_BY, on=first).day
    findings = []
    for seller, computed, loans, old_book, _ in engine.rows(
        query.bind(order_from=first, old_book_by=old_book_by)
    ):
        found, expected = _named(seller), _named(computed)
        if Grade(seller).rank > Grade(computed).rank:
            findings.append(Finding(kinds["D005"], "loans", found=found, expected=expected, count=loans))
            continue
        for code, count in (("D004", loans - old_book), ("D006", old_book)):
            if count:
                findings.append(Finding(kinds[code], "loans", found=found, expected=expected, count=count))
    return findings


def _named(grade: str) -> str:
    """A class as readers of either language know it."""
    return f"{grade.replace('_', ' ')} {GRADES[grade]}"


def _rank(book: RuleBook, key: str, on: date) -> int:
    return Grade(book.value(key, on=on).term).rank
