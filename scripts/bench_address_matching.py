"""Measure whether pairs of addresses are told apart, and how long it takes to join two long lists of them.

Usage: ``python scripts/bench_address_matching.py [--rows N] [--only pairs|match] [--json] [--errors K]``

Pairs: labelled addresses (the development split under ``POSTLOAN_DATA``, default the data folder beside the checkout;
those of other provinces in ``tests/data/address``; constructed ones from all provinces but Zhejiang) damaged in the
ways of ``postloan.address.training.damage``. The peer is the Jaro-Winkler likeness of the whole texts with the
threshold that is best on the other half of the pairs. Match: N constructed addresses against N, half of which are other
writings of the first.
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
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("POSTLOAN_DATA") or ROOT.parent / "shared" / "data") / "address"
OTHERS = ROOT / "tests" / "data" / "address" / "other_provinces.txt"
LIMITS = {"F1": 0.97, "wall s": 240.0, "MB": 4096.0}
SEED = 20


def addresses_of(name: str) -> list[Any]:
    """Labelled addresses to damage."""
    from postloan.address.evaluate import read_labelled
    from postloan.address.training.crowd import Townships, crowd

    if name == "constructed":
        return list(crowd(3000, SEED, Townships(without=("33",))))
    if name == "other provinces":
        lines = [line for line in OTHERS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        return [[tuple(part.rsplit(":", 1)) for part in line.split("|")] for line in lines]
    return list(read_labelled((DATA / "dev.txt").read_text("utf-8")))


def measure_pairs(name: str, mode: str, errors: int) -> dict[str, Any]:
    """F1 of one place or two on damaged pairs, by kind of damage."""
    from postloan.address.comparison import compare_pairs
    from postloan.address.training.pairs import damaged_pairs

    pairs = list(damaged_pairs(addresses_of(name), SEED))
    texts = [(pair.one, pair.other) for pair in pairs]
    compare_pairs(texts[:10], mode)  # type: ignore[arg-type]
    wall, cpu = time.perf_counter(), time.process_time()
    table = compare_pairs(texts, mode)  # type: ignore[arg-type]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    said, likely = table.column("same").to_pylist(), table.column("probability").to_pylist()
    truth = [pair.same for pair in pairs]
    by_kind: dict[str, list[bool]] = {}
    for pair, answer in zip(pairs, said, strict=True):
        by_kind.setdefault(pair.kind, []).append(answer == pair.same)
    wrong = [k for k, (answer, same) in enumerate(zip(said, truth, strict=True)) if answer != same]
    return {
        "data": name, "mode": mode, "pairs": len(pairs), **scores(said, truth),
        "peer F1": peer_f1(texts, truth), "calibration": calibration(likely, truth),
        "by kind": {kind: (sum(right), len(right), pair_same(kind)) for kind, right in by_kind.items()},
        "cpu s": cpu, "wall s": wall, "pairs/s": len(pairs) / cpu,
        "errors": [(pairs[k].kind, round(likely[k], 2), *texts[k]) for k in wrong[:errors]],
    }  # fmt: skip


def pair_same(kind: str) -> bool:
    """Whether the damage of this kind leaves it one place."""
    from postloan.address.training.damage import SAME

    return kind in SAME


def scores(said: Sequence[bool], truth: Sequence[bool]) -> dict[str, float]:
    """Precision, recall and F1 of "one place"."""
    hits = sum(a and b for a, b in zip(said, truth, strict=True))
    return {
        "P": hits / max(1, sum(said)),
        "R": hits / max(1, sum(truth)),
        "F1": 2 * hits / max(1, sum(said) + sum(truth)),
    }


def calibration(likely: Sequence[float], truth: Sequence[bool]) -> list[tuple[str, int, float, float]]:
    """Pairs by probability: how many, the mean probability, the share that are one place."""
    edges = (0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 1.01)
    rows = []
    for low, high in pairwise(edges):
        inside = [(p, t) for p, t in zip(likely, truth, strict=True) if low <= p < high]
        if inside:
            mean, share = (sum(column) / len(inside) for column in zip(*inside, strict=True))
            rows.append((f"{low:.2f}-{min(high, 1):.2f}", len(inside), mean, share))
    return rows


def peer_f1(texts: Sequence[tuple[str, str]], truth: Sequence[bool]) -> float:
    """F1 of the likeness of whole texts on one half of the pairs, with the threshold that is best on the other."""
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as db:
        db.register("pairs", pa.table({"a": [one for one, _ in texts], "b": [other for _, other in texts]}))
        likeness = [
            row[0] for row in db.execute("SELECT jaro_winkler_similarity(a, b) FROM pairs").fetchall()
        ]
    # pairs of one place and of two come in turn, so every second two make a fair half
    halves = [[k for k in range(len(truth)) if k // 2 % 2 == half] for half in (0, 1)]

    def f1(least: float, half: list[int]) -> float:
        return scores([likeness[k] >= least for k in half], [truth[k] for k in half])["F1"]

    best = max((k / 100 for k in range(50, 100)), key=lambda least: f1(least, halves[0]))
    return f1(best, halves[1])


def make_lists(rows: int, folder: Path) -> list[int]:
    """Two files of addresses; for each row of the second the row of the first that it is, or -1."""
    from postloan.address.training.crowd import Townships, copies, crowd

    places = Townships()
    first = list(crowd(rows, SEED, places))
    second = list(copies(first[: rows // 2], SEED + 1))
    second += [
        (-1, "".join(text for text, _ in parts)) for parts in crowd(rows - len(second), SEED + 2, places)
    ]
    Random(SEED).shuffle(second)
    for name, texts in (
        ("a.txt", ["".join(text for text, _ in parts) for parts in first]),
        ("b.txt", [text for _, text in second]),
    ):
        lines = (" ".join(text.splitlines()) for text in texts)
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return [number for number, _ in second]


def measure_match(rows: int) -> dict[str, Any]:
    """One join of two files, in a process of its own."""
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory(prefix="bench-match-") as name:
        folder = Path(name)
        truth = make_lists(rows, folder)
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")}
        ran = subprocess.run(
            [sys.executable, __file__, "--join", str(folder)],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        table = pq.read_table(folder / "out.parquet")
        right = sum(
            truth[b - 1] == a - 1
            for a, b in zip(table.column("row_a").to_pylist(), table.column("row_b").to_pylist(), strict=True)
        )
        equal = Counter((folder / "a.txt").read_text("utf-8").splitlines())
        given = sum(line in equal for line in (folder / "b.txt").read_text("utf-8").splitlines())
    there = sum(number >= 0 for number in truth)
    return {
        **found,
        "precision": right / max(1, found["matched"]),
        "recall": right / there,
        "equal texts": given / there,
    }


def join(folder: Path) -> dict[str, Any]:
    """Join the files of a folder and say what it took."""
    from postloan.adapters.address_match import match_files

    wall = time.perf_counter()
    done = match_files(folder / "a.txt", folder / "b.txt", folder / "out.parquet")
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    processes = min(os.cpu_count() or 1, 8)
    return {
        "rows": done.rows_a, "texts": done.texts, "pairs": done.pairs, "matched": done.matched,
        "blocks": done.blocks, "too large": done.blocks_too_large,
        "cpu s": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        "wall s": time.perf_counter() - wall,
        # the readers' own peaks together with ours: no more than this at any time
        "MB": (own.ru_maxrss + processes * children.ru_maxrss) / 1024,
    }  # fmt: skip


def show_pairs(row: dict[str, Any]) -> None:
    """One measurement of pairs as text."""
    print(f"\n{row['data']}, {row['mode']}: {row['pairs']:,} pairs")
    print(
        f"  P {row['P']:.4f}  R {row['R']:.4f}  F1 {row['F1']:.4f} (limit {LIMITS['F1']})  "
        f"Jaro-Winkler {row['peer F1']:.4f}"
    )
    print(
        f"  CPU {row['cpu s']:.1f} s  wall {row['wall s']:.1f} s  {row['pairs/s']:,.0f} pairs a CPU second, "
        "reading included"
    )
    for kind, (right, many, same) in sorted(row["by kind"].items(), key=lambda item: item[1][0] / item[1][1]):
        print(f"    {'same' if same else 'different':10}{kind:24}{many:6,}  right {right / many:.3f}")
    for span, many, mean, share in row["calibration"]:
        print(f"    probability {span}: {many:6,} pairs, mean {mean:.3f}, one place {share:.3f}")
    for kind, likely, one, other in row["errors"]:
        print(f"    {kind} {likely} {one} | {other}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--join", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--only", choices=("pairs", "match"))
    options.add_argument("--errors", type=int, default=0)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if given.join:
        print(json.dumps(join(given.join)))
        return
    sets = [name for name in ("dev", "other provinces", "constructed") if name != "dev" or DATA.exists()]
    pairs = (
        [measure_pairs(name, mode, given.errors) for name in sets for mode in ("fast", "accurate")]
        if given.only != "match"
        else []
    )
    if not given.json:
        for row in pairs:
            show_pairs(row)
    found = measure_match(given.rows) if given.only != "pairs" else {}
    if given.json:
        print(json.dumps({"pairs": pairs, "match": found}, ensure_ascii=False, indent=1))
    elif found:
        print(
            f"\nmatch {found['rows']:,} against {found['rows']:,} "
            f"(limits: {LIMITS['wall s']:.0f} s, {LIMITS['MB']:,.0f} MB)"
        )
        for key, value in found.items():
            print(f"  {key:12}{value:>14,.3f}" if isinstance(value, float) else f"  {key:12}{value:>14,}")


if __name__ == "__main__":
    main()
