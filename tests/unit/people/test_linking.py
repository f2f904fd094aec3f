"""Records are joined to persons where that is plain, and shown to a person where it is not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from postloan.people.linking import COMPARED, chance_agreement, explained, link

COLUMNS = ("record_id", "name", "id_number", "born_on", "phone", "area", "valid", "born_differs")


def records(*rows):
    made = [
        {"name": "王伟", "born_on": "1990-01-01", "phone": None, "area": None, "born_differs": False, **row}
        for row in rows
    ]
    return pa.table({name: [row.get(name) for row in made] for name in COLUMNS})


def finder(*pairs):
    """Answers these pairs: (left, right, probability)."""

    def find(_records):
        return pa.table(
            {"record_l": [a for a, _, _ in pairs], "record_r": [b for _, b, _ in pairs],
             "probability": pa.array([p for *_, p in pairs], pa.float64())}
        )  # fmt: skip

    return find


def row(record, number=None, **more):
    return {"record_id": record, "id_number": number, "valid": number is not None, **more}


def test_the_same_valid_number_is_one_person_without_comparing():
    found = link(records(row("a", "1"), row("b", "2"), row("c", "1")), finder())
    assert list(found.person) == ["a", "b", "a"]


def test_a_record_without_a_number_joins_the_one_it_plainly_belongs_to():
    found = link(records(row("a", "1"), row("b"), row("c", "2")), finder(("a", "b", 0.999)))
    assert list(found.person) == ["a", "a", "c"]
    assert found.joined == 1


def test_two_valid_numbers_are_never_joined_through_a_third_record():
    pairs = (("a", "b", 0.9999999), ("b", "c", 0.97))
    found = link(records(row("a", "1"), row("b"), row("c", "2")), finder(*pairs))
    assert found.person[0] != found.person[2]
    assert list(found.why) == ["between"]


def test_a_record_that_fits_two_people_equally_is_left_to_a_person():
    pairs = (("a", "b", 0.99), ("b", "c", 0.99))
    found = link(records(row("a", "1"), row("b"), row("c", "2")), finder(*pairs))
    assert list(found.person) == ["a", "b", "c"]
    assert list(found.why) == ["between", "between"]


def test_a_likely_pair_is_shown_and_not_guessed():
    found = link(records(row("a", "1"), row("b")), finder(("a", "b", 0.7)))
    assert list(found.person) == ["a", "b"]
    assert [(found.left[0], found.right[0], found.why[0])] == [(0, 1, "likely")]


def test_two_dates_of_birth_for_one_number_are_shown():
    found = link(records(row("a", "1"), row("b", "1", born_differs=True)), finder())
    assert list(found.person) == ["a", "a"]
    assert list(found.why) == ["birth"]


@pytest.mark.parametrize("seed", range(5))
def test_persons_do_not_depend_on_the_order_of_rows(seed):
    rng = np.random.default_rng(seed)
    names = [f"r{k:02}" for k in range(30)]
    made = records(*(row(name, str(k % 9) if k % 3 else None) for k, name in enumerate(names)))
    pairs = []
    for _ in range(40):
        a, b = sorted(rng.choice(30, 2, replace=False))
        if made["valid"][a].as_py() and made["valid"][b].as_py():
            continue
        pairs.append((names[a], names[b], float(rng.random())))
    one = link(made, finder(*pairs))
    shuffled = made.take(pa.array(rng.permutation(30)))
    two = link(shuffled, finder(*[pairs[k] for k in rng.permutation(len(pairs))]))
    assert list(one.person) == list(two.person)
    assert list(one.why) == list(two.why)


def test_how_often_chance_agrees_is_counted_among_different_people():
    rows = [row(f"r{k:04}", str(k), name=f"n{k % 10}", born_on=str(k)) for k in range(1_000)]
    found = chance_agreement(records(*rows))
    assert found["name"][0] == pytest.approx(0.1, rel=0.02)
    assert all(sum(u) == pytest.approx(1, abs=1e-4) for u in found.values())


def test_a_link_is_explained_in_both_languages():
    levels = {compared.field: 0 for compared in COMPARED} | {"phone": -1, "id_number": 1}
    assert (
        explained(levels)
        == "name the same; identity number one slip; date of birth the same; address the same"
    )
    assert explained(levels, "zh") == "姓名相同；证件号码差一位；出生日期相同；地址相同"
