"""Securitisation (资产证券化): a pool's cash to the holders of bonds, by the waterfall that the parties agreed.

``Deal.load("deal.toml").run(flow)`` gives tables of bonds, fees and accounts and a trace of every payment;
``run_many`` runs thousands of scenarios by the same interpreter. The package knows no loan and no person.
"""

from postloan.securitisation.absbox import NotARequest, import_request
from postloan.securitisation.api import CannotRun, Deal, said
from postloan.securitisation.flow import BadFlow, Flow, make_flow, read_flow, read_rates, scenarios
from postloan.securitisation.mistakes import BadDeal, NewerDeal
from postloan.securitisation.result import Result
from postloan.securitisation.writing import write_terms

__all__ = [
    "BadDeal",
    "BadFlow",
    "CannotRun",
    "Deal",
    "Flow",
    "NewerDeal",
    "NotARequest",
    "Result",
    "import_request",
    "make_flow",
    "read_flow",
    "read_rates",
    "said",
    "scenarios",
    "write_terms",
]
