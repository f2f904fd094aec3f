"""Collections of a pool as the ledger knows them (回收款): the flow that a deal is run on, from real receipts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from postloan.kernel import PostloanError
from postloan.ledger import Part
from postloan.ledger.commands import Charge, Pay
from postloan.ledger.events import Event
from postloan.ledger.parts import Line
from postloan.ledger.replaying import Step, trace
from postloan.ledger.store import Reading, Records
from postloan.rules import load_book
from postloan.securitisation import Flow, make_flow
from postloan.securitisation.schedule import Pattern, days_of
from postloan.workflows.rule_books import books_of

_OTHER = (Line.INTEREST, Line.PENALTY, Line.COMPOUND, Line.FEES, Line.COSTS)


class NoPeriods(PostloanError):
    """No collection day lies after {since} and not later than {until}.

    Choose a later --until, or another --days.
    """

    zh = "{since} 之后、{until} 以前没有归集日。请选择更晚的 --until 或其他 --days。"


class LoansMissing(PostloanError):
    """{count} loans of the pool are not in the ledger: {some}.

    Check the list, and that you work on the right store.
    """

    zh = "资产池中有 {count} 笔贷款不在账内：{some}。请核对清单以及所用数据库。"


def receipts_flow(
    records: Records,
    *,
    since: date,
    until: date,
    loans: Sequence[str] | None = None,
    days: Pattern = "month-end",
    split: bool = False,
) -> Flow:
    """What came in for a pool after ``since``, up to each collection day.

    loans: the pool; every loan in the ledger where nothing is given. split: principal and interest apart (interest with
    penalties, fees and costs); otherwise all of it is recovery. The balance is the principal owed at the day's end; the
    cost is what the lender paid to enforce the claims. Money that nothing is due for (溢缴款) is not the trust's.

    Raises:
        NoPeriods: no collection day lies between. LoansMissing: a loan is not in the ledger.
    """
    periods = days_of(days, since, until)
    if not periods:
        raise NoPeriods(since=since, until=until)
    columns = {name: [0] * len(periods) for name in ("balance", "principal", "interest", "cost")}
    with records.reading() as tx:
        books = books_of(tx, load_book())
        for events in _histories(tx, loans):
            _add(columns, trace(events, books), since, periods)
    for row in range(1, len(periods)):
        columns["balance"][row] += columns["balance"][row - 1]
    if not split:
        pairs = zip(columns.pop("principal"), columns.pop("interest"), strict=True)
        columns["recovery"] = [principal + interest for principal, interest in pairs]
    return make_flow(periods, columns)


def _histories(tx: Reading, loans: Sequence[str] | None) -> Iterator[list[Event]]:
    if loans is None:
        yield from (events for _, events in tx.events.all())
        return
    seen = set()
    for loan_id, events in tx.events.of_many(loans):
        seen.add(loan_id)
        yield events
    missing = sorted(set(loans) - seen)
    if missing:
        raise LoansMissing(count=len(missing), some=", ".join(missing[:3]))


def _add(columns: dict[str, list[int]], steps: Iterable[Step], since: date, periods: Sequence[date]) -> None:
    """Add one loan's history; its principal is counted from its first day on."""
    owed = 0
    for step in steps:
        principal = step.state.owed.principal.fen
        row = bisect_left(periods, step.event.value_on)
        if row < len(periods):
            columns["balance"][row] += principal - owed
        owed = principal
        if row == len(periods) or step.event.value_on <= since or step.reversed_by:
            continue
        what = step.event.what
        if isinstance(what, Pay):
            moved = {leg.line: -leg.amount.fen for leg in step.legs}
            columns["principal"][row] += moved.get(Line.PRINCIPAL, 0)
            columns["interest"][row] += sum(moved.get(line, 0) for line in _OTHER)
        elif isinstance(what, Charge) and what.part is Part.COSTS:
            columns["cost"][row] += what.amount.fen
