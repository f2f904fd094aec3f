"""Looking back (回测): what the model would have done with letters that it had not seen, against simple habits.

Letters up to a day teach; the first letters after it to each person are the test. The lender wrote to one place only,
so what another choice would have brought is known where it is the same place, and expected elsewhere; both are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from postloan.people.evidence import PROXY, SOURCES, UNKNOWN_DAY, Evidence, Flags, Floats, Ints
from postloan.people.gathering import EPOCH, Gathered
from postloan.people.reach import Chances, Weights, chances
from postloan.people.situations import NAMES, Situation, situation
from postloan.people.training import train, usable

_BINS = 10
_SERVICE, _CARD, _HOME = (SOURCES.index(n) for n in ("contract_service", "id_card", "application_home"))
HABITS = ("model", "address_on_file", "newest")
"""Ways of choosing a place that are compared."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval (Wilson, 95 %).

    rate, low, high: 0 to 1, NaN where there is nothing. count: of letters.
    """

    rate: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """What one way of choosing would have brought.

    observed: arrivals of the letters that really went where it would have sent them. expected: at the first attempt,
    all test letters. second: expected within two attempts. true_first: by the hidden truth, where there is one.
    """

    observed: Rate
    expected: float
    second: float
    true_first: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Letters with like expected chances: their mean, how many arrived."""

    expected: float
    arrived: Rate


@dataclass(frozen=True, slots=True)
class Uplift:
    """What the model's choice is expected to gain over the address on file, by source or age of its choice."""

    name: str
    people: int
    model: float
    file: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """What looking back came to.

    split: letters whose outcome was known by then taught. taught, tested: letters. lines: by habit. best: share of the
    people with several test letters of whom some letter arrived. ceiling: by the truth, the best choice there is;
    NaN without truth. bins: the reliability diagram. error: expected calibration error on the test letters. proxies:
    test letters handed to a proxy, which count as not arrived. by_source, by_age: the uplift.
    """

    split: date
    taught: int
    tested: int
    lines: Mapping[str, Line]
    best: Rate
    ceiling: float
    bins: tuple[Bin, ...]
    error: float
    proxies: int
    by_source: tuple[Uplift, ...]
    by_age: tuple[Uplift, ...]


def wilson(arrived: float, count: int) -> Rate:
    """A share with its 95 % interval (Wilson 1927)."""
    if not count:
        return Rate(float("nan"), float("nan"), float("nan"), 0)
    p, z = arrived / count, 1.96
    middle = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z * np.sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return Rate(p, float(middle - half), float(middle + half), count)


def default_split(evidence: Evidence) -> date | None:
    """The day by which two in three letters were sent; None with fewer than twenty letters."""
    letters = usable(evidence)
    if len(letters) < 20:
        return None
    return EPOCH + timedelta(days=int(np.quantile(evidence.letters.sent[letters], 2 / 3)))


def backtest(gathered: Gathered, split: date, *, seed: int = 0, truth: Floats | None = None) -> Backtest:
    """Learn from letters known by ``split`` and look at those sent later.

    truth: for each place the chance that a letter sent there arrives, where the tape is synthetic.
    """
    evidence, day = gathered.evidence, (split - EPOCH).days
    letters, every = evidence.letters, usable(evidence)
    seen = np.where(letters.known == UNKNOWN_DAY, letters.sent + 30, letters.known)
    past = every[seen[every] <= day]
    later = every[letters.sent[every] > day]
    model = train(_until(evidence, past), seed=seed)
    _, at = np.unique(letters.person[later], return_index=True)
    test = later[at]
    asked = situation(_until(evidence, past), letters.person[test], letters.sent[test], model.pooled)
    found = chances(model.weights, asked)
    chosen = {name: rule(asked, found, model.weights) for name, rule in _RULES.items()}
    arrived = letters.arrived[test]
    lines = {
        name: _line(pick, asked, found, letters.place[test], arrived, truth) for name, pick in chosen.items()
    }
    written = _candidate(asked, letters.place[test])
    predicted = found.arrives[written[written >= 0]]
    bins, error = _reliability(predicted, arrived[written >= 0])
    return Backtest(
        split, len(past), len(test), lines, _hindsight(letters.person[later], letters.arrived[later]),
        _ceiling(asked, truth), bins, error, int((letters.outcome[test] == PROXY).sum()),
        *_uplifts(asked, found, chosen),
    )  # fmt: skip


def _until(evidence: Evidence, rows: Ints) -> Evidence:
    return Evidence(evidence.people, evidence.records, evidence.spots, evidence.letters.at(rows))


def _first_by(value: Floats, asked: Situation) -> Ints:
    """The candidate of each moment with the greatest value; every moment has one."""
    made: Ints = np.lexsort((asked.place, -value, asked.moment))[asked.first[:-1]]
    return made


def _by_model(asked: Situation, found: Chances, weights: Weights) -> Ints:
    return _first_by(found.arrives, asked)


def _on_file(asked: Situation, found: Chances, weights: Weights) -> Ints:
    at = NAMES.index(f"from_{SOURCES[0]}")
    has = asked.lives[:, at : at + len(SOURCES)]
    return _first_by(4.0 * has[:, _SERVICE] + 2.0 * has[:, _HOME] + has[:, _CARD], asked)


def _newest(asked: Situation, found: Chances, weights: Weights) -> Ints:
    ages = asked.lives[:, NAMES.index("newest")].astype(np.float64)
    only = np.repeat(np.diff(asked.first) == 1, np.diff(asked.first))
    return _first_by(ages + only, asked)


_RULES: Mapping[str, Callable[[Situation, Chances, Weights], Ints]] = {
    "model": _by_model, "address_on_file": _on_file, "newest": _newest,
}  # fmt: skip


def _candidate(asked: Situation, place: Ints) -> Ints:
    """The candidate that each moment's letter went to; -1 where it is none."""
    size = int(max(asked.place.max(initial=0), place.max(initial=0))) + 1
    key = asked.moment * size + asked.place
    wanted = np.arange(len(place)) * size + place
    at = np.searchsorted(key, wanted).clip(max=max(len(key) - 1, 0))
    made: Ints = np.where(key[at] == wanted, at, -1) if len(key) else np.full(len(place), -1)
    return made


def _line(
    pick: Ints, asked: Situation, found: Chances, place: Ints, arrived: Flags, truth: Floats | None
) -> Line:
    same = asked.place[pick] == place
    first = found.arrives[pick]
    # after a failure elsewhere the best of the others, by the chances as they were
    rest = found.arrives.copy()
    rest[pick] = 0
    second = np.maximum.reduceat(rest, asked.first[:-1])
    return Line(
        wilson(float(arrived[same].sum()), int(same.sum())), float(first.mean()),
        float((1 - (1 - first) * (1 - second)).mean()),
        float(truth[asked.place[pick]].mean()) if truth is not None else float("nan"),
    )  # fmt: skip


def _hindsight(person: Ints, arrived: Flags) -> Rate:
    who, at = np.unique(person, return_inverse=True)
    several = np.bincount(at) > 1
    some = np.bincount(at, arrived) > 0
    return wilson(float(some[several].sum()), int(several.sum())) if len(who) else wilson(0, 0)


def _ceiling(asked: Situation, truth: Floats | None) -> float:
    if truth is None or not len(asked.place):
        return float("nan")
    return float(np.maximum.reduceat(truth[asked.place], asked.first[:-1]).mean())


def _reliability(predicted: Floats, arrived: Flags) -> tuple[tuple[Bin, ...], float]:
    bin_of = np.minimum((predicted * _BINS).astype(np.int64), _BINS - 1)
    made, error = [], 0.0
    for k in range(_BINS):
        mine = bin_of == k
        if mine.any():
            made.append(
                Bin(float(predicted[mine].mean()), wilson(float(arrived[mine].sum()), int(mine.sum())))
            )
            error += abs(float((predicted[mine] - arrived[mine]).sum()))
    return tuple(made), error / max(len(predicted), 1)


def _uplifts(
    asked: Situation, found: Chances, chosen: Mapping[str, Ints]
) -> tuple[tuple[Uplift, ...], tuple[Uplift, ...]]:
    mine, file = chosen["model"], chosen["address_on_file"]
    at = NAMES.index(f"from_{SOURCES[0]}")
    has = asked.lives[mine][:, at : at + len(SOURCES)] > 0
    by_source = [
        _uplift(name, has[:, k], found.arrives[mine], found.arrives[file]) for k, name in enumerate(SOURCES)
    ]
    aged = asked.lives[mine][:, [NAMES.index(f"older_than_{edge:g}") for edge in (1, 4, 7)]].sum(axis=1)
    ages = ("to 1 year", "1 to 4 years", "4 to 7 years", "over 7 years")
    by_age = [
        _uplift(name, aged == k, found.arrives[mine], found.arrives[file]) for k, name in enumerate(ages)
    ]
    return tuple(u for u in by_source if u.people), tuple(u for u in by_age if u.people)


def _uplift(name: str, mine: Flags, model: Floats, file: Floats) -> Uplift:
    count = int(mine.sum())
    return Uplift(
        name, count, float(model[mine].mean()) if count else 0.0, float(file[mine].mean()) if count else 0.0
    )
