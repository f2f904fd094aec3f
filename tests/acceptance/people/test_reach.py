"""``postloan reach``: a tape folder in, places in the order of the letters out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from postloan.synth.world_tape import world_tape
from postloan.synth.worlds import World


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small world on disk, with rows that may not be used."""
    target = tmp_path_factory.mktemp("world") / "tape"
    target.mkdir()
    made = world_tape(World(people=400, lettered=0.6), seed=3)
    for name, table in made.tape.items():
        pq.write_table(table, target / f"{name}.parquet")
    pq.write_table(made.truth["places"], target.parent / "truth.parquet")
    return target


def test_places_are_ranked_and_every_lawful_row_stands_at_exactly_one_place(folder, tmp_path, postloan):
    ran = postloan("reach", "rank", folder, "--out", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    facts = ran.json()
    places = pq.read_table(tmp_path / "out" / "places.parquet")
    assert places.column_names[:5] == ["borrower_id", "place_id", "rank", "address_standard", "arrives"]
    rows = np.concatenate(places["rows"].to_pylist())
    lawful = pq.read_table(folder.parent / "truth.parquet").num_rows
    assert sorted(rows.tolist()) == list(range(lawful))  # the refused stand at the end of the file
    addresses = pq.read_table(folder / "addresses.parquet")
    owners = addresses["borrower_id"].to_pylist()
    by_borrower: dict[str, list[tuple[int, float]]] = {}
    columns = (places[n].to_pylist() for n in ("borrower_id", "rank", "arrives", "rows"))
    for borrower, rank, arrives, own in zip(*columns, strict=True):
        assert {owners[row] for row in own} == {borrower}
        by_borrower.setdefault(borrower, []).append((rank, arrives))
    for found in by_borrower.values():
        assert [rank for rank, _ in found] == list(range(1, len(found) + 1))
        assert [a for _, a in found] == sorted((a for _, a in found), reverse=True)
    assert sum(line["rows"] for line in facts["refused"]) == addresses.num_rows - lawful


def test_the_order_of_rows_changes_nothing_but_their_numbers(folder, tmp_path, postloan):
    other = tmp_path / "shuffled"
    other.mkdir()
    for path in folder.glob("*.parquet"):
        table = pq.read_table(path)
        order = np.random.default_rng(1).permutation(table.num_rows)
        pq.write_table(table.take(pa.array(order)), other / path.name)
    for source, out in ((folder, "a"), (other, "b")):
        assert postloan("reach", "rank", source, "--out", tmp_path / out, "--quiet").code == 0
    one, two = (
        pq.read_table(
            tmp_path / out / "places.parquet", columns=["borrower_id", "place_id", "rank", "arrives"]
        )
        .sort_by([("borrower_id", "ascending"), ("place_id", "ascending")])
        .to_pydict()
        for out in "ab"
    )
    assert one["borrower_id"] == two["borrower_id"]
    assert np.allclose(one["arrives"], two["arrives"], atol=0.02)
    assert np.mean(np.array(one["place_id"]) == np.array(two["place_id"])) > 0.99


def test_a_tape_without_letters_is_ranked_from_the_prior(folder, tmp_path, postloan):
    cold = tmp_path / "cold"
    cold.mkdir()
    for name in ("loans", "borrowers", "addresses"):
        (cold / f"{name}.parquet").write_bytes((folder / f"{name}.parquet").read_bytes())
    ran = postloan("reach", "rank", cold, "--out", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    assert ran.json()["letters_learned"] == 0
    assert pq.read_table(tmp_path / "out" / "places.parquet").num_rows > 0


def test_a_kept_model_does_not_learn_the_same_letters_twice(folder, tmp_path, postloan):
    model = tmp_path / "model.npz"
    assert postloan("reach", "train", folder, "--out", model, "--quiet").code == 0
    ran = postloan("reach", "rank", folder, "--model", model, "--out", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    assert ran.json()["letters_learned"] == 0


def test_a_file_that_is_no_model_is_one_clear_error(folder, tmp_path, postloan):
    wrong = tmp_path / "model.npz"
    wrong.write_text("not a model")
    ran = postloan("reach", "rank", folder, "--model", wrong, "--out", tmp_path / "out")
    assert ran.code == 2
    assert "not a reach model" in ran.err


def test_ten_thousand_people_at_one_address_are_ranked_and_reported(tmp_path, postloan):
    tape = tmp_path / "tape"
    tape.mkdir()
    who = [f"B{k}" for k in range(10_000)]
    pq.write_table(
        pa.table({"loan_id": [f"L{k}" for k in range(10_000)], "borrower_id": who, "principal": ["100.00"] * 10_000,
                  "product": ["consumer"] * 10_000, "days_overdue": [200] * 10_000}),
        tape / "loans.parquet",
    )  # fmt: skip
    text = ["四川省成都市武侯区人民路12号锦绣家园9栋2单元1103室"] * 10_000
    pq.write_table(
        pa.table({"borrower_id": who, "text": text, "source": ["application_home"] * 10_000}),
        tape / "addresses.parquet",
    )
    ran = postloan("reach", "rank", tape, "--out", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    codes = {f["code"]: f["rows"] for f in ran.json()["findings"]}
    assert codes["P009"] == 10_000
    assert pq.read_table(tmp_path / "out" / "places.parquet").num_rows == 10_000


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"source": None}, "no_provenance"),
        ({"source": "phone_book"}, "never_lawful"),
        ({"source": "手机定位"}, "never_lawful"),
        ({"source": "快递"}, "no_consent"),
        ({"source": "consented_vendor"}, "no_consent"),
        ({"source": "紧急联系人"}, "of_a_relative"),
        ({"source": "application_work"}, "workplace"),
        ({"source": "self_reported", "contested": True}, "contested"),
        ({"source": "self_reported", "text": "  "}, "empty"),
    ],
)
def test_what_may_not_be_used_is_counted_and_not_kept(row, reason, tmp_path, postloan):
    tape = tmp_path / "tape"
    tape.mkdir()
    loans = {
        "loan_id": ["L1"],
        "borrower_id": ["B1"],
        "principal": ["1.00"],
        "product": ["consumer"],
        "days_overdue": [99],
    }
    pq.write_table(pa.table(loans), tape / "loans.parquet")
    good = {
        "borrower_id": "B1",
        "text": "四川省成都市武侯区人民路12号9栋1103室",
        "source": "id_card",
        "contested": False,
    }
    pq.write_table(pa.Table.from_pylist([good, {**good, **row}]), tape / "addresses.parquet")
    ran = postloan("reach", "rank", tape, "--out", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    assert [(line["reason"], line["rows"]) for line in ran.json()["refused"]] == [(reason, 1)]
    assert pq.read_table(tmp_path / "out" / "places.parquet")["rows"].to_pylist() == [[0]]


def test_a_consented_row_of_a_courier_is_kept_as_a_vendor_with_consent(tmp_path, postloan):
    tape = tmp_path / "tape"
    tape.mkdir()
    loans = {
        "loan_id": ["L1"],
        "borrower_id": ["B1"],
        "principal": ["1.00"],
        "product": ["consumer"],
        "days_overdue": [99],
    }
    pq.write_table(pa.table(loans), tape / "loans.parquet")
    row = {
        "borrower_id": "B1",
        "text": "四川省成都市武侯区人民路12号9栋1103室",
        "source": "courier",
        "consent_id": "C9",
    }
    pq.write_table(pa.Table.from_pylist([row]), tape / "addresses.parquet")
    assert postloan("reach", "rank", tape, "--out", tmp_path / "out", "--quiet").code == 0
    assert pq.read_table(tmp_path / "out" / "places.parquet")["source_best"].to_pylist() == [
        "consented_vendor"
    ]


def test_looking_back_tells_the_model_from_the_habits_and_the_truth_from_both(folder, tmp_path, postloan):
    truth = folder.parent / "truth.parquet"
    page = tmp_path / "page.html"
    ran = postloan("reach", "backtest", folder, "--truth", truth, "--report", page, "--json")
    assert ran.code == 0, ran.err
    found = ran.json()
    lines = found["lines"]
    assert set(lines) == {"model", "address_on_file", "newest"}
    assert found["ceiling"] >= max(line["true_first"] for line in lines.values())
    assert lines["model"]["true_first"] >= lines["address_on_file"]["true_first"]
    assert sum(b["arrived"]["count"] for b in found["bins"]) == found["tested"]
    assert all(b["arrived"]["low"] <= b["arrived"]["rate"] <= b["arrived"]["high"] for b in found["bins"])
    assert "<svg" in page.read_text("utf-8")
    assert "http" not in page.read_text("utf-8")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_explanation_names_reasons_and_masks_addresses(lang, folder, postloan):
    ran = postloan("reach", "explain", folder, "--borrower", "B0000003", "--lang", lang, "--json")
    assert ran.code == 0, ran.err
    (one,) = ran.json()
    assert one["places"][0]["reasons"]
    assert all(place["address"].endswith("●●●") for place in one["places"])
    assert ("先寄" in one["advice"] or "请通过" in one["advice"]) == (lang == "zh")


def test_explaining_a_borrower_who_is_not_there_is_one_clear_error(folder, postloan):
    ran = postloan("reach", "explain", folder, "--borrower", "NOBODY")
    assert ran.code == 2
    assert "NOBODY" in ran.err


def test_a_look_back_without_letters_says_what_is_missing(folder, tmp_path, postloan):
    for name in ("loans", "addresses"):
        (tmp_path / f"{name}.parquet").write_bytes((folder / f"{name}.parquet").read_bytes())
    ran = postloan("reach", "backtest", tmp_path)
    assert ran.code == 2
    assert "fewer than twenty letters" in ran.err


def test_a_run_leaves_people_and_places_without_addresses_in_clear(folder, tmp_path, postloan):
    book = tmp_path / "book"
    ran = postloan(
        "run", folder, "--out", book, "--until", "grade", "--on", "2026-01-02", "--reach", "--quiet"
    )
    assert ran.code in (0, 1), ran.err
    people, places = (pq.read_table(book / f"{name}.parquet") for name in ("people", "places"))
    assert people.num_rows == 400
    assert {"person_id", "places", "next_place", "reached", "missing"} <= set(people.column_names)
    assert all(text.endswith("●●●") for text in places["address_standard"].to_pylist())
    page = (book / "report.html").read_text("utf-8")
    assert 'id="reach"' in page
    again = tmp_path / "again"
    assert postloan(
        "run", book, "--out", again, "--until", "grade", "--on", "2026-01-02", "--quiet"
    ).code in (0, 1)
    assert pq.read_table(again / "people.parquet").to_pydict() == people.to_pydict()
    assert 'id="reach"' in (again / "report.html").read_text("utf-8")


def test_linking_writes_persons_and_a_file_for_a_persons_eye(folder, tmp_path, postloan):
    ran = postloan("reach", "link", folder, "--out", tmp_path / "out", "--json")
    assert ran.code == 0, ran.err
    assert ran.json()["borrowers"] == ran.json()["persons"] == 400
    assert pq.read_table(tmp_path / "out" / "review.parquet").column_names[:3] == [
        "borrower_id", "other_borrower_id", "probability",
    ]  # fmt: skip
