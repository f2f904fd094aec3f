"""The state of one loan while events run over it: whole fen in a list of lines, days as ordinals."""

from __future__ import annotations

from postloan.ledger.money_rules import CARD, MoneyRules, Order
from postloan.ledger.parts import LINES
from postloan.ledger.terms import UNIT, DayCount, Terms, held

NON_PERFORMING = frozenset({"substandard", "doubtful", "loss"})
"""The classes that make a loan non-performing (不良)."""


class Running:
    """One loan on one day.

    lines: amounts by ``Line``, in fen. day: everything up to the beginning of this day (an ordinal) is in; 0 before
    the loan is opened. carry_*: parts of a fen accrued but not booked. room: what the cap on the total cost still
    leaves, in the same parts. buckets: [due day, principal, interest] of what is due and unpaid, oldest first.
    """

    def __init__(self, rules: MoneyRules) -> None:
        self.rules = rules
        self.lines: list[int] = [0] * LINES
        self.day = self.position = self.opened_on = 0
        self.terms: Terms | None = None
        self.rate = self.penalty_rate = 0
        self.compounds = self.penalised = self.thirty = self.card = False
        self.weight = 0
        self.order: Order | None = None
        self.cap = -1  # billionths a year; -1 for none
        self.cap_until = 0
        self.carry_interest = self.carry_penalty = self.carry_compound = 0
        self.room = 0
        self.buckets: list[list[int]] = []
        self.due_principal = self.due_interest = 0
        self.booking = True  # accrual is income; otherwise memorandum only
        self.silent = False  # no accrual at all: sold or stopped
        self.stopped = False
        self.owner = ""
        self.charged_off = self.written_off = False
        self.lost = self.recovered = 0
        self.grade = ""
        self.because: tuple[str, ...] = ()
        self.graded_on = 0
        self.matures_on = 0
        self.extensions = self.restructured = 0
        self.restructured_again = False  # within an observation period
        self.observing = False
        self.observed_from = self.observed_periods = 0
        self.cleared_on = self.paid_periods = 0
        self.refinances = self.refinanced_by = ""
        self.waived_freely = 0
        self.last_paid_on = 0

    def copy(self) -> Running:
        """The same state, to be changed apart."""
        twin = Running.__new__(Running)
        twin.__dict__.update(self.__dict__)
        twin.lines = self.lines.copy()
        twin.buckets = [bucket.copy() for bucket in self.buckets]
        return twin

    def adopt(self, terms: Terms) -> None:
        """Let terms hold from now on."""
        self.terms = terms
        thousandth = held(terms.annual_rate, 6)
        self.rate = thousandth * 1000
        self.penalty_rate = thousandth * (
            1000 if terms.penalty_multiple is None else held(terms.penalty_multiple, 3)
        )
        self.penalised = terms.penalty_multiple is not None
        self.compounds = terms.compounds
        self.card = terms.product == CARD
        self.order = terms.order
        self.weight = terms.day_count.weight
        self.thirty = terms.day_count is DayCount.THIRTY_360
        self.position = terms.day_count.position(self.day) if self.day else 0
        self.renew_cap()

    def renew_cap(self) -> None:
        """Look up the cap for the day and how long it holds."""
        series = self.rules.cap
        found = series.at(self.day)
        own = self.terms.cap if self.terms else None
        caps = [rate for rate in (found, None if own is None else held(own, 6) * 1000) if rate is not None]
        self.cap = min(caps) if caps else -1
        self.cap_until = series.changes_after(self.day)

    @property
    def fee_room(self) -> int | None:
        """Fen that may still be claimed as fees under the cap; None where there is no cap on the day."""
        if self.cap_until <= self.day:
            self.renew_cap()
        return max(self.room // UNIT, 0) if self.cap >= 0 else None

    def settle_flags(self) -> None:
        """Work out whether accrual is booked, kept as memorandum, or silent."""
        self.silent = self.stopped or bool(self.owner)
        self.booking = not (
            self.charged_off or self.written_off or self.owner or self.grade in NON_PERFORMING
        )

    @property
    def days_overdue(self) -> int:
        """Days since the oldest unpaid due day."""
        return self.day - self.buckets[0][0] if self.buckets else 0

    @property
    def closed(self) -> bool:
        """Whether nothing is owed; a waiver that leaves principal never closes a loan."""
        return self.opened_on > 0 and not any(self.lines[:6])

    def order_today(self) -> Order | None:
        """The order in which a payment is allocated on the day; None where neither rules nor contract give one."""
        day = self.day
        if self.card:
            threshold = self.rules.card_day.at(day)
            if threshold is not None and self.days_overdue >= threshold:
                return self.rules.card_order.at(day)
        return self.order or self.rules.order.at(day)
