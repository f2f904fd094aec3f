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
    step = crf["step"]  # [from, to]
    # tokens by their place in the text, then by text: every step below reads and writes one stretch
    reached = np.concatenate(([0], np.cumsum(alive)))
    place = np.repeat(np.arange(longest), alive)
    token = starts[np.arange(len(scores)) - reached[place]] + place
    along = np.ascontiguousarray(scores[token].T)
    # of the token before, for the texts that still go on
    either = np.empty((N_LABELS, len(scores)), np.float32)
    was_inside = np.empty((N_LABELS, len(scores)), np.bool_)
    stayed_inside = np.empty((N_LABELS, len(scores)), np.bool_)
    at_open = crf["begin"][:, None] + along[:N_LABELS, :n]
    at_inside = np.full_like(at_open, _NEVER)
    stay_first, stay = crf["stay_first"][:, None], crf["stay"][:, None]
    reach, best = np.empty((2, N_LABELS, n), np.float32)
    stops = reached.tolist()
    for t in range(1, longest):
        since, until = stops[t], stops[t + 1]
        m = until - since
        a, b = at_open[:, :m], at_inside[:, :m]
        top = either[:, since:until]
        np.maximum(a, b, out=top)
        np.greater(b, a, out=was_inside[:, since:until])
        into = _reach(top, step, best[:, :m], reach[:, :m])
        c, d = a + stay_first, b + stay
        np.greater(d, c, out=stayed_inside[:, since:until])
        np.add(into, along[:N_LABELS, since:until], out=a)
        np.add(np.maximum(c, d, out=c), along[N_LABELS:, since:until], out=b)
    total = np.maximum(at_open, at_inside) + crf["end"][:, None]
    every = np.arange(n)
    label = total.argmax(0)
    inside_now = (at_inside > at_open)[label, every]
    path = np.empty(len(scores), np.int64)
    for t in range(longest - 1, -1, -1):
        since, until = stops[t], stops[t + 1]
        m = until - since
        now, inside = label[:m], inside_now[:m].copy()
        np.add(now, N_LABELS * inside, out=path[since:until])
        if t:
            inside_now[:m] = stayed_inside[now, every[:m] + since]
            opens = np.flatnonzero(~inside)
            at = opens + since
            previous = (either[:, at] + step[:, now[opens]]).argmax(0)
            label[opens] = previous
            inside_now[opens] = was_inside[previous, at]
    tags = np.empty(len(scores), np.int64)
    tags[token] = path
    return tags
