"""The best path through a tied CRF for a whole batch at once, in numpy.

States are (label, opens a span) and (label, goes on). A new span may follow any label, so the best predecessor
depends on the label only; a span goes on only with its own label, so that step needs no search.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from postloan.address.tagger.labels import N_LABELS

Floats: TypeAlias = npt.NDArray[np.float32]
Tags: TypeAlias = npt.NDArray[np.int64]
_NEVER = np.float32(-1e9)
_FEW = 48  # texts, below which one large sum is faster than many small ones


def viterbi(scores: Floats, first: npt.NDArray[np.bool_], crf: Mapping[str, npt.NDArray[Any]]) -> Tags:
    """The best tag of every token: its label, plus 21 where a span goes on.

    scores: [token, 42], texts one after the other. first: whether a token opens its text.
    """
    if not len(scores):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(first)
    lengths = np.diff(np.append(starts, len(scores)))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    longest = int(lengths[0])
    # how many texts, the longest first, still have a token at each position
    alive = np.searchsorted(-lengths, -np.arange(longest), side="left")
    return _best_paths(scores, starts, lengths, alive, crf)


def _reach(top: Floats, step: Floats, into: Floats, through: Floats) -> Floats:
    """The best score with which a new span of each label can begin: [to, text]."""
    if into.shape[1] < _FEW:
        found: Floats = (top[:, None, :] + step[:, :, None]).max(0)
        return found
    np.add(top[0], step[0][:, None], out=into)
    for origin in range(1, N_LABELS):
        np.add(top[origin], step[origin][:, None], out=through)
        np.maximum(into, through, out=into)
    return into


def _best_paths(
    scores: Floats, starts: Tags, lengths: Tags, alive: Tags, crf: Mapping[str, npt.NDArray[Any]]
) -> Tags:
    """Forward with maxima alone; who the maximum came from is asked again on the way back, of one label only."""
    n, longest = len(starts), len(alive)
    step = crf["step"].astype(np.float32)  # [from, to]
    either: list[Floats] = []  # of the token before, for the texts that still go on
    was_inside: list[npt.NDArray[np.bool_]] = []
    stayed_inside: list[npt.NDArray[np.bool_]] = []
    here = scores[starts].T
    at_open = crf["begin"][:, None] + here[:N_LABELS]
    at_inside = np.full_like(at_open, _NEVER)
    stay_first, stay = crf["stay_first"][:, None], crf["stay"][:, None]
    reach, best = np.empty((2, N_LABELS, n), np.float32)
    for t in range(1, longest):
        m = int(alive[t])
        here = scores[starts[:m] + t].T
        a, b = at_open[:, :m], at_inside[:, :m]
        top: Floats = np.maximum(a, b)
        either.append(top)
        was_inside.append(b > a)
        into = _reach(top, step, best[:, :m], reach[:, :m])
        c, d = a + stay_first, b + stay
        stayed_inside.append(d > c)
        np.add(into, here[:N_LABELS], out=a)
        np.add(np.maximum(c, d), here[N_LABELS:], out=b)
    total = np.maximum(at_open, at_inside) + crf["end"][:, None]
    label = total.argmax(0)
    inside_now = (at_inside > at_open)[label, np.arange(n)]
    tags = np.empty(len(scores), np.int64)
    for t in range(longest - 1, -1, -1):
        m = int(alive[t])
        who = np.arange(m)
        now, inside = label[:m].copy(), inside_now[:m].copy()
        tags[starts[:m] + t] = now + np.where(inside, N_LABELS, 0)
        if t:
            previous = (either[t - 1] + step[:, now]).argmax(0)
            inside_now[:m] = np.where(
                inside, stayed_inside[t - 1][now, who], was_inside[t - 1][previous, who]
            )
            label[:m] = np.where(inside, now, previous)
    return tags
