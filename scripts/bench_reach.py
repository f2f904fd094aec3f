"""Measure the reach model on worlds whose truth is known, and its speed on a tape of 126,890 people.

Usage: ``python scripts/bench_reach.py [--people 12000] [--no-speed] [--json]``

For each world: first attempts that arrive (true chances) by the model with letters and without, by the address on file,
by the newest record; the best ranker is gradient boosting (scikit-learn) taught the hidden truth on another sample of
the same world; hindsight is the best place there is. Then each kind of evidence is taken away in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from postloan.people.evidence import Evidence
from postloan.people.reach import Weights, chances, prior
from postloan.people.situations import NAMES, Situation, situation
from postloan.people.training import train
from postloan.synth.worlds import TODAY, Truth, World, any_world, live

Floats = NDArray[np.floating[Any]]
LIMITS = {"warm": 97.0, "cold": 93.0, "error": 0.03, "wall_s": 40.0, "memory_mb": 3_072.0}
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "sources": ("from_", "age_of_", "pair_"), "ages": ("age_of_", "older_than_", "undated"),
    "agreement": ("more_", "copies", "stay", "pair_"), "order": ("newest", "newer_", "oldest_"),
    "letters": ("letter_", "renewed_", "failures_"), "region": ("same_", "id_"), "text": ("grade", "office"),
    "neighbours": ("pooled_",),
}  # fmt: skip


def worlds(people: int) -> dict[str, World]:
    """Three of our own, and three drawn at random."""
    poorer = {name: 0.8 * share for name, share in World().reliable.items()}
    ours = {
        "calm": World(people=people, moves=0.12),
        "restless": World(people=people, moves=0.35, reliable=poorer, lettered=0.3),
        "muddled": World(
            people=people, undated=0.4, swapped=("self_reported", "other_product"), copied=0.9, policy="newest"
        ),
    }  # fmt: skip
    drawn = {f"drawn {k}": any_world(np.random.default_rng(9_000 + k), people) for k in range(3)}
    return ours | drawn


def today(evidence: Evidence, pooled: NDArray[np.float64] | None) -> Situation:
    """Everybody's places today."""
    return situation(evidence, np.arange(evidence.people), np.full(evidence.people, TODAY), pooled)


def first_attempt(seen: Situation, score: Floats, truth: Truth) -> float:
    """The true share that arrives where the best score is."""
    best = np.lexsort((-score, seen.moment))[seen.first[:-1]]
    return float(truth.arrives[seen.place[best]].mean())


def calibration_error(likely: Floats, true: Floats) -> float:
    """Expected calibration error over tenths, against true chances."""
    bin_of = np.minimum((likely * 10).astype(np.int64), 9)
    return float(sum(abs((likely - true)[bin_of == k].sum()) for k in range(10)) / len(likely))


def best_ranker(world: World, seen: Situation, rng: np.random.Generator) -> Floats:
    """Scores of a ranker that was taught the truth on another, larger sample of the world."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    evidence, truth = live(replace(world, people=2 * world.people), rng)
    model = train(evidence)
    taught = today(evidence, model.pooled)
    arrived = rng.random(len(taught.place)) < truth.arrives[taught.place]

    def columns(at: Situation) -> NDArray[Any]:
        lives = chances(model.weights, at).lives
        rival = np.repeat(np.maximum.reduceat(lives, at.first[:-1]), np.diff(at.first))
        return np.column_stack([at.lives, lives, rival])

    ranker = HistGradientBoostingClassifier(
        max_iter=150, learning_rate=0.08, max_leaf_nodes=15, l2_regularization=1.0
    )
    ranker.fit(columns(taught), arrived)
    made: Floats = ranker.predict_proba(columns(seen))[:, 1]
    return made


def without(weights: Weights, beginnings: tuple[str, ...]) -> Weights:
    """The belief with some evidence held at nothing."""
    mean, precision = weights.mean.copy(), weights.precision.copy()
    for at, name in enumerate(NAMES):
        if name.startswith(beginnings):
            mean[at] = 0
            precision[at, :] = precision[:, at] = 0
            precision[at, at] = 1e9
    return replace(weights, mean=mean, precision=precision)


def measured(world: World, seed: int) -> dict[str, float]:
    """One world."""
    rng = np.random.default_rng(seed)
    evidence, truth = live(world, rng)
    cpu = time.process_time()
    model = train(evidence)
    cpu = time.process_time() - cpu
    seen = today(evidence, model.pooled)
    silent = replace(evidence, letters=evidence.letters.at(np.zeros(0, dtype=np.int64)))
    likely, cold = chances(model.weights, seen).arrives, chances(prior(), today(silent, None)).arrives
    best = max(first_attempt(seen, best_ranker(world, seen, rng), truth), first_attempt(seen, likely, truth))
    at = {name: k for k, name in enumerate(NAMES)}
    file = 2.0 * seen.lives[:, at["from_contract_service"]] + seen.lives[
        :, at["from_application_home"]
    ].astype(np.float64)
    ablated = {
        f"without {name}": 100
        * first_attempt(
            seen, chances(train(evidence, before=without(prior(), names)).weights, seen).arrives, truth
        )
        for name, names in EVIDENCE.items()
    }
    newest = seen.lives[:, at["newest"]].astype(np.float64)
    ceiling = first_attempt(seen, truth.arrives[seen.place], truth)
    return {
        "letters": float(len(evidence.letters.person)), "hindsight": 100 * ceiling,
        "best": 100 * best, "model": 100 * first_attempt(seen, likely, truth),
        "no letters": 100 * first_attempt(seen, cold, truth), "on file": 100 * first_attempt(seen, file, truth),
        "newest": 100 * first_attempt(seen, newest, truth),
        "warm": 100 * first_attempt(seen, likely, truth) / best, "cold": 100 * first_attempt(seen, cold, truth) / best,
        "error": calibration_error(likely, truth.arrives[seen.place]), "train_cpu_s": cpu, **ablated,
    }  # fmt: skip


def speed(people: int) -> dict[str, float]:
    """``postloan reach rank`` on a tape of that many people."""
    import pyarrow.parquet as pq

    from postloan.synth.world_tape import world_tape

    with tempfile.TemporaryDirectory() as name:
        tape = Path(name) / "tape"
        tape.mkdir()
        made = world_tape(World(people=people), seed=1)
        for table, rows in made.tape.items():
            pq.write_table(rows, tape / f"{table}.parquet")
        command = [
            "-c",
            "from postloan.cli import main; main()",
            "reach",
            "rank",
            str(tape),
            "--out",
            name,
            "--quiet",
        ]
        wall = time.perf_counter()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *command], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "people": float(people), "records": float(made.tape["addresses"].num_rows),
            "wall_s": time.perf_counter() - wall,
            "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "memory_mb": after.ru_maxrss / 1024,
        }  # fmt: skip


def main() -> int:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=12_000)
    asked.add_argument("--no-speed", action="store_true")
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    found: dict[str, dict[str, float]] = {}
    for seed, (name, world) in enumerate(worlds(options.people).items()):
        found[name] = measured(world, 500 + seed)
        if not options.json:
            show(name, found[name])
    if not options.no_speed:
        found["speed"] = speed(126_890)
        if not options.json:
            show("rank 126,890 people", found["speed"])
    if options.json:
        print(json.dumps(found))
    return 0


def show(name: str, values: Mapping[str, float]) -> None:
    """One world as a block of lines."""
    print(f"\n{name}")
    for key, value in values.items():
        limit = f"   limit {LIMITS[key]:g}" if key in LIMITS else ""
        print(f"  {key:<20}{value:>12,.3f}{limit}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
