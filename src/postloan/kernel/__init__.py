"""What every topic stands on: money, days, findings, errors, personal data, ports. Knows no loan."""

from postloan.kernel.days import Quarter, age_on, days_overdue, parse_day
from postloan.kernel.errors import Fault, InputError, Lang, PostloanError
from postloan.kernel.findings import Finding, FindingKind, Severity, load_kinds
from postloan.kernel.money import Money
from postloan.kernel.personal import Personal
from postloan.kernel.ports import BatchFn, Engine
from postloan.kernel.sql import Query, load_queries

__all__ = [
    "BatchFn", "Engine", "Fault", "Finding", "FindingKind", "InputError", "Lang", "Money", "Personal",
    "PostloanError", "Quarter", "Query", "Severity", "age_on", "days_overdue", "load_kinds", "load_queries",
    "parse_day",
]  # fmt: skip
