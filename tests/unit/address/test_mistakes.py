"""Kinds of mistakes are told apart: another label, cut in two, taken for one, other ends."""

from __future__ import annotations

from postloan.address.mistakes import mistakes

GOLD = [[("文一路", "road"), ("华星大厦", "poi"), ("3幢", "houseno")]]


def kinds(*spans):
    found = mistakes(GOLD, [(0, *span) for span in spans])
    return dict(found.kinds), found.worst


def test_what_is_right_is_no_mistake():
    assert kinds((0, 3, "road"), (3, 7, "poi"), (7, 9, "houseno")) == ({}, ())


def test_the_right_ends_under_another_label_are_a_confusion():
    assert kinds((0, 3, "road"), (3, 7, "subpoi"), (7, 9, "houseno"))[0] == {"poi > subpoi": 1}


def test_one_part_cut_in_two_and_two_taken_for_one_are_told_apart():
    assert kinds((0, 3, "road"), (3, 5, "poi"), (5, 7, "subpoi"), (7, 9, "houseno"))[0] == {
        "poi = poi + subpoi": 1
    }
    assert kinds((0, 7, "poi"), (7, 9, "houseno"))[0] == {"road + poi = poi": 1}


def test_other_ends_are_counted_once_for_the_whole_stretch():
    assert kinds((0, 4, "road"), (4, 7, "poi"), (7, 9, "houseno"))[0] == {"road + poi ~": 1}


def test_the_worst_address_shows_both_readings():
    worst = kinds((0, 9, "poi"))[1][0]
    assert worst.wrong == 4
    assert worst.found == (("文一路华星大厦3幢", "poi"),)
    assert worst.gold[1] == ("华星大厦", "poi")
