"""How fast contacts are decided, on one core: `make bench-contact`.

Fully described contacts of every channel, judged by all packs, again and again; some of them refused, for that costs
more. Prints CPU seconds, so that a busy machine does not change the figure much.
"""

from __future__ import annotations

import json
import resource
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from postloan.adapters.records import open_store
from postloan.decide.contact import ContactRules, answer_line
from postloan.decide.gate import Contact, Debtor
from postloan.decide.gate.kept import KeptAttempt, KeptState
from postloan.decide.gate.passing import ABOUT
from postloan.kernel.journal import Note
from postloan.rules import load_book
from postloan.workflows.contacting import may_contact

LAWFUL = Path(__file__).parent.parent / "tests" / "data" / "contact" / "lawful.jsonl"
ROUNDS = 400
LEAST_PER_SECOND = 20_000
MOST_MS = 5.0
DEBTORS, ATTEMPTS = 5_000, 40
KNOWN = (
    "dispute", "complaint", "plan", "vulnerable", "deceased", "balance", "ledger", "optout", "represented", "ptp_date",
    "time_barred", "breathing_space_day",
)  # fmt: skip
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="  # of a store that lives for the bench


def _events() -> list[dict[str, object]]:
    made = []
    for line in LAWFUL.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)["event"]
        if event["kind"] not in (
            "call",
            "ai_call",
            "sms",
            "im",
            "email",
            "app_message",
            "letter",
            "locate_call",
        ):
            continue
        made += [event, event, event, {**event, "t": "2026-06-10T22:30"}]
        made.append({**event, "ctx": {**event.get("ctx", {}), "dispute": "open"}})
    return made


def main() -> None:
    """Print decisions a second in batch, from lines of JSON, and the time of one."""
    begun = time.process_time()
    rules = ContactRules(load_book())
    events = _events()
    for event in events:
        rules.decide(event)
    print(f"load and compile the rule book: {time.process_time() - begun:.2f} CPU s")
    rounds = max(1, ROUNDS * 100 // len(events))
    begun, wall = time.process_time(), time.perf_counter()
    for _ in range(rounds):
        for event in events:
            rules.decide(event)
    spent, wall = time.process_time() - begun, time.perf_counter() - wall
    count = rounds * len(events)
    _print("decisions in batch", count, spent, wall)
    lines = [json.dumps(event, ensure_ascii=False).encode() for event in events]
    written = json.JSONEncoder(ensure_ascii=False).encode
    begun, wall = time.process_time(), time.perf_counter()
    for _ in range(rounds // 2):
        for line in lines:
            written(answer_line(line, rules, only_rule=False))
    spent, wall = time.process_time() - begun, time.perf_counter() - wall
    _print("from line to line of JSON", rounds // 2 * len(lines), spent, wall)
    slowest = 0.0
    for event in events:
        begun = time.process_time()
        rules.decide(event)
        slowest = max(slowest, time.process_time() - begun)
    print(f"slowest single decision: {slowest * 1000:.2f} ms, limit {MOST_MS:.0f} ms")
    _print_store(rules)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB; peers: none found that publishes a speed")


def _print_store(rules: ContactRules) -> None:
    """One decision through the store: what is known of a debtor and a year of contacts read from SQLite, counted."""
    at = datetime(2026, 6, 10, 4, 0, tzinfo=UTC)
    call = next(one for one in map(json.loads, LAWFUL.read_text(encoding="utf-8").splitlines()))["event"]
    facts = {**call, **call["ctx"]}
    known = {name: facts[name] for name in KNOWN}
    about = {name: facts[name] for name in ABOUT if name in facts}
    with TemporaryDirectory() as folder:
        store = open_store(f"{folder}/bench.db", create=True, environ={"POSTLOAN_KEY": KEY})
        with store.writing(actor="bench", ground="bench", at=at - timedelta(days=400)) as tx:
            tx.note(Note("bench.filled"))
            tx.of(KeptState).add_all(KeptState(f"B{n}", "Asia/Shanghai", known) for n in range(DEBTORS))
            tx.of(KeptAttempt).add_all(
                KeptAttempt(
                    f"n{n}-{k}", f"B{n}", at - timedelta(days=20 + 9 * k), "call", f"B{n}", "p1", "no"
                )
                for n in range(DEBTORS)
                for k in range(ATTEMPTS)
            )
        spent = []
        for n in range(200):
            asked = Contact("call", Debtor(f"B{n * 7 % DEBTORS}", "p1"), None, "", about)
            begun, wall = time.process_time(), time.perf_counter()
            may_contact(store, asked, at, rules, b"bench")
            spent.append(((time.process_time() - begun) * 1000, (time.perf_counter() - wall) * 1000))
        store.close()
    middle = len(spent) // 2
    cpu, wall = sorted(each for each, _ in spent)[middle], sorted(each for _, each in spent)[middle]
    word = "reached" if wall <= MOST_MS else "MISSED"
    print(
        f"one decision with counters, SQLite, {DEBTORS:,} debtors with {ATTEMPTS} contacts each: median"
        f" {cpu:.2f} CPU ms ({wall:.2f} ms wall), limit {MOST_MS:.0f} ms: {word}"
    )


def _print(what: str, count: int, spent: float, wall: float) -> None:
    rate = count / spent
    word = "reached" if rate >= LEAST_PER_SECOND else "MISSED"
    print(
        f"{what}: {count:,} in {spent:.2f} CPU s ({wall:.2f} s wall), {rate:,.0f} a CPU second,"
        f" at least {LEAST_PER_SECOND:,}: {word}"
    )


if __name__ == "__main__":
    main()
