from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")

from postloan.address.tagger.model import Tagger, packaged_featuriser  # noqa: E402
from postloan.address.tagger.net import Net  # noqa: E402
from postloan.address.training.card import Card, render  # noqa: E402
from postloan.address.training.corpus import encode  # noqa: E402
from postloan.address.training.export import arrays_of, calibrate  # noqa: E402
from postloan.address.training.fitting import Plan, Trained, fit, flat_scores  # noqa: E402
from postloan.address.training.network import Network, Shape, TiedCrf  # noqa: E402
from postloan.address.training.run import measure, read_others  # noqa: E402

OTHERS = Path(__file__).parents[2] / "data" / "address" / "other_provinces.txt"
SMALL = Shape(width=32, layers=2, dropout=0.1, dilations=(1, 2))


@pytest.fixture(scope="module")
def addresses():
    return read_others(OTHERS)


def trained(addresses, epochs: int = 8) -> Trained:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    featuriser = packaged_featuriser()
    data = encode(addresses, featuriser)
    start = Trained(Network(featuriser.n_ids, SMALL), TiedCrf())
    return fit(start, Plan(epochs=epochs, size=16, rate=1e-2, look_from=9), lambda _: [data], lambda _: 0.0)


@pytest.fixture(scope="module")
def small(addresses):
    return trained(addresses)


def test_the_exported_weights_score_as_the_network_does(small, addresses):
    data = encode(addresses, packaged_featuriser())
    difference = np.abs(flat_scores(small.network, data) - Net(arrays_of(small)).scores(data.features))
    assert difference.max() < 0.35  # eight-bit tables
    assert difference.mean() < 0.03


def test_the_same_seed_gives_the_same_weights(small, addresses):
    again = arrays_of(trained(addresses))
    assert all((again[name] == values).all() for name, values in arrays_of(small).items())


def test_training_learns_what_it_is_shown_and_the_card_says_so(small, addresses):
    arrays = arrays_of(small)
    calibrate(arrays, packaged_featuriser(), addresses)
    found = measure(Tagger(packaged_featuriser(), arrays), addresses)
    assert found.overall.f1 > 0.7
    card = Card(date="2026-01-01", seed=1, train=9, dev=len(addresses))
    card.add("default-accurate", 1234, {"dev": found})
    assert f"{100 * found.overall.f1:.2f}" in render(card.to_json())


def test_the_crf_sums_over_all_paths():
    torch.manual_seed(2)
    crf, scores, mask = TiedCrf(), torch.randn(1, 2, 42), torch.ones(1, 2)
    for value in crf.parameters():
        torch.nn.init.normal_(value)
    legal = [(a, b) for a, b in itertools.product(range(42), repeat=2) if a < 21 and (b < 21 or b - 21 == a)]
    paths = torch.stack([crf.path(scores, torch.tensor([tags]), mask)[0] for tags in legal])
    assert crf.log_z(scores, mask).item() == pytest.approx(torch.logsumexp(paths, 0).item(), abs=1e-3)
    assert crf.marginals(scores, mask).sum().item() == pytest.approx(2.0, abs=1e-3)
