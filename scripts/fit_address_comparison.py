"""Fit the weights of evidence of address comparison: writes ``src/postloan/address/comparing/weights.json``.

Usage: ``python scripts/fit_address_comparison.py TRAIN DAY [--seed N]``

TRAIN: labelled addresses, one token and one BIO tag a line. DAY: the day to write into the file, for example
2026-11-22. The pairs are made by damaging the addresses; they are read by the weights ``clean``, which have not
seen the addresses, so that mistakes of reading weigh what they weigh in use. The same inputs give the same file.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import numpy as np

from postloan.address.evaluate import read_labelled
from postloan.address.training.pairs import damaged_pairs
from postloan.address.training.weighing import as_file, fit, states_of

TARGET = Path(__file__).parents[1] / "src/postloan/address/comparing/weights.json"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("train", type=Path)
    options.add_argument("day", type=date.fromisoformat)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    addresses = read_labelled(given.train.read_text("utf-8"))
    pairs = [pair for turn in range(2) for pair in damaged_pairs(addresses, given.seed + turn)]
    states = np.concatenate([states_of(pairs, mode, "clean") for mode in ("fast", "accurate")])
    weight, before = fit(states, np.array([pair.same for pair in pairs] * 2))
    about = {
        "fitted_on": given.day.isoformat(),
        "from": "pairs made by damaging the train split of Li and Lu, Neural Chinese Address Parsing, NAACL 2019",
        "pairs": len(pairs),
        "same": sum(pair.same for pair in pairs),
        "seed": given.seed,
        "unit": "natural logarithm of the odds that the two name one place",
    }
    TARGET.write_text(json.dumps(as_file(weight, before, about), indent=1) + "\n", "utf-8")
    print(f"{len(pairs):,} pairs, {TARGET.name} written")


if __name__ == "__main__":
    main()
