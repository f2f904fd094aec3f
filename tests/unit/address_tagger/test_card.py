from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from postloan.address.training.card import render

WEIGHTS = files("postloan.address.tagger") / "weights"
PAGE = Path(__file__).parents[3] / "docs" / "model-card-address.md"


def test_the_model_card_is_what_the_training_wrote():
    assert PAGE.read_text("utf-8") == render(json.loads((WEIGHTS / "card.json").read_text("utf-8")))


def test_the_card_tells_the_size_of_every_set_of_weights_that_is_shipped():
    models = json.loads((WEIGHTS / "card.json").read_text("utf-8"))["models"]
    shipped = {path.name for path in WEIGHTS.iterdir() if path.name.endswith(".npz")} - {"lexicon.npz"}
    assert {f"{name}.npz" for name in models} == shipped
    for name, model in models.items():
        assert len((WEIGHTS / f"{name}.npz").read_bytes()) == model["bytes"]


def test_all_weights_together_stay_below_ten_megabytes():
    assert sum(len(path.read_bytes()) for path in WEIGHTS.iterdir()) < 10_000_000
