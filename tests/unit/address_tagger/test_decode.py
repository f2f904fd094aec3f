from __future__ import annotations

import itertools

import numpy as np
import pytest

from postloan.address.tagger.decode import viterbi
from postloan.address.tagger.labels import N_LABELS

NAMES = ("begin", "stay_first", "stay", "end")


def random_crf(random: np.random.Generator) -> dict[str, np.ndarray]:
    crf = {name: random.normal(size=N_LABELS).astype(np.float32) for name in NAMES}
    return {**crf, "step": random.normal(size=(N_LABELS, N_LABELS)).astype(np.float32)}


def path_score(tags: tuple[int, ...], scores: np.ndarray, crf: dict[str, np.ndarray]) -> float:
    total = float(scores[np.arange(len(tags)), list(tags)].sum())
    if tags[0] >= N_LABELS:
        return -np.inf
    total += float(crf["begin"][tags[0]] + crf["end"][tags[-1] % N_LABELS])
    for before, now in itertools.pairwise(tags):
        label = now % N_LABELS
        if now < N_LABELS:
            total += float(crf["step"][before % N_LABELS, label])
        elif before % N_LABELS != label:
            return -np.inf
        else:
            total += float(crf["stay_first" if before < N_LABELS else "stay"][label])
    return total


@pytest.mark.parametrize("seed", range(3))
def test_the_path_found_is_the_best_of_all_paths(seed):
    random = np.random.default_rng(seed)
    crf, scores = random_crf(random), random.normal(size=(3, 2 * N_LABELS)).astype(np.float32)
    best = max(
        itertools.product(range(2 * N_LABELS), repeat=3), key=lambda tags: path_score(tags, scores, crf)
    )
    assert tuple(viterbi(scores, np.array([True, False, False]), crf)) == best


@pytest.mark.parametrize("texts", [1, 7, 300])
def test_a_text_in_a_batch_has_the_path_that_it_has_alone(texts):
    random = np.random.default_rng(5)
    crf, lengths = random_crf(random), random.integers(1, 30, texts)
    scores = random.normal(size=(int(lengths.sum()), 2 * N_LABELS)).astype(np.float32)
    starts = np.cumsum(lengths) - lengths
    first = np.zeros(len(scores), np.bool_)
    first[starts] = True
    together = viterbi(scores, first, crf)
    for start, length in zip(starts[:40], lengths[:40], strict=True):
        part = slice(start, start + length)
        assert (together[part] == viterbi(scores[part], first[part], crf)).all()


def test_nothing_to_decode_is_nothing():
    assert (
        len(
            viterbi(np.zeros((0, 42), np.float32), np.zeros(0, np.bool_), random_crf(np.random.default_rng()))
        )
        == 0
    )
