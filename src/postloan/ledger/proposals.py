"""What a maker proposes, as facts that a checker sees and that are carried out exactly as approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from postloan.kernel import Money, PostloanError
from postloan.ledger import commands as c
from postloan.ledger.event_json import dump_terms, load_terms
from postloan.ledger.parts import Balances, Part
from postloan.ledger.terms import Terms


@dataclass(frozen=True, slots=True)
class Proposal:
    """One act on one loan that needs an approval.

    action: as in approvals. amount: what limits are held against. facts: all that the act needs; money in whole fen.
    """

    action: str
    amount: Money
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)


def propose_waiver(amounts: Balances) -> Proposal:
    """Release the debtor from amounts; one that touches principal is an action of its own."""
    action = "waive_principal" if amounts.principal else "waive"
    return Proposal(action, amounts.total, {"amounts": list(amounts.fen)})


def propose_write_off(owed: Money) -> Proposal:
    """Write a loan off. owed: the most that may be owed when it is done; interest goes on running until then."""
    return Proposal("write_off", owed)


def propose_sale(buyer: str, price: Money) -> Proposal:
    """Transfer a claim."""
    return Proposal("sell", price, {"buyer": buyer, "price": price.fen})


def propose_buy_back(price: Money, owed: Balances) -> Proposal:
    """Take a sold claim back. owed: as the buyer states it."""
    return Proposal("buy_back", price, {"price": price.fen, "owed": list(owed.fen)})


def propose_restructuring(
    terms: Terms, *, first_due_on: date, instalments: int, matures_on: date, owed: Money
) -> Proposal:
    """Agree new terms. owed: the most that may be owed when it is done."""
    facts = {
        "terms": dump_terms(terms),
        "first_due_on": first_due_on.isoformat(),
        "instalments": instalments,
        "matures_on": matures_on.isoformat(),
    }
    return Proposal("restructure", owed, facts)


ON_LOANS = frozenset({"waive", "waive_principal", "write_off", "sell", "buy_back", "restructure"})
"""The actions that are carried out in the ledger of a loan."""


def command_of(action: str, facts: Mapping[str, Any], approval: c.Approval) -> c.Command:
    """The command that carries out what was approved, resting on the approval.

    Raises:
        KeyError, ValueError: the action is not one on a loan, or the facts are not complete.
    """
    match action:
        case "waive" | "waive_principal":
            return c.Waive(_six(facts["amounts"]), approval)
        case "write_off":
            return c.WriteOff(approval)
        case "sell":
            return c.Sell(facts["buyer"], Money(int(facts["price"])), approval)
        case "buy_back":
            return c.BuyBack(Money(int(facts["price"])), _six(facts["owed"]), approval)
        case "restructure":
            return c.Restructure(
                load_terms(facts["terms"]),
                date.fromisoformat(facts["first_due_on"]),
                int(facts["instalments"]),
                date.fromisoformat(facts["matures_on"]),
                approval,
            )
    raise KeyError(action)


def _six(found: Any) -> Balances:
    """Six whole amounts in fen as balances."""
    if (
        not isinstance(found, list)
        or len(found) != len(Part)
        or not all(isinstance(one, int) for one in found)
    ):
        raise ValueError(found)
    return Balances.of_fen(found)


def carries(action: str, facts: Mapping[str, Any]) -> bool:
    """Whether facts are complete, so that an action can be carried out with them."""
    nobody = c.Approval("", "", action, "", "", "", date.min, date.min)
    try:
        command_of(action, facts, nobody)
    except (KeyError, TypeError, ValueError, PostloanError):
        return False
    return True
