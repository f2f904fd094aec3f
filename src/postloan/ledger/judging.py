"""Whether a command may be booked: every reason against it, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from postloan.kernel import Money
from postloan.ledger import commands as c
from postloan.ledger import events as e
from postloan.ledger.answers import Reason, because
from postloan.ledger.approving import judge_approval
from postloan.ledger.observing import observation_complete, upgrade_ripe
from postloan.ledger.parts import ZERO, Balances, Line, Part
from postloan.ledger.running import NON_PERFORMING, Running
from postloan.ledger.terms import PER_ONE, Terms

GRADES = ("normal", "special_mention", "substandard", "doubtful", "loss")


@dataclass(frozen=True, slots=True)
class Bench:
    """What a judgement looks at.

    run: the loan on the value date. loan_id: its number. value_on, booked_on: the command's days.
    used: references of approvals already used.
    """

    run: Running
    loan_id: str
    value_on: date
    booked_on: date
    used: frozenset[str]

    def approved(self, approval: c.Approval | None, action: str, amount: Money) -> Iterator[Reason]:
        """The reasons why an approval does not carry an action."""
        return judge_approval(approval, action, self.loan_id, amount, self.booked_on, self.used)


def judge(command: c.Command, bench: Bench) -> list[Reason]:
    """All reasons against booking a command on an opened loan; none if it may be booked."""
    if isinstance(command, c.OpenAccount):
        return [because("already_open")]
    return [*_ownership(type(command), bench.run), *_JUDGES[type(command)](command, bench)]


def judge_opening(command: c.OpenAccount, bench: Bench) -> list[Reason]:
    """All reasons against taking a loan into the ledger."""
    owed = command.owed
    found = [*_negatives(owed), *_terms(command.terms, bench.run, bench.value_on.toordinal())]
    if command.booked is not None:
        found += [
            because("carried_above_owed", part=part.code, booked=kept, owed=claim)
            for (part, kept), (_, claim) in zip(command.booked, owed, strict=True)
            if kept > claim
        ]
        found += _negatives(command.booked)
    for part, due, claim in (
        (Part.PRINCIPAL, command.due_principal, owed.principal),
        (Part.INTEREST, command.due_interest, owed.interest),
    ):
        if due is None:
            continue
        if due > claim:
            found.append(because("due_above_owed", part=part.code, due=due, owed=claim))
        if due < ZERO:
            found.append(because("negative", part=part.code, amount=due))
    if command.written_off is not None and command.written_off < ZERO:
        found.append(because("negative", part="written_off", amount=command.written_off))
    if command.overdue_since is not None and command.overdue_since > bench.value_on:
        found.append(because("overdue_in_future", since=command.overdue_since, value_on=bench.value_on))
    if command.grade and command.grade not in GRADES:
        found.append(because("unknown_grade", grade=command.grade))
    return found


def standing(event: e.Event, run: Running) -> Reason | None:
    """Why a booked event would no longer stand where it stands; None if it does."""
    what = event.what
    opens = isinstance(what, e.AccountOpened)
    if opens and run.opened_on:
        return because("already_open")
    if not opens and not run.opened_on and not isinstance(what, e.Reversed):
        return because("not_open", day=event.value_on)
    for reason in _ownership(e.COMMANDS[type(what)], run):
        return reason
    if isinstance(what, e.CreditRefunded):
        credit = Money(-run.lines[Line.CREDIT])
        if what.amount > credit:
            return because("above_credit", amount=what.amount, credit=credit)
    if isinstance(what, e.Waived) and what.approval is None:
        left = Money(sum(map(min, what.amounts.fen, run.lines)))
        return next(_waiver_limit(run, left), None)
    return None


_OWNERLESS = frozenset({c.AccrueTo, c.Grade, c.Reverse, c.RefundCredit})


def _ownership(kind: type, run: Running) -> Iterator[Reason]:
    """A sold claim is only bought back; what came in for it belongs to the buyer."""
    if kind is c.BuyBack:
        if not run.owner:
            yield because("not_sold")
    elif run.owner and kind not in _OWNERLESS:
        yield because("sold", owner=run.owner, day=date.fromordinal(run.day))


def _negatives(amounts: Balances) -> Sequence[Reason]:
    if min(amounts.fen) >= 0:
        return ()
    return [because("negative", part=part.code, amount=amount) for part, amount in amounts if amount < ZERO]


def _positive(amount: Money) -> Iterator[Reason]:
    if amount <= ZERO:
        yield because("not_positive", amount=amount)


def _terms(terms: Terms, run: Running, day: int) -> Iterator[Reason]:
    multiple = terms.penalty_multiple
    bounds = None if multiple is None else run.rules.multiple.at(day)
    if multiple is not None and bounds is not None and not bounds[0] <= multiple <= bounds[1]:
        yield because("penalty_out_of_bounds", multiple=multiple, low=bounds[0], high=bounds[1])


def _fall_due(command: c.FallDue, bench: Bench) -> Iterator[Reason]:
    yield from _negatives(Balances(principal=command.principal))
    undue = Money(bench.run.lines[0] - bench.run.due_principal)
    if command.principal > undue:
        yield because("above_owed", part="principal", amount=command.principal, owed=undue)


def _pay(command: c.Pay, bench: Bench) -> Iterator[Reason]:
    yield from _positive(command.amount)
    if bench.run.closed:
        yield because("closed")
    if len(set(command.designation)) != len(command.designation):
        yield because("part_repeated")
    if bench.run.order_today() is None:
        yield because("no_order", day=bench.value_on)


def _charge(command: c.Charge, bench: Bench) -> Iterator[Reason]:
    run = bench.run
    yield from _positive(command.amount)
    if command.part not in (Part.FEES, Part.COSTS):
        yield because("fee_not_cost", part=command.part.code)
    if not command.ground.strip():
        yield because("no_ground")
    room = run.fee_room
    if command.part is Part.FEES and room is not None and command.amount.fen > room:
        cap = f"{Decimal(run.cap) / PER_ONE:.2%}"
        yield because("above_cap", amount=command.amount, cap=cap, room=Money(room))


def _waive(command: c.Waive, bench: Bench) -> Iterator[Reason]:
    run, asked = bench.run, command.amounts
    yield from _negatives(asked)
    if not any(asked.fen):
        yield because("nothing_named")
    for part, amount in asked:
        if amount > (owed := Money(run.lines[part])):
            yield because("above_owed", part=part.code, amount=amount, owed=owed)
    if command.approval is not None:
        action = "waive_principal" if asked.principal else "waive"
        yield from bench.approved(command.approval, action, asked.total)
        return
    if asked.principal:
        yield because("principal_needs_authority")
    yield from _waiver_limit(run, asked.total)


def _waiver_limit(run: Running, amount: Money) -> Iterator[Reason]:
    limit = run.rules.waiver_limit.at(run.day) or ZERO
    used = Money(run.waived_freely)
    if used + amount > limit:
        yield because("waiver_above_limit", limit=limit, used=used, amount=amount)


def _charge_off(command: c.ChargeOff, bench: Bench) -> Iterator[Reason]:
    if bench.run.charged_off or bench.run.written_off:
        yield because("already_charged_off")
    if bench.run.closed:
        yield because("closed")


def _write_off(command: c.WriteOff, bench: Bench) -> Iterator[Reason]:
    if bench.run.written_off:
        yield because("already_written_off")
    if bench.run.closed:
        yield because("closed")
    owed = Money(sum(bench.run.lines[:6]))
    yield from bench.approved(command.approval, "write_off", owed)


def _extend(command: c.Extend, bench: Bench) -> Iterator[Reason]:
    run = bench.run
    if run.closed:
        yield because("closed")
    if run.buckets:
        yield because("overdue", since=date.fromordinal(run.buckets[0][0]))
    if command.until.toordinal() <= max(run.matures_on, run.day):
        yield because("not_later", until=command.until, before=date.fromordinal(max(run.matures_on, run.day)))


def _restructure(command: c.Restructure, bench: Bench) -> Iterator[Reason]:
    run = bench.run
    if run.closed:
        yield because("closed")
    if command.instalments < 1 or not bench.value_on < command.first_due_on <= command.matures_on:
        yield because("no_instalments")
    limit = run.rules.plan_months.at(run.day)
    if limit is not None and command.instalments > limit:
        yield because("plan_too_long", months=command.instalments, limit=limit)
    yield from _terms(command.terms, run, run.day)
    if command.approval is not None:
        yield from bench.approved(command.approval, "restructure", Money(sum(run.lines[:6])))
        return
    free = run.rules.restructure_limit.at(run.day) or ZERO
    if (owed := Money(sum(run.lines[:6]))) > free:
        yield because("restructure_above_limit", limit=free, owed=owed)


def _change_terms(command: c.ChangeTerms, bench: Bench) -> Iterator[Reason]:
    return _terms(command.terms, bench.run, bench.run.day)


def _refinance(command: c.Refinance, bench: Bench) -> Iterator[Reason]:
    yield from _positive(command.amount)
    if not command.new_loan_id.strip():
        yield because("no_name", what="new_loan_id")
    if command.new_loan_id == bench.loan_id:
        yield because("same_loan")
    if command.amount > (owed := Money(sum(bench.run.lines[:6]))):
        yield because("above_owed", part="refinancing", amount=command.amount, owed=owed)


def _sell(command: c.Sell, bench: Bench) -> Iterator[Reason]:
    if command.price < ZERO:
        yield because("negative", part="price", amount=command.price)
    if not command.buyer.strip():
        yield because("no_name", what="buyer")
    if bench.run.closed:
        yield because("closed")
    if credit := -bench.run.lines[Line.CREDIT]:
        yield because("credit_first", credit=Money(credit))
    yield from bench.approved(command.approval, "sell", command.price)


def _buy_back(command: c.BuyBack, bench: Bench) -> Iterator[Reason]:
    if command.price < ZERO:
        yield because("negative", part="price", amount=command.price)
    yield from _negatives(command.owed)
    if command.owed.principal > (owed := Money(bench.run.lines[0])):
        yield because("above_owed", part="principal", amount=command.owed.principal, owed=owed)
    yield from bench.approved(command.approval, "buy_back", command.price)


def _refund(command: c.RefundCredit, bench: Bench) -> Iterator[Reason]:
    yield from _positive(command.amount)
    if command.amount > (credit := Money(-bench.run.lines[Line.CREDIT])):
        yield because("above_credit", amount=command.amount, credit=credit)


def _stop(command: c.StopAccrual, bench: Bench) -> Iterator[Reason]:
    if bench.run.stopped:
        yield because("already_stopped")
    if not command.ground.strip():
        yield because("no_ground")


def _resume(command: c.ResumeAccrual, bench: Bench) -> Iterator[Reason]:
    if not bench.run.stopped:
        yield because("not_stopped")


def _accrue_to(command: c.AccrueTo, bench: Bench) -> Iterator[Reason]:
    return iter(())


def _grade(command: c.Grade, bench: Bench) -> Iterator[Reason]:
    """Getting worse is always recorded; getting better must have been earned."""
    run = bench.run
    if command.grade not in GRADES:
        yield because("unknown_grade", grade=command.grade)
        return
    if run.grade in NON_PERFORMING and command.grade not in NON_PERFORMING and not run.closed:
        if not upgrade_ripe(run, run.day):
            yield because("arrears_open")
        if not observation_complete(run, run.day):
            yield because("observation_open")
    elif command.grade == "normal" and not observation_complete(run, run.day):
        yield because("observation_open")


_JUDGES: Mapping[type, Callable[[Any, Bench], Iterator[Reason]]] = MappingProxyType(
    {
        c.FallDue: _fall_due,
        c.Pay: _pay,
        c.Charge: _charge,
        c.Waive: _waive,
        c.ChargeOff: _charge_off,
        c.WriteOff: _write_off,
        c.Extend: _extend,
        c.Restructure: _restructure,
        c.ChangeTerms: _change_terms,
        c.Refinance: _refinance,
        c.Sell: _sell,
        c.BuyBack: _buy_back,
        c.RefundCredit: _refund,
        c.StopAccrual: _stop,
        c.ResumeAccrual: _resume,
        c.AccrueTo: _accrue_to,
        c.Grade: _grade,
    }
)
