from __future__ import annotations

import pytest

from postloan.address.evaluate import compare, evaluate, read_labelled
from postloan.kernel import InputError

GOLD = [[("杭州市", "city"), ("文三路", "road")], [("5号", "roadno")]]


def test_a_span_counts_only_with_both_ends_and_the_label_right():
    found = compare(GOLD, [(0, 0, 3, "city"), (0, 3, 5, "road"), (1, 0, 2, "houseno")])
    assert (found.overall.right, found.overall.found, found.overall.gold) == (1, 3, 3)
    assert found.by_label["city"].f1 == 1
    assert found.by_label["road"].recall == 0
    assert found.by_label["houseno"].precision == 0
    assert (found.exact, found.size) == (0, 2)


def test_all_right_is_a_score_of_one():
    found = compare(GOLD, [(0, 0, 3, "city"), (0, 3, 6, "road"), (1, 0, 2, "roadno")])
    assert (found.overall.f1, found.exact) == (1, 2)


def test_a_labelled_file_comes_apart_into_addresses():
    assert read_labelled("杭 B-city\n州 I-city\n5 B-roadNo\n\n\n路 B-road") == [
        [("杭州", "city"), ("5", "roadno")],
        [("路", "road")],
    ]


@pytest.mark.parametrize("line", ["杭州", "杭 X-city", "杭 B-planet", " B-city"])
def test_a_line_of_another_form_is_refused_with_its_number(line):
    with pytest.raises(InputError, match="line 2"):
        read_labelled(f"路 B-road\n{line}\n")


@pytest.mark.parametrize("mode", ["accurate", "fast"])
@pytest.mark.parametrize("weights", ["default", "clean"])
def test_every_set_of_weights_labels_plain_addresses(mode, weights):
    plain = ["四川省|prov", "成都市|city", "武侯区|district", "人民南路|road", "12号|roadno"]
    found = evaluate([[tuple(part.split("|")) for part in plain]], mode, weights)
    assert found.overall.f1 > 0.9
