"""How fast deals run: scenarios side by side, one with its trace, the largest senior under a stress.

Usage: ``python scripts/bench_abs.py [SCENARIOS] [--json]`` (10,000 scenarios of 60 months, 5 classes of bonds).

The deal is synthetic (examples/abs/card_pool.toml) and uses every kind of step; scenarios come from a seed.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from datetime import date
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parents[1] / "examples" / "abs" / "card_pool.toml"


def peak_mb() -> float:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(work: Any) -> tuple[Any, float, float]:
    """What it gives, CPU seconds, wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = work()
    return made, time.process_time() - cpu, time.perf_counter() - wall


def main() -> int:
    """Run and print; 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="?", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    import numpy as np

    from postloan.securitisation import Deal, scenarios
    from postloan.securitisation.machine import conserved
    from postloan.securitisation.questions import largest
    from postloan.securitisation.schedule import days_of

    deal = Deal.load(EXAMPLE)
    months = days_of("month-end", date(2025, 3, 1), date(2030, 2, 28))
    dice = np.random.default_rng(7)
    shape = np.exp(-np.arange(60) / 24) * 20_000_000
    cash = (
        shape * dice.lognormal(0, 0.4, (given.scenarios, 1)) * dice.lognormal(0, 0.2, (given.scenarios, 60))
    ).astype("int64")
    left = np.maximum(9_000_000_000 - 4 * cash.cumsum(axis=1), 0)
    many = scenarios(months, {"recovery": cash, "cost": cash // 8, "balance": left})
    before = peak_mb()
    machine, cpu, wall = measured(lambda: deal.run_many(many))
    came, paid, rest = conserved(machine)
    assert bool((came == paid + rest).all())
    rows: list[dict[str, Any]] = [
        {"what": f"{given.scenarios:,} scenarios x {len(months)} months x {len(deal.terms.bonds)} classes",
         "cpu_s": cpu, "wall_s": wall, "peak_mb": peak_mb(), "limit": "2 s, 500 MB",
         "ok": cpu <= 2 and peak_mb() <= 500},
    ]  # fmt: skip
    one = many.scenario(0)
    result, cpu, wall = measured(lambda: deal.run(one))
    rows.append({"what": f"one scenario with its trace ({len(result.trace())} movements)", "cpu_s": cpu, "wall_s": wall,
                 "peak_mb": peak_mb(), "limit": "0.1 s", "ok": cpu <= 0.1})  # fmt: skip
    face, cpu, wall = measured(lambda: largest(deal.terms, one, "senior", less=0.3, later=3))
    rows.append({"what": f"the largest senior under a stress, to the fen ({face / 100:,.2f} yuan)", "cpu_s": cpu,
                 "wall_s": wall, "peak_mb": peak_mb(), "limit": "1 s", "ok": cpu <= 1})  # fmt: skip
    if given.json:
        print(json.dumps({"rows": rows, "memory_before_mb": before}))
    else:
        for row in rows:
            print(f"{row['what']}: {row['cpu_s']:.3f} CPU s, {row['wall_s']:.3f} s, peak {row['peak_mb']:.0f} MB "
                  f"(limit {row['limit']}) {'ok' if row['ok'] else 'TOO MUCH'}")  # fmt: skip
        print("Peer: no public engine runs scenarios side by side; AbsBox asks a server once a scenario.")
    return 0 if all(row["ok"] for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
