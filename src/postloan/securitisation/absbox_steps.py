"""Waterfall actions of a public engine's requests, into the steps of our deal files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from postloan.securitisation.absbox_formula import UNREADABLE, CannotImport, Reader, number, tag, why

# tag: (our step, place of the limit or None, place of the account, place of the payees, place of the support or None)
_PAYMENTS: Mapping[str, tuple[str, int | None, int, int, int | None]] = {
    "PayFee": ("pay-fees", 0, 1, 2, 3),
    "PayFeeBySeq": ("pay-fees-in-order", 0, 1, 2, 3),
    "CalcAndPayFee": ("calculate-and-pay-fees", 0, 1, 2, 3),
    "PayFeeResidual": ("pay-residual", 0, 1, 2, None),
    "PayInt": ("pay-interest", 0, 1, 2, 3),
    "PayIntBySeq": ("pay-interest-in-order", 0, 1, 2, 3),
    "PayIntOverInt": ("pay-interest-on-interest", 0, 1, 2, 3),
    "AccrueAndPayInt": ("accrue-and-pay-interest", 0, 1, 2, 3),
    "AccrueAndPayIntBySeq": ("accrue-and-pay-interest-in-order", 0, 1, 2, 3),
    "PayIntResidual": ("pay-residual", 0, 1, 2, None),
    "PayPrin": ("pay-principal", 0, 1, 2, 3),
    "PayPrinBySeq": ("pay-principal-in-order", 0, 1, 2, 3),
    "PayPrinWithDue": ("pay-principal", None, 0, 1, 2),
    "PayPrinResidual": ("pay-principal-regardless", None, 0, 1, None),
    "Transfer": ("transfer", 0, 1, 2, None),
    "TransferAndBook": ("transfer", 0, 1, 2, None),
}


class ActionReader:
    """Reads actions. lost: sentences about what could not be carried over."""

    def __init__(self, reader: Reader, lost: list[str]) -> None:
        self.reader, self.lost = reader, lost

    def all(self, actions: list[Any], where: str) -> list[dict[str, Any]]:
        """The steps of a list of actions; what cannot be imported is named and left out."""
        steps: list[dict[str, Any]] = []
        for place, action in enumerate(actions, 1):
            try:
                steps += self.one(action, where)
            except UNREADABLE as error:
                self.lost.append(f"{where}, step {place}: {why(error)}")
        return steps

    def one(self, action: Any, where: str) -> Iterator[dict[str, Any]]:
        """The steps that stand for one action."""
        name, inside = tag(action)
        if name in _PAYMENTS:
            yield self._payment(name, inside)
            if name == "TransferAndBook":
                self.lost.append(f"{where}: the ledger entry of a transfer (TransferAndBook)")
            return
        match name:
            case "CalcFee":
                yield {"do": "calculate-fees", "to": list(inside)}
            case "CalcBondInt":
                names = inside[0] if inside and isinstance(inside[0], list) else inside
                yield {"do": "accrue-interest", "to": list(names)}
            case "PayIntPrinBySeq":
                yield from self._interest_then_principal(inside)
            case "TransferMultiple":
                for limit, source in inside[0]:
                    yield self._step("transfer", limit, source, [inside[1]], None)
            case "LiquidatePool":
                yield self._sale(inside)
            case "WriteOff" | "WriteOffBySeq":
                names = inside[1] if isinstance(inside[1], list) else [inside[1]]
                limit = self.reader.limit(inside[0])["limit"] if inside[0] else {}
                yield {"do": "write-off", "to": names} | ({"value": limit["cap"]} if "cap" in limit else {})
            case "ActionWithPre":
                yield self._conditional(inside[0], inside[1], [], where)
            case "ActionWithPre2":
                yield self._conditional(inside[0], inside[1], inside[2], where)
            case "WatchVal" | "Placeholder":
                return
            case _:
                raise CannotImport(f"action {name}")

    def _payment(self, name: str, inside: list[Any]) -> dict[str, Any]:
        do, limit, account, payees, support = _PAYMENTS[name]
        names = inside[payees] if isinstance(inside[payees], list) else [inside[payees]]
        helper = inside[support] if support is not None and support < len(inside) else None
        return self._step(do, inside[limit] if limit is not None else None, inside[account], names, helper)

    def _step(self, do: str, limit: Any, source: str, names: list[str], support: Any) -> dict[str, Any]:
        step: dict[str, Any] = {"do": do, "from": source, "to": names}
        if limit:
            step |= self.reader.limit(limit)
        if support:
            step["help"] = self._support(support)
        return step

    def _support(self, support: Any) -> list[str]:
        name, inside = tag(support)
        if name == "SupportAccount":
            return [inside[0] if isinstance(inside, list) else inside]
        if name == "MultiSupport":
            return [account for part in inside for account in self._support(part)]
        raise CannotImport(f"support {name}")

    def _interest_then_principal(self, inside: list[Any]) -> Iterator[dict[str, Any]]:
        if inside[0]:
            raise CannotImport("a limit over interest and principal together (PayIntPrinBySeq)")
        for bond in inside[2]:
            yield self._step("pay-interest", None, inside[1], [bond], inside[3] if len(inside) > 3 else None)
            yield self._step("pay-principal", None, inside[1], [bond], inside[3] if len(inside) > 3 else None)

    def _sale(self, inside: list[Any]) -> dict[str, Any]:
        method, price = tag(inside[0])
        if method == "BalanceFactor":
            value = f"pool_balance * {number(price[0])} + pool_defaulted_total * {number(price[1])}"
        elif method == "BalanceFactor2":
            value = f"pool_balance * {number(price[0])}"
        else:
            raise CannotImport(f"sale of the pool by {method}")
        return {"do": "sell-pool", "to": [inside[1]], "value": value}

    def _conditional(self, test: Any, then: list[Any], other: list[Any], where: str) -> dict[str, Any]:
        step: dict[str, Any] = {
            "do": "if",
            "when": self.reader.condition(test),
            "steps": self.all(then, where),
        }
        if other:
            step["otherwise"] = self.all(other, where)
        return step
