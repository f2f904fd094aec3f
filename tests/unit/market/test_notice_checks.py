"""What must hold inside a notice is checked with the slack that rounding allows, and no more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from report_book import notice

from postloan.market import Notice
from postloan.market.notice_checks import held_in


def failing(n: Notice) -> set[str]:
    return {check.name for check in held_in(n) if not check.holds}


def sound(**changes: object) -> Notice:
    return replace(notice(), **({"litigation": {"未诉": 4_000}} | changes))  # type: ignore[arg-type]


def test_a_sound_notice_passes_every_check() -> None:
    checks = list(held_in(sound()))
    assert {c.name for c in checks} >= {"adds_up", "average", "borrowers_in_loans", "five_class", "largest"}
    assert failing(sound()) == set()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"interest": Decimal("1002300.06")}, "adds_up"),
        ({"principal": Decimal("5012500.16"), "interest": None}, "principal_in_total"),
        ({"borrowers": 4_001, "avg_borrower": None}, "borrowers_in_loans"),
        ({"five_class": {"损失": 3_000, "可疑": 999}}, "five_class"),
        ({"avg_borrower": Decimal("1670.90")}, "average"),
        ({"max_borrower": Decimal("5012500.16")}, "largest"),
        ({"start_price": Decimal("2.00"), "sold_price": Decimal("1.99")}, "sold_at_least_start"),
    ],
)
def test_one_wrong_figure_fails_its_own_check(changes: dict[str, object], name: str) -> None:
    assert failing(sound(**changes)) == {name}


def test_a_rounded_press_figure_is_allowed_half_its_last_digit() -> None:
    press = Notice(
        id="x", principal=Decimal(980_000_000), interest=Decimal(200_000_000), total=Decimal(1_179_000_000),
        tolerance={"principal": Decimal(5_000_000), "interest": Decimal(5_000_000), "total": Decimal(500_000)},
    )  # fmt: skip
    assert failing(press) == set()
    assert failing(replace(press, tolerance={})) == {"adds_up"}


def test_a_mere_bound_is_not_held_against_the_notice() -> None:
    bound = Notice(
        id="x", principal=Decimal(2), interest=Decimal(1), total=Decimal(1), tolerance={"total": None}
    )
    assert list(held_in(bound)) == []


def test_the_stated_discount_may_not_exceed_the_stated_recovery() -> None:
    """A Chinese paper printed the two swapped for 2024Q4."""
    swapped = Notice(
        id="x", checks={"start_over_total": Decimal("0.073"), "start_over_principal": Decimal("0.048")}
    )
    assert failing(swapped) == {"discount_below_recovery"}


def test_a_breakdown_that_says_all_is_not_counted() -> None:
    assert failing(sound(litigation={"未诉": "全部"})) == set()
