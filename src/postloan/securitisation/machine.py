"""The interpreter: walks through the days of a deal, deposits collections, fires triggers, runs waterfalls.

There is one interpreter for one scenario with a trace and for thousands without: it computes on lanes and knows
scenarios only as masks, so the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from postloan.securitisation.accruing import accrue
from postloan.securitisation.deal import Step, Terms, Trigger
from postloan.securitisation.flow import CASH, COLUMNS, Flow, total
from postloan.securitisation.formula import STATUSES
from postloan.securitisation.lanes import Lane, Lanes, Many, Mask, One, Rounding
from postloan.securitisation.measuring import measure
from postloan.securitisation.paying import perform
from postloan.securitisation.state import AccountState, FeeState, PoolState, opening_bond
from postloan.securitisation.timeline import Event, Rates, fees_due, timeline

REVOLVING, CALLED, ENDED = (STATUSES.index(name) for name in ("revolving", "called", "ended"))


@dataclass(frozen=True, slots=True)
class BondRow:
    """A bond at the end of a payment day, in lanes of fen; rate: a year."""

    balance: Lane
    interest: Lane
    principal: Lane
    due: Lane
    on_due: Lane
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Traced:
    """One movement: which step of which waterfall asked how much for whom, what was paid, what stayed unpaid.

    line: where the step stands in the deal file.
    """

    day: date
    waterfall: str
    step: int
    line: int | None
    do: str
    source: str
    to: str
    asked: int
    paid: int
    unpaid: int
    why: str


@dataclass(slots=True)
class Day:
    """What one day left. alive: the scenarios in which the deal still ran. paying: was it a payment day?"""

    on: date
    alive: Mask
    paying: bool
    bonds: dict[str, BondRow]
    fees: dict[str, tuple[Lane, Lane]]
    accounts: dict[str, tuple[Lane, Lane, Lane]]
    status: Lane
    fired: dict[str, Mask]


class Machine:
    """One run of a deal over a flow, in as many scenarios as the flow holds.

    keep: remember every day (for tables); without it only totals and the state at the end are kept.
    openings: balances of bonds at the start that differ from the file's, as lanes of fen: structures side by side.
    """

    def __init__(
        self,
        terms: Terms,
        flow: Flow,
        rates: Rates | None = None,
        *,
        trace: bool = False,
        keep: bool = True,
        openings: Mapping[str, Lane] | None = None,
    ) -> None:
        self.terms, self.flow = terms, flow
        self.lanes: Lanes = One() if flow.width == 1 else Many(flow.width)
        self.rounding: Rounding = terms.conventions.rounding
        self.on_unpaid = terms.conventions.interest_on_interest
        self.today: date = terms.dates.cutoff
        self.trace: list[Traced] | None = [] if trace and flow.width == 1 else None
        self.keep = keep
        fill = self.lanes.fill
        self.accounts: dict[str, AccountState] = {
            n: AccountState(n, fill(a.balance), weighted=fill(0), known_to=terms.dates.closing.toordinal())
            for n, a in terms.accounts.items()
        }
        self.bonds = {
            n: opening_bond(b, self.lanes, terms.dates.accrues_from) for n, b in terms.bonds.items()
        }
        self.fees: dict[str, FeeState] = {
            n: FeeState(f, fill(f.due), f.start.toordinal(), paid_total=fill(0))
            for n, f in terms.fees.items()
        }
        opening = flow.opening if isinstance(flow.opening, int) and flow.opening else None
        start: Lane = fill(opening if opening is not None else terms.pool.principal or 0)
        if not isinstance(flow.opening, int):
            start = flow.opening
        self.pool: PoolState = PoolState(start, start, start)
        for name, balance in (openings or {}).items():
            self.bonds[name].balance = balance
        self.status: Lane = STATUSES.index(terms.status)
        self.before_trigger: dict[str, Lane] = {}
        self.fired: dict[str, Mask] = {name: t.fired for name, t in terms.triggers.items()}
        self.alive: Mask = True
        self.counting: FeeState | None = None
        self.counting_for: Mask = True
        self.at_step: Step | None = None
        self.at_waterfall = ""
        self.at_number = 0
        self.brought_in: Lane = fill(0)
        self.turned: Lane = fill(0)
        self.days: list[Day] = []
        self.row = 0
        self.rates = rates or {}

    def measure(self, name: str, args: tuple[str, ...]) -> Any:
        """The value of a quantity that a formula names."""
        return measure(self, name, args)

    def go(self) -> None:
        """Run from closing to the end: no more collections and empty accounts, or the legal final day."""
        events = timeline(self.terms, self.flow, self.rates)
        for number, event in enumerate(events):
            if event.on != self.today:
                self._begin(event.on)
            if not self._goes_on():
                break
            self._happen(event)
            last_of_day = number + 1 == len(events) or events[number + 1].on != event.on
            if last_of_day:
                self._end_day(paying=any(e.kind == "pay" for e in events if e.on == event.on))

    def _goes_on(self) -> bool:
        """Is the deal alive somewhere? It ends where collections are over and every account is empty."""
        if self.row >= len(self.flow.dates):
            lanes = self.lanes
            empty: Mask = True
            for account in self.accounts.values():
                empty = lanes.both(empty, _true(account.balance == 0))
            empty = lanes.both(empty, lanes.flip(_true(self.status == REVOLVING)))
            self.alive = lanes.both(self.alive, lanes.flip(empty))
        return self.lanes.some(self.alive)

    def _begin(self, on: date) -> None:
        self.today = on
        for account in self.accounts.values():
            account.paid_in = account.paid_out = self.lanes.fill(0)
            if self.terms.accounts[account.name].rate:
                account.weighted = account.weighted + account.balance * (on.toordinal() - account.known_to)
                account.known_to = on.toordinal()

    def _happen(self, event: Event) -> None:
        match event.kind:
            case "rate":
                bond = self.bonds[event.name]
                accrue(self, bond, self.alive)
                bond.rate = event.rate
            case "fee":
                fee = self.fees[event.name]
                fee.due = self.lanes.pick(self.alive, fee.due + event.amount, fee.due)
            case "collect":
                self._collect()
            case "close":
                self.run_waterfall("closing", self.alive)
            case "settle":
                self._settle(event)
            case "pay":
                self._pay()

    def _collect(self) -> None:
        self._fire("before-collection")
        first = self.row
        dates = self.flow.dates
        while self.row < len(dates) and dates[self.row] <= self.today:
            self.row += 1
        if first == self.row:
            return
        lanes, open_ = self.lanes, self.lanes.both(self.alive, self.lanes.flip(self.pool.sold))
        last = {}
        for name in COLUMNS:
            if name == "balance" or name not in self.flow.columns:
                continue
            amount = total([self.flow.at(name, row) for row in range(first, self.row)])
            last[name] = lanes.pick(open_, amount, lanes.fill(0))
            self.pool.total[name] = self.pool.total.get(name, 0) + last[name]
        self.pool.last = last
        self.pool.before = self.pool.balance
        run_off = total([last.get(name, 0) for name in ("principal", "prepayment", "default")])
        known = "balance" in self.flow.columns
        self.pool.balance = (
            self.flow.at("balance", self.row - 1) if known else lanes.most(self.pool.balance - run_off, 0)
        )
        self._deposit(last)
        for name, amount in fees_due(self.terms):
            fee = self.fees[name]
            fee.due = lanes.pick(self.alive, fee.due + amount, fee.due)
        self._fire("after-collection")
        self.run_waterfall("collection", self.alive)

    def _deposit(self, last: Mapping[str, Lane]) -> None:
        for source in CASH:
            amount = last.get(source)
            if amount is None:
                continue
            self.brought_in = self.brought_in + amount
            left, homes = amount, self.terms.collections.get(source, ())
            for number, (account, share) in enumerate(homes, 1):
                part = left if number == len(homes) else self.lanes.scale(amount, share, "floor")
                left = left - part
                self.give(self.accounts[account], part, self.alive)

    def _settle(self, event: Event) -> None:
        """Pay the interest of an account's cash into it, by the balance of every day since the last time."""
        account = self.accounts[event.name]
        earned = self.lanes.scale(account.weighted, event.rate, self.rounding)
        earned = self.lanes.pick(self.alive, earned, self.lanes.fill(0))
        account.weighted = self.lanes.fill(0)
        self.give(account, earned, self.alive)
        self.brought_in = self.brought_in + earned

    def _pay(self) -> None:
        lanes = self.lanes
        zero = lanes.fill(0)
        for bond in self.bonds.values():
            bond.interest = bond.principal = zero
        for fee in self.fees.values():
            fee.paid = zero
        self._fire("before-payment")
        called: Mask = False
        if self.terms.clean_up is not None:
            called = lanes.both(self.alive, _true(self.terms.clean_up.evaluate(self)))
            if lanes.some(called):
                self.status = lanes.pick(called, CALLED, self.status)
                self.run_waterfall("clean-up", called)
        paying = lanes.both(self.alive, lanes.flip(called))
        for code in lanes.values(self.status):
            here = lanes.both(paying, _true(self.status == code))
            name = STATUSES[code]
            self.run_waterfall(name if name in self.terms.waterfalls else "normal", here)
        self._fire("after-payment")
        for bond in self.bonds.values():
            bond.interest_last, bond.principal_last = bond.interest, bond.principal
            if bond.terms.yields is not None:
                bond.history.append((self.today, bond.interest + bond.principal))
        for fee in self.fees.values():
            fee.paid_last = fee.paid

    def run_waterfall(self, name: str, mask: Mask) -> None:
        """Do the steps of a waterfall, in order, in the scenarios of the mask."""
        if self.terms.waterfalls.get(name) and self.lanes.some(mask):
            self.at_waterfall = name
            for number, step in enumerate(self.terms.waterfalls[name], 1):
                self.at_number = number
                perform(self, step, mask)

    def perform_all(self, steps: Iterable[Step], mask: Mask) -> None:
        """Do some steps, in order."""
        for step in steps:
            perform(self, step, mask)

    def _fire(self, at: str) -> None:
        for name, trigger in self.terms.triggers.items():
            if trigger.at == at:
                self._test(name, trigger)

    def _test(self, name: str, trigger: Trigger) -> None:
        lanes = self.lanes
        held = lanes.both(self.alive, _true(trigger.when.evaluate(self)))
        fired = self.fired[name]
        newly = held if trigger.again else lanes.both(held, lanes.flip(fired))
        if lanes.some(newly):
            if trigger.status:
                self.before_trigger[name] = lanes.pick(
                    newly, self.status, self.before_trigger.get(name, self.status)
                )
                self.status = lanes.pick(newly, STATUSES.index(trigger.status), self.status)
            self.at_waterfall, self.at_number = f"trigger {name}", 0
            self.perform_all(trigger.steps, newly)
        if trigger.cure:
            cured = lanes.both(lanes.both(fired, lanes.flip(held)), self.alive)
            if lanes.some(cured) and trigger.status:
                self.status = lanes.pick(cured, self.before_trigger.get(name, self.status), self.status)
            after = held
        else:
            after = held if trigger.again else lanes.either(fired, held)
        ended = lanes.both(fired, lanes.flip(self.alive))  # what has ended stays as it was
        self.fired[name] = lanes.either(lanes.both(self.alive, after), ended)

    def give(self, account: AccountState, amount: Lane, mask: Mask) -> None:
        """Put cash into an account; the amount is 0 outside the mask."""
        account.balance = account.balance + amount
        account.paid_in = account.paid_in + amount

    def take(self, account: AccountState, amount: Lane, mask: Mask) -> None:
        """Take cash out of an account; the amount is 0 outside the mask."""
        account.balance = account.balance - amount
        account.paid_out = account.paid_out + amount

    def note(self, to: str, asked: Lane, paid: Lane) -> None:
        """Remember a movement, where a trace is kept."""
        if self.trace is None or self.at_step is None:
            return
        step = self.at_step
        self.trace.append(
            Traced(
                self.today,
                self.at_waterfall,
                self.at_number,
                step.line,
                step.do,
                step.source,
                to,
                asked,
                paid,
                max(asked - paid, 0),
                _why(step, asked, paid),
            )
        )

    def _end_day(self, *, paying: bool) -> None:
        if self.keep:
            bonds = {
                n: BondRow(b.balance, b.interest, b.principal, b.due, b.on_due, b.rate)
                for n, b in self.bonds.items()
            }
            fees = {n: (f.due, f.paid) for n, f in self.fees.items()}
            accounts = {n: (a.paid_in, a.paid_out, a.balance) for n, a in self.accounts.items()}
            if not paying:
                bonds, fees = {}, {}
            self.days.append(
                Day(self.today, self.alive, paying, bonds, fees, accounts, self.status, dict(self.fired))
            )
        ended: Mask = False
        for code in (CALLED, ENDED):
            ended = self.lanes.either(ended, _true(self.status == code))
        self.alive = self.lanes.both(self.alive, self.lanes.flip(ended))


def _true(mask: Any) -> Mask:
    """A mask, with Python's own truth for one scenario."""
    return mask


def _why(step: Step, asked: int, paid: int) -> str:
    if step.do in ("calculate-fees", "accrue-interest"):
        return "counted"
    if paid >= asked:
        return "paid in full"
    return "limited" if step.limit is not None and step.limit.cap is not None else "cash was short"


def run_deal(
    terms: Terms,
    flow: Flow,
    rates: Rates | None = None,
    *,
    trace: bool = True,
    keep: bool = True,
    openings: Mapping[str, Lane] | None = None,
) -> Machine:
    """Run a deal; the machine holds what happened."""
    machine = Machine(terms, flow, rates, trace=trace, keep=keep, openings=openings)
    machine.go()
    return machine


def conserved(machine: Machine) -> Sequence[Lane]:
    """Cash in, cash paid to outsiders, and cash left, in lanes: the first is the sum of the other two."""
    opening = sum(account.balance for account in machine.terms.accounts.values())
    paid = total([fee.paid_total for fee in machine.fees.values()])
    paid = paid + total([bond.interest_paid + bond.principal_paid for bond in machine.bonds.values()])
    left = total([account.balance for account in machine.accounts.values()])
    return machine.brought_in + opening, paid, left
