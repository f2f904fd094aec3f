"""No sequence of events creates or loses a fen, and no order of booking changes the outcome."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from postloan.kernel import Money
from postloan.ledger import (
    Account,
    Balances,
    Booked,
    DayCount,
    MoneyRules,
    Part,
    Refused,
    Terms,
    replay,
    trace,
)
from postloan.ledger import commands as c
from postloan.ledger.event_json import dump, load
from postloan.ledger.parts import Line
from postloan.rules import load_book

RULES = MoneyRules.of(load_book())
OPENED = date(2024, 2, 20)
SIZES = st.one_of(st.integers(1, 200), st.integers(1, 3_000_000))

rates = st.sampled_from(["0", "0.0435", "0.072", "0.1825", "0.24", "0.36"]).map(Decimal)
terms = st.builds(
    Terms,
    product=st.sampled_from(["consumer", "credit_card"]),
    annual_rate=rates,
    penalty_multiple=st.sampled_from([None, Decimal("1.3"), Decimal("1.45"), Decimal("1.5")]),
    compounds=st.booleans(),
    day_count=st.sampled_from(list(DayCount)),
    order=st.one_of(st.none(), st.permutations(list(Part)).map(tuple)),
    cap=st.sampled_from([None, Decimal("0.2")]),
)
parts = st.lists(st.sampled_from([0, 0, 1, 57, 1000, 250_000]), min_size=6, max_size=6).map(Balances.of_fen)


class Books(RuleBasedStateMachine):
    """Everything that may happen to a loan, in any order, on time and back-dated."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account("L1", RULES)
        self.today = OPENED
        self.count = 0
        self.posted = [0] * 27
        self.commands: dict[str, c.Command] = {}

    def book(self, command: c.Command, back: int = 0, key: str = "") -> Booked | Refused:
        self.count += 1
        value_on = max(OPENED, self.today - timedelta(days=back))
        answer = self.account.book(
            command, key=key or f"k{self.count}", value_on=value_on, booked_on=self.today
        )
        if isinstance(answer, Booked):
            self.commands[answer.event.key] = command
            for legs in (answer.accrued, answer.legs, answer.corrections):
                assert sum(leg.amount.fen for leg in legs if leg.line < 14) == 0
                assert sum(leg.amount.fen for leg in legs if leg.line >= 14) == 0
                for leg in legs:
                    self.posted[leg.line] += leg.amount.fen
        return answer

    def approval(self, action: str) -> c.Approval:
        self.count += 1
        until = self.today + timedelta(days=9)
        return c.Approval(
            f"A{self.count}", "Resolution 7", action, "L1", "maker", "checker", self.today, until
        )

    @initialize(
        terms=terms, owed=parts, overdue=st.one_of(st.none(), st.integers(0, 400)), grade=st.booleans()
    )
    def open(self, terms: Terms, owed: Balances, overdue: int | None, grade: bool) -> None:
        since = None if overdue is None else OPENED - timedelta(days=overdue)
        command = c.OpenAccount(terms, owed, overdue_since=since, grade="loss" if grade else "normal")
        assert isinstance(self.book(command), Booked)

    @rule(days=st.integers(1, 120))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(
        size=SIZES,
        back=st.integers(0, 60),
        prepay=st.booleans(),
        first=st.sampled_from([(), (Part.PRINCIPAL,)]),
    )
    def pay(self, size: int, back: int, prepay: bool, first: tuple[Part, ...]) -> None:
        self.book(c.Pay(Money(size), prepay=prepay, designation=first), back)

    @rule(size=SIZES, back=st.integers(0, 60))
    def fall_due(self, size: int, back: int) -> None:
        self.book(c.FallDue(Money(size)), back)

    @rule(back=st.integers(0, 60))
    def accelerate(self, back: int) -> None:
        run = self.account._run
        self.book(c.FallDue(Money(run.lines[0] - run.due_principal)), back)

    @rule(size=SIZES, part=st.sampled_from([Part.FEES, Part.COSTS]), back=st.integers(0, 60))
    def charge(self, size: int, part: Part, back: int) -> None:
        self.book(c.Charge(part, Money(size), "court"), back)

    @rule(amounts=parts, approved=st.booleans(), back=st.integers(0, 60), clip=st.booleans())
    def waive(self, amounts: Balances, approved: bool, back: int, clip: bool) -> None:
        owed = self.account.state().owed
        if clip:
            amounts = Balances.of_fen([min(one, two) for one, two in zip(amounts.fen, owed.fen, strict=True)])
        before = self.account.state(self.today).lines[10]
        action = "waive_principal" if amounts.principal else "waive"
        answer = self.book(c.Waive(amounts, self.approval(action) if approved else None), back)
        if isinstance(answer, Booked) and not approved:
            assert amounts.principal == Money(0), "principal is never waived without an approval"
        if isinstance(answer, Refused):
            assert self.account.state(self.today).lines[10] == before

    @rule(back=st.integers(0, 30))
    def charge_off(self, back: int) -> None:
        self.book(c.ChargeOff(), back)

    @rule(back=st.integers(0, 30))
    def write_off(self, back: int) -> None:
        self.book(c.WriteOff(self.approval("write_off")), back)

    @rule(terms=terms, months=st.integers(1, 60))
    def restructure(self, terms: Terms, months: int) -> None:
        first = self.today + timedelta(days=20)
        self.book(c.Restructure(terms, first, months, first + timedelta(days=31 * months)))

    @rule(terms=terms, back=st.integers(0, 30))
    def change_terms(self, terms: Terms, back: int) -> None:
        self.book(c.ChangeTerms(terms), back)

    @rule(size=SIZES, back=st.integers(0, 30))
    def refinance(self, size: int, back: int) -> None:
        self.book(c.Refinance("L2", Money(size)), back)

    @rule(price=st.integers(0, 400_000), back=st.integers(0, 10))
    def sell(self, price: int, back: int) -> None:
        self.book(c.Sell("AMC", Money(price), self.approval("sell")), back)

    @rule(price=st.integers(0, 400_000), owed=parts)
    def buy_back(self, price: int, owed: Balances) -> None:
        self.book(c.BuyBack(Money(price), owed, self.approval("buy_back")))

    @rule(size=SIZES, all_of_it=st.booleans())
    def refund(self, size: int, all_of_it: bool) -> None:
        self.book(c.RefundCredit(self.account.state(self.today).credit if all_of_it else Money(size)))

    @rule(stop=st.booleans())
    def stop_or_resume(self, stop: bool) -> None:
        self.book(c.StopAccrual("bankruptcy") if stop else c.ResumeAccrual("dismissed"))

    @rule(
        grade=st.sampled_from(["normal", "special_mention", "substandard", "loss"]), back=st.integers(0, 20)
    )
    def grade(self, grade: str, back: int) -> None:
        self.book(c.Grade(grade, ("CN-CLS-01",)), back)

    @rule()
    def accrue(self) -> None:
        self.book(c.AccrueTo())

    @precondition(lambda self: len(self.account.events) > 1)
    @rule(pick=st.randoms(use_true_random=False))
    def reverse_any(self, pick: random.Random) -> None:
        self.book(c.Reverse(pick.choice(self.account.events[1:]).key, "mistake"))

    @rule(size=SIZES, back=st.integers(0, 90))
    def reversal_restores(self, size: int, back: int) -> None:
        before = self.account.state(self.today)
        if isinstance(self.book(c.Pay(Money(size)), back), Booked):
            paid = self.account.events[-1].key
            assert isinstance(self.book(c.Reverse(paid, "bounced")), Booked)
            assert self.account.state(self.today) == before

    @rule(pick=st.randoms(use_true_random=False))
    def the_same_key_twice_changes_nothing(self, pick: random.Random) -> None:
        event = pick.choice(self.account.events)
        before, state = self.account.events, self.account.state(self.today)
        command = self.commands[event.key]
        again = self.account.book(command, key=event.key, value_on=event.value_on, booked_on=self.today)
        other = self.account.book(
            c.ChargeOff("other"), key=event.key, value_on=event.value_on, booked_on=self.today
        )
        assert isinstance(again, Booked)
        assert again.again
        assert again.event == event
        assert isinstance(other, Refused)
        assert self.account.events == before
        assert self.account.state(self.today) == state

    @invariant()
    def balances_hold(self) -> None:
        if not self.account.events:
            return
        run = self.account._run
        state = self.account.state()
        assert sum(state.lines[:14]) == 0
        assert sum(state.lines[14:]) == 0
        assert min(state.owed.fen) >= 0
        assert all(0 <= kept <= owed for kept, owed in zip(state.booked.fen, state.owed.fen, strict=True))
        assert state.credit >= Money(0)
        assert state.lines[20] == state.lines[6], "the liability for credit is the credit"
        assert Money(0) <= state.recovered <= state.lost
        assert sum(bucket[1] for bucket in run.buckets) == run.due_principal <= run.lines[0]
        assert sum(bucket[2] for bucket in run.buckets) == run.due_interest <= run.lines[1]
        assert run.room >= 0
        if state.credit and not state.owner:
            assert not state.due.total, "credit never stands beside what is due"

    @invariant()
    def what_was_posted_is_what_the_history_says(self) -> None:
        if self.account.events:
            assert self.posted == self.account._run.lines

    @invariant()
    def replay_equals_incremental(self) -> None:
        if not self.account.events:
            return
        shuffled = list(self.account.events)
        random.Random(self.count).shuffle(shuffled)
        last = self.account.events[-1]
        assert load(last.name, dump(last.what)) == last.what, "a stored event is the same event"
        state = self.account.state()
        assert replay(shuffled, RULES, until=state.day) == state
        assert Account("L1", RULES, shuffled).state(self.today) == self.account.state(self.today)

    def teardown(self) -> None:
        steps = list(trace(self.account.events, RULES)) if self.account.events else []
        assert {step.event.seq for step in steps} == {event.seq for event in self.account.events}


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)

simple = st.one_of(
    st.builds(c.Pay, st.integers(1, 400_000).map(Money), prepay=st.booleans()),
    st.builds(c.FallDue, st.integers(0, 100_000).map(Money)),
    st.builds(c.Charge, st.just(Part.COSTS), st.integers(1, 9_000).map(Money), st.just("court")),
    st.builds(c.Waive, st.just(Balances(penalty=Money(1)))),
    st.builds(c.Grade, st.sampled_from(["special_mention", "substandard", "loss"])),
    st.just(c.ChargeOff()),
)


@settings(max_examples=60, deadline=None)
@given(
    terms=terms,
    plan=st.lists(
        st.tuples(st.integers(0, 300), simple), min_size=1, max_size=12, unique_by=lambda one: one[0]
    ),
    dice=st.randoms(use_true_random=False),
)
def test_booking_out_of_order_gives_what_booking_in_order_gives(terms, plan, dice):
    start = c.OpenAccount(terms, Balances(principal=Money(1_000_000), interest=Money(20_000)), grade="normal")
    today = OPENED + timedelta(days=400)
    states = []
    for order in (sorted(plan, key=lambda one: one[0]), dice.sample(plan, len(plan))):
        account = Account("L1", RULES)
        account.book(start, key="open", value_on=OPENED, booked_on=today)
        for day, command in order:
            answer = account.book(
                command, key=f"day {day}", value_on=OPENED + timedelta(days=day), booked_on=today
            )
            if isinstance(answer, Refused):
                return  # what was refused in one order cannot be compared
        states.append(account.state(today))
    assert states[0] == states[1]


@settings(max_examples=25, deadline=None)
@given(
    terms=terms,
    plan=st.lists(st.tuples(st.integers(0, 150), simple), max_size=8),
    fee=st.integers(1, 20_000),
    fee_day=st.integers(1, 150),
)
def test_the_total_cost_never_passes_the_cap(terms, plan, fee, fee_day):
    """Counted here day by day in exact fractions, apart from the ledger's own arithmetic."""
    account = Account("L1", RULES)
    owed = Balances(principal=Money(1_000_000), interest=Money(20_000))
    start = c.OpenAccount(terms, owed, overdue_since=OPENED, due_principal=Money(400_000))
    account.book(start, key="open", value_on=OPENED, booked_on=OPENED)
    outside: dict[int, int] = {0: 20_000}  # claimed at opening, and costs of enforcement: not under the cap
    for number, (day, command) in enumerate(
        sorted([*plan, (fee_day, c.Charge(Part.FEES, Money(fee), "service"))], key=lambda one: one[0])
    ):
        on = OPENED + timedelta(days=day)
        answer = account.book(command, key=str(number), value_on=on, booked_on=on)
        if isinstance(answer, Booked) and isinstance(command, c.Charge) and command.part is Part.COSTS:
            outside[day] = outside.get(day, 0) + command.amount.fen
    cap = min(Fraction("0.24"), Fraction(terms.cap or 1))
    base = 365 if terms.day_count is DayCount.ACT_365 else 360
    limit = Fraction(0)
    for number in range(170):
        state = account.state(OPENED + timedelta(days=number))
        charged = -state.line(Line.CHARGED).fen - sum(fen for day, fen in outside.items() if day <= number)
        assert charged <= limit
        today = state.day.toordinal()
        days = terms.day_count.position(today + 1) - terms.day_count.position(today)
        limit += state.owed.principal.fen * cap * days / base


@settings(max_examples=60, deadline=None)
@given(
    terms=terms,
    days=st.integers(1, 800),
    cuts=st.lists(st.integers(1, 800), max_size=30),
    cent=st.integers(1, 10**9),
)
def test_accruing_day_by_day_and_at_once_agree_to_the_fen(terms, days, cuts, cent):
    accounts = [Account("L1", RULES), Account("L1", RULES)]
    owed = Balances(principal=Money(cent), interest=Money(cent // 7))
    start = c.OpenAccount(terms, owed, overdue_since=OPENED, due_principal=Money(cent // 3))
    for account in accounts:
        account.book(start, key="open", value_on=OPENED, booked_on=OPENED)
    for cut in sorted({cut for cut in cuts if cut < days}):
        on = OPENED + timedelta(days=cut)
        accounts[0].book(c.AccrueTo(), key=f"day {cut}", value_on=on, booked_on=on)
    end = OPENED + timedelta(days=days)
    assert accounts[0].state(end) == accounts[1].state(end)
