"""Measure the linking of people: pairwise F1 on a million synthetic records with a tenth of damaged identity numbers.

Usage: ``python scripts/bench_linkage.py [--records 1000000] [--seed 1] [--json]``

Pairs of records of one person are counted; a pair joined across two different valid numbers is an error of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIMITS = {"f1": 0.995, "across": 0, "wall_s": 180, "memory_mb": 3_072}


def pairs_of(groups: NDArray[Any]) -> float:
    """How many pairs stand together."""
    _, count = np.unique(groups, return_counts=True)
    return float((count * (count - 1) / 2).sum())


def main() -> int:
    """Link, compare with the truth, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()

    from postloan.adapters.linkage import find_pairs
    from postloan.bootstrap import tools
    from postloan.people.linking import link, records_to_link
    from postloan.synth.doubles import doubles

    made = doubles(options.records, seed=options.seed)
    wall, cpu = time.perf_counter(), time.process_time()
    with tools(memory_mb=800) as ours:
        ours.engine.register("people_records", made.records)
        records = records_to_link(ours.engine)
    linked = link(records, find_pairs)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    order = np.argsort(made.records["record_id"].to_pylist())
    truth = made.person[order]
    person = np.unique(np.array(linked.person), return_inverse=True)[1]
    both = pairs_of(person * (truth.max() + 1) + truth)
    precision, recall = both / max(pairs_of(person), 1), both / max(pairs_of(truth), 1)
    valid = np.asarray(records["valid"]).astype(bool)
    numbers = np.unique(np.array(records["id_number"].to_pylist(), dtype=str)[valid], return_inverse=True)[1]
    across = pairs_of(person[valid]) - pairs_of(person[valid] * (numbers.max() + 1) + numbers)
    found = {
        "records": len(truth), "f1": 2 * precision * recall / (precision + recall), "precision": precision,
        "recall": recall, "across": across, "review": len(linked.why), "wall_s": wall, "cpu_s": cpu,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip
    if options.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:>10}  {value:>14,.5g}  limit {LIMITS.get(name, '—')}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
