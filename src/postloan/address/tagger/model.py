"""The tagger whole: features, network, decoding, and how sure it is of each span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from postloan.address.tagger.decode import Floats, viterbi
from postloan.address.tagger.features import Features, Featuriser
from postloan.address.tagger.labels import INDEX, N_LABELS, REDUNDANT
from postloan.address.tagger.lexicon import Lexicon
from postloan.address.tagger.net import Net
from postloan.address.tagger.tokens import Ints
from postloan.kernel import InputError

Mode = Literal["accurate", "fast"]
Weights = Literal["default", "clean"]
LONGEST_TEXT = 400
"""Characters of a text that are read; no address is longer."""
_ONCE = tuple(INDEX[label] for label in ("prov", "city", "district"))


@dataclass(frozen=True, slots=True)
class Spans:
    """Labelled spans of a batch, one entry each, in order of row and place.

    row: number of the text. start, end: characters of that text. label: index into ``LABELS``. confidence: how
    likely the span is right, 0 to 1.
    """

    row: Ints
    start: Ints
    end: Ints
    label: Ints
    confidence: Floats


class Tagger:
    """Labels addresses; may be shared by threads.

    featuriser: what is seen of a text. arrays: the weights as ``training.export`` writes them.
    """

    def __init__(self, featuriser: Featuriser, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        self._featuriser = featuriser
        self._net = Net(arrays)
        names = ("step", "begin", "stay_first", "stay", "end")
        self._crf = {name: arrays[f"crf_{name}"].astype(np.float32) for name in names}
        self._sure_from = arrays["calibration_from"].astype(np.float32)
        self._sure_to = arrays["calibration_to"].astype(np.float32)

    def tag(self, texts: Sequence[str]) -> Spans:
        """Spans of every text; they cover the first 400 characters of it without gaps."""
        if not any(texts):
            return _no_spans()
        features = self._featuriser([text[:LONGEST_TEXT] for text in texts])
        scores = self._net.scores(features)
        tags = viterbi(scores, features.tokens.first, self._crf)
        return self._spans(features, scores, tags)

    def _spans(self, features: Features, scores: Floats, tags: Ints) -> Spans:
        tokens = features.tokens
        begins = np.flatnonzero((tags < N_LABELS) | tokens.first)
        last = np.append(begins[1:], len(tags)) - 1
        row = tokens.row[begins]
        offset = tokens.text_start[row]
        label = tags[begins] % N_LABELS
        label = _one_of_each(row, label)
        return Spans(
            row=row,
            start=tokens.start[begins] - offset,
            end=tokens.start[last] + tokens.length[last] - offset,
            label=label,
            confidence=self._confidence(scores, tags, begins, row),
        )

    def _confidence(self, scores: Floats, tags: Ints, begins: Ints, row: Ints) -> Floats:
        """The least probability of a token in the span or of the next span's first, as the calibration reads it."""
        spread = scores - scores.max(1, keepdims=True)
        odds = spread[np.arange(len(tags)), tags]
        odds -= np.log(np.exp(spread, out=spread).sum(1))
        least = np.minimum.reduceat(odds, begins)
        after = np.zeros(len(begins), np.float32)
        after[:-1] = np.where(row[1:] == row[:-1], odds[begins[1:]], 0.0)
        return np.interp(np.minimum(least, after), self._sure_from, self._sure_to).astype(np.float32)


def _no_spans() -> Spans:
    none = np.zeros(0, np.int64)
    return Spans(none, none, none, none, np.zeros(0, np.float32))


def _one_of_each(row: Ints, label: Ints) -> Ints:
    """An address has one province, one prefecture and one county; earlier ones of a repeated level are redundant."""
    label = label.copy()
    for level in _ONCE:
        at = np.flatnonzero(label == level)
        earlier = at[:-1][row[at[:-1]] == row[at[1:]]]
        label[earlier] = REDUNDANT
    return label


@cache
def packaged_featuriser() -> Featuriser:
    """The featuriser with the lexicon that postloan ships."""
    with (files(__package__) / "weights" / "lexicon.npz").open("rb") as file, np.load(file) as packed:
        return Featuriser(Lexicon(packed["entries"], packed["counts"]), packed["known"], packed["pairs"])


@cache
def packaged_folds() -> dict[int, int]:
    """The characters that are read as another one, for ``str.translate``."""
    with (files(__package__) / "weights" / "lexicon.npz").open("rb") as file, np.load(file) as packed:
        return dict(packed["pairs"].tolist())


@cache
def load_tagger(mode: Mode = "accurate", weights: Weights = "default") -> Tagger:
    """The tagger that postloan ships in this mode with these weights."""
    if mode not in ("accurate", "fast") or weights not in ("default", "clean"):
        raise InputError(
            what=f"there is no tagger {mode!r} with weights {weights!r}",
            where="address",
            mend="Use mode accurate or fast, and weights default or clean.",
        )
    with (
        (files(__package__) / "weights" / f"{weights}-{mode}.npz").open("rb") as file,
        np.load(file) as packed,
    ):
        return Tagger(packaged_featuriser(), dict(packed))
