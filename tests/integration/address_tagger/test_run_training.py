from __future__ import annotations

import json
import tarfile
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")

from postloan.address.training import recipe
from postloan.address.training.fitting import Plan
from postloan.address.training.network import Shape
from postloan.address.training.run import NAMES, read_others, run_training

OTHERS = Path(__file__).parents[2] / "data" / "address" / "other_provinces.txt"
TABLES = {
    "provinces": ("code,name", "51,四川省"),
    "cities": ("code,name", "5101,成都市"),
    "areas": ("code,name", "510107,武侯区"),
    "streets": ("code,name,areaCode,provinceCode,cityCode", "510107001,浆洗街街道,510107,51,5101"),
    "villages": (
        "code,name,streetCode,provinceCode,cityCode,areaCode",
        "1,五里村委会,510107001,51,5101,510107",
    ),
}


@pytest.fixture
def given(tmp_path):
    """A training file, a development file and a package of places, all small."""
    (tmp_path / "package" / "dist").mkdir(parents=True)
    for name, lines in TABLES.items():
        (tmp_path / "package" / "dist" / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    with tarfile.open(tmp_path / "places.tgz", "w:gz") as archive:
        archive.add(tmp_path / "package", "package")
    lines = []
    for parts in read_others(OTHERS)[:60]:
        for text, label in parts:
            lines += [f"{sign} {'I' if place else 'B'}-{label}" for place, sign in enumerate(text)]
        lines.append("")
    for name in ("train.txt", "dev.txt"):
        (tmp_path / name).write_text("\n".join(lines), "utf-8")
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """Networks and plans that train in seconds."""
    shape, plan = Shape(width=16, layers=1), Plan(epochs=1, size=32)
    swift = Plan(epochs=1, size=32, adversarial=0.3)
    monkeypatch.setattr(recipe, "CLEAN_COUNT", 100)
    for name in recipe.STUDENTS:
        monkeypatch.setitem(recipe.STUDENTS, name, (shape, Plan(epochs=1, size=32, crf=False), swift))
    for name in recipe.CLEAN:
        monkeypatch.setitem(recipe.CLEAN, name, (shape, plan))
    monkeypatch.setattr(
        recipe, "TEACHERS", ((Shape(width=16, layers=1, recurrent=True), plan), (shape, swift))
    )


def train(given: Path, out: Path) -> dict[str, float]:
    out.mkdir(exist_ok=True)
    files = {"train": given / "train.txt", "dev": given / "dev.txt", "places": given / "places.tgz"}
    return run_training(**files, out=out, seed=3, on=date(2026, 1, 2), others=OTHERS)


def test_a_training_leaves_weights_and_a_card_and_the_same_seed_leaves_the_same(given, quick, tmp_path):
    scores = train(given, tmp_path / "one")
    assert set(scores) == set(NAMES)
    card = json.loads((tmp_path / "one" / "card.json").read_text("utf-8"))
    assert (card["seed"], card["date"], set(card["models"])) == (3, "2026-01-02", set(NAMES))
    assert "seed 3" in (tmp_path / "one" / "model-card-address.md").read_text("utf-8")
    train(given, tmp_path / "two")
    for name in NAMES:
        one, two = ((tmp_path / folder / f"{name}.npz").read_bytes() for folder in ("one", "two"))
        assert one == two


def test_a_training_that_was_stopped_goes_on_with_what_is_there(given, quick, tmp_path):
    train(given, tmp_path / "out")
    before = (tmp_path / "out" / "default-fast.pt").stat().st_mtime_ns
    train(given, tmp_path / "out")
    assert (tmp_path / "out" / "default-fast.pt").stat().st_mtime_ns == before
