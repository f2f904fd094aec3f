"""Most pairs of one person's addresses are settled without reading them element by element."""

from __future__ import annotations

import numpy as np
import pytest

from postloan.people.marks import APART, SAME, UNSURE, marks, together
from postloan.people.places import MANY, grouped

HOME = "山东省淄博市博山区中山路206号东方名城2栋1单元704室"


@pytest.mark.parametrize(
    "other",
    [
        "淄博市博山区中山路206号东方名城2栋1单元704室",
        "博山区中山路206号东方名城2-1-704",
        "山东省淄博市山东省淄博市博山区中山路２０６号东方名城２号楼１单元７０４号",
        "山东省淄博市博山区中山路206号东方名城二栋一单元704室",
        "淄博市博山区东方名城2栋1单元704室",
        "山东省淄博市博山区中山路206号东方名城2栋1单元704室13912345678",
    ],
)
def test_one_place_is_known_again_in_the_ways_in_which_it_is_written(other):
    one, two = marks([HOME, other])
    assert together(one, two) == SAME
    assert together(two, one) == SAME


@pytest.mark.parametrize(
    "other",
    [
        "四川省成都市武侯区人民路12号锦绣家园9栋2单元1103室",
        "山东省淄博市博山区建设路88号丽景园5栋3单元1201室",
    ],
)
def test_plainly_different_places_stay_apart(other):
    one, two = marks([HOME, other])
    assert together(one, two) == APART


def test_neighbours_on_one_staircase_are_not_settled_by_a_glance():
    one, two = marks([HOME, "山东省淄博市博山区中山路206号东方名城2栋1单元702室"])
    assert together(one, two) == UNSURE


def test_neighbours_on_one_staircase_are_two_places_in_the_end():
    found = grouped(np.array([0, 0]), [HOME, HOME.replace("704", "1702")], 1)
    assert found.place[0] != found.place[1]


def test_places_do_not_depend_on_the_order_of_rows():
    texts = [HOME, "博山区中山路206号东方名城2-1-704", "四川省成都市武侯区人民路12号", HOME]
    forward = grouped(np.zeros(4, np.int64), texts, 1).place
    backward = grouped(np.zeros(4, np.int64), texts[::-1], 1).place[::-1]
    assert (forward[:, None] == forward).tolist() == (backward[:, None] == backward).tolist()
    assert len(set(forward.tolist())) == 2


def test_the_same_text_of_two_people_makes_a_place_for_each():
    found = grouped(np.array([0, 1]), [HOME, HOME], 2)
    assert found.place[0] != found.place[1]


def test_ten_thousand_lines_of_one_person_are_grouped_without_comparing_each_with_each():
    texts = [f"山东省淄博市博山区中山路{k}号" for k in range(10_000)]
    found = grouped(np.zeros(len(texts), np.int64), texts, 1)
    assert len(set(found.place.tolist())) == len(texts) > MANY
    assert found.unsure == 0


def test_what_is_no_address_breaks_nothing():
    found = grouped(np.array([0, 0, 0, 0]), ["", "　", "不详", "１２３\n４５６"], 1)
    assert len(found.place) == 4
