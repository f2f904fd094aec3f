"""What a request of the public engine may hold: invented requests, none of its own examples."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest

from postloan.securitisation import Deal, NotARequest, import_request, make_flow, write_terms
from postloan.securitisation.machine import conserved
from postloan.securitisation.schedule import days_of

ACC, RESERVE = "现金账户", "储备账户"


def tagged(tag: str, contents: Any = None) -> dict[str, Any]:
    return {"tag": tag} if contents is None else {"tag": tag, "contents": contents}


def bond(name: str, balance: int, kind: dict, interest: dict, rate: float = 0.04, **more: Any) -> dict:
    return {
        "tag": "Bond", "bndName": name, "bndBalance": balance, "bndRate": rate, "bndType": kind,
        "bndInterestInfo": interest, "bndDuePrin": 0, "bndDueInt": 0, "bndDueIntOverInt": 0, "bndDueIntDate": None,
        "bndStepUp": None, "bndLastIntPayDate": None, "bndStmt": None,
        "bndOriginInfo": {"originBalance": balance, "originDate": "2024-01-01", "originRate": rate,
                          "maturityDate": None},
    } | more  # fmt: skip


def fee(kind: dict, **more: Any) -> dict:
    return {
        "feeType": kind,
        "feeDueDate": None,
        "feeDue": 0,
        "feeArrears": 0,
        "feeStart": "2024-02-01",
    } | more


FIX = tagged("Fix", [0.04, "DC_30E_360"])
ALL = ["CollectedInterest", "CollectedPrincipal", "CollectedPrepayment", "CollectedRecoveries"]
REQUEST: dict[str, Any] = {
    "tag": "MDeal",
    "contents": {
        "name": "Invented",
        "status": tagged("PreClosing", tagged("Amortizing")),
        "dates": tagged("PreClosingDates", [
            "2024-01-01", "2024-02-01", None, "2030-01-01",
            ["2024-02-01", tagged("MonthEnd")], ["2024-04-20", tagged("EveryNMonth", ["2024-04-20", 3])],
        ]),
        "pool": tagged("MultiPool", {"PoolConsol": {"assets": [], "issuanceStat": {"IssuanceBalance": 1000}}}),
        "accounts": {
            ACC: {"accBalance": 5, "accName": ACC, "accType": None, "accInterest": None},
            RESERVE: {
                "accBalance": 0, "accName": RESERVE, "accInterest": None,
                "accType": tagged("Max", [
                    tagged("PctReserve", [tagged("CurrentBondBalance"), 0.01]), tagged("FixReserve", 3)]),
            },
        },
        "collects": [
            tagged("Collect", [None, "CollectedInterest", ACC]),
            tagged("Collect", [None, "CollectedPrincipal", ACC]),
            tagged("CollectByPct", [None, "CollectedRecoveries", [[0.8, ACC], [0.2, RESERVE]]]),
        ],
        "fees": {
            "audit": fee(tagged("RecurFee", [tagged("MonthDayOfYear", [6, 30]), 2])),
            "setup": fee(tagged("FixFee", 3)),
            "later": fee(tagged("FeeFlow", tagged("BalanceCurve", [["2024-05-01", 1], ["2025-05-01", 1]]))),
            "tax": fee(tagged("PctFee", [
                tagged("PoolCurCollection", [["CollectedInterest"], None]), tagged("Constant", 0.0326)])),
            "service": fee(tagged("AnnualRateFee", [
                tagged("Max", [tagged("CurrentPoolBalance", None), tagged("Constant", 100)]), 0.002])),
            "incentive": fee(tagged("FixFee", 0)),
        },
        "bonds": {
            "A": bond("A", 600, tagged("PAC", tagged("BalanceCurve", [["2024-04-20", 500], ["2024-07-20", 300]])), FIX),
            "M": bond("M", 200, tagged("Lockout", "2024-10-01"), FIX,
                      bndStepUp=tagged("PassDateSpread", ["2025-01-20", 0.01])),
            "J": bond("J", 100, tagged("Equity"), tagged("InterestByYield", 0.06)),
        },
        "waterfall": {
            "EndOfPoolCollection": [tagged("CalcFee", ["tax", "service"])],
            "DistributionDay Amortizing": [
                tagged("PayFee", [tagged("DueCapAmt", 50), ACC, ["tax", "service", "audit", "setup", "later"],
                                  tagged("SupportAccount", [RESERVE, None])]),
                tagged("CalcBondInt", [["A", "M"]]),
                tagged("PayIntBySeq", [None, ACC, ["A", "M"], None]),
                tagged("Transfer", [tagged("DS", tagged("ReserveGap", [RESERVE])), ACC, RESERVE, None]),
                tagged("Transfer", [tagged("DS", tagged("ReserveExcess", [RESERVE])), RESERVE, ACC, None]),
                tagged("PayPrin", [None, ACC, ["A"], None]),
                tagged("PayPrinBySeq", [None, ACC, ["A", "M"], None]),
                tagged("ActionWithPre", [
                    tagged("All", [tagged("IfZero", tagged("CurrentBondBalanceOf", ["A", "M"])),
                                   tagged("IfDate", ["GE", "2024-06-01"])]),
                    [tagged("AccrueAndPayInt", [None, ACC, ["J"], None]),
                     tagged("PayPrinResidual", [ACC, ["J"]]),
                     tagged("PayFeeResidual", [tagged("DuePct", 0.8), ACC, "incentive"]),
                     tagged("PayIntResidual", [None, ACC, "J"])]]),
                tagged("LiqRepay", [None]),
            ],
            "DistributionDay (DealAccelerated Nothing)": [
                tagged("PayPrin", [None, ACC, ["A", "M", "J"], None]), tagged("PayIntResidual", [None, ACC, "J"])],
            "CleanUp": [tagged("LiquidatePool", [tagged("BalanceFactor", [0.9, 0.1]), ACC, None]),
                        tagged("PayPrin", [None, ACC, ["A", "M", "J"], None]),
                        tagged("PayIntResidual", [None, ACC, "J"])],
        },
        "triggers": {"BeginDistributionWF": {"too many": {
            "trgCondition": tagged("IfRate", ["G", tagged("CumulativePoolDefaultedRate"), 0.3]),
            "trgEffects": tagged("TriggerEffects", [tagged("DealStatusTo", tagged("DealAccelerated", None)),
                                                    tagged("DoAccrueFee", ["tax"])]),
            "trgStatus": False, "trgCurable": False}}},
        "rateSwap": {"swap": {}}, "currencySwap": None, "custom": None, "liqProvider": None, "ledgers": None,
    },
}  # fmt: skip


def imported(request: dict[str, Any]) -> tuple[Deal, tuple[str, ...]]:
    parts, lost = import_request(json.dumps(request))
    return Deal.from_text(write_terms(parts)), lost


def flow(months: int = 12, default: int = 0):
    dates = days_of("month-end", date(2024, 2, 1), date(2026, 1, 1))[:months]
    balance = [100_000 - 8_000 * (i + 1) for i in range(months)]
    columns = {"balance": balance, "principal": [7_000] * months, "interest": [900] * months,
               "recovery": [500] * months, "default": [1_000 + default] * months}  # fmt: skip
    return make_flow(dates, columns)


def test_a_request_of_many_features_becomes_a_deal_that_runs_and_conserves_cash() -> None:
    deal, _ = imported(REQUEST)
    result = deal.run(flow())
    came, paid, left = conserved(result.machine)
    assert came == paid + left
    assert result.machine.fees["tax"].paid_total + result.machine.fees["tax"].due == 12 * (
        900 * 326 // 10_000
    )
    assert result.machine.fees["audit"].paid_total >= 200
    assert all("LiqRepay" not in step.do for steps in deal.terms.waterfalls.values() for step in steps)


def test_what_cannot_be_imported_is_named_with_its_place() -> None:
    deal, lost = imported(REQUEST)
    said = "\n".join(lost)
    assert "waterfall normal, step 9: action LiqRepay" in said
    assert "rateSwap: swap" in said
    assert "clean_up" in said
    assert deal.terms.not_imported == lost
    assert sum(finding.code == "S010" for finding in deal.check()) == len(lost)


def test_a_schedule_holds_the_bond_at_its_targets() -> None:
    deal, _ = imported(REQUEST)
    text = deal.terms.text.replace('{ do = "pay-principal-in-order"', '{ do = "pay-principal"', 1)
    days = [day for day in Deal.from_text(text).run(flow()).machine.days if day.paying]
    assert [day.bonds["A"].balance for day in days[:2]] == [50_000, 30_000]


def test_a_locked_bond_gets_nothing_before_its_day_and_steps_up_on_its_day() -> None:
    deal, _ = imported(REQUEST)
    days = [day for day in deal.run(flow()).machine.days if day.paying]
    assert all(day.bonds["M"].principal == 0 for day in days if day.on < date(2024, 10, 1))
    assert deal.terms.bonds["M"].steps[0][0] == date(2025, 1, 20)
    assert float(deal.terms.bonds["M"].steps[0][1]) == 0.05


def test_a_trigger_changes_the_waterfall() -> None:
    deal, _ = imported(REQUEST)
    machine = deal.run(flow(default=8_000)).machine
    assert machine.fired["too many"]
    assert any(step.waterfall == "accelerated" for step in machine.trace or ())


def test_collections_that_end_with_assets_left_are_a_clean_up_call() -> None:
    deal, _ = imported(REQUEST)
    machine = deal.run(flow(months=6)).machine
    assert any(step.waterfall == "clean-up" for step in machine.trace or ())
    came, paid, left = conserved(machine)
    assert came == paid + left


@pytest.mark.parametrize(
    ("pattern", "ours"),
    [
        (tagged("QuarterEnd"), "quarter-end"), (tagged("YearFirst"), "year-start"),
        (tagged("DayOfMonth", 15), "day 15"),
        (tagged("SemiAnnual", [[6, 30], [12, 31]]), "yearly 06-30"),
        (tagged("CustomDate", ["2024-05-01"]), "2024-05-01"),
        (tagged("AllDatePattern", [tagged("YearEnd"), tagged("MidYear")]), "yearly 06-30"),
    ],
)  # fmt: skip
def test_date_patterns_are_imported(pattern: dict, ours: str) -> None:
    request = copy.deepcopy(REQUEST)
    request["contents"]["dates"]["contents"][5] = ["2024-04-20", pattern]
    parts, _ = import_request(json.dumps(request))
    assert ours in str(parts["dates"]["payment"])
    Deal.from_text(write_terms(parts))


@pytest.mark.parametrize(
    "change",
    [
        lambda deal: deal["bonds"].update(Z={"tag": "BondGroup", "contents": []}),
        lambda deal: deal["fees"].update(odd={"feeType": {"tag": "Odd"}, "feeStart": "2024-02-01"}),
        lambda deal: deal["fees"].update(odd={"feeType": None}),
        lambda deal: deal["waterfall"].update({"Unheard": []}),
        lambda deal: deal["accounts"][ACC].update(accInterest=tagged("InvestmentAccount", [1])),
        lambda deal: deal["accounts"][RESERVE].update(accType=tagged("Odd")),
        lambda deal: deal["triggers"].update(InWF={"x": {}}),
        lambda deal: deal["waterfall"]["DistributionDay Amortizing"].append(
            {"tag": "PayInt", "contents": [1]}
        ),
        lambda deal: deal["waterfall"]["DistributionDay Amortizing"].append(None),
    ],
)
def test_a_part_of_an_unknown_form_is_named_and_the_rest_is_imported(change) -> None:
    request = copy.deepcopy(REQUEST)
    change(request["contents"])
    parts, lost = import_request(json.dumps(request))
    assert len(lost) > len(import_request(json.dumps(REQUEST))[1])
    assert set(parts["bonds"]) >= {"A", "M", "J"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tag": "MDeal"}', '{"contents": 1}', "null", "NaN"])
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(NotARequest):
        import_request(text)


def test_interest_by_yield_lifts_the_holder_to_that_yield() -> None:
    deal, _ = imported(REQUEST)
    rows = [(day.on, day.bonds["J"].interest, day.bonds["J"].principal)
            for day in deal.run(flow()).machine.days if day.paying]  # fmt: skip
    first = next(i for i, (_, interest, principal) in enumerate(rows) if interest or principal)
    on, interest, principal = rows[first]
    grown = 10_000 * 1.06 ** ((on - date(2024, 1, 1)).days / 365)
    assert principal == 10_000
    assert interest >= int(grown) - 10_000  # the residual of the day comes on top


@pytest.mark.parametrize(
    ("formula", "ours"),
    [
        (tagged("Factor", [tagged("PoolCumCollection", [["CollectedInterest"], None]), 0.0326]),
         '(collected_total("interest") * 0.0326)'),
        (tagged("Factor", [tagged("CurrentBondBalance"), {"numerator": 1, "denominator": 3}]),
         "(bond_balance * (1 / 3))"),
        (tagged("Subtract", [tagged("AccBalance", [ACC]), tagged("CurrentDueBondInt", ["A"])]),
         f'(account("{ACC}") - bond_due_interest("A"))'),
        (tagged("FloorAndCap", [tagged("Constant", 1), tagged("Constant", 9), tagged("AllAccBalance")]),
         "min(9, max(1, account))"),
        (tagged("Excess", [tagged("OriginalPoolBalance", None), tagged("CurrentPoolBalance", None)]),
         "max(0, (pool_original - pool_balance))"),
        (tagged("FeeTxnAmt", [["tax"], None]), 'fee_paid("tax")'),
    ],
)  # fmt: skip
def test_formulas_are_imported_in_our_words(formula: dict, ours: str) -> None:
    from postloan.securitisation.absbox_formula import Reader
    from postloan.securitisation.formula import read_formula

    text = Reader(None).formula(formula)
    assert text == ours
    assert read_formula(text, "money").kind == "money"
