from __future__ import annotations

import pytest

from postloan.address import parse
from postloan.address.evaluate_divisions import Share, bare, drawn, on_drawn, on_labelled

GOLD = [
    [
        ("浙江省", "prov"),
        ("杭州市", "city"),
        ("西湖区", "district"),
        ("文新街道", "town"),
        ("文三路", "road"),
    ],
    [("义乌市", "district"), ("城店南路", "road")],
    [("上海", "city"), ("浦东", "district"), ("碧波路", "road")],
    [("人民路", "road"), ("12号", "roadno")],
]


def read(rows: list[list[tuple[str, str]]]):
    return parse(["".join(text for text, _ in parts) for parts in rows], "divisions")


def test_a_parser_that_finds_every_level_is_right_in_all_of_them():
    shares = on_labelled(GOLD, read(GOLD))

    assert shares == {
        "prov": Share(1, 1),
        "city": Share(2, 2),
        "district": Share(3, 3),
        "town": Share(1, 1),
        "joint": Share(3, 3),
        "completed": Share(2, 2),
        "guessed": Share(0, 1),
    }


def test_what_is_missed_or_guessed_is_counted():
    other = [[("宁波市", "city"), ("海曙区", "district")], *GOLD[1:3], [("温州市", "city")]]
    shares = on_labelled(GOLD, read(other))

    assert shares["prov"] == Share(0, 1)
    assert shares["joint"] == Share(2, 3)
    assert shares["guessed"] == Share(1, 1)


@pytest.mark.parametrize(
    ("name", "short"), [("浙江省", "浙江"), ("义乌市", "义乌"), ("忠县", "忠县"), ("文新街道", "文新")]
)
def test_a_level_is_compared_without_its_word(name, short):
    assert bare(name) == short


def test_drawn_addresses_are_of_every_province_and_the_same_for_a_seed():
    addresses = drawn(640, 7)

    assert addresses == drawn(640, 7) != drawn(640, 8)
    assert len({address.county[:2] for address in addresses}) >= 31
    assert all(address.county in address.fits for address in addresses)


def test_nearly_all_drawn_counties_are_found_and_none_of_several_is_picked():
    addresses = drawn(1_600, 3)
    shares = on_drawn(addresses, parse([address.text for address in addresses], "divisions"))

    assert shares["county"].percent >= 99
    assert shares["completed"].percent >= 99.6
    assert shares["picked"].percent <= 2.5
