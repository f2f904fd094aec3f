from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.synth.shares import close_gap, dot, share_out

WEIGHTS = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=60)


@given(WEIGHTS, st.integers(0, 10**12), st.integers(0, 2**32))
@settings(deadline=None)
def test_shares_between_bounds_add_up_to_the_whole(weights, spare, seed):
    rng = np.random.default_rng(seed)
    count = len(weights)
    low = rng.integers(0, 100, count)
    high = low + rng.integers(0, 10**10, count)
    total = int(low.sum()) + spare % (int((high - low).sum()) + 1)

    parts = share_out(np.array(weights), total, low, high, rng)

    assert int(parts.sum()) == total
    assert (parts >= low).all()
    assert (parts <= high).all()


@given(st.integers(10, 300), st.integers(-(10**9), 10**9), st.integers(0, 2**32))
@settings(deadline=None)
def test_what_is_left_of_a_gap_is_what_the_values_did_not_gain(count, gap, seed):
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 10**7, count)
    values = rng.integers(100, 1_000, count)
    before = dot(values, weights)
    low, high = np.full(count, 50), np.full(count, 2_000)

    left = close_gap(values, weights, gap, low, high, rng, within=10)

    assert dot(values, weights) - before == gap - left
    assert (values >= low).all()
    assert (values <= high).all()


def test_a_sum_of_products_beyond_64_bits_is_exact():
    left = np.full(70_000, 4 * 10**7, dtype=np.int64)
    right = np.full(70_000, 10**10 + 7, dtype=np.int64)

    assert dot(left, right) == 70_000 * 4 * 10**7 * (10**10 + 7)
