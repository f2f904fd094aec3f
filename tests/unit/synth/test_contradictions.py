from __future__ import annotations

import pytest

from postloan.synth import Contradiction, NoDate, NotAFact, OutOfReach, synthesize
from postloan.synth.facts import cutoff_of
from postloan.synth.targets import targets_of

BASE = {
    "id": "x",
    "product": "个人消费贷款",
    "period": "2025年第1期",
    "total": 1_000_000,
    "loans": 120,
    "borrowers": 100,
}


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"principal": 900_000, "interest": 200_000}, ("total", "principal")),
        ({"principal": 1_100_000}, ("total", "principal")),
        ({"avg_borrower": 12_000}, ("average per borrower", "number of borrowers")),
        ({"loans": 90}, ("number of loans", "number of borrowers")),
        ({"max_borrower": 9_000}, ("largest borrower", "total")),
        ({"max_borrower": 1_000_001}, ("largest borrower", "total")),
        ({"five_class": {"损失": 121}}, ("number of loans", "classification")),
        ({"litigation": {"未诉": 100, "诉讼中": 30}}, ("number of loans", "litigation")),
        ({"written_off": 121}, ("written off", "number of loans")),
    ],
)  # fmt: skip
def test_two_facts_that_cannot_both_hold_are_named(facts, named):
    with pytest.raises(Contradiction) as caught:
        targets_of({**BASE, **facts})

    assert all(name in str(caught.value) for name in named)
    assert caught.value.exit_code == 2
    assert caught.value.message("zh")


def test_a_single_loan_has_no_broken_average():
    notice = {**BASE, "total": 5_000, "loans": 1, "borrowers": 1, "weighted_overdue_days": 383.87}

    with pytest.raises(OutOfReach, match=r"weighted average days overdue of 383\.87"):
        synthesize(notice, seed=1)


@pytest.mark.parametrize("wrong", ["many", -5, True, float("nan")])
def test_a_figure_that_is_none_is_refused(wrong):
    with pytest.raises(NotAFact):
        targets_of({**BASE, "loans": wrong})


def test_rounded_facts_move_within_their_tolerance_until_they_agree():
    """41.7万 borrowers of 2830.8 yuan each are not 11.79亿; half a unit of the last digit reconciles them."""
    notice = {
        "id": "rounded", "product": "个人消费贷款", "cutoff_date": "2025-10-01", "total": 1_179_000_000,
        "borrowers": 417_000, "avg_borrower": 2830.8, "principal": 980_000_000, "interest": 200_000_000,
        "tolerance": {
            "total": 500_000, "borrowers": 500, "avg_borrower": 0.05, "principal": 5_000_000, "interest": 50_000_000,
        },
    }  # fmt: skip

    targets = targets_of(notice)

    assert abs(targets.total / 100 - 1_179_000_000) <= 500_000
    assert abs(targets.borrowers - 417_000) <= 500
    assert round(targets.total / 100 / targets.borrowers, 1) == 2830.8
    assert targets.total - targets.interest == 980_000_000_00


def test_printed_values_stand_where_nothing_contradicts_them():
    notice = {
        **BASE,
        "avg_borrower": 10_000.4,
        "tolerance": {"total": 5_000, "borrowers": 3, "avg_borrower": 0.5},
    }

    targets = targets_of(notice)

    assert (targets.total, targets.borrowers) == (100_000_000, 100)


@pytest.mark.parametrize(
    ("facts", "cutoff"),
    [
        ({"cutoff_date": "20250630"}, "2025-06-30"),
        ({"published": "2025-05"}, "2025-02-28"),
        ({"bid_date": "2025-05-28", "source": {"date": "2025-05-13"}}, "2025-02-28"),
        ({"period": "2024年第3期"}, "2024-06-30"),
    ],
)
def test_an_unknown_cut_off_is_a_month_end_before_the_first_known_date(facts, cutoff):
    assert cutoff_of(facts).isoformat() == cutoff


def test_a_notice_without_any_date_asks_for_one():
    with pytest.raises(NoDate, match="cutoff_date"):
        cutoff_of({"total": 1})


def test_incomplete_breakdowns_keep_what_they_give():
    targets = targets_of({**BASE, "five_class": {"损失": 40}, "litigation": {"未诉": 100, "终结执行": 12}})

    assert targets.grades == {"loss": 40, "doubtful": 80}
    assert targets.litigation == {"none": 100, "enforcement_ended": 12, "other": 8}


def test_a_package_written_off_as_a_whole_is_graded_loss():
    assert targets_of({**BASE, "written_off": "全部"}).grades == {"loss": 120}
