from __future__ import annotations

from collections import Counter

from postloan.address import known_codes, region_of
from postloan.kernel import age_on
from postloan.tape.identity import read_identity


def test_every_identity_number_checks_and_says_what_the_row_says(ant):
    for row in ant.tape["borrowers"].slice(0, 2_000).to_pylist():
        if row["id_number"]:
            identity = read_identity(row["id_number"])
            assert identity is not None
            assert (identity.born_on, identity.sex) == (row["born_on"], row["sex"])
            assert identity.county_code in known_codes()


def test_identity_numbers_are_distinct_and_some_counties_are_abolished(ant):
    numbers = [n for n in ant.tape["borrowers"]["id_number"].to_pylist() if n]
    regions = [region_of(number[:6]) for number in numbers]

    assert len(set(numbers)) == len(numbers)
    assert 0.005 < sum(not r.current for r in regions if r) / len(numbers) < 0.2


def test_nobody_borrowed_before_18(ant):
    born = dict(zip(*(ant.tape["borrowers"][n].to_pylist() for n in ("borrower_id", "born_on")), strict=True))

    loans = ant.tape["loans"]
    for borrower, start in zip(
        loans["borrower_id"].to_pylist(), loans["originated_on"].to_pylist(), strict=True
    ):
        assert age_on(born[borrower], start) >= 18


def test_the_truth_knows_pairs_of_borrower_numbers_that_are_one_person(ant):
    persons = ant.truth["persons"].to_pylist()
    times = Counter(row["person_id"] for row in persons)
    twice = {person for person, count in times.items() if count == 2}
    by_borrower = {row["borrower_id"]: row for row in ant.tape["borrowers"].to_pylist()}

    assert set(times.values()) == {1, 2}
    assert 10 < len(twice) < 200
    for row in persons:
        if row["person_id"] in twice:
            seen = by_borrower[row["borrower_id"]]
            assert (seen["name"], seen["born_on"]) == (row["name"], row["born_on"])


def test_a_home_points_to_the_address_row_that_is_good(ant):
    addresses = ant.tape["addresses"].to_pylist()
    homes = ant.truth["homes"].to_pylist()
    good = [home for home in homes if home["address_row"]]

    assert len(homes) == ant.tape["borrowers"].num_rows
    assert 0.3 < len(good) / len(homes) < 0.7
    assert all(addresses[home["address_row"] - 1]["borrower_id"] == home["borrower_id"] for home in good)
    assert not set(ant.tape) & set(ant.truth)


def test_letters_arrive_about_three_times_in_ten(ant):
    outcomes = Counter(ant.tape["letters"]["outcome"].to_pylist())
    sent = sum(outcomes.values())
    signed = sum(count for outcome, count in outcomes.items() if outcome.startswith("delivered"))

    assert 0.25 < signed / sent < 0.35
    assert 0.02 < outcomes["refused"] / sent < 0.06
    assert 0.28 < (outcomes["returned_unknown"] + outcomes["returned_moved"]) / sent < 0.40


def test_addresses_carry_the_errors_of_a_real_file(ant):
    texts = ant.tape["addresses"]["text"].to_pylist()
    digits = sum(sum(c.isdigit() for c in text[-11:]) == 11 for text in texts)  # a telephone stuck on

    assert 0.02 < digits / len(texts) < 0.09
    assert sum(len(text) <= 9 for text in texts) / len(texts) > 0.01
    assert len(set(texts)) > len(texts) / 2
