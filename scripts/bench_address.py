"""Measure the address parser and its peers in one run: accuracy, addresses a CPU second and a wall second, memory.

Usage: ``python scripts/bench_address.py [--peer-python PYTHON]... [--json]``

Reads the labelled addresses under ``POSTLOAN_DATA`` (default: the data folder beside the checkout) and the ones of
other provinces in ``tests/data/address``. Each measurement runs in a process of its own on one thread. Peers that
no interpreter given has are named as not installed: ``pip install cpca jionlp addressparser six``; cpca and
cpca-polars are one module to Python, so each wants an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("POSTLOAN_DATA") or ROOT.parent / "shared" / "data") / "address" / "dev.txt"
OTHERS = ROOT / "tests" / "data" / "address" / "other_provinces.txt"
OURS = ("accurate", "fast", "accurate clean", "fast clean", "divisions")
PEERS = ("cpca", "cpca-polars", "addressparser", "jionlp")
LEVELS = ("prov", "city", "district")
SUFFIX = re.compile("(特别行政区|自治[区州县旗]|地区|新区|[省市区县盟旗])$")
Gold = list[list[tuple[str, str]]]
Levels = list[tuple[str, str, str]]


def gold_of(path: Path) -> Gold:
    """Labelled addresses of either file."""
    from postloan.address.evaluate import read_labelled

    text = path.read_text("utf-8")
    if path != OTHERS:
        return read_labelled(text)
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [
        [(part.rpartition(":")[0], part.rpartition(":")[2]) for part in line.split("|")] for line in lines
    ]


def ours(name: str) -> Callable[[list[str]], Levels]:
    """Our parser in a mode, as a function to the three levels."""
    from postloan.address.parsing import parse

    mode, _, weights = name.partition(" ")

    def levels(texts: list[str]) -> Levels:
        table = parse(texts, mode, weights or "default")  # type: ignore[arg-type]
        columns = (table.column(level).to_pylist() for level in LEVELS)
        return [(p or "", c or "", d or "") for p, c, d in zip(*columns, strict=True)]

    levels(["浙江省杭州市"])
    return levels


def peer(name: str) -> Callable[[list[str]], Levels]:
    """A peer as a function to the three levels."""
    distribution(name)  # raises where it is not installed
    if name.startswith("cpca"):
        import cpca  # type: ignore[import-not-found]

        def cpca_levels(texts: list[str]) -> Levels:
            found = cpca.transform(texts)
            columns = (
                [v if isinstance(v, str) else "" for v in found[name].to_list()]
                for name in ("省", "市", "区")
            )
            return list(zip(*columns, strict=True))

        return cpca_levels
    if name == "addressparser":
        import addressparser  # type: ignore[import-not-found]

        return lambda texts: [
            tuple(row) for row in addressparser.transform(texts)[["省", "市", "区"]].fillna("").values
        ]
    import jionlp  # type: ignore[import-not-found]

    jionlp.parse_location("浙江省杭州市")

    def levels(texts: list[str]) -> Levels:
        every = map(jionlp.parse_location, texts)
        return [(found["province"] or "", found["city"] or "", found["county"] or "") for found in every]

    return levels


def short(name: str) -> str:
    """The name without the word for its level."""
    return SUFFIX.sub("", name) if len(name) > 2 else name


def level_scores(gold: Gold, found: Levels) -> dict[str, float]:
    """Share of the levels given in the text that are found, in per cent; ``guess``: of texts that give none."""
    right, given, guessed, silent = dict.fromkeys(LEVELS, 0), dict.fromkeys(LEVELS, 0), 0, 0
    for parts, levels in zip(gold, found, strict=True):
        wanted = {label: text for text, label in reversed(parts) if label in LEVELS}
        if not wanted:
            silent += 1
            guessed += any(levels)
        answers = {short(level) for level in levels}
        for label, text in wanted.items():
            given[label] += 1
            # a municipality may be called province or prefecture, a county-level city prefecture or county
            right[label] += short(text) in answers
    scores = {label: 100 * right[label] / max(1, given[label]) for label in LEVELS}
    return {**scores, "guess": 100 * guessed / max(1, silent)}


def run_one(name: str) -> dict[str, Any]:
    """One measurement, in this process."""
    import resource

    wall, cpu = time.perf_counter(), time.process_time()
    parser = ours(name) if name in OURS else peer(name)
    loaded = {"load_cpu": time.process_time() - cpu, "load_wall": time.perf_counter() - wall}
    gold = gold_of(DATA if DATA.exists() else OTHERS)
    texts = ["".join(text for text, _ in parts) for parts in gold]
    many = texts if name == "jionlp" else texts * max(1, 12_000 // len(texts))
    found = parser(texts)
    best_wall, best_cpu = float("inf"), float("inf")
    for _ in range(1 if name == "jionlp" else 4):
        wall, cpu = time.perf_counter(), time.process_time()
        parser(many)
        best_wall, best_cpu = (
            min(best_wall, time.perf_counter() - wall),
            min(best_cpu, time.process_time() - cpu),
        )
    return {
        "name": name, **loaded, "per_cpu_second": len(many) / best_cpu, "per_wall_second": len(many) / best_wall,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, **level_scores(gold, found), **f1(name),
        **latency(name), **divisions(name),
    }  # fmt: skip


DRAWN = 6_000
SEED = 1


def divisions(name: str) -> dict[str, dict[str, float]]:
    """How well divisions are found and completed, see ``postloan.address.evaluate_divisions``; normalised a second."""
    if name not in OURS:
        return {}
    from postloan.address import normalise_each
    from postloan.address.evaluate_divisions import Share, drawn, on_drawn, on_labelled
    from postloan.address.parsing import parse

    mode, _, weights = name.partition(" ")
    shares: dict[str, Share] = {}
    if DATA.exists():
        gold = gold_of(DATA)
        texts = ["".join(text for text, _ in parts) for parts in gold]
        shares |= on_labelled(gold, parse(texts, mode, weights or "default"))  # type: ignore[arg-type]
    addresses = drawn(DRAWN, SEED)
    texts = [address.text for address in addresses]
    found = on_drawn(addresses, parse(texts, mode, weights or "default"))  # type: ignore[arg-type]
    shares |= {f"drawn {measure}": share for measure, share in found.items()}
    figures = {measure: share.percent for measure, share in shares.items()}
    if mode != "divisions":
        begin = time.process_time()
        normalise_each(texts[:2_000], mode=mode, weights=weights or "default")  # type: ignore[arg-type]
        figures["normalised"] = 2_000 / (time.process_time() - begin)
    return {"divisions": figures}


def f1(name: str) -> dict[str, float]:
    """Entity F1 on raw text, where the parser has elements."""
    if name not in OURS or name == "divisions":
        return {}
    from postloan.address.evaluate import evaluate

    mode, _, weights = name.partition(" ")
    files = {"f1_dev": DATA, "f1_others": OTHERS}
    return {
        key: 100 * evaluate(gold_of(path), mode, weights or "default").overall.f1  # type: ignore[arg-type]
        for key, path in files.items()
        if path.exists()
    }


def latency(name: str) -> dict[str, float]:
    """The median time of one address alone, in milliseconds."""
    if name not in OURS:
        return {}
    from postloan.address.parsing import parse_one

    mode, _, weights = name.partition(" ")
    times = []
    for _ in range(200):
        begin = time.process_time()
        parse_one("浙江省杭州市西湖区文三路12号华星大厦3幢2单元501室", mode, weights or "default")  # type: ignore[arg-type]
        times.append(time.process_time() - begin)
    return {"one_ms": 1000 * sorted(times)[len(times) // 2]}


def measured(name: str, python: str) -> dict[str, Any]:
    """One measurement in a process of its own, on one thread."""
    environment = {
        **os.environ,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT / "src"),
    }
    ran = subprocess.run(
        [python, __file__, "--one", name], env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        missing = "PackageNotFoundError" in ran.stderr or "ModuleNotFoundError" in ran.stderr
        return {"name": name, "error": "not installed" if missing else ran.stderr.strip().splitlines()[-1]}
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def of_peer(name: str, pythons: Sequence[str]) -> dict[str, Any]:
    """One peer, measured by the first interpreter that has it."""
    for python in pythons:
        row = measured(name, python)
        if row.get("error") != "not installed":
            break
    return row


def show(rows: Sequence[dict[str, Any]]) -> None:
    """The measurements as a table."""
    columns = (
        ("F1 dev", "f1_dev", ".2f"), ("F1 others", "f1_others", ".2f"), ("prov", "prov", ".2f"),
        ("city", "city", ".2f"), ("district", "district", ".2f"), ("guess", "guess", ".1f"),
        ("/s CPU", "per_cpu_second", ",.0f"), ("/s wall", "per_wall_second", ",.0f"), ("one ms", "one_ms", ".2f"),
        ("load s", "load_wall", ".2f"), ("MB", "memory_mb", ".0f"),
    )  # fmt: skip
    print(f"{'parser':16}" + "".join(f"{title:>11}" for title, _, _ in columns))
    for row in rows:
        cells = (format(row[key], form) if key in row else "–" for _, key, form in columns)
        print(
            f"{row['name']:16}"
            + (f" {row['error']}" if "error" in row else "".join(f"{c:>11}" for c in cells))
        )


def show_divisions(rows: Sequence[dict[str, Any]]) -> None:
    """How well our modes find and complete divisions, in per cent."""
    ours = [row for row in rows if "divisions" in row]
    print(
        "\ndivisions, in per cent: labelled addresses of the development set, and drawn addresses of all provinces "
        f"({DRAWN:,}, seed {SEED})"
    )
    print(f"{'measure':44}" + "".join(f"{row['name']:>16}" for row in ours))
    for measure in dict.fromkeys(measure for row in ours for measure in row["divisions"]):
        cells = (row["divisions"].get(measure) for row in ours)
        title = "normalised, addresses a CPU second" if measure == "normalised" else measure
        form = ",.0f" if measure == "normalised" else ".2f"
        print(f"{title:44}" + "".join(f"{'–' if c is None else format(c, form):>16}" for c in cells))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--one", help=argparse.SUPPRESS)
    options.add_argument("--peer-python", action="append", default=[], metavar="PYTHON")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    if given.one:
        print(json.dumps(run_one(given.one)))
        return
    rows = [measured(name, sys.executable) for name in OURS]
    rows += [of_peer(name, given.peer_python or [sys.executable]) for name in PEERS]
    if given.json:
        print(json.dumps(rows, indent=1))
    else:
        show(rows)
        show_divisions(rows)


if __name__ == "__main__":
    main()
