"""Whatever kills a writer, and whoever else writes: each step happens once or not at all."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from record_samples import BY, DAY, NOTED, loan, opened

from postloan.adapters.records import Store
from postloan.kernel import Money
from postloan.ledger import store_records as r

WRITER = Path(__file__).parents[2] / "support" / "store_writer.py"
ROUNDS = 12
LOANS = 5
OWED = 10_000_000


def begin(store: Store, *names: str) -> None:
    with store.writing(**BY) as tx:
        for i in range(1, LOANS + 1):
            fresh = loan(i, seq=1)
            tx.loans.add(replace(fresh, owed=replace(fresh.owed, principal=Money(OWED))))
            tx.events.append([opened(i)])
        for name in names:
            tx.of(r.Figure).add(r.Figure(DAY, "steps", name))
        tx.note(NOTED)


def writer(address: str, name: str, steps: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), address, name, str(steps)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def tied(store: Store, *names: str) -> dict[str, int]:
    """Steps done by each writer, once everything ties: counters, events, balances, journal."""
    with store.reading() as tx:
        done = {name: tx.of(r.Figure).get(DAY, "steps", name).count for name in names}
        keys = [event.key for _, history in tx.events.all() for event in history if event.key != "opening"]
        assert sorted(keys) == sorted(f"{name}:{i}" for name in names for i in range(1, done[name] + 1))
        left = sum(one.owed.principal.fen for one in tx.loans.find())
        assert left == LOANS * OWED - 100 * sum(done.values())
        noted = [entry.reference for entry in tx.journal.entries() if entry.action == "payment.posted"]
        assert sorted(noted) == sorted(keys)
        assert tx.journal.verify().whole
    return done


def test_twelve_kills_lose_nothing_and_double_nothing(store: Store, address: str):
    begin(store, "night")
    chance = random.Random(7)
    before = 0
    for _ in range(ROUNDS):
        process = writer(address, "night", 1_000_000)
        assert process.stdout is not None
        said = int(process.stdout.readline())
        assert said == before + 1
        time.sleep(chance.uniform(0, 0.25))  # a kill at any moment of a step
        process.kill()
        out, _ = process.communicate()
        last = max([said, *(int(line) for line in out.split("\n")[:-1])])
        before = tied(store, "night")["night"]
        assert before in (last, last + 1), "what was said to be done is done; at most the saying was lost"


def test_writers_at_once_take_turns(store: Store, address: str):
    names = ["one", "two", "three"]
    begin(store, *names)
    running: list[Any] = [writer(address, name, 15) for name in names]
    for process in running:
        _, err = process.communicate(timeout=120)
        assert process.returncode in (0, 1), err
        assert process.returncode == 0 or "changed by somebody else" in err or "already" in err, err
    done = tied(store, *names)
    assert max(done.values()) == 15
