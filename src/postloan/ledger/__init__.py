"""The exact ledger of a loan: what is owed and carried to the fen, what may happen to it, and its history."""

from postloan.ledger import commands, events
from postloan.ledger.account import Account
from postloan.ledger.answers import Booked, Refused
from postloan.ledger.money_rules import MoneyRules
from postloan.ledger.parts import Balances, Part
from postloan.ledger.replaying import replay, trace
from postloan.ledger.state import State
from postloan.ledger.terms import DayCount, Terms

__all__ = [
    "Account", "Balances", "Booked", "DayCount", "MoneyRules", "Part", "Refused", "State", "Terms", "commands",
    "events", "replay", "trace",
]  # fmt: skip
