"""How fast the ledger replays and books: seconds, events a second, memory; a million events in 20 s are promised.

Usage: ``python scripts/bench_ledger.py [EVENTS] [--json]`` (1,000,000 events unless told otherwise).

The events are synthetic and come from a seed: loans with a year of instalments, payments on time, late, partial and
too high, fees, waivers, grades, write-offs and recoveries, one loan in ten with a back-dated payment and a reversal.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from postloan.kernel import Money
from postloan.ledger import (
    Account,
    Balances,
    Booked,
    DayCount,
    MoneyRules,
    Part,
    Terms,
    commands,
    events,
    replay,
)
from postloan.rules import load_book

OPENED = date(2024, 1, 15)
LIVES_BOOKED = 2_000
REPLAYED_A_SECOND = 50_000
"""What is promised: 1,000,000 events in 20 seconds."""
PROMISED = "within what was promised"
BALANCED = "every half of every loan sums to zero"
T = TypeVar("T")
Planned = tuple[date, date, str, commands.Command]


def life(loan: str, dice: random.Random) -> list[Planned]:
    """One loan's commands in the order of booking: (value date, booking day, key, command)."""
    owed = Money(dice.randint(500_000, 20_000_000))
    terms = Terms(
        product=dice.choice(["consumer", "credit_card", "business"]),
        annual_rate=Decimal(dice.choice(["0.072", "0.108", "0.144", "0.1825"])),
        penalty_multiple=Decimal("1.3"),
        compounds=dice.random() < 0.5,
        day_count=dice.choice([DayCount.ACT_360, DayCount.ACT_365]),
    )
    plan: list[Planned] = []

    def then(day: int, command: commands.Command, back: int = 0) -> None:
        value = OPENED + timedelta(days=day - back)
        plan.append((value, OPENED + timedelta(days=day), f"{loan}-{len(plan)}", command))

    then(0, commands.OpenAccount(terms, Balances(principal=owed), grade="normal"))
    instalment = Money(owed.fen // 24)
    for month in range(1, 13):
        due = month * 30
        then(due, commands.FallDue(instalment))
        luck = dice.random()
        if luck < 0.6:
            then(due + dice.randint(0, 5), commands.Pay(Money(instalment.fen + dice.randint(0, 90_000))))
        elif luck < 0.8:
            then(due + 12, commands.Pay(Money(dice.randint(100, 20_000)), designation=(Part.PRINCIPAL,)))
        if luck > 0.9:
            then(due + 14, commands.Waive(Balances(penalty=Money(1))))
        then(due + 15, commands.AccrueTo())
        if month % 3 == 0:
            then(due + 16, commands.Grade("special_mention" if luck > 0.6 else "normal", ("CN-CLS-01",)))
            then(due + 17, commands.Charge(Part.COSTS, Money(5_000), "court fee"))
    if dice.random() < 0.1:
        then(380, commands.Pay(Money(12_345)), back=100)
        then(381, commands.Reverse(plan[-1][2], "bounced"))
    then(390, commands.ChargeOff("policy"))
    for step in range(4):
        then(400 + 10 * step, commands.Pay(Money(dice.randint(1_000, 90_000)), means="recovery"))
    return plan


def raw(loan: str, plan: list[Planned], version: str) -> list[events.Event]:
    """The same life as events, as a store would hand them back."""
    return [
        events.Event(loan, seq, key, value_on, booked_on, events.happened(command), version)
        for seq, (value_on, booked_on, key, command) in enumerate(plan, 1)
    ]


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """A result, the seconds it took, and the seconds of processor time in them."""
    begun, used = time.perf_counter(), time.process_time()
    return work(), time.perf_counter() - begun, time.process_time() - used


def book_all(lives: list[list[Planned]], rules: MoneyRules) -> tuple[int, int]:
    """Book lives command by command, each on its own account; how many were booked and how many refused."""
    booked = refused = 0
    for number, plan in enumerate(lives):
        account = Account(f"L{number:06d}", rules)
        for value_on, booked_on, key, command in plan:
            answer = account.book(command, key=key, value_on=value_on, booked_on=booked_on)
            booked += isinstance(answer, Booked)
            refused += not isinstance(answer, Booked)
    return booked, refused


def peak() -> int:
    """The most memory held so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(wanted: int) -> dict[str, object]:
    """Build, replay and book; what was measured, by name."""
    rules = MoneyRules.of(load_book())
    dice = random.Random(20260101)
    before, begun = peak(), time.perf_counter()
    histories: list[list[events.Event]] = []
    lives: list[list[Planned]] = []
    made = 0
    while made < wanted:
        loan = f"L{len(histories):06d}"
        plan = life(loan, dice)
        histories.append(raw(loan, plan, rules.version))
        made += len(plan)
        if len(lives) < LIVES_BOOKED:
            lives.append(plan)
    building, held = time.perf_counter() - begun, peak()
    states, replaying, replay_cpu = timed(lambda: [replay(history, rules) for history in histories])
    (booked, refused), booking, booking_cpu = timed(lambda: book_all(lives, rules))
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "events": made,
        "loans": len(histories),
        "seconds to build the events": round(building, 2),
        "seconds to replay": round(replaying, 2),
        "processor seconds to replay": round(replay_cpu, 2),
        "events replayed a second": round(made / replaying),
        "events replayed a processor second": round(made / replay_cpu),
        PROMISED: made / replaying >= REPLAYED_A_SECOND,
        BALANCED: all(sum(state.lines[:14]) == 0 == sum(state.lines[14:]) for state in states),
        "commands booked": booked,
        "commands refused": refused,
        "seconds to judge and book": round(booking, 2),
        "processor seconds to judge and book": round(booking_cpu, 2),
        "commands judged a processor second": round((booked + refused) / booking_cpu),
        "MiB held by the events": round((held - before) / 1024),
        "MiB at most": round(peak() / 1024),
    }


def main() -> int:
    """Measure and print; 1 if the books do not balance or it took too long."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("events", nargs="?", type=int, default=1_000_000)
    ask.add_argument("--json", action="store_true")
    wanted = ask.parse_args()
    facts = measure(wanted.events)
    if wanted.json:
        print(json.dumps(facts, indent=1))
    else:
        for name, value in facts.items():
            print(f"{name:40} {value:>12,}" if type(value) is int else f"{name:40} {value!s:>12}")
    return 0 if facts[BALANCED] and facts[PROMISED] else 1


if __name__ == "__main__":
    sys.exit(main())
