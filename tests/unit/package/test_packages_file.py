from decimal import Decimal

import pytest

from postloan.market.package import BadPackageFile, read_packages

GOOD = """
packages:
  - name: loss-2025
    seller: 甲消费金融有限公司
    period: 2026年第1期
    template: old
    select:
      products: [consumer]
      grades: [loss]
      days_overdue: {from: 361, to: 2000}
      regions: [浙江省]
      balance: {from: 100.00, to: 200000.00}
      max_share_per_borrower: 0.01
      size: {total_at_most: 500000000.00, order: oldest}
    terms: {start_price: 50200000.00, extension_minutes: 5}
  - name: rest
"""


def test_a_packages_file_says_what_to_take():
    loss, rest = read_packages(GOOD, where="packages.yaml")
    assert loss.select.days_from == 361
    assert loss.select.max_share == Decimal("0.01")
    assert loss.select.order == "oldest"
    assert loss.terms["start_price"] == 50200000.00
    assert rest.select.grades == ()
    assert rest.template == "new"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("packages: [", "line 1"),
        ("[]", "list of packages"),
        ("packages: []", "list of packages"),
        ("packages: [{name: a}, {name: a}]", "two packages are called a"),
        ("packages: [{name: ../x}]", "no name for a folder"),
        ("packages: [{}]", "no name for a folder"),
        ("packages: [{name: a, template: 2024}]", "old or new"),
        ("packages: [{name: a, selekt: {}}]", "Did you mean 'select'"),
        ("packages: [{name: a, select: {grade: [loss]}}]", "Did you mean 'grades'"),
        ("packages: [{name: a, select: {grades: loss}}]", "no list of words"),
        ("packages: [{name: a, select: {days_overdue: {from: many}}}]", "no number"),
        ("packages: [{name: a, select: {days_overdue: {from: 1.5}}}]", "no whole number"),
        ("packages: [{name: a, select: {max_share_per_borrower: 5}}]", "between 0 and 1"),
        ("packages: [{name: a, select: {size: {order: random}}}]", "tape, largest"),
        ("packages: [{name: a, terms: {price: 5}}]", "not known"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place_and_how_to_mend_it(text, words):
    with pytest.raises(BadPackageFile, match=words) as caught:
        read_packages(text, where="packages.yaml")
    assert "packages.yaml" in str(caught.value)
    assert "组包文件 packages.yaml" in caught.value.message("zh")
