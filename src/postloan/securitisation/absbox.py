"""Requests of a public engine (AbsBox and Hastructure, ``MDeal`` JSON) into our deal files.

What the request's features mean is taken from that engine's documentation and from its published results; what our
files cannot say is named in ``not_imported``, never dropped in silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from postloan.kernel import PostloanError
from postloan.securitisation.absbox_formula import (
    SOURCES,
    UNREADABLE,
    CannotImport,
    Reader,
    number,
    pattern,
    status,
    tag,
    why,
)
from postloan.securitisation.absbox_steps import ActionReader
from postloan.securitisation.absbox_values import (
    curve_of,
    day_count_of,
    day_of,
    exact_of,
    money_of,
    waterfall_of,
)
from postloan.securitisation.flow import CASH

Parts = dict[str, Any]


class NotARequest(PostloanError):
    """{where} is no request of the public engine: {why}.

    Give the JSON of one deal, with the tag MDeal and contents that hold dates, pool, bonds, waterfall, fees, accounts.
    """

    zh = (
        "{where} 不是该公开引擎的请求：{why}。"
        "请提供带 MDeal 标签的交易 JSON，含 dates、pool、bonds、waterfall、fees、accounts。"
    )


def import_request(text: str, where: str = "the request") -> tuple[Parts, tuple[str, ...]]:
    """The tables of a deal file, and what could not be imported, each with its place.

    Raises:
        NotARequest: the text is no request, or its dates or bonds cannot be read at all.
    """
    try:
        data = json.loads(text, parse_float=Decimal)
        deal = data.get("contents", data)
        return _Import(deal).read()
    except UNREADABLE as error:
        raise NotARequest(where=where, why=str(error) or type(error).__name__) from error


class _Import:
    def __init__(self, deal: Mapping[str, Any]) -> None:
        self.deal = deal
        self.lost: list[str] = []
        self.reader = Reader(deal.get("custom"))
        self.actions = ActionReader(self.reader, self.lost)

    def read(self) -> tuple[Parts, tuple[str, ...]]:
        deal = self.deal
        parts: Parts = {
            "format": 1,
            "name": deal["name"],
            "status": status(deal.get("status") or "Amortizing"),
            "conventions": {"rounding": "floor", "day_count": "act/365", "interest_on_interest": True},
            "dates": self.dates(*tag(deal["dates"])),
            "pool": self.pool(deal.get("pool")),
            "accounts": {name: self.account(name, account) for name, account in deal["accounts"].items()},
            "collections": self.collections(deal.get("collects") or []),
            "fees": self.named(deal.get("fees"), self.fee, "fee"),
            "bonds": self.named(deal["bonds"], self.bond, "bond"),
            "waterfalls": self.waterfalls(deal["waterfall"]),
        }
        triggers = self.triggers(deal.get("triggers") or {})
        if triggers:
            parts["triggers"] = triggers
        for key in ("rateSwap", "rateCap", "currencySwap", "liqProvider", "ledgers"):
            if deal.get(key):
                self.lost.append(f"{key}: {', '.join(deal[key])}")
        if parts["waterfalls"].get("clean-up") and not parts.get("clean_up"):
            parts["clean_up"] = {"when": "collections_over and pool_balance > 0"}
            self.lost.append(
                "clean_up: when the clean-up waterfall runs is not in the request; it is read as: once collections "
                'end while assets are left. Write the true test, such as when = "pool_factor < 0.1"'
            )
        if self.lost:
            parts["not_imported"] = self.lost
        return parts, tuple(self.lost)

    def named(self, group: Mapping[str, Any] | None, read: Any, of: str) -> Parts:
        found: Parts = {}
        for name, value in (group or {}).items():
            try:
                found[name] = read(name, value)
            except UNREADABLE as error:
                self.lost.append(f"{of} {name}: {why(error)}")
        return found

    def dates(self, name: str, inside: Any) -> Parts:
        match name:
            case "PreClosingDates":
                cutoff, closing, _, final, (first, collect), (first_pay, pay) = inside
                accrues = closing
            case "CurrentDates":
                (_, accrues), _, final, (first, collect), (first_pay, pay) = inside
                cutoff = closing = accrues
            case "CustomDates":
                cutoff, collecting, closing, paying = inside
                collect = {"tag": "CustomDate", "contents": [day_of(action) for action in collecting]}
                pay = {"tag": "CustomDate", "contents": [day_of(action) for action in paying]}
                first, first_pay, accrues = collect["contents"][0], pay["contents"][0], closing
                final = max(collect["contents"][-1], pay["contents"][-1])
            case _:
                raise CannotImport(f"dates of the kind {name}")
        return {
            "cutoff": cutoff,
            "closing": closing,
            "accrues_from": accrues,
            "legal_final": final,
            "first_collection": first,
            "collection": pattern(collect),
            "first_payment": first_pay,
            "payment": pattern(pay),
        }

    def pool(self, pool: Any) -> Parts:
        try:
            name, inside = tag(pool)
            pools = inside if name == "MultiPool" else {"pool": inside}
            if len(pools) > 1:
                self.lost.append(f"pool: {len(pools)} pools are read as one ({', '.join(pools)})")
            issued = [(one.get("issuanceStat") or {}).get("IssuanceBalance") for one in pools.values()]
            if issued and all(balance is not None for balance in issued):
                return {"principal": money_of(sum(map(exact_of, issued)))}
        except UNREADABLE:
            self.lost.append("pool: its assets; collections come with the run")
        return {}

    def account(self, name: str, account: Mapping[str, Any]) -> Parts:
        found: Parts = {"balance": money_of(account.get("accBalance") or 0)}
        try:
            if account.get("accType"):
                found["reserve"] = self.reserve(account["accType"])
            if account.get("accInterest"):
                kind, inside = tag(account["accInterest"])
                if kind != "BankAccount":
                    raise CannotImport(f"interest of the kind {kind}")
                rate, days = (
                    (inside[0], inside[1]) if not isinstance(inside[0], str) else (inside[2], inside[1])
                )
                found |= {"rate": number(rate), "settles": pattern(days)}
        except UNREADABLE as error:
            self.lost.append(f"account {name}: {why(error)}")
        return found

    def reserve(self, value: Any) -> str:
        name, inside = tag(value)
        match name:
            case "FixReserve":
                return number(inside)
            case "PctReserve":
                return f"{self.reader.formula(inside[0])} * {number(inside[1])}"
            case "Max" | "Min":
                parts = inside if isinstance(inside, list) else [inside]
                return f"{name.lower()}({', '.join(self.reserve(part) for part in parts)})"
            case "Either":
                test = self.reader.condition(inside[0])
                return f"({self.reserve(inside[1])} if {test} else {self.reserve(inside[2])})"
        raise CannotImport(f"reserve of the kind {name}")

    def collections(self, rules: list[Any]) -> Parts:
        found: Parts = {}
        for rule in rules:
            name, inside = tag(rule)
            source = SOURCES.get(inside[1])
            if source not in CASH:
                self.lost.append(f"collections: source {inside[1]}")
                continue
            if name == "CollectByPct":
                found[source] = {account: number(share) for share, account in inside[2]}
            else:
                found[source] = inside[2]
        outside = [source for source in CASH if source not in found]
        return found | ({"outside": outside} if outside else {})

    def fee(self, name: str, fee: Mapping[str, Any]) -> Parts:
        kind, inside = tag(fee["feeType"])
        counted = fee.get("feeDueDate")
        found: Parts = {"start": counted or fee["feeStart"]}
        if fee.get("feeDue") or fee.get("feeArrears"):
            found["due"] = money_of(exact_of(fee.get("feeDue") or 0) + exact_of(fee.get("feeArrears") or 0))
        match kind:
            case "FixFee":
                found |= {"kind": "one-off", "amount": money_of(0 if counted else inside)}
            case "RecurFee":
                found |= {"kind": "recurring", "days": pattern(inside[0]), "amount": money_of(inside[1])}
            case "NumFee":
                count = Fraction(number(inside[1]))
                found |= {
                    "kind": "recurring",
                    "days": pattern(inside[0]),
                    "amount": money_of(count * exact_of(inside[2])),
                }
            case "FeeFlow":
                found |= {"kind": "scheduled", "amounts": curve_of(inside)}
            case "AnnualRateFee":
                found |= {
                    "kind": "annual-rate",
                    "base": self.reader.formula(inside[0]),
                    "rate": number(inside[1]),
                }
            case "PctFee":
                found |= {"kind": "share", "base": self.reader.formula(inside[0]), "rate": number(inside[1])}
            case "TargetBalanceFee":
                due, paid = (self.reader.formula(part) for part in inside)
                found |= {"kind": "target", "base": f"max(0, {due} - {paid})"}
            case "ByCollectPeriod":
                found |= {"kind": "per-collection", "amount": money_of(inside)}
            case _:
                raise CannotImport(f"fee of the kind {kind}")
        return found

    def bond(self, name: str, bond: Mapping[str, Any]) -> Parts:
        if bond.get("tag", "Bond") != "Bond":
            raise CannotImport(f"bond of the kind {bond['tag']}")
        origin = bond["bndOriginInfo"]
        found: Parts = {
            "balance": money_of(bond["bndBalance"]),
            "original": money_of(origin["originBalance"]),
            "rate": number(bond["bndRate"]),
            "issued": origin["originDate"],
        }
        if origin.get("maturityDate"):
            found["maturity"] = origin["maturityDate"]
        found |= self.principal(*tag(bond["bndType"]))
        found |= self.interest(name, *tag(bond["bndInterestInfo"]))
        for key, ours in (("bndDueInt", "due_interest"), ("bndDueIntOverInt", "due_on_interest")):
            if bond.get(key):
                found[ours] = money_of(bond[key])
        if bond.get("bndDueIntDate"):
            found["accrued_to"] = bond["bndDueIntDate"]
        if bond.get("bndStepUp"):
            found |= self.step_up(name, found["rate"], *tag(bond["bndStepUp"]))
        return found

    def principal(self, name: str, inside: Any) -> Parts:
        match name:
            case "Sequential":
                return {"kind": "pass-through"}
            case "Equity":
                return {"kind": "equity"}
            case "Lockout":
                return {"kind": "lockout", "locked_until": inside}
            case "PAC" | "BalanceByPeriod":
                return {"kind": "scheduled", "targets": curve_of(inside)}
        raise CannotImport(f"principal of the kind {name}")

    def interest(self, bond: str, name: str, inside: Any) -> Parts:
        match name:
            case "Fix":
                return {"day_count": day_count_of(inside[1])}
            case "Floater":
                if len(inside) > 5 and (inside[5] is not None or inside[6] is not None):
                    self.lost.append(f"bond {bond}: floor and cap of its rate; the rates come with the run")
                return {"floating": True, "resets": pattern(inside[3]), "day_count": day_count_of(inside[4])}
            case "WithIoI":
                kind, extra = tag(inside[1])
                found = self.interest(bond, *tag(inside[0]))
                if kind == "OverCurrRateBy":
                    self.lost.append(f"bond {bond}: interest on unpaid interest by a factor of its rate")
                elif kind == "OverFixSpread":
                    found["unpaid_spread"] = number(extra)
                else:
                    raise CannotImport(f"interest on interest of the kind {kind}")
                return found
            case "InterestByYield":
                return {"yields": number(inside)}
        raise CannotImport(f"interest of the kind {name}")

    def step_up(self, bond: str, rate: str, name: str, inside: Any) -> Parts:
        if name == "PassDateSpread":
            raised = Decimal(rate) + Decimal(number(inside[1]))
            return {"steps": [[inside[0], format(raised, "f")]]}
        self.lost.append(f"bond {bond}: step-up of the kind {name}")
        return {}

    def waterfalls(self, waterfalls: Mapping[str, list[Any]]) -> Parts:
        found: Parts = {}
        for key, actions in waterfalls.items():
            name = waterfall_of(key)
            if name is None:
                self.lost.append(f"waterfall {key}")
            else:
                found[name] = self.actions.all(actions, f"waterfall {name}")
        if "normal" not in found and "default" in found:
            found["normal"] = found["default"]
        found.pop("default", None)
        return found

    def triggers(self, triggers: Mapping[str, Any]) -> Parts:
        moments = {
            "BeginCollection": "before-collection",
            "EndCollection": "after-collection",
            "EndCollectionWF": "after-collection",
            "BeginDistributionWF": "before-payment",
            "EndDistributionWF": "after-payment",
        }
        found: Parts = {}
        for moment, group in triggers.items():
            listed = (
                group if isinstance(group, dict) else {f"{moment} {n}": one for n, one in enumerate(group, 1)}
            )
            for name, trigger in listed.items():
                try:
                    if moment not in moments:
                        raise CannotImport(f"tested {moment}")
                    found[name] = {
                        "at": moments[moment],
                        "when": self.reader.condition(trigger["trgCondition"]),
                        "again": bool(trigger.get("trgCurable")),
                        "fired": bool(trigger.get("trgStatus")),
                        **self.effects(name, trigger["trgEffects"]),
                    }
                except UNREADABLE as error:
                    self.lost.append(f"trigger {name}: {why(error)}")
        return found

    def effects(self, trigger: str, effect: Any) -> Parts:
        name, inside = tag(effect)
        match name:
            case "DealStatusTo":
                return {"status": status(inside)}
            case "DoAccrueFee":
                return {"steps": [{"do": "calculate-fees", "to": list(inside)}]}
            case "RunActions":
                return {"steps": self.actions.all(inside, f"trigger {trigger}")}
            case "TriggerEffects":
                whole: Parts = {}
                for part in inside:
                    found = self.effects(trigger, part)
                    whole["steps"] = whole.get("steps", []) + found.pop("steps", [])
                    whole |= found
                return whole
            case "DoNothing":
                return {}
        raise CannotImport(f"effect {name}")
